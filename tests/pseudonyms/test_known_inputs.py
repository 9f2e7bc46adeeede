"""Copies of the examples of this repository, of rules and envelopes, and of inputs from public reports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.envelopes.loader import load_envelopes
from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.inputs.opener import open_bytes
from segkoch_lint.pseudonyms.rewriter import RefusedError
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.examples import broken_examples
from tests.pseudonyms.copies import copy_of, found_in, left_in

ROOT = Path(__file__).parents[2]
FIELD = ROOT.parent / "shared" / "field"
EXAMPLES = [path for path in sorted((ROOT / "examples").rglob("*")) if path.is_file() and path.suffix != ".md"]
REPORTED = [
    path for path in sorted(FIELD.glob("*")) if not path.name.endswith(".expected.json") and path.name != "README.md"
]

UNREADABLE = {"20-events.md", "39-plan.tf"}
"""Inputs that are neither JSON nor YAML, nor text with calls in it."""

IDS = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f-]{10,}|\b[0-9a-f]{16,}\b|[\w.]+@[\w.]+")


def _name(path: Path) -> str:
    return path.name


@pytest.mark.slow
@pytest.mark.parametrize("path", [*EXAMPLES, *REPORTED], ids=_name)
def test_a_copy_of_an_input_that_can_be_parsed_gives_the_same_findings_and_holds_no_id(path: Path) -> None:
    content = path.read_bytes()
    found = found_in(content, path.name)
    codes = {each[0] for each in found[:-1]}
    if "KCH001" in codes or path.name in UNREADABLE:
        with pytest.raises(RefusedError):
            copy_of(content, path.name)
        return
    made = copy_of(content, path.name)
    assert found_in(made, path.name) == found
    text = b"".join(open_bytes(content, path.name)).decode()
    ids = {each for each in IDS.findall(text) if not is_placeholder(each) and not re.fullmatch(r"(.)\1+", each)}
    assert left_in(made, ids) == []


def _known() -> Iterator[Any]:
    for rule in built_in():
        yield from rule.examples
        yield from (value for _, value in broken_examples(rule))
    for envelope in load_envelopes():
        yield from (each.document for each in envelope.examples)


@pytest.mark.slow
def test_a_copy_of_the_examples_of_rules_and_envelopes_gives_the_same_findings() -> None:
    lines = [json.dumps(value) for value in _known()]
    found = found_in("\n".join(lines).encode(), "x.ndjson")
    broken = {each[1][0][0] - 1 for each in found[:-1] if each[0] == "KCH001"}
    for number in broken:
        with pytest.raises(RefusedError):
            copy_of(lines[number].encode(), "x.json")
    content = "\n".join(line for number, line in enumerate(lines) if number not in broken).encode()
    assert found_in(copy_of(content, "x.ndjson"), "x.ndjson") == found_in(content, "x.ndjson")
