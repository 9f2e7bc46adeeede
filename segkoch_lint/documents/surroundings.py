"""What stands around a place in broken text, as far as brackets and indentation tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from segkoch_lint.documents.json.tokens import brackets
from segkoch_lint.findings.redaction.sensitive_keys import may_name_an_id

_BEFORE_WORD = re.compile(r"""[\s"'{}\[\],:-]*""")
_LONGEST_KEY = 120
"""Code points before a bracket in which its key is looked for."""

_MOST_LINES = 2000
"""Lines before a place that are looked at for keys that are indented less."""


class Surroundings(NamedTuple):
    """What stands around a place.

    Attributes:
        opened: brackets that are open there.
        inside: whether one of them, or a line that is indented less, could be under the key of an id.
    """

    opened: int = 0
    inside: bool = False


UNKNOWN = Surroundings(0, inside=True)
"""Where nobody has looked: anything could stand under the key of an id."""


def surroundings(text: str, end: int) -> Surroundings:
    """Return what stands around an offset of *text*."""
    opened: list[int] = []
    for offset, step in brackets(text, 0, end):
        if step > 0:
            opened.append(offset)
        elif opened:
            opened.pop()
    inside = any(is_under_an_id(text, offset) for offset in opened) or any(map(may_name_an_id, _outer(text, end)))
    return Surroundings(len(opened), inside)


def is_under_an_id(text: str, bracket: int) -> bool:
    """Return whether what a bracket opens could stand under the key of an id."""
    return may_name_an_id(text[max(0, bracket - _LONGEST_KEY) : bracket])


def indentation(line: str) -> int:
    """Return how far the first word of a line is indented; what else stands before it may be damaged."""
    before = _BEFORE_WORD.match(line)
    return before.end() if before else 0


def _outer(text: str, end: int) -> Iterator[str]:
    """Yield the lines before an offset that all lines up to it are indented more than, inner ones first."""
    deepest: int | None = None
    at = text.rfind("\n", 0, end)
    for _ in range(_MOST_LINES):
        if at < 0 or deepest == 0:
            return
        start = text.rfind("\n", 0, at) + 1
        line = text[start:at]
        margin = indentation(line)
        if line.strip() and (deepest is None or margin < deepest):
            deepest = margin
            yield line
        at = start - 1
