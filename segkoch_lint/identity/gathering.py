"""Whose every sighting is, and who uses every id: told when all calls are known, in memory or by the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, Protocol

from segkoch_lint.identity.sightings import Sighting
from segkoch_lint.identity.store import Store
from segkoch_lint.identity.summaries import DEVICE, Row

Said = tuple[Sighting, str]
"""A sighting, and the codes of the rules that do not count where it stands, with commas between."""

Person = tuple[str | None, str]
"""``u`` and a userId, or ``a`` and an anonymousId, or None; and a platform."""

Claim = tuple[str, str | None, str | None]
"""Origin, device id and advertising id of a sighting."""

IdUse = tuple[str, int, str, str]
"""An id without regard to case, the number of its users, and the first and the last of its platforms."""

_SIGHTING = """
CREATE TABLE sighting (
    number INTEGER PRIMARY KEY, person TEXT, platform TEXT, origin TEXT, device TEXT, advertising TEXT, library TEXT,
    ignored TEXT, place BLOB, seen TEXT, calls INTEGER
)
"""

_GATHER = """
CREATE TABLE linked (anonymous TEXT PRIMARY KEY, user TEXT) WITHOUT ROWID;
CREATE TABLE following (before TEXT PRIMARY KEY, user TEXT) WITHOUT ROWID;
CREATE TABLE chain (before TEXT PRIMARY KEY, user TEXT) WITHOUT ROWID;
CREATE TABLE shared (id TEXT, code TEXT, affair INTEGER, PRIMARY KEY (id, code, affair)) WITHOUT ROWID;
INSERT INTO following SELECT before, CASE WHEN MIN(user) = MAX(user) THEN MIN(user) END FROM linking
    WHERE alias AND before <> user GROUP BY before;
CREATE INDEX following_user ON following (user);
INSERT INTO chain
    WITH RECURSIVE reached (before, user) AS (
        SELECT following.before, following.user
            FROM following LEFT JOIN following AS further ON further.before = following.user
            WHERE following.user NOTNULL AND further.before ISNULL
        UNION ALL
        SELECT following.before, reached.user FROM reached JOIN following ON following.user = reached.before
    )
    SELECT before, user FROM reached;
INSERT INTO linked
    SELECT linking.before, MIN(CASE WHEN following.before ISNULL THEN linking.user ELSE chain.user END) AS last
    FROM linking LEFT JOIN following ON following.before = linking.user LEFT JOIN chain ON chain.before = linking.user
    GROUP BY linking.before
    HAVING COUNT(*) = COUNT(CASE WHEN following.before ISNULL THEN linking.user ELSE chain.user END)
        AND last = MAX(CASE WHEN following.before ISNULL THEN linking.user ELSE chain.user END);
INSERT INTO sighting
    SELECT NULL, CASE
            WHEN said.user NOTNULL THEN 'u' || said.user
            WHEN linked.user NOTNULL THEN 'u' || linked.user
            ELSE 'a' || said.anonymous
        END AS person,
        platform, origin, device, advertising, library, ignored, MIN(place), seen, SUM(calls)
    FROM said LEFT JOIN linked ON said.user ISNULL AND linked.anonymous = said.anonymous
    GROUP BY 2, 3, 4, 5, 6, 7, 8 ORDER BY 2, 3, 4, 5, 6, 7, 8;
DROP TABLE said;
DROP TABLE linking;
DROP TABLE linked;
DROP TABLE following;
DROP TABLE chain
"""

_USERS = """
SELECT person, platform, number, origin, device, advertising, ignored, place FROM sighting
    WHERE person NOTNULL ORDER BY number
"""

_IDS = """
SELECT fold({column}), COUNT(DISTINCT CASE WHEN person >= 'u' THEN person END), MIN(platform), MAX(platform)
    FROM sighting WHERE {column} NOTNULL GROUP BY 1
"""

_SHARING = """
INSERT INTO affected SELECT shared.affair, sighting.number
    FROM sighting CROSS JOIN shared ON shared.id = fold(sighting.{column})
    WHERE instr(',' || sighting.ignored || ',', ',' || shared.code || ',') = 0
