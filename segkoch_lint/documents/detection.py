"""Tells what an input is, by its content, and reads it as that: JSON Lines, JSON documents, YAML, or tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import partial
from typing import BinaryIO

import msgspec
from msgspec.structs import replace

from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.document import Document, InternalFailure, ParseError
from segkoch_lint.documents.embedded import Embedded, TextSample, read_text
from segkoch_lint.documents.json.parser import parse_good_json, parse_json
from segkoch_lint.documents.json.size_limits import has_more_values, too_many_values
from segkoch_lint.documents.json.splitter import split_documents
from segkoch_lint.documents.json.syntax_errors import COMMENT, SOURCE_CODE
from segkoch_lint.documents.line_sample import LineSample, is_good_line
from segkoch_lint.documents.lines import Known, LineFilter, damage_flaw, read_lines, size_text
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.decompression import CorruptInputError
from segkoch_lint.inputs.file_types import (
    BETWEEN_DOCUMENTS,
    PARQUET_MAGIC,
    Claim,
    claim_of,
    encoding_of,
    is_compressed,
    is_source_code,
    is_table,
    starts_like_calls,
)
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import Stream

EMPTY = "empty"
OTHER_TABLE = "table without Segment's columns"
PROGRAM = "source code"
TEXT = "text without a call"

PEEKED_BYTES = 1 << 20

_SNIFFED_BYTES = 4096

# YAML is a hundred times as slow as JSON; so much of it shows whether something without a name is YAML.
_TRIED_YAML_BYTES = 1 << 16

_NOT_INDENTED = re.compile(rb"^\S", re.MULTILINE)
_YAML_START = re.compile(rb"(?:---|%YAML|- |[\w.-]+:\s)")

_Read = Document | Embedded | ParseError | InternalFailure
"""What is read of a whole text."""

_Parse = Callable[[bytes, Limits], Iterable[_Read]]
"""Parses a whole text."""


def may_hold_calls(file: BinaryIO) -> bool:
    """Return whether a file of a name that says nothing is worth reading."""
    head = file.read(_SNIFFED_BYTES)
    if head.startswith(PARQUET_MAGIC):
        from segkoch_lint.documents.table import parquet  # noqa: PLC0415 - most inputs are no tables

        return parquet.may_hold_calls(file)
    if is_compressed(head):
        return True
    from segkoch_lint.documents.table.csv_reader import delimiter_of  # noqa: PLC0415 - most inputs are no tables

    encoding, skip = encoding_of(head) or ("utf-8", 0)
    # Invalid text is replaced: only its beginning matters.
    text = head[skip:].decode(encoding, "replace").encode()
    return starts_like_calls(text) or delimiter_of(text) is not None


class TextFormat(Enum):
    """What the text of an input is."""

    EMPTY = "empty"
    LINES = "lines"  # of JSON, one document each
    DOCUMENTS = "documents"  # of JSON, one or more, over any number of lines
    JSONC = "json with comments"
    JSON5 = "json5"
    YAML = "yaml"
    COMMANDS = "commands"  # of a shell, with JSON that curl posts
    TEXT = "text"  # with JSON inside of lines
    CSV = "csv"  # with Segment's columns
    PARQUET = "parquet"
    FOREIGN = "foreign"


_DIALECTS = {Claim.JSONC: TextFormat.JSONC, Claim.JSON5: TextFormat.JSON5}


class UnsupportedInput(msgspec.Struct, frozen=True):
    """An input that holds no calls: neither JSON nor YAML, and its name does not claim so; no table of Segment's.

    Attributes:
        kind: what it is; empty if that is all there is to say.
    """

    kind: str = ""


def read_documents(
    stream: Stream, *, name: str, limits: Limits, sieve: LineFilter[Known] | None = None
) -> Iterator[Document | Embedded | ParseError | InternalFailure | UnsupportedInput | Known]:
    """Yield what stands in an input, in its order: documents, a flaw for each one that is broken, and failures of ours.

    Where the stored data is damaged, a flaw says so after what could be read before.

    Args:
        stream: the input's text, nothing of it read yet.
        name: of the input; its ending decides where the content leaves a choice.
        limits: what is too large or too deep.
        sieve: what takes out lines before they are read; None to read them all.

    Raises:
        OSError: reading failed.
    """
    document = _only_document(stream, name, limits)
    if document is not None:
        yield document
        return
    match recognise(stream, name=name, limits=limits):
        case TextFormat.EMPTY:
            yield from _nothing(stream, name)
        case TextFormat.LINES:
            yield from read_lines(stream, limits, sieve)
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
            yield from read_text(stream, limits)
            yield UnsupportedInput(TEXT)
        case TextFormat.CSV:
            from segkoch_lint.documents.table.csv_reader import delimiter_of, read_csv  # noqa: PLC0415 - most inputs are no tables

            delimiter = delimiter_of(stream.peek(PEEKED_BYTES)) or ","
            yield from read_csv(stream, name=name, delimiter=delimiter, limits=limits)
        case TextFormat.PARQUET:
            from segkoch_lint.documents.table.parquet import read_parquet  # noqa: PLC0415 - most inputs are no tables

            for each in read_parquet(stream, name=name):
                yield UnsupportedInput(OTHER_TABLE) if each is None else each
        case _:
            head = stream.peek(PEEKED_BYTES).decode("utf-8", "replace")
            yield UnsupportedInput(OTHER_TABLE if is_table(name) else PROGRAM if is_source_code(head) else "")


def _only_document(stream: Stream, name: str, limits: Limits) -> Document | None:
    """Return the one document of a small input that is called JSON, or None if it takes a closer look."""
    if not claim_of(name).is_one_document:
        return None
    head = stream.peek(PEEKED_BYTES)
    if not (stream.exhausted and stream.intact) or head[:1] not in {b"{", b"["} or len(head) > limits.file_bytes:
        return None
    if has_more_values(head, limits.values):
        return None
    return parse_good_json(head, depth=limits.depth)


def recognise(stream: Stream, *, name: str, limits: Limits) -> TextFormat:
    """Tell what an input is, without reading it: the stream still yields all of its text.

    Of an input of up to 1 MiB all is looked at, of a larger one so much and its first line.

    Raises:
        OSError: reading failed.
    """
    head = stream.peek(PEEKED_BYTES)
    if head.startswith(PARQUET_MAGIC):
        return TextFormat.PARQUET
    if not head.strip(BETWEEN_DOCUMENTS):
        return TextFormat.EMPTY if stream.exhausted else TextFormat.LINES
    while not stream.exhausted and b"\n" not in head.lstrip(BETWEEN_DOCUMENTS) and len(head) <= limits.line_bytes:
        head = stream.peek(len(head) + PEEKED_BYTES)
    claim = claim_of(name)
    if claim is Claim.NOTHING and _is_csv(head):
        return TextFormat.CSV
    if claim in _DIALECTS:
        return _DIALECTS[claim]
    sample = LineSample.of(head, limits, whole=stream.exhausted)
    if claim is Claim.YAML:
        return TextFormat.LINES if sample.first and sample.mostly_good and sample.lines > 1 else TextFormat.YAML
    if claim is Claim.NOTHING:
        kind = _kind_without_a_name(stream, head, sample, limits)
        if kind is not None:
            return kind
    return _json_kind(stream, head, sample, limits, claimed_lines=claim is Claim.JSON_LINES)


def _kind_without_a_name(stream: Stream, head: bytes, sample: LineSample, limits: Limits) -> TextFormat | None:
    """Tell what an input is whose name says nothing; None for JSON."""
    if stream.exhausted and b"curl" in head and _has_commands(head, limits):
        return TextFormat.COMMANDS
    text = TextSample(0, 0)
    if not sample.mostly_good:
        text = TextSample.of(head, limits, whole=stream.exhausted)
        if text.is_most:
            return TextFormat.TEXT
    like_json = starts_like_calls(head) or sample.mostly_good
    if like_json and not sample.marked:
        return None
    if not sample.marked and is_source_code(head.decode("utf-8", "replace")):
        return TextFormat.FOREIGN  # `track('Seen', {step: 1})` is also YAML: a key with a value after a colon
    if _reads_as_yaml(head, limits, whole=stream.exhausted):
        return TextFormat.YAML
    if like_json:
        return None
    return TextFormat.TEXT if text.found else TextFormat.FOREIGN


def _has_commands(text: bytes, limits: Limits) -> bool:
    from segkoch_lint.documents.shell_commands import read_commands  # noqa: PLC0415 - few inputs are scripts

    return any(True for _ in read_commands(text, limits))


def _is_csv(head: bytes) -> bool:
    from segkoch_lint.documents.table.csv_reader import delimiter_of  # noqa: PLC0415 - names of fixtures say that they are JSON

    return delimiter_of(head) is not None


def _json_kind(stream: Stream, head: bytes, sample: LineSample, limits: Limits, *, claimed_lines: bool) -> TextFormat:
    lined = stream.exhausted or sample.claim_holds if claimed_lines else sample.looks_lined
    if not lined:
        return TextFormat.DOCUMENTS
    if not stream.exhausted:
        return TextFormat.LINES
    if sample.lines == 1 and not claimed_lines:
        return TextFormat.DOCUMENTS  # the limit for one line is not meant for the only one
    all_good = sample.complete and sample.good == sample.lines
    return TextFormat.DOCUMENTS if not all_good and _spans_lines(head, limits) else TextFormat.LINES


def _read_whole(stream: Stream, limits: Limits, *, most: int, limit: str, parse: _Parse) -> Iterator[_Read]:
    text, damage = _gather(stream, most)
    if len(text) > most:
        what = "YAML" if parse is _documents_or_yaml else "JSON that is not one document a line"
        message = f"{what}, and larger than {size_text(most)} (limits.{limit})"
        yield ParseError(message, Span(1, 1, 1, 2), shows_signs=shows_signs(text), cause="too-large")
        return
    found = _marked(parse(text, limits), text)
    if damage is None:
        yield from found
        return
    last: _Read | None = None
    for each in found:
        if last is not None:
            yield last
        last = each
    # What the damage cut in two is no flaw of its own.
    if last is not None and not (isinstance(last, ParseError) and not text.endswith(b"\n")):
        yield last
    yield damage_flaw(damage, 1 + text.count(b"\n"), text)


def _marked(found: Iterable[_Read], text: bytes) -> Iterator[_Read]:
    """Note in each flaw of a text whether the text shows signs of a call, and yield one flaw for all its comments."""
    signs: bool | None = None
    said: set[str] = set()
    for each in found:
        if not isinstance(each, ParseError):
            yield each
            continue
        if signs is None:
            signs = shows_signs(text)
        if each.message not in said:
            yield replace(each, shows_signs=signs)
        if each.message in {COMMENT, SOURCE_CODE}:
            said.add(each.message)


def _json(text: bytes, limits: Limits) -> Iterator[Document | ParseError]:
    if has_more_values(text, limits.values):
        yield too_many_values(1, limits.values)
    else:
        yield from _documents(text, limits)


def _documents(text: bytes, limits: Limits) -> Iterator[Document | ParseError]:
    document = parse_json(text, depth=limits.depth)
    if not isinstance(document, ParseError):
        yield document
    elif document.message == COMMENT and _is_relaxed(text, limits):
        yield replace(document, cause="comments")
    else:
        yield from split_documents(text, depth=limits.depth)


def _relaxed_json(text: bytes, limits: Limits, *, json5: bool) -> Iterator[Document | ParseError]:
    from segkoch_lint.documents.json.rewritten import parse_relaxed_json  # noqa: PLC0415 - most inputs are strict JSON

    yield parse_relaxed_json(text, json5=json5, depth=limits.depth, values=limits.values)


def _is_relaxed(text: bytes, limits: Limits) -> bool:
    """Return whether a text is one document of JSON with comments, or of JSON5."""
    return not any(isinstance(each, ParseError) for each in _relaxed_json(text, limits, json5=True))


def _documents_or_yaml(text: bytes, limits: Limits) -> Iterator[Document | ParseError | InternalFailure]:
    # JSON in a file that is named as YAML: the JSON parser sees more, and a hundred times as fast.
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
    except CorruptInputError as damage:
        yield damage_flaw(damage, 1, b"")
        return
    if claim_of(name).is_one_document:
        at = 1 + text.count(b"\n")
        yield ParseError("the file is empty, and JSON is at least one value", Span(at, 1, at, 1), shows_signs=False)
    else:
        yield UnsupportedInput(EMPTY)


def _gather(stream: Stream, most: int) -> tuple[bytes, CorruptInputError | None]:
    """Return all the text, or a little more than *most* bytes of it, and the damage at its end."""
    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in stream:
            chunks.append(chunk)
            size += len(chunk)
            if size > most:
                break
    except CorruptInputError as damage:
        return b"".join(chunks), damage
    return b"".join(chunks), None


def _spans_lines(text: bytes, limits: Limits) -> bool:
    """Return whether a text is good as a sequence of documents, but not line by line."""
    if all(is_good_line(each, limits) for each in text.split(b"\n") if each.strip()):
        return False
    return not any(isinstance(each, ParseError) for each in split_documents(text, depth=limits.depth))


def _reads_as_yaml(head: bytes, limits: Limits, *, whole: bool) -> bool:
    """Return whether a text whose name says nothing is YAML: it reads without a flaw, as a mapping or a list."""
    tried = head[:_TRIED_YAML_BYTES]
    if b"\0" in tried:
        return False
    if not whole or len(tried) < len(head):
        # Up to a line that is not indented, a part of YAML in block style is YAML.
        cut = max((each.start() for each in _NOT_INDENTED.finditer(tried)), default=0)
        if not cut:
            return _YAML_START.match(tried) is not None
        tried = tried[:cut]
    from segkoch_lint.documents.yaml.document import parse_yaml  # noqa: PLC0415 - slow to import, and most inputs are JSON

    found = list(parse_yaml(tried, depth=limits.depth, values=limits.values // 10))
    documents = [each for each in found if not isinstance(each, ParseError | InternalFailure)]
    return documents == found and any(isinstance(each.value, dict | list) for each in documents)
