"""What of a run counts, and the exit status that its figures call for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.exit_status import count_within_budgets, exit_status
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.plan_tally import PlanTally, ReplayTally
from segkoch_lint.findings.summary import RuleTally, Summary
from segkoch_lint.rules.catalogue import built_in, find


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


def test_findings_within_a_budget_do_not_count_and_beyond_it_all_do() -> None:
    selection = Selection(Settings(budgets={"KCH106": Budget.of("60%"), "KCH107": Budget.of("1")}))
    summary = Summary(calls=10, checked=10, severities=Counter(error=7, warning=2))
    summary.rules = {"KCH106": RuleTally(7, 6, Counter(error=7)), "KCH107": RuleTally(2, 2, Counter(warning=2))}
    assert count_within_budgets(summary, selection) == {"error": 7}
    within = count_within_budgets(summary, selection)
    assert exit_status(summary, Severity.ERROR, allow_empty=False, within=within) == 0
    assert exit_status(summary, Severity.WARNING, allow_empty=False, within=within) == 1
    summary.rules["KCH106"].calls = 7
    assert count_within_budgets(summary, selection) == {}


def test_findings_of_a_rule_whose_budget_is_not_judged_do_not_count() -> None:
    selection = Selection(Settings(budgets={"KCH106": Budget.of("60%", 1000)}))
    counted = Counter(error=3)
    summary = Summary(calls=3, checked=3, severities=counted, rules={"KCH106": RuleTally(3, 3, counted)})
    assert count_within_budgets(summary, selection) == {"error": 3}
    counted = Counter(error=601)
    summary = Summary(calls=1000, checked=1000, severities=counted, rules={"KCH106": RuleTally(601, 601, counted)})
    assert count_within_budgets(summary, selection) == {}


def test_findings_within_a_budget_that_are_milder_than_their_rule_excuse_no_others() -> None:
    selection = Selection(Settings(budgets={"KCH005": Budget.of("9 calls")}))
    summary = Summary(calls=2, checked=2, severities=Counter(error=2, warning=5))
    summary.rules = {"KCH005": RuleTally(5, 5, Counter(warning=5)), "KCH104": RuleTally(2, 2, Counter(error=2))}
    within = count_within_budgets(summary, selection)
    assert within == {"warning": 5}
    assert exit_status(summary, Severity.ERROR, allow_empty=False, within=within) == 1


def test_incomplete_comes_before_any_budget() -> None:
    summary = Summary(severities=Counter(error=1), unread=[("x.json", "gone")])
    assert exit_status(summary, Severity.ERROR, allow_empty=False, within={"error": 1}) == 4


CODES = ("KCH101", "KCH105", "KCH106", "KCH118", "KCH301")
SELECTORS = ("ALL", "KCH1", "KCH10", "KCH106", "limited-ad-tracking", "KCH3", "missing-user")
AMOUNTS = st.integers(0, 1000).map(lambda n: f"{n // 10}.{n % 10}%") | st.integers(0, 12).map(str)


def plain_budget(code: str, budgets: Mapping[str, str]) -> str | None:
    """The budget of the selector that names a rule most exactly; of a code and a name, the later one."""
    name = find(built_in(), code).name
    for naming in ({code, name}, {"KCH10"}, {"KCH1", "KCH3"}, {"ALL"}):
        fitting = [s for s in budgets if s in naming and (s in {name, "ALL"} or code.startswith(s))]
        if fitting:
            return budgets[fitting[-1]]
    return None


def plain_over(budget: str, calls: int, checked: int) -> bool:
    if not budget.endswith("%"):
        return calls > int(budget)
    whole, tenths = budget[:-1].split(".")
    return calls * 1000 > int(whole + tenths) * checked


@given(
    findings=st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 9)), max_size=60),
    checked=st.integers(0, 10),
    budgets=st.dictionaries(st.sampled_from(SELECTORS), AMOUNTS),
    severities=st.dictionaries(st.sampled_from(CODES), st.sampled_from(Severity)),
    fail_on=st.none() | st.sampled_from(Severity),
)
def test_the_exit_status_is_what_a_plain_count_gives(
    findings: list[tuple[str, int]],
    checked: int,
    budgets: dict[str, str],
    severities: dict[str, Severity],
    fail_on: Severity | None,
) -> None:
    weights = {code: severities.get(code, find(built_in(), code).severity) for code in CODES}
    summary = Summary(calls=10, checked=checked, not_delivered=Counter(web=10 - checked))
    for code, _ in findings:
        summary.severities[str(weights[code])] += 1
        summary.rules.setdefault(code, RuleTally()).count(str(weights[code]))
    for code, _ in set(findings):
        summary.rules[code].calls += 1

    failing = False
    for code, _ in findings:
        calls = len({call for other, call in findings if other == code})
        budget = plain_budget(code, budgets)
        if budget is None or plain_over(budget, calls, checked):
            failing |= fail_on is not None and weights[code] >= fail_on

    parsed = {selector: Budget.of(text) for selector, text in budgets.items()}
    within = count_within_budgets(summary, Selection(Settings(budgets=parsed, severity=severities)))
    assert exit_status(summary, fail_on, allow_empty=False, within=within) == int(failing)


def test_a_replay_without_calls_checked_nothing() -> None:
    plans = PlanTally(plans=1, rules=1, checked=1, replay=ReplayTally())
    summary = Summary(inputs=1, plans=plans)
    assert exit_status(summary, Severity.ERROR, allow_empty=False) == 3
    assert exit_status(summary, Severity.ERROR, allow_empty=True) == 0
    plans.replay = ReplayTally(calls=1)
    assert exit_status(summary, Severity.ERROR, allow_empty=False) == 0
    assert exit_status(summary, Severity.ERROR, allow_empty=False, max_blocked=Budget.of("1%")) == 3
