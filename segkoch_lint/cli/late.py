"""A group of commands that are imported when they are called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class ReaderGone(BaseException):
    """Whoever read our output went away. click would end with status 1, which means findings here."""


class LateGroup(click.Group):
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

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._late.items()))
