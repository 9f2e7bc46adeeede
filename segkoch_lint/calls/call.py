"""A call: one Segment message, and where it stands inside its document."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Protocol

import msgspec

from segkoch_lint.findings.position import Path
from segkoch_lint.findings.redaction.masking import mask_name

CALL_TYPES = ("track", "identify", "page", "screen", "group", "alias")
"""The six message types of Segment's HTTP API."""

LIBRARY_NAME: Path = ("context", "library", "name")
"""Where a call names the library that sent it."""

SENT_KEYS = ("messageId", "sentAt", "originalTimestamp", "receivedAt", "writeKey")
"""Members that a call has once it was sent: SDKs, or Segment's servers, add them."""


class Holding(Hashable, Protocol):
    """The columns of a table, or of one of its rows."""

    def holds(self, path: tuple[str, ...]) -> bool:
        """Tell whether there is a column for a member of a call, or for an object around it."""


class RowPlaces(Protocol):
    """How a row of a table stands for a call."""

    @property
    def columns(self) -> Holding:
        """The columns that the row has."""

    def written(self, path: Path) -> Path:
        """Return the member of the row that holds the value at *path* of the call; empty if no single one does."""

    def meant(self, path: Path) -> Path:
        """Return the path in the call of the value at *path* of the row; empty if it is no part of the call."""


class Call(msgspec.Struct, frozen=True):
    """One Segment message in Segment's own shape, its envelope already merged in.

    Attributes:
        message: the call; ``type`` is always there, a batch's ``context`` and ``integrations`` are merged in.
        path: where the call stands inside its document: ``()``, ``(4,)`` or ``("batch", 4)``.
        envelope: where the batch stands whose ``context`` and ``integrations`` were merged in, or None.
        certain: whether it is a call wherever it stands. Otherwise it is one only in an input that is claimed to hold
            calls (`segkoch_lint.calls.signs`).
        row: how the row stands for the call, if it is one of a table that is written as JSON or YAML.
    """

    message: Mapping[str, Any]
    path: Path = ()
    envelope: Path | None = None
    certain: bool = True
    row: RowPlaces | None = None


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return *over* with what only *under* has; objects merge deeply, for anything else *over* wins."""
    merged = dict(over)
    for key, value in under.items():
        if key not in over:
            merged[key] = value
        elif isinstance(value, Mapping) and isinstance(over[key], Mapping):
            merged[key] = merge(value, over[key])
    return merged


def was_sent(message: Mapping[str, Any]) -> bool:
    """Tell whether a call shows that it was sent, and is not just the arguments of a library's function.

    On the wire Segment reads `userId`, never `user_id`.
    """
    context = message.get("context")
    return any(key in message for key in SENT_KEYS) or (isinstance(context, Mapping) and "library" in context)


def library_of(message: Mapping[str, Any]) -> str:
    """Return the name of the library that sent a call, or an empty string; what looks like personal data is masked."""
    context = message.get("context")
    library = context.get("library") if isinstance(context, Mapping) else None
    name = library.get("name") if isinstance(library, Mapping) else None
    return mask_name(name) if isinstance(name, str) else ""
