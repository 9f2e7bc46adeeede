"""Tells a collector of the calls of one input."""

from __future__ import annotations

from segkoch_lint.calls import Call
from segkoch_lint.identity.collecting import Collector
from segkoch_lint.identity.seen import Order, Place, Seen
from segkoch_lint.identity.sightings import Sighting, ids_of, links_of, sighting_of
from segkoch_lint.places import Path, Span, pointer_of
from segkoch_lint.reading.documents import Document
from segkoch_lint.reading.unwrapping import place_in_document
from segkoch_lint.rules.ruleset import Verdict

_DEVICE: Path = ("context", "device")


class Observer:
    """Tells a collector of the calls of one input.

    Args:
        collector: is told.
        path: of the input, as findings name it.
        order: sorts the input among others.
        ignored: codes of rules that do not count in the input, with commas between.

    Attributes:
        ignored: as given.
    """

    def __init__(self, collector: Collector, path: str, order: Order, ignored: str = "") -> None:
        self._collector = collector
        self._path = path
        self._order = order
        self.ignored = ignored

    def call(self, call: Call, number: int, document: Document, verdict: Verdict) -> None:
        """Tell of a call.

        Args:
            call: as it was unwrapped.
            number: of the call among those of its document, from 1.
            document: that it stands in.
            verdict: of the rules on the call.
        """
        for anonymous_id, user_id in links_of(call.message):
            self._collector.link(anonymous_id, user_id)
        if verdict.not_delivered is not None:
            return
        sighting = sighting_of(call.message, verdict.origin, self.ignored)
        if sighting is None:
            return
        order = (*self._order, *document.start, number)
        if not self._collector.again(sighting, order):
            self._collector.add(sighting, Seen(order, self._path, *_places(call, document)))

    def link(self, user_id: str | None, anonymous_id: str | None) -> None:
        """Tell of a call that says no more than who somebody is."""
        if user_id is not None and anonymous_id is not None:
            self._collector.link(anonymous_id, user_id)

    def again(self, sighting: Sighting, line: int, calls: int) -> bool:
        """Tell of calls on lines of their own, if what they say was said before that line; else return False."""
        return self._collector.again(sighting, (*self._order, line, 1, 1), calls)

    def add(self, sighting: Sighting, line: int, places: tuple[Place | None, Place | None], calls: int) -> None:
        """Tell of calls on lines of their own, of which the first is on *line*, with its ids at *places*."""
        self.link(sighting.user_id, sighting.anonymous_id)
        self._collector.add(sighting, Seen((*self._order, line, 1, 1), self._path, *places), calls)


def _places(call: Call, document: Document) -> tuple[Place | None, Place | None]:
    ids = ids_of(call.message["context"]["device"])
    assert ids is not None
    keys = ("id" if ids.device_id else None, ids.advertising_key)
    paths = [place_in_document(call, (*_DEVICE, key), document.value) if key else None for key in keys]
    spans = document.locate([path for path in paths if path is not None])
    device, advertising = (None if path is None else place_of(spans.get(path), pointer_of(path)) for path in paths)
    return device, advertising


def place_of(span: Span | None, pointer: str) -> Place:
    """Return where an id stands."""
    return Place((span.line, span.column, span.end_line, span.end_column) if span else None, pointer)
