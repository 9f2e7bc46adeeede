"""Cells of exported tables as values of a call: nulls, booleans, and ids that warehouses take for numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.parser import parse_json

NULLS = frozenset({"", "NULL", r"\N", "''"})
"""Null cells. `null` in lower case was sent by an app: a placeholder that a rule knows."""

_BOOLEANS = {
    written: value
    for word, value in (("t", True), ("true", True), ("1", True), ("f", False), ("false", False), ("0", False))
    for written in (word, word.upper(), word.title())
}

_DEPTH = 100
"""Levels of JSON in a cell; deeper JSON stays text."""

Convert = Callable[[Any], Any]


def as_it_is(cell: Any) -> Any:
    """Return the cell."""
    return cell


def text_of(cell: Any) -> Any:
    """Return a number as text, and any other cell as it is."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # some tools write whole numbers as floats if the column has nulls
    return str(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell


def _boolean(cell: Any) -> Any:
    if isinstance(cell, str):
        return _BOOLEANS.get(cell, cell)
    return bool(cell) if isinstance(cell, int | float) and cell in {0, 1} else cell


def _number(cell: Any) -> Any:
    return int(cell) if isinstance(cell, str) and len(cell) < 20 and cell.isascii() and cell.isdigit() else cell


def _object(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith("{"):
        document = parse_json(cell.encode("utf-8", "replace"), depth=_DEPTH)
        return cell if isinstance(document, ParseError) else document.value
    return cell


CONVERSIONS: dict[str, Convert] = {
    "text": text_of,
    "boolean": _boolean,
    "number": _number,
    "object": _object,
}
"""The converter of each kind of cell in `schemas/columns.json`; other cells are values as they are."""
