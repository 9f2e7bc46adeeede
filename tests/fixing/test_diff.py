"""A diff shows what would change; ids are masked, and only without masks can it be applied."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.config.settings import Settings
from segkoch_lint.fixing.diff import DiffWriter
from segkoch_lint.fixing.fixer import FixedFile, Fixer
from segkoch_lint.fixing.stored_text import StoredText
from tests.conftest import IOS_CALL
from tests.fixing.calls import HEX, UUID, call

WRITER = DiffWriter(Settings())
EVERYTHING = DiffWriter(Settings(), show_ids=True)


def file_of(before: str, after: str, path: str = "a.json") -> FixedFile:
    return FixedFile(path, StoredText(before.encode()), StoredText(after.encode()), Counter())


def diff(tmp_path: Path, name: str, text: str, writer: DiffWriter = WRITER) -> list[str]:
    (tmp_path / name).write_text(text)
    (found,) = Fixer(Settings()).files([str(tmp_path / name)])
    assert isinstance(found, FixedFile)
    return list(writer.lines(found))


def test_changed_lines_are_shown_with_lines_around_them(tmp_path: Path) -> None:
    lines = diff(tmp_path, "a.json", json.dumps(call(), indent=2) + "\n")

    assert lines[:2] == [f"--- {tmp_path}/a.json", f"+++ {tmp_path}/a.json"]
    assert lines[2] == "@@ -4,9 +4,9 @@"
    assert '-      "type": " iOS",' in lines
    assert '+      "type": "ios",' in lines
    assert '       "adTrackingEnabled": true,' in lines
    assert lines[-3:] == ['+    "Kochava": true', "   }", " }"]


def test_no_id_is_shown(tmp_path: Path) -> None:
    """Not even one that its key or its shape does not give away."""
    secret = {**IOS_CALL, "userId": "Jane Doe", "properties": {"who": "Jane Doe", "seen": UUID}}
    text = "\n".join(map(json.dumps, [secret, {**secret, **call(), "userId": "Jane Doe"}, secret]))
    shown = "\n".join(diff(tmp_path, "a.jsonl", text))

    assert "iOS" in shown
    assert not any(each in shown for each in ("Jane", UUID, HEX, HEX[4:-4], IOS_CALL["context"]["device"]["id"]))


def test_what_is_around_a_call_in_an_envelope_is_hidden(tmp_path: Path) -> None:
    envelope = {"detail": IOS_CALL, "detail-type": "x", "source": "y", "note": "hunter2"}
    lines = diff(tmp_path, "a.jsonl", "\n".join(map(json.dumps, [envelope, call()])))

    assert lines[3] == " …"


def test_ids_are_shown_on_request(tmp_path: Path) -> None:
    shown = diff(tmp_path, "a.json", json.dumps(call(), indent=2), EVERYTHING)

    assert f'-      "advertisingId": "{HEX}",' in shown
    assert f'+      "advertisingId": "{UUID}",' in shown
    assert shown[-1] == "\\ No newline at end of file"


def test_control_characters_are_escaped() -> None:
    (line,) = [each for each in EVERYTHING.lines(file_of("\x1b[31m\ta\n", "b\n")) if each.startswith("-\\")]

    assert line == "-\\u{1b}[31m\ta"


LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "\te\r", ""]), max_size=20)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n"]))


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("patch"), reason="there is no patch")
@pytest.mark.usefixtures("unmeasured_programs")
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_diff_with_ids_can_be_applied(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.json"
    (tmp_path / "a.diff").write_text(
        "\n".join(diff(tmp_path, "a.json", mark + json.dumps([call()] * 9), EVERYTHING)) + "\n"
    )
    subprocess.run(["patch", str(path), str(tmp_path / "a.diff")], check=True, capture_output=True)

    assert path.read_text() == mark + json.dumps([call(fixed=True)] * 9)


@given(TEXTS, TEXTS)
def test_a_diff_leads_from_one_text_to_the_other(before: str, after: str) -> None:
    assert applied(before, list(EVERYTHING.lines(file_of(before, after, "a.txt")))) == after


def applied(before: str, lines: list[str]) -> str:
    """Return the text that a diff makes of another, whose lines it has to name rightly."""
    old = (
        before.splitlines(keepends=True) if "\r" not in before else before.replace("\r", "\0").splitlines(keepends=True)
    )
    old = [line.replace("\0", "\r") for line in old]
    made: list[str] = []
    at = 0
    for number, line in enumerate(lines[2:], 2):
        end = "" if lines[number + 1 : number + 2] == ["\\ No newline at end of file"] else "\n"
        if line.startswith("@@"):
            start, _, length = line.split()[1].removeprefix("-").partition(",")
            first = int(start) - (length != "0")
            made += old[at:first]
            at = first
        elif line[0] == "+":
            made.append(line[1:] + end)
        elif line[0] in "- ":
            assert old[at] == line[1:] + end
            made += [old[at]] * (line[0] == " ")
            at += 1
    return "".join(made + old[at:])
