"""Edits of a text: ranges to replace; all other text remains as it is."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class TextEdit(msgspec.Struct, frozen=True):
    """A range of a text, in code points, and its replacement."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[TextEdit]) -> str:
    """Return *text* with edits that do not overlap."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join(pieces) + text[at:]
