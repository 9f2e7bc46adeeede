"""Collects what calls say of their users, in bounded memory and in whatever order they come."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from segkoch_lint.identity.gathering import Gathered, InMemory, InStore, Said
from segkoch_lint.identity.linking import owners
from segkoch_lint.identity.observing import Observed
from segkoch_lint.identity.seen import Order, Place, Seen
from segkoch_lint.identity.sightings import Link
from segkoch_lint.identity.store import Store

_PROGRAM = 192 << 20
"""Bytes that the program takes for everything else."""

_LEAST = 6 << 20

_SIGHTING_BYTES = 1300
"""About what a sighting and its place take, its ids aside."""

_LINK_BYTES = 350

_SAID = "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LINKING = "INSERT INTO linking VALUES (?, ?, ?)"


def share_of(memory: int) -> int:
    """Return how many of the bytes that a run may take its collector may take."""
    return max(memory - _PROGRAM, _LEAST)


@dataclass(frozen=True, slots=True)
class Source:
    """An input of the run.

    Attributes:
        path: as findings name it.
        order: sorts it among the inputs of the run.
        ignored: codes of the rules that do not count in it, with commas between.
    """

    path: str
    order: Order
    ignored: str = ""


class _Known(msgspec.Struct, eq=False, gc=False):
    """The first call that a sighting is of, how many lines stand before its part, and the number of calls."""

    source: Source
    lines: int
    seen: Seen
    calls: int

    @property
    def order(self) -> Order:
        """Sorts the call among all of the run."""
        return _order(self.source, self.lines, self.seen)

    @property
    def place(self) -> bytes:
        """The same as bytes: those of numbers of one width each sort as the numbers do."""
        return struct.pack(f">{len(self.order)}Q", *self.order)


class _Told(msgspec.Struct, eq=False, gc=False):
    """A sighting that an observer may come back to, as it was told; and the calls since then, which nobody counted."""

    said: Said
    source: Source
    lines: int
    seen: Seen
    further: int = 0


class Collector:
    """What the calls of a run say of their users.

    The order in which calls are added does not matter, nor how they are shared out.

    Args:
        memory: bytes that it may take; what is beyond goes to a temporary database.
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._sightings: dict[Said, _Known] = {}
        self._links: set[Link] = set()
        self._told: dict[str, list[_Told]] = {}
        self._held = 0
        self._store: Store | None = None
        self._paths: list[str] = []
        self._numbers: dict[str, int] = {}

    def add(self, observed: Observed, source: Source, *, lines: int = 0) -> None:
        """Add what was observed in a part of an input.

        Args:
            observed: what was observed, with lines counted from the beginning of the part. What one observer
                observed is to be added in the order in which it was taken.
            source: the input.
            lines: how many lines of it stand before the part.
        """
        told = self._told.setdefault(observed.observer, [])
        if observed.anew:
            self._count(told)
            told.clear()
        for sighting, seen, calls in observed.sightings:
            here = _Told((sighting, source.ignored), source, lines, seen)
            told.append(here)
            self._add(here, calls)
        for number, calls in zip(observed.again, observed.further, strict=True):
            told[number].further += calls
        for link in observed.links:
            if link not in self._links:
                self._links.add(link)
                self._hold(_LINK_BYTES + len(link.before) + len(link.user_id))

    def _count(self, told: Sequence[_Told]) -> None:
        for each in told:
            if each.further:
                self._add(each, each.further)

    def _add(self, here: _Told, calls: int) -> None:
        known = self._sightings.get(here.said)
        if known is None:
            self._sightings[here.said] = _Known(here.source, here.lines, here.seen, calls)
            sighting, _ = here.said
            ids = (sighting.user_id, sighting.anonymous_id, sighting.device_id, sighting.advertising_id)
            self._hold(_SIGHTING_BYTES + sum([len(each) for each in ids if each]))
            return
        known.calls += calls
        if here.seen is not known.seen and _order(here.source, here.lines, here.seen) < known.order:
            known.source, known.lines, known.seen = here.source, here.lines, here.seen

    def gathered(self) -> Gathered:
        """Return everything, now that all was added."""
        for told in self._told.values():
            self._count(told)
        if self._store is None:
            self._store = Store(self._memory // 3)
            known = self._sightings
            return InMemory(
                self._store,
                list(known),
                lambda said: known[said].place,
                lambda said: self._row((said, known[said])),
                owners(self._links),
            )
        self._spill()
        return InStore(self._store)

    def seen(self, place: bytes, seen: str) -> tuple[str, Seen]:
        """Return the input and the place of a call, of what the database holds of it."""
        number, device, advertising = _decode_seen(seen)
        return self._paths[number], Seen(struct.unpack(f">{len(place) // 8}Q", place), device, advertising)

    def close(self) -> None:
        """Forget everything, and give memory and disk back."""
        self._forget()
        self._told = {}
        if self._store is not None:
            self._store.close()
            self._store = None

    def _hold(self, size: int) -> None:
        self._held += size
        # A third each for entries, for the database's cache, and for its sorting; without one, half for entries.
        if self._held > self._memory // (2 if self._store is None else 3):
            self._spill()

    def _spill(self) -> None:
        if self._store is None:
            self._store = Store(self._memory // 3)
        self._store.insert(_SAID, map(self._row, self._sightings.items()))
        self._store.insert(_LINKING, self._links)
        self._forget()

    def _forget(self) -> None:
        self._sightings = {}
        self._links = set()
        self._held = 0

    def _row(self, item: tuple[Said, _Known]) -> tuple[object, ...]:
        """Return a sighting as the database holds it."""
        (sighting, ignored), known = item
        path = known.source.path
        number = self._numbers.setdefault(path, len(self._numbers))
        if number == len(self._paths):
            self._paths.append(path)
        moved = known.seen.moved(known.lines)
        seen = msgspec.json.encode((number, moved.device, moved.advertising)).decode()
        return (*msgspec.structs.astuple(sighting), ignored, known.place, seen, known.calls)


def _order(source: Source, lines: int, seen: Seen) -> Order:
    line, *rest = seen.order
    return (*source.order, line + lines, *rest)


_decode_seen = msgspec.json.Decoder(tuple[int, Place | None, Place | None]).decode
