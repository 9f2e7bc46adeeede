"""JSON objects inside lines of text: a log of a program, an export of CloudWatch, a dump of requests.

A line is read if it shows a quoted key that hardly anything but a call has. What stands before and after the object is
not shown, as nothing is known about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.document import Document, ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.json.scanner import value_end
from segkoch_lint.documents.json.size_limits import has_more_values, too_many_values
from segkoch_lint.documents.json.syntax_errors import not_utf8
from segkoch_lint.documents.line_sample import is_good_line
from segkoch_lint.documents.lines import Block, blocks
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import Stream

_OBJECT = re.compile(r'\{(?=\s*")|\[(?=\s*\{\s*")')

_ANY_OBJECT = re.compile(rb'[^\n]\{\s*"')

_SAMPLED_LINES = 100

_BEFORE = re.compile(r"""\s*+(?:"[^"]*+"\s*+:)?+[\s\[,-]*+""")
_AFTER = re.compile(r"[\s\]},]*")
"""What stands around an object that is part of JSON, or of a list in YAML."""

_PROSE = re.compile(rb"^(?:```|~~~|<!DOCTYPE|<html)", re.MULTILINE | re.IGNORECASE)
"""A page of documentation: what it shows in its text is not what was sent."""


class Embedded(msgspec.Struct, frozen=True):
    """A document inside text. It counts if it is a call by a strong sign, or carries one; else it is no error."""

    document: Document


class TextSample(msgspec.Struct, frozen=True):
    """How many lines of a text hold an object that may be a call.

    Attributes:
        found: lines that do, with text around the object.
        alone: lines that are such an object, without anything around it.
        tried: lines that are not blank.
    """

    found: int = 0
    alone: int = 0
    tried: int = 0

    @classmethod
    def of(cls, head: bytes, limits: Limits, *, whole: bool) -> TextSample:
        """Return the sample of the beginning of a text, or all of it."""
        lines = [line for line in head.split(b"\n")[: None if whole else -1] if line.strip()]
        if not shows_signs(head) or not is_text(head):
            return cls(tried=len(lines))
        with_signs = [line for line in lines if shows_signs(line)][:_SAMPLED_LINES]
        alone = [is_good_line(line, limits) for line in with_signs]
        found = sum(_has_object_in_text(line, limits) for line, good in zip(with_signs, alone, strict=True) if not good)
        return cls(found, sum(alone), len(lines))

    @property
    def is_most(self) -> bool:
        """Whether half of the lines do, or half of as many as are tried."""
        return self.found > 0 and 2 * self.found >= min(self.tried, _SAMPLED_LINES)


def is_text(head: bytes) -> bool:
    """Return whether an input that begins with *head* is lines of text, and not binary or a page of documentation."""
    return b"\0" not in head and not _PROSE.search(head)


def holds_objects(head: bytes) -> bool:
    """Return whether there is JSON in the lines of a text that begins with *head*: then calls may follow."""
    return is_text(head) and _ANY_OBJECT.search(head) is not None


def _has_object_in_text(line: bytes, limits: Limits) -> bool:
    for each in objects_in(line, 1, limits):
        if not isinstance(each, ParseError):
            span = each.locate([()])[()]
            text = line.decode("utf-8")
            if not (_BEFORE.fullmatch(text[: span.column - 1]) and _AFTER.fullmatch(text[span.end_column - 1 :])):
                return True
    return False


def read_text(stream: Stream, limits: Limits) -> Iterator[Embedded | ParseError]:
    """Yield the objects in the lines of a text that show signs of calls, and an error for each that is broken.

    Raises:
        OSError: reading failed.
    """
    for block in blocks(stream, limits):
        if isinstance(block, ParseError):
            yield block
        elif shows_signs(block.text):
            yield from _read_block(block, limits)


def _read_block(block: Block, limits: Limits) -> Iterator[Embedded | ParseError]:
    for line in block.lines(limits):
        if isinstance(line, ParseError):
            yield line
        elif shows_signs(line.text):
            for each in objects_in(line.text, line.number, limits):
                yield each if isinstance(each, ParseError) else Embedded(each)


def objects_in(line: bytes, number: int, limits: Limits) -> Iterator[JsonDocument | ParseError]:
    """Yield the objects and lists of objects in a line that show signs of calls, in their order."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        yield not_utf8(line, error.start, number, 1)
        return
    found = _OBJECT.search(text)
    while found:
        start = found.start()
        end = _end_of(text, start)
        piece = text[start:end].encode("utf-8")
        if shows_signs(piece):
            if has_more_values(piece, limits.values):
                yield too_many_values(number, limits.values)
            else:
                document = parse_json(piece, line=number, column=start + 1, depth=limits.depth)
                if isinstance(document, JsonDocument):
                    document.is_editable = False  # what is around it is not known
                yield document
        found = _OBJECT.search(text, end)


def _end_of(text: str, start: int) -> int:
    """Return where the object ends that begins at *start*; at the end of the text if it is not closed."""
    try:
        return value_end(text, start)
    except ValueError:
        return len(text)
