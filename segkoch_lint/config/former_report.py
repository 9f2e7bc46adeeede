"""The JSON report of a former run, and the groups of calls that have fallen since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.config.expectations import (
    EXPECTED_BY,
    Shortfall,
    counted_grouping,
    delivered,
    real_value,
    shown_sources,
)
from segkoch_lint.config.json_file import decoded
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Location
from segkoch_lint.findings.redaction.masking import Secret, mask_shapes
from segkoch_lint.findings.summary import Grouping, Summary

if TYPE_CHECKING:
    from fractions import Fraction

_MASKED = "…"

_DEVIATIONS = 5
"""By how many standard deviations a group of the smallest size has to fall: by chance, one in millions does."""

_Count = Annotated[int, msgspec.Meta(ge=0)]

_HINT = "Name a report that `--output json:FILE` of a complete run wrote."


class _Group(msgspec.Struct, frozen=True):
    group: dict[str, str]
    checked: _Count


class _Summary(msgspec.Struct, frozen=True):
    exit_status: int
    checked: _Count
    groups: list[_Group] = []
    plans: Any = None


class _Tool(msgspec.Struct, frozen=True):
    name: str


class _Report(msgspec.Struct, frozen=True):
    version: int
    tool: _Tool
    summary: _Summary


class FormerReport(msgspec.Struct, frozen=True):
    """The delivered calls of a former run, and how far they may fall.

    Attributes:
        path: of the report.
        checked: all delivered calls, at least `min_group`.
        groupings: the delivered calls of each group, by the values of its facets as the report shows them.
        max_drop: the share of its calls that a group may lose, over 0 and under 1.
        min_group: the fewest delivered calls of a group that is compared.
    """

    path: str
    checked: int
    groupings: Mapping[Grouping, Mapping[tuple[str, ...], int]]
    max_drop: Fraction
    min_group: int

    def shortfalls(self, summary: Summary) -> Iterator[Shortfall]:
        """Yield the groups that lost more than `max_drop` of their calls. The comparison is exact.

        The number of all delivered calls is compared as it is. If all other calls have become fewer, a group is
        expected to have become smaller as they have: in a night with half the calls, every group may have half. If too
        many of all calls are missing, groups that are expected to be small in such a night are not compared.
        """
        least = ceil(self.checked * (1 - self.max_drop))
        is_short = summary.checked < least
        if is_short:
            yield self._shortfall({}, summary.checked, least, self.checked, "")
        project_ids = shown_sources(summary)
        for grouping, groups in self.groupings.items():
            calls = self._calls(grouping, summary)
            for values, before in groups.items():
                if before < self.min_group or self._is_masked(grouping, values):
                    continue
                now = calls[values]
                others = self._others(before, now, summary)
                if is_short and before * others < self.min_group:
                    continue
                least = ceil(before * others * (1 - self.max_drop))
                if now < least:
                    group = {
                        name: _shown(name, value, project_ids) for name, value in zip(grouping, values, strict=True)
                    }
                    fell = f", and the other calls fell to {float(others):.0%}" if round(others, 2) < 1 else ""
                    yield self._shortfall(group, now, least, before, fell)

    def comparison(self) -> str:
        """Return what of the report is compared with this run, and what is not."""
        every = [
            (before, self._is_masked(grouping, values))
            for grouping, groups in self.groupings.items()
            for values, before in groups.items()
            if before
        ]
        masked = sum(is_masked for _, is_masked in every)
        small = sum(before < self.min_group and not is_masked for before, is_masked in every)
        *first, last = (f"by {' and '.join(grouping)}" for grouping in self.groupings)
        by = f"{', '.join(first)}, and {last}" if first else last
        text = f"compared {by}: {len(every) - masked - small:,} of {len(every):,} groups"
        if small:
            text += f"; {small:,} had fewer than {self.min_group:,} calls"
        if masked:
            text += f"; {masked:,} cannot be compared, since the report masks their sources"
        return text

    def _others(self, before: int, now: int, summary: Summary) -> Fraction:
        """Return what share of the calls outside a group is left; 1 if they are more, or too few to say."""
        from fractions import Fraction  # noqa: PLC0415 - few runs have a former report

        others_before = self.checked - before
        if others_before < self.min_group:
            return Fraction(1)
        return min(Fraction(1), Fraction(summary.checked - now, others_before))

    def _calls(self, grouping: Grouping, summary: Summary) -> Counter[tuple[str, ...]]:
        """Return the delivered calls of each group of this run, by the values that the report has for it."""
        counted = counted_grouping(grouping, summary.groupings)
        order = [counted.index(name) for name in grouping]
        calls: Counter[tuple[str, ...]] = Counter()
        for values, tally in summary.groupings.get(counted, {}).items():
            calls[tuple(real_value(values[place]) for place in order)] += tally.checked
        return calls

    @staticmethod
    def _is_masked(grouping: Grouping, values: tuple[str, ...]) -> bool:
        return "source" in grouping and _MASKED in values[grouping.index("source")]

    def _shortfall(
        self, group: Mapping[str, str | Secret], calls: int, least: int, before: int, others: str
    ) -> Shortfall:
        wording = f"{delivered(calls)}; at least {least:,} are expected, since the former report has {before:,}{others}"
        return Shortfall(group, calls, least, wording, Location(self.path))


def smallest_group(max_drop: Fraction) -> int:
    """Return the fewest calls of a group of which chance does not explain the loss of *max_drop*.

    If calls are independent of each other, the difference of two nights with n calls each has a standard deviation of
    the square root of 2n.
    """
    return ceil(2 * _DEVIATIONS**2 / max_drop**2)


def read_former_report(path: str, max_drop: Fraction, min_group: int | None = None) -> FormerReport:
    """Return the former report in a file.

    Args:
        path: of a report in the format `json`.
        max_drop: the share of its calls that a group may lose.
        min_group: the fewest delivered calls of a group that is compared; None for `smallest_group`.

    Raises:
        UsageError: the file cannot be read, or is not the report of a complete run with groups that can be compared,
            or has too few calls.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the path is shown as the user gave it
            report = decoded(file.read(), _Report)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}.", _HINT) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a JSON report of segkoch-lint, or a damaged one.", _HINT) from error
    summary = report.summary
    if report.tool.name != "segkoch-lint" or report.version != 1 or summary.plans is not None:
        raise UsageError(f"{path}: not a JSON report of `segkoch-lint check`.", _HINT)
    if summary.exit_status == ExitCode.INCOMPLETE:
        raise UsageError(f"{path}: the report of an incomplete run, which has too few calls.", _HINT)
    groupings: dict[Grouping, Counter[tuple[str, ...]]] = {}
    for each in summary.groups:
        if each.group.keys() <= set(EXPECTED_BY):
            groupings.setdefault(tuple(each.group), Counter())[tuple(each.group.values())] += each.checked
    if not groupings:
        raise UsageError(
            f"{path}: the report has no calls by {', '.join(EXPECTED_BY[:-1])} or {EXPECTED_BY[-1]} to compare with.",
            "Write it with `--group-by platform --group-by library`, or with other groups that you want to compare.",
        )
    for grouping, groups in groupings.items():
        if groups.total() != summary.checked:
            raise UsageError(f"{path}: a damaged report: its calls by {', '.join(grouping)} do not add up.", _HINT)
    least = min_group or smallest_group(max_drop)
    if summary.checked < least:
        raise UsageError(
            f"{path}: the report has {delivered(summary.checked)}, and no group of fewer than {least:,} is compared.",
            "`--min-group N` compares smaller groups, which chance moves more.",
        )
    return FormerReport(path, summary.checked, groupings, max_drop, least)


def _shown(facet: str, value: str, project_ids: set[str]) -> str | Secret:
    """Return a value of the report as this run may show it: a report with ``--show-ids`` has write keys."""
    if facet == "source" and value and value not in project_ids:
        return Secret(value)
    return mask_shapes(value)
