"""What is said of a line without reading it whole is what is said of it as a document."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.documents.lines import Block
from segkoch_lint.engine.document_checker import DocumentChecker
from segkoch_lint.engine.line_findings import LineFindings
from segkoch_lint.engine.lines.checked_line import CheckedLine
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.engine.lines.selector import LineContext
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.redaction.known_ids import holds_none
from segkoch_lint.findings.summary import Summary
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.reporting.snippets import snippet
from segkoch_lint.rules.ruleset import RuleSet
from tests.conftest import IOS_CALL
from tests.engine.lines.logs import GOOD, MUTANTS, WAYS, selector_by, written
from tests.engine.lines.mutants import mutants

SELECTION = Selection(Settings())
NOTHING_SUPPRESSED = Suppressions(SELECTION, Settings(), ())
ID = "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64"
DEVICE = "context/device"
RULES = RuleSet(SELECTION.rules, Settings().delivery, SELECTION.catalogue)


def checked(lines: list[bytes], by: str) -> list[CheckedLine]:
    """The lines of which the first selector has a verdict, and which break something."""
    selector = selector_by(by)(LineContext(RULES, Limits(), lambda *_: None))
    found = selector.select(Block(1, b"\n".join([GOOD, *lines])), leave_first=False)
    return [each for each in found if isinstance(each, CheckedLine)]


def both(line: CheckedLine) -> tuple[list[Finding] | None, list[Finding]]:
    """The findings of a line without reading it whole, if it has such, and those of the document."""
    checker = DocumentChecker(SELECTION, RULES, suppressions=NOTHING_SUPPRESSED)
    lines = LineFindings(checker.pending_findings, checker.locator)
    known = lines.of(line, "log.ndjson", frozenset())
    expected = checker.check_known(line.document, line.verdict, "log.ndjson", frozenset(), Summary())
    return known and known[1], expected


def call(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The good call with changes at pointers; `...` removes a member."""
    changed = copy.deepcopy(IOS_CALL)
    for pointer, value in changes:
        *way, last = pointer.split("/")
        holder: Any = changed
        for step in way:
            holder = holder.setdefault(step, {})
        if value is ...:
            del holder[last]
        else:
            holder[last] = value
    return changed


@pytest.mark.slow
@pytest.mark.parametrize("by", WAYS)
@settings(max_examples=25, deadline=None)
@given(calls=st.lists(st.builds(written, MUTANTS, st.sampled_from([0, 0, 1, 2])), max_size=20), seed=st.integers(0))
def test_the_findings_of_a_line_are_those_of_the_document(by: str, calls: list[bytes], seed: int) -> None:
    for line in checked([*calls, *mutants(20, seed)], by):
        found, expected = both(line)
        assert found is None or found == expected


@pytest.mark.parametrize("by", WAYS)
def test_snippets_are_shown_until_they_are_dropped(by: str) -> None:
    checker = DocumentChecker(SELECTION, RULES, snippets=snippet, suppressions=NOTHING_SUPPRESSED)
    broken = written(call((f"{DEVICE}/id", ...), (f"{DEVICE}/type", "iOS")), 0)
    first, second = checked([broken, broken], by)
    found = checker.check_line(first, "log.ndjson", frozenset(), Summary(), Counter())
    assert found == checker.check_known(first.document, first.verdict, "log.ndjson", frozenset(), Summary())
    assert all(finding.snippet and '"iOS"' in finding.snippet.lines[0] for finding in found)
    checker.locator.without_snippets.add("KCH103")
    found = checker.check_line(second, "log.ndjson", frozenset(), Summary(), Counter())
    assert {finding.code: finding.snippet is None for finding in found} == {"KCH103": True, "KCH104": False}


TEXTS = st.text(st.sampled_from('ab/é"\\u0061 :,'), max_size=4)


