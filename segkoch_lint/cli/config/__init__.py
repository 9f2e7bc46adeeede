"""`segkoch-lint config`: the commands about the configuration."""

from __future__ import annotations

import click

from segkoch_lint.cli.lazy import LazyGroup

_COMMANDS = {
    "show": "Print the settings in force, and where each comes from.",
}


@click.group(cls=LazyGroup, package=__name__, short_help=_COMMANDS)
def command() -> None:
    """Show the configuration: of its file and of the options of the command line."""
