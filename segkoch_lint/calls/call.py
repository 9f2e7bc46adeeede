"""A call: one Segment message, and its place inside a document."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Protocol

import msgspec

from segkoch_lint.findings.position import Path
from segkoch_lint.findings.redaction.masking import mask_name

CALL_TYPES = ("track", "identify", "page", "screen", "group", "alias")
"""The six message types of Segment's HTTP API."""

LIBRARY_NAME: Path = ("context", "library", "name")
"""The path of the name of the library that sent a call."""

SENT_KEYS = ("messageId", "sentAt", "originalTimestamp", "receivedAt", "writeKey")
"""Members that SDKs or Segment's servers add to a call when it is sent."""


class ColumnSet(Hashable, Protocol):
    """The columns of a table, or of one of its rows, by the members of calls that they hold."""

    def holds(self, path: tuple[str, ...]) -> bool:
        """Return whether there is a column for a member of a call, or for an object around it."""


class RowPlaces(Protocol):
    """The relation between the row of a table and the call that it holds."""

    @property
    def columns(self) -> ColumnSet:
        """The columns of the row."""

    def written(self, path: Path) -> Path:
        """Return the path in the row of the value at *path* of the call; empty if no single member holds it."""

    def meant(self, path: Path) -> Path:
        """Return the path in the call of the value at *path* of the row; empty if it is not part of the call."""


class Call(msgspec.Struct, frozen=True):
    """One Segment message in Segment's own shape, its envelope already merged in.

    Attributes:
        message: the call. It has a ``type``; the ``context`` and ``integrations`` of its batch are merged in.
        path: of the call inside its document: ``()``, ``(4,)`` or ``("batch", 4)``.
        envelope: the path of the batch whose ``context`` and ``integrations`` were merged in, or None.
        certain: whether it is a call in any input. Otherwise it is one only in an input that is expected to hold calls
            (`segkoch_lint.calls.signs`).
        row: the row that holds the call, if it is one of a table that is written as JSON or YAML.
    """

    message: Mapping[str, Any]
    path: Path = ()
    envelope: Path | None = None
    certain: bool = True
    row: RowPlaces | None = None


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return *over* with the members that only *under* has; objects are merged recursively."""
    merged = dict(over)
    for key, value in under.items():
        if key not in over:
            merged[key] = value
        elif isinstance(value, Mapping) and isinstance(over[key], Mapping):
            merged[key] = merge(value, over[key])
    return merged


def was_sent(message: Mapping[str, Any]) -> bool:
    """Return whether a call was sent, and is not just the arguments of a library's function.

    Segment reads `userId` of calls that were sent, never `user_id`.
    """
    context = message.get("context")
    return any(key in message for key in SENT_KEYS) or (isinstance(context, Mapping) and "library" in context)


def library_of(message: Mapping[str, Any]) -> str:
    """Return the name of the library that sent a call, or an empty string. Personal data in it is masked."""
    context = message.get("context")
    library = context.get("library") if isinstance(context, Mapping) else None
    name = library.get("name") if isinstance(library, Mapping) else None
    return mask_name(name) if isinstance(name, str) else ""
