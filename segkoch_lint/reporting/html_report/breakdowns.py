"""The calls of a run by facets, as tables with bars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from segkoch_lint.findings.summary import CallTally, Grouping, Summary
from segkoch_lint.reporting import RuleNames, RunResult, worst_first
from segkoch_lint.reporting.groups import ordered_groups
from segkoch_lint.reporting.html_report.charts import Chart, Part, chart_of_days, parts_of
from segkoch_lint.reporting.text_figures import share

GROUPINGS: Sequence[Grouping] = (("day",), ("version",), ("event",), ("platform",))
"""The groupings that every page shows."""

MOST_ROWS = 100
"""Groups in a table; the others are added up in one row."""

_MOST_RULES_OF_GROUP = 3
_LONGEST_NAME = 200
"""Code points of the name of a group that are shown."""

_HEADINGS: Mapping[Grouping, str] = {
    ("day",): "By day",
    ("version",): "By library and version",
    ("event",): "By event",
    ("platform",): "By platform",
    ("library",): "By library",
    ("source",): "By source",
}


class Row(msgspec.Struct, frozen=True):
    """The calls of a group.

    Attributes:
        names: the values of its facets; empty in a row with all further groups.
        tally: its calls.
        bar: the parts of its bar.
        share: of the ready calls in the checked ones.
        rules: the worst rules that its calls break, each with its share of the checked ones.
        further: how many groups were added up in it; 0 if it is one group.
    """

    names: Sequence[str]
    tally: CallTally
    bar: Sequence[Part]
    share: str
    rules: Sequence[tuple[str, str]] = ()
    further: int = 0


class Breakdown(msgspec.Struct, frozen=True):
    """The calls by some facets."""

    id: str
    heading: str
    facets: Grouping
    rows: Sequence[Row]
    chart: Chart | None


def breakdowns(summary: Summary, result: RunResult, *, show_ids: bool) -> Iterator[Breakdown]:
    """Yield the tables of the calls of a run: those of every page, and those that the user asked for."""
    for grouping in dict.fromkeys((*GROUPINGS, *result.groupings)):
        groups = ordered_groups(summary, grouping, show_ids=show_ids)
        if not groups:
            continue
        chart = None
        if grouping == ("day",):
            chart = chart_of_days({day: tally for (day,), tally in groups})
        heading = _HEADINGS.get(grouping) or f"By {', '.join(grouping)}"
        rows = _rows(groups, grouping, result.rule_names())
        yield Breakdown("by-" + "-".join(grouping), heading, grouping, rows, chart)


def _rows(groups: Sequence[tuple[Sequence[str], CallTally]], grouping: Grouping, rules: RuleNames) -> list[Row]:
    """Return the rows of the groups: of many, the last days or the largest groups, and one row with the others."""
    shown, others = groups, groups[:0]
    if len(groups) > MOST_ROWS:
        first = len(groups) - MOST_ROWS if "day" in grouping else 0
        shown, others = groups[first : first + MOST_ROWS], [*groups[:first], *groups[first + MOST_ROWS :]]
    most = max(tally.calls for _, tally in shown)
    rows = [
        Row(
            [name[:_LONGEST_NAME] for name in names],
            tally,
            parts_of(tally, most),
            share(tally.ready, tally.checked),
            _worst_rules(tally, rules),
        )
        for names, tally in shown
    ]
    if others:
        rest = CallTally()
        for _, tally in others:
            rest.add(tally)
        rows.append(Row((), rest, (), share(rest.ready, rest.checked), _worst_rules(rest, rules), len(others)))
    return rows


def _worst_rules(tally: CallTally, rules: RuleNames) -> list[tuple[str, str]]:
    """Return the most severe rules that calls break, and of these the ones that most calls break."""
    worst = worst_first(tally.rules, rules)[:_MOST_RULES_OF_GROUP]
    return [(code, share(tally.rules[code], tally.checked)) for code in worst]
