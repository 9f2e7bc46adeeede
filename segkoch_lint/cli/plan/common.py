"""`segkoch-lint plan common`: print the guard, or add it to a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.options import configuration_options, settings_of
from segkoch_lint.cli.run_options import debug_option
from segkoch_lint.errors import UsageError

if TYPE_CHECKING:
    from segkoch_lint.config.settings import Settings


@click.command()
@click.option("--into", metavar="PLAN", type=click.Path(path_type=Path), help="Add it to this plan, in place.")
@click.option(
    "--exact",
    is_flag=True,
    help="Print the exact equivalent of the rules, for every spelling of every key; it is ten times as long.",
)
@configuration_options
@debug_option
def command(*, into: Path | None, exact: bool, **configuration: Any) -> None:
    """Print a common JSON Schema that guards the requirements, or add it to a plan.

    The schema is draft-07, ready to paste as the common JSON Schema of a tracking plan. It stops calls that Kochava
    cannot use. It lets through calls that never reach Kochava, and, unless KCH106 and KCH119 are selected, calls of
    users who refused tracking. With --into, all other text of the file remains unchanged.
    """
    from segkoch_lint.plans.guard.exact import exact_schema  # noqa: PLC0415 - validators take a while to import
    from segkoch_lint.plans.guard.layout import format_json  # noqa: PLC0415
    from segkoch_lint.plans.guard.short import short_schema  # noqa: PLC0415
    from segkoch_lint.plans.probe.probes import TRACKING_REFUSALS  # noqa: PLC0415
    from segkoch_lint.plans.probe.requirements import COST_OF_BLOCKING, requirements  # noqa: PLC0415

    settings = settings_of(**configuration)
    rules = list(requirements(settings))
    if not rules:
        raise UsageError("The configuration ignores all requirements, so there is nothing to guard.")
    schema = exact_schema if exact else short_schema
    guard = schema(rules, settings.delivery, settings.platforms)
    codes = [rule.code for rule in rules]
    if into is None:
        click.echo(json.dumps(guard, indent=2, ensure_ascii=False) if exact else format_json(guard))
    else:
        _insert(into, guard, settings, codes)
    for code in codes:
        if code in TRACKING_REFUSALS:
            print_note(f"Note: {code}: {COST_OF_BLOCKING}.")


def _insert(path: Path, guard: Mapping[str, Any], settings: Settings, codes: Sequence[str]) -> None:
    """Add the guard to a file, and report whether that was needed."""
    from segkoch_lint.plans.guard.insertion import insert_guard  # noqa: PLC0415
    from segkoch_lint.plans.probe.evaluator import Evaluator  # noqa: PLC0415
    from segkoch_lint.reporting.atomic_file import open_output  # noqa: PLC0415

    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error
    with Evaluator(settings.delivery, codes, platforms=settings.platforms) as evaluator:
        done = insert_guard(content, str(path), guard, evaluator, settings.limits)
    if done.text is not None:
        with open_output(str(path), newline="") as stream:
            stream.write(done.text)
    listed = ", ".join(codes)
    for each in done.refused:
        print_note(f"Note: {path}: {each}.")
    if done.text is not None:
        print_note(f"{path}: the common schema guards {listed} now.")
    else:
        print_note(f"{path}: the common schema guards {listed} already; nothing was changed.")
