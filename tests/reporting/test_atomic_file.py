"""Reports are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from segkoch_lint.errors import OutputError
from segkoch_lint.reporting.atomic_file import open_output


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    with open_output(str(target)) as stream:
        stream.write("é")
        assert not target.exists()
    assert target.read_text(encoding="utf-8") == "é"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert target.stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_old_report_remains_if_the_new_one_fails(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    target.chmod(0o640)

    def fail_half_way() -> None:
        with open_output(str(target)) as stream:
            stream.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    with open_output(str(target)) as stream:
        stream.write("new")
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_link_keeps_pointing_to_the_file_it_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with open_output(str(tmp_path / "link")) as stream:
        stream.write("x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "x"


def test_devices_are_written_directly() -> None:
    with open_output("/dev/null") as stream:
        stream.write("x")


def test_pipes_are_written_directly_also_by_the_names_that_shells_give_them() -> None:
    reading, writing = os.pipe()
    with open_output(f"/dev/fd/{writing}") as stream:
        stream.write("x")
    os.close(writing)
    assert os.read(reading, 99) == b"x"
    os.close(reading)


def test_a_folder_in_which_no_file_can_be_created_is_reported() -> None:
    with pytest.raises(OutputError, match="no file can be created there"), open_output("/proc/report.json"):
        pass


@pytest.mark.parametrize("path", ["/nowhere/report.json", "/dev/full"])
def test_what_cannot_be_written_is_an_output_error(path: str) -> None:
    with pytest.raises(OutputError, match=path), open_output(path) as stream:
        stream.write("x" * 100_000)


def test_a_folder_that_must_not_be_searched_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    tmp_path.chmod(0o755)
    folder.chmod(0)
    root = os.geteuid() == 0
    try:
        if root:  # whom nothing is forbidden
            os.seteuid(65534)
        for path in (folder / "out.json", folder / "further" / "out.json"):
            with pytest.raises(OutputError, match="permission denied"), open_output(str(path)):
                pass
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)


def test_the_mode_is_set_by_path_if_the_system_has_no_fchmod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fchmod")  # as on Windows
    target = tmp_path / "report.json"
    target.write_text("old")
    target.chmod(0o640)
    with open_output(str(target)) as stream:
        stream.write("new")
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_an_interruption_as_soon_as_the_file_is_created_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = os.open

    def interrupted(path: str, flags: int, mode: int) -> int:
        os.close(create(path, flags, mode))
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "open", interrupted)
    with pytest.raises(KeyboardInterrupt), open_output(str(tmp_path / "report.json")):
        pass
    assert list(tmp_path.iterdir()) == []
