"""Tells of the users of the lines that are passed over, without reading these as documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from segkoch_lint.identity.observing import Known, Observer, place_of, places_in
from segkoch_lint.identity.seen import Place, Seen
from segkoch_lint.identity.sightings import Ids, Sighting, ids_of, sender_of, whole_text
from segkoch_lint.places import pointer_of
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.lines import Extent
from segkoch_lint.reading.members import LineMembers, SplitLines, compact_extent
from segkoch_lint.reading.splitting import Block
from segkoch_lint.rules.ruleset import Opinion

USER_KEYS = ("userId", "anonymousId")

DEVICE_BYTES = 700
"""About what a `Device` takes, its text aside."""

_RARE_KEYS = ("user_id", "anonymous_id", "previousId", "previous_id")
"""Further keys that say who somebody is; a line with one of them is to be read."""

_UNMET = Known(Seen((), None, None), 0)
"""Stands for what is not remembered."""


_PLACES = {key: pointer_of(("context", "device", key)) for key in ("id", "advertisingId", "advertising_id")}
"""Pointers to ids, by key; the advertising id may stand under yet another."""


# Of these there are many; the garbage collector is not to go through them again and again.
class Device(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The ids in the text of a ``context.device``.

    Attributes:
        ids: the ids.
        text: the text, compact.
        inside: key and extent in the text of each id; None where only a scanner can tell the extent.
    """

    ids: Ids
    text: bytes
    inside: tuple[tuple[str, Extent | None], ...]

    @classmethod
    def of(cls, ids: Ids, text: bytes) -> Device:
        """Return the device with these ids and this text."""
        keys = ("id" if ids.device_id else None, ids.advertising_key)
        return cls(ids, text, tuple([(key, _extent(text, key)) for key in keys if key is not None]))

    def places(self, lines: SplitLines, index: int, number: int) -> tuple[Place | None, Place | None]:
        """Return where the device id and the advertising id stand in the line with this number."""
        start = lines.find(self.text, index) if lines.compact else None
        found = [_place(lines, index, number, key, start, extent) for key, extent in self.inside]
        device = found[0] if self.ids.device_id else None
        return device, found[-1] if self.ids.advertising_key else None


def _extent(text: bytes, key: str) -> Extent | None:
    """Return the extent of a member of the text of a device, or None if only a scanner can tell it."""
    name = b'"%b":"' % key.encode()
    start = text.find(name)
    # Without escapes and objects inside, this cannot stand anywhere but before that member.
    if start < 0 or b"\\" in text or text.count(b"{") > 1:
        return compact_extent(text, (key,))
    start += len(name) - 1
    return start, text.index(b'"', start + 1) + 1


def _place(  # noqa: PLR0917
    lines: SplitLines, index: int, number: int, key: str, device: int | None, extent: Extent | None
) -> Place:
    pointer = _PLACES.get(key) or pointer_of(("context", "device", key))
    if device is None or extent is None:
        path = ("context", "device", key)
        document = JsonDocument(None, lines.line(index).removesuffix(b"\r"), number)
        return place_of(document.locate([path])[path], pointer)
    start, end = (lines.column_at(index, device + offset) for offset in extent)
    return Place((number, start, number, end), pointer)


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def devices_of(texts: Sequence[bytes]) -> list[Device | None]:
    """Return the ids in each text of a ``context.device``; None where it holds none that are valid."""
    return list(map(_device_of, texts))


def _device_of(text: bytes) -> Device | None:
    try:
        ids = ids_of(_decode(text or b"{}"))
    except msgspec.DecodeError:
        return None
    return Device.of(ids, text) if ids else None


class Context(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What the text of a ``context`` says; equal to itself only, so that it is quick to look up.

    Attributes:
        number: what the rules can tell of it (`segkoch_lint.skimming.texts`).
        library: the name of its library; may be empty.
        device: the valid ids of its device; None when there are none, and when nobody asks.
    """

    number: int
    library: str
    device: Device | None = None


_Said = tuple[Context, str | None, bytes, bytes]
"""What a line says: its context, its sender (see `_sender_of`), and the texts of its userId and anonymousId."""

_LINKS_ONLY = ""
"""Stands for the sender of a call that is not delivered."""


class People:
    """Tells of the users of lines.

    Args:
        observer: is told.
        members: what splits the lines; it knows `USER_KEYS`.
    """

    def __init__(self, observer: Observer, members: LineMembers) -> None:
        self._observer = observer
        self._members = members

    def unsure(self, lines: SplitLines) -> Iterator[int]:
        """Yield the lines that say in an unusual way who somebody is: they are to be read."""
        for key in set(_RARE_KEYS).intersection(path[0] for path in self._members.keys):
            yield from (index for index, text in enumerate(self._column(lines, key)) if text)
        for key in USER_KEYS:
            texts = self._column(lines, key)
            if b"\\" in b"".join(texts):
                yield from (index for index, text in enumerate(texts) if b"\\" in text)

    def tell(
        self, lines: SplitLines, block: Block, contexts: Sequence[Context], opinions: Sequence[Opinion | None]
    ) -> None:
        """Tell of the lines that are passed over: those on which there is an opinion that blames nothing.

        Args:
            lines: the lines; on none that is `unsure` there is an opinion.
            block: that they were split from.
            contexts: what the context of each line says.
            opinions: on each line; None where it is left alone.
        """
        met, count = self._observer.met, self._observer.count
        senders = list(map(_sender_of, opinions))
        users, before = (self._column(lines, key) for key in USER_KEYS)
        for index, said in enumerate(zip(contexts, senders, users, before, strict=True)):
            known = met.get(said, _UNMET)
            if known is _UNMET:
                known = met[said] = self._meet(said, lines, index, block)
            if known is not None:
                count(known)

    def _meet(self, said: _Said, lines: SplitLines, index: int, block: Block) -> Known | None:
        context, sender, user, before = said
        if sender is None:
            return None
        user_id, anonymous_id = _user(user), _user(before)
        if user_id is not None and anonymous_id is not None:
            self._observer.link(anonymous_id, user_id)
        if context.device is None or sender == _LINKS_ONLY:
            return None
        ids = context.device.ids
        sighting = Sighting(
            user_id, anonymous_id, ids.platform, sender, ids.device_id, ids.advertising_id, context.library
        )
        document = block.documents[index] if block.documents else None
        number = block.number + index
        order = (*document.start, 1) if document else (number, 1, 1)
        known = self._observer.known(sighting, order)
        if known is not None:
            return known
        places = places_in(document, ids) if document else context.device.places(lines, index, number)
        return self._observer.meet(sighting, Seen(order, *places))

    def _column(self, lines: SplitLines, key: str) -> list[bytes]:
        return lines.column(self._members.attribute(key))


def _sender_of(opinion: Opinion | None) -> str | None:
    """Return who sent a line that is passed over, or None when it is not."""
    if opinion is None or opinion.blames:
        return None
    return sender_of(opinion.origin) if opinion.not_delivered is None else _LINKS_ONLY


def _user(text: bytes) -> str | None:
    return whole_text(text[1:-1].decode()) if text.startswith(b'"') else None
