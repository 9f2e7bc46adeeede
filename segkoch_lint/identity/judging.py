"""What was collected to disagreements: each user and each id summed up and judged, in the order of places."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import msgspec

from segkoch_lint.findings import Location
from segkoch_lint.identity.collecting import Collector
from segkoch_lint.identity.gathering import Gathered
from segkoch_lint.identity.seen import Seen
from segkoch_lint.identity.shapes import MOST_ROWS, shape_of
from segkoch_lint.identity.store import Store
from segkoch_lint.identity.summaries import ADVERTISING, DEVICE, Blamed, User
from segkoch_lint.masking import Secret
from segkoch_lint.rules.violations import Violation
from segkoch_lint.tallies import IdentityTally

Judge = Callable[[Literal["user", "device"], Mapping[str, Any]], Sequence[Violation]]
"""Says what rules say of a summary: `segkoch_lint.rules.ruleset.RuleSet.violations`."""

_MOST_SHAPES = 100_000
"""Shapes of users that are remembered."""

_MOST_LIBRARIES = 5
"""Names of libraries that a message shows."""

_TABLES = """
CREATE TABLE affair (
    number INTEGER PRIMARY KEY, code TEXT, template TEXT, texts TEXT, kind TEXT, related INTEGER, message TEXT,
    differs TEXT
);
CREATE TABLE affected (affair INTEGER, sighting INTEGER, PRIMARY KEY (affair, sighting)) WITHOUT ROWID;
"""

_CALLS = """
SELECT code, SUM(calls) FROM (SELECT DISTINCT code, sighting FROM affected JOIN affair ON affair = affair.number)
    JOIN sighting ON sighting.number = sighting GROUP BY code
"""

_AFFAIRS = """
SELECT MIN(place), seen, device, advertising, person, platform,
        affair.number, code, template, texts, kind, related, message, differs,
        SUM(calls), CASE WHEN COUNT(DISTINCT origin) = 1 THEN origin END
    FROM affected JOIN affair ON affair.number = affected.affair JOIN sighting ON sighting.number = affected.sighting
    GROUP BY affair.number ORDER BY 1, code, kind, texts, person, platform
"""

_LIBRARIES = """
SELECT DISTINCT library FROM affected JOIN sighting ON sighting.number = affected.sighting WHERE affair = ? ORDER BY 1
"""

_DIFFERENT = """
SELECT place, seen FROM affected JOIN sighting ON sighting.number = affected.sighting
    WHERE affair = ? AND {differs} >= ? AND {differs} <> ? ORDER BY place LIMIT 1
"""

_DIFFERENCES = {
    "users": ("person", "another user of the same id"),  # one with a userId: only these are counted
    "platforms": ("platform", "the same id on another platform"),
}
"""By what is blamed in the summary of an id: the column in which a related call differs, and what that call is."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A rule broken by calls that may stand anywhere.

    Attributes:
        code: of the rule.
        template, values: what is said.
        location: the id to blame, at the first of the calls.
        related: the call that these disagree with.
        calls: how many calls are affected.
        libraries: of these calls.
        origin: of all of these calls, ``mobile`` or ``server``; None when they have several, or none that is known.
    """

    code: str
    template: str
    values: Mapping[str, str | Secret]
    location: Location
    related: tuple[Location, ...]
    calls: int
    libraries: tuple[str, ...]
    origin: str | None


class _Affair(NamedTuple):
    """A row of `_AFFAIRS`: a broken rule, what is said of it, and the calls that are affected."""

    place: bytes
    seen: str
    device: str | None
    advertising: str | None
    person: str | None
    platform: str
    number: int
    code: str
    template: str
    texts: str
    kind: str
    related: int | None
    message: str
    differs: str
    calls: int
    origin: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a run says of its users; made once, when all is collected.

    Attributes:
        tally: the users.
        calls: by code of a rule, how many calls its findings are about, no call counted twice.
    """

    tally: IdentityTally
    calls: Mapping[str, int]
    _store: Store
    _seen: Callable[[bytes, str], tuple[str, Seen]]

    @classmethod
    def of(cls, collector: Collector, judge: Judge, *, alike: bool = False) -> Identity:
        """Sum up and judge everything that was collected.

        Args:
            collector: what was collected.
            judge: says what rules say of a summary.
            alike: whether rules say the same of two users when only what their ids are differs.

        Raises:
            OutputError: there is no space left for the temporary database.
        """
        gathered = collector.gathered()
        for statement in _TABLES.split(";"):
            gathered.store.run(statement)
        tally = _judge_users(gathered, judge, alike=alike)
        for kind in (DEVICE, ADVERTISING):
            _judge_ids(gathered, judge, kind)
        gathered.finish()
        return cls(tally, dict(gathered.store.rows(_CALLS)), gathered.store, collector.seen)

    def disagreements(self) -> Iterator[Disagreement]:
        """Yield them in the order of their first calls."""
        for row in self._store.rows(_AFFAIRS):
            yield self._disagreement(_Affair(*row))

    def _disagreement(self, affair: _Affair) -> Disagreement:
        if affair.differs:
            from_on, not_this = ("", affair.platform) if affair.differs == "platform" else ("u", affair.person or "")
            asked = (affair.number, from_on, not_this)
            others = self._store.rows(_DIFFERENT.format(differs=affair.differs), asked)
        else:
            others = self._store.rows("SELECT place, seen FROM sighting WHERE number = ?", (affair.related,))
        libraries = tuple(name for (name,) in self._store.rows(_LIBRARIES, (affair.number,)))
        values: dict[str, str | Secret] = {
            name: Secret(text) if secret else text for name, text, secret in msgspec.json.decode(affair.texts)
        }
        text = (affair.advertising if affair.kind == ADVERTISING else affair.device) or ""
        calls = f"{affair.calls:,} call{'' if affair.calls == 1 else 's'}"
        values |= {"id": Secret(text), "kind": affair.kind, "calls": calls, "libraries": _listed(libraries)}
        return Disagreement(
            affair.code,
            affair.template,
            values,
            self._location(affair, affair.place, affair.seen),
            tuple(self._location(affair, *other, message=affair.message) for other in others),
            affair.calls,
            libraries,
            affair.origin,
        )

    def _location(self, affair: _Affair, place: bytes, seen: str, *, message: str = "") -> Location:
        path, call = self._seen(place, seen)
        return call.location(path, affair.kind, message)


