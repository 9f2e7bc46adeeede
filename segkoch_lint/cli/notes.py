"""Messages on standard error."""

from __future__ import annotations

import click


def print_note(text: str) -> None:
    """Write a line to standard error, with everything in it escaped that a terminal or a CI runner would obey."""
    from segkoch_lint.reporting.escaping import visible  # noqa: PLC0415 - `--version` needs none of it

    click.echo(visible(text), err=True)
