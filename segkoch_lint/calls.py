"""A call: one Segment message, and where it stands inside its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
