"""What a part of the inputs is, and what linting it gives: plain values, which go from process to process."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from segkoch_lint.errors import InternalError
from segkoch_lint.findings import Finding
from segkoch_lint.identity.records import RecordBatch
from segkoch_lint.masking import Secret
from segkoch_lint.places import Span
from segkoch_lint.reading.inputs import Input
from segkoch_lint.reading.pieces import Piece
from segkoch_lint.tallies import Summary

NEITHER = "neither JSON nor YAML"
"""The kind of an input that holds neither documents nor a table."""

MOST_STRANGERS = 10_000
"""Values that are not calls of one document, or before the first call of an input, that are remembered; others are only
counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one process lints in one go.

    Attributes:
        source: an input.
        piece: which lines of it; None for all of it.
        last: whether no further part of the same input follows.
        here: whether no other process can read it: standard input, pipes.
    """

    source: Input
    piece: Piece | None = None
    last: bool = True
    here: bool = False

    @property
    def first(self) -> bool:
        """Whether no part of the same input came before."""
        return self.piece is None or self.piece.first


@dataclass(frozen=True, slots=True)
class Stranger:
    """A value that is not a call. Whether that is wrong depends on what else the input holds.

    Attributes:
        kind, meant: see `segkoch_lint.reading.unwrapping.NotACall`.
        pointer: where it stands in its document.
        span: its text.
    """

    kind: str
    pointer: str | Secret
    span: Span | None
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Provisional:
    """What counts only if the input turns out to hold calls: text that is broken, or calls that show too few signs.

    Attributes:
        entries: findings, and values that are not calls, in the order of the text.
        summary: the figures of just that.
        records: what the calls say of users and event names.
        otherwise: the figures if no call came before. None for broken text, which counts if a call follows, too.
    """

    entries: tuple[Finding | Stranger, ...]
    summary: Summary
    records: RecordBatch | None = None
    otherwise: Summary | None = None


class Mark(Enum):
    """What stands between the entries of a part."""

    FIRST_CALL = "the first call follows"


Entry = Finding | Stranger | Provisional | Mark


@dataclass(frozen=True, slots=True)
class Result:
    """Some of what a part gave; all results of a part, one after the other, are what it gave.

    Attributes:
        entries: in the order of the text. Lines are counted from the beginning of the part.
        summary: the figures of just what this result tells.
        records: what calls say of their users, with lines as those of the entries; None when there is nothing.
        lines: how many ends of lines the part has; only in its last result, and only of a piece.
    """

    entries: list[Entry] = field(default_factory=list)
    summary: Summary = field(default_factory=Summary)
    records: RecordBatch | None = None
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """What stands in place of results that are missing: the process that linted the part died, or failed.

    Attributes:
        reason: how it died.
        partly: whether some results were given before.
        failure: what our own code raised in it; None where it died.
    """

    reason: str
    partly: bool = False
    failure: InternalError | None = None
