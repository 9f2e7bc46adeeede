"""Looks for calls in documents that are no call and no known envelope (KCH005)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from segkoch_lint.calls.signs import ObjectKind, classify, has_user, shows_signs
from segkoch_lint.documents.document import ARROW, Document
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.envelopes.decoding import JSON, Encoding, Undecoded, decode
from segkoch_lint.envelopes.inner_document import InnerDocument
from segkoch_lint.envelopes.patterns import ANY
from segkoch_lint.findings.position import Path, pointer_of
from segkoch_lint.findings.redaction.masking import shown_pointer
from segkoch_lint.inputs.limits import Limits

MOST_LEVELS = 8
"""Levels of nesting that are looked into."""

MOST_TEXTS = 3
"""Decoded texts inside one another that are looked into."""

MOST_DECODED = 1 << 20
"""Bytes that are decoded for one document."""

MOST_PLACES = 10
"""Places of one document that are counted one by one."""

_DESCRIPTIONS = frozenset({"$schema", "asyncapi", "openapi", "swagger"})
"""Members at the top of descriptions of data, in which calls are examples and not data."""

_STRONG = ("messageId", "writeKey", "originalTimestamp")
_MAY_BE_CALL = frozenset({*_STRONG, "context", "event", "batch"})
_IN_CONTEXT = ("device", "library")

_LEAST_TEXT = 30
"""Characters of the shortest text that can hold a call with a strong sign."""

# Base64 of `{` and a quote or white space, of `[` and a bracket or white space, and of what gzip and zlib begin with.
_ENCODED = r"(?:ey[AIJ]|ew[koN0]|W[13]s|Wy[AB]|Ww[kloN0p]|H4sI|e[AFJN])"
_ENCODED_TEXT = re.compile(rf"\s*{_ENCODED}")
_ENCODED_VALUE = re.compile(rf'"{_ENCODED}'.encode())
_OTHERS = (b"/v1/", b"/v1\\", b"context_device", b"CONTEXT_DEVICE", b"context.device")
_ENCODINGS: tuple[Encoding, ...] = (("base64", "json"), ("base64", "gzip", "json"), ("base64", "deflate", "json"))
_JSON_TEXT = re.compile(r"\s*[{\[]")


class FoundCalls(msgspec.Struct, frozen=True):
    """Calls that are in an envelope that is not known.

    Attributes:
        path: where the first of them is in the document, or the text that holds it.
        pointer: where it is, as reports show it.
        at: the pattern that leads to all of them, as `--at` takes it.
        shown_at: the same, with keys masked that are personal data.
        calls: how many there are; a batch counts as one.
    """

    path: Path
    pointer: str
    at: str
    shown_at: str
    calls: int = 1


def find_calls(document: Document, roots: Iterable[Path], limits: Limits) -> list[FoundCalls]:
    """Return the calls that are somewhere below values of a document that are no calls themselves.

    Args:
        document: the document.
        roots: where these values are.
        limits: the depth of what is decoded.
    """
    if _is_description(document.value) or not may_hold_calls(document):
        return []
    search = _Search(document, limits)
    for root in roots:
        search.look_into(_at(document.value, root), root)
        if len(search.found) == MOST_PLACES:
            break
    return list(search.found.values())


def _is_description(value: Any) -> bool:
    return isinstance(value, Mapping) and not _DESCRIPTIONS.isdisjoint(value)


def may_hold_calls(document: Document) -> bool:
    """Return whether calls with a strong sign, requests to Segment or rows of a table may be in a document.

    Most documents hold nothing like that. To search the text takes less time than to go through the values.
    """
    source: bytes | str | None = document.source if isinstance(document, JsonDocument | InnerDocument) else None
    if source is None:
        return True
    text = source.encode() if isinstance(source, str) else source
    return shows_signs(text) or _ENCODED_VALUE.search(text) is not None or any(map(text.__contains__, _OTHERS))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


class _Search:
    """Goes through the values of one document."""

    def __init__(self, document: Document, limits: Limits) -> None:
        self.found: dict[str, FoundCalls] = {}
        self._ids = document.ids
        self._limits = limits
        self._left = MOST_DECODED
        origin = document.origin
        self._around: tuple[Path, ...] = () if origin is None else (*origin.decoded, origin.base)

    def look_into(self, value: Any, root: Path) -> None:
        """Look for calls below a value."""
        for ways in self._calls(value, (), root, 0):
            self._note(ways)
            if len(self.found) == MOST_PLACES:
                return

    def _calls(self, value: Any, before: tuple[Path, ...], path: Path, level: int) -> Iterator[tuple[Path, ...]]:
        """Yield the ways to calls: a path in each text that is decoded on the way, the document itself first."""
        waiting: list[tuple[Any, Path, int]] = [(value, path, level)]
        while waiting:
            each, way, depth = waiting.pop()
            if isinstance(each, str):
                yield from self._in_text(each, before, way, depth)
            elif isinstance(each, Mapping) and (depth or before) and _is_call_or_batch(each):
                yield (*before, way)
            elif depth < MOST_LEVELS and isinstance(each, Mapping):
                waiting.extend((each[key], (*way, key), depth + 1) for key in reversed(each))
            elif depth < MOST_LEVELS and isinstance(each, list):
                waiting.extend((item, (*way, n), depth + 1) for n, item in reversed(list(enumerate(each))))

    def _in_text(self, text: str, before: tuple[Path, ...], way: Path, level: int) -> Iterator[tuple[Path, ...]]:
        if len(text) < _LEAST_TEXT or len(before) == MOST_TEXTS or len(text) > self._left:
            return
        if _JSON_TEXT.match(text):
            if not shows_signs(text.encode("utf-8", "replace")):
                return
            decoded = decode(text, (JSON,), self._limits, self._left)
        elif _ENCODED_TEXT.match(text):
            decoded = decode(text, _ENCODINGS, self._limits, self._left)
        else:
            return
        self._left -= len(text)
        if isinstance(decoded, Undecoded):
            self._left = max(0, self._left - decoded.inflated)
        else:
            self._left = max(0, self._left - (len(decoded.source or b"") - len(text)))
            yield from self._calls(decoded.value, (*before, way), (), level)

    def _note(self, ways: tuple[Path, ...]) -> None:
        first, *inner = ways
        *outer, base = self._around or ((),)
        whole = (*outer, (*base, *first), *inner)
        steps = tuple(ANY if isinstance(step, int) else step for way in whole for step in way)
        at = pointer_of(steps)
        known = self.found.get(at)
        if known is not None:
            self.found[at] = msgspec.structs.replace(known, calls=known.calls + 1)
            return
        shown = [shown_pointer(way, self._ids.ranges) for way in whole]
        pointer = ARROW.join(filter(None, map(str, shown)))
        self.found[at] = FoundCalls(first, pointer, at, str(shown_pointer(steps, self._ids.ranges)))


def _is_call_or_batch(value: Mapping[str, Any]) -> bool:
    if _MAY_BE_CALL.isdisjoint(value):
        return False
    batch = value.get("batch")
    if isinstance(batch, list):
        return any(isinstance(item, Mapping) and _is_call({**item, **_sign_of(value)}) for item in batch)
    return _is_call(value)


def _sign_of(batch: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"writeKey": batch["writeKey"]} if "writeKey" in batch else {}


def _is_call(value: Mapping[str, Any]) -> bool:
    """Return whether an object is a call that shows a sign which nothing else has."""
    return classify(value).kind in {ObjectKind.CALL, ObjectKind.WRONG_TYPE} and _shows_strong_sign(value)


def _shows_strong_sign(value: Mapping[str, Any]) -> bool:
    if any(key in value for key in _STRONG):
        return True
    context = value.get("context")
    if isinstance(context, Mapping) and any(key in context for key in _IN_CONTEXT):
        return True
    return isinstance(value.get("event"), str) and has_user(value)
