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


def matches(value: Any, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the values that a pattern leads to, each with its path, in the order of the document.

    Args:
        value: where the pattern begins.
        pattern: the steps.
        path: where *value* is in its document; the paths that are yielded begin with it.
    """
    if not pattern:
        yield path, value
        return
    step, *more = pattern
    rest = tuple(more)
    if step == ANY_DEPTH:
        yield from matches(value, rest, path)
        if len(path) < _DEEPEST:
            for key, member in _members(value):
                yield from matches(member, pattern, (*path, key))
    elif step == ANY:
        for key, member in _members(value):
            yield from matches(member, rest, (*path, key))
    elif isinstance(value, Mapping):
        if step in value:
            yield from matches(value[step], rest, (*path, step))
    elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
        yield from matches(value[int(step)], rest, (*path, int(step)))


def _members(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
