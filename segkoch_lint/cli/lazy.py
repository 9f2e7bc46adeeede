"""A group of commands that are imported when they are called."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from segkoch_lint.errors import nearest


class BrokenOutput(BaseException):
    """Whoever read our output went away. click would end with status 1, which means findings here."""


class LazyGroup(click.Group):
    """Imports a command when it is called: `--version` and `--help` need none of them.

    Args:
        package: the package with a module for each command.
        late: the commands with their short help; listing them must not import them.
    """

    def __init__(self, *arguments: Any, package: str, late: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._package = package
        self._late = late

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self._late)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._late:
            return None
        command: click.Command = import_module(f"{self._package}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in self._late or (name.startswith("-") and name != "-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        hint = self._meant(ctx.command_path, name)
        raise click.UsageError(f"There is no command '{_shown(name)}'.{hint and ' ' + hint}", ctx)

    def _meant(self, program: str, name: str) -> str:
        """Return what to write in place of a name that is not a command's: the nearest one, or the path to check."""
        looks_like_a_path = any(mark in name for mark in "/\\.*?") or name == "-" or os.path.lexists(name)
        if looks_like_a_path and "check" in self._late:
            return f"Did you mean `{program} check {_shown(name)}`?"
        return nearest(name, self._late).replace('"', "`").replace("`", f"`{program} ", 1)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise BrokenOutput from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._late.items()))


def _shown(name: str) -> str:
    from segkoch_lint.findings.redaction.masking import shown_path  # noqa: PLC0415 - `--version` needs none of it

    return shown_path(name)
