"""A call: one Segment message, and where it stands inside its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segkoch_lint.masking import mask_name
from segkoch_lint.places import Path

CALL_TYPES = ("track", "identify", "page", "screen", "group", "alias")
"""The six message types of Segment's HTTP API."""


@dataclass(frozen=True, slots=True)
class Call:
    """One Segment message in Segment's own shape, its envelope already merged in.

    Attributes:
        message: the call; ``type`` is always there, a batch's ``context`` and ``integrations`` are merged in.
        path: where the call stands inside its document: ``()``, ``(4,)`` or ``("batch", 4)``.
        envelope: where the batch stands whose ``context`` and ``integrations`` were merged in, or None.
    """

    message: Mapping[str, Any]
    path: Path = ()
    envelope: Path | None = None


def library_of(message: Mapping[str, Any]) -> str:
    """Return the name of the library that sent a call, or an empty string; what looks like personal data is masked."""
    context = message.get("context")
    library = context.get("library") if isinstance(context, Mapping) else None
    name = library.get("name") if isinstance(library, Mapping) else None
    return mask_name(name) if isinstance(name, str) else ""
