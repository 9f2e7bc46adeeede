"""What a line says of its user, when no line before said it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from segkoch_lint.calls import CALL_TYPES, Call
from segkoch_lint.engine.read_set import DEVICE
from segkoch_lint.identity.first_seen import ADVERTISING_POINTER, DEVICE_POINTER, Order, Spot, place_of
from segkoch_lint.identity.recorder import RecordCount, Recorder, id_places
from segkoch_lint.identity.records import (
    IdentityRecord,
    Ids,
    Link,
    ids_of,
    links_with,
    record_with,
    sender_of,
    storable_library,
    user_ids,
)
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
        key: stands for the ids, among what the recorder has `met`.
        links: who they say is who.
        record: what they say of their user, if anything.
        order, place: of the first of them.
    """

    key: Hashable
    links: tuple[Link, ...]
    record: IdentityRecord | None = None
    order: Order = (0, 0, 0)
    place: str = ""

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
        user = user_ids(message)
        links = tuple(links_with(message, *user))
        context = message.get("context") if opinion.not_delivered is None else None
        ids = ids_of(context.get("device")) if isinstance(context, Mapping) else None
        if ids is None:
            return cls(key, links)
        record = record_with(ids, *user, sender_of(opinion.origin), storable_library(message))
        document: Document
        if block.documents is not None:
            document = block.documents[number]
        else:
            document = JsonDocument(message, line, block.number + number)
            if extents is not None:
                order = (*document.start, 1)
                return cls(key, links, record, order, place_of(order, _spots(ids, extents, line, document)))
        order = (*document.start, 1)
        return cls(key, links, record, order, id_places(document, ids, order))

    def tell(self, recorder: Recorder) -> RecordCount | None:
        """Let the recorder know; return what such calls are counted by, if by anything. This one is not counted."""
        for link in self.links:
            recorder.link(link)
        known = None
        if self.record is not None:
            known = recorder.known(self.record, self.order) or recorder.meet(self.record, self.order, self.place)
        recorder.met[self.key] = known
        return known


def _spots(ids: Ids, extents: Mapping[Path, Extent], line: bytes, document: Document) -> list[tuple[Spot | None, str]]:
    keys = (("id" if ids.device_id else "", DEVICE_POINTER), (ids.advertising_key, ADVERTISING_POINTER))
    return [(_spot((*DEVICE, key), extents, line, document) if key else None, usual) for key, usual in keys]


def _spot(path: Path, extents: Mapping[Path, Extent], line: bytes, document: Document) -> Spot:
    start, end = extents[path]
    if not line.isascii():
        start, end = len(line[:start].decode()), len(line[:end].decode())
    number, _ = document.start
    return Spot(Span(number, start + 1, number, end + 1), pointer_of(path))
