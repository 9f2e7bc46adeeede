"""A group of commands, each of which is imported when it is called."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from segkoch_lint.errors import nearest


class BrokenOutput(BaseException):
    """The reader of stdout closed it. click would end with status 1, which means findings here."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called, since `--version` and `--help` need none.

    Args:
        package: the package with a module for each command.
        short_help: by the name of each command, its line in the help of the group.
    """

    def __init__(self, *arguments: Any, package: str, short_help: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._package = package
        self._short_help = short_help

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self._short_help)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._short_help:
            return None
        command: click.Command = import_module(f"{self._package}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in self._short_help or (name.startswith("-") and name != "-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        hint = self._suggestion(ctx.command_path, name)
        raise click.UsageError(f"There is no command '{_shown(name)}'.{hint and ' ' + hint}", ctx)

    def _suggestion(self, program: str, name: str) -> str:
        """Return a hint for a name that is not a command: the most similar command, or `check` if it is a path."""
        looks_like_a_path = any(mark in name for mark in "/\\.*?") or name == "-" or os.path.lexists(name)
        if looks_like_a_path and "check" in self._short_help:
            return f"Did you mean `{program} check {_shown(name)}`?"
        return nearest(name, self._short_help).replace('"', "`").replace("`", f"`{program} ", 1)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise BrokenOutput from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._short_help.items()))


def _shown(name: str) -> str:
    from segkoch_lint.findings.redaction.masking import shown_path  # noqa: PLC0415 - `--version` needs none of it

    return shown_path(name)
