"""The geometry of charts: stacked bars of calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from segkoch_lint.findings.summary import CallTally

MOST_DAYS = 92
"""Days in a chart; with more, the columns would be too thin to see."""

WIDTH, HEIGHT = 720, 180
"""Units of the area of the columns."""

_LEAST = 0.4
"""The least size of a part that is not empty, so that it can be seen."""

_ROUND = (1, 2, 4, 8, 12, 16, 20, 24, 32, 40, 60, 80, 100)
"""What a chart may end at, times a power of ten: most have four equal parts."""

_GRID = 4
"""Lines of the grid, above the axis."""


class Part(msgspec.Struct, frozen=True):
    """A part of a bar.

    Attributes:
        kind: ``ready``, ``limited``, ``faulty`` or ``undelivered``.
        start, size: along the bar.
    """

    kind: str
    start: float
    size: float


class Column(msgspec.Struct, frozen=True):
    """A column of a chart.

    Attributes:
        x, width: its place.
        parts: its parts, from top to bottom.
        label: the day.
        tally: the calls of the day.
    """

    x: float
    width: float
    parts: Sequence[Part]
    label: str
    tally: CallTally


class Chart(msgspec.Struct, frozen=True):
    """A chart with a column for each day.

    Attributes:
        columns: the columns.
        grid: the lines of the grid: the distance from the top, and the number of calls there.
        ticks: the days that are named below the axis: where and which.
    """

    columns: Sequence[Column]
    grid: Sequence[tuple[float, int]]
    ticks: Sequence[tuple[float, str]]


def kinds_of(tally: CallTally) -> dict[str, int]:
    """Return the calls of a tally by the kind of their part."""
    undelivered = tally.calls - tally.checked
    return {"ready": tally.ready, "limited": tally.limited, "faulty": tally.faulty, "undelivered": undelivered}


def parts_of(tally: CallTally, whole: int, size: float = 100) -> list[Part]:
    """Return the parts of a bar.

    Args:
        tally: the calls.
        whole: the calls of a bar of full size.
        size: the full size.
    """
    parts: list[Part] = []
    at = 0.0
    for kind, calls in kinds_of(tally).items():
        if calls:
            length = max(calls / whole * size, _LEAST)
            parts.append(Part(kind, round(at, 2), round(length, 2)))
            at += length
    return parts


def chart_of_days(days: Mapping[str, CallTally]) -> Chart | None:
    """Return the chart of the last days, at most `MOST_DAYS`; None if there are fewer than two.

    Days without calls are shown, unless the calls are from a longer time.
    """
    shown = dict(_with_empty_days(days))
    if len(shown) < 2:
        return None
    top = _round_up(max(tally.calls for tally in shown.values()))
    step = WIDTH / len(shown)
    columns = []
    for number, (day, tally) in enumerate(shown.items()):
        parts = parts_of(tally, top, HEIGHT)
        stacked = [Part(part.kind, round(HEIGHT - part.start - part.size, 2), part.size) for part in parts]
        columns.append(Column(round((number + 0.1) * step, 2), round(step * 0.8, 2), stacked[::-1], day, tally))
    lines = sorted({round(top * number / _GRID) for number in range(1, _GRID + 1)})
    grid = [(round(HEIGHT * (1 - calls / top), 2), calls) for calls in lines]
    middle, last = len(columns) // 2, len(columns) - 1
    named = [columns[number] for number in sorted({0, middle, last})]
    return Chart(columns, grid, [(round(each.x + each.width / 2, 2), each.label) for each in named])


def _with_empty_days(days: Mapping[str, CallTally]) -> Iterator[tuple[str, CallTally]]:
    """Yield the days of a chart, in their order."""
    dates = sorted(date.fromisoformat(day) for day in days if day)
    if dates and (dates[-1] - dates[0]).days < MOST_DAYS:
        dates = [dates[0] + timedelta(number) for number in range((dates[-1] - dates[0]).days + 1)]
    for each in dates[-MOST_DAYS:]:
        yield each.isoformat(), days.get(each.isoformat()) or CallTally()


def _round_up(calls: int) -> int:
    """Return a round number that is at least *calls*."""
    power = 1
    while power * 100 < calls:
        power *= 10
    return next(power * factor for factor in _ROUND if power * factor >= calls)
