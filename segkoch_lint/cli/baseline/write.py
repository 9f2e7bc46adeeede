"""`segkoch-lint baseline write`: accept all findings of today."""

from __future__ import annotations

from typing import Any

import click

from segkoch_lint.cli.baseline.run import parameters, run
from segkoch_lint.cli.run_options import EXIT_STATUS

_EPILOG = f"""\b
Examples:
  segkoch-lint baseline write --baseline baseline.json events/
  segkoch-lint baseline write --baseline plans-baseline.json --plans tracking-plans/

{EXIT_STATUS}"""


def write(**given: Any) -> int:
    """Accept all findings of today: write them to a baseline.

    This reads PATH as `segkoch-lint check` does, with the same options, and replaces the file of --baseline, or else
    that of the configuration. It writes nothing if the run is incomplete or nothing was checked.
    """
    return run("write", **given)


command = click.Command("write", callback=write, params=parameters(), help=write.__doc__, epilog=_EPILOG)
