"""The exit status that the figures of a run call for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.config.selection import Selection
from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.summary import Summary


def count_within_budgets(summary: Summary, selection: Selection) -> Counter[str]:
    """Return by severity name the number of findings whose rules are within their budgets; they do not count."""
    within: Counter[str] = Counter()
    for code, tally in summary.rules.items():
        budget = selection.budgets.get(code)
        if budget is not None and not budget.exceeded(tally.calls, summary.checked):
            within += tally.severities
    return within


def exit_status(
    summary: Summary,
    fail_on: Severity | None,
    *,
    allow_empty: bool,
    within: Mapping[str, int] | None = None,
    max_blocked: Budget | None = None,
) -> ExitCode:
    """Return the exit status of a run.

    Args:
        summary: the figures.
        fail_on: the least severity that fails the run; None if no severity does.
        allow_empty: whether a run that checked nothing passes.
        within: by severity name, the number of findings that do not count (`count_within_budgets`).
        max_blocked: how many of the useful calls of a replay may be blocked; None if any number may.
    """
    if any(note.kind == "invalid" for note in summary.suppression_notes):
        return ExitCode.USAGE_ERROR
    if summary.unread or summary.internal_errors or not summary.adds_up():
        return ExitCode.INCOMPLETE
    counting = summary.severities - Counter(within or {})
    if fail_on is not None and any(Severity.of(name) >= fail_on for name in counting):
        return ExitCode.FINDINGS
    replay = summary.plans.replay if summary.plans is not None else None
    if max_blocked is not None and replay is not None and max_blocked.exceeded(replay.useful_blocked, replay.useful):
        return ExitCode.FINDINGS
    if not allow_empty and not _is_checked(summary, max_blocked):
        return ExitCode.NOTHING_CHECKED
    return ExitCode.CLEAN


def _is_checked(summary: Summary, max_blocked: Budget | None) -> bool:
    """Return whether the run checked what it was asked to check: calls, plans, and the calls of a replay."""
    if not summary.checked_anything:
        return False
    replay = summary.plans.replay if summary.plans is not None else None
    if replay is not None and not replay.calls:
        return False
    # Without a useful call, no share of them can be blocked: a log of the wrong kind would pass any limit.
    return max_blocked is None or bool(replay and replay.useful)
