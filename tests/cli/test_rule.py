"""`segkoch-lint rule` and `segkoch-lint schema`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from segkoch_lint.rules.catalogue import built_in, matching
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["KCH106", "kch106", "limited-ad-tracking"])
def test_a_rule_is_explained(name: str, program: Program) -> None:
    out = program("rule", name).out
    for part in ("KCH106 limited-ad-tracking", "Passes", "Breaks", "How to fix it", "Where it comes from", "Error;"):
        assert part in out
    assert "```" not in out


def test_several_rules_and_all_of_them(program: Program) -> None:
    assert program("rule", "KCH101", "KCH102").out.count("Where it comes from") == 2
    assert program("rule", "--all").out.count("Where it comes from") == len(built_in())


def test_the_rules_are_listed(program: Program) -> None:
    assert len(program("rule").out.splitlines()) == len(built_in())
    assert "[KCH103](KCH103-invalid-device-type.md)" in program("rule", "--format", "markdown").out
    assert len(json.loads(program("rule", "--format", "json", "--select", "KCH1").out)) == len(
        matching(built_in(), "KCH1")
    )


def test_formats(program: Program) -> None:
    (facts,) = json.loads(program("rule", "KCH103", "--format", "json").out)
    assert facts["counterexamples"][0]["example"]["context"]["device"]["type"] == "iOS"
    assert program("rule", "KCH103", "--format", "markdown").out.startswith("# KCH103 invalid-device-type\n")
    assert "\x1b[1m" in program("rule", "KCH103", "--color", "always").out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["rule", "KCH1O3"], "Did you mean"),
        (["rule", "--all", "KCH101"], "leave out the names"),
        (["rule", "KCH101", "--directory", "x"], "--directory needs --all"),
        (["schema", "nope"], "No rule is called"),
        (["schema", "KCH101", "--report"], "Either a rule or --report"),
        (["schema", "--configuration", "--report", "--rule-file"], "--configuration or --report or --rule-file"),
        (["schema", "--select", "KCH2,KCH4"], "can say nothing of what the selected rules ask"),
        (["schema", "--ignore", "ALL"], "can say nothing"),
    ],
)
def test_usage_errors_are_reported(arguments: list[str], complaint: str, program: Program) -> None:
    ran = program(*arguments)
    assert ran.status == 2
    assert complaint in ran.err


def test_the_documented_rules_are_fresh(program: Program, tmp_path: Path) -> None:
    (tmp_path / "KCH999-gone.md").write_text("# KCH999 gone\n")
    assert program("rule", "--all", "--isolated", "--directory", str(tmp_path)).status == 0
    written = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    documented = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "docs" / "rules").iterdir()}
    assert documented == written, "run: segkoch-lint rule --all --isolated --directory docs/rules"


def test_a_folder_that_cannot_be_written_is_reported(program: Program) -> None:
    assert program("rule", "--all", "--directory", "/proc/nope").status == 4


def test_schemas_are_printed(program: Program) -> None:
    bundle = json.loads(program("schema", "--select", "KCH1").out)
    jsonschema.validate(IOS_CALL, bundle)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"type": "track"}, bundle)
    assert json.loads(program("schema", "KCH103").out)["title"] == "invalid-device-type"
    assert json.loads(program("schema", "--configuration").out)["$id"] == "urn:segkoch-lint:configuration"
    assert json.loads(program("schema", "--report").out)["$id"] == "urn:segkoch-lint:report"


def test_the_printed_meta_schema_stands_alone(program: Program) -> None:
    schema = json.loads(program("schema", "--rule-file").out)
    validator = jsonschema.Draft202012Validator(schema)
    document = json.loads(program("schema", "KCH103").out)
    assert validator.is_valid(document)
    document["properties"]["context"]["spellings"] = {"not a name": {}}
    assert not validator.is_valid(document)
