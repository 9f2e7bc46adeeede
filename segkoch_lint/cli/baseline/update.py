"""`segkoch-lint baseline update`: remove what is gone from a baseline, and list what is new."""

from __future__ import annotations

from typing import Any

import click

from segkoch_lint.cli.baseline.run import parameters, run
from segkoch_lint.cli.run_options import EXIT_STATUS

_EPILOG = f"""\b
Examples:
  segkoch-lint baseline update --baseline baseline.json events/
  segkoch-lint baseline update --baseline baseline.json --accept events/

{EXIT_STATUS}"""

_ACCEPT = click.Option(["--accept"], is_flag=True, help="Add what is new to the baseline.")


def update(*, accept: bool, **given: Any) -> int:
    """Remove what is gone from a baseline, and list what is new.

    This reads PATH as `segkoch-lint check` does, with the same options. New findings are shown, and added only with
    --accept. What is known of files that were not read, and of rules that were not applied, stays. Nothing is written
    if the run is incomplete or nothing was checked.
    """
    return run("accept" if accept else "update", **given)


command = click.Command("update", callback=update, params=parameters(_ACCEPT), help=update.__doc__, epilog=_EPILOG)
