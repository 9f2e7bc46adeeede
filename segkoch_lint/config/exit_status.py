"""What of a run counts, and its exit status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.selection import Selection
from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.summary import Summary

CLEAN = 0
FINDINGS = 1
USAGE = 2
NOTHING_CHECKED = 3
INCOMPLETE = 4
BROKEN_PIPE = 141


def within_budgets(summary: Summary, selection: Selection) -> Counter[str]:
    """Return by severity name how many findings are of rules within their budgets, and so do not count."""
    within: Counter[str] = Counter()
    for code, tally in summary.rules.items():
        budget = selection.budgets.get(code)
        if budget is not None and not budget.exceeded(tally.calls, summary.checked):
            within[str(selection.severity(selection.by_code[code]))] += tally.findings
    return within


def exit_status(
    summary: Summary,
    fail_on: Severity | None,
    *,
    allow_empty: bool,
    within: Mapping[str, int] | None = None,
    max_blocked: Budget | None = None,
) -> int:
    """Return the exit status that a run's figures call for.

    Where several hold, incomplete comes before findings, and findings before nothing checked.

    Args:
        summary: the figures.
        fail_on: the least severity that fails the run, or None for none.
        allow_empty: whether a run that checked nothing passes.
        within: by severity name, findings that do not count (`within_budgets`).
        max_blocked: how many of the useful calls of a replay may be blocked; None for any number.
    """
    counting = summary.severities - Counter(within or {})
    if summary.unread or summary.internal_errors or not summary.adds_up():
        return INCOMPLETE
    if fail_on is not None and any(Severity.of(name) >= fail_on for name in counting):
        return FINDINGS
    replay = summary.plans.replay if summary.plans is not None else None
    if max_blocked is not None and replay is not None and max_blocked.exceeded(replay.useful_blocked, replay.useful):
        return FINDINGS
    if not allow_empty and not _checked(summary):
        return NOTHING_CHECKED
    if max_blocked is not None and not allow_empty and (replay is None or not replay.useful):
        return NOTHING_CHECKED  # of no useful call, no share is lost: a log of the wrong kind passes anything
    return CLEAN


def _checked(summary: Summary) -> bool:
    """Tell whether anything was looked at that could have been wrong."""
    if summary.plans is not None:
        return bool(summary.plans.checked or summary.plans.uncheckable)
    return bool(summary.calls or summary.destinations)
