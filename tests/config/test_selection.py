"""Selecting rules, and what they weigh."""

from __future__ import annotations

from pathlib import Path

import pytest

from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Severity
from segkoch_lint.rules.catalogue import built_in, find


def chosen(select: tuple[str, ...] = ("ALL",), ignore: tuple[str, ...] = ()) -> set[str]:
    return {rule.code for rule in Selection(Settings(select=select, ignore=ignore)).rules}


def test_all_rules_apply_by_default() -> None:
    assert chosen() == {rule.code for rule in built_in()}


@pytest.mark.parametrize(
    ("select", "ignore", "codes"),
    [
        (("KCH101",), (), {"KCH101"}),
        (("missing-device", "KCH103"), (), {"KCH101", "KCH103"}),
        (("KCH50",), ("KCH502",), {"KCH501", "KCH503"}),
        (("KCH106",), ("KCH1",), {"KCH106"}),
        (("limited-ad-tracking",), ("KCH1",), {"KCH106"}),
        (("KCH106",), ("KCH106",), set()),
        (("ALL",), ("ALL",), set()),
        (("kch501",), (), {"KCH501"}),
    ],
)
def test_the_more_exact_selector_decides(select: tuple[str, ...], ignore: tuple[str, ...], codes: set[str]) -> None:
    assert chosen(select, ignore) == codes


@pytest.mark.parametrize(
    "settings", [Settings(select=("KCH9",)), Settings(ignore=("nope",)), Settings(budgets={"KCH9": Budget.of("1%")})]
)
def test_a_selector_that_means_nothing_is_an_error(settings: Settings) -> None:
    with pytest.raises(UsageError):
        Selection(settings)


def test_severities_are_set_by_the_most_exact_selector() -> None:
    selection = Selection(Settings(severity={"KCH106": Severity.INFO, "KCH1": Severity.WARNING}))
    weights = {code: selection.severity(find(built_in(), code)) for code in ("KCH101", "KCH106", "KCH301")}
    assert weights == {"KCH101": Severity.WARNING, "KCH106": Severity.INFO, "KCH301": Severity.ERROR}


def test_budgets_are_set_by_the_most_exact_selector_for_each_rule_by_itself() -> None:
    some, few, none = (Budget.of(text) for text in ("5%", "20", "0"))
    budgets = Selection(Settings(budgets={"KCH106": few, "KCH1": some, "missing-user": none})).budgets
    assert {code: budgets.get(code) for code in ("KCH101", "KCH106", "KCH301", "KCH302")} == {
        "KCH101": some,
        "KCH106": few,
        "KCH301": none,
        "KCH302": None,
    }


def test_rules_are_ignored_in_files_by_pattern(tmp_path: Path) -> None:
    selection = Selection(
        Settings(per_file_ignores={"legacy/": ("KCH1", "sample-id"), "*.yaml": ("KCH301",)}, root=tmp_path)
    )
    assert "KCH106" in selection.ignored_in(str(tmp_path / "legacy" / "a.json"))
    assert selection.ignored_in(str(tmp_path / "x" / "b.yaml")) == {"KCH301"}
    assert selection.ignored_in(str(tmp_path / "new.json")) == frozenset()
    assert selection.ignored_in("/elsewhere/b.yaml") == {"KCH301"}
    assert Selection(Settings()).ignored_in("x.json") == frozenset()
