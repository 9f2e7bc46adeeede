"""Names of events in the lines of a block, with the lines where they stand first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from segkoch_lint.identity.first_seen import EVENT_POINTER, Order, place_of
from segkoch_lint.identity.recorder import Event, Recorder, event_place
from segkoch_lint.reading.documents import Document
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.splitting import Block


class EventCount(NamedTuple):
    """Calls of an event.

    Attributes:
        calls: number of them.
        first: returns the number in the block of the line where the first of them stands; None if it is not known.
    """

    calls: int
    first: Callable[[], int | None]


def record_events(
    recorder: Recorder,
    block: Block,
    counted: Mapping[Event, EventCount],
) -> None:
    """Record the events of a block.

    Args:
        recorder: records them.
        block: the lines.
        counted: the events of the lines, without those that are to be read.
    """
    for event, (calls, first) in counted.items():
        known = recorder.known_event(event, (block.number, 0, 0)) if block.documents is None else None
        if known is not None:
            known.calls += calls  # it was met in an earlier block
            continue
        number = first()
        document = None if number is None else _document_of(block, number)
        if document is None:
            order: Order = (block.number, 1, 1)
            place = place_of(order, [(None, EVENT_POINTER)])
            count = recorder.known_event(event, order) or recorder.meet_event(event, order, place)
            count.calls += calls
        else:
            _record(recorder, event, document, calls)


def _document_of(block: Block, number: int) -> Document:
    if block.documents is not None:
        return block.documents[number]
    return JsonDocument(None, block.text.split(b"\n")[number].removesuffix(b"\r"), block.number + number)


def _record(recorder: Recorder, event: Event, document: Document, calls: int) -> None:
    order: Order = (*document.start, 1)
    count = recorder.known_event(event, order)
    if count is None:
        count = recorder.meet_event(event, order, event_place(document, order))
    count.calls += calls
