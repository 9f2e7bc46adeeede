"""The command line: one module a command, imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from segkoch_lint import __version__

_COMMANDS = {
    "check": "Lint events: fixtures, captured payloads, raw logs.",
    "rule": "Explain a rule: what it demands, why, and how to mend it.",
    "schema": "Print a schema: a rule's, all rules', the configuration's.",
}
"""Commands and their short help: listing them must not import them."""


class ReaderGone(BaseException):
    """Whoever read our output went away. click would end with status 1, which means findings here."""


class _LateGroup(click.Group):
    """Imports a command when it is called: `--version` and `--help` need none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LateGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, "-V", "--version", prog_name="segkoch-lint")
@click.option("--debug", is_flag=True, help="Show a traceback when the program itself fails.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Lint Segment calls for what the Kochava destination needs.

    Kochava drops calls without a device type, a device id and an advertising id, and nobody says so.
    This does, before the calls are sent.
    """
    ctx.obj = {"debug": debug}
