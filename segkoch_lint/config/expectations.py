"""Expectations: how many of the delivered calls a group must have before the run passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

import msgspec

from segkoch_lint.config.shares import percent, share_of
from segkoch_lint.findings.finding import Location
from segkoch_lint.findings.redaction.masking import Secret, mask_shapes
from segkoch_lint.findings.summary import Group, Grouping, Summary

if TYPE_CHECKING:
    from fractions import Fraction

EXPECTED_BY: Grouping = ("event", "platform", "library", "source")
"""What calls are expected by: facets whose values stay the same from one run to the next."""

EXPECTATION_FORMS = 'Write min = 1000, or min-share = "20%", or both.'

_NOWHERE = Location("")


class Shortfall(msgspec.Struct, frozen=True):
    """A group that has fewer delivered calls than expected.

    Attributes:
        group: the values that its calls have, by the names of their facets; empty for all calls.
        calls: how many delivered calls it has.
        expected: how many it should have at least.
        wording: the rest of the message after the name of the group; *values* fill its placeholders.
        location: where the expectation comes from.
        values: what the configuration says in its own words.
    """

    group: Mapping[str, str | Secret]
    calls: int
    expected: int
    wording: str
    location: Location
    values: Mapping[str, str] = msgspec.field(default_factory=dict)


class Expectation(msgspec.Struct, frozen=True):
    """A group of calls, and how many of them are expected.

    Attributes:
        event: the name of a track call's event, or the type of any other call, in brackets; None for any.
        platform: `context.device.type`; None for any.
        library: `context.library.name`; None for any.
        source: the project id or the write key; None for any.
        min: the fewest delivered calls of the group; None for any number.
        min_share: the smallest share of all delivered calls; None for any share.
        min_calls: the fewest delivered calls of a run of which the share is judged.
        reason: why they are expected, in the user's words.
        location: where the configuration has the expectation.
    """

    event: str | None = None
    platform: str | None = None
    library: str | None = None
    source: str | None = None
    min: int | None = None
    min_share: Fraction | None = None
    min_calls: int = 0
    reason: str = ""
    location: Location = _NOWHERE

    @classmethod
    def of(cls, table: Mapping[str, Any], location: Location = _NOWHERE) -> Expectation:
        """Return the expectation that a table of the configuration means; its types are those of the schema.

        Raises:
            ValueError: it expects nothing, or a share is wrong; the message says which.
        """
        share = table.get("min-share")
        if share is None and "min" not in table:
            raise ValueError('"min" or "min-share" is missing')
        if share is None and "min-calls" in table:
            raise ValueError('"min-calls" belongs to "min-share", which is missing')
        return cls(
            **{name: table[name] for name in (*EXPECTED_BY, "min", "reason") if name in table},
            min_share=None if share is None else share_of(share),
            min_calls=table.get("min-calls", 0),
            location=location,
        )

    @property
    def group(self) -> dict[str, str]:
        """The values that the calls of the group have, by the names of their facets."""
        values = {name: getattr(self, name) for name in EXPECTED_BY}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def grouping(self) -> Grouping:
        """The names of the facets by which the calls have to be counted; empty for all calls."""
        return tuple(self.group)

    def judges_share(self, summary: Summary) -> bool:
        """Return whether there are enough delivered calls to judge the share, if one is expected."""
        return self.min_share is None or summary.checked >= self.min_calls

    def shortfall(self, summary: Summary) -> Shortfall | None:
        """Return by how much a run falls short of this expectation; None if it meets it. The comparison is exact."""
        calls = self._calls(summary)
        missed: list[tuple[int, str]] = []
        if self.min is not None and calls < self.min:
            missed.append((self.min, f"{self.min:,}"))
        if self.min_share is not None and self.judges_share(summary):
            least = ceil(self.min_share * summary.checked)
            # A run without a delivered call has no share of them.
            if calls < max(least, 1):
                missed.append((max(least, 1), percent(self.min_share)))
        if not missed:
            return None
        found = f"{calls:,} of {delivered(summary.checked)}" if self.group else delivered(calls)
        wanted = " and ".join(text for _, text in missed)
        reason = " ({reason})" if self.reason else ""
        return Shortfall(
            self._shown(summary),
            calls,
            max(number for number, _ in missed),
            f"{found}; at least {wanted} are expected{reason}",
            self.location,
            {"reason": self.reason} if self.reason else {},
        )

    def _calls(self, summary: Summary) -> int:
        if not self.group:
            return summary.checked
        grouping = counted_grouping(self.grouping, summary.groupings)
        # Names with ids in them are counted masked.
        wanted = [{self.group[name], mask_shapes(self.group[name])} for name in grouping]
        return sum(
            tally.checked
            for values, tally in summary.groupings.get(grouping, {}).items()
            if all(real_value(value) in names for value, names in zip(values, wanted, strict=True))
        )

    def _shown(self, summary: Summary) -> dict[str, str | Secret]:
        """Return the group as reports show it. A source may be a write key, unless reports of the run show it."""
        shown: dict[str, str | Secret] = {name: mask_shapes(value) for name, value in self.group.items()}
        if self.source is not None and self.source not in shown_sources(summary):
            shown["source"] = Secret(self.source)
        return shown


def delivered(calls: int) -> str:
    """Return a number of delivered calls in words."""
    return f"{calls:,} delivered {'call' if calls == 1 else 'calls'}"


def counted_grouping(names: Grouping, counted: Iterable[Grouping]) -> Grouping:
    """Return the counted grouping that has these facets, in whatever order; the names themselves if there is none."""
    wanted = set(names)
    return next((each for each in counted if set(each) == wanted), names)


def real_value(value: str | Secret) -> str:
    """Return a value of a group to compare it; it must not be shown."""
    return value.reveal() if isinstance(value, Secret) else value


def shown_sources(summary: Summary) -> set[str]:
    """Return the sources that reports show: project ids, but no write keys."""
    return {value for grouping, groups in summary.groupings.items() for value in _values(grouping, groups)}


def _values(grouping: Grouping, groups: Iterable[Group]) -> Iterable[str]:
    if "source" not in grouping:
        return ()
    place = grouping.index("source")
    return (str(group[place]) for group in groups if not isinstance(group[place], Secret))