"""

_NOTED = "SELECT sighting FROM affected UNION SELECT related FROM affair WHERE related NOTNULL"


class Sightings(NamedTuple):
    """The sightings of one user on one platform.

    Attributes:
        person: ``u`` and a userId, or ``a`` and an anonymousId.
        platform: ``ios`` or ``android``.
        claims: what they say, in the order of origins and ids.
        rows: returns them; most users need no more than what they say.
    """

    person: str
    platform: str
    claims: list[Claim]
    rows: Callable[[], list[Row]]


class Gathered(Protocol):
    """All sightings of a run.

    Attributes:
        store: has a table ``sighting``; it holds those at least that rules were found to be broken by, once `finish`
            was called.
    """

    store: Store

    def users(self) -> Iterator[Sightings]:
        """Yield each user, once a platform."""

    def ids(self, kind: str) -> Iterator[IdUse]:
        """Yield the use of each id of a kind."""

    def blame(self, folded: str, code: str, affair: int) -> None:
        """Take in that the use of an id breaks a rule."""

    def note(self, kind: str) -> None:
        """Note the calls with the ids of a kind that `blame` was told of."""

    def finish(self) -> None:
        """See to it that the table holds what was noted."""


class InMemory:
    """Sightings that all fit into memory.

    Args:
        store: an empty database.
        sightings: all of them.
        place: returns what sorts one among all, by its first call.
        row: returns what the database holds of one: ids of the user, the further columns.
        owners: see `segkoch_lint.identity.linking.owners`.
    """

    def __init__(
        self,
        store: Store,
        sightings: Sequence[Said],
        place: Callable[[Said], bytes],
        row: Callable[[Said], tuple[object, ...]],
        owners: Mapping[str, str],
    ) -> None:
        self.store = store
        self.store.run(_SIGHTING)
        self._sightings = sightings
        self._place = place
        self._row = row
        whose: dict[Person, Person] = {}
        self._people: list[Person] = []
        for sighting, _ in sightings:
            person = (_person(sighting, owners), sighting.platform)
            self._people.append(whose.setdefault(person, person))
        self._blamed: dict[str, list[tuple[str, int]]] = {}

    def users(self) -> Iterator[Sightings]:
        """See `Gathered`."""
        numbers: dict[Person, list[int]] = {}
        for number, whose in enumerate(self._people):
            numbers.setdefault(whose, []).append(number)
        for (person, platform), found in numbers.items():
            if person is not None:
                yield Sightings(person, platform, *self._of_user(found))

    def _of_user(self, found: list[int]) -> tuple[list[Claim], Callable[[], list[Row]]]:
        sightings = self._sightings
        said = [
            (each.origin, each.device_id or "", each.advertising_id or "", ignored, number)
            for number in found
            for each, ignored in (sightings[number],)
        ]
        said.sort()  # as the database does
        claims = [(origin, device or None, advertising or None) for origin, device, advertising, _, _ in said]

        def rows() -> list[Row]:
            return [
                Row(number, origin, device or None, advertising or None, ignored, self._place(sightings[number]))
                for origin, device, advertising, ignored, number in said
            ]

        return claims, rows

    def ids(self, kind: str) -> Iterator[IdUse]:
        """See `Gathered`."""
        first: dict[str, Person] = {}
        several: dict[str, set[Person]] = {}
        for person, (sighting, _) in zip(self._people, self._sightings, strict=True):
            text = _id_of(sighting, kind)
            if text is not None:
                folded = text.casefold()
                known = first.setdefault(folded, person)
                if known is not person:  # nearly every id is one person's
                    several.setdefault(folded, {known}).add(person)
        for folded, person in first.items():
            people = several.get(folded) or {person}
            platforms = {platform for _, platform in people}
            users = {user for user, _ in people if user is not None and user.startswith("u")}
            yield folded, len(users), min(platforms), max(platforms)

    def blame(self, folded: str, code: str, affair: int) -> None:
        """See `Gathered`."""
        self._blamed.setdefault(folded, []).append((code, affair))

    def note(self, kind: str) -> None:
        """See `Gathered`."""
        blamed, self._blamed = self._blamed, {}
        if blamed:
            self.store.insert("INSERT INTO affected VALUES (?, ?)", self._affected(kind, blamed))

    def _affected(self, kind: str, blamed: Mapping[str, Sequence[tuple[str, int]]]) -> Iterator[tuple[int, int]]:
        for number, (sighting, ignored) in enumerate(self._sightings):
            for code, affair in blamed.get((_id_of(sighting, kind) or "").casefold(), ()):
                if code not in ignored.split(","):
                    yield affair, number

    def finish(self) -> None:
        """See `Gathered`."""
        noted = [number for (number,) in self.store.rows(_NOTED)]
        rows = ((number, self._people[number][0], *self._row(self._sightings[number])[2:]) for number in noted)
        self.store.insert("INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


class InStore:
    """Sightings in the database, because there were too many for memory.

    Args:
        store: holds them all.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.store.run(_SIGHTING)
        for statement in _GATHER.split(";"):
            store.run(statement)

    def users(self) -> Iterator[Sightings]:
        """See `Gathered`."""
        for (person, platform), found in groupby(self.store.rows(_USERS), key=itemgetter(0, 1)):
            rows = [Row(*row[2:]) for row in found]
            claims = [(row.origin, row.device, row.advertising) for row in rows]
            yield Sightings(person, platform, claims, rows.copy)

    def ids(self, kind: str) -> Iterator[IdUse]:
        """See `Gathered`."""
        yield from self.store.rows(_IDS.format(column=_column(kind)))

    def blame(self, folded: str, code: str, affair: int) -> None:
        """See `Gathered`."""
        self.store.run("INSERT INTO shared VALUES (?, ?, ?)", (folded, code, affair))

    def note(self, kind: str) -> None:
        """See `Gathered`."""
        self.store.run(_SHARING.format(column=_column(kind)))
        self.store.run("DELETE FROM shared")

    def finish(self) -> None:
        """See `Gathered`."""


def _person(sighting: Sighting, owners: Mapping[str, str]) -> str | None:
    if sighting.user_id is not None:
        return f"u{sighting.user_id}"
    if sighting.anonymous_id is None:
        return None
    user = owners.get(sighting.anonymous_id)
    return f"a{sighting.anonymous_id}" if user is None else f"u{user}"


def _id_of(sighting: Sighting, kind: str) -> str | None:
    return sighting.device_id if kind == DEVICE else sighting.advertising_id


def _column(kind: str) -> str:
    return "device" if kind == DEVICE else "advertising"
