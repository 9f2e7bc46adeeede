"""Scalar values of JSON text with the keys they stand under: what has to be masked where a stretch of it is shown.

A log's line has many values and a finding shows a few: so reading begins at a mark near the stretch that is asked for,
and nothing is kept but the marks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from segkoch_lint.reading.documents import Token
from segkoch_lint.reading.json_scanner import STRING, key_text

_LEXEME = re.compile(rf"({STRING})([ \t\n\r]*:)?|([{{\[])|[}}\]]|[^\s{{}}\[\],:\"]+")
_STRING, _KEY, _OPENING = 1, 2, 3
"""Groups of it; the last one that matched tells what was found."""

_CLOSING = frozenset("]}")
_WORDS = frozenset({"null", "true", "false"})
"""What is nobody's id."""

_BETWEEN_MARKS = 512
"""Code points from one mark to the next."""


class _Opened(NamedTuple):
    """An object or list that stands around: the key that it stands under, and the nearest key outside of that."""

    key: str | None
    parent: str | None


class _Mark(NamedTuple):
    """A place between two values, and what is known there."""

    offset: int
    key: str | None
    parent: str | None
    around: tuple[_Opened, ...]


class ScalarReader:
    """Reads the scalar values of valid JSON from an offset on, which is no place inside a value.

    Args:
        text: the JSON text.
        begin: where to begin.
        key, parent: what to take for the keys of what was opened before.
    """

    def __init__(self, text: str, begin: int = 0, key: str | None = None, parent: str | None = None) -> None:
        self._text = text
        self._marks = [_Mark(begin, key, parent, ())]

    def near(self, start: int, end: int, line: int) -> Iterator[Token]:
        """Yield the values that touch a stretch, in order, after the last one before it and before the next one.

        Args:
            start, end: the stretch.
            line: where the line begins that the tokens count from.
        """
        marks = self._marks
        mark = marks[max(0, bisect_right(marks, start, key=_offset) - 1)]
        key, parent, around = mark.key, mark.parent, list(mark.around)
        unseen = _Opened(marks[0].key, marks[0].parent)
        next_mark = marks[-1].offset + _BETWEEN_MARKS
        before: tuple[str | None, str | None, re.Match[str]] | None = None
        for lexeme in _LEXEME.finditer(self._text, mark.offset):
            kind = lexeme.lastindex
            if kind == _KEY:
                key = key_text(lexeme[_STRING])
            elif kind == _OPENING:
                around.append(_Opened(key, parent))
                parent = parent if key is None else key
            elif kind is None and lexeme[0] in _CLOSING:
                key, parent = around.pop() if around else unseen
            elif kind == _STRING or lexeme[0] not in _WORDS:
                if lexeme.start() >= next_mark:
                    marks.append(_Mark(lexeme.start(), key, parent, tuple(around)))
                    next_mark = lexeme.start() + _BETWEEN_MARKS
                if lexeme.end() <= start:
                    before = (key, parent, lexeme)
                    continue
                if before is not None:
                    yield _token(*before, line)
                    before = None
                yield _token(key, parent, lexeme, line)
                if lexeme.start() >= end:
                    return
        if before is not None:
            yield _token(*before, line)


def _offset(mark: _Mark) -> int:
    return mark.offset


def _token(key: str | None, parent: str | None, lexeme: re.Match[str], line: int) -> Token:
    text = lexeme[0]
    if lexeme.lastindex == _STRING:
        text = key_text(text)
    return Token(key, lexeme.start() - line, lexeme.end() - line, text, parent)
