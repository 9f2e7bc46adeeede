"""The fixes of rules: what is changed, and what is left to a person."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.position import path_of, value_at
from segkoch_lint.findings.text_edits import edited
from segkoch_lint.rules.catalogue import Rule, built_in
from segkoch_lint.rules.fixes import RuleFix, change_of, changed
from segkoch_lint.rules.loader import problems_of

RULES = {rule.code: rule for rule in built_in()}
DEVICE_TYPE = "/context/device/type"
IDFA = "/context/device/advertisingId"
HEX = "A1D4E8B72C354F96B0E87D61C2F3A954"
UUID = "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"


def after(rule: Rule, message: Any, pointer: str) -> str | None:
    change = change_of(rule, message, path_of(pointer))
    return None if change is None else change.after


def device(**members: Any) -> dict[str, Any]:
    return {"type": "track", "context": {"device": members}}


@pytest.mark.parametrize(
    ("code", "pointer", "value", "fixed"),
    [
        ("KCH103", DEVICE_TYPE, "iOS", "ios"),
        ("KCH103", DEVICE_TYPE, " Android\n", "android"),
        ("KCH103", DEVICE_TYPE, "ios\u00a0", "ios"),
        ("KCH103", DEVICE_TYPE, "tvOS", None),
        ("KCH103", DEVICE_TYPE, "iPhone", None),
        ("KCH103", DEVICE_TYPE, 1, None),
        ("KCH107", IDFA, HEX, UUID),
        ("KCH107", IDFA, f" {HEX} ", f" {UUID} "),
        ("KCH107", IDFA, HEX[:-1], None),
        ("KCH107", IDFA, HEX[:-1] + "Z", None),
        ("KCH107", IDFA, UUID[:-5] + UUID[-4:], None),
        ("KCH115", DEVICE_TYPE, " ios", "ios"),
        ("KCH115", "/context/device/id", "\t c9a3 f1d2 \r\n", "c9a3 f1d2"),
        ("KCH115", "/context/device/id", "  ", None),
        ("KCH106", IDFA, "00000000-0000-0000-0000-000000000000", None),
    ],
)
def test_a_value_is_fixed_if_it_is_certain_what_is_meant(
    code: str, pointer: str, value: object, fixed: str | None
) -> None:
    message = device(**{pointer.rpartition("/")[2]: value})

    assert after(RULES[code], message, pointer) == fixed


def test_a_key_is_renamed() -> None:
    assert after(RULES["KCH304"], {"integrations": {"kochava": False}}, "/integrations/kochava") == "Kochava"
    assert after(RULES["KCH306"], {"anonymous_id": "a"}, "/anonymous_id") == "anonymousId"


@pytest.mark.parametrize("other", ["Kochava", "KOCHAVA", "Ko-chava"])
def test_a_key_stays_if_another_one_means_the_same(other: str) -> None:
    message = {"integrations": {"kochava": False, other: True}}

    assert after(RULES["KCH304"], message, "/integrations/kochava") is None


def test_a_renamed_member_keeps_its_place() -> None:
    message = {"type": "track", "user_id": "u", "event": "A"}
    change = change_of(RULES["KCH306"], message, ("user_id",))

    assert change is not None
    assert list(changed(message, ("user_id",), change).items()) == [("type", "track"), ("userId", "u"), ("event", "A")]
    assert list(message) == ["type", "user_id", "event"]


TEXTS = st.text(st.sampled_from("aAfF09 \t\n\u00a0\u2003iOS-İ"), max_size=12) | st.just(f" {HEX}\t")
FIXES = st.builds(
    RuleFix,
    st.booleans(),
    st.booleans(),
    st.sampled_from([(), (8, 4, 4, 4, 12), (1, 2)]),
    st.sampled_from([(), ("ios",)]),
)


@given(FIXES, TEXTS)
def test_a_fix_is_made_once(fix: RuleFix, value: str) -> None:
    once = edited(value, fix.edits(value))

    assert fix.edits(once) == ()
    assert value == once or not fix.one_of or once in fix.one_of


@given(TEXTS)
def test_stripping_and_hyphens_keep_every_other_character(value: str) -> None:
    fixed = edited(value, RuleFix(strip=True, hyphens=(8, 4, 4, 4, 12)).edits(value))

    assert fixed.replace("-", "").strip() == value.replace("-", "").strip()


def rule_file(**fix: Any) -> dict[str, Any]:
    """A rule file about a device in lower case, with a fix."""
    document = copy.deepcopy(dict(RULES["KCH103"].document))
    document["title"] = "lower-case-device"
    document["rule"] = {**document["rule"], "code": "SHOP001", "fix": fix}
    return document


def test_a_rule_file_may_have_a_fix() -> None:
    assert problems_of(rule_file(**{"strip": True, "lower-case": True, "one-of": ["ios", "android"]})) == []


@pytest.mark.parametrize(
    ("fix", "problem"),
    [
        ({"hyphens": [8, 4]}, "its fix changes none of the counterexamples"),
        ({"rename": "kind"}, "blames"),
        ({"upper-case": True}, "upper-case"),
        ({"one-of": ["ios"]}, "its fix changes none of the counterexamples"),
    ],
)
def test_a_fix_that_does_not_fix_is_refused(fix: dict[str, Any], problem: str) -> None:
    (found, _), *_ = problems_of(rule_file(**fix))

    assert problem in found


def test_a_fix_after_which_the_rule_is_still_broken_is_refused() -> None:
    document = copy.deepcopy(dict(RULES["KCH304"].document))
    document["rule"]["fix"] = {"rename": "KOCHAVA"}

    assert [problem for problem, _ in problems_of(document)] == [
        "counterexamples[0] still breaks the rule at /integrations/KOCHAVA after its fix."
    ]


def test_only_calls_are_fixed() -> None:
    document = copy.deepcopy(dict(RULES["KCH503"].document))
    document["rule"] = {**document["rule"], "fix": {"strip": True}}

    assert any("applies-to" in problem for problem, _ in problems_of(document))


def test_the_value_at_a_missing_path_is_not_fixed() -> None:
    assert value_at({}, ("context", "device", "type")) is None
    assert change_of(RULES["KCH103"], {}, ("context", "device", "type")) is None