def _judge_users(gathered: Gathered, judge: Judge, *, alike: bool) -> IdentityTally:
    tally = IdentityTally()
    clean: dict[Hashable, str] = {}
    for found in gathered.users():
        shape = shape_of(found.claims) if alike and len(found.claims) <= MOST_ROWS else None
        if shape in clean:
            tally.count(clean[shape])
            continue
        user = User(found.person, found.platform, found.rows())
        why_not = user.why_not_compared()
        tally.count(why_not)
        if not _judge_user(gathered.store, judge, user) and shape is not None and len(clean) < _MOST_SHAPES:
            clean[shape] = why_not
    return tally


def _judge_user(store: Store, judge: Judge, user: User) -> bool:
    """Note the rules that a user breaks, and tell whether there are any."""
    broken = False
    affairs: dict[tuple[str, str], list[tuple[Violation, Blamed]]] = {}
    for summary, claims in user.summaries():
        for violation in judge("user", summary):
            broken = True
            blamed = user.blamed(violation.path, claims, violation.rule.code)
            if blamed is not None:
                affairs.setdefault((violation.rule.code, blamed.value), []).append((violation, blamed))
    for found in affairs.values():
        violation, blamed = min(found, key=lambda each: min(row.place for row in each[1].rows))
        affair = _add_affair(store, violation, blamed.kind, blamed.message, related=blamed.related)
        numbers = {row.number for _, each in found for row in each.rows}
        store.insert("INSERT INTO affected VALUES (?, ?)", ((affair, number) for number in sorted(numbers)))
    return broken


def _judge_ids(gathered: Gathered, judge: Judge, kind: str) -> None:
    verdicts: dict[tuple[int, str, str], Sequence[Violation]] = {}
    for folded, users, first, last in gathered.ids(kind):
        alike = (users, first, last)
        if alike not in verdicts:
            verdicts[alike] = judge("device", {"kind": kind, "users": users, "platforms": sorted({first, last})})
        for violation in verdicts[alike]:
            differs, message = _DIFFERENCES.get(str(violation.path[0]) if violation.path else "", ("", ""))
            affair = _add_affair(gathered.store, violation, kind, message, differs=differs)
            gathered.blame(folded, violation.rule.code, affair)
    gathered.note(kind)


def _add_affair(
    store: Store, violation: Violation, kind: str, message: str, *, related: int | None = None, differs: str = ""
) -> int:
    """Note a broken rule; return the number that the calls affected are noted under."""
    texts = [
        (name, value.reveal() if isinstance(value, Secret) else value, isinstance(value, Secret))
        for name, value in violation.values.items()
    ]
    encoded = msgspec.json.encode(texts).decode()
    values = (violation.rule.code, violation.template, encoded, kind, related, message, differs)
    return store.add("INSERT INTO affair VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", values)


def _listed(names: Sequence[str]) -> str:
    shown = [name or "an unnamed library" for name in names[:_MOST_LIBRARIES]]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")
