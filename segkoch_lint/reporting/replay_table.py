"""The figures of a replay, as a table and in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.summary import ReplayCounts, ReplayTally

HEAD = ("event", "calls", "newly blocked", "of these useful", "blocked by both", "newly let through", "without a rule")
ALIGN = "lrrrrrr"

_MOST = 20
"""Events that the table shows."""


def rows(tally: ReplayTally) -> Iterator[Sequence[str]]:
    """Yield the rows of the table: the events of which a version blocks calls, or for which there is no rule."""
    noted = [(key, counts) for key, counts in tally.events.items() if _weight(counts) > (0, 0, 0, 0, 0)]
    noted.sort(key=lambda item: (_weight(item[1]), item[1].calls), reverse=True)
    for (call_type, event), counts in noted[:_MOST]:
        yield _row(event or f"({call_type} calls)", counts)
    rest = ReplayCounts()
    for _, counts in noted[_MOST:]:
        rest.add(counts)
    if rest.calls:
        yield _row(f"({len(noted) - _MOST} more)", rest)


def _weight(counts: ReplayCounts) -> tuple[int, int, int, int, int]:
    """Return what makes an event worth a row, the most important figure first."""
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
    """Return the sums of a replay."""
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
        f"{tally.unasked:,} were put to neither, since a schema cannot be asked" if tally.unasked else "",
    ]
    return "; ".join(filter(None, facts)) + "."


def verdict(tally: ReplayTally | None, most: Budget | None) -> str:
    """Return what is wrong with ``--max-blocked``: nothing if it was not given, or is kept."""
    if tally is None or most is None:
        return ""
    if not tally.useful:
        return "Nothing to judge --max-blocked by: no replayed call is useful to Kochava."
    if most.exceeded(tally.useful_blocked, tally.useful):
        share = f"{tally.useful_blocked / tally.useful:.{most.decimals}%}"
        lost = f"{tally.useful_blocked:,} of {tally.useful:,} useful calls ({share})"
        return f"Too many useful calls would be blocked: {lost}, over --max-blocked {most}."
    return ""


def _share(tally: ReplayTally) -> str:
    return f", {tally.useful_blocked / tally.useful:.1%} of these" if tally.useful_blocked else ""
