"""Every way to go through the lines of a log finds the same, and only takes another time."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segkoch_lint.calls.facets import FACETS, Facet
from segkoch_lint.config.settings import Settings
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.lines import Block, NumberedLine
from segkoch_lint.engine.lines import caching_selector, selector
from segkoch_lint.engine.lines.checked_line import CheckedLine
from segkoch_lint.engine.lines.selector import LineContext
from segkoch_lint.findings.summary import Group
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.linter import Linter
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import RuleSet, Verdict
from tests.conftest import IOS_CALL
from tests.engine.lines.logs import (
    ALL_FACETS,
    BAD,
    DEEP,
    GOOD,
    GROUPED,
    LOG_LINES,
    NATIVE,
    PLACES,
    VALUES,
    WAYS,
    changed,
    is_found_the_same,
    linted,
    read_at_once,
    selector_by,
    written,
)
from tests.engine.lines.mutants import mutants


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(LOG_LINES, max_size=30), st.booleans())
@example([GOOD, GOOD, b'{"type":"track","event":"x","userId":"u","context":{},"context":{"device":{}}}'], True)
def test_a_log_has_the_same_findings_as_if_every_line_is_read(lines: list[bytes], ended: bool) -> None:
    content = b"\n".join([GOOD, *lines, GOOD]) + (b"\n" if ended else b"")
    is_found_the_same(content)


@pytest.mark.parametrize("order", [1, -1])
def test_every_odd_value_at_every_place_has_the_same_findings(order: int) -> None:
    lines = [written(changed(path, value), 0) for path in PLACES for value in VALUES][::order]
    content = b"\n".join([GOOD, *lines, GOOD])
    is_found_the_same(content)


MANY_KEYS = b"".join(b',"key %d":1' % number for number in range(400))
VERSIONED = GOOD[:-1] + b',"version":"%b"}'


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD + BAD + b"\n\n" + BAD, id="two calls on a line, and a line without any"),
        # The last line is split by itself, when its keys are known already.
        pytest.param(VERSIONED % b"2" + b"\n" + VERSIONED % b"\xff", id="no UTF-8 where no rule reads"),
        pytest.param(VERSIONED % b"2" + b"\n" + VERSIONED % "é".encode(), id="UTF-8 where no rule reads"),
        pytest.param(GOOD + b"\n" + GOOD.replace(b",", b",\n", 1) + b"\n" + BAD, id="an end of a line between members"),
        pytest.param(
            GOOD + b"\n" + GOOD.replace(b'"device":{', b'"device":{\n', 1) + b"\n" + BAD,
            id="an end of a line in a member",
        ),
        pytest.param(
            GOOD + b"\n" + GOOD.replace(b'"user-4711"', DEEP.encode()) + b"\n" + BAD,
            id="too deep where a text should be",
        ),
        pytest.param(
            VERSIONED % b"2" + b"\n" + VERSIONED.replace(b'"%b"', DEEP.encode()), id="too deep where no rule reads"
        ),
        pytest.param(GOOD + b"\n" + GOOD[:-1] + MANY_KEYS + b"}\n" + BAD, id="more keys than are learned at once"),
        pytest.param((GOOD + b"\n") * 3000 + BAD + b"\n" + GOOD + b"\n" + BAD, id="more than is read in one go"),
    ],
)
def test_lines_that_are_only_counted_still_count_as_line_numbers(content: bytes) -> None:
    is_found_the_same(content)


@settings(max_examples=20)
@given(st.lists(LOG_LINES, max_size=10))
def test_groups_are_the_same_as_if_every_line_is_read(lines: list[bytes]) -> None:
    times = b'{"type":"track","event":"x","userId":"u","timestamp":"2026-03-01T23:59:59-02:00","projectId":"p-1"}'
    content = b"\n".join([GOOD, *lines, times, GOOD])
    _, summary = is_found_the_same(content, GROUPED)
    for groups in summary.groupings.values():
        assert sum(tally.calls for tally in groups.values()) == summary.calls - summary.malformed
    assert any("2026-03-02" in group and "p-1" in group for group in summary.groupings[ALL_FACETS])
    days = {day for _, day in summary.groupings["platform", "day"]}
    assert days == {group[ALL_FACETS.index("day")] for group in summary.groupings[ALL_FACETS]}


@settings(max_examples=15)
@given(st.lists(LOG_LINES, max_size=8))
def test_values_before_the_first_call_are_reported_at_its_place(lines: list[bytes]) -> None:
    content = b"\n".join([b'{"a":1}', *lines])
    is_found_the_same(content)


@pytest.mark.parametrize("by", WAYS)
def test_clean_calls_are_counted_and_only_the_others_are_passed_on(by: str) -> None:
    bad = written(changed(("context", "device", "type"), "iOS"), 0)
    counted, (checked, left) = selected(b"\n".join([GOOD, bad, GOOD, b"17", GOOD, b""]), by)
    assert isinstance(checked, CheckedLine)
    assert (checked.document.value, checked.number) == (json.loads(bad), 1)
    assert [blame.rule.code for blame in checked.verdict.violations] == ["KCH103"]
    assert left == (4, b"17")
    assert counted == {"analytics-swift": 3}


@pytest.mark.parametrize("by", WAYS)
def test_the_first_call_is_passed_on_if_leave_first_is_set(by: str) -> None:
    counted, left = selected(b"\n".join([b"17", GOOD, GOOD]), by, leave_first=True)
    assert left == [(1, b"17"), (2, GOOD)]
    assert counted == {"analytics-swift": 1}


@pytest.mark.parametrize("by", WAYS)
def test_spaces_between_tokens_and_other_scripts_are_only_counted_too(by: str) -> None:
    call = {**IOS_CALL, "event": "Bestellung übermittelt"}
    lines = [written(call, 2), written(call, 1), written({**call, "note": "\U0001f600"}, 0)]
    assert selected(b"\n".join(lines), by) == ({"analytics-swift": 3}, [])


def selected(
    text: bytes, by: str, *, leave_first: bool = False, facets: tuple[Facet, ...] = ()
) -> tuple[dict[str, int], list[NumberedLine | ParseError | CheckedLine]]:
    """By library the calls of a block that are counted, and the lines that are not."""
    counted: Counter[str] = Counter()

    def count(_verdict: Verdict, library: str, _group: Group, calls: int) -> None:
        counted[library] += calls

    selecting = selector_by(by)(LineContext(RuleSet(built_in(), Delivery(), built_in()), Limits(), count, facets))
    block = Block(1, text)
    left = list(selecting.select(block, leave_first=leave_first))
    assert block.next_number == 1 + text.count(b"\n")
    return dict(counted), left


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("most", [1, 2000])
def test_findings_are_the_same_if_caches_are_full(by: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching_selector, "MOST_BYTES", most)
    monkeypatch.setattr(caching_selector, "MOST_ENTRIES", 1)
    if by == NATIVE:
        for name, number in (("MOST_ANSWERS", most // 100), ("MOST_GROUPS", 1)):
            monkeypatch.setattr(f"segkoch_lint.engine.lines.native_selector.{name}", number)
    read_at_once(3000, monkeypatch)
    lines = [written(changed(("context", "device", "model"), f"model {number % 3}"), 0) for number in range(9)]
    lines += [written(changed(("context", "device", "id"), None), 0) for _ in range(2)]
    lines += [written(changed(("event",), event), 0) for event in ("a", "", "b", " ", "é", "è")]
    lines += [written(changed(("userId",), f"user {number}"), 0) for number in range(6)]
    content, chosen = b"\n".join(lines * 2), Settings(group_by=((FACETS["event"],),))
    assert linted(content, chosen, by=by) == linted(content, chosen)


def test_a_block_of_a_log_can_end_anywhere() -> None:
    content = b"\n".join([GOOD, BAD, b"17", GOOD, b"{", BAD, b"", GOOD]) + b"\n"
    for size in (1, 7, len(GOOD), len(GOOD) + 1, 2000):
        with pytest.MonkeyPatch.context() as patch:
            read_at_once(size, patch)
            is_found_the_same(content)


@pytest.mark.parametrize("seed", range(3))
def test_mutants_of_good_lines_have_the_same_findings(seed: int) -> None:
    content = b"\n".join([GOOD, *mutants(300, seed)])
    is_found_the_same(content, GROUPED)


@pytest.mark.parametrize("few", [0, 1500, 1 << 20])
def test_findings_are_the_same_whenever_the_fast_selector_is_created(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selector, "FEW_BYTES", few)
    read_at_once(1000, monkeypatch)
    content = b"\n".join([GOOD, BAD, b"17", GOOD] * 6)
    linter = Linter()
    findings = [*linter.bytes(content, "log.ndjson"), *linter.identity_findings()]
    assert (findings, linter.summary) == linted(content)
