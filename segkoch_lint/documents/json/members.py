"""Extents of the members of JSON objects, found by a parser that does not decode them.

The parser checks the syntax of what it skips. The lengths of the members show that no key is repeated: a text of which
the parser dropped a member is longer than they are together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from segkoch_lint.findings.position import OffsetRange, Path

_WHOLE = (b"{}", b"[]")
"""First and last byte of a text that is one object or array."""

_SPACE = b" \t\r\n"
_SPACES = frozenset({b" ", b"\t", b"\r", b"\n"})

_BEFORE_VALUE = re.compile(rb'[ \t\r\n]*+,?+[ \t\r\n]*+"([^"\\]*+)"[ \t\r\n]*+:[ \t\r\n]*+')

_NOWHERE: OffsetRange = (0, 0)

_members_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def value_extents(text: bytes, paths: Iterable[Path]) -> list[OffsetRange] | None:
    """Return the extents of values in valid JSON, in bytes; an empty extent for a value that does not exist.

    Returns:
        None if only a scanner can find one of them, because an object above it has keys with escapes or repeats a key.
    """
    end = len(text.rstrip(_SPACE))
    whole = (end - len(text[:end].lstrip(_SPACE)), end)
    if text[whole[0] : whole[0] + 1] + text[end - 1 : end] not in _WHOLE:
        return None
    objects: dict[OffsetRange, dict[str, OffsetRange] | None] = {}
    extents: list[OffsetRange] = []
    for path in paths:
        extent = whole
        for step in path:
            if extent not in objects:
                objects[extent] = _extents_of_members(text, extent)
            members = objects[extent]
            if members is None or isinstance(step, int):
                return None
            extent = members.get(step, _NOWHERE)
            if extent == _NOWHERE:
                break
        extents.append(extent)
    return extents


def _extents_of_members(text: bytes, extent: OffsetRange) -> dict[str, OffsetRange] | None:
    """Return the extents of the members of the value at an extent; None if unknown."""
    value = text[slice(*extent)]
    if value[:1] != b"{":
        return {}
    members = None if value[1:2] in _SPACES else compact_members(value)
    if members is None:
        return _extents_between_space(text, *extent)
    extents: dict[str, OffsetRange] = {}
    start = extent[0] + 1
    for key, inner in members.items():
        start += len(key.encode()) + 3  # two quotes and a colon
        extents[key] = (start, start + len(inner))
        start += len(inner) + 1
    return extents


def _extents_between_space(text: bytes, start: int, end: int) -> dict[str, OffsetRange] | None:
    """Return the extents of the members of an object that is not compact; None if unknown."""
    try:
        members = _members_of(text[start:end])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    extents: dict[str, OffsetRange] = {}
    position = start + 1
    for key, inner in members.items():
        found = _BEFORE_VALUE.match(text, position, end)
        if found is None or found[1] != key.encode():
            return None
        position = found.end() + len(inner)
        extents[key] = (found.end(), position)
    return None if text[position : end - 1].strip(_SPACE) else extents


def compact_members(text: bytes) -> dict[str, msgspec.Raw] | None:
    """Return the texts of the members of an object; None for other values, and if it is not compact or repeats a key.

    The syntax of the members is checked, but not whether they are UTF-8.
    """
    try:
        members = _members_of(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return members if 1 + _length(members, members.values()) == len(text) or text == b"{}" else None


def _length(keys: Iterable[str], texts: Iterable[msgspec.Raw]) -> int:
    """Return the bytes of members in compact JSON: ``"key":text,`` each."""
    names = '":,"'.join(keys)
    return (len(names) if names.isascii() else len(names.encode())) + 4 + sum(map(len, texts))
