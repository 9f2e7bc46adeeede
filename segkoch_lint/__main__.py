"""The program: runs the command line and turns what happened into an exit status."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line of this process and exit."""
    from segkoch_lint.cli.running import run  # noqa: PLC0415 - click is the first thing that takes time

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
