"""Rule files of one's own, and finding rules by code and name."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.errors import UsageError
from segkoch_lint.linting import Linter
from segkoch_lint.policy.settings import Settings
from segkoch_lint.rules.catalogue import built_in, find, load_catalogue, matching

OWN: dict[str, Any] = {
    "$schema": "urn:segkoch-lint:rule",
    "title": "revenue-without-currency",
    "description": "A revenue says nothing without its currency, and reports add up apples and pears.",
    "rule": {
        "code": "SHOP001",
        "severity": "warning",
        "origin": "beyond",
        "applies-to": "call",
        "message": "revenue {/properties/revenue} without a currency",
        "source": ["our analytics handbook"],
    },
    "remedy": {"default": "Send `currency`.", "analytics-swift": "Use trackOrder()."},
    "properties": {"properties": {"if": {"required": ["revenue"]}, "then": {"required": ["currency"]}}},
    "examples": [{"type": "track", "event": "x", "userId": "u", "properties": {"revenue": 1, "currency": "EUR"}}],
    "counterexamples": [{"patch": [{"op": "remove", "path": "/properties/currency"}], "place": "/properties"}],
}


def write(folder: Path, document: Any, name: str = "SHOP001.json") -> Path:
    (folder / name).write_text(json.dumps(document) if not isinstance(document, str) else document, encoding="utf-8")
    return folder


def test_a_rule_is_added_by_adding_a_file(tmp_path: Path, good_call: dict[str, Any]) -> None:
    good_call["properties"] = {"revenue": 9.5}
    linter = Linter(Settings(rules=(write(tmp_path, OWN),)))
    (finding,) = linter.value(good_call)
    assert (finding.code, finding.name, finding.location.pointer) == (
        "SHOP001",
        "revenue-without-currency",
        "/properties",
    )
    assert finding.message == "revenue 9.5 without a currency"
    assert finding.remedy == "Use trackOrder()."


def broken(**changes: Any) -> dict[str, Any]:
    document = copy.deepcopy(OWN)
    document.update(changes)
    return document


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "not a readable JSON file"),
        ([], "not a rule file"),
        ({"type": "object"}, "not a rule file"),
        (broken(title="Not A Name"), "/title"),
        (broken(rule={**OWN["rule"], "severity": "fatal"}), "/rule/severity"),
        (broken(rule={**OWN["rule"], "applies-to": "nobody"}), "/rule/applies-to"),
        (broken(remedy={}), "/remedy"),
        (broken(properties={"a": {"spellings": {"a b": {}}}}), "/properties/a/spellings"),
        (broken(properties={"a": {"maxBytes": "x"}}), "/properties/a/maxBytes"),
        (broken(properties={"a": {"pattern": "(?=x)"}}), "cannot be used"),
        (broken(properties={"a": {"$ref": "https://example.com/x"}}), "cannot be used"),
        (broken(properties={"a": {"$ref": "urn:segkoch-lint:definitions#/$defs/nope"}}), "cannot be used"),
    ],
)
def test_a_broken_rule_file_is_refused_with_its_name_and_place(document: Any, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        load_catalogue([write(tmp_path, document)])
    assert "SHOP001.json" in raised.value.message
    assert complaint in raised.value.message


def test_a_folder_without_rule_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rule files"):
        load_catalogue([tmp_path])


@pytest.mark.parametrize(
    ("title", "code", "complaint"),
    [("missing-device", "SHOP001", "the name missing-device"), ("own", "KCH101", "the code KCH101")],
)
def test_two_rules_cannot_share_a_code_or_a_name(title: str, code: str, complaint: str, tmp_path: Path) -> None:
    document = broken(title=title, rule={**OWN["rule"], "code": code})
    with pytest.raises(UsageError, match=complaint):
        load_catalogue([write(tmp_path, document)])


def test_rules_are_found_by_code_and_by_name_in_any_case() -> None:
    assert find(built_in(), "kch103").name == "invalid-device-type"
    assert find(built_in(), "Invalid-Device-Type").code == "KCH103"


def test_an_unknown_rule_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UsageError) as raised:
        find(built_in(), "mising-device")
    assert raised.value.hint == 'Did you mean "missing-device"?'


def test_selectors_mean_codes_beginnings_names_and_all() -> None:
    assert {rule.code[:4] for rule in matching(built_in(), "kch1")} == {"KCH1"}
    assert [rule.code for rule in matching(built_in(), "sample-id")] == ["KCH116"]
    assert matching(built_in(), "all") == built_in()
    with pytest.raises(UsageError):
        matching(built_in(), "")
