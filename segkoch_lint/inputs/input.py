"""An input to read, and an input that could not be read."""

from __future__ import annotations

import errno
from enum import Enum
from typing import Self

import msgspec

from segkoch_lint.inputs.remote import NOT_FOUND

STDIN_PATHS = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")

UNFINISHED_ENDING = ".segkoch-lint.tmp"
"""Endings of the names of files that a run is writing, which are not its inputs."""

LEADS_NOWHERE = "a symbolic link that leads nowhere"

_REASONS = {
    errno.ENOENT: "no such file or folder",
    errno.ENOTDIR: "no such file or folder",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ELOOP: "a symbolic link that leads to itself",
    errno.ENXIO: "not a regular file",
}


MISSING = frozenset({_REASONS[errno.ENOENT], NOT_FOUND, LEADS_NOWHERE})
"""Reasons for an unreadable input that mean that it does not exist."""


class Input(msgspec.Struct, frozen=True):
    """An input that may hold calls.

    Attributes:
        path: as it is shown: as given; for a walked file, the given folder with the path below it.
        stdin: whether it is standard input, whatever the path is.
        named: whether the user named it; False if it was found in a folder or by a glob.
        claimed: whether it is claimed to hold calls: it was named so, it is standard input, or the configuration's
            ``events`` match it.
    """

    path: str
    stdin: bool = False
    named: bool = True
    claimed: bool = True


class UnreadableInput(msgspec.Struct, frozen=True):
    """An input that is missing or cannot be read: the run is incomplete.

    Attributes:
        path: as it is shown.
        reason: why, in a few words.
    """

    path: str
    reason: str

    @classmethod
    def because(cls, path: str, error: OSError | ValueError) -> Self:
        """Return why something could not be opened, as text; a ``ValueError`` is a path that no file can have."""
        if isinstance(error, OSError):
            return cls(path, _REASONS.get(error.errno or 0, error.strerror or "cannot be read"))
        return cls(path, "no file can have this name")


class SkipReason(Enum):
    """Why a path is not read, in words."""

    EXCLUDED = "excluded by the configuration"
    GIT_IGNORED = "ignored by git"
    LINK = "a symbolic link to a folder"
    NOT_REGULAR = "not a regular file"
    NO_CALLS = "does not look like calls"


class SkippedPath(msgspec.Struct, frozen=True):
    """A file or folder that was found and is not read.

    Attributes:
        path: as it is shown; that of a folder ends with a slash.
        reason: why.
    """

    path: str
    reason: SkipReason
