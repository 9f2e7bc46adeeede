"""The fixed text of a file, written in its place."""

# Paths stay text, as given.
# ruff: noqa: PTH116, PTH123
from __future__ import annotations

import os

from segkoch_lint.errors import OutputError
from segkoch_lint.fixing.fixer import FixedFile
from segkoch_lint.inputs.watched_file import ChangedError
from segkoch_lint.reporting.atomic_file import open_output

_WRITABLE_BY_ANYONE = 0o222


def write(file: FixedFile) -> None:
    """Write the fixed text of a file: all of it, or nothing.

    A symbolic link stays, and its target is replaced. The mode stays, and the owner if that is allowed.

    Raises:
        OutputError: the file is read-only, or cannot be written, or was changed since it was read.
    """
    # A file can be replaced without the right to write to it, but a read-only file is meant to stay as it is.
    try:
        is_writable = os.access(file.path, os.W_OK) and os.stat(file.path).st_mode & _WRITABLE_BY_ANYONE
    except OSError as error:
        raise OutputError(f"{file.path}: cannot be written: {(error.strerror or str(error)).lower()}") from error
    if not is_writable:
        raise OutputError(f"{file.path}: cannot be written: it is read-only")
    with open_output(file.path, newline="") as stream:
        stream.buffer.write(file.after.stored)
        with open(file.path, "rb") as now:
            if now.read() != file.before.stored:
                raise ChangedError("it was changed while it was fixed")
