"""Schemas that cannot be evaluated: nothing is fetched, nothing hangs, and the error is reported at its place."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.exit_status import exit_status
from segkoch_lint.findings.finding import Finding
from segkoch_lint.plans.probe.evaluator import Evaluator, TimeLimitExceeded
from segkoch_lint.plans.probe.probes import REQUIREMENTS
from segkoch_lint.plans.probe.validators import SchemaError, compile_schema
from segkoch_lint.rules.delivery import Delivery
from tests.plans.plan_files import ALL_UNGUARDED, DEVICE, DRAFT, check, codes, config_api, guard, rule, terraform

pytestmark = pytest.mark.slow


def bomb(keyword: str = "anyOf") -> dict[str, Any]:
    """Return a schema of 40 lines that takes two to the 40th steps to evaluate."""
    definitions: dict[str, Any] = {"a0": {"type": "integer"}}
    for number in range(1, 41):
        inner = {"$ref": f"#/definitions/a{number - 1}"}
        definitions[f"a{number}"] = {keyword: [inner, inner]}
    return {"$schema": DRAFT, "definitions": definitions, "properties": {"userId": {"$ref": "#/definitions/a40"}}}


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that serves a schema, and the paths that it was requested for."""
    requested: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/schema.json", requested
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("where", ["$ref", "definitions", "$schema", "$id"])
def test_nothing_is_ever_fetched(where: str, canary: tuple[str, list[str]], tmp_path: Path) -> None:
    url, requested = canary
    schemas: dict[str, Any] = {
        "$ref": {"properties": {"context": {"$ref": url}}},
        "definitions": {"definitions": {"unused": {"$ref": url}}},
        "$schema": {"$schema": url},
        "$id": {"$id": url, "$ref": "other.json"},
    }
    findings, checker = check(tmp_path, config_api(None, {"A": schemas[where], "B": guard()}))
    assert requested == []
    assert codes(findings) == ["KCH001"]
    assert ("/schema.json" if where != "$id" else "other.json") in findings[0].message
    assert checker.tally.skipped == {"no usable JSON Schema": 1}


def test_a_file_is_not_read_either(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"type": "object"}')
    findings, _ = check(tmp_path, config_api(None, {"A": {"$ref": secret.as_uri()}}))
    assert codes(findings) == ["KCH001"]
    assert "refers outside of itself" in findings[0].message
    assert "nothing is ever fetched" in findings[0].message


@pytest.mark.parametrize(
    ("schema", "pointer", "problem"),
    [
        ({"properties": {"a": {"pattern": "^(?!x)"}}}, "/properties/a/pattern", "looks around itself"),
        ({"properties": {"a": {"pattern": "(?<=x)y"}}}, "/properties/a/pattern", "looks around itself"),
        ({"patternProperties": {"^(?!x)": {}}}, "/patternProperties/^(?!x)", "looks around itself"),
        ({"properties": {"a": {"pattern": "("}}}, "/properties/a/pattern", "(RE2): a parenthesis is opened"),
        ({"properties": {"a": {"pattern": "(a)\\1"}}}, "/properties/a/pattern", "refers back to a group"),
        (
            {"properties": {"a": {"pattern": "((a{999}){999}){999}"}}},
            "/properties/a/pattern",
            "too large to be",
        ),
        ({"patternProperties": {"a": {}, "[z-a]": {}}}, "/patternProperties/[z-a]", "ends before it begins"),
        ({"patternProperties": {"(?i)(?!x)": {}}}, "/patternProperties/(?i)(?!x)", "looks around itself"),
        ({"type": "bogus"}, "/type", '"bogus" is not allowed as the value of `type`'),
        ({"required": True}, "/required", "the value of `required` is not what JSON Schema allows"),
        ({"$ref": "#/definitions/none"}, "/$ref", "refers to #/definitions/none, which is not in it"),
        ({"allOf": [{"$ref": "#/definitions/none"}]}, "/allOf/0/$ref", "refers to #/definitions/none"),
        ({"$schema": "urn:draft-99"}, "/$schema", "the draft of JSON Schema is not known: urn:draft-99"),
        (5, "", "the JSON Schema is not what JSON Schema allows"),
        (None, "", "there is no JSON Schema here"),
    ],
)
def test_what_is_wrong_with_a_schema_is_reported_at_its_place(
    schema: Any, pointer: str, problem: str, tmp_path: Path
) -> None:
    findings, _ = check(tmp_path, config_api(None, {"A": guard(), "B": schema}))
    assert codes(findings) == ["KCH001"]
    assert findings[0].location.pointer == "/rules/events/1/rules" + pointer
    assert findings[0].location.span is not None
    assert problem in findings[0].message


@pytest.mark.parametrize("text", ["{", "5", '{"type": "bogus"}', '{"properties": {"a": {"pattern": "(?!x)"}}}'])
def test_a_broken_schema_in_a_string_has_the_finding_as_the_string(text: str, tmp_path: Path) -> None:
    plan = terraform(None, {"A": guard(), "B": {}})
    rules = plan["values"]["root_module"]["child_modules"][0]["resources"][0]["values"]["rules"]
    rules[1]["json_schema"] = text
    findings, _ = check(tmp_path, plan)
    assert codes(findings) == ["KCH001"]
    assert findings[0].location.pointer.endswith("/rules/1/json_schema")


