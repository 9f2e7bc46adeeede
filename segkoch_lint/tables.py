"""What a table cannot tell, since it was exported without the columns for it."""

from __future__ import annotations

from functools import lru_cache

from segkoch_lint.reading.columns import Columns

_ANSWERED_BY = {
    "KCH301": (("userId",), ("anonymousId",)),
    "KCH302": (("event",),),
    "KCH117": (("context", "device", "manufacturer"), ("context", "device", "model")),
}
"""Rules that ask whether something is there, and the members that they ask for. Warehouses have columns for these: a
table without any of them was cut down when it was exported. What Kochava needs is another thing: it has to be shown."""


@lru_cache
def unanswerable(columns: Columns) -> frozenset[str]:
    """Return the codes of the rules that a table with these columns says nothing about."""
    return frozenset(code for code, members in _ANSWERED_BY.items() if not any(map(columns.holds, members)))


def missing_columns(columns: Columns) -> str:
    """Return what a reader should know of a table that has no columns for what Kochava needs; or an empty string."""
    if not columns.missing:
        return ""
    names = ", ".join(columns.missing)
    return (
        f"there is no column {names}: no row can be right. "
        "A warehouse makes a column with the first value; if yours has it, export it, too"
    )
