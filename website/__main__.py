"""The command line of the documentation site: `scripts/docs`, or `python -m website`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from website.errors import SiteError
from website.site import build

ROOT = Path(__file__).parents[1]


def main(arguments: Sequence[str]) -> int:
    """Build the site; return the exit status: 1 if a page or a link is wrong."""
    parser = argparse.ArgumentParser(prog="scripts/docs", description="Build the documentation site.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "site", help="default: site/")
    folder: Path = parser.parse_args(arguments).folder
    try:
        pages = build(ROOT, folder)
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{pages} pages in {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
