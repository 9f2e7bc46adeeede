"""The groups of calls in the order of reports."""

from __future__ import annotations

from segkoch_lint.findings.redaction.masking import shown
from segkoch_lint.findings.summary import CallTally, Grouping, Summary


def ordered_groups(summary: Summary, grouping: Grouping, *, show_ids: bool) -> list[tuple[list[str], CallTally]]:
    """Return the groups of a grouping, each as the texts of its facets: by day if that is one, the largest first."""
    day = grouping.index("day") if "day" in grouping else None

    def order(group: tuple[list[str], CallTally]) -> tuple[str, int, list[str]]:
        values, tally = group
        return "" if day is None else values[day], -tally.calls, values

    groups = summary.groupings.get(grouping, {})
    texts = (([shown(value, show_ids=show_ids) for value in values], tally) for values, tally in groups.items())
    return sorted(texts, key=order)
