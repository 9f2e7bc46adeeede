"""What the project asks of its own speed, and the table that shows how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks import tables


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that is aimed at, and one that is to be reached at least.

    Attributes:
        goal, at_least: the figures; the goal is the larger one where more is better.
        unit: what they count; empty for ratios.
    """

    goal: float
    at_least: float
    unit: str = ""

    def is_reached(self, figure: float) -> bool:
        """Return whether a figure is as good as `at_least`."""
        return figure >= self.at_least if self.goal > self.at_least else figure <= self.at_least

    def text(self, figure: float) -> str:
        """Return a figure with the unit."""
        return f"{_rounded(figure)} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        what: what was measured.
        figure: what came out.
        goal: what it is held against.
        from_what: the figures that it was worked out of.
    """

    what: str
    figure: float
    goal: Goal
    from_what: str


def table(rows: Iterable[Row]) -> str:
    """Return a Markdown table of what was measured, the goals, and whether they are reached."""
    return tables.table(
        ("what", "measured", "goal", "at least", "reached", "from"),
        [
            (
                row.what,
                row.goal.text(row.figure),
                row.goal.text(row.goal.goal),
                row.goal.text(row.goal.at_least),
                "yes" if row.goal.is_reached(row.figure) else "no",
                row.from_what,
            )
            for row in rows
        ],
    )


def _rounded(figure: float) -> str:
    """Return a figure with two digits behind the point, unless it is large."""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}".rstrip("0").rstrip(".")
