"""`segkoch-lint baseline`: the commands about baselines."""

from __future__ import annotations

import click

from segkoch_lint.cli.lazy import LazyGroup

_COMMANDS = {
    "write": "Accept all findings of today: write them to a baseline.",
    "show": "Show how many findings a baseline holds, by rule or file.",
    "update": "Remove what is gone from a baseline, and list what is new.",
}


@click.group(cls=LazyGroup, package=__name__, short_help=_COMMANDS)
def command() -> None:
    """Accept the findings of today, so that only new ones fail: `segkoch-lint check --baseline FILE`.

    A finding in the baseline is known by its file, rule, pointer and value, not by its line.
    """
