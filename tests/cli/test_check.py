"""`segkoch-lint check`, as a user meets it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest

from segkoch_lint import resources
from segkoch_lint.cli import check
from tests.conftest import IOS_CALL, Ran

Program = Callable[..., Ran]

pytestmark = pytest.mark.usefixtures("events_folder")


def test_a_good_call_passes(program: Program) -> None:
    assert program("check", "good.json") == Ran(
        0,
        "1 call read: 1 checked. Of the checked ones: 1 ready, 0 limited, 0 faulty.\nNo findings.\n",
        "",
    )


def test_a_bad_call_fails_with_its_place(program: Program) -> None:
    ran = program("check", "bad.json")
    assert ran.status == 1
    assert ran.err == ""
    assert 'bad.json:7:12: error KCH103 invalid-device-type  context.device.type is "iOS"' in ran.out
    assert "c9a3f1d27b5e8460" not in ran.out
    assert "c9a3f1d27b5e8460" in program("check", "--show-ids", "bad.json").out


def test_without_a_path_the_working_directory_is_linted(program: Program) -> None:
    assert "2 calls read: 2 checked." in program("check").out


def test_a_glob_that_the_shell_did_not_expand_is_expanded(program: Program) -> None:
    assert "1 call read" in program("check", "g*.json").out


def test_an_empty_path_is_shown_as_such(program: Program) -> None:
    ran = program("check", "")
    assert (ran.status, ran.err) == (4, 'Error: "": no such file or folder\n')


def test_a_glob_that_matches_nothing_is_reported_and_the_others_are_linted(program: Program) -> None:
    ran = program("check", "g*.json", "gone/*.json")
    assert (ran.status, ran.err) == (0, "Note: gone/*.json: no file matches this pattern\n")
    assert "1 call read" in ran.out


@pytest.mark.parametrize("path", ["*.nothing", "empty"])
def test_nothing_to_check_has_its_own_exit_status(path: str, program: Program, events_folder: Path) -> None:
    (events_folder / "empty").mkdir()
    ran = program("check", path)
    assert ran.status == 3
    assert "Nothing was checked" in ran.out
    assert program("check", "--allow-empty", path).status == 0


def test_a_missing_file_is_reported_and_the_others_are_linted(program: Program) -> None:
    ran = program("check", "gone.json", "bad.json")
    assert ran.status == 4
    assert "gone.json" in ran.err
    assert "KCH103" in ran.out
    assert "Incomplete: 1 input could not be read" in ran.out


@pytest.mark.parametrize(
    ("options", "place"), [([], "-:7:12"), (["--stdin-filename", "captured.json"], "captured.json:7:12")]
)
def test_standard_input_is_read_and_named(
    options: list[str], place: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("bad.json").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert f"{place}: error KCH103" in program("check", "-", *options).out


def test_a_name_for_standard_input_is_an_error_if_it_is_not_read(program: Program) -> None:
    assert program("check", "--stdin-filename", "x", "good.json").status == 2


def test_a_tracking_plan_is_recognised_and_not_linted(program: Program, events_folder: Path) -> None:
    (events_folder / "plan.json").write_text('{"rules":{"events":[]}}')
    ran = program("check", "plan.json")
    assert ran.status == 3
    assert "plan.json: a tracking plan, not events" in ran.err


def test_apps_and_servers_are_compared_whatever_the_memory(program: Program, tmp_path: Path) -> None:
    both = tmp_path / "both"
    both.mkdir()
    for name, library, ending in (("app", "analytics-swift", "1"), ("server", "analytics-ruby", "2")):
        device = {**IOS_CALL["context"]["device"], "id": f"5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F6{ending}"}
        call = {**IOS_CALL, "context": {**IOS_CALL["context"], "device": device, "library": {"name": library}}}
        (both / f"{name}.json").write_text(json.dumps(call))
    ran = program("check", "--memory", "256MiB", str(both))
    assert ran.status == 1
    assert "KCH201 device-id-mismatch" in ran.out
    assert "Users: 1 compared between app and servers.\n" in ran.out
    report = json.loads(program("check", "-f", "json", str(both)).out)
    jsonschema_rs.validate(resources.load("report"), report)
    assert report["summary"]["identity"] == {"users": 1, "compared": 1, "not_comparable": {}}
    assert report["findings"][0]["properties"] == {"calls": 1, "libraries": ["analytics-ruby"]}


def test_a_run_over_a_large_log_says_how_to_install_the_native_core(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "log.ndjson"
    file.write_text(json.dumps(IOS_CALL) * 3)
    monkeypatch.setattr(check, "LARGE_BYTES", file.stat().st_size)
    for there in (True, False):
        monkeypatch.setattr(check, "has_core", lambda there=there: there)
        assert ("the native core is not installed" in program("check", "--isolated", str(file)).err) is not there
    monkeypatch.setattr(check, "LARGE_BYTES", file.stat().st_size + 1)
    assert program("check", "--isolated", str(file)).err == ""


def test_a_missing_file_is_one_line_on_standard_error(program: Program, tmp_path: Path) -> None:
    ran = program("check", "--isolated", str(tmp_path / "gone.json"))
    assert (ran.status, ran.out) == (4, "")
    assert ran.err == f"Error: {tmp_path / 'gone.json'}: no such file or folder\n"


@pytest.mark.parametrize("name", ["x.ndjson", "x.yaml", "x.log"])
def test_an_empty_file_is_called_empty(program: Program, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    ran = program("check", "--isolated", str(tmp_path / name))
    assert ran.status == 3
    assert ran.err == f"Note: {tmp_path / name}: the file is empty\n"
    assert program("check", "--isolated", str(tmp_path)).err == ""


@pytest.mark.parametrize(
    ("name", "head"),
    [("bzip2", b"BZh91AY&SY"), ("zip", b"PK\x03\x04\x14"), ("xz", b"\xfd7zXZ\x00\x00"), ("7z", b"7z\xbc\xaf\x27\x1c")],
)
def test_other_compressions_are_not_read(program: Program, tmp_path: Path, name: str, head: bytes) -> None:
    file = tmp_path / "calls.json"
    file.write_bytes(head + b"xxxxxxxx")
    ran = program("check", "--isolated", str(file))
    assert ran.status == 4
    assert f"unsupported compression: {name}; decompress it, or use gzip or zstandard" in ran.err
