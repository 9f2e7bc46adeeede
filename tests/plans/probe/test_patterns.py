"""Patterns of RE2: their meaning for the engine, and texts that they match."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.plans.probe.patterns import read_pattern
from segkoch_lint.plans.probe.validators import SchemaError, compile_schema
from segkoch_lint.plans.probe.values import samples_of
from tests.plans.plan_files import DEVICE, check, codes, config_api, guard


def matches(pattern: str, text: str) -> bool:
    verdict: bool = compile_schema({"pattern": pattern}).is_valid(text)
    return verdict


# What real RE2 (2025-11) says of each.
@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("(?i)^(red|blue)$", ["red", "BLUE", "Red"], ["green", "reds"]),
        ("a(?i)b|c", ["ab", "aB", "C"], ["A"]),
        ("^(a(?i)b)c$", ["aBc"], ["ABc", "abC"]),
        ("^(?i:a)b$", ["Ab"], ["AB"]),
        ("(?i)^a(?-i)b$", ["Ab"], ["AB"]),
        ("(?i)^k$", ["k", "K", "\u212a"], ["x"]),
        ("(?i)^[^k]$", ["x"], ["k", "K", "\u212a"]),
        ("(?i)^é$", ["É"], ["e"]),
        (r"(?i)^\w$", ["\u017f"], ["é"]),
        (r"(?i)^[^\W]$", ["\u017f", "a"], ["-"]),
        (r"(?i)^[[:^upper:]]$", ["1"], ["a", "A"]),
        (r"\Ared\z", ["red"], ["a red", "red\n"]),
        ("^red$", ["red"], ["red\n", "\nred"]),
        ("(?m)^red$", ["red", "\nred\n"], ["\rred"]),
        ("(?s)^.$", ["\n", "a"], ["ab"]),
        ("^.$", ["\r", "\u2028"], ["\n"]),
        ("(?is-m:^A.$)", ["a\n"], ["b\n"]),
        ("^(?U)a+?$", ["aa"], ["b"]),
        ("^[[:alpha:]]+$", ["aZ"], ["a1", "é"]),
        ("^[[:^digit:]_-]$", ["_", "a"], ["1"]),
        ("^[[:xdigit:][:space:]]$", ["F", "\x0b"], ["g"]),
        (r"^\s$", [" ", "\t"], ["\x0b", "\u00a0"]),
        (r"^[\S\d]$", ["\u00a0", "1"], [" "]),
        (r"^[\s\S]$", ["\n", "a"], [""]),
        (r"^[^\s\S]$", [], ["\n", "a"]),
        (r"^[\d-z]$", ["-", "z", "5"], ["y"]),
        ("^[]a]$", ["]", "a"], ["b"]),
        ("^[^]a]$", ["b"], ["]"]),
        ("^[a&&b]$", ["&", "a"], ["c"]),
        ("(?P<year>[0-9]{4})-(?<month>[0-9]{2})", ["2026-11"], ["26-11"]),
        (r"^\Qa.b*\E+$", ["a.b*", "a.b**"], ["axb"]),
        (r"^\Q[a", ["[a"], ["a"]),
        (r"^\pL\p{Lu}\p{Greek}\p{^Lu}\PL$", ["éAαa1"], ["éaαa1", "éAaa1"]),
        (r"^[\p{Any}]$", ["\n", "a"], [""]),
        (r"^\x41\x{e9}\101\0\a$", ["Aé" + "A\0\a"], ["A"]),
        ("^a{,2}$", ["a{,2}"], ["aa"]),
        ("^{a}]$", ["{a}]"], ["a"]),
        ("^(?:^)*a(?i)*$", ["", "a", "aa"], ["b"]),
        ("^(|a|)$", ["", "a"], ["b"]),
        (r"^\_\-\/\#$", ["_-/#"], ["_"]),
        (r"^\u0041\cA$", ["A\x01"], ["A"]),  # not RE2, and read as ECMA 262 has it
    ],
)
def test_a_pattern_means_what_re2_says(pattern: str, yes: list[str], no: list[str]) -> None:
    assert [text for text in yes if not matches(pattern, text)] == []
    assert [text for text in no if matches(pattern, text)] == []


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(", "opened and not closed"),
        ("a)", "closed that was not opened"),
        ("[a", "a class is opened and not closed"),
        ("[z-a]", "ends before it begins"),
        (r"[a-\d]", r"\\d has no meaning"),
        ("*a", "nothing before \\* that it could repeat"),
        ("(|+)", "nothing before \\+"),
        ("a**", "\\*\\* repeats a repetition"),
        ("a{2}{3}", "repeats a repetition"),
        ("a{1001}", "repeats too often"),
        ("a{2,1}", "less than nothing"),
        (r"(a)\1", r"\\1 refers back to a group"),
        ("(?P=n)", "cannot begin with \\(\\?P"),
        ("(?#c)", "cannot begin with"),
        ("(?>a)", "cannot begin with"),
        ("[[:foo:]]", "no class \\[:foo:\\]"),
        (r"\C", r"\\C has no meaning"),
        (r"\x{110000}", "is no character"),
        ("\\", "has no meaning"),
        ("(" * 200 + ")" * 200, "nested too deeply"),
    ],
)
def test_other_texts_than_patterns_of_re2_are_refused_with_a_reason(pattern: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_pattern(pattern)


ATOMS = ("a", "k", "K", "0", "-", " ", r"\.", r"\d", r"\D", r"\w", r"\W", "[a-k]", "[^k]", r"[\d_]", r"[^\w]", "^", "$")

patterns = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: f"({'|'.join(each)})"),
        st.tuples(st.sampled_from(["i", "s", "-i"]), inner).map(lambda each: f"(?{each[0]}:{each[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+?", "?", "{2}", "{1,2}"])).map(lambda each: f"(?:{each[0]}){each[1]}"),
    ),
    max_leaves=6,
)


@given(patterns, st.text(alphabet="akKbB0_- .\n", max_size=4))
def test_patterns_agree_with_python_if_they_mean_the_same(pattern: str, text: str) -> None:
    # Before a last newline, `$` holds in Python only.
    alike = pattern.replace("$", r"(?![\S\s])")
    assert matches(pattern, text) == bool(re.search(alike, text, re.ASCII))


@given(st.text(alphabet=r"aA0^$.|()[]{}?*+\-,:imsP<>dwWspLQEzxk&~é", max_size=20), st.text(max_size=3))
def test_every_text_is_a_pattern_that_is_matched_or_is_refused_with_a_reason(pattern: str, text: str) -> None:
    try:
        matches(pattern, text)
    except SchemaError as fault:
        refused = fault
    else:
        return
    assert refused.problem
    assert refused.path == ("pattern",)


def test_patterns_of_keys_are_rewritten_too_and_two_that_are_the_same_both_count() -> None:
    validator = compile_schema(
        {"patternProperties": {"(?i)^a$": {"type": "integer"}, "^(?i:a)$": {"minimum": 3}, r"\Ab\z": {"const": 1}}}
    )
    assert [validator.is_valid({key: value}) for key, value in (("A", "x"), ("a", 2), ("a", 3), ("b", 2))] == [
        False,
        False,
        True,
        False,
    ]


def test_a_value_that_looks_like_a_pattern_is_left_alone() -> None:
    value = {"pattern": r"\Ax\z"}
    validator = compile_schema({"properties": {"pattern": {"const": value}, "default": {"pattern": r"\Ax\z"}}})
    assert validator.is_valid({"pattern": value, "default": "x"})
    assert not validator.is_valid({"default": r"\Ax\z"})


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern", ["(?i)^(red|blue)$", r"\A[[:alpha:]]{3}\z", r"(?P<year>\d{4})-(?P<month>\d\d)", "^(?s).+$", r"^\Qa.b\E$"]
)
def test_a_plan_with_such_a_pattern_is_probed(pattern: str, tmp_path: Path) -> None:
    properties = {"type": "object", "required": ["c"], "properties": {"c": {"type": "string", "pattern": pattern}}}
    event = {"type": "object", "required": ["properties"], "properties": {"properties": properties}}
    findings, checker = check(tmp_path, config_api(guard(), {"A": event}))
    assert (codes(findings), checker.tally.checked) == ([], 1)
    assert any(matches(pattern, text) for text in read_pattern(pattern).samples)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "expected"), [("(?i)^(ios|android)$", ["KCH401 KCH103"]), (r"\A(ios|android)\z", [])]
)
def test_a_guard_with_such_a_pattern_is_evaluated_as_re2_would(
    pattern: str, expected: list[str], tmp_path: Path
) -> None:
    device = {**DEVICE, "properties": {**DEVICE["properties"], "type": {"type": "string", "pattern": pattern}}}
    findings, _ = check(tmp_path, config_api(guard(device), {"A": {}}))
    assert codes(findings) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{3}-\\d{4}$",
        "^(red|green|blue)$",
        "^(?:a|b)(?<name>c+)$",
        "^[^a-z]+$",
        "^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$",
        "^#[0-9a-fA-F]{6}$",
        "^v\\d+(\\.\\d+)*$",
        "^\\x41\\t?$",
        "^a{2,3}?b*c?d+?$",
        "^\\d{3}\\s\\S\\D\\W$",
        "^.{5}$",
        "\\bword\\b",
        "^[a\\-z\\]]$",
        "^\\$\\{\\w+\\}$",
        "Lawyer Morty|Evil Morty",
        "^((a|b){2}|c){2}$",
        "^[+-]?\\d+$",
        "^[-+]$",
        "^[[:upper:]]{2}(?i)x$",
    ],
)
def test_a_pattern_has_samples(pattern: str) -> None:
    samples = samples_of(pattern)
    assert any(matches(pattern, text) for text in samples), samples


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "(?=a)", "\\p{L}", "(a)\\1", "(" * 200, "a{9999}", "(a{999}){9}", 5]
)
def test_a_text_without_known_samples_has_none(pattern: Any) -> None:
    assert list(samples_of(pattern)) == []


@given(st.text(alphabet="ab01^$.|()[]{}?*+\\-,dwsx", max_size=20))
def test_samples_are_bounded(pattern: str) -> None:
    assert all(len(text) <= 4000 for text in samples_of(pattern))
