"""What a table cannot tell, since it was exported without the columns for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from segkoch_lint.calls.call import Holding
from segkoch_lint.rules.catalogue import Rule

if TYPE_CHECKING:
    from segkoch_lint.documents.table.columns import Columns


def unanswerable(columns: Holding, rules: Iterable[Rule]) -> frozenset[str]:
    """Return the codes of the rules that a table with these columns says nothing about.

    Warehouses have columns for what these rules ask for: a table without any of them was cut down when it was exported.
    """
    return frozenset(rule.code for rule in rules if rule.needs_columns and not any(map(columns.holds, _steps(rule))))


def _steps(rule: Rule) -> Iterator[tuple[str, ...]]:
    return (tuple(map(str, path)) for path in rule.needs_columns)


def missing_columns(columns: Columns) -> str:
    """Return what a reader should know of a table that has no columns for what Kochava needs; or an empty string."""
    if not columns.missing:
        return ""
    names = ", ".join(columns.missing)
    hint = "A warehouse makes a column with the first value; if yours has it, export it, too"
    return f"there is no column {names}: no row can be right. {'Add it to the file' if columns.is_dotted else hint}"
