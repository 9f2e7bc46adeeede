"""Tells of the users of the lines that are passed over, without reading these as documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from segkoch_lint.identity.observing import Observer, place_of
from segkoch_lint.identity.seen import Place
from segkoch_lint.identity.sightings import Ids, Sighting, ids_of, sender_of, whole_text
from segkoch_lint.places import Path, pointer_of
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.lines import Extent
from segkoch_lint.reading.members import LineMembers, SplitLines, compact_extent
from segkoch_lint.rules.ruleset import Opinion

USER_KEYS = ("userId", "anonymousId")

DEVICE_BYTES = 1500
"""About what a `Device` takes, its text aside."""

_RARE_KEYS = ("user_id", "anonymous_id", "previousId", "previous_id")
"""Further keys that say who somebody is; a line with one of them is to be read."""


class Device:
    """The ids in the text of a ``context.device``; equal to itself only, so that it is quick to look up.

    Args:
        ids: the ids.
        text: the text, compact.
    """

    __slots__ = ("_extents", "_text", "ids")

    def __init__(self, ids: Ids, text: bytes) -> None:
        self.ids = ids
        self._text = text
        self._extents: list[_Inside | None] | None = None

    def places(self, lines: SplitLines, index: int, number: int) -> tuple[Place | None, Place | None]:
        """Return where the device id and the advertising id stand in the line with this number."""
        if self._extents is None:
            self._extents = list(map(self._extent, ("id" if self.ids.device_id else None, self.ids.advertising_key)))
        line = lines.line(index)
        start = _only(self._text, line) if lines.compact else None
        device, advertising = (_place(line, number, start, each) for each in self._extents)
        return device, advertising

    def _extent(self, key: str | None) -> _Inside | None:
        if key is None:
            return None
        path = ("context", "device", key)
        return _Inside(path, pointer_of(path), compact_extent(self._text, (key,)))


class _Inside(NamedTuple):
    """An id in the text of a device: its path in the call, and its extent in the text if that can be told."""

    path: Path
    pointer: str
    extent: Extent | None


def _only(text: bytes, line: bytes) -> int | None:
    """Return where *text* stands in a line that holds it somewhere, or None if it does so more than once."""
    start = line.find(text)
    return start if line.find(text, start + 1) < 0 else None


def _place(line: bytes, number: int, device: int | None, inside: _Inside | None) -> Place | None:
    if inside is None:
        return None
    path, pointer, extent = inside
    if device is None or extent is None:
        document = JsonDocument(None, line.removesuffix(b"\r"), number)
        return place_of(document.locate([path])[path], pointer)
    start, end = device + extent[0], device + extent[1]
    if not line.isascii():
        start, end = len(line[:start].decode()), len(line[:end].decode())
    return Place((number, start + 1, number, end + 1), pointer)


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def device_of(text: bytes) -> Device | None:
    """Return the ids in the text of a ``context.device``, or None when it holds none that are valid."""
    try:
        ids = ids_of(_decode(text or b"{}"))
    except msgspec.DecodeError:
        return None
    return Device(ids, text) if ids else None


class Context(NamedTuple):
    """What the text of a ``context`` says.

    Attributes:
        number: what the rules can tell of it (`segkoch_lint.skimming.texts`).
        library: the name of its library; may be empty.
        size: bytes of the text.
        device: the valid ids of its device; None when there are none, and when nobody asks.
    """

    number: int
    library: str
    size: int
    device: Device | None


class People:
    """Tells of the users of lines.

    Args:
        members: what splits the lines; it knows `USER_KEYS`.
    """

    def __init__(self, members: LineMembers) -> None:
        self._members = members

    def unsure(self, lines: SplitLines) -> Iterator[int]:
        """Yield the lines that say in an unusual way who somebody is."""
        for key in set(_RARE_KEYS).intersection(self._members.keys):
            texts = lines.column(self._members.attribute(key))
            yield from (index for index, text in enumerate(texts) if text)

    def tell(
        self,
        observer: Observer,
        number: int,
        lines: SplitLines,
        contexts: Sequence[Context],
        opinions: Sequence[Opinion | None],
    ) -> list[int]:
        """Tell of the lines that there is an opinion on; return those that are to be read all the same.

        Args:
            observer: is told.
            number: of the first line.
            lines: the lines.
            contexts: what the context of each line says.
            opinions: on each line; None where it is left alone.
        """
        columns = (lines.column(self._members.attribute(key)) for key in USER_KEYS)
        who = ((context.device, context.library) for context in contexts)
        said = list(zip(opinions, who, *columns, strict=True))
        unsure: list[int] = []
        first: dict[Any, int] = {}
        for key, calls in Counter(said).items():
            opinion, (device, library), user, anonymous = key
            if opinion is None:
                continue
            try:
                user_id, anonymous_id = _user(user), _user(anonymous)
            except msgspec.DecodeError:
                unsure += [index for index, each in enumerate(said) if each == key]
                continue
            if device is None or opinion.not_delivered is not None:
                observer.link(user_id, anonymous_id)
                continue
            platform, device_id, advertising_id, _ = device.ids
            sender = sender_of(opinion.origin)
            sighting = Sighting(
                user_id, anonymous_id, platform, sender, device_id, advertising_id, library, observer.ignored
            )
            if not observer.again(sighting, number, calls):
                first = first or dict(zip(reversed(said), range(len(said) - 1, -1, -1), strict=True))
                index = first[key]
                places = device.places(lines, index, number + index)
                observer.add(sighting, number + index, places, calls)
        return unsure


def _user(text: bytes) -> str | None:
    if not text:
        return None
    if text[:1] == b'"' and b"\\" not in text:
        return whole_text(text[1:-1].decode())
    return whole_text(msgspec.json.decode(text))
