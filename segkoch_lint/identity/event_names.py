"""Similar event names: the summary that rules check (`schemas/event-name-summary.json`), and the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from segkoch_lint.identity.identity_findings import EVENT, Affected, FindingStore
from segkoch_lint.rules.violations import Violation

MOST_NAMES = 100
"""The names that a summary holds at most."""


class EventCalls(NamedTuple):
    """Calls with one event name, library and set of ignored codes: a row of the section ``events-of-sets``.

    Attributes:
        folded: the folded name; equal for similar names.
        name: the name.
        of_name: the number of all calls with the name.
        library, ignored, place, calls: as of a `segkoch_lint.identity.users.UserCalls`.
    """

    folded: str
    name: str
    of_name: int
    library: str
    ignored: str
    place: str
    calls: int


class _Part(NamedTuple):
    """Calls of files with the same ignored codes.

    Attributes:
        rank: of the rarest name among them; the commonest name of all has rank 0.
        name: the rarest name among them.
        place: of the first call with that name.
        affected: all of the calls.
    """

    rank: int
    name: str
    place: str
    affected: Affected


class EventSet:
    """A set of similar event names.

    Args:
        calls: all calls with these names, from the commonest name to the rarest, those of each name in their order.
    """

    def __init__(self, calls: Iterable[EventCalls]) -> None:
        self._names: list[str] = []
        self._rank = -1
        self._rarest = ""
        self._first = ""
        # By ignored codes, of which there are few combinations.
        self._commonest: dict[str, _Part] = {}
        self._others: dict[str, _Part] = {}
        for each in calls:
            self._add(each)

    def _add(self, each: EventCalls) -> None:
        if self._rank < 0 or each.name != self._rarest:
            self._rank += 1
            self._rarest = each.name
            if len(self._names) < MOST_NAMES:
                self._names.append(each.name)
        self._first = self._first or each.place
        parts = self._others if self._rank else self._commonest
        part = parts.get(each.ignored)
        if part is None or part.rank < self._rank:
            part = _Part(self._rank, each.name, each.place, part.affected if part else Affected())
            parts[each.ignored] = part
        part.affected.add(each.place, each.calls, each.library)

    def summary(self, name: str = "") -> Mapping[str, Any]:
        """Return the summary that rules check, about *name*; by default about the rarest name."""
        return {"name": name or self._rarest, "commonest": self._names[0], "names": self._names}

    def add_findings(
        self, check: Callable[[Mapping[str, Any]], Sequence[Violation]], findings: FindingStore, calls: Counter[str]
    ) -> None:
        """Add the findings about the names.

        Args:
            check: returns the violations by a summary.
            findings: the findings of the run.
            calls: the number of affected calls of the run, by code.
        """
        for violation in check(self.summary()):
            code = violation.rule.code
            parts = [part for ignored, part in self._offending().items() if f",{code}," not in ignored]
            if not parts:
                continue
            rarest = min(parts, key=lambda part: (-part.rank, part.place))
            affected = Affected(
                rarest.place,
                sum(part.affected.calls for part in parts),
                set().union(*(part.affected.libraries for part in parts)),
            )
            # The message must name the reported event, not one of a file where the rule is ignored.
            same_rule = [each for each in check(self.summary(rarest.name)) if each.rule is violation.rule]
            related = self._first if self._rank else ""
            shown = (same_rule or [violation])[0]
            findings.add(shown, EVENT, affected, rarest.name, related=related, message="the commonest name")
            calls[code] += affected.calls

    def _offending(self) -> Mapping[str, _Part]:
        """Return the offending calls: those of all names but the commonest, or of the only name."""
        return self._others if self._rank else self._commonest
