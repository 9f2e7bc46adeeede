"""What is shared out: which inputs are worth it, which can be, and in which parts."""

# Paths stay text, as they were given: `Path` would rewrite them.
# ruff: noqa: PTH116
from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from segkoch_lint.reading.inputs import Input, Unread
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.pieces import PIECE_BYTES, cut
from segkoch_lint.results import Part

WORTHWHILE_BYTES = 16 << 20
"""So much has to be read before processes are started for it: less is done by the time that they are up."""

_OWN = ("/dev/", "/proc/")
"""Where names mean another thing in each process: `/dev/stdin`, `/dev/fd/3`."""


def look_ahead(found: Iterator[Input | Unread]) -> tuple[list[Input | Unread], bool]:
    """Take inputs until they are worth sharing out; return them and whether they are."""
    taken: list[Input | Unread] = []
    total = 0
    for each in found:
        taken.append(each)
        total += _size(each) if isinstance(each, Input) else 0
        if total >= WORTHWHILE_BYTES:
            return taken, True
    return taken, False


def is_shareable(source: Input) -> bool:
    """Tell whether another process can read an input: a regular file, or something elsewhere."""
    return _size(source) > 0


def parts_of(found: Iterable[Input | Unread], limits: Limits) -> Iterator[Part | Unread]:
    """Yield the parts of inputs in their order; large files of JSON Lines come in pieces."""
    for each in found:
        if isinstance(each, Unread):
            yield each
            continue
        pieces = cut(each, limits, PIECE_BYTES) if is_shareable(each) else []
        for number, piece in enumerate(pieces, 1):
            yield Part(each, piece, last=number == len(pieces))
        if not pieces:
            yield Part(each, here=not is_shareable(each))


def _size(source: Input) -> int:
    """Return the bytes of what any process can read, and 0 for anything else, or what cannot be looked at."""
    if source.size:
        return source.size
    if source.stdin or source.path.startswith(_OWN):
        return 0
    try:
        status = os.stat(source.path)
    except (OSError, ValueError):
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
