"""What contexts say: the text of one is taken apart into its device, which differs, and the rest, which repeats."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from segkoch_lint.masking import mask_name
from segkoch_lint.rules.footprint import Footprint
from segkoch_lint.rules.likeness import Likeness
from segkoch_lint.skimming.devices import DEVICE_BYTES, Device, devices_of
from segkoch_lint.skimming.numbers import Column, Numbers, Remembered
from segkoch_lint.skimming.texts import column, reading

_BY_PARTS = object()
"""Keeps numbers made of those of parts apart from others."""

_HOLE = b"null"
"""Stands in the rest where the device was."""


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


class Contexts:
    """Tells what the texts of contexts say, and remembers it.

    Args:
        likeness: what the rules can tell of contexts.
        numbers: where the numbers come from.
        depth: levels that a text may have.
        observed: whether somebody asks for the ids of devices.
    """

    def __init__(self, likeness: Likeness, numbers: Numbers, depth: int, *, observed: bool) -> None:
        footprint = likeness.footprint
        self._numbers = numbers
        self._reading = reading(likeness, numbers, depth)
        self._rests = Remembered(self._read_rests)
        self._devices: Column | None = None
        if not footprint.all and not footprint.compared:  # else it takes both parts to tell
            self._devices = column(likeness.member("device") or Likeness(Footprint()), numbers, depth - 1)
        self._ids: Remembered[Device | None] | None = None
        if observed:
            self._ids = Remembered(devices_of, size=DEVICE_BYTES, share=2)
        self._contexts = Remembered(self._read, share=3)

    def of(self, texts: Sequence[bytes]) -> list[Context]:
        """Return what each of *texts* says."""
        return self._contexts.of(texts)

    def _read(self, texts: Sequence[bytes]) -> list[Context]:
        devices = list(map(_device_in, texts))
        rests = self._rests.of(list(map(_without, texts, devices)) if self._devices else texts)
        numbers = [number for number, _ in rests]
        if self._devices:
            numbers = self._numbers.of_rows(_BY_PARTS, [numbers, self._devices.of(devices)])
        ids = self._ids.of(devices) if self._ids else [None] * len(texts)
        return list(map(Context, numbers, [library for _, library in rests], ids))

    def _read_rests(self, texts: Sequence[bytes]) -> list[tuple[int, str]]:
        return list(zip(self._reading.of(texts), map(_library_of, texts), strict=True))


class _OfDevice(msgspec.Struct, gc=False):
    device: msgspec.Raw = msgspec.Raw(b"")


class _Library(msgspec.Struct, gc=False):
    name: str = ""


class _OfLibrary(msgspec.Struct, gc=False):
    library: _Library | None = None


_decode_device = msgspec.json.Decoder(_OfDevice).decode
_decode_library = msgspec.json.Decoder(_OfLibrary).decode


def _device_in(text: bytes) -> bytes:
    """Return the text of the device; empty when there is none."""
    return bytes(_decode_device(text).device) if text.startswith(b"{") else b""


def _without(text: bytes, device: bytes) -> bytes:
    """Return the text of a context without that of its device; all of it where that stands in it twice, or nowhere."""
    start = text.find(device)
    return text[:start] + _HOLE + text[start + len(device) :] if device and text.rfind(device) == start else text


def _library_of(text: bytes) -> str:
    try:
        library = _decode_library(text or b"{}").library
    except msgspec.DecodeError:
        return ""
    return mask_name(library.name) if library else ""
