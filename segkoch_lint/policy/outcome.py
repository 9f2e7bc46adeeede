"""The exit status of a run."""

from __future__ import annotations

from segkoch_lint.findings import Severity
from segkoch_lint.tallies import Summary

CLEAN = 0
FINDINGS = 1
USAGE = 2
NOTHING_CHECKED = 3
INCOMPLETE = 4
BROKEN_PIPE = 141


def exit_status(summary: Summary, fail_on: Severity | None, *, allow_empty: bool) -> int:
    """Return the exit status that a run's figures call for.

    Where several hold, incomplete comes before findings, and findings before nothing checked.
    """
    if summary.unread or not summary.adds_up():
        return INCOMPLETE
    if fail_on is not None and any(Severity.of(name) >= fail_on for name, n in summary.severities.items() if n):
        return FINDINGS
    if not summary.calls and not summary.destinations and not allow_empty:
        return NOTHING_CHECKED
    return CLEAN
