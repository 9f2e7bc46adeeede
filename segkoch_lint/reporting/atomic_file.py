"""Atomic writing: a file is complete or does not appear."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TextIO

from segkoch_lint.errors import OutputError
from segkoch_lint.inputs.input import UNFINISHED_ENDING


@contextmanager
def open_output(path: str, *, newline: str | None = None) -> Iterator[TextIO]:
    """Open a temporary file for writing, which gets the name *path* when it is complete and on the disk.

    Devices and pipes are written directly. The target of a symbolic link is replaced, not the link.

    Args:
        path: the file.
        newline: as for `open`; if it is empty, line ends are written as they are.

    Raises:
        OutputError: the file cannot be written.
    """
    given = Path(path)
    target = Path(os.path.realpath(path))  # not a path if a shell passes a pipe
    try:
        if given.exists() and not given.is_file():
            with given.open("w", encoding="utf-8", newline=newline) as stream:
                yield stream
            return
        unfinished = target.parent / f".{target.name}.{os.urandom(4).hex()}{UNFINISHED_ENDING}"
        try:  # around the creation, too: a signal may arrive as soon as the file is there
            with open(unfinished, "x", encoding="utf-8", newline=newline, opener=_private) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                _set_mode(stream, target)
            unfinished.replace(target)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {_reason(error, target)}") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _reason(error: OSError, target: Path) -> str:
    """Return why *target* cannot be written, in words."""
    # `Path.is_dir` fails if a folder must not be searched.
    if os.path.isdir(target):  # noqa: PTH112
        return "it is a folder"
    if isinstance(error, FileNotFoundError | NotADirectoryError) and not os.path.isdir(target.parent):  # noqa: PTH112
        return f"there is no folder {target.parent}"
    if isinstance(error, FileNotFoundError):
        return "no file can be created there"
    return (error.strerror or str(error)).lower()


def _set_mode(stream: IO[str], target: Path) -> None:
    """Give a temporary file, which is private, the mode of the file that it replaces, or else that of a new file.

    It also gets the owner and group of the file, if that is allowed.
    """
    if target.exists():
        status = target.stat()
        mode = status.st_mode & 0o7777
        if hasattr(os, "fchown"):
            with suppress(OSError):
                os.fchown(
                    stream.fileno(), status.st_uid, status.st_gid
                )  # before the mode, some bits of which it clears
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    if hasattr(os, "fchmod"):
        os.fchmod(stream.fileno(), mode)
    else:  # Windows
        Path(stream.name).chmod(mode)
