"""Whose every sighting is, and who uses every id: told when all calls are known, in memory or by the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from segkoch_lint.identity.sightings import Sighting
from segkoch_lint.identity.store import Store
from segkoch_lint.identity.summaries import DEVICE, Row

Said = tuple[Sighting, str]
"""A sighting, and the codes of the rules that do not count where it stands, with commas between."""

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
CREATE TABLE shared (id TEXT, code TEXT, affair INTEGER, PRIMARY KEY (id, code, affair)) WITHOUT ROWID;
INSERT INTO linked SELECT anonymous, MIN(user) FROM linking
    GROUP BY anonymous HAVING COUNT(*) = COUNT(user) AND MIN(user) = MAX(user);
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
DROP TABLE linked
"""

_USERS = """
SELECT person, platform, number, origin, device, advertising, ignored, place FROM sighting
    WHERE person NOTNULL ORDER BY number
"""

_IDS = """
SELECT fold({column}), COUNT(DISTINCT person), MIN(platform), MAX(platform) FROM sighting
    WHERE {column} NOTNULL GROUP BY 1 ORDER BY 1
"""

_SHARING = """
INSERT INTO affected SELECT shared.affair, sighting.number
    FROM sighting CROSS JOIN shared ON shared.id = fold(sighting.{column})
    WHERE instr(',' || sighting.ignored || ',', ',' || shared.code || ',') = 0
"""

_NOTED = "SELECT sighting FROM affected UNION SELECT related FROM affair WHERE related NOTNULL"


class Gathered(Protocol):
    """All sightings of a run.

    Attributes:
        store: has a table ``sighting``; it holds those at least that rules were found to be broken by, once `finish`
            was called.
    """

    store: Store

    def users(self) -> Iterator[tuple[str, str, list[Row]]]:
        """Yield each user, once a platform: ``u`` and a userId or ``a`` and an anonymousId, platform, sightings."""

    def ids(self, kind: str) -> Iterator[IdUse]:
        """Yield the use of each id of a kind, in the order of the ids."""

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
        links: see `segkoch_lint.identity.observing.Observed`.
    """

    def __init__(
        self,
        store: Store,
        sightings: Sequence[Said],
        place: Callable[[Said], bytes],
        row: Callable[[Said], tuple[object, ...]],
        links: Mapping[str, str | None],
    ) -> None:
        self.store = store
        self.store.run(_SIGHTING)
        self._sightings = sightings
        self._place = place
        self._row = row
        self._people = [_person(sighting, links) for sighting, _ in sightings]
        self._blamed: dict[str, list[tuple[str, int]]] = {}

    def users(self) -> Iterator[tuple[str, str, list[Row]]]:
        """See `Gathered`."""
        numbers: dict[tuple[str, str], list[int]] = {}
        for number, (person, (sighting, _)) in enumerate(zip(self._people, self._sightings, strict=True)):
            if person is not None:
                numbers.setdefault((person, sighting.platform), []).append(number)
        for (person, platform), found in sorted(numbers.items()):
            yield person, platform, sorted(map(self._of_user, found), key=_in_order)

    def ids(self, kind: str) -> Iterator[IdUse]:
        """See `Gathered`."""
        users: set[tuple[str, str]] = set()
        platforms: dict[str, set[str]] = {}
        for person, (sighting, _) in zip(self._people, self._sightings, strict=True):
            text = _id_of(sighting, kind)
            if text is not None:
                folded = text.casefold()
                platforms.setdefault(folded, set()).add(sighting.platform)
                if person is not None:
                    users.add((folded, person))
        counts = Counter(folded for folded, _ in users)
        for folded, found in sorted(platforms.items()):
            yield folded, counts[folded], min(found), max(found)

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
        rows = ((number, self._people[number], *self._row(self._sightings[number])[2:]) for number in noted)
        self.store.insert("INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _of_user(self, number: int) -> Row:
        said = self._sightings[number]
        sighting, ignored = said
        place = self._place(said)
        return Row(number, sighting.origin, sighting.device_id, sighting.advertising_id, ignored, place)


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

    def users(self) -> Iterator[tuple[str, str, list[Row]]]:
        """See `Gathered`."""
        for (person, platform), rows in groupby(self.store.rows(_USERS), key=itemgetter(0, 1)):
            yield person, platform, [Row(*row[2:]) for row in rows]

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


def _person(sighting: Sighting, links: Mapping[str, str | None]) -> str | None:
    if sighting.user_id is not None:
        return f"u{sighting.user_id}"
    if sighting.anonymous_id is None:
        return None
    user = links.get(sighting.anonymous_id)
    return f"a{sighting.anonymous_id}" if user is None else f"u{user}"


def _id_of(sighting: Sighting, kind: str) -> str | None:
    return sighting.device_id if kind == DEVICE else sighting.advertising_id


def _column(kind: str) -> str:
    return "device" if kind == DEVICE else "advertising"


def _in_order(row: Row) -> tuple[str, ...]:
    """Sort the sightings of a user as the database does."""
    return row.origin, row.device or "", row.advertising or "", row.ignored
