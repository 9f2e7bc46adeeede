"""Opens envelopes: a document that carries calls becomes the documents that are in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from segkoch_lint.bounded_cache import cached
from segkoch_lint.calls.call import Call
from segkoch_lint.calls.signs import ObjectKind, classify
from segkoch_lint.documents.document import Document, ParseError, pointer_in
from segkoch_lint.documents.table.json_rows import JsonRow
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.envelopes.contents import Opened, UnreadableRequest
from segkoch_lint.envelopes.decoding import ANY_ENCODING, Decoded, Undecoded, decode
from segkoch_lint.envelopes.envelope import Envelope, Recogniser, Site, text_at
from segkoch_lint.envelopes.inner_document_maker import InnerDocumentMaker
from segkoch_lint.envelopes.patterns import Pattern, is_search, matches, pattern_of
from segkoch_lint.envelopes.requests import Request, SegmentHosts
from segkoch_lint.envelopes.search import find_calls
from segkoch_lint.envelopes.unwrap import unwrap
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.redaction.masking import Secret, mask_name
from segkoch_lint.inputs.limits import Limits

MOST_LEVELS = 8
"""Envelopes inside one another."""

MOST_TEXTS = 3
"""Decoded texts inside one another."""

_PLACEHOLDER = re.compile(r"\{(/[^{}]*)\}")

_LONGEST_NAME = 100

_CALLS = frozenset({ObjectKind.CALL, ObjectKind.WRONG_TYPE})

_NO_BODY = "the capture does not have its body"


class EnvelopeReader:
    """Opens envelopes.

    Args:
        envelopes: those that are known; of several that recognise a document, the first counts.
        at: pointer patterns to calls, which count before any envelope.
        hosts: hosts of the configuration that take calls, beside Segment's.
        limits: the depth and the size of what is decoded.

    Raises:
        ValueError: the schema of an envelope cannot be used.
    """

    def __init__(
        self,
        envelopes: Sequence[Envelope],
        at: Iterable[str] = (),
        hosts: Iterable[str] = (),
        limits: Limits | None = None,
    ) -> None:
        self._known = [(frozenset(each.required), Recogniser(each), each) for each in envelopes]
        self._by_key: dict[str, list[int]] = {}
        for number, each in enumerate(envelopes):
            if each.required:
                self._by_key.setdefault(each.required[0], []).append(number)
        self._without_key = [number for number, each in enumerate(envelopes) if not each.required]
        self._at = [pattern_of(each) for each in at]
        self._hosts = SegmentHosts(hosts)
        self._limits = limits or Limits()

    def open(self, document: Document, table: str = "") -> Opened | None:
        """Return what is in an envelope; None if the document is none that is known.

        Args:
            document: what was read.
            table: the name of its input.
        """
        value = document.value
        if isinstance(document, RowDocument) or not isinstance(value, dict | list):
            return None
        if not self._at and not self._may_be_envelope(value):
            return None
        return _Opening(self, table).opened(document)

    def _may_be_envelope(self, value: Any) -> bool:
        if isinstance(value, list):
            return any(isinstance(item, dict) and not self._by_key.keys().isdisjoint(item) for item in value)
        return bool(self._without_key) or not self._by_key.keys().isdisjoint(value)

    def recognised(self, value: Any, table: str) -> Envelope | None:
        """Return the envelope that a value is, if it is not a call itself."""
        head = value[0] if isinstance(value, list) and value else value
        keys = head.keys() if isinstance(head, Mapping) else frozenset()
        numbers = [*self._without_key, *(number for key in keys for number in self._by_key.get(key, ()))]
        if not numbers or (isinstance(value, Mapping) and classify(value).kind in _CALLS):
            return None
        for number in sorted(numbers):
            required, recogniser, envelope = self._known[number]
            if required <= keys and recogniser.recognises(value):
                is_row = isinstance(value, Mapping) and JsonRow.of(value, table) is not None
                return None if is_row else envelope
        return None

    @property
    def at(self) -> Sequence[Pattern]:
        """The pointer patterns that count before any envelope."""
        return self._at

    @property
    def hosts(self) -> SegmentHosts:
        """The hosts that take calls."""
        return self._hosts

    @property
    def limits(self) -> Limits:
        """The depth and the size of what is decoded."""
        return self._limits


class _Damaged(msgspec.Struct, frozen=True):
    """A damaged value; `make` returns the error."""

    make: Callable[[], ParseError]


class _Unreadable(msgspec.Struct, frozen=True):
    """A request without a readable body; whether it goes to Segment is known when all requests were read.

    If it does not, but its body is broken JSON that shows a call, `damaged` is reported.
    """

    request: Request
    problem: str
    pointer: str | Secret
    place: Callable[[], Span | None]
    damaged: _Damaged | None = None

    def make(self) -> UnreadableRequest:
        """Return it with its place."""
        return UnreadableRequest(self.request, self.problem, self.pointer, self.place())


_Found = Document | _Unreadable | _Damaged

_Place = tuple[tuple[Path, ...], Path]
"""Where a value is: the paths of the texts that were decoded to reach it, and its path in the last of them."""


class _Opening:
    """Opens one document, and the envelopes that are in it."""

    def __init__(self, reader: EnvelopeReader, table: str) -> None:
        self._reader = reader
        self._table = table
        self._sending_hosts: set[str] = set()
        self._documents = InnerDocumentMaker()
        self._left = reader.limits.file_bytes

    def _decode(self, document: Document, value: Any, site: Site | None = None) -> Decoded | Undecoded:
        """Return what a value of a document holds.

        A file is inflated to no more bytes than it may have itself, since compressed values may be inside one another.
        """
        limits = self._reader.limits
        encodings = site.encodings if site else ANY_ENCODING
        if _texts_around(document) == MOST_TEXTS:
            encodings = tuple(each for each in encodings if not each)
        most = min(limits.line_bytes, self._left)
        found = decode(value, encodings, limits, most)
        if isinstance(found, Undecoded):
            self._left -= min(self._left, found.inflated)
        elif found.source is not None and not found.exact:
            self._left -= min(self._left, len(found.source))
        if isinstance(found, Undecoded) and found.is_too_large and most < limits.line_bytes:
            problem = f"not inflated: with the values before it, it has more than {limits.file_bytes:,} bytes"
            return replace(found, problem=f"{problem} (limits.file-bytes)")
        return found

    def opened(self, document: Document) -> Opened | None:
        noun, contents = self._chosen(document) or self._known(document) or ("", None)
        if contents is None:
            return None
        kept = [found for found in map(self._reported, contents) if found is not None]
        return Opened(noun, [each.make() if isinstance(each, _Unreadable | _Damaged) else each for each in kept])

    def _reported(self, content: _Found) -> _Found | None:
        """Return what is reported of a content: a request that does not go to Segment may have no readable body."""
        if not isinstance(content, _Unreadable) or self._is_to_segment(content.request.host):
            return content
        return content.damaged

    def _is_to_segment(self, host: str) -> bool:
        return host in self._reader.hosts or host in self._sending_hosts

    # --- where a user says that calls are --------------------------------------------------------------------------

    def _chosen(self, document: Document) -> tuple[str, list[_Found]] | None:
        found: list[tuple[_Found, set[_Place]]] = []
        known: set[_Place] = set()
        for pattern in self._reader.at:
            for content in self._at(document, pattern, 0, searches=is_search(pattern)):
                places = _call_places(content)
                if places and places <= known:
                    continue  # several patterns lead to one value, or to a batch and its calls
                if not places.isdisjoint(known):
                    found = [each for each in found if not each[1] or not each[1] <= places]
                found.append((content, places))
                known |= places
        return ("document", [content for content, _ in found]) if found else None

    def _at(self, document: Document, pattern: Pattern, texts: int, *, searches: bool) -> Iterator[_Found]:
        """Yield what a pattern leads to; where it goes on behind a text, the text is decoded.

        A search only says that calls are somewhere below: of what it leads to, the certain calls count, and nothing
        inside of them.
        """
        taken: set[Path] = set()
        lengths = range(len(pattern) + 1)
        for length in reversed(lengths) if searches else lengths:
            at_end = length == len(pattern)
            for path, value in matches(document.value, pattern[:length]):
                if not at_end and not (isinstance(value, str) and texts < MOST_TEXTS):
                    continue
                if taken and any(path[:end] in taken for end in range(len(path) + 1)):
                    continue
                decoded = self._decode(document, value)
                if searches and isinstance(decoded, Decoded) and at_end != _is_meant_as_call(decoded.value):
                    continue
                if not at_end and isinstance(decoded, Decoded):
                    inner = self._documents.make(document, path, decoded)
                    yield from self._at(inner, pattern[length:], texts + 1, searches=searches)
                elif isinstance(decoded, Decoded):
                    if searches:
                        taken.add(path)
                    yield self._documents.make(document, path, decoded, to_segment=True)
                elif at_end:
                    failed = self._failed(document, path, value, decoded)
                    if not searches or isinstance(failed, _Damaged):
                        yield failed

    def _known(self, document: Document) -> tuple[str, list[_Found]] | None:
        """Return what is in an envelope; None if the document is not one, or has calls elsewhere only."""
        found = self._contents(document, 0)
        if found is None or self._sending_hosts or any(map(self._is_expected, found[1])):
            return found
        return None if find_calls(document, [()], self._reader.limits) else found

    @staticmethod
    def _is_expected(content: _Found) -> bool:
        """Return whether something in an envelope shows that the envelope is what it seems to be."""
        return isinstance(content, _Unreadable | _Damaged) or _holds_call(content.value, "")

    # --- envelopes -------------------------------------------------------------------------------------------------

    def _contents(self, document: Document, level: int) -> tuple[str, list[_Found]] | None:
        """Return what an envelope is and what is in it; None if the document is not an envelope."""
        if level == MOST_LEVELS:
            return None
        value = document.value
        envelope = self._reader.recognised(value, self._table)
        if envelope is not None:
            return envelope.noun, list(self._of_envelope(document, envelope, level))
        if isinstance(value, list):
            found = [isinstance(item, Mapping) and self._reader.recognised(item, self._table) for item in value]
            noun = next((each.noun for each in found if each), None)
            if noun is not None:
                return noun, list(self._of_items(document, level))
        return None

    def _of_items(self, document: Document, level: int) -> Iterator[_Found]:
        for number, item in enumerate(document.value):
            yield from self._down(self._documents.make(document, (number,), Decoded(item)), level)

    def _down(self, document: Document, level: int) -> Iterator[_Found]:
        """Yield what is in a document if it is an envelope, else the document."""
        inner = self._contents(document, level + 1)
        yield from (document,) if inner is None else inner[1]

    def _of_envelope(self, document: Document, envelope: Envelope, level: int) -> Iterator[_Found]:
        for site in envelope.sites:
            for path, entry in matches(document.value, site.entry):
                request = Request.of(site.request, entry) if site.request else None
                if request is not None:
                    yield from self._of_request(document, site, path, entry, request)
                elif site.request is None:
                    yield from self._of_entry(document, site, path, entry, level)

    def _of_entry(self, document: Document, site: Site, path: Path, entry: Any, level: int) -> Iterator[_Found]:
        name = _name(site.name, entry)
        failed: _Found | None = None
        for pattern in site.at:
            for where, value in matches(entry, pattern, path):
                decoded = self._decode(document, value, site)
                if isinstance(decoded, Decoded):
                    contents = list(self._down(self._documents.make(document, where, decoded, name=name), level))
                    yield from filter(self._carries_call, contents) if site.is_log else contents
                    return
                if failed is None and value is not None and not site.is_log:
                    failed = self._failed(document, where, value, decoded, name)
        if failed is not None:
            yield failed

    def _carries_call(self, content: _Found) -> bool:
        """Return whether a line of a log has anything to do with calls."""
        if isinstance(content, _Unreadable | _Damaged):
            return True
        return _holds_call(content.value, "") or bool(find_calls(content, [()], self._reader.limits))

    def _of_request(self, document: Document, site: Site, path: Path, entry: Any, request: Request) -> Iterator[_Found]:
        call_type, to_segment = request.call_type, request.host in self._reader.hosts
        problem = _NO_BODY
        damaged: _Damaged | None = None
        for pattern in site.at:
            for where, value in matches(entry, pattern, path):
                if value in ("", None):
                    continue
                decoded = self._decode(document, value, site)
                if isinstance(decoded, Undecoded):
                    problem = f"its body cannot be read: {decoded.problem}"
                    # A gzip body is no sign of a call: the path may be that of another service.
                    error = None if decoded.text is None else self._documents.error(document, where, decoded)
                    damaged = _Damaged(error) if error else damaged
                elif _holds_call(decoded.value, call_type):
                    self._sending_hosts.add(request.host)
                    yield self._documents.make(document, where, decoded, name=request.name, call_type=call_type)
                    return
                elif call_type and to_segment and request.carries_calls:
                    yield self._documents.make(
                        document, where, decoded, name=request.name, call_type=call_type, to_segment=True
                    )
                    return
                else:
                    body = self._documents.make(document, where, decoded, name=request.name)
                    if find_calls(body, [()], self._reader.limits):
                        yield body  # it is reported with the option that reads it
                    return
        if call_type and request.carries_calls:
            pointer, place = pointer_in(document, path), self._documents.place(document, path)
            yield _Unreadable(request, problem, pointer, place, damaged)

    def _failed(self, document: Document, path: Path, value: Any, failed: Undecoded, name: str = "") -> _Found:
        """Return what a value is that cannot be decoded: damaged, or a document that is not a call."""
        error = self._documents.error(document, path, failed)
        return _Damaged(error) if error else self._documents.make(document, path, Decoded(value), name=name)


def _texts_around(document: Document) -> int:
    """Return how many texts were decoded to get a document."""
    return len(document.origin.decoded) if document.origin else 0


def _holds_call(value: Any, call_type: str) -> bool:
    return any(isinstance(unit, Call) and unit.certain for unit in unwrap(value, call_type=call_type))


def _is_meant_as_call(value: Any) -> bool:
    """Return whether a value is or holds a certain call, or is a call of a wrong type."""
    return _holds_call(value, "") or (isinstance(value, Mapping) and classify(value).kind in _CALLS)


def _call_places(content: _Found) -> set[_Place]:
    """Return the places of the calls of a content, or its own if it has none; nothing of what cannot be read."""
    if isinstance(content, _Unreadable | _Damaged) or content.origin is None:
        return set()
    decoded, base = content.origin.decoded, content.origin.base
    paths = [unit.path for unit in unwrap(content.value) if isinstance(unit, Call)]
    return {(decoded, (*base, *path)) for path in paths or [()]}


def _name(template: str, entry: Any) -> str:
    """Return the name of an entry, with what looks like personal data masked; empty if nothing in it is known."""
    if not template:
        return ""
    pieces = list(_pieces(template))
    found = False
    for number in range(1, len(pieces), 2):
        text = mask_name(text_at(entry, (pattern_of(pieces[number]),)))[:_LONGEST_NAME]
        found = found or bool(text)
        pieces[number] = text or "?"
    return "".join(pieces) if found or len(pieces) == 1 else ""


@cached
def _pieces(template: str) -> tuple[str, ...]:
    """Return the text before the first placeholder of a name, its pointer, the text after it, and so on."""
    return tuple(_PLACEHOLDER.split(template))
