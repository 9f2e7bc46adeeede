"""`segkoch-lint schema`: print schemas."""

from __future__ import annotations

from typing import Any

import click

from segkoch_lint import resources
from segkoch_lint.cli.completion import complete_rules
from segkoch_lint.cli.options import configuration_options, settings_of
from segkoch_lint.errors import UsageError
from segkoch_lint.reporting.escaping import json_text


@click.command()
@click.argument("name", required=False, metavar="[CODE|NAME]", shell_complete=complete_rules)
@click.option("--configuration", is_flag=True, help="Print the schema of the configuration.")
@click.option("--report", is_flag=True, help="Print the schema of the JSON report.")
@click.option("--rule-file", is_flag=True, help="Print the meta-schema of rule files.")
@click.option("--envelope-file", is_flag=True, help="Print the meta-schema of envelope files.")
@configuration_options
def command(
    name: str | None, *, configuration: bool, report: bool, rule_file: bool, envelope_file: bool, **settings: Any
) -> None:
    """Print a JSON Schema.

    With the code or name of a rule, print its rule file. Otherwise, print one JSON Schema (draft 2020-12) of all
    selected rules, with which any validator can validate a call.
    """
    chosen = [
        *(["a rule"] if name else []),
        *(["--configuration"] if configuration else []),
        *(["--report"] if report else []),
        *(["--rule-file"] if rule_file else []),
        *(["--envelope-file"] if envelope_file else []),
    ]
    if len(chosen) > 1:
        raise UsageError(f"Either {' or '.join(chosen)}: one schema is printed at a time.")
    if rule_file:
        schema = _rule_schema()
    elif configuration or report or envelope_file:
        schema = resources.load("configuration" if configuration else "report" if report else "envelope")
    else:
        schema = _schema_of_rules(name, settings)
    click.echo(json_text(schema, indent=2, ensure_ascii=False))


def _schema_of_rules(name: str | None, configuration: dict[str, Any]) -> Any:
    from segkoch_lint.config.selection import Selection  # noqa: PLC0415
    from segkoch_lint.rules.bundled_schema import bundled_schema  # noqa: PLC0415
    from segkoch_lint.rules.catalogue import find  # noqa: PLC0415

    settings = settings_of(**configuration)
    selection = Selection(settings)
    return find(selection.catalogue, name).document if name else bundled_schema(selection.rules, settings.delivery)


def _rule_schema() -> Any:
    """Return the meta-schema of rule files, with that of the vocabulary inside."""
    schema = dict(resources.load("rule"))
    schema["$defs"] = {**schema["$defs"], "vocabulary": resources.load("vocabulary")}
    return schema
