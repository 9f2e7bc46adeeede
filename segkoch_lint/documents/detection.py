"""Detection of the format of an input by its content and name: JSON Lines, JSON documents, YAML, text or tables."""

from __future__ import annotations

import re
from enum import Enum
from typing import BinaryIO

from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.documents.embedded import TextSample, holds_objects
from segkoch_lint.documents.json.splitter import split_documents
from segkoch_lint.documents.line_sample import LineSample, is_good_line
from segkoch_lint.inputs.file_types import (
    BETWEEN_DOCUMENTS,
    PARQUET_MAGIC,
    ClaimedFormat,
    claimed_format,
    encoding_of,
    is_compressed,
    is_source_code,
    starts_like_calls,
)
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import Stream

PEEKED_BYTES = 1 << 20

_SNIFFED_BYTES = 4096

_TRIED_YAML_BYTES = 1 << 16
"""How much is tried as YAML if the name does not show the format: YAML is a hundred times as slow as JSON."""

_NOT_INDENTED = re.compile(rb"^\S", re.MULTILINE)

_YAML_START = re.compile(rb"(?:---|%YAML|- |[\w.-]+:\s)")

_GAP = rb"\s*+(?:(?://[^\n]*+|/\*(?>.*?\*/))\s*+)*+"
_COMMENTED_JSON = re.compile(_GAP + rb"[{\[]" + _GAP + rb"[\"{}\[\]]", re.DOTALL)
"""The beginning of JSON, perhaps with comments, which are reported as its error."""


class TextFormat(Enum):
    """The format of an input."""

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


_DIALECTS = {ClaimedFormat.JSONC: TextFormat.JSONC, ClaimedFormat.JSON5: TextFormat.JSON5}


def may_hold_calls(file: BinaryIO) -> bool:
    """Return whether a file may hold calls if its name does not show its format."""
    head = file.read(_SNIFFED_BYTES)
    if head.startswith(PARQUET_MAGIC):
        from segkoch_lint.documents.table import parquet  # noqa: PLC0415 - most inputs are not tables

        return parquet.may_hold_calls(file)
    if is_compressed(head):
        return True
    from segkoch_lint.documents.table.csv_reader import delimiter_of  # noqa: PLC0415 - most inputs are not tables

    encoding, skip = encoding_of(head) or ("utf-8", 0)
    # Invalid text is replaced: only its beginning matters.
    text = head[skip:].decode(encoding, "replace").encode()
    return starts_like_calls(text) or delimiter_of(text) is not None


def detect_format(stream: Stream, *, name: str, limits: Limits) -> TextFormat:
    """Return the format of an input; the stream still yields all of its text.

    The first 1 MiB is examined, and the whole first line if that is longer.

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
    claim = claimed_format(name)
    if claim is ClaimedFormat.NOTHING and _is_csv(head):
        return TextFormat.CSV
    if claim in _DIALECTS:
        return _DIALECTS[claim]
    sample = LineSample.of(head, limits, whole=stream.exhausted)
    if claim is ClaimedFormat.YAML:
        return TextFormat.LINES if sample.first and sample.mostly_good and sample.lines > 1 else TextFormat.YAML
    if claim is ClaimedFormat.NOTHING:
        kind = _format_without_a_name(stream, head, sample, limits)
        if kind is not None:
            return kind
    return _json_format(stream, head, sample, limits, claimed_lines=claim is ClaimedFormat.JSON_LINES)


def _format_without_a_name(stream: Stream, head: bytes, sample: LineSample, limits: Limits) -> TextFormat | None:
    """Return the format of an input whose name does not show it; None for JSON."""
    if stream.exhausted and b"curl" in head and _has_commands(head, limits):
        return TextFormat.COMMANDS
    text = TextSample()
    if not sample.mostly_good:
        text = TextSample.of(head, limits, whole=stream.exhausted)
        if text.is_most:
            return TextFormat.TEXT
    like_json = starts_like_calls(head) or sample.mostly_good or _COMMENTED_JSON.match(head) is not None
    if like_json and not sample.marked:
        return None
    if not sample.marked and is_source_code(head.decode("utf-8", "replace")):
        return TextFormat.FOREIGN  # `track('Seen', {step: 1})` is also YAML: a key with a value after a colon
    if _reads_as_yaml(head, limits, whole=stream.exhausted):
        return TextFormat.YAML
    if like_json:
        return None
    holds_calls = text.found or text.alone or (not stream.exhausted and holds_objects(head))
    return TextFormat.TEXT if holds_calls else TextFormat.FOREIGN


def _has_commands(text: bytes, limits: Limits) -> bool:
    from segkoch_lint.documents.shell_commands import read_commands  # noqa: PLC0415 - few inputs are scripts

    return any(True for _ in read_commands(text, limits))


def _is_csv(head: bytes) -> bool:
    from segkoch_lint.documents.table.csv_reader import delimiter_of  # noqa: PLC0415 - most inputs are named JSON

    return delimiter_of(head) is not None


def _json_format(stream: Stream, head: bytes, sample: LineSample, limits: Limits, *, claimed_lines: bool) -> TextFormat:
    lined = stream.exhausted or sample.claim_holds if claimed_lines else sample.looks_lined
    if not lined:
        return TextFormat.DOCUMENTS
    if not stream.exhausted:
        return TextFormat.LINES
    if sample.lines == 1 and not claimed_lines:
        return TextFormat.DOCUMENTS  # the limit of a line is not meant for the only line
    all_good = sample.complete and sample.good == sample.lines
    return TextFormat.DOCUMENTS if not all_good and _spans_lines(head, limits) else TextFormat.LINES


def _spans_lines(text: bytes, limits: Limits) -> bool:
    """Return whether a text is valid as a sequence of documents, but not line by line."""
    if all(is_good_line(each, limits) for each in text.split(b"\n") if each.strip()):
        return False
    return not any(isinstance(each, ParseError) for each in split_documents(text, depth=limits.depth))


def _reads_as_yaml(head: bytes, limits: Limits, *, whole: bool) -> bool:
    """Return whether a text is valid YAML that holds a mapping or a sequence."""
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
