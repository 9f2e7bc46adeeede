"""The table of peers in miniature: what is there runs and is checked, what is missing is named."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.__main__ import main
from benchmarks.logs import Log
from benchmarks.peers import PEERS, Peer, Place, Ready
from benchmarks.subject import Subject, verdicts

pytestmark = pytest.mark.slow

FAULTY = "--mix=--fault-share 0.3"


def compare(cache: Path, *options: str) -> int:
    return main(["peers", "--cache", str(cache), "--calls", "200", "--runs", "1", "--no-install", FAULTY, *options])


def counting(name: str, program: str, comparable: tuple[str, ...]) -> Peer:
    """A peer that is a line of Python."""

    def prepare(_place: Place) -> Ready:
        return Ready("", (sys.executable, "-c", program))

    return Peer(name, "", None, prepare, peers.printed_counts, comparable)


def test_what_is_missing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compare(tmp_path / "cache") == 0
    printed = capsys.readouterr().out
    assert "| segkoch-lint | every default rule, JSON report | 200 |" in printed
    assert (
        "Not run: `json.loads` and jsonschema: jsonschema, duckdb, check-jsonschema are not in the cache folder"
        in printed
    )
    assert "Not run: ajv in a Node stream: node is not installed" in printed
    assert "Not run: jq: jq is not installed" in printed
    assert "Not run: DuckDB, all cores: jsonschema, duckdb, check-jsonschema are not in the cache folder" in printed


def test_a_registry_that_has_no_such_package_makes_a_peer_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no such package' >&2\nexit 1\n")
    npm.chmod(0o755)
    (tmp_path / "node").symlink_to(npm)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(peers.MissingError, match="ajv could not be installed: no such package"):
        peers.prepare_ajv(Place(tmp_path / "cache", tmp_path / "schema", install=True))


def test_jsonschema_rejects_the_calls_that_segkoch_lint_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # From the project's own environment, where jsonschema is already.
    monkeypatch.setattr(peers, "python_of", lambda _place: Path(sys.executable))
    monkeypatch.setattr(peers, "PEERS", PEERS[:2])
    assert compare(tmp_path, "--slow-calls", "60") == 0
    printed = capsys.readouterr().out
    assert "| `json.loads` and jsonschema | the one-schema equivalent, yes or no | 60 |" in printed
    assert "| `json.loads` and jsonschema, the page alone | what the Kochava page requires, " in printed
    assert "on the first 60 calls, its rate is taken for the whole: calls 60, invalid " in printed
    assert "Every count that says the same as one of segkoch-lint's agrees with it." in printed


@pytest.mark.skipif(not shutil.which("jq"), reason="needs jq")
def test_jq_counts_what_segkoch_lint_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "PEERS", [peer for peer in PEERS if peer.name == "jq"])
    assert compare(tmp_path) == 0
    printed = capsys.readouterr().out
    assert "jq: advertising id " in printed
    assert "Every count that says the same as one of segkoch-lint's agrees with it." in printed


def test_counts_that_differ_are_told_and_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = counting("hasty", "print('{\"calls\": 199}')", ("calls", "device id"))
    monkeypatch.setattr(peers, "PEERS", [hasty])
    assert compare(tmp_path) == 1
    printed = capsys.readouterr().out
    assert "DIFFERS: hasty counts 199 for calls, segkoch-lint 200." in printed
    assert "DIFFERS: hasty counts 0 for device id, segkoch-lint " in printed
    assert "agrees with it" not in printed


def test_a_peer_that_fails_ends_the_comparison(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "PEERS", [counting("broken", "import no_such_module", ())])
    assert compare(tmp_path) == 1
    captured = capsys.readouterr()
    assert "No module named 'no_such_module'" in captured.err
    assert captured.out == ""


def test_calls_that_break_several_rules_are_counted_once(tmp_path: Path) -> None:
    log, schema = Log(tmp_path / "log.ndjson", 3), tmp_path / "schema.json"
    clean = '{"type":"screen","userId":"u-1"}\n'
    log.path.write_text(clean + '{"type":"track","event":"","userId":"u-1","context":{"device":{}}}\n' + clean)
    subject = Subject(Path(sys.executable).with_name("segkoch-lint"))
    subject.write_schema(schema)
    counted = verdicts(subject, log, schema, tmp_path / "output")
    assert (counted.calls, sorted(counted.invalid_lines)) == (3, [2])
    assert counted.expected(3) == {
        "calls": 3,
        "invalid": 1,
        "invalid by the page": 1,
        "device type": 1,
        "device id": 1,
        "advertising id": 1,
    }
    assert counted.expected(1)["invalid"] == counted.expected(1)["invalid by the page"] == 0
