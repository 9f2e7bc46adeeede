"""The recorder of ids and event names: it counts calls with equal records, and locates the first of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
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
    Link,
    LinkRow,
    NativeRecords,
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
"""The name of an event, and the library of the call."""


class RecordCount(msgspec.Struct, eq=False, gc=False):
    """The number of calls of a record.

    Attributes:
        order: of the first of them so far.
        place: see `segkoch_lint.identity.first_seen.place_of`.
        calls: how many there are.
    """

    order: Order
    place: str = ""
    calls: int = 0


class RecordHolder(Protocol):
    """Holds records until they are taken."""

    @property
    def held(self) -> int:
        """About how many there are."""

    def take(self) -> NativeRecords | None:
        """Return the records, if there are any, and drop them."""


class Recorder:
    """Records ids and event names of calls until they are taken.

    Args:
        users: whether a rule about users or devices is selected.
        events: whether a rule about event names is selected.
    """

    def __init__(self, *, users: bool, events: bool) -> None:
        self.users = users
        self.events = events
        self._holders: list[RecordHolder] = []
        self.begin()

    def begin(self) -> None:
        """Begin another input. Records that were not taken, as the input was not read to its end, are dropped."""
        self._kept: list[NativeRecords] = []
        self._records: dict[IdentityRecord, RecordCount] = {}
        self._events: dict[Event, RecordCount] = {}
        self._links: set[LinkRow] = set()
        for holder in self._holders:
            holder.take()

    @property
    def held(self) -> int:
        """The number of records to take."""
        own = len(self._records) + len(self._links) + len(self._events)
        return own + sum(map(len, self._kept)) + sum(holder.held for holder in self._holders)

    def take_from(self, holder: RecordHolder) -> None:
        """Include the records of a holder each time records are taken."""
        self._holders.append(holder)

    def keep(self, kept: NativeRecords | None) -> None:
        """Add records of a holder, if there are any."""
        if kept is not None:
            self._kept.append(kept)

    def record(self, document: Document, calls: Iterable[tuple[Call, int, Verdict]]) -> None:
        """Record the calls of a document.

        Args:
            document: the document.
            calls: in their order, each with its number among the units of the document, from 1, and its verdict.
        """
        waiting: list[_Waiting] = []
        for call, number, verdict in calls:
            order: Order = (*document.start, number)
            delivered = verdict.not_delivered is None
            members = members_of(call.message, delivered=delivered) if self.users else NO_MEMBERS
            self._links.update(members.links(call.message))
            record = members.record(call.message, sender_of(verdict.origin))
            if record is not None:
                count, is_first = _counted(self._records, record, order)
                if is_first:
                    waiting.append(_Waiting(count, order, _id_paths(call, members, document)))
                count.calls += 1
            if not delivered:
                continue
            event = self.event_of(call.message)
            if event is not None:
                count, is_first = _counted(self._events, event, order)
                if is_first:
                    path = place_in_document(call, ("event",), document.value)
                    waiting.append(_Waiting(count, order, ((path, EVENT_POINTER),)))
                count.calls += 1
        # All at once: locating calls one by one would scan the document once for each.
        _place_all(document, waiting)

    def link(self, link: Link) -> None:
        """Record that two ids belong to the same user."""
        self._links.add(link)

    def event_of(self, message: Mapping[str, Any]) -> Event | None:
        """Return the event of a call, if it has one and a rule is about events."""
        name = event_of(message) if self.events else ""
        return (name, storable_library(message)) if name else None

    def add(self, record: IdentityRecord, order: Order, calls: int, place: Callable[[], str]) -> None:
        """Count calls of a record.

        Args:
            record: the record.
            order: of the first of the calls.
            calls: how many there are.
            place: returns the place of the first call; only called if the record has no earlier call.
        """
        _add(self._records, record, order, calls, place)

    def add_event(self, event: Event, order: Order, calls: int, place: Callable[[], str]) -> None:
        """Count calls of an event; see `add`."""
        _add(self._events, event, order, calls, place)

    def take(self) -> RecordBatch:
        """Return all records, and drop them."""
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
    """A count whose call is not located yet: paths in its document, each with its usual pointer; None for no value."""

    count: RecordCount
    order: Order
    paths: Sequence[tuple[Path | None, str]]


def id_places(document: Document, members: IdMembers, order: Order) -> str:
    """Return the place of the ids in a document that is one call and nothing else."""
    paths = [((*_DEVICE, key) if key else None, usual) for key, usual in _id_keys(members)]
    return next(_places(document, [(order, paths)]))


def event_place(document: Document, order: Order) -> str:
    """Return the place of the event name in a document that is one call and nothing else."""
    return next(_places(document, [(order, ((("event",), EVENT_POINTER),))]))


def _counted(counts: dict[Key, RecordCount], key: Key, order: Order) -> tuple[RecordCount, bool]:
    """Return the count of a key, and whether the call with this *order* is its first so far, whose place is not set."""
    count = counts.get(key)
    if count is not None and count.order <= order:
        return count, False
    if count is None:
        count = counts[key] = RecordCount(order)
    count.order, count.place = order, ""
    return count, True


def _add(counts: dict[Key, RecordCount], key: Key, order: Order, calls: int, place: Callable[[], str]) -> None:
    count, is_first = _counted(counts, key, order)
    if is_first:
        count.place = place()
    count.calls += calls


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
    # The path into an envelope is stored as it is shown.
    lead = str(pointer_in(document, ())) if paths and document.origin is not None else ""
    if document.origin is not None and not document.origin.base:
        lead += ARROW
    for order, each in asked:
        yield place_of(order, [(_spot(spans, path, lead), usual) for path, usual in each])


def _spot(spans: Mapping[Path, Span], path: Path | None, lead: str) -> Spot | None:
    return None if path is None else Spot(spans.get(path), lead + pointer_of(path))
