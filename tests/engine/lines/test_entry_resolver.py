"""What only the whole of an input tells."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.settings import Settings
from segkoch_lint.engine.entries import FirstCall, NotACallEntry
from segkoch_lint.engine.entry_resolver import NOT_A_CALL, EntryResolver
from segkoch_lint.engine.input_linter import InputLinter
from segkoch_lint.findings.finding import Location
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.input import Input
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import open_bytes
from segkoch_lint.linter import Linter
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


@given(
    st.lists(st.sampled_from(LINES), max_size=25),
    st.booleans(),
    st.sampled_from(["ndjson", "log"]),
)
@settings(max_examples=60)
def test_every_line_is_accounted_for_and_each_finding_counted(lines: list[bytes], claimed: bool, ending: str) -> None:
    # Enough good lines after the others that it is JSON Lines whatever they are; strangers only would be a document.
    content = b"\n".join([b'{"y":2}', b'{"y":3}', *lines, *[b'{"z":3}'] * (len(lines) + 2)])
    linter = InputLinter(SETTINGS)
    resolver = EntryResolver(Input(f"a.{ending}", claimed=claimed), linter.checker, frozenset(), linter.summary)
    with open_bytes(content, f"a.{ending}") as stream:
        entries = list(linter.stream(stream, Input(f"a.{ending}", claimed=claimed)))
    found = [finding for entry in entries for finding in resolver.add(entry)] + list(resolver.end())
    assert linter.summary.adds_up()
    assert linter.summary.severities.total() == len(found)


def test_an_unreadable_input_is_noted_once_and_has_no_findings(tmp_path: Path) -> None:
    linter = Linter(SETTINGS)
    assert list(linter.paths([str(tmp_path / "gone")])) == []
    assert linter.summary.unread == [(str(tmp_path / "gone"), "no such file or folder")]


def test_a_value_that_is_not_a_call_is_reported_if_a_call_follows() -> None:
    linter = InputLinter(SETTINGS)
    resolver = EntryResolver(Input("a.ndjson"), linter.checker, frozenset(), linter.summary)
    span = Span(1, 2, 3, 4)
    assert list(resolver.add(NotACallEntry("other", "/x", span))) == []
    (finding,) = resolver.add(FirstCall())
    assert (finding.code, finding.location) == (NOT_A_CALL, Location("a.ndjson", span, "/x"))
    assert list(resolver.end()) == []


def call_of(library: str, device: str, **members: Any) -> bytes:
    call = copy.deepcopy(IOS_CALL)
    call["context"]["library"]["name"] = library
    call["context"]["device"]["id"] = device
    return json.dumps({**{key: value for key, value in call.items() if key != "userId"}, **members}).encode()


@pytest.mark.parametrize("linked", [True, False])
def test_a_call_with_few_signs_links_users_only_after_another_call(tmp_path: Path, linked: bool) -> None:
    app = call_of("analytics-swift", "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64", anonymousId="a") + b"\n"
    server = call_of("analytics-ruby", "0E3C1B52-7A64-4D3F-9C15-8B2E6F7A9D01", userId="u") + b"\n"
    link = b'{"userId":"u","groupId":"g","anonymousId":"a"}\n'
    before = app if linked else b'{"x":1}\n'
    (tmp_path / "a.log").write_bytes(before + link)
    linter = Linter(SETTINGS)
    found = [finding.code for finding in linter.paths([str(tmp_path)])]
    assert ("KCH101" in found) == linked
    found = [finding.code for finding in [*linter.bytes(app + server), *linter.identity_findings()]]
    assert ("KCH201" in found) == linked
