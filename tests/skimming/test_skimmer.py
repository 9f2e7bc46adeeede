"""Passing over clean calls changes nothing but the time it takes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segkoch_lint.facets import FACETS, Group
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading.documents import Flaw
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.splitting import Block, NumberedLine
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import Opinion, RuleSet
from segkoch_lint.skimming import comparing, numbers, skimmer
from segkoch_lint.skimming.skimmer import Judged, Skimmer
from tests.conftest import IOS_CALL
from tests.skimming.logs import (
    BAD,
    DEEP,
    GOOD,
    LOG_LINES,
    PLACES,
    VALUES,
    changed,
    linted,
    read_throughout,
    written,
)


@settings(max_examples=40)
@given(st.lists(LOG_LINES, max_size=30), st.booleans())
@example([GOOD, GOOD, b'{"type":"track","event":"x","userId":"u","context":{},"context":{"device":{}}}'], True)
def test_a_log_is_found_the_same_as_when_every_line_is_read(lines: list[bytes], ended: bool) -> None:
    content = b"\n".join([GOOD, *lines, GOOD]) + (b"\n" if ended else b"")
    assert linted(content) == read_throughout(content)


@pytest.mark.parametrize("order", [1, -1])
def test_every_odd_value_at_every_place_is_found_beside_all_the_others(order: int) -> None:
    lines = [written(changed(path, value), 0) for path in PLACES for value in VALUES][::order]
    content = b"\n".join([GOOD, *lines, GOOD])
    assert linted(content) == read_throughout(content)


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
        pytest.param((GOOD + b"\n") * 3000 + BAD + b"\n" + GOOD + b"\n" + BAD, id="more than is read in one go"),
    ],
)
def test_what_is_passed_over_keeps_its_lines(content: bytes) -> None:
    assert linted(content) == read_throughout(content)


@settings(max_examples=20)
@given(st.lists(LOG_LINES, max_size=10))
def test_groups_are_found_the_same_as_when_every_line_is_read(lines: list[bytes]) -> None:
    times = b'{"type":"track","event":"x","userId":"u","timestamp":"2026-03-01T23:59:59-02:00","projectId":"p-1"}'
    grouped = Settings(group_by=tuple(FACETS.values()))
    content = b"\n".join([GOOD, *lines, times, GOOD])
    _, summary = linted(content, grouped)
    assert summary == read_throughout(content, grouped)[1]
    assert sum(tally.calls for tally in summary.groups.values()) == summary.calls - summary.malformed
    assert any("2026-03-02" in group and "p-1" in group for group in summary.groups)


@settings(max_examples=15)
@given(st.lists(LOG_LINES, max_size=8))
def test_the_first_call_lets_what_is_no_call_in_at_its_place(lines: list[bytes]) -> None:
    content = b"\n".join([b'{"a":1}', *lines])
    assert linted(content) == read_throughout(content)


def sieved(counted: list[tuple[str, int]] | None = None) -> Callable[[bytes], list[NumberedLine | Flaw | Judged]]:
    def count(opinion: Opinion, library: str, group: Group, calls: int) -> None:
        (counted if counted is not None else []).append((library, calls))

    sieving = Skimmer(RuleSet(built_in(), Delivery(), built_in()), Limits(), count)
    return lambda text: list(sieving.sieve(Block(1, text)))


def test_clean_calls_are_counted_and_only_the_others_are_left() -> None:
    counted: list[tuple[str, int]] = []
    bad = written(changed(("context", "device", "type"), "iOS"), 0)
    judged, left = sieved(counted)(b"\n".join([GOOD, bad, GOOD, b"17", GOOD, b""]))
    assert isinstance(judged, Judged)
    assert judged.document.value == json.loads(bad)
    assert [blame.rule.code for blame in judged.opinion.blames] == ["KCH103"]
    assert left == (4, b"17")
    assert counted == [("analytics-swift", 3)]


def test_spaces_between_tokens_and_other_scripts_are_passed_over_too() -> None:
    call = {**IOS_CALL, "event": "Bestellung übermittelt"}
    assert sieved()(written(call, 2) + b"\n" + written(call, 1)) == []


@pytest.mark.parametrize("most", [1, 2000])
def test_no_more_is_remembered_than_is_allowed(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "_MOST_HELD", most)
    monkeypatch.setattr(skimmer, "MOST_REMEMBERED", 1)
    monkeypatch.setattr(comparing, "MOST_REMEMBERED", 1)
    lines = [written(changed(("context", "device", "model"), f"model {number % 3}"), 0) for number in range(9)]
    lines += [written(changed(("context", "device", "id"), None), 0) for _ in range(2)]
    lines += [written(changed(("event",), event), 0) for event in ("a", "", "b", " ")]
    counted: list[tuple[str, int]] = []
    assert len(sieved(counted)(b"\n".join(lines))) == 4
    assert sum(calls for _, calls in counted) == 11
