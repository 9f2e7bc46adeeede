"""What a line says of its user, when no line before said it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from segkoch_lint.calls import CALL_TYPES, Call
from segkoch_lint.engine.read_set import DEVICE
from segkoch_lint.identity.observing import Known, Observer, place_of, places_in
from segkoch_lint.identity.seen import Place, Seen
from segkoch_lint.identity.sightings import Ids, Link, Sighting, ids_of, links_of, sighting_of
from segkoch_lint.places import Path, Span, pointer_of
from segkoch_lint.reading.documents import Document, Flaw
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.lines import Extent
from segkoch_lint.reading.signs import has_sign
from segkoch_lint.reading.splitting import Block
from segkoch_lint.reading.unwrapping import unwrap
from segkoch_lint.rules.ruleset import Opinion


def call_of(document: Document | Flaw) -> Call | None:
    """Return the call that a document is and nothing else, if that is beyond doubt for what a run reads of it."""
    if isinstance(document, Flaw):
        return None
    units = list(unwrap(document.value))
    unit = units[0] if len(units) == 1 else None
    if not isinstance(unit, Call) or unit.message is not document.value or not unit.certain:
        return None
    return unit if unit.message.get("type") in CALL_TYPES and has_sign(unit.message) else None


@dataclass(frozen=True, slots=True)
class Statement:
    """What calls with the same ids say.

    Attributes:
        key: stands for the ids, among what the observer has `met`.
        links: who they say is who.
        sighting: of their device, if any.
        seen: where that was seen first.
    """

    key: Hashable
    links: tuple[Link, ...]
    sighting: Sighting | None = None
    seen: Seen | None = None

    @classmethod
    def of(
        cls,
        message: Mapping[str, Any],
        opinion: Opinion,
        *,
        key: Hashable,
        block: Block,
        number: int,
        line: bytes,
        extents: Mapping[Path, Extent] | None = None,
    ) -> Statement:
        """Return what a line says.

        Args:
            message: the call, or as much of it as is read of users.
            opinion: on the call.
            key: as above.
            block: that the line stands in.
            number: of the line in the block, from 0.
            line: its text.
            extents: of the ids, in bytes of the line; None if they are to be looked for.
        """
        links = tuple(links_of(message))
        sighting = sighting_of(message, opinion.origin) if opinion.not_delivered is None else None
        ids = ids_of(message["context"]["device"]) if sighting is not None else None
        if ids is None:
            return cls(key, links)
        document: Document
        if block.documents is not None:
            document = block.documents[number]
        else:
            document = JsonDocument(message, line, block.number + number)
            if extents is not None:
                return cls(key, links, sighting, Seen((*document.start, 1), *_places(ids, extents, line, document)))
        return cls(key, links, sighting, Seen((*document.start, 1), *places_in(document, ids)))

    def tell(self, observer: Observer) -> Known | None:
        """Let the observer know; return what such calls are counted by, if by anything."""
        for link in self.links:
            observer.link(link)
        known = None
        if self.sighting is not None and self.seen is not None:
            known = observer.known(self.sighting, self.seen.order) or observer.meet(self.sighting, self.seen)
        observer.met[self.key] = known
        return known


def _places(
    ids: Ids, extents: Mapping[Path, Extent], line: bytes, document: Document
) -> tuple[Place | None, Place | None]:
    keys = ("id" if ids.device_id else None, ids.advertising_key)
    device, advertising = (None if key is None else _place((*DEVICE, key), extents, line, document) for key in keys)
    return device, advertising


def _place(path: Path, extents: Mapping[Path, Extent], line: bytes, document: Document) -> Place:
    start, end = extents[path]
    if not line.isascii():
        start, end = len(line[:start].decode()), len(line[:end].decode())
    number, _ = document.start
    return place_of(Span(number, start + 1, number, end + 1), pointer_of(path))
