"""Observes the calls of a part of the inputs: what each says of its user, and where that was said first."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from segkoch_lint.calls import Call
from segkoch_lint.identity.seen import Order, Place, Seen
from segkoch_lint.identity.sightings import Ids, Link, Sighting, ids_of, links_of, sighting_of
from segkoch_lint.places import Path, Span, pointer_of
from segkoch_lint.reading.documents import Document
from segkoch_lint.reading.unwrapping import place_in_document
from segkoch_lint.rules.ruleset import Opinion

MOST_KNOWN = 15_000
"""Sightings that an observer remembers, and a collector for it; some tens of megabytes for each of the two."""

_DEVICE: Path = ("context", "device")

_Paths = tuple[Path | None, Path | None]
"""Of a device id and an advertising id, as far as they are there."""

_Places = tuple[Place | None, Place | None]


class Observed(msgspec.Struct, frozen=True, array_like=True):
    """What was observed: plain values, which can go from process to process.

    Attributes:
        sightings: those met for the first time, each with the first call that it is of, and the number of its calls.
        again: those met before, by their numbers, from 0 in the order in which they were handed out as ``sightings``.
        further: for each of these, the number of further calls.
        links: what calls say of who is who.
        observer: tells observers apart.
        anew: whether the numbers of sightings begin anew with these.
    """

    sightings: list[tuple[Sighting, Seen, int]]
    again: list[int]
    further: list[int]
    links: list[Link]
    observer: str
    anew: bool

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle many values as one text, which is quicker."""
        return _observed, (_encoder.encode(self),)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Observed)


def _observed(text: bytes) -> Observed:
    return _decoder.decode(text)


class Known(msgspec.Struct, eq=False, gc=False):
    """A sighting that was met.

    Attributes:
        seen: the first call that it is of.
        part: in which that call stands.
        calls: how many there are that nobody was told of.
        number: among those handed out; -1 for none.
    """

    seen: Seen
    part: int
    calls: int = 0
    number: int = -1


class Observer:
    """Observes the calls of parts of the inputs, which come in order, until somebody takes what was observed.

    What was taken is remembered for a while: of calls that say the same, only the number is to be told.

    Attributes:
        met: what somebody who tells of many calls alike may remember, as long as it is here: the sighting of some of
            them, or None when they say nothing of a user.
    """

    def __init__(self) -> None:
        self._part = 0
        self._ignored: frozenset[str] = frozenset()
        self.forget()

    def forget(self) -> None:
        """Forget everything, taken or not."""
        self.met: dict[Hashable, Known | None] = {}
        self._sightings: dict[Sighting, Known] = {}
        self._new: list[tuple[Sighting, Known]] = []
        self._again: list[Known] = []
        self._links: set[Link] = set()
        self._handed_out = 0
        self._anew = True

    def begin(self, ignored: frozenset[str]) -> None:
        """Begin with another part.

        Args:
            ignored: codes of the rules that do not count in its input.
        """
        self._part += 1
        # What the part before left, because nobody read it to its end, was not taken; the same said elsewhere counts
        # apart where other rules count.
        if self._new or self._again or self._links or ignored != self._ignored:
            self.forget()
        self._ignored = ignored

    @property
    def held(self) -> int:
        """How much there is to take: sightings and links."""
        return len(self._new) + len(self._links)

    def calls(self, document: Document, calls: Iterable[tuple[Call, int, Opinion]]) -> None:
        """Observe the calls of a document.

        Args:
            document: that they stand in.
            calls: as they were unwrapped, in order, each with its number there, from 1, and the opinion on it.
        """
        waiting: list[tuple[Known, Order, _Paths]] = []
        for call, number, opinion in calls:
            self._links.update(links_of(call.message))
            sighting = sighting_of(call.message, opinion.origin) if opinion.not_delivered is None else None
            if sighting is None:
                continue
            order: Order = (*document.start, number)
            known = self.known(sighting, order)
            if known is None:
                known = self.meet(sighting, Seen(order, None, None))
                waiting.append((known, order, _paths(call, document)))
            self.count(known)
        # Looking for places one by one would read a document of many calls as many times.
        for known, order, places in _placed(document, waiting):
            known.seen = Seen(order, *places)

    def count(self, known: Known, calls: int = 1) -> None:
        """Count calls of a sighting that is known."""
        if not known.calls and known.number >= 0:
            self._again.append(known)
        known.calls += calls

    def known(self, sighting: Sighting, order: Order) -> Known | None:
        """Return a sighting that was met, or None when it was not, or not before the call with that *order*."""
        known = self._sightings.get(sighting)
        if known is None or (known.part == self._part and known.seen.order > order):
            return None
        return known

    def meet(self, sighting: Sighting, seen: Seen) -> Known:
        """Return a sighting of a call that stands before all others with the same."""
        known = self._sightings.get(sighting)
        if known is None or known.number >= 0:
            known = self._sightings[sighting] = Known(seen, self._part)
            self._new.append((sighting, known))
        known.seen = seen
        return known

    def link(self, link: Link) -> None:
        """Observe what a call says of who is who."""
        self._links.add(link)

    def take(self) -> Observed:
        """Return what was observed since the last time."""
        name = f"{os.getpid()}-{id(self)}"
        sightings = [(sighting, known.seen, known.calls) for sighting, known in self._new]
        again, further = [known.number for known in self._again], [known.calls for known in self._again]
        observed = Observed(sightings, again, further, list(self._links), name, self._anew)
        for number, (_, known) in enumerate(self._new, self._handed_out):
            known.number, known.calls = number, 0
        for known in self._again:
            known.calls = 0
        self._handed_out += len(self._new)
        self._new, self._again, self._links, self._anew = [], [], set(), False
        if max(len(self._sightings), len(self.met) // 2) > MOST_KNOWN:
            self.forget()
        return observed


def places_in(document: Document, ids: Ids) -> _Places:
    """Return where the device id and the advertising id stand in a document that is one call and nothing else."""
    paths = _paths_of(Call(document.value), ids, document)
    spans = document.locate([path for path in paths if path is not None])
    return _place(spans, paths[0]), _place(spans, paths[1])


def _paths(call: Call, document: Document) -> _Paths:
    ids = ids_of(call.message["context"]["device"])
    assert ids is not None
    return _paths_of(call, ids, document)


def _paths_of(call: Call, ids: Ids, document: Document) -> _Paths:
    device, advertising = (
        place_in_document(call, (*_DEVICE, key), document.value) if key else None
        for key in ("id" if ids.device_id else None, ids.advertising_key)
    )
    return device, advertising


def _placed(
    document: Document, waiting: Sequence[tuple[Known, Order, _Paths]]
) -> Iterator[tuple[Known, Order, _Places]]:
    asked = [path for _, _, paths in waiting for path in paths if path is not None]
    spans = document.locate(asked) if asked else {}
    for known, order, (device, advertising) in waiting:
        yield known, order, (_place(spans, device), _place(spans, advertising))


def _place(spans: Mapping[Path, Span], path: Path | None) -> Place | None:
    return None if path is None else place_of(spans.get(path), pointer_of(path))


def place_of(span: Span | None, pointer: str) -> Place:
    """Return where an id stands."""
    return Place((span.line, span.column, span.end_line, span.end_column) if span else None, pointer)
