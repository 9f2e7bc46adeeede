"""Parts of an input, joined, are the input."""

from __future__ import annotations

import copy
import json
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from segkoch_lint.findings import Finding, Location
from segkoch_lint.joining import NOT_A_CALL, Joint
from segkoch_lint.linting import Linter
from segkoch_lint.parts import PartLinter
from segkoch_lint.places import Span
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading.inputs import Input
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.pieces import Piece
from segkoch_lint.reporting.excerpts import excerpt, flaw_excerpt
from segkoch_lint.results import Lost, Mark, Part, Result, Stranger
from segkoch_lint.tallies import Summary
from tests.conftest import IOS_CALL

GOOD = json.dumps(IOS_CALL, separators=(",", ":")).encode()
LINES = [
    GOOD,
    b'{"type":"track","event":"x","userId":"u"}',
    b'{"type":"group","userId":"u","integrations":{"All":false},"integrations":{}}',
    b'{"x":1}',
    b'{"type":"Trak","event":"x","userId":"u"}',
    b'{"type":"page","name":"Home"}',
    b'[{"event":"x"},{"y":1}]',
    b'{"userId":"u","groupId":"g","anonymousId":"a"}',
    b'{"event":"x","level":"info"}',
    b'{"type":"delete","userId":"u"}',
    b'[{"x":1},' + GOOD + b"]",
    b'{"rules":{"events":[]}}',
    b"5",
    b"{",
    b'{"anonymousId":}',
    b"",
    b'{"type":"page"}' + b" " * 2000,
]
SETTINGS = Settings(limits=Limits(line_bytes=2000))
Told = tuple[list[Finding], Summary]


LINTERS = [PartLinter(SETTINGS, excerpt, flaw_excerpt) for _ in range(2)]
"""As there may be processes, each of which has seen other parts than the others."""


def joined(source: Input, parts: list[Part]) -> Told:
    """The findings and figures of an input."""
    summary = Summary()
    joint = Joint(source, LINTERS[0].inspector, frozenset(), summary)
    found: list[Finding] = []
    for part, linter in zip(parts, cycle(LINTERS), strict=False):
        for result in linter.lint(part):
            found += joint.add(result, piece=part.piece is not None)
    found += joint.end()
    return found, summary


@given(
    st.lists(st.sampled_from(LINES), max_size=25),
    st.sets(st.integers(1, 4000), max_size=5),
    st.booleans(),
    st.sampled_from(["ndjson", "log"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_input_in_pieces_gives_what_it_gives_as_a_whole(
    tmp_path: Path, lines: list[bytes], cuts: set[int], claimed: bool, ending: str
) -> None:
    # Enough good lines after the others that it is JSON Lines whatever they are; strangers only would be a document.
    file = tmp_path / f"a.{ending}"
    file.write_bytes(b"\n".join([b'{"y":2}', b'{"y":3}', *lines, *[b'{"z":3}'] * (len(lines) + 2)]))
    source = Input(str(file), claimed=claimed)
    starts = [0, *sorted(cuts)]
    pieces = [Piece(start, end, first=not start) for start, end in pairwise([*starts, None])]  # type: ignore[arg-type]  # only the last end is None
    parts = [Part(source, piece, last=piece.end is None) for piece in pieces]

    linter = Linter(SETTINGS, excerpts=excerpt, flaw_excerpts=flaw_excerpt)
    # The lines around what is no call are looked up when all is joined.
    whole = [replace(f, excerpt=None) if f.code == NOT_A_CALL else f for f in linter.input(source)], linter.summary
    assert joined(source, [Part(source)]) == whole
    assert joined(source, parts) == whole
    assert whole[1].adds_up()


def test_what_cannot_be_read_is_said_once(tmp_path: Path) -> None:
    source = Input(str(tmp_path / "gone"))
    parts = [Part(source, Piece(0, 5, first=True), last=False), Part(source, Piece(5, None))]
    found, summary = joined(source, parts)
    assert found == []
    assert summary.unread == [(source.path, "no such file or folder; nothing from line 1 on was checked")]


@pytest.fixture
def joint(tmp_path: Path) -> Joint:
    file = tmp_path / "a.ndjson"
    file.write_bytes(b"{}\n" * 10)
    return Joint(Input(str(file)), LINTERS[0].inspector, frozenset(), Summary())


def missed(joint: Joint, piece: Piece | None, lost: Lost) -> list[Any]:
    part = Part(joint._source, piece, last=False)
    joint.miss(part, lost)
    return [reason for _, reason in joint._summary.unread]


def test_a_part_that_was_not_checked_is_named_by_its_lines(joint: Joint) -> None:
    assert missed(joint, Piece(0, 12, first=True), Lost("died")) == [
        "lines 1 to 4 were not checked: the process that read it died"
    ]
    assert joint._summary.inputs == 1
    missed(joint, Piece(12, 13), Lost("died", partly=True))
    assert joint._summary.unread[-1][1] == "lines 5 to 5 were not checked to the end: the process that read it died"
    span = Span(1, 2, 3, 4)
    (finding,) = joint.add(Result([Mark.FIRST_CALL, Stranger("other", "/x", span)]))
    assert finding.location == Location(joint._source.path, span.moved(5), "/x")


def test_a_whole_input_that_was_not_checked_is_named(joint: Joint) -> None:
    assert missed(joint, None, Lost("ran out of memory")) == ["not checked: the process that read it ran out of memory"]
    assert list(joint.end()) == []


def call_of(library: str, device: str, **members: Any) -> bytes:
    call = copy.deepcopy(IOS_CALL)
    call["context"]["library"]["name"] = library
    call["context"]["device"]["id"] = device
    return json.dumps({**{key: value for key, value in call.items() if key != "userId"}, **members}).encode()


@pytest.mark.parametrize("linked", [True, False])
def test_a_call_with_few_signs_links_users_if_a_call_stood_in_an_earlier_piece(tmp_path: Path, linked: bool) -> None:
    app = call_of("analytics-swift", "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64", anonymousId="a") + b"\n"
    server = call_of("analytics-ruby", "0E3C1B52-7A64-4D3F-9C15-8B2E6F7A9D01", userId="u") + b"\n"
    link = b'{"userId":"u","groupId":"g","anonymousId":"a"}\n'
    before = app if linked else b'{"x":1}\n'
    file = tmp_path / "a.log"
    file.write_bytes(before + link)
    source = Input(str(file), named=False, claimed=False)
    cut = len(before)
    linter = Linter(SETTINGS)
    parts = [Part(source, Piece(0, cut, first=True), last=False), Part(source, Piece(cut, None))]
    found = [finding.code for part in parts for finding in linter.part(part)]
    assert ("KCH101" in found) == linked
    found = [finding.code for finding in [*linter.bytes(app + server), *linter.identity_findings()]]
    assert ("KCH201" in found) == linked
