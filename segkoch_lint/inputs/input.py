"""What there is to read, and what could not be read."""

from __future__ import annotations

import errno
from typing import Self

import msgspec

from segkoch_lint.inputs.remote import NOT_FOUND

STDIN_PATHS = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")

UNFINISHED_ENDING = ".segkoch-lint.tmp"
"""How the names of files end that a run is still writing: they are none of its inputs."""

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
"""The reasons why an input is not read that mean that there is none."""


class Input(msgspec.Struct, frozen=True):
    """Something to read calls from.

    Attributes:
        path: as it is shown: as given; of a walked file, the given folder with the path below it.
        stdin: whether it is standard input, whatever the path says.
        named: whether the user named it itself; False when a folder or a glob led to it.
        claimed: whether somebody says that it holds calls: it was named as one that does, it is standard input, or the
            configuration's ``events`` match it.
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
        """Put into words why something could not be opened; a ``ValueError`` is a path that no file can have."""
        if isinstance(error, OSError):
            return cls(path, _REASONS.get(error.errno or 0, error.strerror or "cannot be read"))
        return cls(path, "no file can have this name")
