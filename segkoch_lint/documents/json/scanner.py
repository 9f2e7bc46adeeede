"""A scanner of valid JSON text for the places of values and keys.

No maintained library gives the positions of values. Only documents with something to place are scanned. A parser has
accepted the text before, so the scanner checks nothing; it never recurses, and skips values that are not wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

import msgspec

from segkoch_lint.documents.json.tokens import STRING, brackets
from segkoch_lint.findings.position import OffsetRange, Path

VALUE = re.compile(rf"""(?:({STRING})\s*:\s*)?(?:({STRING})|([{{\[])|([^\s{{}}\[\],:"]++))|[}}\]]""")
"""A scalar or the opening bracket of a value, with the key before it, or a closing bracket: no group matches that."""

VALUE_KEY, VALUE_STRING, VALUE_OPENING, VALUE_WORD = 1, 2, 3, 4
"""Groups of `VALUE`."""

_SCALAR = re.compile(rf"{STRING}|[^\s{{}}\[\],:\"]++")
_SPACE = re.compile(r"[ \t\n\r]*")
_SEPARATOR = re.compile(r"[ \t\n\r,]*")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")

_CLOSING = frozenset("}]")


def key_text(token: str) -> str:
    """Return the value of a string or key that is given with its quotes."""
    if "\\" not in token:
        return token[1:-1]
    text: str = json.loads(token)
    return text


class _Open(msgspec.Struct):
    """An object or array that the scanner is inside of.

    Attributes:
        wanted: the tree of wanted paths in it, by key or index.
        start: where it begins.
        index: of an array, the number of the next item; None for an object.
        seen: the wanted keys seen so far.
    """

    wanted: dict[Any, Any]
    start: int
    index: int | None
    seen: set[Any] = msgspec.field(default_factory=set)


def locate(text: str, paths: Iterable[Path]) -> dict[Path, OffsetRange]:
    """Return the extent of the value at each of *paths*; paths that do not exist are left out.

    If an object repeats a key, the last member counts.
    """
    found: dict[Path, OffsetRange] = {}
    stack: list[_Open] = []
    wanted: dict[Any, Any] | None = _tree(paths)
    position = _end_of(_SPACE, text, 0)
    while True:
        # Here a value begins at `position`.
        if wanted is not None and text[position] in "{[" and any(step is not _HERE for step in wanted):
            stack.append(_Open(wanted, position, None if text[position] == "{" else 0))
            position += 1
        else:
            start, position = position, value_end(text, position)
            if wanted is not None and _HERE in wanted:
                found[wanted[_HERE]] = (start, position)
        # Go on to the next value, closing what ends before it.
        position = _end_of(_SEPARATOR, text, position)
        while stack and text[position : position + 1] in _CLOSING:
            closed = stack.pop()
            position += 1
            if _HERE in closed.wanted:
                found[closed.wanted[_HERE]] = (closed.start, position)
            position = _end_of(_SEPARATOR, text, position)
        if not stack:
            return found
        inside = stack[-1]
        if inside.index is None:
            end = value_end(text, position)
            step: str | int = key_text(text[position:end])
            position = _end_of(_COLON, text, end)
        else:
            step = inside.index
            inside.index += 1
        wanted = inside.wanted.get(step)
        if wanted is not None:
            if step in inside.seen:
                _forget(wanted, found)
            inside.seen.add(step)


_HERE = object()
"""A key of the tree of wanted paths: the value itself is wanted."""


def _tree(paths: Iterable[Path]) -> dict[Any, Any]:
    tree: dict[Any, Any] = {}
    for path in paths:
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        node[_HERE] = path
    return tree


def _forget(wanted: dict[Any, Any], found: dict[Path, OffsetRange]) -> None:
    """Drop what was found under an earlier member of the same key: it does not count."""
    waiting = [wanted]
    while waiting:
        node = waiting.pop()
        if _HERE in node:
            found.pop(node[_HERE], None)
        waiting.extend(inner for step, inner in node.items() if step is not _HERE)


def value_end(text: str, start: int) -> int:
    """Return the offset of the end of the value (or key) that begins at *start*.

    Raises:
        ValueError: the value is not closed.
    """
    if text[start] not in "{[":
        return _end_of(_SCALAR, text, start)
    depth = 0
    for offset, step in brackets(text, start):
        depth += step
        if not depth:
            return offset + 1
    raise ValueError("the text is not valid JSON")


def keys_of(text: str, start: int, key: str) -> list[OffsetRange]:
    """Return the extents of all keys equal to *key* in the object at *start*, in order."""
    extents: list[OffsetRange] = []
    position = _end_of(_SEPARATOR, text, start + 1)
    while text[position] != "}":
        end = value_end(text, position)
        if key_text(text[position:end]) == key:
            extents.append((position, end))
        position = _end_of(_SEPARATOR, text, value_end(text, _end_of(_COLON, text, end)))
    return extents


def repeated_keys(text: str) -> list[Path]:
    """Return the paths of all members whose key is repeated in its object, in the order of the text.

    A member inside a value that a later one of the same key replaces is left out.
    """
    repeated: dict[Path, int] = {}
    path: list[str | int] = []
    seen: list[set[str] | None] = []  # the keys of each object around; None for an array
    for found in VALUE.finditer(text):
        if found.lastindex is None:
            seen.pop()
            path.pop()
            continue
        keys = seen[-1] if seen else None
        if keys is not None:
            path[-1] = key = key_text(found[VALUE_KEY])
            if key in keys:
                repeated[tuple(path)] = found.start()
            keys.add(key)
        elif seen:
            path[-1] = int(path[-1]) + 1
        if found.lastindex == VALUE_OPENING:
            seen.append(set() if found[VALUE_OPENING] == "{" else None)
            path.append(-1)
    return [
        path
        for path, start in sorted(repeated.items(), key=itemgetter(1))
        if not any(repeated.get(path[:length], 0) > start for length in range(1, len(path)))
    ]


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
