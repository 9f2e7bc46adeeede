"""The ids in the text of a device, and where these stand in the line that the text is cut out of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from segkoch_lint.identity.observing import place_of
from segkoch_lint.identity.seen import Place
from segkoch_lint.identity.sightings import Ids, ids_of
from segkoch_lint.places import pointer_of
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.lines import Extent
from segkoch_lint.reading.members import SplitLines, compact_extent

DEVICE_BYTES = 500
"""About what a `Device` takes, its text aside."""

_DEVICE = ("context", "device")


# Of these there are many; the garbage collector is not to go through them again and again.
class Device(msgspec.Struct, eq=False, gc=False):
    """The ids in the text of a ``context.device``.

    Attributes:
        ids: the ids.
        text: the text, compact.
    """

    ids: Ids
    text: bytes
    _spots: tuple[_Spot | None, _Spot | None] | None = None

    def places(self, lines: SplitLines, index: int, number: int) -> tuple[Place | None, Place | None]:
        """Return where the device id and the advertising id stand in the line with this number."""
        if self._spots is None:
            key = "id" if self.ids.device_id else None
            self._spots = _spot(self.text, key), _spot(self.text, self.ids.advertising_key)
        device, advertising = self._spots
        start = lines.find(self.text, index) if lines.compact else None
        column = None if start is None else lines.column_at(index, start)
        return (
            device and _place(device, column, lines, index, number),
            advertising and _place(advertising, column, lines, index, number),
        )


class _Spot(NamedTuple):
    """Where an id stands in the text of a device.

    Attributes:
        key: of the member.
        pointer: to it, from the call.
        extent: in code points; None if only a scanner can tell it.
    """

    key: str
    pointer: str
    extent: Extent | None


def _spot(text: bytes, key: str | None) -> _Spot | None:
    return None if key is None else _Spot(key, pointer_of((*_DEVICE, key)), _extent(text, key))


def _place(spot: _Spot, column: int | None, lines: SplitLines, index: int, number: int) -> Place:
    """Return the place of an id, looking for it if it cannot be told from the column where the text begins."""
    if column is None or spot.extent is None:
        path = (*_DEVICE, spot.key)
        document = JsonDocument(None, lines.line(index).removesuffix(b"\r"), number)
        return place_of(document.locate([path])[path], spot.pointer)
    start, end = spot.extent
    return Place((number, column + start, number, column + end), spot.pointer)


def _extent(text: bytes, key: str) -> Extent | None:
    extent = compact_extent(text, (key,))
    if extent is None or text.isascii():
        return extent
    return len(text[: extent[0]].decode()), len(text[: extent[1]].decode())


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def devices_of(texts: Sequence[bytes]) -> list[Device | None]:
    """Return the ids in each text of a ``context.device``; None where it holds none that are valid."""
    return list(map(_device_of, texts))


def _device_of(text: bytes) -> Device | None:
    try:
        ids = ids_of(_decode(text or b"{}"))
    except msgspec.DecodeError:
        return None
    return Device(ids, text) if ids else None
