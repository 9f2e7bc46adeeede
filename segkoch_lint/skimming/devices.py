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

DEVICE_BYTES = 500
"""About what a `Device` takes, its text aside."""

_POINTERS = {key: pointer_of(("context", "device", key)) for key in ("id", "advertisingId", "advertising_id")}
"""To ids, by key; the advertising id may stand under yet another."""


# Of these there are many; the garbage collector is not to go through them again and again.
class Device(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The ids in the text of a ``context.device``.

    Attributes:
        ids: the ids.
        text: the text, compact.
    """

    ids: Ids
    text: bytes

    def places(self, lines: SplitLines, index: int, number: int) -> tuple[Place | None, Place | None]:
        """Return where the device id and the advertising id stand in the line with this number."""
        start = lines.find(self.text, index) if lines.compact else None
        column = None if start is None else lines.column_at(index, start)
        device, advertising = ("id" if self.ids.device_id else None), self.ids.advertising_key
        return (
            None if device is None else self._place(device, column, lines, index, number),
            None if advertising is None else self._place(advertising, column, lines, index, number),
        )

    def _place(self, key: str, column: int | None, lines: SplitLines, index: int, number: int) -> Place:
        """Return the place of a member, looking for it if it cannot be told from the column where the text begins."""
        pointer = _POINTERS.get(key) or pointer_of(("context", "device", key))
        extent = None if column is None else _extent(self.text, key)
        if column is None or extent is None:
            path = ("context", "device", key)
            document = JsonDocument(None, lines.line(index).removesuffix(b"\r"), number)
            return place_of(document.locate([path])[path], pointer)
        return Place((number, column + extent[0], number, column + extent[1]), pointer)


def _extent(text: bytes, key: str) -> Extent | None:
    """Return the extent, in code points, of a text in the text of a device; None if only a scanner can tell it."""
    name = b'"%b":"' % key.encode()
    start = text.find(name) + len(name)
    # Without escapes and objects inside, this cannot stand anywhere but before that member.
    if start < len(name) or b"\\" in text or text.rfind(b"{") or not text.isascii():
        extent = compact_extent(text, (key,))
        return None if extent is None else (len(text[: extent[0]].decode()), len(text[: extent[1]].decode()))
    return start - 1, text.index(b'"', start) + 1


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
