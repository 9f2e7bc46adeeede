"""The lines around what is found across calls."""

from __future__ import annotations

import copy
import gzip
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Finding, Linter, Settings
from segkoch_lint.reporting.snippets import snippet
from tests.conftest import IOS_CALL

SERVER: dict[str, Any] = copy.deepcopy(IOS_CALL)
SERVER["context"]["library"]["name"] = "analytics-ruby"
SERVER["context"]["device"]["id"] = "0D1E2F3A-4B5C-4D6E-8F70-1A2B3C4D5E6F"
LINE = json.dumps(SERVER).encode() + b"\n"


@pytest.fixture
def linter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Linter:
    """Has read what the app sent."""
    monkeypatch.chdir(tmp_path)
    Path("app.json").write_text(json.dumps(IOS_CALL))
    linter = Linter(Settings(select=("KCH2",)), snippets=partial(snippet, show_ids=False))
    assert list(linter.paths(["app.json"])) == []
    return linter


def only(linter: Linter) -> Finding:
    (finding,) = linter.identity_findings()
    assert finding.code == "KCH201"
    return finding


def test_a_small_file_is_read_once_more(linter: Linter) -> None:
    Path("server.json").write_text(json.dumps({"batch": [{"type": "page"}, SERVER]}, indent=2))
    list(linter.paths(["server.json"]))
    finding = only(linter)
    assert finding.snippet is not None
    assert finding.location.span is not None
    assert finding.snippet.first_line == finding.location.span.line - 2
    assert finding.snippet.lines[2].strip() == '"id": "0D1E…5E6F",'


def test_a_line_among_broken_ones_is_read_once_more(linter: Linter) -> None:
    Path("server.ndjson.gz").write_bytes(gzip.compress(LINE[:99] + b"\n" + LINE + b"{\n"))
    list(linter.paths(["server.ndjson.gz"]))
    shown = only(linter).snippet
    assert shown is not None
    assert (shown.first_line + shown.focus, "0D1E…5E6F" in shown.lines[shown.focus]) == (2, True)


def test_of_several_documents_the_one_around_the_place_is_shown(linter: Linter) -> None:
    Path("server.ndjson").write_bytes(b'{"type":"page"}\n' * 3 + LINE + b'{"type":"page"}\n' * 3)
    list(linter.paths(["server.ndjson"]))
    shown = only(linter).snippet
    assert shown is not None
    assert (shown.first_line + shown.focus, "0D1E…5E6F" in shown.lines[shown.focus]) == (4, True)


def test_a_value_that_is_not_a_call_has_a_snippet(linter: Linter) -> None:
    Path("other.json").write_text('[\n {"a": 1},\n {"userId": "user-4711"}\n]')
    linter = Linter(Settings(select=("KCH002",)), snippets=partial(snippet, show_ids=False))
    (finding,) = linter.paths(["other.json"])
    assert finding.snippet is not None
    assert (finding.snippet.first_line, finding.snippet.focus) == (1, 1)
    assert finding.snippet.lines[:2] == ("[", ' {"a": 1},')
    assert "4711" not in "".join(finding.snippet.lines)


@pytest.mark.parametrize("packed", [False, True])
def test_a_log_is_not_read_once_more(packed: bool, linter: Linter) -> None:
    content = LINE * (1 + (1 << 20) // len(LINE))
    Path("log").write_bytes(gzip.compress(content) if packed else content)
    list(linter.paths(["log"]))
    assert only(linter).snippet is None


def test_the_snippet_of_standard_input_is_not_read_from_a_file_of_that_name(linter: Linter) -> None:
    Path("server.json").write_bytes(LINE)
    list(linter.bytes(LINE, "server.json"))
    assert only(linter).snippet is None


@pytest.mark.parametrize("now", [None, b"", b"\n", b"\0\0", b"plain text"])
def test_a_file_that_was_changed_meanwhile_has_no_snippet(now: bytes | None, linter: Linter) -> None:
    path = Path("server.json")
    path.write_text(json.dumps(SERVER, indent=2))
    list(linter.paths([str(path)]))
    path.unlink() if now is None else path.write_bytes(now)
    assert only(linter).snippet is None


def test_a_parsed_value_has_no_snippet(linter: Linter) -> None:
    list(linter.value(SERVER))
    assert only(linter).snippet is None