@pytest.mark.skipif(not has_core(), reason="the core is not installed")
@given(
    st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=3), max_size=4),
    st.lists(st.tuples(st.text("ab/é", min_size=1, max_size=2), st.integers(0, 2)), max_size=3),
    st.sampled_from([True, False]),
)
def test_the_core_watches_lines_for_the_same_strings(value: Any, watched: list[tuple[str, int]], escaped: bool) -> None:
    from segkoch_lint_core import Watch

    text = json.dumps(value, ensure_ascii=escaped).replace("/", "\\/" if escaped else "/").encode()
    strings = [(f'"{each}"'.encode(), most) for each, most in watched]
    assert Watch(strings).passes(text) == holds_none(text, strings)


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        pytest.param([(f"{DEVICE}/type", "iOS")], ['context.device.type is "iOS"; '], id="a value"),
        pytest.param([(f"{DEVICE}/type", ...)], ["context.device.type is missing; "], id="a missing value"),
        pytest.param([(f"{DEVICE}/type", None)], ["context.device.type is null; "], id="null"),
        pytest.param([(DEVICE, [1])], ["context.device is a list, "], id="a list"),
        pytest.param([("context", {})], ["context.device is missing, "], id="no object around"),
        pytest.param(
            [(f"{DEVICE}/advertisingId", f"{ID}0")], ['the advertising id "5F1B…F640" is not'], id="an id is masked"
        ),
        pytest.param(
            [(f"{DEVICE}/advertisingId", "{idfa}")],
            ['the advertising id "{idfa}" is a placeholder'],
            id="a placeholder",
        ),
        pytest.param(
            [(f"{DEVICE}/advertisingId", "00000000-0000-0000-0000-000000000000"), ("note", 'said "no"')],
            ["limited ad tracking: "],
            id="a quote that is escaped elsewhere",
        ),
        pytest.param(
            [(f"{DEVICE}/type", "tvos"), ("event", "Bestellung übermittelt")],
            ['context.device.type is "tvos"; '],
            id="other letters before the value",
        ),
        pytest.param(
            [(f"{DEVICE}/type", "android"), ("context/library/name", "analytics-swift"), ("context/os", {})],
            ['context.device.type is "android", but the library is "analytics-swift"'],
            id="a value elsewhere",
        ),
        pytest.param(
            [(f"{DEVICE}/type", "Android"), ("context/os/name", "Android")],
            ['context.device.type is "Android"; '],
            id="a word that stands at other known places",
        ),
        pytest.param(
            [("properties/site", 2), ("note", "é")],
            ['Kochava reserves the property name "site"'],
            id="a key, and another letter that may be escaped",
        ),
    ],
)
def test_no_line_has_to_be_read_as_a_document_for_these(
    by: str, changes: list[tuple[str, Any]], messages: list[str]
) -> None:
    styles = (0, 1) if by == WAYS[0] else (0, 1, 2)
    for style in styles if str(dict(changes).get("event")).isascii() else (1,):  # the others write escapes
        (line,) = checked([written(call(*changes), style)], by)
        found, expected = both(line)
        assert found == expected
        texts = [finding.message for finding in found]
        assert len(texts) >= len(messages)
        for message in messages:
            assert any(text.startswith(message) for text in texts), texts


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("event", "Order by walter.smith"), ("userId", "walter.smith")], id="in the name of the event"),
        pytest.param([("userId", "analytics-swift")], id="the library"),
        pytest.param([("traits/email", "device")], id="a key on the way"),
        pytest.param([(f"{DEVICE}/type", "walter"), ("userId", "walter")], id="the value"),
        pytest.param([("event", "Order by 4711.23"), ("userId", 4711.23)], id="a number"),
    ],
)
def test_an_id_of_the_call_in_another_value_is_masked(by: str, changes: list[tuple[str, Any]]) -> None:
    broken = [*changes, (f"{DEVICE}/id", ...)]
    # The first line is one of which the same would be said, if it were not for the ids.
    lines = [call(*broken, *((pointer, "u") for pointer in ("userId", "traits/email"))), call(*broken)]
    checker = DocumentChecker(SELECTION, RULES, suppressions=NOTHING_SUPPRESSED)
    for each in checked([*map(written, lines, (0, 0)), written(lines[1], 0).replace(b"walter", b"w\\u0061lter")], by):
        found = checker.check_line(each, "log.ndjson", frozenset(), Summary(), Counter())
        assert found == both(each)[1]
    assert "…" in json.dumps(
        [found[0].properties, found[0].location.pointer, *(each.message for each in found)], ensure_ascii=False
    )


PADDING = st.sampled_from(["", " ", "\t", "\u00a0", "\u2003 "])
FIXABLE = {
    f"{DEVICE}/type": st.sampled_from(["iOS", "ANDROID", "ios", "tvOS"]),
    f"{DEVICE}/id": st.sampled_from([ID, "c9a3f1d27b5e8460", "é9a3f1d27b5e8460"]),
    f"{DEVICE}/advertisingId": st.sampled_from(["A1D4E8B72C354F96B0E87D61C2F3A954", ID, "159358"]),
    "userId": st.sampled_from(["user-4711", "ios", "IOS", " ios "]),
}


@pytest.mark.slow
@pytest.mark.parametrize("by", WAYS)
@settings(max_examples=25, deadline=None)
@given(
    calls=st.lists(
        st.tuples(st.fixed_dictionaries({key: st.tuples(PADDING, values, PADDING) for key, values in FIXABLE.items()})),
        min_size=1,
        max_size=12,
    ),
    is_ascii=st.booleans(),
)
def test_the_fix_of_a_line_is_that_of_the_document(
    by: str, calls: list[tuple[dict[str, tuple[str, str, str]]]], *, is_ascii: bool
) -> None:
    values = [call(*((key, "".join(parts)) for key, parts in each.items())) for (each,) in calls]
    for line in checked([json.dumps(each, ensure_ascii=is_ascii).encode() for each in values], by):
        found, expected = both(line)
        assert found is None or [each.fix for each in found] == [each.fix for each in expected]


@pytest.mark.parametrize("by", WAYS)
def test_a_line_that_can_be_fixed_is_not_read_whole(by: str) -> None:
    padded = call((f"{DEVICE}/type", "iOS"), (f"{DEVICE}/id", f" {ID}"))
    (line,) = checked([json.dumps(padded).encode()], by)
    found, _ = both(line)

    assert found is not None
    assert [(each.code, each.fix and len(each.fix.edits)) for each in found] == [("KCH103", 1), ("KCH115", 1)]


@pytest.mark.parametrize("by", WAYS)
def test_a_line_whose_key_is_renamed_is_read_whole(by: str) -> None:
    """Another key of the object may mean the same."""
    lines = [call(("integrations", {"kochava": True, **more})) for more in ({}, {"KoChava": True})]
    fixes = [
        [each.fix.edits for each in both(line)[1] if each.fix]
        for line in checked([json.dumps(each).encode() for each in lines], by)
        if both(line)[0] is None
    ]

    assert [len(each) for each in fixes] == [1, 0]
