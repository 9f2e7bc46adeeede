"""Rule files of one's own, and finding rules by code and name."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.errors import UsageError
from segkoch_lint.linter import Linter
from segkoch_lint.rules.catalogue import DECIDED_BY_CODE, built_in, find, matching
from segkoch_lint.rules.loader import load_catalogue, problems_of

OWN: dict[str, Any] = {
    "$schema": "urn:segkoch-lint:rule",
    "title": "shop-without-currency",
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
    good_call["properties"] = {"revenue": "9.5"}
    linter = Linter(Settings(rules=(write(tmp_path, OWN),)))
    (finding,) = linter.value(good_call)
    assert (finding.code, finding.name, finding.location.pointer) == (
        "SHOP001",
        "shop-without-currency",
        "/properties",
    )
    assert finding.message == 'revenue "9.5" without a currency'
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
        ('{"rule":\n nil}', "SHOP001.json:2:2: not a readable JSON file"),
        (broken(title="Not A Name"), '/title is "Not A Name"; a text like "order-without-currency" is expected.'),
        (
            broken(rule={**OWN["rule"], "severity": "fatal"}),
            '/rule/severity is "fatal"; one of error, warning, info is expected.',
        ),
        (broken(rule={**OWN["rule"], "source": "x"}), "/rule/source is a string; a list is expected."),
        (broken(rule={**OWN["rule"], "sevrity": "x"}), 'in /rule: unknown key "sevrity".'),
        (broken(description="Short."), "/description is too short: at least 40 characters are expected."),
        ({each: OWN[each] for each in OWN if each != "examples"}, 'the file lacks "examples".'),
        (broken(properties={"a": {"type": "text"}}), '/properties/a/type is "text"; one of array, boolean, integer'),
        (broken(**{"$schema": "x"}), '/$schema is "x"; "urn:segkoch-lint:rule" is expected.'),
        (broken(rule={**OWN["rule"], "applies-to": "nobody"}), "/rule/applies-to"),
        (broken(remedy={}), "/remedy"),
        (broken(properties={"a": {"spellings": {"a b": {}}}}), "/properties/a/spellings"),
        (broken(properties={"a": {"maxBytes": "x"}}), "/properties/a/maxBytes"),
        (
            broken(properties={"a": {"pattern": "(?=x)"}}),
            'the pattern "(?=x)" is invalid, or has look-around or back references.',
        ),
        (
            broken(properties={"a": {"minimun": 1}}),
            'there is no keyword "minimun", so it would ask nothing. Did you mean',
        ),
        (broken(exclude="x"), 'there is no keyword "exclude"'),
        (broken(allOf=[{"spellings": {"a": {"not": {"requird": []}}}}]), "requird"),
        (broken(rule={**OWN["rule"], "message": "{nope} {value}"}), "a message has the unknown placeholder {nope}"),
        (
            broken(rule={**OWN["rule"], "message": "in {calls}"}),
            "known are {value}, {state}, {key}, {/a/JSON/Pointer}.",
        ),
        (broken(properties={"a": {"message": "{x}"}}), "a message has the unknown placeholder {x}"),
        (
            broken(properties={"a": {"$ref": "https://example.com/x"}}),
            'the reference "https://example.com/x" leads to nothing in the file; nothing is fetched.',
        ),
        (broken(properties={"a": {"$ref": "urn:segkoch-lint:definitions#/$defs/nope"}}), '/nope" leads to nothing'),
    ],
)
def test_a_broken_rule_file_is_refused_with_its_name_and_place(document: Any, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        load_catalogue([write(tmp_path, document)])
    assert "SHOP001.json" in raised.value.message
    assert complaint in raised.value.message


def test_all_errors_in_the_form_of_a_rule_file_are_reported_at_once(tmp_path: Path) -> None:
    document = broken(title="Not A Name", rule={**OWN["rule"], "severity": "warn"})
    with pytest.raises(UsageError) as raised:
        load_catalogue([write(tmp_path, document)])
    said = [
        (each.message.partition("SHOP001.json: ")[2].partition(" is ")[0], each.hint) for each in raised.value.all()
    ]
    assert sorted(said) == [
        ("/rule/severity", 'Did you mean "warning"?'),
        ("/title", "`segkoch-lint schema --rule-file` prints what a rule file holds."),
    ]


@pytest.mark.parametrize("applies_to", sorted(DECIDED_BY_CODE))
def test_a_user_rule_about_inputs_plans_or_runs_is_refused(applies_to: str, tmp_path: Path) -> None:
    folder = write(tmp_path, broken(rule={**OWN["rule"], "applies-to": applies_to}))
    with pytest.raises(UsageError, match=f'/rule/applies-to is "{applies_to}"; only rules of the program'):
        load_catalogue([folder])


def test_the_error_says_if_the_folder_of_rule_files_is_a_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a file; the folder that holds the rule files is expected"):
        load_catalogue([write(tmp_path, OWN) / "SHOP001.json"])


def test_a_folder_without_rule_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rule files"):
        load_catalogue([tmp_path])


@pytest.mark.parametrize(
    ("title", "code", "complaint"),
    [
        ("missing-device", "SHOP001", "SHOP001.json: the name missing-device is that of a rule that is built in, too"),
        ("own", "KCH101", "SHOP001.json: the code KCH101 is that of a rule that is built in, too"),
    ],
)
def test_two_rules_cannot_share_a_code_or_a_name(title: str, code: str, complaint: str, tmp_path: Path) -> None:
    document = broken(title=title, rule={**OWN["rule"], "code": code})
    with pytest.raises(UsageError, match=complaint):
        load_catalogue([write(tmp_path, document)])


def test_the_error_names_both_files_that_have_the_same_code(tmp_path: Path) -> None:
    write(tmp_path, OWN)
    write(tmp_path, broken(title="another"), "copy.json")
    with pytest.raises(UsageError, match=r"copy.json: the code SHOP001 is that of .*SHOP001.json, too"):
        load_catalogue([tmp_path])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            {"examples": [*OWN["examples"], {"properties": {"revenue": 1}}]},
            "examples[1] is to pass, but breaks the rule at /pr",
        ),
        (
            {"counterexamples": [{"patch": [{"op": "remove", "path": "/userId"}], "place": ""}]},
            "counterexamples[0] is to break the rule, but passes.",
        ),
        (
            {"counterexamples": [{**OWN["counterexamples"][0], "place": "/properties/revenue"}]},
            "counterexamples[0] breaks the rule at /properties, and not where its place says.",
        ),
        (
            {"counterexamples": [{"patch": [{"op": "remove", "path": "/a/b"}], "place": ""}]},
            "counterexamples[0]: its patch changes something that is not in examples[0].",
        ),
        (
            {"counterexamples": [{"patch": [{"op": "remove", "path": "/event/b"}], "place": ""}]},
            "counterexamples[0]: its patch changes something that is not in examples[0].",
        ),
    ],
)
def test_a_rule_that_contradicts_its_examples_is_refused(
    changes: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as raised:
        load_catalogue([write(tmp_path, broken(**changes))])
    assert complaint in raised.value.message
    assert "SHOP001.json" in raised.value.message


def test_the_configured_origin_of_a_library_does_not_decide_about_examples(tmp_path: Path) -> None:
    rule = {**OWN["rule"], "sent-by": ["mobile"]}
    folder = write(tmp_path, broken(rule=rule))
    assert load_catalogue([folder])[-1].code == "SHOP001"
    again = load_catalogue([folder, folder / ".." / folder.name])
    assert [each.code for each in again].count("SHOP001") == 1


@pytest.mark.parametrize("rule", built_in(), ids=lambda rule: rule.code)
def test_the_built_in_rules_agree_with_their_examples(rule: Any) -> None:
    assert problems_of(rule.document) == []


def test_rules_are_found_by_code_and_by_name_in_any_case() -> None:
    assert find(built_in(), "kch103").name == "invalid-device-type"
    assert find(built_in(), "Invalid-Device-Type").code == "KCH103"


def test_the_error_about_an_unknown_rule_names_the_most_similar_one() -> None:
    with pytest.raises(UsageError) as raised:
        find(built_in(), "mising-device")
    assert raised.value.hint == 'Did you mean "missing-device"?'
    with pytest.raises(UsageError) as raised:
        find(built_in(), "zzz")
    assert raised.value.hint == "`segkoch-lint rule` lists all rules."


def test_a_code_prefix_is_not_a_rule_and_the_error_lists_the_codes_with_it() -> None:
    with pytest.raises(UsageError) as raised:
        find(built_in(), "kch50")
    assert raised.value.hint == "It is the prefix of 3 codes: KCH501, KCH502, KCH503."


def test_selectors_are_codes_code_prefixes_names_and_all() -> None:
    assert {rule.code[:4] for rule in matching(built_in(), "kch1")} == {"KCH1"}
    assert [rule.code for rule in matching(built_in(), "sample-id")] == ["KCH116"]
    assert matching(built_in(), "all") == built_in()
    with pytest.raises(UsageError):
        matching(built_in(), "")
