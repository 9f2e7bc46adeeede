"""What reading hands on: a document with its value and its text, or a flaw where the text is broken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from segkoch_lint.documents.surroundings import Surroundings
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.redaction.known_ids import Ids, KnownIds
from segkoch_lint.findings.redaction.masking import Secret, shown_pointer


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
    """What a reader should know of how a value was read.

    Attributes:
        remark: what happened to it, in a sentence.
        written: the text that the value was read from, where it would be written in another way as JSON.
    """

    remark: str
    written: str | None = None


class ParseError(msgspec.Struct, frozen=True):
    """A document or line that is not what it claims to be (KCH001), or that repeats a key (KCH003).

    Attributes:
        message: what is wrong, in one sentence, never quoting the text.
        span: where, in the input.
        line: the number of the first line of ``lines``, 1-based.
        lines: the lines of text around it, without their ends; may be empty (a binary file).
        shows_signs: whether the broken text shows a key that hardly anything but a call has; true where nobody knows.
        around: what stands around the beginning of the lines; None where they begin with the text.
        cause: a word for what became of the text, which decides about the remedy: ``cut-off``, ``too-large``,
            ``source-code``, or empty.
    """

    message: str
    span: Span
    line: int = 1
    lines: Sequence[str] = ()
    shows_signs: bool = True
    around: Surroundings | None = None
    cause: str = ""


class InternalFailure(msgspec.Struct, frozen=True):
    """A document or line whose reading raised an exception that nobody expected: a fault of ours, not of the text.

    Attributes:
        error: what was raised.
        line: where the document begins, 1-based.
    """

    error: Exception
    line: int


ARROW = " → "
"""Between the pointer to a value that was decoded and the pointer inside it."""


class Origin(msgspec.Struct, frozen=True):
    """Where a document was found that is part of another one.

    Attributes:
        decoded: the paths to the values that were decoded on the way, the outermost first; each begins in what was
            decoded before it.
        base: the path from there to the document.
        entry: the name of the message or request that holds it, masked; empty if it has none.
        call_type: the type of the calls in it, if the path of a request gives one.
        to_segment: whether it was posted to Segment, so that it is meant as a call.
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
        """Where it was found, if it is part of another document."""

    @property
    def value(self) -> Any:
        """The document's value: dict, list, str, int, float, bool or None."""

    @property
    def ids(self) -> Ids:
        """What is personal data in the value for its keys, to be masked wherever the same text stands again."""

    @property
    def start(self) -> tuple[int, int]:
        """Line and column where the document begins in its input."""

    @property
    def repeated(self) -> Sequence[Path]:
        """Paths of the object members whose key stands twice or more in its object (the last one wins)."""

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the value at each path; paths that do not exist are left out.

        For a repeated key this is the last member's value, the one that counts.
        """

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of every key that stands for *path* in its object, in the text's order."""

    def note(self, path: Path) -> Note | None:
        """Return what a reader should know of how the value at *path* was read, if there is anything."""

    def lines(self, first: int, last: int) -> list[str]:
        """Return the document's lines *first* to *last* (of the input, 1-based, inclusive; outside ones left out)."""

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:
        """Return the scalar values that overlap a range of a line, in order, with the one before and the one after.

        A `Boundary` may replace the one before.

        Args:
            line: of the input, 1-based.
            start, end: the range, in code points of the line as `lines` returns it, 0-based.
        """


class ValueDocument(msgspec.Struct, frozen=True):
    """A value that never was text: a call given to the library as a dict. Nothing in it has a place.

    Attributes:
        value: the value.
        unread: what stands for the ids of the documents of which the value is only a part.
        origin: where it was found, if it is part of another value.
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

    def note(self, path: Path) -> Note | None:  # noqa: ARG002
        return None

    def lines(self, first: int, last: int) -> list[str]:  # noqa: ARG002
        return []

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:  # noqa: ARG002
        return []


def pointer_in(document: Document, path: Path) -> str | Secret:
    """Return the pointer to the value at *path* of a document as it is shown, with what leads to the document."""
    if document.origin is not None:
        return document.origin.pointer(path, document.ids)
    return shown_pointer(path, document.ids.ranges)
