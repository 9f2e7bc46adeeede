"""Records what the calls of an input say of users and event names, and where it is said first."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from segkoch_lint.calls.call import Call
from segkoch_lint.documents.document import ARROW, Document, pointer_in
from segkoch_lint.envelopes.unwrap import place_in_document
from segkoch_lint.findings.position import Path, Span, pointer_of
from segkoch_lint.identity.first_seen import ADVERTISING_POINTER, DEVICE_POINTER, EVENT_POINTER, Order, Spot, place_of
from segkoch_lint.identity.records import (
    NO_MEMBERS,
    IdentityRecord,
    IdMembers,
    KeptRecords,
    Link,
    LinkRow,
    RecordBatch,
    event_of,
    members_of,
    sender_of,
    storable_library,
)
from segkoch_lint.rules.ruleset import Verdict

_DEVICE: Path = ("context", "device")

Key = TypeVar("Key", bound=Hashable)

Event = tuple[str, str]
"""Name of an event, and the library of the call."""


class RecordCount(msgspec.Struct, eq=False, gc=False):
    """How many calls a record is of.

    Attributes:
        order: of the first of them that was met.
        place: see `segkoch_lint.identity.first_seen.place_of`.
        calls: how many there are.
    """

    order: Order
    place: str = ""
    calls: int = 0


class RowHolder(Protocol):
    """Holds rows until they are taken."""

    @property
    def held(self) -> int:
        """About how many there are."""

    def take(self) -> KeptRecords | None:
        """Return them, if there are any, and hold them no longer."""


class Recorder:
    """Records what calls say, part by part, until somebody takes it.

    Args:
        users: whether a rule about users or devices is selected.
        events: whether a rule about event names is selected.
    """

    def __init__(self, *, users: bool, events: bool) -> None:
        self.users = users
        self.events = events
        self._holders: list[RowHolder] = []
        self.begin()

    def begin(self) -> None:
        """Begin with another part; what was not taken, because a part was not read to its end, is dropped."""
        self._kept: list[KeptRecords] = []
        self._records: dict[IdentityRecord, RecordCount] = {}
        self._events: dict[Event, RecordCount] = {}
        self._links: set[LinkRow] = set()
        for holder in self._holders:
            holder.take()

    @property
    def held(self) -> int:
        """Number of rows to take."""
        own = len(self._records) + len(self._links) + len(self._events)
        return own + sum(map(len, self._kept)) + sum(holder.held for holder in self._holders)

    def take_from(self, holder: RowHolder) -> None:
        """Take along what a holder holds, each time."""
        self._holders.append(holder)

    def keep(self, kept: KeptRecords | None) -> None:
        """Keep what a holder has given, if anything."""
        if kept is not None:
            self._kept.append(kept)

    def record(self, document: Document, calls: Iterable[tuple[Call, int, Verdict]]) -> None:
        """Record the calls of a document.

        Args:
            document: that they stand in.
            calls: as they were unwrapped, in order, each with its number there, from 1, and the verdict on it.
        """
        waiting: list[_Waiting] = []
        for call, number, verdict in calls:
            order: Order = (*document.start, number)
            delivered = verdict.not_delivered is None
            members = members_of(call.message, delivered=delivered) if self.users else NO_MEMBERS
            self._links.update(members.links(call.message))
            record = members.record(call.message, sender_of(verdict.origin))
            if record is not None:
                count = self.known(record, order)
                if count is None:
                    count = self.meet(record, order)
                    waiting.append(_Waiting(count, order, _id_paths(call, members, document)))
                count.calls += 1
            if not delivered:
                continue
            event = self.event_of(call.message)
            if event is not None:
                count = self.known_event(event, order)
                if count is None:
                    count = self.meet_event(event, order)
                    path = place_in_document(call, ("event",), document.value)
                    waiting.append(_Waiting(count, order, ((path, EVENT_POINTER),)))
                count.calls += 1
        # Looking for places one by one would read a document of many calls as many times.
        _place_all(document, waiting)

    def link(self, link: Link) -> None:
        """Record who is who."""
        self._links.add(link)

    def event_of(self, message: Mapping[str, Any]) -> Event | None:
        """Return the event of a call, if it has one and a rule asks for it."""
        name = event_of(message) if self.events else ""
        return (name, storable_library(message)) if name else None

    def known(self, record: IdentityRecord, order: Order) -> RecordCount | None:
        """Return what calls of a record are counted by; None if none was met before the call with that *order*."""
        return _known(self._records.get(record), order)

    def meet(self, record: IdentityRecord, order: Order, place: str = "") -> RecordCount:
        """Note a call that stands before all others of its record that were met; return what they are counted by."""
        return _met(self._records, record, order, place)

    def known_event(self, event: Event, order: Order) -> RecordCount | None:
        """Return what calls of an event are counted by; None if none was met before the call with that *order*."""
        return _known(self._events.get(event), order)

    def meet_event(self, event: Event, order: Order, place: str = "") -> RecordCount:
        """Note a call that stands before all others of its event that were met; return what they are counted by."""
        return _met(self._events, event, order, place)

    def take(self) -> RecordBatch:
        """Return what was recorded, and forget it."""
        for holder in self._holders:
            self.keep(holder.take())
        batch = RecordBatch(
            [(*record, each.order[0], each.place, each.calls) for record, each in self._records.items()],
            list(self._links),
            [(*event, each.order[0], each.place, each.calls) for event, each in self._events.items()],
            self._kept,
        )
        self.begin()
        return batch


class _Waiting(msgspec.Struct, gc=False):
    """A count whose call is to be located: paths in the document, each with its usual pointer; None for no value."""

    count: RecordCount
    order: Order
    paths: Sequence[tuple[Path | None, str]]


def id_places(document: Document, members: IdMembers, order: Order) -> str:
    """Return the place of the ids in a document that is one call and nothing else, and has such members."""
    paths = [((*_DEVICE, key) if key else None, usual) for key, usual in _id_keys(members)]
    return next(_places(document, [(order, paths)]))


def event_place(document: Document, order: Order) -> str:
    """Return the place of the event name in a document that is one call and nothing else."""
    return next(_places(document, [(order, ((("event",), EVENT_POINTER),))]))


def _known(known: RecordCount | None, order: Order) -> RecordCount | None:
    return None if known is None or known.order > order else known


def _met(counts: dict[Key, RecordCount], key: Key, order: Order, place: str) -> RecordCount:
    known = counts.get(key)
    if known is None:
        known = counts[key] = RecordCount(order)
    known.order, known.place = order, place
    return known


def _id_paths(call: Call, members: IdMembers, document: Document) -> Sequence[tuple[Path | None, str]]:
    whole = document.value
    return [
        (place_in_document(call, (*_DEVICE, key), whole) if key else None, usual) for key, usual in _id_keys(members)
    ]


def _id_keys(members: IdMembers) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the keys of the ids of a call's device, each with its usual pointer."""
    return (members.device_id, DEVICE_POINTER), (members.advertising_id, ADVERTISING_POINTER)


def _place_all(document: Document, waiting: Collection[_Waiting]) -> None:
    places = _places(document, [(each.order, each.paths) for each in waiting])
    for each, place in zip(waiting, places, strict=True):
        if each.count.order == each.order:
            each.count.place = place


def _places(document: Document, asked: Sequence[tuple[Order, Sequence[tuple[Path | None, str]]]]) -> Iterator[str]:
    paths = [path for _, each in asked for path, _ in each if path is not None]
    spans = document.locate(paths) if paths else {}
    # What leads into an envelope is kept as it is shown.
    lead = str(pointer_in(document, ())) if paths and document.origin is not None else ""
    if document.origin is not None and not document.origin.base:
        lead += ARROW
    for order, each in asked:
        yield place_of(order, [(_spot(spans, path, lead), usual) for path, usual in each])


def _spot(spans: Mapping[Path, Span], path: Path | None, lead: str) -> Spot | None:
    return None if path is None else Spot(spans.get(path), lead + pointer_of(path))
