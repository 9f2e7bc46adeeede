"""`segkoch-lint plan diff`: compare two versions of a tracking plan."""

from __future__ import annotations

from typing import Any

import click

from segkoch_lint.cli.completion import complete_files
from segkoch_lint.cli.options import configuration_options
from segkoch_lint.cli.run_options import EXIT_STATUS, debug_option, report_options, run_options, status_options
from segkoch_lint.config.budgets import Budget
from segkoch_lint.errors import UsageError

_EPILOG = f"""\b
Examples:
  segkoch-lint plan diff old.json new.json
  segkoch-lint plan diff --against main plan.json
  segkoch-lint plan diff --against main tracking-plans/
  segkoch-lint plan diff --against main plan.json --replay logs/ --max-blocked 1%

{EXIT_STATUS}"""


@click.command(epilog=_EPILOG)
@click.argument("plans", nargs=-1, required=True, metavar="OLD NEW | PLAN...", shell_complete=complete_files)
@click.option(
    "--against",
    metavar="REV",
    help="Compare each PLAN with its version in this git revision (main, HEAD~1, main...HEAD for the merge base), "
    "in place of OLD. If a file has that name, it is used; git:REV always is a revision.",
)
@click.option(
    "--replay",
    "logs",
    multiple=True,
    metavar="LOGS",
    shell_complete=complete_files,
    help="Validate these captured calls against both versions; repeatable.",
)
@click.option(
    "--max-blocked",
    metavar="SHARE",
    help="Fail if the change would block more than this share (1%) or number of the replayed calls that are useful to "
    "Kochava.",
)
@configuration_options
@status_options("tracking plan")
@report_options
@debug_option
def command(
    plans: tuple[str, ...], *, against: str | None, logs: tuple[str, ...], max_blocked: str | None, **given: Any
) -> int:
    """Compare two versions of a tracking plan: which requirements does the change open or close?

    A finding is a requirement that was guarded and is open now, or a new event without a guard. The report also lists
    the requirements that are guarded now, and the events that were added, renamed or removed.

    OLD, NEW and PLAN are files, folders or globs in the formats of `plan check`.
    """
    from segkoch_lint.plans.check.checker import PlanChecker  # noqa: PLC0415 - validators and parsers take a while to import
    from segkoch_lint.plans.diff.plan_diff import compare_against, compare_files  # noqa: PLC0415

    if against is None and len(plans) != 2:
        raise UsageError("Two plans are expected, the old one and the new one.", "Or give one, and --against REV.")
    limit = _max_blocked(max_blocked, replayed=bool(logs))
    run = run_options((*plans, *logs, *([against] if against else [])), **given)
    snippets, error_snippets = run.snippets()
    checker = PlanChecker(run.settings, allow_empty=run.allow_empty, snippets=snippets, error_snippets=error_snippets)
    if against is None:
        findings = compare_files(checker, plans[0], plans[1:], logs)
    else:
        findings = compare_against(checker, against, plans, logs)
    return run.report(findings, checker.summary, checker.suppressions, max_blocked=limit)


def _max_blocked(amount: str | None, *, replayed: bool) -> Budget | None:
    if amount is None:
        return None
    if not replayed:
        raise UsageError("--max-blocked is about replayed calls.", "Add --replay LOGS.")
    try:
        return Budget.of(amount)
    except ValueError as problem:
        hint = "Write a share of the useful calls (1%, 0.1%) or a number of calls (20)."
        raise UsageError(f"--max-blocked {amount}: {problem}.", hint) from None
