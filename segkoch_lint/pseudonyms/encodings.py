"""Texts that are compressed, in base64, or fields of forms: how to unpack them, and how to pack them again."""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from segkoch_lint.envelopes.decoding import StepError, inflate, unbase64

_LEAST = 16
"""Characters of the shortest text in base64 that may hold a call."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_=\s-]+")
_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_HEAD = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_RAW_DEFLATE = -15

_LEAST_DEFLATED = 32
"""Bytes of the shortest call that is compressed without a head; ids in base64 are shorter."""

_FIELD = re.compile(r"([\w.%\[\]-]{0,100})=([^&]*+)(?:&|\Z)")
_ENCODED_JSON = re.compile(r"(?:%20|\+|\s)*(?:[{\[\"]|%7[bB]|%5[bB]|%22)")


class PackedText(msgspec.Struct, frozen=True):
    """A text that was unpacked, and how to pack another one the same way.

    Attributes:
        text: the text.
        pack: returns a text packed like this one.
    """

    text: str
    pack: Callable[[str], str]


class FormField(msgspec.Struct, frozen=True):
    """The value of a field of a form.

    Attributes:
        key: the name of the field as it is written.
        start, end: where the value is written.
        may_be_json: whether it may hold JSON.
    """

    key: str
    start: int
    end: int
    may_be_json: bool


def packed_text(text: str, most: int) -> PackedText | None:
    """Return the text that a string holds in base64, gzip, deflate or several of them; None if it holds none.

    Args:
        text: the string; without base64, each of its characters is a byte.
        most: bytes that may be inflated.
    """
    if len(text) >= _LEAST and _BASE64.fullmatch(text):
        try:
            data = unbase64(text)
        except StepError:
            return None
        return _unpacked(data, most, lambda new: _base64_like(text, new))
    if text[:1] in {"\x1f", "\x78"}:
        try:
            data = text.encode("latin-1")
        except UnicodeEncodeError:
            return None
        return _unpacked(data, most, lambda new: new.decode("latin-1"))
    return None


def _unpacked(data: bytes, most: int, write: Callable[[bytes], str]) -> PackedText | None:
    for step, compress in _compressions(data):
        try:
            held = inflate(data, step, most) if step else data
            return PackedText(held.decode("utf-8"), partial(_packed, compress, write))
        except (StepError, UnicodeDecodeError):
            continue
    return None


def _packed(compress: Callable[[bytes], bytes], write: Callable[[bytes], str], text: str) -> str:
    return write(compress(text.encode("utf-8")))


def _compressions(data: bytes) -> Sequence[tuple[str, Callable[[bytes], bytes]]]:
    """Return the steps that may undo a compression, and the compressions."""
    if data.startswith(_GZIP_MAGIC):
        return (("gzip", lambda new: gzip.compress(new, mtime=0)),)
    if _ZLIB_HEAD.match(data):
        return (("deflate", zlib.compress), ("", bytes))
    return (("", bytes), ("deflate", _deflated)) if len(data) >= _LEAST_DEFLATED else (("", bytes),)


def _deflated(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=_RAW_DEFLATE)
    return compressor.compress(data) + compressor.flush()


def _base64_like(old: str, data: bytes) -> str:
    """Return data in base64, in the alphabet of *old*, with or without padding and line ends as it has."""
    text = base64.b64encode(data).decode("ascii")
    if "-" in old or "_" in old:
        text = text.translate(str.maketrans("+/", "-_"))
    plain = "".join(old.split())
    if len(plain) % 4:
        text = text.rstrip("=")
    if len(plain) != len(text) or len(plain) == len(old):
        return text
    letters = iter(text)
    return "".join(letter if letter.isspace() else next(letters) for letter in old)


def form_fields(text: str) -> Sequence[FormField]:
    """Return the fields of a form that may hold JSON in one of them; empty if a text is not such a form.

    Each character of the form but the names of the fields is part of a value, or separates them.
    """
    fields: list[FormField] = []
    at = 0
    while found := _FIELD.match(text, at):
        fields.append(FormField(found[1], *found.span(2), may_be_json=_ENCODED_JSON.match(found[2]) is not None))
        at = found.end()
        if at == len(text):
            return fields if any(each.may_be_json for each in fields) else ()
    return ()
