"""Rules of somebody's own find the same by every way to go through lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.settings import Settings
from segkoch_lint.rules.loader import problems_of
from tests.engine.lines.logs import GOOD, changed, is_found_the_same, line, written

RULE = {
    "$schema": "urn:segkoch-lint:rule",
    "title": "odd",
    "description": "A rule that somebody made for a test of their own calls.",
    "rule": {
        "code": "OWN001",
        "severity": "error",
        "origin": "beyond",
        "applies-to": "call",
        "message": "this is odd: {value}",
        "source": ["https://example.com"],
    },
    "remedy": {"default": "fix it"},
    "examples": [{"type": "track"}],
}


def with_counterexample(constraint: dict[str, Any]) -> str:
    """The rule file of a constraint; it has to show what breaks it."""
    for changes, place in (
        ({"event": "bad"}, "/event"),
        ({"event": "a", "userId": "a"}, ""),
        ({"event": "x" * 2000}, "/event"),
        ({"properties": {"event": 2}}, "/properties/event"),
        ({"context": {"event": "a", "userId": "a"}}, "/context"),
        ({"context": {"event": "x" * 2000}}, "/context"),
        ({"properties": 1}, "/properties"),
        ({"properties": "x" * 2000}, "/properties"),
    ):
        patch = [{"op": "add", "path": f"/{key}", "value": value} for key, value in changes.items()]
        document = {**RULE, **constraint, "counterexamples": [{"patch": patch, "place": place}]}
        if not problems_of(document):
            return json.dumps(document)
    raise AssertionError("nothing breaks this constraint")


@pytest.mark.slow
@pytest.mark.parametrize(
    "constraint",
    [
        {"properties": {"event": {"not": {"const": "bad"}}}},
        {"patternProperties": {"^eve": {"not": {"const": "bad"}}}},
        {"additionalProperties": {"not": {"const": "bad"}}},
        {"distinctValues": ["event", "userId"]},
        {"properties": {"properties": {"additionalProperties": {"type": "string"}}}},
        {"properties": {"properties": {"properties": {"event": {"const": 1}}}}},
        {"properties": {"context": {"distinctValues": ["event", "userId"]}}},
        {"properties": {"properties": {"type": "object"}}},
        {"properties": {"context": {"maxBytes": 1000}}},
    ],
)
@settings(max_examples=10)
@given(data=st.data())
def test_user_rules_have_the_same_findings_with_every_selector(constraint: dict[str, Any], data: st.DataObject) -> None:
    folder = _FOLDERS[json.dumps(constraint)]
    settings = Settings(rules=(folder,))
    names = st.sampled_from(
        ["bad", "user-4711", 1, "good", [1], {"event": 2}, {"event": "1", "userId": "1"}, None, "x" * 1000]
    )
    keys = st.sampled_from(
        [("event",), ("events",), ("properties",), ("context",), ("context", "event"), ("context", "device", "name")]
    )
    lines = data.draw(st.lists(st.builds(written, st.builds(changed, keys, names), st.just(0)), max_size=6))
    content = b"\n".join([GOOD, GOOD, *lines])
    is_found_the_same(content, settings)


def test_a_text_is_checked_by_its_own_length_whatever_came_before(tmp_path: Path) -> None:
    (tmp_path / "OWN001.json").write_text(with_counterexample({"properties": {"event": {"maxBytes": 100}}}))
    lines = [line(changed(("event",), value)) for value in ("short", "x" * 200, "also short", "y" * 200)]
    for content in (b"\n".join(lines), b"\n".join(reversed(lines))):
        findings, _ = is_found_the_same(content, Settings(rules=(tmp_path,), select=("OWN001",)))
        assert [content.splitlines()[each.location.span.line - 1].count(b"short") for each in findings] == [0, 0]


_FOLDERS: dict[str, Path] = {}


@pytest.fixture(autouse=True)
def _rule_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    constraint = getattr(request.node, "callspec", None)
    if constraint is not None and "constraint" in constraint.params:
        rule = with_counterexample(constraint.params["constraint"])
        folder = tmp_path_factory.mktemp("rules")
        (folder / "OWN001.json").write_text(rule)
        _FOLDERS[json.dumps(constraint.params["constraint"])] = folder


def test_absent_and_null_are_distinguished(tmp_path: Path) -> None:
    constraint = {"properties": {"context": {"properties": {"locale": {"not": {"type": "null"}}}}}}
    patch = [{"op": "add", "path": "/context", "value": {"locale": None}}]
    rule = {**RULE, **constraint, "counterexamples": [{"patch": patch, "place": "/context/locale"}]}
    (tmp_path / "OWN001.json").write_text(json.dumps(rule))
    settings = Settings(rules=(tmp_path,), select=("OWN001",))
    lines = [line(changed(("context", "locale"), value)) for value in (..., None, "de", None, ...)]
    found, _ = is_found_the_same(b"\n".join(lines), settings)
    assert [finding.location.span.line for finding in found if finding.location.span] == [2, 4]
