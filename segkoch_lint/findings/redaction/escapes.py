"""Unescaping of JSON, YAML, URLs and HTML, with the offset at which each character was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

_ESCAPE = re.compile(
    r"""
      (?:%[0-9a-fA-F]{2})+                                                 # URLs
    | \\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\})  # JSON, YAML, JavaScript
    | \\[^uUx]                                                             # any other character
    | &(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});              # HTML
    """,
    re.VERBOSE | re.DOTALL,
)

_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}

MOST_LEVELS = 8
"""How many times a text is unescaped: escapes can be escaped."""


class Unescaped(msgspec.Struct, frozen=True):
    """A text without its escapes.

    Attributes:
        text: the text.
        starts: the offset of each code point in the text as written, and at last that text's length.
        has_more: whether the text still has escapes.
    """

    text: str
    starts: Sequence[int]
    has_more: bool = False

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Return the range in the text as written of a range of this text."""
        return self.starts[start], self.starts[end]


def unescaped(text: str) -> Iterator[Unescaped]:
    """Yield *text* unescaped once, twice, and so on, until it has no escapes or `MOST_LEVELS` is reached."""
    level = Unescaped(text, range(len(text) + 1), has_more=_has_escapes(text))
    for _ in range(MOST_LEVELS):
        if not level.has_more:
            return
        level = _without_escapes(level)
        yield level


def unescape(text: str) -> str:
    """Return *text* with all its escapes undone."""
    for level in unescaped(text):
        text = level.text
    return text


def _has_escapes(text: str) -> bool:
    return ("\\" in text or "%" in text or "&" in text) and any(map(_undone, _ESCAPE.finditer(text)))


def _without_escapes(level: Unescaped) -> Unescaped:
    text, starts = level.text, level.starts
    pieces: list[str] = []
    kept: list[int] = []
    at = 0
    for found in _ESCAPE.finditer(text):
        undone = _undone(found)
        if undone:
            pieces.append(text[at : found.start()])
            kept.extend(starts[at : found.start()])
            at = found.start()
            for character, length in undone:
                pieces.append(character)
                kept.append(starts[at])
                at += length
    pieces.append(text[at:])
    kept.extend(starts[at:])
    new = "".join(pieces)
    return Unescaped(new, kept, has_more=_has_escapes(new))


def _undone(found: re.Match[str]) -> list[tuple[str, int]]:
    """Return the characters of an escape, each with the code points that it takes as written; none if unknown."""
    escape = found[0]
    if escape[0] == "%":
        return _from_url(bytes.fromhex(escape.replace("%", "")))
    if escape[0] == "&":
        import html  # noqa: PLC0415 - hardly any text has such escapes

        character = html.unescape(escape)
        return [(character, len(escape))] if len(character) == 1 else []
    if len(escape) == 2:
        return [(_CONTROLS.get(escape[1], escape[1]), 2)]
    number = int(escape[2:].strip("{}"), 16)
    return [(chr(number), len(escape))] if number <= 0x10FFFF else []


def _from_url(encoded: bytes) -> list[tuple[str, int]]:
    try:
        return [(character, 3 * len(character.encode())) for character in encoded.decode()]
    except UnicodeDecodeError:
        return [(chr(byte), 3) for byte in encoded]
