"""The nesting of an offset in broken text, as brackets and indentation show them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from segkoch_lint.documents.json.tokens import brackets
from segkoch_lint.findings.redaction.sensitive_keys import may_name_an_id

_BEGINNING = re.compile(
    r"(?:[^\S\n]*(?:(?:#|//|---|%)[^\n]*)?\n)*(?:\s*(?:-\s+)*(?:[\[{]|\Z)|(?:-[ ]+)*[\w$.-]+[ ]*:(?=\s|\Z))"
)
"""The beginning of a complete text: comments, and a bracket or a bare key of YAML that is not indented."""

_BEFORE_WORD = re.compile(r"""[\s"'{}\[\],:-]*""")
_LONGEST_KEY = 120
"""Code points before a bracket that may hold its key."""

_MOST_LINES = 2000
"""Lines before an offset that are searched for keys with less indentation."""


class Nesting(NamedTuple):
    """What is open at an offset.

    Attributes:
        opened: the number of open brackets.
        inside: whether one of them, or a line with less indentation, could be under the key of an id; also if the text
            begins in the middle of another one, so that its keys are not known.
    """

    opened: int = 0
    inside: bool = False


UNKNOWN = Nesting(0, inside=True)
"""Nesting that was not computed: the offset could be under the key of an id."""


def nesting_at(text: str, end: int) -> Nesting:
    """Return the nesting of an offset of *text*."""
    opened: list[int] = []
    for offset, step in brackets(text, 0, end):
        if step > 0:
            opened.append(offset)
        elif opened:
            opened.pop()
    inside = (
        not _BEGINNING.match(text)
        or any(is_under_an_id(text, offset) for offset in opened)
        or any(map(may_name_an_id, _outer(text, end)))
    )
    return Nesting(len(opened), inside)


def is_under_an_id(text: str, bracket: int) -> bool:
    """Return whether a bracket could be under the key of an id."""
    return may_name_an_id(text[max(0, bracket - _LONGEST_KEY) : bracket])


def indentation(line: str) -> int:
    """Return the indentation of the first word of a line; punctuation before it may be damaged and counts as space."""
    before = _BEFORE_WORD.match(line)
    return before.end() if before else 0


def _outer(text: str, end: int) -> Iterator[str]:
    """Yield the lines before an offset with less indentation than all lines after them, inner ones first."""
    smallest: int | None = None
    at = text.rfind("\n", 0, end)
    for _ in range(_MOST_LINES):
        if at < 0 or smallest == 0:
            return
        start = text.rfind("\n", 0, at) + 1
        line = text[start:at]
        indent = indentation(line)
        if line.strip() and (smallest is None or indent < smallest):
            smallest = indent
            yield line
        at = start - 1
