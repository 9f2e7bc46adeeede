"""The command line: one module per command, imported when the command is called."""

from __future__ import annotations

import click

from segkoch_lint import __version__
from segkoch_lint.cli.lazy import LazyGroup

_COMMANDS = {
    "check": "Lint events: fixtures, captured payloads, raw logs.",
    "init": "Set a repository up: configuration, pre-commit hooks, CI jobs.",
    "config": "Show the settings in force, and where each comes from.",
    "plan": "Check tracking plans: which calls do they let through?",
    "redact": "Copy payloads, captures or logs with pseudonyms in place of personal data.",
    "baseline": "Accept the findings of today, so that only new ones fail.",
    "rule": "Explain a rule: what it requires, why, and how to fix a call that breaks it.",
    "schema": "Print a JSON Schema: of a rule, of all rules, or of the configuration.",
}


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from segkoch_lint.engine.lines.core import core_text  # noqa: PLC0415 - few runs need it

        click.echo(f"segkoch-lint, version {__version__}\nnative core: {core_text()}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    package=__name__,
    short_help=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option(
    "-V", "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
@click.option("--debug", is_flag=True, help="Show a traceback if the program itself fails.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Lint Segment calls for what the Kochava destination needs.

    Kochava drops calls without a device type, a device id or an advertising id, and reports no error.
    segkoch-lint finds such calls before they are sent.
    """
    ctx.obj = {"debug": debug}
