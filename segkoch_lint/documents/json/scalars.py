"""Scalar values of JSON text with the keys above them, to mask those in a range that is shown.

A document has many values and a finding shows a few. So reading begins at a mark before the range, skips from bracket
to bracket up to it, and keeps nothing but marks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from segkoch_lint.documents.document import Boundary, Scalar
from segkoch_lint.documents.json.scanner import VALUE, key_text
from segkoch_lint.documents.json.tokens import STRING
from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key

# Possessive: the text before the next bracket holds none, so there is nothing to go back for.
_NEXT_BRACKET = re.compile(
    rf"""(?:[^"{{}}\[\]]++|{STRING}(?!\s*:\s*[{{\[]))*+(?:(?:({STRING})\s*:\s*)?([{{\[])|[}}\]])"""
)

_WORDS = frozenset({"null", "true", "false"})
"""Words that are never personal data."""

_BETWEEN_MARKS = 2048
"""Code points between two marks."""


class _Opened(NamedTuple):
    """An open object or array: the nearest key above its members, and the nearest key above that."""

    key: str | None
    parent: str | None


class _Mark(NamedTuple):
    """An offset between two values, and the keys and brackets there."""

    offset: int
    key: str | None
    parent: str | None
    around: tuple[_Opened, ...]


class ScalarReader:
    """A reader of the scalar values of valid JSON.

    Args:
        text: the JSON text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._marks = [_Mark(0, None, None, ())]

    def near(self, start: int, end: int, line: int) -> Iterator[Scalar | Boundary]:
        """Yield the values that overlap a range, in order, and the one after it.

        A `Boundary` replaces the values before the range.

        Args:
            start, end: the range.
            line: the offset of the line, from which offsets of the values count.
        """
        last_mark = self._marks[-1].offset
        offset, key, parent, opened = self._before(start)
        around = list(opened)
        before = offset
        for found in VALUE.finditer(self._text, offset):
            kind = found.lastindex
            if kind is None:
                key, parent = around.pop()
                continue
            name, text, opening, word = found.groups()
            if name is not None:
                key = name[1:-1] if "\\" not in name else key_text(name)
            if opening is not None:
                around.append(_Opened(key, parent))
                parent = _parent_inside(key, parent)
                continue
            if word in _WORDS:
                continue
            begin, finish = found.span(kind)
            if begin >= last_mark + _BETWEEN_MARKS:
                last_mark = begin
                self._marks.append(_Mark(begin, key, parent, tuple(around)))
            if finish <= start:
                before = finish
                continue
            if before:
                yield Boundary(before - line, before - line)
                before = 0
            yield Scalar(key, begin - line, finish - line, word if text is None else key_text(text), parent)
            if begin >= end:
                return
        if before:
            yield Boundary(before - line, before - line)

    def _before(self, start: int) -> _Mark:
        """Return the last position before *start* at which all open brackets are known: a mark, or after a bracket."""
        marks = self._marks
        mark = marks[max(0, bisect_right(marks, start, key=_offset) - 1)]
        offset, key, parent, opened = mark
        around = list(opened)
        while bracket := _NEXT_BRACKET.match(self._text, offset, start):
            offset = bracket.end()
            if bracket[2]:
                key = key_text(bracket[1]) if bracket[1] else key
                around.append(_Opened(key, parent))
                parent = _parent_inside(key, parent)
            else:
                key, parent = around.pop()
            if offset >= marks[-1].offset + _BETWEEN_MARKS:
                marks.append(_Mark(offset, key, parent, tuple(around)))
        return _Mark(offset, key, parent, tuple(around))


def _parent_inside(key: str | None, parent: str | None) -> str | None:
    """Return the parent key of the members of an object or array: a sensitive key applies at any depth below it."""
    return parent if key is None or (parent is not None and is_sensitive_key(parent)) else key


def _offset(mark: _Mark) -> int:
    return mark.offset
