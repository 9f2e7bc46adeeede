"""The comments in YAML that are addressed to this program, found by the scanner: a `#` in a string is no comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import yaml

from segkoch_lint.documents.line_table import LineTable

MARKER = "segkoch-lint:"

_ADDRESSED = re.compile(rf"(?:^|#)\s*{MARKER}\s*(.*?)\s*$")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING = (yaml.ValueToken, yaml.BlockEntryToken)
_OUTSIDE = (yaml.StreamStartToken, yaml.DirectiveToken, yaml.DocumentStartToken)


class Comment(msgspec.Struct, frozen=True):
    """A comment that begins with `MARKER`.

    Attributes:
        text: what follows the marker.
        line, column: where the comment begins, 1-based.
        lines: the lines that it is about: its own, if it follows a value there; the next line with a value, if it has
            a line of its own or follows a key whose value is on the lines after it.
        at_head: whether it is before the first value of the input.
    """

    text: str
    line: int
    column: int
    lines: frozenset[int]
    at_head: bool


def comments_in(text: str, table: LineTable) -> Iterator[Comment]:
    """Yield the comments of a valid YAML stream that are addressed to this program, in their order.

    Args:
        text: the stream, or a part of it between two `---` lines.
        table: the lines of the text.
    """
    if MARKER not in text:
        return
    at, last = 0, len(text.rstrip())
    opens, is_outside = False, table.position(0)[0] == 1
    for token in yaml.scan(text, _LOADER):
        start, end = token.start_mark.index, token.end_mark.index
        if start > at:
            following = table.position(start)[0] if start < last else None
            yield from _between(text, (at, start), table, following=following, opens=opens, at_head=is_outside)
        at = max(at, end)
        if end > start:  # others mark where a collection begins or ends
            opens = isinstance(token, _OPENING)
        is_outside = is_outside and isinstance(token, _OUTSIDE)


def _between(
    text: str, gap: tuple[int, int], table: LineTable, *, following: int | None, opens: bool, at_head: bool
) -> Iterator[Comment]:
    """Yield the comments between two tokens, where there are only comments and white space.

    Args:
        text: the text.
        gap: the offsets between the tokens.
        table: the lines of the text.
        following: the line of the token behind; None at the end of the text.
        opens: whether the token before begins a value that is behind the comment.
        at_head: whether no value is before it.
    """
    ends = [gap[0], *(gap[0] + found.end() for found in re.finditer("\n", text[slice(*gap)])), gap[1]]
    for start, end in pairwise(ends):
        mark = text.find("#", start, end)
        found = _ADDRESSED.search(text[mark + 1 : end]) if mark >= 0 else None
        if found is None:
            continue
        line, column = table.position(mark)
        is_alone = not text[text.rfind("\n", 0, mark) + 1 : mark].strip()
        lines = {*(() if is_alone else (line,)), *((following,) if following and (is_alone or opens) else ())}
        yield Comment(found[1], line, column, frozenset(lines), at_head)
