"""Rows of exported tables that are written as objects: `bq extract` to JSON, `pandas.DataFrame.to_json`.

They are recognised by their columns, as tables are. A call in snake case has no such columns: a warehouse makes them
from a context, or adds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.position import Path

if TYPE_CHECKING:
    from segkoch_lint.documents.table.columns import Columns

_ADDED = frozenset({"event_text", "received_at", "uuid_ts", "loaded_at"})
"""Columns of every table of a warehouse, or of its tracks, that no call has in this spelling."""

_MOST_COLUMNS = 2000
"""The most members of an object whose columns are cached; tables have fewer."""


class JsonRow:
    """A row, and its relation to a call.

    Args:
        columns: of its table, if known: a row may leave out nulls.
        cells: one for each column; None for nulls.

    Attributes:
        columns: as given.
    """

    def __init__(self, columns: Columns, cells: Sequence[Any]) -> None:
        self.columns = columns
        self._cells = cells

    @classmethod
    def of(cls, value: Mapping[str, Any], table: str) -> JsonRow | None:
        """Return the row that an object is, or None.

        Args:
            value: the object.
            table: the name of the input, which may give the type of its calls.
        """
        if isinstance(value.get("context"), Mapping) or not any(map(is_column, value)):
            return None
        names = tuple(value)
        columns = _columns(names, table) if len(names) <= _MOST_COLUMNS else None
        return cls(columns, list(value.values())) if columns else None

    @property
    def message(self) -> dict[str, Any]:
        """The row as a call in Segment's shape."""
        return self.columns.call(self._cells)

    def written(self, path: Path) -> Path:
        """Return the member of the row that holds the value at *path* of the call; empty if no single one does."""
        index = self.columns.index_of(path, self._cells)
        return () if index is None else (self.columns.names[index],)

    def meant(self, path: Path) -> Path:
        """Return the path in the call of the value at *path* of the row; empty if it has none."""
        found = self.columns.path(self.columns.names.index(str(path[0]))) if path else ()
        return (*found, *path[1:]) if found else ()


def is_column(key: str) -> bool:
    """Return whether only rows have a member with this key: a context's, or one that a warehouse adds."""
    lowered = str(key).lower()  # a value from the Python API may have other keys
    return lowered.startswith(("context_", "context.")) or lowered in _ADDED


@cached
def _columns(names: tuple[str, ...], table: str) -> Columns | None:
    from segkoch_lint.documents.table.columns import Columns, are_call_columns  # noqa: PLC0415 - most inputs are not tables

    return Columns(names, table, typed=True) if are_call_columns(names) else None
