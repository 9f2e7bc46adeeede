"""Collects what calls say of their users, in bounded memory and in whatever order they come."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from segkoch_lint.identity.seen import Order, Place, Seen
from segkoch_lint.identity.sightings import Sighting
from segkoch_lint.identity.store import Store

_PROGRAM = 192 << 20
"""Bytes that the program takes for everything else."""

_LEAST = 6 << 20

_SIGHTING_BYTES = 1300
"""About what a sighting and its place take, its ids aside."""

_LINK_BYTES = 350

_UNKNOWN = object()

_SAID = "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LINKING = "INSERT INTO linking VALUES (?, ?)"


def share_of(memory: int) -> int:
    """Return how many of the bytes that a run may take its collector may take."""
    return max(memory - _PROGRAM, _LEAST)


class Part(NamedTuple):
    """What one collector hands to another: plain tuples, which can go from process to process.

    Attributes:
        sightings: each with the first call that it is of, and the number of its calls.
        links: anonymousIds, each with the userId that it is linked to; None for several.
    """

    sightings: list[tuple[Sighting, Seen, int]]
    links: list[tuple[str, str | None]]


@dataclass(slots=True)
class _Known:
    """The first call that a sighting is of, and the number of its calls."""

    seen: Seen
    calls: int


class Collector:
    """What the calls of a run say of their users.

    The order in which calls are added does not matter, nor how they are shared out to collectors that are merged.

    Args:
        memory: bytes that it may take; what is beyond goes to a temporary database.
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._sightings: dict[Sighting, _Known] = {}
        self._links: dict[str, str | None] = {}
        self._held = 0
        self._store: Store | None = None
        self._paths: list[str] = []
        self._numbers: dict[str, int] = {}

    def add(self, sighting: Sighting, seen: Seen, calls: int = 1) -> None:
        """Add calls that say the same, the first of which was *seen*."""
        known = self._sightings.get(sighting)
        if known is None:
            self._sightings[sighting] = _Known(seen, calls)
            self._hold(_SIGHTING_BYTES + sum(len(text) for text in sighting if text))
            return
        known.calls += calls
        if seen.order < known.seen.order:
            known.seen = seen

    def again(self, sighting: Sighting, order: Order, calls: int = 1) -> bool:
        """Add calls that say the same as an earlier one.

        Args:
            sighting: what they say.
            order: of the first of them.
            calls: how many they are.

        Returns:
            False, and nothing is added, when no earlier call is remembered: then `add` has to be told where they are.
        """
        known = self._sightings.get(sighting)
        if known is None or known.seen.order > order:
            return False
        known.calls += calls
        return True

    def link(self, anonymous_id: str, user_id: str) -> None:
        """Add that a call, or an alias, says that *anonymous_id* is *user_id*."""
        self._link(anonymous_id, user_id)

    def _link(self, anonymous_id: str, user_id: str | None) -> None:
        known = self._links.get(anonymous_id, _UNKNOWN)
        if known is _UNKNOWN:
            self._links[anonymous_id] = user_id
            self._hold(_LINK_BYTES + len(anonymous_id) + len(user_id or ""))
        elif known != user_id:
            self._links[anonymous_id] = None

    def export(self) -> Part:
        """Hand out what was added, and forget it."""
        sightings = [(sighting, known.seen, known.calls) for sighting, known in self._sightings.items()]
        links = list(self._links.items())
        if self._store is not None:
            sightings += self._stored()
            links += self._store.rows("SELECT anonymous, user FROM linking")
        self.close()
        return Part(sightings, links)

    def merge(self, part: Part, *, lines: int = 0) -> None:
        """Add what another collector handed out.

        Args:
            part: what it handed out.
            lines: lines of the input before those that it counted as the first.
        """
        for sighting, seen, calls in part.sightings:
            self.add(sighting, seen.moved(lines) if lines else seen, calls)
        for anonymous_id, user_id in part.links:
            self._link(anonymous_id, user_id)

    def stored(self) -> Store:
        """Return the database with everything in it."""
        self._spill()
        assert self._store is not None
        return self._store

    def close(self) -> None:
        """Forget everything, and give memory and disk back."""
        self._forget()
        if self._store is not None:
            self._store.close()
            self._store = None

    def _hold(self, size: int) -> None:
        self._held += size
        if self._held > self._memory // 3:  # as much each for the database's cache, and for its sorting
            self._spill()

    def _spill(self) -> None:
        if self._store is None:
            self._store = Store(self._memory // 3)
        self._store.insert(_SAID, map(self._row, self._sightings.items()))
        self._store.insert(_LINKING, self._links.items())
        self._forget()

    def _forget(self) -> None:
        self._sightings = {}
        self._links = {}
        self._held = 0

    def _stored(self) -> Iterator[tuple[Sighting, Seen, int]]:
        assert self._store is not None
        for *said, place, seen, calls in self._store.rows("SELECT * FROM said"):
            yield Sighting(*said), self.seen(place, seen), calls

    def _row(self, item: tuple[Sighting, _Known]) -> tuple[object, ...]:
        """Return a sighting as the database holds it."""
        sighting, known = item
        order, path, *places = known.seen
        number = self._numbers.setdefault(path, len(self._numbers))
        if number == len(self._paths):
            self._paths.append(path)
        # Of numbers of one width each, the bytes sort as the numbers do.
        place = struct.pack(f">{len(order)}Q", *order)
        return (*sighting, place, msgspec.json.encode((number, *places)).decode(), known.calls)

    def seen(self, place: bytes, seen: str) -> Seen:
        """Return where a call was seen, of what the database holds of it."""
        number, device, advertising = _decode_seen(seen)
        return Seen(struct.unpack(f">{len(place) // 8}Q", place), self._paths[number], device, advertising)


_decode_seen = msgspec.json.Decoder(tuple[int, Place | None, Place | None]).decode
