"""Tables that were exported without some columns: which rules do not apply to them, and what is remarked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from segkoch_lint.calls.call import ColumnSet
from segkoch_lint.rules.catalogue import Rule

if TYPE_CHECKING:
    from segkoch_lint.documents.table.columns import Columns


def inapplicable_rules(columns: ColumnSet, rules: Iterable[Rule]) -> frozenset[str]:
    """Return the codes of the rules that do not apply to a table with these columns.

    Warehouses have columns for what these rules need: if a table has none of them, they were left out of the export.
    """
    return frozenset(rule.code for rule in rules if rule.needs_columns and not any(map(columns.holds, _steps(rule))))


def _steps(rule: Rule) -> Iterator[tuple[str, ...]]:
    return (tuple(map(str, path)) for path in rule.needs_columns)


def missing_columns(columns: Columns) -> str:
    """Return a remark on a table that has no columns for what Kochava needs, or an empty string."""
    if not columns.missing:
        return ""
    names = ", ".join(columns.missing)
    hint = "A warehouse makes a column with the first value; if yours has it, export it, too"
    return f"there is no column {names}: no row can be right. {'Add it to the file' if columns.is_dotted else hint}"
