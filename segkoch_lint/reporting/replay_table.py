"""The figures of a replay as a table and in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.plan_tally import ReplayCounts, ReplayTally

HEAD = ("event", "calls", "newly blocked", "of these useful", "blocked by both", "newly let through", "without a rule")
ALIGN = "lrrrrrr"

_MAX_ROWS = 20
"""Events in the table; the others are added up in one row."""


def rows(tally: ReplayTally) -> Iterator[Sequence[str]]:
    """Yield the rows of the table: the events without a rule, and those with calls that a version blocks."""
    listed = [(key, counts) for key, counts in tally.events.items() if any(_weight(counts))]
    listed.sort(key=lambda item: (_weight(item[1]), item[1].calls), reverse=True)
    for (call_type, event), counts in listed[:_MAX_ROWS]:
        yield _row(event or f"({call_type} calls)", counts)
    rest = ReplayCounts()
    for _, counts in listed[_MAX_ROWS:]:
        rest.add(counts)
    if rest.calls:
        yield _row(f"({len(listed) - _MAX_ROWS} more)", rest)


def _weight(counts: ReplayCounts) -> tuple[int, int, int, int, int]:
    """Return the figures that put an event into the table, the most important one first."""
    return counts.useful_blocked, counts.blocked, counts.blocked_by_both, counts.let_through, counts.without_rule


def _row(name: str, counts: ReplayCounts) -> Sequence[str]:
    figures = (
        counts.calls,
        counts.blocked,
        counts.useful_blocked,
        counts.blocked_by_both,
        counts.let_through,
        counts.without_rule,
    )
    return (name, *(f"{figure:,}" for figure in figures))


def sentences(tally: ReplayTally) -> str:
    """Return the sums of a replay in sentences."""
    calls = f"{tally.calls:,} call{'' if tally.calls == 1 else 's'}"
    kinds = [
        f"{tally.useful_blocked:,} useful to Kochava{_share(tally)}",
        f"{tally.limited_blocked:,} of users who refused tracking" if tally.limited_blocked else "",
        f"{tally.useless_blocked:,} useless",
    ]
    blocked = f"the new plan blocks {tally.blocked:,} that the old one lets through ({', '.join(filter(None, kinds))})"
    facts = [
        f"{calls} replayed, {tally.useful:,} of them useful: {blocked}",
        f"lets through {tally.let_through:,} that the old one blocks",
        f"both block {tally.blocked_by_both:,}",
        f"{tally.useless_left:,} useless ones still pass",
        f"{tally.without_rule:,} have no rule" if tally.without_rule else "",
        f"{tally.unasked:,} were not validated, since a schema cannot be evaluated" if tally.unasked else "",
    ]
    return "; ".join(filter(None, facts)) + "."


def problem(tally: ReplayTally | None, max_blocked: Budget | None) -> str:
    """Return why a run fails because of its replay, in a sentence; empty if it does not."""
    if tally is None:
        return ""
    if not tally.calls:
        return "Nothing was replayed: no Segment call in the logs."
    if max_blocked is None:
        return ""
    if not tally.useful:
        return "--max-blocked cannot be evaluated: no replayed call is useful to Kochava."
    if max_blocked.exceeded(tally.useful_blocked, tally.useful):
        share = f"{tally.useful_blocked / tally.useful:.{max_blocked.decimals}%}"
        lost = f"{tally.useful_blocked:,} of {tally.useful:,} useful calls ({share})"
        return f"Too many useful calls would be blocked: {lost}, over --max-blocked {max_blocked}."
    return ""


def _share(tally: ReplayTally) -> str:
    return f", {tally.useful_blocked / tally.useful:.1%} of these" if tally.useful_blocked else ""
