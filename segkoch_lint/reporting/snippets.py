"""The few lines around a finding, ids masked, long lines cut, the span still under its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from segkoch_lint.bounded_cache import cached
from segkoch_lint.documents.document import Document, ParseError, Scalar
from segkoch_lint.documents.surroundings import Surroundings
from segkoch_lint.findings.finding import Snippet
from segkoch_lint.findings.position import OffsetRange, Span
from segkoch_lint.findings.redaction.known_ids import Ids
from segkoch_lint.findings.redaction.masking import is_id, mask, sensitive_spans
from segkoch_lint.reporting.broken_text import guessed_secrets

REACHES = ((0.75, 1.5), (2, 4))
"""How far before and after the focus of a long line what is shown is looked for, in widths of what is shown."""

_MARGIN = 200
"""Code points of what stands between two values that are read beyond the part of a long line that is shown."""

_REACH = 4000
"""Code points of a broken line, to either side of the flaw, in which ids are looked for."""

_QUOTED_OR_NOT = frozenset({0, 2})
"""How much longer than a value its text is where nothing in it is escaped."""


class Hidden(NamedTuple):
    """A stretch of a line to mask.

    Attributes:
        start, end: 0-based code points of the line.
        whole: whether it is all of a value, as it reads: then its ends may be shown
            (`segkoch_lint.findings.redaction.masking.mask`).
    """

    start: int
    end: int
    whole: bool = True


Secrets = Callable[[int, int], Iterable[Hidden]]
"""Tells the ranges to mask that touch a part of a line, whole and in order."""


def snippet(document: Document, span: Span, *, show_ids: bool = False, around: int = 2, width: int = 120) -> Snippet:
    """Return the lines around *span* of a document.

    Args:
        document: what the finding is about.
        span: the place to underline; of several lines the first is.
        show_ids: show the payload as it is.
        around: lines before and after.
        width: code points of a line that are shown.
    """
    numbers = range(max(1, span.line - around), span.line + around + 1)
    lines = [(number, line) for number in numbers for line in document.lines(number, number)]
    if show_ids:
        return _snippet(lines, span, width, lambda _: _touching(()))
    texts = dict(lines)
    return _snippet(lines, span, width, lambda line: _scalar_secrets(document, line, texts[line]))


def error_snippet(flaw: ParseError, *, show_ids: bool = False, width: int = 120) -> Snippet | None:
    """Return the lines around broken text, or None when there are none to show."""
    if not flaw.lines:
        return None
    secrets = {} if show_ids else _flaw_secrets(flaw)
    lines = list(enumerate(flaw.lines, flaw.line))
    return _snippet(lines, flaw.span, width, lambda number: _touching(secrets.get(number, ())))


def _snippet(lines: Sequence[tuple[int, str]], span: Span, width: int, secrets_of: Callable[[int], Secrets]) -> Snippet:
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


def _shown(line: str, focus: OffsetRange, width: int, secrets: Secrets) -> tuple[str, OffsetRange]:
    """Return what is shown of a line, and where its focus is in that."""
    # A masked text is shorter than what it stands for: begin with more than will be shown, and, if need be, with more.
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


def _masked_part(line: str, part: OffsetRange, focus: OffsetRange, secrets: Secrets) -> tuple[str, OffsetRange]:
    """Return a part of a line with its secrets masked, and where the focus is in that."""
    text = ""
    places = [0, 0]
    for begin, end, masked in _stretches(line, *part, secrets):
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


def _stretches(line: str, begin: int, finish: int, secrets: Secrets) -> Iterator[tuple[int, int, str | None]]:
    """Cut a part of a line into ranges to show as they are (None) and ranges to show masked (the mask)."""
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
    """Return a stretch masked; a string keeps its quotes."""
    quote = text[:1] if text[:1] in {'"', "'"} and text[:1] == text[-1:] and len(text) > 1 else ""
    return f"{quote}{mask(text[1:-1] if quote else text) if whole else '…'}{quote}"


def _touching(hidden: Sequence[Hidden]) -> Secrets:
    return lambda start, end: [each for each in hidden if each.end > start and each.start < end]


def _scalar_secrets(document: Document, number: int, line: str) -> Secrets:
    """Return the secrets of a line of a readable document: in its values, and ids in keys and comments."""
    ids = document.ids

    def secrets(start: int, end: int) -> list[Hidden]:
        found: list[Hidden] = []
        first, last = max(0, start - _MARGIN), min(len(line), end + _MARGIN)
        at = first
        for scalar in document.scalars(number, start, end):
            if scalar.start > max(at, start):
                found.extend(_between(line, at, min(scalar.start, last)))
            if isinstance(scalar, Scalar) and scalar.end > start and scalar.start < end:
                found.extend(_in_value(scalar, line, ids))
            at = max(at, scalar.end)
        found.extend(_between(line, at, last))
        again = (Hidden(first + a, first + b) for a, b in ids.ranges(line[first:last]))
        return _joined([*found, *(each for each in again if each.end > start and each.start < end)])

    return secrets


def _in_value(scalar: Scalar, line: str, ids: Ids) -> Iterator[Hidden]:
    """Yield what is to be masked of a value."""
    key, start, end, text, parent = scalar
    begin, finish = max(0, start), min(end, len(line))
    as_it_reads = (begin, finish) == (start, end) and finish - begin - len(text) in _QUOTED_OR_NOT
    if is_id(key, text, parent):
        yield Hidden(begin, finish, as_it_reads)
        return
    spans = sensitive_spans(text)
    again = ids.ranges(text)
    if not as_it_reads and (spans or again):
        # Escaped, or written over several lines: what is found in it has no place of its own on this line.
        yield Hidden(begin, finish, whole=False)
    elif again == [(0, len(text))]:
        yield Hidden(begin, finish)
    else:
        margin = (finish - begin - len(text)) // 2  # of quotes
        yield from (Hidden(begin + margin + a, begin + margin + b) for a, b in (*spans, *again))


def _joined(hidden: list[Hidden]) -> list[Hidden]:
    """Return ranges in order, those that overlap as one."""
    joined: list[Hidden] = []
    for each in sorted(hidden):
        if joined and each.start < joined[-1].end:
            before = joined[-1]
            if each.end > before.end:
                joined[-1] = Hidden(before.start, each.end, whole=False)
        else:
            joined.append(each)
    return joined


def _between(line: str, start: int, end: int) -> list[Hidden]:
    """Return the ids in what stands between values: keys, comments, and documents around this one."""
    return [Hidden(start + a, start + b) for a, b in _ids_between(line[start:end])] if start < end else []


@cached
def _ids_between(text: str) -> Sequence[OffsetRange]:
    # Between the values of a log stand the same few keys over and over.
    return guessed_secrets(text, broken=False) if text.strip(' \t,:{}[]"') else ()


def _flaw_secrets(flaw: ParseError) -> dict[int, list[Hidden]]:
    """Return the secrets of the lines around broken text, by the lines' numbers."""
    parts: list[tuple[int, int, str]] = []
    whole = True
    for number, line in enumerate(flaw.lines, flaw.line):
        middle = flaw.span.column - 1 if number == flaw.span.line else 0
        start = max(0, middle - _REACH)
        parts.append((number, start, line[start : middle + _REACH]))
        whole = whole and len(parts[-1][2]) == len(line)
    found: dict[int, list[Hidden]] = {number: [] for number, _, _ in parts}
    if not whole:
        hidden = Surroundings(inside=True)
        for number, start, text in parts:
            here = guessed_secrets(text, around=hidden if start > 0 or number > flaw.line else flaw.around)
            found[number] = [Hidden(start + a, start + b) for a, b in here]
        return found
    # A value can stand on the line after its key.
    text = "\n".join(part for _, _, part in parts)
    offset = 0
    secrets = guessed_secrets(text, around=flaw.around)
    for number, _, part in parts:
        end = offset + len(part)
        found[number] = [
            Hidden(max(a, offset) - offset, min(b, end) - offset, whole=a >= offset and b <= end)
            for a, b in secrets
            if a < end and b > offset
        ]
        offset = end + 1
    return found
