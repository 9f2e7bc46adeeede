"""The identity records and events of the calls of a block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from segkoch_lint.documents.document import Document
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.lines import Block
from segkoch_lint.identity.first_seen import Order
from segkoch_lint.identity.recorder import Event, Recorder, event_place, id_places
from segkoch_lint.identity.records import NO_MEMBERS, IdentityRecord, IdMembers, Link, sender_of


@dataclass(slots=True)
class _Count:
    """Calls of one record.

    Attributes:
        number: of the line in the block with the first of them, from 0.
        members: those members of this call that identify its user.
        calls: how many there are.
    """

    number: int
    members: IdMembers = NO_MEMBERS
    calls: int = 0


class BlockRecords:
    """The records of a block, held until all of the block is read without a failure.

    Args:
        block: the lines of the calls, one in each.
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._links: set[Link] = set()
        self._counts: dict[IdentityRecord, _Count] = {}
        self._events: dict[Event, _Count] = {}
        self._lines: list[bytes] = []

    def add(self, members: IdMembers, message: Mapping[str, Any], origin: str | None, number: int) -> None:
        """Add a call.

        Args:
            members: those that identify its user.
            message: the call, or the parts of it that decide its ids.
            origin: of its library.
            number: of its line in the block, from 0.
        """
        self._links.update(members.links(message))
        record = members.record(message, sender_of(origin))
        if record is not None:
            count = self._counts.get(record)
            if count is None:
                count = self._counts[record] = _Count(number, members)
            count.calls += 1

    def add_event(self, event: Event, number: int) -> None:
        """Add a call with an event, in the line of the block with a number, from 0."""
        count = self._events.setdefault(event, _Count(number))
        count.calls += 1

    def record(self, recorder: Recorder) -> None:
        """Pass all records to a recorder."""
        for link in self._links:
            recorder.link(link)
        for record, count in self._counts.items():
            order = self._order(count)
            recorder.add(record, order, count.calls, partial(self._id_places, count, order))
        for event, count in self._events.items():
            order = self._order(count)
            recorder.add_event(event, order, count.calls, partial(self._event_place, count, order))

    def _order(self, count: _Count) -> Order:
        if self._block.documents is None:
            return self._block.number + count.number, 1, 1
        return (*self._block.documents[count.number].start, 1)

    def _id_places(self, count: _Count, order: Order) -> str:
        return id_places(self._document(count), count.members, order)

    def _event_place(self, count: _Count, order: Order) -> str:
        return event_place(self._document(count), order)

    def _document(self, count: _Count) -> Document:
        if self._block.documents is not None:
            return self._block.documents[count.number]
        self._lines = self._lines or self._block.text.split(b"\n")
        line = self._lines[count.number].removesuffix(b"\r")
        return JsonDocument(None, line, self._block.number + count.number)
