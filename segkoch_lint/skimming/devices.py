"""The ids in the text of a device, and where these stand in the line that the text is cut out of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from segkoch_lint.identity.observing import place_of
from segkoch_lint.identity.seen import Place
from segkoch_lint.identity.sightings import Ids, ids_of
from segkoch_lint.places import pointer_of
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.lines import Extent
from segkoch_lint.reading.members import SplitLines, compact_extent

DEVICE_BYTES = 700
"""About what a `Device` takes, its text aside."""

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
