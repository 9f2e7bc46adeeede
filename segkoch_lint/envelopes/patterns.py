"""Pointer patterns: JSON Pointers in which ``*`` stands for any item or member, and ``**`` for any number of steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from segkoch_lint.findings.position import Path, path_of

ANY = "*"
ANY_DEPTH = "**"

Pattern = tuple[str, ...]
"""The steps of a pattern."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")

_DEEPEST = 40
"""Levels that `**` goes down."""


def pattern_of(text: str) -> Pattern:
    """Return the steps of a pattern.

    Raises:
        ValueError: the text is not a JSON Pointer.
    """
    return tuple(map(str, path_of(text)))


def is_search(pattern: Pattern) -> bool:
    """Return whether a pattern ends with any number of steps: it names no value, but where values are."""
    return ANY_DEPTH in pattern and all(step in {ANY, ANY_DEPTH} for step in pattern[pattern.index(ANY_DEPTH) :])


def matches(value: Any, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the values that a pattern leads to, each with its path, in the order of the document.

    Args:
        value: where the pattern begins.
        pattern: the steps.
        path: where *value* is in its document; the paths that are yielded begin with it.
    """
    if ANY_DEPTH not in pattern:
        yield from _found(value, pattern, path)
        return
    # `**` finds what is inside of an item after the items that follow it.
    yield from sorted(_found(value, pattern, path), key=lambda each: _order(value, each[0][len(path) :]))


def _found(value: Any, pattern: Pattern, path: Path) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        yield path, value
        return
    step, *more = pattern
    rest = tuple(more)
    if step == ANY_DEPTH:
        yield from _found(value, rest, path)
        if len(path) < _DEEPEST:
            for key, member in _members(value):
                yield from _found(member, pattern, (*path, key))
    elif step == ANY:
        for key, member in _members(value):
            yield from _found(member, rest, (*path, key))
    elif isinstance(value, Mapping):
        if step in value:
            yield from _found(value[step], rest, (*path, step))
    elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
        yield from _found(value[int(step)], rest, (*path, int(step)))


def _order(value: Any, path: Path) -> tuple[int, ...]:
    """Return the positions of the members on a path, which sort as the values are in the document."""
    positions = []
    for step in path:
        positions.append(step if isinstance(step, int) else list(value).index(step))
        value = value[step]
    return tuple(positions)


def _members(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
