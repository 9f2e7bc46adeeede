"""Event names that are alike: the summary that rules judge (`schemas/event-name-summary.json`), and what it blames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from segkoch_lint.identity.identity_findings import EVENT, Affected, FindingStore
from segkoch_lint.rules.violations import Violation

MOST_NAMES = 100
"""Names that a summary holds."""


class EventCalls(NamedTuple):
    """Calls of one event name, library and kind of file: a row of the section ``events-of-sets``.

    Attributes:
        folded: what is the same for names that are alike.
        name: the name.
        of_name: number of all calls with the name.
        library, ignored, place, calls: as of a `segkoch_lint.identity.users.Statement`.
    """

    folded: str
    name: str
    of_name: int
    library: str
    ignored: str
    place: str
    calls: int


class _Part(NamedTuple):
    """Calls of files of one kind.

    Attributes:
        rank: the rarer the rarest name among them, the higher.
        name: that name.
        place: of its first call.
        affected: all of the calls.
    """

    rank: int
    name: str
    place: str
    affected: Affected


class EventSet:
    """The event names of a run that are alike.

    Args:
        calls: of all of them; the commonest name comes first, the rarest last, and the calls of each in their order.
    """

    def __init__(self, calls: Iterable[EventCalls]) -> None:
        self._names: list[str] = []
        self._rank = -1
        self._rarest = ""
        self._first = ""
        # By the codes that are ignored: there are few combinations of these.
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
        """Return the summary that rules judge; *name* is the rarer name that is meant, by default the rarest."""
        return {"name": name or self._rarest, "commonest": self._names[0], "names": self._names}

    def add_findings(
        self, judge: Callable[[Mapping[str, Any]], Sequence[Violation]], findings: FindingStore, calls: Counter[str]
    ) -> None:
        """Add what rules say of the names.

        Args:
            judge: says it.
            findings: are added to.
            calls: number of calls by code; is added to.
        """
        for violation in judge(self.summary()):
            code = violation.rule.code
            parts = [part for ignored, part in self._blamed().items() if f",{code}," not in ignored]
            if not parts:
                continue
            rarest = min(parts, key=lambda part: (-part.rank, part.place))
            affected = Affected(
                rarest.place,
                sum(part.affected.calls for part in parts),
                set().union(*(part.affected.libraries for part in parts)),
            )
            # The message is to name the event that is blamed, not one of a file where the rule is ignored.
            meant = [each for each in judge(self.summary(rarest.name)) if each.rule is violation.rule]
            related = self._first if self._rank else ""
            said = (meant or [violation])[0]
            findings.add(said, EVENT, affected, rarest.name, related=related, message="the commonest name")
            calls[code] += affected.calls

    def _blamed(self) -> Mapping[str, _Part]:
        """Return the calls to blame: those of all names but the commonest, or of the only name."""
        return self._others if self._rank else self._commonest
