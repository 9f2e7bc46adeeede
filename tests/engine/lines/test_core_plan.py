"""The core tells texts apart at least as finely as the rules can."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.engine.lines.run_read_set import RunReadSet
from segkoch_lint.findings.position import Path
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.fingerprint import Fingerprinter
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.ruleset import RuleSet

pytestmark = pytest.mark.slow

pytest.importorskip("segkoch_lint_core", reason="the native core is not installed")


def leaves(read_set: ReadSet, path: Path = ()) -> Iterator[tuple[str, ReadSet]]:
    """The values of which rules ask something."""
    if read_set.questions and not read_set.all:
        yield "/".join(map(str, path)), read_set
    for key in read_set.members:
        if (member := read_set.member(key)) is not None:
            yield from leaves(member, (*path, key))


LEAVES = dict(leaves(RuleSet(built_in(), Delivery(), built_in()).read_set))


def read_set_of(schema: dict[str, Any]) -> ReadSet:
    return ReadSet.of(schema)


def rows_of(read_set: ReadSet, values: list[bytes]) -> dict[int, set[Hashable]]:
    """By row of the core, what the rules can tell of the values in it."""
    from segkoch_lint.engine.lines.core_plan import CorePlan

    plan = CorePlan(RunReadSet(ReadSet(members={"a": read_set}), {}, identity=False, events=False), Limits())
    text = b"".join(b'{"a":%b}\n' % value for value in values)
    plan.core.submit(text, leave_first=False)
    while isinstance(found := plan.core.next(), tuple):
        kind, about, unknown = found
        if kind == "text":
            plan.answer_text(about, unknown)
        else:
            assert kind == "row"
            plan.core.answer_row("shown")
    fingerprinter = Fingerprinter(read_set)
    rows: dict[int, set[Hashable]] = defaultdict(set)
    assert found is not None
    for number, _, _, row, _, _ in found.lines:
        if row is not None:
            rows[row].add(fingerprinter.of(json.loads(values[number])))
    assert rows
    return rows


def words_in(read_set: ReadSet) -> list[str]:
    """Texts that the questions about a value are likely to be about."""
    words = {"", " "}
    for asked in read_set.questions.values():
        ((keyword, value),) = asked.items()
        if keyword == "pattern":
            plain = re.sub(r"\[(.)(?:.)\]", r"\1", value)
            words.update(re.findall(r"[\w{}$%.-]+", plain))
        elif keyword in {"const", "enum"}:
            words.update(str(each) for each in (value if keyword == "enum" else [value]))
    return sorted(words)


UUIDS = st.from_regex(r"[0-9a-fA-F]{8}(-[0-9a-f]{4}){3}-[0-9a-fA-F]{12}", fullmatch=True)
DIGITS = st.text("0-1 9", max_size=40) | st.from_regex(r"([0-9a-f])\1{5,40}", fullmatch=True)
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


@pytest.mark.parametrize("place", LEAVES)
@settings(max_examples=25)
@given(data=st.data())
def test_texts_in_one_row_of_the_core_have_equal_fingerprints(place: str, data: st.DataObject) -> None:
    read_set = LEAVES[place]
    word = st.sampled_from(words_in(read_set))
    around = st.sampled_from(["", " ", "x", "-", "{", "}", "%", "$"])
    cased = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])
    made = st.builds(lambda a, w, case, b: a + case(w) + b, around, word, cased, around)
    texts = data.draw(st.lists(word | made | UUIDS | DIGITS | PRINTABLE | st.text(max_size=5), min_size=1, max_size=60))
    scalars = [b"null", b"true", b"false", b"0", b"1", b"1.0", b"-1", b"17", b"{}", b"[]"]
    rows = rows_of(read_set, [*(json.dumps(text, ensure_ascii=False).encode() for text in texts), *scalars])
    assert max(map(len, rows.values())) == 1


@pytest.mark.parametrize(
    "schema",
    [
        {"minLength": 3},
        {"maxLength": 3},
        {"minLength": 2, "maxLength": 4},
        {"maxLength": 100_000},
        {"enum": ["a.c", "a b", "a|c", r"a\c", "é", 'a"c', "", 1, True, None]},
        {"const": "a[c"},
        {"pattern": r"^\d+$"},
        {"pattern": r"^\w\s\W$"},
        {"pattern": r"a\-c|a\/c"},
        {"pattern": r"\bc"},
        {"pattern": "^a.c$"},
        {"pattern": "^[^a]*$"},
        {"pattern": "c$"},
        {"pattern": "^$"},
        {"pattern": r"^\u0061"},
        {"pattern": "a{2}"},
        {"pattern": "(?:a|ac)c?$"},
        {"format": "date-time"},
        {"minimum": 3},
        {"multipleOf": 2},
        {"type": ["string", "null"]},
        {"type": "integer"},
        {"type": "number", "enum": ["a"]},
        {"enum": [1, 1.5]},
    ],
)
@given(texts=st.lists(st.text('aacc.-/ |\\["é0\x7f', max_size=5) | st.text(max_size=3), max_size=40))
def test_the_core_has_an_answer_for_every_keyword(schema: dict[str, Any], texts: list[str]) -> None:
    fixed = ["abc", "a.c", "a b", "aac", "a|c", "c", "ac", "aacc", "", "17", "a\nc", "é", "2026-03-01T00:00:00Z"]
    scalars = [b"null", b"true", b"1", b"1.0", b"2", b"4.0", b"0", b"-3", b"1.5", b"-2.50", b"1e0", b"1.0e1", b"15e-1"]
    values = [*(json.dumps(text, ensure_ascii=False).encode() for text in (*texts, *fixed)), *scalars]
    assert max(map(len, rows_of(read_set_of(schema), values).values())) == 1


def test_texts_with_equal_fingerprints_share_a_row() -> None:
    uuids = [f'"5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B{number:04X}"'.encode() for number in range(300)]
    assert len(rows_of(LEAVES["context/device/id"], uuids)) == 1
