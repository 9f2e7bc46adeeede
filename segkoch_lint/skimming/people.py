"""Tells of the users of the lines that are passed over, without reading these as documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from segkoch_lint.identity.observing import Observer, place_of
from segkoch_lint.identity.seen import Place
from segkoch_lint.identity.sightings import Ids, Sighting, ids_of, sender_of, whole_text
from segkoch_lint.places import Path, Span, pointer_of
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.members import LineMembers, SplitLines, compact_extent
from segkoch_lint.rules.ruleset import Opinion

USER_KEYS = ("userId", "anonymousId")

_RARE_KEYS = ("user_id", "anonymous_id", "previousId", "previous_id")
"""Further keys that say who somebody is; a line with one of them is to be read."""


class Device:
    """The ids in the text of a ``context``; equal to itself only, so that it is quick to look up.

    Args:
        ids: the ids.
        library: the library's name.
        context: the text.
    """

    __slots__ = ("_context", "_extents", "ids", "library")

    def __init__(self, ids: Ids, library: str, context: bytes) -> None:
        self.ids = ids
        self.library = library
        self._context = context
        self._extents: list[tuple[Path, tuple[int, int] | None]] | None = None

    def places(self, line: bytes, number: int) -> tuple[Place | None, Place | None]:
        """Return where the device id and the advertising id stand in the line with this number."""
        if self._extents is None:
            keys = ("id" if self.ids.device_id else None, self.ids.advertising_key)
            paths = [("device", key) if key else () for key in keys]
            self._extents = [(path, compact_extent(self._context, path) if path else None) for path in paths]
        outside = compact_extent(line, ("context",))
        device, advertising = (_place(line, number, outside, *each) for each in self._extents)
        return device, advertising


def _place(
    line: bytes, number: int, outside: tuple[int, int] | None, path: Path, extent: tuple[int, int] | None
) -> Place | None:
    if not path:
        return None
    path = ("context", *path)
    if outside is None or extent is None:
        document = JsonDocument(None, line.removesuffix(b"\r"), number)
        return place_of(document.locate([path])[path], pointer_of(path))
    start, end = outside[0] + extent[0], outside[0] + extent[1]
    column = 1 + (start if line.isascii() else len(line[:start].decode()))
    width = end - start if line.isascii() else len(line[start:end].decode())
    return place_of(Span(number, column, number, column + width), pointer_of(path))


class _WithDevice(msgspec.Struct, gc=False):
    device: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_WithDevice).decode


def device_of(context: bytes, library: str) -> Device | None:
    """Return the ids in the text of a ``context``, or None when it holds none that are valid."""
    try:
        ids = ids_of(_decode(context or b"{}").device)
    except msgspec.DecodeError:
        return None
    return Device(ids, library, context) if ids else None


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
        devices: Sequence[Device | None],
        opinions: Sequence[Opinion | None],
    ) -> list[int]:
        """Tell of the lines that there is an opinion on; return those that are to be read all the same.

        Args:
            observer: is told.
            number: of the first line.
            lines: the lines.
            devices: of each line.
            opinions: on each line; None where it is left alone.
        """
        columns = (lines.column(self._members.attribute(key)) for key in USER_KEYS)
        said = list(zip(opinions, devices, *columns, strict=True))
        unsure: list[int] = []
        first: dict[Any, int] = {}
        for key, calls in Counter(said).items():
            opinion, device, *texts = key
            if opinion is None:
                continue
            try:
                user_id, anonymous_id = map(_user, texts)
            except msgspec.DecodeError:
                unsure += [index for index, each in enumerate(said) if each == key]
                continue
            if device is None or opinion.not_delivered is not None:
                observer.link(user_id, anonymous_id)
                continue
            platform, device_id, advertising_id, _ = device.ids
            sender = sender_of(opinion.origin)
            sighting = Sighting(
                user_id, anonymous_id, platform, sender, device_id, advertising_id, device.library, observer.ignored
            )
            if not observer.again(sighting, number, calls):
                first = first or dict(zip(reversed(said), range(len(said) - 1, -1, -1), strict=True))
                index = first[key]
                places = device.places(lines.line(index), number + index)
                observer.add(sighting, number + index, places, calls)
        return unsure


def _user(text: bytes) -> str | None:
    if not text:
        return None
    if text[:1] == b'"' and b"\\" not in text:
        return whole_text(text[1:-1].decode())
    return whole_text(msgspec.json.decode(text))
