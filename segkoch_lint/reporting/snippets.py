"""Snippets: the lines around a finding, with ids masked and long lines cut, and the range to underline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from segkoch_lint.bounded_cache import cached
from segkoch_lint.documents.document import Document, ParseError, Scalar
from segkoch_lint.documents.nesting import Nesting
from segkoch_lint.documents.text_line import Line
from segkoch_lint.findings.finding import Snippet
from segkoch_lint.findings.position import OffsetRange, Span
from segkoch_lint.findings.redaction.escapes import unescaped
from segkoch_lint.findings.redaction.known_ids import Ids
from segkoch_lint.findings.redaction.masking import mask
from segkoch_lint.findings.redaction.personal_data import is_id, sensitive_spans
from segkoch_lint.reporting.guessed_secrets import guessed_secrets

REACHES = ((0.75, 1.5), (2, 4))
"""How much of a long line before and after the focus is masked at first, and then, in widths of what is shown."""

_MARGIN = 200
"""Code points between two values that are read beyond the part of a long line that is shown."""

_SHORT = 1 << 14
"""Code points of the longest line that is copied."""

_REACH = 4000
"""Code points of a broken line, on either side of the error, that are searched for ids."""

_QUOTED_OR_NOT = frozenset({0, 2})
"""How much longer than a value its text is if nothing in it is escaped."""


class MaskedRange(NamedTuple):
    """A range of a line to mask.

    Attributes:
        start, end: 0-based code points of the line.
        whole: whether it is a whole value as it reads, whose ends may be shown
            (`segkoch_lint.findings.redaction.masking.mask`).
    """

    start: int
    end: int
    whole: bool = True


Secrets = Callable[[int, int], Iterable[MaskedRange]]
"""Returns the ranges to mask that overlap a range of a line, whole and in order."""


def snippet(document: Document, span: Span, *, show_ids: bool = False, around: int = 2, width: int = 120) -> Snippet:
    """Return the lines around *span* of a document.

    Args:
        document: the document of the finding.
        span: the range to underline; of several lines, the first.
        show_ids: whether to show the payload as it is.
        around: lines before and after.
        width: code points of a line to show.
    """
    numbers = range(max(1, span.line - around), span.line + around + 1)
    lines = [(number, _in_short(line)) for number in numbers for line in document.lines(number, number)]
    if show_ids:
        return _snippet(lines, span, width, lambda _: _touching(()))
    texts = dict(lines)
    return _snippet(lines, span, width, lambda line: _scalar_secrets(document, line, texts[line]))


def masked_line(document: Document, number: int) -> str:
    """Return a line of a document whole, with its ids masked; the line exists."""
    (line,) = document.lines(number, number)
    return _masked_part(line, (0, len(line)), (0, 0), _scalar_secrets(document, number, line))[0]


def _in_short(line: Line) -> Line:
    """Return a line as a string if it is short, which is quicker than to take parts of it."""
    return line[:] if len(line) <= _SHORT else line


def error_snippet(error: ParseError, *, show_ids: bool = False, width: int = 120) -> Snippet | None:
    """Return the lines around an error in broken text, or None if there are none to show."""
    if not error.lines:
        return None
    secrets = {} if show_ids else _error_secrets(error)
    lines = list(enumerate(error.lines, error.line))
    return _snippet(lines, error.span, width, lambda number: _touching(secrets.get(number, ())))


def _snippet(
    lines: Sequence[tuple[int, Line]], span: Span, width: int, secrets_of: Callable[[int], Secrets]
) -> Snippet:
    shown: list[str] = []
    focus, underlined = 0, (0, 0)
    for number, line in lines:
        here = (0, 0)
        if number == span.line:
            end = span.end_column - 1 if span.end_line == span.line else len(line)
            here = (span.column - 1, max(end, span.column - 1))
        text, place = _shown(line, here, width, secrets_of(number))
        if number == span.line:
            focus, underlined = len(shown), place
        shown.append(text)
    return Snippet(lines[0][0] if lines else span.line, tuple(shown), focus, *underlined)


def _shown(line: Line, focus: OffsetRange, width: int, secrets: Secrets) -> tuple[str, OffsetRange]:
    """Return the part of a line to show, and the focus in it."""
    # Masked text is shorter: begin with more than is shown, and if that is not enough, with still more.
    for before_it, after_it in REACHES:
        begin, end = min(focus[0], len(line)) - int(before_it * width), focus[0] + int(after_it * width)
        part = max(0, begin), min(len(line), end)
        text, places = _masked_part(line, part, focus, secrets)
        wanted = max(0, places[0] - width // 3)
        left = max(0, min(wanted, len(text) - width))
        if (part[0] == 0 or left == wanted > 0) and (part[1] == len(line) or len(text) - wanted >= width):
            break
    clipped = text[left : left + width]
    before = "…" if part[0] or left else ""
    after = "…" if part[1] < len(line) or left + width < len(text) else ""
    begin, end = (len(before) + min(max(place - left, 0), len(clipped)) for place in places)
    return before + clipped + after, (begin, end)


def _masked_part(line: Line, part: OffsetRange, focus: OffsetRange, secrets: Secrets) -> tuple[str, OffsetRange]:
    """Return a part of a line with its secrets masked, and the focus in it."""
    text = ""
    places = [0, 0]
    for begin, end, masked in _ranges(line, *part, secrets):
        a, b = max(begin, part[0]), min(end, part[1])
        if a >= b:
            continue
        piece = line[a:b] if masked is None else masked
        for index, offset in enumerate(focus):
            if a <= offset <= b:
                inside = offset - a if masked is None else (0 if offset == a else len(piece))
                places[index] = len(text) + inside
        text += piece
    for index, offset in enumerate(focus):
        if offset > part[1]:
            places[index] = len(text)
    return text, (places[0], max(places))


def _ranges(line: Line, begin: int, finish: int, secrets: Secrets) -> Iterator[tuple[int, int, str | None]]:
    """Split a part of a line into ranges to show (None) and ranges to show masked (the mask)."""
    at = begin
    for start, end, whole in secrets(begin, finish):
        if start > at:
            yield at, start, None
        if end > at:
            yield max(start, at), end, _masked(line[start:end], whole=whole)
            at = end
    if at < finish:
        yield at, finish, None


def _masked(text: str, *, whole: bool) -> str:
    """Return a range masked; a string keeps its quotes."""
    quote = text[:1] if text[:1] in {'"', "'"} and text[:1] == text[-1:] and len(text) > 1 else ""
    return f"{quote}{mask(text[1:-1] if quote else text) if whole else '…'}{quote}"


def _touching(hidden: Sequence[MaskedRange]) -> Secrets:
    return lambda start, end: [each for each in hidden if each.end > start and each.start < end]


def _scalar_secrets(document: Document, number: int, line: Line) -> Secrets:
    """Return the secrets of a line of a valid document: in its values, and ids in keys and comments."""
    ids = document.ids

    def secrets(start: int, end: int) -> list[MaskedRange]:
        first, last = max(0, start - _MARGIN), min(len(line), end + _MARGIN)
        part = line[first:last]
        known = ((first + a, first + b) for a, b in _known_ids(part, ids))
        found = [MaskedRange(a, b) for a, b in known if b > start and a < end]
        at = first
        for scalar in document.scalars(number, start, end):
            begin, finish = scalar.start, scalar.end
            if begin > at and begin > start:
                found += [MaskedRange(at + a, at + b) for a, b in _ids_between(part[at - first : begin - first])]
            if finish > start and begin < end and isinstance(scalar, Scalar):
                if first <= begin and finish <= last and finish - begin - len(scalar.text) in _QUOTED_OR_NOT:
                    found += _in_plain_value(scalar, ids)
                else:
                    found += _in_value(scalar, line, ids)
            at = max(at, finish)
        if at < end:
            found += [MaskedRange(at + a, at + b) for a, b in _ids_between(part[at - first :])]
        return _joined(found)

    return secrets


def _known_ids(text: str, ids: Ids) -> Iterator[OffsetRange]:
    """Yield the ranges of ids that are known from elsewhere: as they are, or written with escapes, as a key may be."""
    yield from ids.ranges(text)
    for level in unescaped(text):
        yield from (level.written(start, end) for start, end in ids.ranges(level.text))


def _in_plain_value(scalar: Scalar, ids: Ids) -> list[MaskedRange]:
    """Return the ranges to mask of a value without escapes, in a part of its line that was searched for known ids."""
    key, start, end, text, parent = scalar
    if text in ids:
        return [MaskedRange(start, end)]
    return [MaskedRange(start + a, start + b) for a, b in _secrets_of_value(key, text, parent, end - start)]


@cached
def _secrets_of_value(key: str | None, text: str, parent: str | None, size: int) -> Sequence[OffsetRange]:
    """Return the ranges to mask in a value without escapes, which takes *size* code points with its quotes."""
    if is_id(key, text, parent):
        return ((0, size),)
    margin = (size - len(text)) // 2  # of quotes
    return tuple((margin + a, margin + b) for a, b in sensitive_spans(text))


def _in_value(scalar: Scalar, line: Line, ids: Ids) -> list[MaskedRange]:
    """Return the ranges to mask of a value that is escaped, written over several lines, or very long."""
    key, start, end, text, parent = scalar
    begin, finish = max(0, start), min(end, len(line))
    as_it_reads = (begin, finish) == (start, end) and finish - begin - len(text) in _QUOTED_OR_NOT
    if is_id(key, text, parent):
        return [MaskedRange(begin, finish, as_it_reads)]
    spans = sensitive_spans(text)
    again = ids.ranges(text)
    if not as_it_reads and (spans or again):
        # A range of the value has no place on this line.
        return [MaskedRange(begin, finish, whole=False)]
    if again == [(0, len(text))]:
        return [MaskedRange(begin, finish)]
    margin = (finish - begin - len(text)) // 2
    return [MaskedRange(begin + margin + a, begin + margin + b) for a, b in (*spans, *again)]


def _joined(hidden: list[MaskedRange]) -> list[MaskedRange]:
    """Return ranges in order; those that overlap become one."""
    joined: list[MaskedRange] = []
    for each in sorted(hidden):
        if joined and each.start < joined[-1].end:
            before = joined[-1]
            if each.end > before.end:
                joined[-1] = MaskedRange(before.start, each.end, whole=False)
        else:
            joined.append(each)
    return joined


@cached
def _ids_between(text: str) -> Sequence[OffsetRange]:
    """Return the ids between two values: in keys, comments, and documents around this one."""
    # The same few keys are between the values of a log.
    return guessed_secrets(text, broken=False) if text.strip(' \t,:{}[]"') else ()


def _error_secrets(error: ParseError) -> dict[int, list[MaskedRange]]:
    """Return the secrets of the lines around an error in broken text, by line number."""
    parts: list[tuple[int, int, str]] = []
    whole = True
    for number, line in enumerate(error.lines, error.line):
        middle = error.span.column - 1 if number == error.span.line else 0
        start = max(0, middle - _REACH)
        parts.append((number, start, line[start : middle + _REACH]))
        whole = whole and len(parts[-1][2]) == len(line)
    found: dict[int, list[MaskedRange]] = {number: [] for number, _, _ in parts}
    if not whole:
        hidden = Nesting(inside=True)
        for number, start, text in parts:
            here = guessed_secrets(text, around=hidden if start > 0 or number > error.line else error.around)
            found[number] = [MaskedRange(start + a, start + b) for a, b in here]
        return found
    # A value can be on the line after its key.
    text = "\n".join(part for _, _, part in parts)
    offset = 0
    secrets = guessed_secrets(text, around=error.around)
    for number, _, part in parts:
        end = offset + len(part)
        found[number] = [
            MaskedRange(max(a, offset) - offset, min(b, end) - offset, whole=a >= offset and b <= end)
            for a, b in secrets
            if a < end and b > offset
        ]
        offset = end + 1
    return found
