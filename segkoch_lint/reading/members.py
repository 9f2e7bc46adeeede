"""Splits compact JSON into the texts of its members, without looking into these.

The parser checks the syntax of all it passes over. That no key stands twice is shown by writing the members out again:
a line that lost a member on the way comes out shorter.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from segkoch_lint.places import Path
from segkoch_lint.reading.lines import Extent

_WHOLE = (b"{}", b"[]")
"""First and last byte of a text that is an object or a list and nothing else."""

_members_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def compact_extent(text: bytes, path: Path) -> Extent | None:
    """Return the extent, in bytes, of the value at *path* of valid JSON, or None when only a scanner can tell it.

    It can be told where all objects around the value are compact and none of them repeats a key.
    """
    start, value = 0, text
    for step in path:
        try:
            members = _members_of(value)
        except (msgspec.ValidationError, UnicodeDecodeError):
            return None
        if step not in members or 1 + _length(members, members.values()) != len(value):
            return None
        before = list(members)[: list(members).index(str(step)) + 1]
        inner = members[step]
        start += _length(before, map(members.__getitem__, before)) - len(inner)
        value = bytes(inner)
    return (start, start + len(value)) if value[:1] + value[-1:] in _WHOLE or path else None


def compact_members(text: bytes) -> dict[str, msgspec.Raw] | None:
    """Return the texts of the members of an object, or None if it is none, not compact, or repeats a key.

    The syntax of the members is checked, whether they are UTF-8 is not.
    """
    try:
        members = _members_of(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return members if 1 + _length(members, members.values()) == len(text) or text == b"{}" else None


def _length(keys: Iterable[str], texts: Iterable[msgspec.Raw]) -> int:
    """Return the bytes of members as they stand in compact JSON: ``"key":text,`` each."""
    names = '":,"'.join(keys)
    return (len(names) if names.isascii() else len(names.encode())) + 4 + sum(map(len, texts))
