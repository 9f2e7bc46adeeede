"""A fixed file is written whole, in its place, or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.errors import OutputError
from segkoch_lint.fixing.fixer import FixedFile, Fixer
from segkoch_lint.fixing.writer import write
from tests.fixing.calls import call

FAULTY, FIXED = json.dumps(call()), json.dumps(call(fixed=True))


def fixed(path: Path) -> FixedFile:
    (found,) = Fixer(Settings()).files([str(path)])
    assert isinstance(found, FixedFile)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "call.json"
    made.write_text(FAULTY)
    return made


def test_the_mode_stays(path: Path) -> None:
    path.chmod(0o640)
    write(fixed(path))

    assert path.read_text() == FIXED
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_stays(path: Path) -> None:
    os.chown(path, 1234, 2345)
    write(fixed(path))

    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)


def test_a_link_stays_and_its_target_is_fixed(path: Path) -> None:
    link = path.with_name("link.json")
    link.symlink_to(path.name)
    write(fixed(link))

    assert link.is_symlink()
    assert path.read_text() == FIXED


def test_a_file_that_was_changed_since_it_was_read_stays(path: Path) -> None:
    found = fixed(path)
    path.write_text("changed")
    with pytest.raises(OutputError, match="it was changed while it was fixed"):
        write(found)

    assert path.read_text() == "changed"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_gone_stays_gone(path: Path) -> None:
    found = fixed(path)
    path.unlink()
    with pytest.raises(OutputError, match="cannot be written"):
        write(found)

    assert list(path.parent.iterdir()) == []


def test_a_read_only_file_stays(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(OutputError, match="it is read-only"):
        write(fixed(path))

    assert path.read_text() == FAULTY
