from __future__ import annotations

import copy
import gzip
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import IOS_CALL, Ran

TEXT = json.dumps(IOS_CALL)
ID = IOS_CALL["context"]["device"]["id"]


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.json"
    path.write_text(TEXT)
    return path


def test_a_copy_is_printed(program: Callable[..., Ran], call: Path) -> None:
    ran = program("redact", "--isolated", str(call))
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out)["context"]["device"]["type"] == "ios"
    assert ID not in ran.out


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no file here that fails when it is read")
def test_an_input_that_cannot_be_read_is_named(program: Callable[..., Ran], tmp_path: Path) -> None:
    ran = program("redact", "--output", str(tmp_path / "copy"), "/proc/self/mem")
    assert (ran.status, ran.err) == (4, "Error: /proc/self/mem: input/output error\n")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_have_different_pseudonyms(program: Callable[..., Ran], call: Path) -> None:
    assert program("redact", str(call)).out != program("redact", str(call)).out


def test_runs_with_one_key_file_have_the_same_pseudonyms(
    program: Callable[..., Ran], call: Path, tmp_path: Path
) -> None:
    key = tmp_path / "project.key"
    first, second = (program("redact", "--key-file", str(key), str(call)) for _ in range(2))
    assert first.status == second.status == 0
    assert first.out == second.out != TEXT
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"segkoch-lint pseudonym key 1\n00ff\n", b"\xff\xfe", b"x\n" + b"0" * 64])
def test_a_damaged_key_file_is_a_usage_error(
    program: Callable[..., Ran], call: Path, tmp_path: Path, content: bytes
) -> None:
    key = tmp_path / "project.key"
    key.write_bytes(content)
    ran = program("redact", "--key-file", str(key), str(call))
    assert (ran.status, ran.out) == (2, "")
    assert "damaged" in ran.err
    assert key.read_bytes() == content


def test_a_key_file_that_cannot_be_created_is_a_usage_error(
    program: Callable[..., Ran], call: Path, tmp_path: Path
) -> None:
    ran = program("redact", "--key-file", str(tmp_path / "nowhere" / "key"), str(call))
    assert ran.status == 2
    assert "cannot be created: no such file" in ran.err


def test_a_copy_is_written_to_a_file(program: Callable[..., Ran], call: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.json"
    ran = program("redact", "--output", str(copy), str(call))
    assert (ran.status, ran.out) == (0, "")
    assert ID not in copy.read_text()


def test_of_a_broken_text_nothing_is_left(program: Callable[..., Ran], call: Path, tmp_path: Path) -> None:
    call.write_text(f"{TEXT[:-30]}\n")
    copy = tmp_path / "copy.json"
    ran = program("redact", "--output", str(copy), str(call))
    assert ran.status == 1
    assert f"{call}:1:" in ran.err
    assert ran.err.endswith("nothing was copied\n")
    assert sorted(tmp_path.iterdir()) == [call]


def test_a_refusal_says_whether_something_was_printed_already(program: Callable[..., Ran], call: Path) -> None:
    long = json.dumps({**IOS_CALL, "properties": {"note": "." * (2 << 20)}})
    call.write_text(f"{TEXT}\n{long}\n{TEXT[:-5]}\n")
    log = call.rename(call.with_suffix(".ndjson"))
    ran = program("redact", str(log))
    assert ran.status == 1
    assert len(ran.out.splitlines()) in {1, 2}
    assert f"{log}:3:" in ran.err
    assert ran.err.endswith("the copy on standard output is incomplete\n")


def test_users_of_two_files_are_compared_as_before(program: Callable[..., Ran], tmp_path: Path) -> None:
    server = copy.deepcopy(IOS_CALL)
    server["context"]["device"]["id"] = "7C2E9A51-4D0B-4F8E-9A63-B1D5E8F2074C"
    server["context"]["library"]["name"] = "analytics-node"
    for name, value in (("app.json", IOS_CALL), ("server.json", server)):
        (tmp_path / name).write_text(json.dumps(value))
    copies = tmp_path / "copies"
    copies.mkdir()
    for name in ("app.json", "server.json"):  # in two runs
        ran = program("redact", "--key-file", str(tmp_path / "key"), "--output-dir", str(copies), str(tmp_path / name))
        assert ran.status == 0
    found = []
    for folder in (tmp_path, copies):
        ran = program("check", "--isolated", "-f", "json", str(folder / "app.json"), str(folder / "server.json"))
        found.append([each["code"] for each in json.loads(ran.out)["findings"]])
    assert found[0] == found[1]
    assert "KCH201" in found[0]


def test_copies_of_several_inputs_go_to_a_folder(program: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "app.ndjson.gz").write_bytes(gzip.compress(f"{TEXT}\n".encode()))
    (tmp_path / "server.ndjson").write_text(f"{TEXT}\n")
    copies = tmp_path / "copies"
    copies.mkdir()
    names = [str(tmp_path / name) for name in ("app.ndjson.gz", "server.ndjson")]
    assert program("redact", "--output-dir", str(copies), *names).status == 0
    assert (copies / "app.ndjson").read_text() == (copies / "server.ndjson").read_text()


def test_the_other_inputs_are_copied_if_one_is_broken_or_missing(program: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(TEXT)
    (tmp_path / "broken.json").write_text(TEXT[:-5])
    copies = tmp_path / "copies"
    copies.mkdir()
    names = [str(tmp_path / name) for name in ("missing.json", "broken.json", "good.json")]
    ran = program("redact", "--output-dir", str(copies), *names)
    assert ran.status == 4
    assert "missing.json: no such file" in ran.err
    assert [each.name for each in copies.iterdir()] == ["good.json"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("call.json", "call.json"), "need --output-dir"),
        (("--output-dir", "copies", "call.json", "call.json"), 'copied to "call.json"'),
        (("--output-dir", "nowhere", "call.json"), "no such folder"),
        (("--output-dir", ".", "call.json"), "would overwrite an input"),
        (("--output", "call.json", "call.json"), "would overwrite an input"),
        (("--output", "copy.json.gz", "call.json"), "not compressed"),
        (("--output", "key", "--key-file", "key", "call.json"), "would overwrite"),
        (("--output", "x", "--output-dir", "copies", "call.json"), "exclude each other"),
        (("--stdin-filename", "x.json", "call.json"), "standard input"),
        ((".",), "a folder; only files are copied"),
        (("--output-dir", "copies", "call.json", "."), "a folder; only files are copied"),
        ((), "Missing argument"),
    ],
)
def test_unclear_outputs_are_usage_errors(
    program: Callable[..., Ran],
    call: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(call.parent)
    (call.parent / "copies").mkdir()
    (call.parent / "key").write_text("x")
    ran = program("redact", *arguments)
    assert ran.status == 2
    assert message in ran.err
    assert call.read_text() == TEXT


def test_hosts_and_values_of_the_configuration_stay(program: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text('capture-hosts = ["events.shop.example"]\n')
    request = {"method": "POST", "url": "https://events.shop.example/v1/t", "postData": {"text": ""}}
    (tmp_path / "x.har").write_text(json.dumps({"log": {"entries": [{"request": request}]}}))
    ran = program("redact", "--config", str(tmp_path / "segkoch-lint.toml"), str(tmp_path / "x.har"))
    assert ran.status == 0
    assert "https://events.shop.example/v1/t" in ran.out
