"""The exit status that a run's figures call for."""

from __future__ import annotations

from collections import Counter

import pytest

from segkoch_lint.findings import Severity
from segkoch_lint.policy.outcome import exit_status
from segkoch_lint.tallies import Summary


def fine() -> Summary:
    return Summary(calls=1, checked=1)


@pytest.mark.parametrize(
    ("severities", "fail_on", "status"),
    [
        ({}, Severity.ERROR, 0),
        ({"error": 1}, Severity.ERROR, 1),
        ({"warning": 1}, Severity.ERROR, 0),
        ({"warning": 1}, Severity.WARNING, 1),
        ({"info": 1}, Severity.WARNING, 0),
        ({"info": 1}, Severity.INFO, 1),
        ({"error": 5}, None, 0),
        ({"error": 0}, Severity.ERROR, 0),
    ],
)
def test_findings_count_from_a_severity_on(severities: dict[str, int], fail_on: Severity | None, status: int) -> None:
    summary = fine()
    summary.severities = Counter(severities)
    assert exit_status(summary, fail_on, allow_empty=False) == status


def test_nothing_checked_is_a_status_of_its_own_unless_allowed() -> None:
    assert exit_status(Summary(), Severity.ERROR, allow_empty=False) == 3
    assert exit_status(Summary(), Severity.ERROR, allow_empty=True) == 0
    assert exit_status(Summary(destinations=1), Severity.ERROR, allow_empty=False) == 0


def test_incomplete_comes_before_findings_and_findings_before_nothing_checked() -> None:
    summary = Summary(severities=Counter(error=1))
    assert exit_status(summary, Severity.ERROR, allow_empty=False) == 1
    summary.unread.append(("x.json", "gone"))
    assert exit_status(summary, Severity.ERROR, allow_empty=False) == 4


def test_figures_that_do_not_add_up_are_never_called_clean() -> None:
    assert exit_status(Summary(calls=2, checked=1), Severity.ERROR, allow_empty=True) == 4
