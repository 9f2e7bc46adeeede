"""The options of `check` about a former run that this one is compared with."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from segkoch_lint.cli.completion import complete_files
from segkoch_lint.cli.options import option_group
from segkoch_lint.errors import UsageError

if TYPE_CHECKING:
    from segkoch_lint.config.selection import Selection
    from segkoch_lint.config.settings import Settings

DEFAULT_DROP = "50%"


expectation_options = option_group(
    click.option(
        "--expect-like",
        metavar="REPORT",
        shell_complete=complete_files,
        help="Fail if calls are missing: compare the groups of delivered calls with those in the JSON report "
        "of a former run.",
    ),
    click.option(
        "--max-drop",
        metavar="SHARE",
        help=f"The share of its calls that a group may lose; default: {DEFAULT_DROP}.",
    ),
    click.option(
        "--min-group",
        type=click.IntRange(min=1),
        metavar="N",
        help="Compare only groups with N calls in the former run; default: as many as chance needs, 200 for "
        f"{DEFAULT_DROP}.",
    ),
)
"""The options that compare the calls of a run with those of a former one."""


def with_former_report(
    settings: Settings, expect_like: str | None, max_drop: str | None, min_group: int | None
) -> Settings:
    """Return the settings with the report of ``--expect-like``, if it is given.

    Raises:
        UsageError: the report cannot be used, or an option is wrong.
    """
    if expect_like is None:
        for option, value, purpose in (
            ("--max-drop", max_drop, "how far calls may fall"),
            ("--min-group", min_group, "which groups are compared"),
        ):
            if value is not None:
                raise UsageError(f"{option} says {purpose}, and needs a former run.", "Add --expect-like.")
        return settings
    from segkoch_lint.config.former_report import read_former_report  # noqa: PLC0415 - few runs are compared
    from segkoch_lint.config.shares import SHARE_FORMS, share_of  # noqa: PLC0415

    try:
        drop = share_of(DEFAULT_DROP if max_drop is None else max_drop)
    except ValueError as problem:
        raise UsageError(f"--max-drop {max_drop}: {problem}.", SHARE_FORMS) from None
    if drop == 1:
        raise UsageError("--max-drop 100%: no fall is larger, so no call could be missing.", SHARE_FORMS)
    try:
        report = read_former_report(expect_like, drop, min_group)
    except UsageError as error:
        raise UsageError(f"--expect-like {error.message}", error.hint) from None
    return dataclasses.replace(settings, expect_like=report)


def require_expectations(settings: Settings, selection: Selection) -> None:
    """Check that a rule uses what is expected, and that something is expected if no other rule is selected.

    Raises:
        UsageError: the run could not fail.
    """
    if settings.expect_like is not None and not any(rule.applies_to == "run" for rule in selection.rules):
        raise UsageError("--expect-like: the rule about missing calls, KCH601, is not selected.", "Select it, too.")
    only_about_runs = all(rule.applies_to in {"run", "plan"} for rule in selection.rules)
    if only_about_runs and not settings.expect and settings.expect_like is None:
        raise UsageError(
            "The selected rules are about expected calls, and no calls are expected.",
            "Add `expect` to the configuration, or --expect-like with a former report.",
        )
