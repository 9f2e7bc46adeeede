"""`segkoch-lint plan common`: print the guard, or add it to a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.options import configuration_options, settings_of
from segkoch_lint.cli.reports import debug_option
from segkoch_lint.errors import UsageError
from segkoch_lint.reporting.escaping import visible

if TYPE_CHECKING:
    from segkoch_lint.policy.settings import Settings


@click.command()
@click.option("--into", metavar="PLAN", type=click.Path(path_type=Path), help="Add it to this plan, in place.")
@configuration_options
@debug_option
def command(*, into: Path | None, **configuration: Any) -> None:
    """Print the common JSON Schema that guards everything Kochava needs, or add it to a plan.

    Draft-07, ready to paste as the common JSON Schema of a tracking plan. It stops every call that would be useless to
    Kochava, and leaves calls alone that never reach it. With --into, the rest of the file stays as it is.
    """
    from segkoch_lint.plans.common import common_schema  # noqa: PLC0415 - validators take a while to import
    from segkoch_lint.plans.requirements import requirements  # noqa: PLC0415

    settings = settings_of(**configuration)
    rules = list(requirements(settings))
    if not rules:
        raise UsageError("The configuration ignores all requirements, so there is nothing to guard.")
    guard = common_schema(rules, settings.delivery)
    if into is None:
        click.echo(json.dumps(guard, indent=2, ensure_ascii=False))
    elif _merge(into, guard, settings, [rule.code for rule in rules]):
        click.echo(f"{visible(str(into))}: the common schema guards everything now.", err=True)
    else:
        click.echo(f"{visible(str(into))}: the common schema guards everything already; nothing was changed.", err=True)


def _merge(path: Path, guard: Mapping[str, Any], settings: Settings, codes: list[str]) -> bool:
    """Add the guard to a file, and tell whether that was needed."""
    from segkoch_lint.plans.budget import Evaluator  # noqa: PLC0415
    from segkoch_lint.plans.merging import merged  # noqa: PLC0415
    from segkoch_lint.reporting.writing import open_output  # noqa: PLC0415

    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error
    with Evaluator(settings.delivery, codes) as evaluator:
        text = merged(content, str(path), guard, evaluator, settings.limits)
    if text is None:
        return False
    with open_output(str(path), newline="") as stream:
        stream.write(text)
    return True
