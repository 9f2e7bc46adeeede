"""Places in JSON text: one iterative scanner, run only over documents that have something to place.

No maintained library gives the positions of values. The scanner knows that the text is valid JSON (a parser has
accepted it), so it only has to tell tokens apart; it never recurses, and it passes over what nobody asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

import msgspec

from segkoch_lint.documents.line_table import OffsetRange
from segkoch_lint.findings.position import Path

STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
"""A string or key, with its quotes."""

_TOKEN = re.compile(rf"{STRING}|[{{}}\[\]]|[^\s{{}}\[\],:\"]+")
_STRUCTURE = re.compile(rf"{STRING}|[{{}}\[\]]")
_SPACE = re.compile(r"[ \t\n\r]*")
_SEPARATOR = re.compile(r"[ \t\n\r,]*")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_SCALAR = re.compile(rf"{STRING}|[^\s{{}}\[\],:\"]+")

_CLOSING = frozenset("}]")


def key_text(token: str) -> str:
    """Return what a string token of JSON says."""
    if "\\" not in token:
        return token[1:-1]
    text: str = json.loads(token)
    return text


class _Open(msgspec.Struct):
    """An object or array that the scanner is inside of.

    Attributes:
        wanted: what is wanted of its members, by key or index.
        start: where it begins.
        index: of an array, the number of the next item; None for an object.
        seen: the wanted keys met so far.
    """

    wanted: dict[Any, Any]
    start: int
    index: int | None
    seen: set[Any] = msgspec.field(default_factory=set)


def locate(text: str, paths: Iterable[Path]) -> dict[Path, OffsetRange]:
    """Return the extent of the value at each of *paths*; those that do not exist are left out.

    Where a key stands twice in an object, the last one counts. Values that nobody asked for are passed over.
    """
    found: dict[Path, OffsetRange] = {}
    stack: list[_Open] = []
    wanted: dict[Any, Any] | None = _tree(paths)
    position = _past(_SPACE, text, 0)
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
        position = _past(_SEPARATOR, text, position)
        while stack and text[position : position + 1] in _CLOSING:
            closed = stack.pop()
            position += 1
            if _HERE in closed.wanted:
                found[closed.wanted[_HERE]] = (closed.start, position)
            position = _past(_SEPARATOR, text, position)
        if not stack:
            return found
        inside = stack[-1]
        if inside.index is None:
            end = value_end(text, position)
            step: str | int = key_text(text[position:end])
            position = _past(_COLON, text, end)
        else:
            step = inside.index
            inside.index += 1
        wanted = inside.wanted.get(step)
        if wanted is not None:
            if step in inside.seen:
                _forget(wanted, found)
            inside.seen.add(step)


_HERE = object()
"""Marks, in the tree of wanted paths, that a value itself is wanted."""


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
    """Return one past the end of the value (or key) that begins at *start*."""
    if text[start] not in "{[":
        return _past(_SCALAR, text, start)
    depth = 0
    for token in _STRUCTURE.finditer(text, start):
        first = token[0][0]
        if first in "{[":
            depth += 1
        elif first in "}]":
            depth -= 1
            if not depth:
                return token.end()
    raise ValueError("the text is not valid JSON")


def keys_of(text: str, start: int, key: str) -> list[OffsetRange]:
    """Return the extents of every key that says *key* in the object at *start*, in order."""
    extents: list[OffsetRange] = []
    position = _past(_SEPARATOR, text, start + 1)
    while text[position] != "}":
        end = value_end(text, position)
        if key_text(text[position:end]) == key:
            extents.append((position, end))
        position = _past(_SEPARATOR, text, value_end(text, _past(_COLON, text, end)))
    return extents


def repeated_keys(text: str) -> list[Path]:
    """Return the paths of all object members whose key stands more than once in its object, in the text's order.

    What stands in a value that a later one of the same key replaces is left out.
    """
    repeated: dict[Path, int] = {}
    path: list[str | int] = []
    seen: list[set[str] | None] = []
    for token in lex(text):
        match token.kind:
            case "{" | "[":
                seen.append(set() if token.kind == "{" else None)
                path.append(-1)
            case "}" | "]":
                seen.pop()
                path.pop()
            case "key":
                keys = seen[-1]
                assert keys is not None
                path[-1] = key_text(token.text)
                if path[-1] in keys:
                    repeated[tuple(path)] = token.start
                keys.add(str(path[-1]))
                continue
        # An array counts its items where they begin.
        if token.kind in {"{", "[", "scalar"}:
            holder = len(path) - (1 if token.kind == "scalar" else 2)
            if holder >= 0 and seen[holder] is None:
                path[holder] = int(path[holder]) + 1
    return [
        path
        for path, start in sorted(repeated.items(), key=itemgetter(1))
        if not any(repeated.get(path[:length], 0) > start for length in range(1, len(path)))
    ]


class Lexeme(msgspec.Struct, frozen=True):
    """A token: a bracket, a ``key`` or a ``scalar`` (a key or string with its quotes)."""

    kind: str
    text: str
    start: int


def lex(text: str, start: int = 0, end: int | None = None) -> Iterator[Lexeme]:
    """Yield the tokens of valid JSON between two offsets that are token boundaries; commas and colons are left out."""
    stop = len(text) if end is None else end
    for found in _TOKEN.finditer(text, start, stop):
        text_of = found[0]
        if text_of in "{}[]":
            yield Lexeme(text_of, text_of, found.start())
        elif text_of[0] == '"' and _COLON.fullmatch(text, found.end(), _past(_COLON, text, found.end())):
            yield Lexeme("key", text_of, found.start())
        else:
            yield Lexeme("scalar", text_of, found.start())


def _past(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
