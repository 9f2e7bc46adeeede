"""`check --list-files`: what would be read, as what, and what would not."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.engine.input_listing import Status, list_inputs
from segkoch_lint.linter import Linter
from tests.conftest import IOS_CALL, Ran

ROOT = Path(__file__).parents[2]
CALL = json.dumps(IOS_CALL)
Program = Callable[..., Ran]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(**files: str | bytes) -> None:
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def listed(program: Program, *arguments: str) -> dict[str, dict[str, Any]]:
    ran = program("check", "--list-files", "--format", "json", *arguments)
    return {each["path"]: each for each in json.loads(ran.out)["files"]}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", CALL, "JSON: calls"),
        ("a.json", f"[{CALL}, {CALL}]", "JSON: calls"),
        ("a.json", f'{{"batch": [{CALL}]}}', "JSON: batch; calls"),
        ("a.json", '{"a": 1}', "JSON: other; no call"),
        ("a.json", "[]", "JSON: empty list or batch; no call"),
        ("a.json", "{", "JSON: broken text; no call"),
        ("a.json", "", "unknown format: broken text; no call"),
        ("a.jsonc", f"// a call\n{CALL}", "JSON with comments: calls"),
        ("a.json5", f"{CALL}", "JSON5: calls"),
        ("a.ndjson", f"{CALL}\n{CALL}\n", "JSON Lines: calls"),
        ("a.ndjson", f"{CALL}\ncut o\n", "JSON Lines: calls; broken text"),
        ("a.yaml", "type: track\nevent: A\nuserId: u\n", "YAML: calls"),
        ("a.csv", "user_id,event,context_device_type\nu,x,ios\n", "CSV: calls"),
        ("a.sh", f"curl -d '{CALL}' https://api.segment.io/v1/track\n", "shell commands: curl command; calls"),
        ("a.log", f"2026-11-01 INFO sent {CALL}\n", "text: calls"),
        ("a.txt", "a text\n", "unknown format: neither JSON nor YAML; no call"),
        (
            "a.json",
            '{"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": "{}"}]}',
            "JSON: SQS event; other; no call",
        ),
        ("a.json", f'{{"wrapped": {{"here": {CALL}}}}}', "JSON: other; calls in an unknown envelope; no call"),
        ("a.json", '{"rules": {"events": []}}', "JSON: tracking plan; no call"),
        ("a.json.gz", gzip.compress(CALL.encode()), "JSON, gzip: calls"),
    ],
)
def test_each_format_and_envelope_is_named(program: Program, name: str, content: str | bytes, words: str) -> None:
    write(**{name: content})
    ran = program("check", "--list-files", ".")
    assert ran.out.splitlines()[0] == f"{name}: {words}"
    assert (ran.status, ran.err) == (0, "")


def test_the_examples_are_listed_as_a_run_reads_them(program: Program, folder: Path) -> None:
    shutil.copytree(ROOT / "examples", folder / "examples")
    files = listed(program, "examples")
    summary = json.loads(program("check", "examples", "--format", "json").out)["summary"]
    read = [each for each in files.values() if each["status"] == "read"]
    assert len(read) == summary["inputs"]
    assert {path for path, each in files.items() if each["calls"]} == {
        f"examples/{name}"
        for name in (
            "captures/checkout.har",
            "captures/renewals.sqs.json",
            "exports/tracks.csv",
            "fixtures/level-completed.android.yaml",
            "fixtures/order-completed.ios.json",
            "fixtures/subscription.server.json",
            "logs/2026-11-01.json.gz",
        )
    }


FIELD = ROOT.parent / "shared" / "field"


@pytest.mark.slow
@pytest.mark.parametrize("claimed", [True, False])
@pytest.mark.parametrize("folder_of_files", [ROOT / "examples", FIELD], ids=["examples", "field"])
def test_calls_are_listed_where_a_run_finds_some(folder_of_files: Path, claimed: bool) -> None:
    if not folder_of_files.is_dir():
        pytest.skip("the inputs from the field are not here")
    settings = Settings()
    for path in filter(Path.is_file, sorted(folder_of_files.rglob("*"))):
        (found,) = list_inputs([str(path)], settings, allow_empty=not claimed)
        linter = Linter(settings, allow_empty=not claimed)
        list(linter.paths([str(path)]))
        summary = linter.summary
        assert (found.status is Status.READ) == bool(summary.inputs), path
        assert found.calls == bool(summary.calls - summary.malformed), path


def test_what_is_skipped_has_its_reason(program: Program) -> None:
    write(**{".gitignore": "dist/\n", "dist/a.json": CALL, "old/a.json": CALL, "a.py": "import json\n"})
    write(**{"segkoch-lint.toml": 'exclude = ["old/"]\n', "fixtures/a.json": CALL})
    Path("link").symlink_to("fixtures")
    files = listed(program, ".")
    assert {path: each["reason"] for path, each in files.items() if each["status"] == "skipped"} == {
        ".gitignore": "does not look like calls",
        "segkoch-lint.toml": "does not look like calls",
        "a.py": "does not look like calls",
        "link": "a symbolic link to a folder",
        "dist/": "ignored by git",
        "old/": "excluded by the configuration",
    }
    assert [path for path, each in files.items() if each["status"] == "read"] == ["fixtures/a.json"]


def test_the_baseline_of_the_run_is_skipped_as_a_run_does(program: Program) -> None:
    write(**{"segkoch-lint.toml": 'baseline = "events/old.json"\nevents = ["events/"]\n', "events/a.json": CALL})
    program("baseline", "write", "events/a.json")
    files = listed(program, "events")
    assert {path: (each["status"], each["reason"]) for path, each in files.items()} == {
        "events/a.json": ("read", ""),
        "events/old.json": ("skipped", "the baseline of the run"),
    }
    assert listed(program, "events", "--isolated")["events/old.json"]["status"] == "read"
    assert json.loads(program("check", "events", "--format", "json").out)["summary"]["inputs"] == 1


def test_files_that_are_named_or_match_events_are_expected_to_hold_calls(program: Program) -> None:
    write(**{"segkoch-lint.toml": 'events = ["/events/"]\n', "events/a.json": '{"type": "track"}', "b.json": "{}"})
    files = listed(program, "events", "b.json")
    assert {path: (each["expected"], each["calls"]) for path, each in files.items()} == {
        "events/a.json": (True, True),  # a type alone makes a call where calls are expected
        "b.json": (True, False),
    }
    assert not listed(program, "b.json", "--allow-empty")["b.json"]["expected"]
    assert listed(program, ".", "--isolated")["events/a.json"]["calls"] is False


def test_a_call_after_the_first_documents_is_not_ruled_out(program: Program) -> None:
    lines = '{"a": 1}\n' * 100
    write(**{"a.ndjson": f"{lines}{CALL}\n", "b.ndjson": lines})
    files = listed(program, ".")
    assert files["a.ndjson"]["calls"] is None
    assert files["b.ndjson"]["calls"] is False
    assert "a.ndjson: JSON Lines: other; no call in the first documents" in program("check", "--list-files", ".").out


def test_a_document_beyond_a_limit_is_not_called_broken(program: Program) -> None:
    write(**{"segkoch-lint.toml": "[limits]\nfile-bytes = 1024\n", "a.json": f"[{', '.join([CALL] * 9)}]"})
    assert listed(program, "a.json")["a.json"]["contents"] == ["text beyond a limit"]


def test_globs_and_your_own_envelopes_count(program: Program) -> None:
    write(**{"a/x.json": CALL, "a/y.txt": "x", "b.json": f'{{"wrapped": {CALL}}}'})
    assert list(listed(program, "a/*.json")) == ["a/x.json"]
    assert listed(program, "b.json", "--at", "/wrapped")["b.json"]["calls"] is True


def test_standard_input_is_listed_by_its_name(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"type: track\nevent: A\n")))
    ran = program("check", "--list-files", "-", "--stdin-filename", "a.yaml")
    assert ran.out == "a.yaml: YAML: calls\n1 file would be read, 1 of them with calls.\n"


def test_what_cannot_be_read_ends_with_4(program: Program) -> None:
    write(**{"b.json": CALL})
    Path("a.json.bz2").write_bytes(bz2.compress(b"{}"))
    ran = program("check", "--list-files", "gone.json", "a.json.bz2", "b.json")
    assert ran.status == 4
    assert "gone.json: unreadable: no such file or folder" in ran.out
    assert "Error: a.json.bz2: unsupported compression: bzip2" in ran.err
    assert ran.out.endswith("1 file would be read, 1 of them with calls; 2 unreadable.\n")


def test_nothing_to_read_ends_with_3_as_a_run_would(program: Program) -> None:
    assert program("check", "--list-files", "*.json").status == 3
    assert program("check", "--list-files", ".").status == 3
    assert program("check", "--list-files", ".", "--allow-empty").status == 0


def test_quiet_shows_the_figures_only(program: Program) -> None:
    write(**{"a.json": CALL, "b.py": "import json\n"})
    ran = program("check", "--list-files", "--quiet", ".")
    assert ran.out == "1 file would be read, 1 of them with calls; 1 skipped.\n"


@pytest.mark.parametrize("name", ["GITHUB_ACTIONS", "CLAUDECODE"])
def test_a_format_that_the_environment_chooses_is_for_findings(
    program: Program, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write(**{"a.json": CALL})
    monkeypatch.setenv(name, "true")
    assert program("check", "--list-files", ".").out.startswith("a.json: JSON: calls\n")


@pytest.mark.parametrize("arguments", [["--format", "sarif"], ["--output", "json:out.json"], ["--fix"], ["--diff"]])
def test_reports_are_refused(program: Program, arguments: list[str]) -> None:
    write(**{"a.json": CALL})
    ran = program("check", "--list-files", ".", *arguments)
    assert ran.status == 2
    assert "--list-files" in ran.err
    assert not Path("out.json").exists()


def test_names_are_escaped_and_ids_in_urls_masked(program: Program) -> None:
    write(**{"a\n##[error]b.json": CALL})
    out = program("check", "--list-files", ".").out
    assert out.startswith("a\\u{a}")
    assert "##[" not in out
    assert len(out.splitlines()) == 2
