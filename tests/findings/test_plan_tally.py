"""The figures of tracking plans."""

from __future__ import annotations

from collections import Counter

import pytest

from segkoch_lint.findings.plan_tally import PlanTally, ReplayCounts, ReplayTally, RequirementTally


@pytest.mark.parametrize(
    ("guarded", "partly", "open_", "verdict"),
    [
        (2, 0, 0, "guarded"),
        (0, 0, 1, "open"),
        (1, 0, 1, "partly"),
        (1, 1, 0, "partly"),
        (0, 1, 1, "partly"),
        (0, 0, 0, ""),
    ],
)
def test_the_verdict_on_a_requirement_holds_for_all_rules(guarded: int, partly: int, open_: int, verdict: str) -> None:
    tally = RequirementTally("device id", guarded, partly, open_)
    assert (tally.verdict, tally.rules) == (verdict, guarded + partly + open_)


def test_every_rule_of_a_plan_is_checked_or_skipped() -> None:
    assert PlanTally(rules=3, checked=2, skipped=Counter({"no event": 1})).adds_up()
    assert not PlanTally(rules=3, checked=2).adds_up()


def test_a_replay_counts_all_events_together_and_each_by_itself() -> None:
    tally = ReplayTally()
    tally.count("track", "Order", ReplayCounts(calls=2, blocked=1))
    tally.count("track", "Order", ReplayCounts(calls=1))
    tally.count("page", "", ReplayCounts(calls=4, blocked=4))
    assert (tally.calls, tally.blocked) == (7, 5)
    assert tally.events == {
        ("track", "Order"): ReplayCounts(calls=3, blocked=1),
        ("page", ""): ReplayCounts(4, blocked=4),
    }


def test_a_replay_of_very_many_events_names_the_first_ones_only() -> None:
    tally = ReplayTally()
    for number in range(10_002):
        tally.count("track", f"Event {number}", ReplayCounts(calls=1))
    assert len(tally.events) == 10_001
    assert tally.events["track", "(further events)"] == ReplayCounts(calls=2)
    assert tally.calls == 10_002
