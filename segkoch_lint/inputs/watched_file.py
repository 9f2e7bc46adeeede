"""A file that is watched while it is read, so that missing data is reported if it is cut or replaced."""

from __future__ import annotations

import os
from typing import NamedTuple, Self


class ChangedError(OSError):
    """A file has changed since reading began.

    Args:
        message: what happened to it, in a few words.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.strerror = message


class FileIdentity(NamedTuple):
    """The identity and size of a file at one time.

    Attributes:
        device, inode: identify the file, whatever its name.
        size: bytes.
    """

    device: int
    inode: int
    size: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """Return the identity of a file from its status."""
        return cls(status.st_dev, status.st_ino, status.st_size)

    def check(self, descriptor: int) -> None:
        """Check that a file that was opened by its name is this one, and has not become smaller.

        Raises:
            ChangedError: it is another one, or smaller.
        """
        found = FileIdentity.of(os.fstat(descriptor))
        if found[:2] != self[:2]:
            raise ChangedError("it was replaced while it was read")
        if found.size < self.size:
            raise ChangedError(_cut(found.size, self.size))


_LEAST = 1 << 14
"""The least number of bytes to ask of a file; some files have no size."""


class WatchedFile:
    """A regular file that is read from a position to its end.

    Args:
        descriptor: of the file, at that position.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._position = os.lseek(descriptor, 0, os.SEEK_CUR)
        self._largest = os.fstat(descriptor).st_size
        self._cut: ChangedError | None = None

    def read(self, size: int) -> bytes:
        """Return at most *size* bytes, and none at the end.

        Raises:
            ChangedError: the file has become smaller, and not all of it was read; after the bytes that could be read.
        """
        if self._cut is not None:
            raise self._cut
        # A larger buffer would be allocated and shrunk.
        chunk = os.read(self._descriptor, min(size, max(self._largest - self._position + 1, _LEAST)))
        self._position += len(chunk)
        found = os.fstat(self._descriptor).st_size
        if found < self._largest and self._position < self._largest:
            self._cut = ChangedError(_cut(found, self._largest))
            if not chunk:
                raise self._cut
        self._largest = max(self._largest, found)
        return chunk


def _cut(size: int, before: int) -> str:
    return f"it was cut from {before:,} to {size:,} bytes while it was read"
