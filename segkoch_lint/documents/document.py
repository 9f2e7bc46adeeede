"""The results of reading: a document with its value and positions, or an error if the text is broken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from segkoch_lint.documents.nesting import Nesting
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.documents.written_text import WrittenText
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.redaction.known_ids import Ids, KnownIds
from segkoch_lint.findings.redaction.masking import Secret, shown_pointer

if TYPE_CHECKING:
    from segkoch_lint.documents.yaml.comments import Comment  # it imports the YAML parser, and few inputs are YAML


class Scalar(NamedTuple):
    """A scalar value as it is written in a line of text, for masking.

    Attributes:
        key: the nearest object key above it, its own or that of the array it is in; None if there is none.
        start, end: its text, quotes included: 0-based code points of the line, beyond which it may go.
        text: the value as text.
        parent: the key of the object around it, or None.
    """

    key: str | None
    start: int
    end: int
    text: str
    parent: str | None = None


class Boundary(NamedTuple):
    """An offset of a line at which a value or a bracket ends that is before the scalar values asked for.

    Attributes:
        start, end: the offset, twice: 0-based code points of the line, before which it may be.
    """

    start: int
    end: int


class Note(NamedTuple):
    """A note on how a value was read.

    Attributes:
        remark: what happened to the value, in a sentence.
        written: the text of the value, if JSON would write it in another way.
    """

    remark: str
    written: str | None = None


class ParseError(msgspec.Struct, frozen=True):
    """A document or line that cannot be parsed (KCH001) or that repeats a key (KCH003).

    Attributes:
        message: what is wrong, in one sentence that does not quote the text.
        span: its place in the input.
        line: the number of the first of ``lines``, 1-based.
        lines: the lines around it, without their ends; may be empty (a binary file).
        shows_signs: whether the text has a key that hardly anything but a call has; true if unknown.
        around: the nesting at the start of the lines; None if the text begins there.
        cause: decides the remedy: ``cut-off``, ``too-large``, ``source-code``, ``comments``, or empty.
    """

    message: str
    span: Span
    line: int = 1
    lines: Sequence[str] = ()
    shows_signs: bool = True
    around: Nesting | None = None
    cause: str = ""


class InternalFailure(msgspec.Struct, frozen=True):
    """A document or line whose reading raised an unexpected exception: a fault of the program, not of the text.

    Attributes:
        error: the exception.
        line: where the document begins, 1-based.
    """

    error: Exception
    line: int


ARROW = " → "
"""Separator of the pointer to a decoded value and the pointer inside it."""


class Origin(msgspec.Struct, frozen=True):
    """The origin of a document that is part of another one.

    Attributes:
        decoded: the paths of the values that were decoded to reach it, outermost first; each path begins in the value
            decoded before.
        base: the path of the document in the last of these.
        entry: the name of the message or request that holds it, masked; empty if it has none.
        call_type: the type of the calls in it, if the path of a request gives one.
        to_segment: whether it was posted to Segment, and so is meant as a call.
    """

    decoded: tuple[Path, ...] = ()
    base: Path = ()
    entry: str = ""
    call_type: str = ""
    to_segment: bool = False

    def pointer(self, path: Path, ids: Ids) -> str | Secret:
        """Return the pointer to the value at *path* of the document, as it is shown."""
        parts = [shown_pointer(each, ids.ranges) for each in (*self.decoded, (*self.base, *path))]
        shown = ARROW.join(text for part in parts if (text := str(part)))
        if not any(isinstance(part, Secret) for part in parts):
            return shown
        whole = (part.reveal() if isinstance(part, Secret) else part for part in parts)
        return Secret(ARROW.join(filter(None, whole)), shown)


class Document(Protocol):
    """One JSON or YAML document of an input."""

    @property
    def origin(self) -> Origin | None:
        """Its origin, if it is part of another document."""

    @property
    def value(self) -> Any:
        """The document's value: dict, list, str, int, float, bool or None."""

    @property
    def ids(self) -> Ids:
        """The values that are personal data because of their keys, masked wherever the same text occurs."""

    @property
    def start(self) -> tuple[int, int]:
        """The line and column of its start in the input."""

    @property
    def repeated(self) -> Sequence[Path]:
        """Paths of the members whose key is repeated in its object; the last one counts."""

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the value at each path; paths that do not exist are left out.

        If a key is repeated, the last member counts.
        """

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of all keys of *path* in its object, in the order of the text."""

    def written_text(self, path: Path, *, key: bool = False) -> WrittenText | None:
        """Return how the string at *path*, or its key, is written in the input.

        None if it must not be edited: it is in several places, it was decoded, or the input is not text.
        """

    def note(self, path: Path) -> Note | None:
        """Return the note on how the value at *path* was read, if there is one."""

    def lines(self, first: int, last: int) -> list[TextLine]:
        """Return the document's lines *first* to *last* (of the input, 1-based, inclusive; outside ones left out)."""

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:
        """Return the scalar values that overlap a range of a line, in order, with the one before and the one after.

        A `Boundary` may replace the one before.

        Args:
            line: of the input, 1-based.
            start, end: the range, in code points of the line as `lines` returns it, 0-based.
        """


class ValueDocument(msgspec.Struct, frozen=True):
    """A value without text: a call given to the Python API as a dict. It has no positions.

    Attributes:
        value: the value.
        unread: a placeholder for the ids of the documents of which the value is a part.
        origin: its origin, if it is part of another value.
    """

    value: Any
    unread: Ids | None = None
    origin: Origin | None = None

    @property
    def ids(self) -> Ids:
        return self.unread or KnownIds(self.value)

    @property
    def start(self) -> tuple[int, int]:
        return (1, 1)

    @property
    def repeated(self) -> Sequence[Path]:
        return ()

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:  # noqa: ARG002
        return {}

    def keys(self, path: Path) -> Sequence[Span]:  # noqa: ARG002
        return ()

    def written_text(self, path: Path, *, key: bool = False) -> WrittenText | None:  # noqa: ARG002
        return None

    def note(self, path: Path) -> Note | None:  # noqa: ARG002
        return None

    def lines(self, first: int, last: int) -> list[TextLine]:  # noqa: ARG002
        return []

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:  # noqa: ARG002
        return []


def comments_of(document: Document) -> Sequence[Comment]:
    """Return the comments in the text of a document that are addressed to this program; only YAML has any."""
    return getattr(document, "comments", ())


def pointer_in(document: Document, path: Path) -> str | Secret:
    """Return the pointer to the value at *path* of a document as it is shown, with the pointer to the document."""
    if document.origin is not None:
        return document.origin.pointer(path, document.ids)
    return shown_pointer(path, document.ids.ranges)
