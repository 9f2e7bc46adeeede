"""A file is written complete, and only if it is what was shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from segkoch_lint.errors import OutputError
from segkoch_lint.setup.file_change import FileChange


def test_a_new_file_is_written_with_its_folders(tmp_path: Path) -> None:
    change = FileChange("a/b/c.txt", None, "x\r\ny\n")
    assert list(change.diff()) == ["--- /dev/null", "+++ b/a/b/c.txt", "@@ -0,0 +1,2 @@", "+x", "+y"]
    change.write(tmp_path)
    assert (tmp_path / "a/b/c.txt").read_bytes() == b"x\r\ny\n"


@pytest.mark.parametrize("before", [None, "old"])
def test_what_somebody_else_has_changed_since_is_kept(tmp_path: Path, before: str | None) -> None:
    (tmp_path / "a.txt").write_text("theirs")
    with pytest.raises(OutputError, match="changed while"):
        FileChange("a.txt", before, "mine").write(tmp_path)
    assert (tmp_path / "a.txt").read_text() == "theirs"


def test_the_target_of_a_link_is_changed_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("old")
    target.chmod(0o640)
    (tmp_path / "link").symlink_to(target)
    FileChange("link", "old", "new").write(tmp_path)
    assert (tmp_path / "link").is_symlink()
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with pytest.raises(OutputError, match=r"a/b\.txt"):
        FileChange("a/b.txt", None, "x").write(tmp_path)
