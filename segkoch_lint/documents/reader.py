"""A reader of the documents of an input, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.detection import PEEKED_BYTES, TextFormat, detect_format
from segkoch_lint.documents.document import Document, InternalFailure, ParseError
from segkoch_lint.documents.embedded import Embedded, read_text
from segkoch_lint.documents.json.parser import parse_good_json, parse_json
from segkoch_lint.documents.json.size_limits import has_more_values, too_many_values
from segkoch_lint.documents.json.splitter import split_documents
from segkoch_lint.documents.json.syntax_errors import COMMENT, SOURCE_CODE
from segkoch_lint.documents.lines import Known, LineFilter, corruption_error, read_lines, size_text
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.decompression import CorruptInputError
from segkoch_lint.inputs.file_types import (
    BETWEEN_DOCUMENTS,
    claimed_format,
    is_source_code,
    is_table,
)
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import Stream

EMPTY = "empty"

OTHER_TABLE = "table without Segment's columns"

PROGRAM = "source code"

TEXT = "text without a call"

_Read = Document | Embedded | ParseError | InternalFailure
"""An item that is read from a whole text."""

_Parse = Callable[[bytes, Limits], Iterable[_Read]]
"""Parses a whole text."""


class UnsupportedInput(msgspec.Struct, frozen=True):
    """An input without calls: its content and name are neither JSON nor YAML, nor a table with Segment's columns.

    Attributes:
        kind: its kind; empty if unknown.
    """

    kind: str = ""


def read_documents(
    stream: Stream, *, name: str, limits: Limits, line_filter: LineFilter[Known] | None = None
) -> Iterator[Document | Embedded | ParseError | InternalFailure | UnsupportedInput | Known]:
    """Yield the documents of an input in order, an error for each broken one, and failures of the program itself.

    If the stored data is corrupt, an error follows the documents before the corruption.

    Args:
        stream: the input's text, not yet read.
        name: the input's name; its ending decides if the content leaves a choice.
        limits: what is too large or too deep.
        line_filter: removes lines before they are read; None to read all of them.

    Raises:
        OSError: reading failed.
    """
    document = _only_document(stream, name, limits)
    if document is not None:
        yield document
        return
    match detect_format(stream, name=name, limits=limits):
        case TextFormat.EMPTY:
            yield from _nothing(stream, name)
        case TextFormat.LINES:
            yield from read_lines(stream, limits, line_filter)
        case TextFormat.DOCUMENTS:
            yield from _read_whole(stream, limits, most=limits.file_bytes, limit="file-bytes", parse=_json)
        case TextFormat.JSONC | TextFormat.JSON5 as kind:
            parse = partial(_relaxed_json, json5=kind is TextFormat.JSON5)
            yield from _read_whole(stream, limits, most=limits.file_bytes, limit="file-bytes", parse=parse)
        case TextFormat.YAML:
            yield from _read_whole(stream, limits, most=limits.yaml_bytes, limit="yaml-bytes", parse=_documents_or_yaml)
        case TextFormat.COMMANDS:
            from segkoch_lint.documents.shell_commands import read_commands  # noqa: PLC0415 - few inputs are scripts

            yield from _read_whole(stream, limits, most=limits.file_bytes, limit="file-bytes", parse=read_commands)
            yield UnsupportedInput(TEXT)
        case TextFormat.TEXT:
            yield from _text(stream, limits)
        case TextFormat.CSV:
            from segkoch_lint.documents.table.csv_reader import delimiter_of, read_csv  # noqa: PLC0415 - most inputs are not tables

            delimiter = delimiter_of(stream.peek(PEEKED_BYTES)) or ","
            yield from read_csv(stream, name=name, delimiter=delimiter, limits=limits)
        case TextFormat.PARQUET:
            from segkoch_lint.documents.table.parquet import read_parquet  # noqa: PLC0415 - most inputs are not tables

            for each in read_parquet(stream, name=name):
                yield UnsupportedInput(OTHER_TABLE) if each is None else each
        case _:
            head = stream.peek(PEEKED_BYTES).decode("utf-8", "replace")
            yield UnsupportedInput(OTHER_TABLE if is_table(name) else PROGRAM if is_source_code(head) else "")


def _text(stream: Stream, limits: Limits) -> Iterator[Embedded | ParseError | UnsupportedInput]:
    found = False
    for each in read_text(stream, limits):
        found = True
        yield each
    yield UnsupportedInput(TEXT if found else "")


def _only_document(stream: Stream, name: str, limits: Limits) -> Document | None:
    """Return the one document of a small input that is named JSON; None if it needs detection."""
    if not claimed_format(name).is_one_document:
        return None
    head = stream.peek(PEEKED_BYTES)
    if not (stream.exhausted and stream.intact) or head[:1] not in {b"{", b"["} or len(head) > limits.file_bytes:
        return None
    if has_more_values(head, limits.values):
        return None
    return parse_good_json(head, depth=limits.depth)


def _read_whole(stream: Stream, limits: Limits, *, most: int, limit: str, parse: _Parse) -> Iterator[_Read]:
    text, corruption = _gather(stream, most)
    if len(text) > most:
        what = "YAML" if parse is _documents_or_yaml else "JSON that is not one document a line"
        message = f"{what}, and larger than {size_text(most)} (limits.{limit})"
        yield ParseError(message, Span(1, 1, 1, 2), shows_signs=shows_signs(text), cause="too-large")
        return
    found = _marked(parse(text, limits), text)
    if corruption is None:
        yield from found
        return
    last: _Read | None = None
    for each in found:
        if last is not None:
            yield last
        last = each
    # A document that the corruption cuts in two is not an error of its own.
    if last is not None and not (isinstance(last, ParseError) and not text.endswith(b"\n")):
        yield last
    yield corruption_error(corruption, 1 + text.count(b"\n"), text)


def _marked(found: Iterable[_Read], text: bytes) -> Iterator[_Read]:
    """Set in each error whether the text shows signs of a call, and yield one error for all comments."""
    signs: bool | None = None
    reported: set[str] = set()
    for each in found:
        if not isinstance(each, ParseError):
            yield each
            continue
        if signs is None:
            signs = shows_signs(text)
        if each.message not in reported:
            yield replace(each, shows_signs=signs)
        if each.message in {COMMENT, SOURCE_CODE}:
            reported.add(each.message)


def _json(text: bytes, limits: Limits) -> Iterator[Document | ParseError]:
    if has_more_values(text, limits.values):
        yield too_many_values(1, limits.values)
    else:
        yield from _documents(text, limits)


def _documents(text: bytes, limits: Limits) -> Iterator[Document | ParseError]:
    document = parse_json(text, depth=limits.depth)
    if not isinstance(document, ParseError):
        yield document
    elif document.message == COMMENT:
        yield replace(document, cause="comments")
        yield from _commented_documents(text, limits)
    else:
        yield from split_documents(text, depth=limits.depth)


def _relaxed_json(text: bytes, limits: Limits, *, json5: bool) -> Iterator[Document | ParseError]:
    from segkoch_lint.documents.json.rewritten import parse_relaxed_json  # noqa: PLC0415 - most inputs are strict JSON

    yield parse_relaxed_json(text, json5=json5, depth=limits.depth, values=limits.values)


def _commented_documents(text: bytes, limits: Limits) -> Sequence[Document | ParseError]:
    """Return the documents between comments. If there is only one, the comments are what is wrong with it."""
    from segkoch_lint.documents.json.relaxed import OpenCommentError, to_strict_json  # noqa: PLC0415 - as above

    try:
        without_comments, _ = to_strict_json(text.decode("utf-8"), json5=False)  # every offset stays the same
    except OpenCommentError:
        return ()
    documents = list(split_documents(without_comments.encode("utf-8"), depth=limits.depth))
    return documents if len(documents) > 1 else ()


def _documents_or_yaml(text: bytes, limits: Limits) -> Iterator[Document | ParseError | InternalFailure]:
    # JSON in a file that is named YAML: the JSON parser finds more, and is a hundred times as fast.
    if text.lstrip(BETWEEN_DOCUMENTS)[:1] in (b"{", b"["):
        documents = list(_documents(text, limits))
        if not any(isinstance(each, ParseError) for each in documents):
            yield from documents
            return
    from segkoch_lint.documents.yaml.document import parse_yaml  # noqa: PLC0415 - slow to import, and most inputs are JSON

    yield from parse_yaml(text, depth=limits.depth, values=limits.values // 10)


def _nothing(stream: Stream, name: str) -> Iterator[ParseError | UnsupportedInput]:
    try:
        text = b"".join(stream)
    except CorruptInputError as corruption:
        yield corruption_error(corruption, 1, b"")
        return
    if claimed_format(name).is_one_document:
        at = 1 + text.count(b"\n")
        yield ParseError("the file is empty, and JSON is at least one value", Span(at, 1, at, 1), shows_signs=False)
    else:
        yield UnsupportedInput(EMPTY)


def _gather(stream: Stream, most: int) -> tuple[bytes, CorruptInputError | None]:
    """Return the whole text, or a little more than *most* bytes of it, and the corruption at its end."""
    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in stream:
            chunks.append(chunk)
            size += len(chunk)
            if size > most:
                break
    except CorruptInputError as corruption:
        return b"".join(chunks), corruption
    return b"".join(chunks), None
