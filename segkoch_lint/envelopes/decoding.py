"""How calls are encoded in an envelope: JSON text, base64, gzip, deflate and form fields, one inside another."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import replace

from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.parser import parse_good_json, parse_json
from segkoch_lint.documents.json.scanner import value_end
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.inputs.limits import Limits

Encoding = tuple[str, ...]
"""Steps in the order in which they are undone: ``json``, ``text`` around one JSON object, ``base64``, ``gzip``,
``deflate``, ``form``."""

JSON: Encoding = ("json",)
TEXT: Encoding = ("text",)

ANY_ENCODING: tuple[Encoding, ...] = (
    (),
    JSON,
    ("base64", "json"),
    ("base64", "gzip", "json"),
    ("base64", "deflate", "json"),
)
"""What is tried if the encoding of a value is not given."""

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/_=\s-]")
_LEAST_BASE64 = 8
_URL_SAFE = str.maketrans("-_", "+/")

_GZIP = 31
_ZLIB = 15
_RAW_DEFLATE = -15
"""What `zlib` calls these formats."""

_GZIP_MAGIC = b"\x1f\x8b"

_BYTE_ORDER_MARK = "\ufeff"

_PIECE = 1 << 16
"""Bytes that are inflated at once, so that those of damaged data are counted, too."""

_OBJECT_START = re.compile(r'\{(?=\s*")')
_JSON_START = re.compile(r"\s*[{\[\"]")


class Decoded(msgspec.Struct, frozen=True):
    """A value that was decoded.

    Attributes:
        value: an object or a list.
        source: the JSON text that it was read from, as UTF-8; None if it stands in the document as it is.
        exact: whether that text is the value of the string in the document, so that places in it can be found.
        before: the text before the JSON text in the string.
        field: the field of a form that held it.
    """

    value: Any
    source: bytes | None = None
    exact: bool = False
    before: str = ""
    field: Path = ()


class Undecoded(msgspec.Struct, frozen=True):
    """A value that cannot be decoded.

    Attributes:
        problem: why not, without quoting it.
        text: the text that is not JSON, if the steps before could be undone; else None.
        span: where that text is broken, in the text.
        fits: whether the value is in this encoding by the look of it, and is damaged.
        is_too_large: whether it holds more than may be got out of it.
        inflated: bytes that were inflated in vain.
    """

    problem: str
    text: str | None = None
    span: Span | None = None
    fits: bool = False
    is_too_large: bool = False
    inflated: int = 0


def decode(value: Any, encodings: tuple[Encoding, ...], limits: Limits, most: int) -> Decoded | Undecoded:
    """Return what a value holds: by the first encoding that leads to an object or a list.

    Args:
        value: a value of a document.
        encodings: what to try.
        limits: the depth of what is read.
        most: bytes that may be got out of the value.

    Returns:
        why it cannot be decoded, if no encoding leads to the end: by the encoding that it is in by the look of it.
    """
    best: Undecoded | None = None
    inflated = 0
    for encoding in encodings:
        found = _decode(value, encoding, limits, most)
        if isinstance(found, Decoded):
            return found
        inflated += found.inflated
        if best is None or (found.fits and not best.fits):
            best = found
    return replace(best, inflated=inflated) if best else Undecoded("no encoding fits")


def _decode(value: Any, encoding: Encoding, limits: Limits, most: int) -> Decoded | Undecoded:
    if not encoding:
        return Decoded(value) if isinstance(value, dict | list) else Undecoded("a value, and not an object or a list")
    if not isinstance(value, str):
        return Undecoded("not a text")
    held: str | bytes = value
    field: Path = ()
    inflated = 0
    for number, step in enumerate(encoding):
        try:
            if step == "json":
                found = _read(held, limits, exact=number == 0, field=field)
                return replace(found, inflated=inflated) if isinstance(found, Undecoded) else found
            if step == "text":
                return _read_inside(held, limits, exact=number == 0)
            if step == "form":
                name, held = _form_field(held)
                return _read(held, limits, exact=False, field=(name,))
            if step == "base64":
                held = unbase64(held)
            else:
                held = inflate(held, step, most)
                inflated += len(held)
        except StepError as failed:
            inflated += failed.inflated
            return Undecoded(str(failed), fits=failed.fits, is_too_large=failed.is_too_large, inflated=inflated)
    return Undecoded("nothing that can hold a call")


class StepError(Exception):
    """A step cannot be undone.

    Args:
        problem: why not.
        fits: whether the value is in this encoding by the look of it.
        is_too_large: whether it holds more than may be got out of it.
        inflated: bytes that were inflated before it failed.
    """

    def __init__(self, problem: str, *, fits: bool = False, is_too_large: bool = False, inflated: int = 0) -> None:
        super().__init__(problem)
        self.inflated = inflated
        self.fits = fits or is_too_large
        self.is_too_large = is_too_large


def _read(held: str | bytes, limits: Limits, *, exact: bool, field: Path) -> Decoded | Undecoded:
    text = _text(held)
    if text.startswith(_BYTE_ORDER_MARK):
        found = _read(text.removeprefix(_BYTE_ORDER_MARK), limits, exact=exact, field=field)
        return replace(found, before=_BYTE_ORDER_MARK) if isinstance(found, Decoded) else replace(found, text=None)
    if not _JSON_START.match(text):
        return Undecoded("not JSON")
    try:
        source = text.encode("utf-8")
    except UnicodeEncodeError:
        return Undecoded("not valid Unicode")
    document = parse_good_json(source, depth=limits.depth) or parse_json(source, depth=limits.depth)
    if isinstance(document, ParseError):
        return Undecoded(document.message, text if exact else None, document.span, fits=True)
    if not isinstance(document.value, dict | list):
        return _read_again(document.value, limits, field)
    return Decoded(document.value, source, exact, field=field)


def _read_inside(held: str | bytes, limits: Limits, *, exact: bool) -> Decoded | Undecoded:
    """Return the first JSON object in a text, if a key in it is a strong sign of a call."""
    text = _text(held)
    start = _OBJECT_START.search(text)
    if start is None or not shows_signs(text.encode("utf-8", "replace")):
        return Undecoded("a text without a JSON object that shows a call")
    try:
        end = value_end(text, start.start())
    except ValueError:
        return Undecoded("a text with a JSON object that does not end")
    found = _read(text[start.start() : end], limits, exact=exact, field=())
    if isinstance(found, Undecoded):
        return Undecoded(found.problem, fits=True)
    return replace(found, before=text[: start.start()])


def _read_again(value: Any, limits: Limits, field: Path) -> Decoded | Undecoded:
    """Return what a JSON text holds that is itself the value of a JSON text: it was encoded twice."""
    if not isinstance(value, str) or not _JSON_START.match(value):
        return Undecoded("JSON, and not an object or a list")
    return _read(value, limits, exact=False, field=field)


def _text(held: str | bytes) -> str:
    if isinstance(held, str):
        return held
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StepError("not valid UTF-8") from None


def unbase64(held: str | bytes) -> bytes:
    """Return what base64 holds, in either alphabet, with or without padding and line ends.

    Raises:
        StepError: it is not base64.
    """
    text = held if isinstance(held, str) else held.decode("latin-1")
    if len(text) < _LEAST_BASE64 or _NOT_BASE64.search(text):
        raise StepError("not base64")
    plain = "".join(text.split()).rstrip("=").translate(_URL_SAFE)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise StepError("not base64") from None


def inflate(held: str | bytes, step: str, most: int) -> bytes:
    """Return what compressed data holds.

    Args:
        held: the data; in a text, a character stands for a byte.
        step: ``gzip``, or ``deflate`` with or without the header of zlib.
        most: bytes that may be inflated.

    Raises:
        StepError: the data is not in this format, is damaged, or holds more.
    """
    if isinstance(held, str):
        if "\ufffd" in held:
            raise StepError("it may be compressed, and was damaged by the tool that recorded it", fits=True)
        try:
            held = held.encode("latin-1")  # a byte of the body is a character of the text
        except UnicodeEncodeError:
            raise StepError(f"not {step}") from None
    if step == "gzip":
        return _inflated(held, _GZIP, most, step)
    try:
        return _inflated(held, _ZLIB, most, step)
    except StepError as failed:
        if failed.is_too_large:
            raise
        try:
            return _inflated(held, _RAW_DEFLATE, most, step)
        except StepError as again:
            again.inflated += failed.inflated
            raise


def _inflated(held: bytes, form: int, most: int, step: str) -> bytes:
    inflater = zlib.decompressobj(form)
    found = bytearray()
    try:
        while len(found) <= most:
            piece = inflater.decompress(held, min(_PIECE, most + 1 - len(found)))
            found += piece
            held = inflater.unconsumed_tail
            if inflater.eof and form == _GZIP and inflater.unused_data.startswith(_GZIP_MAGIC):
                held, inflater = inflater.unused_data, zlib.decompressobj(form)  # gzip may have several members
            elif inflater.eof or not (piece or held):
                break
    except zlib.error:
        raise StepError(f"not {step}", inflated=len(found)) from None
    if len(found) > most:
        raise StepError(f"larger than {most:,} bytes when it is inflated", is_too_large=True, inflated=most)
    if not inflater.eof:
        raise StepError(f"{step} that is cut off", fits=True, inflated=len(found))
    return bytes(found)


def _form_field(held: str | bytes) -> tuple[str, str]:
    """Return name and text of the first field of a form that can hold JSON."""
    text = _text(held)
    if "=" not in text:
        raise StepError("not a form")
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        raise StepError("not a form") from None
    for name, value in fields:
        if _JSON_START.match(value):
            return name, value
    raise StepError("a form without JSON")