def test_a_broken_common_schema_is_reported_once_and_nothing_is_called_clean(tmp_path: Path) -> None:
    findings, checker = check(tmp_path, config_api({"type": "bogus"}, {"A": guard(), "B": guard()}))
    assert codes(findings) == ["KCH001"]
    assert checker.tally.skipped == {"no usable JSON Schema": 2}
    assert exit_status(checker.summary, None, allow_empty=False) == 3


def test_a_type_of_call_that_segment_does_not_know_is_reported(tmp_path: Path) -> None:
    findings, checker = check(tmp_path, [rule("A", guard()), rule("B", guard(), type="PURCHASE")])
    assert codes(findings) == ["KCH001"]
    assert checker.tally.skipped == {"unknown type": 1}


@pytest.mark.parametrize(
    "scheme", ["http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-07/schema"]
    + ["https://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-06/schema#"]
    + ["http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft/2019-09/schema"]
    + ["https://json-schema.org/draft/2020-12/schema"],
)  # fmt: skip
def test_a_schema_is_evaluated_in_its_own_draft(scheme: str) -> None:
    validator = compile_schema({"$schema": scheme, "$defs": {"a": {"const": 1}}, "properties": {"b": {"const": 1}}})
    assert validator.is_valid({"b": 2}) == ("draft-04" in scheme)  # which does not know `const`


def test_beside_a_reference_nothing_counts_until_draft_07() -> None:
    schema = {"$ref": "#/definitions/a", "required": ["x"], "definitions": {"a": {}}}
    assert compile_schema(schema).is_valid({})
    assert not compile_schema({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}).is_valid({})


EVIL = "^(a+)+$"


def test_a_pattern_that_backtracks_without_end_elsewhere_is_matched_at_once() -> None:
    validator = compile_schema({"properties": {"id": {"pattern": EVIL}}})
    assert not validator.is_valid({"id": "a" * 100_000 + "!"})
    assert validator.is_valid({"id": "a" * 100_000})


def test_a_plan_with_such_a_pattern_is_checked(tmp_path: Path) -> None:
    device = {**DEVICE, "properties": {**DEVICE["properties"], "id": {"type": "string", "pattern": f"{EVIL}|\\S"}}}
    findings, checker = check(tmp_path, config_api(guard(device), {"A": {"properties": {"b": {"pattern": EVIL}}}}))
    assert (codes(findings), checker.tally.checked) == ([], 1)


@pytest.mark.parametrize("keyword", ["anyOf", "allOf", "oneOf"])
def test_a_schema_that_explodes_is_reported_and_the_others_are_checked(keyword: str, tmp_path: Path) -> None:
    explodes = bomb(keyword)
    if keyword == "allOf":
        explodes["definitions"]["a0"] = {"type": "string"}
    findings, checker = check(tmp_path, config_api(None, {"A": explodes, "B": guard(), "C": {}}), seconds=1.5)
    first = [each for each in findings if each.code == "KCH001"]
    assert [each.location.pointer for each in first] == ["/rules/events/0/rules"]
    assert "takes more than 1.5 seconds" in first[0].message
    assert codes(each for each in findings if each.code != "KCH001") == ALL_UNGUARDED
    assert checker.summary.adds_up()


def test_after_three_schemas_that_explode_the_others_are_left_out_and_the_run_is_incomplete(tmp_path: Path) -> None:
    events = {name: bomb() for name in "ABCDE"}
    findings, checker = check(tmp_path, config_api(None, events), seconds=0.5)
    assert codes(findings) == ["KCH001"] * 3
    assert checker.tally.skipped["left out after others took too long"] == 2
    assert exit_status(checker.summary, None, allow_empty=False) == 4


def test_the_evaluator_goes_on_after_a_schema_that_explodes() -> None:
    with Evaluator(Delivery(), REQUIREMENTS, seconds=1) as evaluator:
        fine = guard()
        assert evaluator.probe([fine], ("track", "x")).unguarded == {}
        with pytest.raises(TimeLimitExceeded):
            evaluator.probe([bomb()], ("track", "x"))
        assert evaluator.probe([fine], ("track", "x")).unguarded == {}
        with pytest.raises(SchemaError, match="draft of JSON Schema"):
            evaluator.probe([{"$schema": "urn:x"}], ("track", "x"))


def test_a_schema_that_refers_to_itself_at_the_same_place_does_no_harm(tmp_path: Path) -> None:
    recursive = {"definitions": {"a": {"allOf": [{"$ref": "#/definitions/a"}]}}, "$ref": "#/definitions/a"}
    findings, checker = check(tmp_path, config_api(None, {"A": recursive, "B": guard()}), seconds=2)
    assert set(codes(findings)) <= {"KCH001", *ALL_UNGUARDED}
    assert checker.summary.adds_up()


def test_foreign_text_in_a_problem_is_masked(tmp_path: Path) -> None:
    secret = "b7e41c09-55d2-4f3a-8a60-17c2d9e0f384"
    findings, _ = check(tmp_path, config_api(None, {"A": {"$ref": f"https://example.com/{secret}"}}))
    assert secret not in repr(findings)
    assert isinstance(findings[0], Finding)


def test_modules_in_the_working_directory_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "msgspec", "jsonschema_rs", "segkoch_lint", "faulthandler"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w').close()")
    monkeypatch.chdir(tmp_path)
    findings, _ = check(tmp_path, json.dumps(config_api(guard(), {"A": {}})))
    assert codes(findings) == []
    assert not (tmp_path / "imported").exists()
