"""The position of a value: its path inside a document, and its span in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

Path = tuple[str | int, ...]
"""Steps from a document's root to a value: object keys and array indexes."""

OffsetRange = tuple[int, int]
"""A range of a text, in code points: the first one, and one past the last."""


_INDEX = re.compile(r"/\d+(?=[/ ]|$)", re.MULTILINE)
"""An index in a pointer, or in one of several with arrows between them."""


class Span(msgspec.Struct, frozen=True, order=True):
    """A range of an input's text, counted as SARIF counts.

    Lines and columns are 1-based, columns count code points, and the end is one past the last column.
    Only LF and CRLF end a line.
    """

    line: int
    column: int
    end_line: int
    end_column: int


def pointer_of(path: Path) -> str:
    """Return *path* as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def without_indexes(pointer: str) -> str:
    """Return a pointer with ``*`` for the indexes of lists, which move like lines; a key of digits is taken for one."""
    return _INDEX.sub("/*", pointer)


def path_of(pointer: str) -> Path:
    """Return the steps of a JSON Pointer, each as a string: a pointer does not distinguish keys from indexes.

    Raises:
        ValueError: the text is not a JSON Pointer.
    """
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"not a JSON Pointer: {pointer!r}")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def value_at(value: Any, path: Path) -> Any:
    """Return the value at *path* inside *value*, or None if there is none."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def object_with(values: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
    """Return an object that has these values at their paths and nothing else; an outer path comes before inner ones."""
    whole: dict[str, Any] = {}
    for path, value in values:
        holder = whole
        for step in path[:-1]:
            holder = holder.setdefault(str(step), {})
        holder[str(path[-1])] = value
    return whole
