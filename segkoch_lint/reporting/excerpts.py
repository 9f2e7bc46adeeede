"""The few lines around a finding, ids masked, long lines cut, the span still under its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from segkoch_lint.findings import Excerpt
from segkoch_lint.known_ids import KnownIds
from segkoch_lint.masking import is_sensitive, mask
from segkoch_lint.places import Span
from segkoch_lint.reading.documents import Document, Flaw
from segkoch_lint.reading.lines import Extent
from segkoch_lint.reporting.guessing import guessed_secrets
from segkoch_lint.rules.violations import is_nobodys

_REACHES = ((0.75, 1.5), (2, 4))
"""How far before and after the focus of a long line what is shown is looked for, in widths of what is shown."""

_MARGIN = 200
"""Code points of what stands between two values that are read beyond the part of a long line that is shown."""

_REACH = 4000
"""Code points of a broken line, to either side of the flaw, in which ids are looked for."""

_QUOTED_OR_NOT = frozenset({0, 2})
"""How much longer than a value its text is where nothing in it is escaped."""

Secrets = Callable[[int, int], Iterable[tuple[int, int]]]
"""Tells the stretches to mask that touch a part of a line, whole and in order; 0-based code points of the line."""


def excerpt(document: Document, span: Span, *, show_ids: bool = False, around: int = 2, width: int = 120) -> Excerpt:
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
        return _excerpt(lines, span, width, lambda _: _touching(()))
    texts = dict(lines)
    return _excerpt(lines, span, width, lambda line: _token_secrets(document, line, texts[line]))


def flaw_excerpt(flaw: Flaw, *, show_ids: bool = False, width: int = 120) -> Excerpt | None:
    """Return the lines around broken text, or None when there are none to show."""
    if not flaw.lines:
        return None
    secrets = {} if show_ids else _flaw_secrets(flaw)
    lines = list(enumerate(flaw.lines, flaw.line))
    return _excerpt(lines, flaw.span, width, lambda number: _touching(secrets.get(number, ())))


def _excerpt(lines: Sequence[tuple[int, str]], span: Span, width: int, secrets_of: Callable[[int], Secrets]) -> Excerpt:
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
    return Excerpt(lines[0][0] if lines else span.line, tuple(shown), focus, *underlined)


def _shown(line: str, focus: Extent, width: int, secrets: Secrets) -> tuple[str, Extent]:
    """Return what is shown of a line, and where its focus is in that."""
    # A masked text is shorter than what it stands for: begin with more than will be shown, and, if need be, with more.
    for before_it, after_it in _REACHES:
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


def _masked_part(line: str, part: Extent, focus: Extent, secrets: Secrets) -> tuple[str, Extent]:
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
    """Cut a part of a line into stretches to show as they are (None) and stretches to show masked (the mask)."""
    at = begin
    for start, end in secrets(begin, finish):
        if start > at:
            yield at, start, None
        if end > at:
            yield max(start, at), end, _masked(line[start:end])
            at = end
    if at < finish:
        yield at, finish, None


def _masked(text: str) -> str:
    """Return a stretch masked; a string keeps its quotes."""
    quote = text[:1] if text[:1] in {'"', "'"} and text[:1] == text[-1:] and len(text) > 1 else ""
    inner = text[1:-1] if quote else text
    # An escape is longer than what it stands for: half of the text could be more than half of the value.
    return f"{quote}{'…' if chr(92) in inner else mask(inner)}{quote}"


def _touching(extents: Sequence[Extent]) -> Secrets:
    return lambda start, end: [each for each in extents if each[1] > start and each[0] < end]


def _token_secrets(document: Document, number: int, line: str) -> Secrets:
    """Return the secrets of a line of a readable document: its sensitive values, and ids in keys and comments."""
    ids = document.ids

    def secrets(start: int, end: int) -> list[Extent]:
        found: list[Extent] = []
        first, last = max(0, start - _MARGIN), min(len(line), end + _MARGIN)
        at = first
        for key, begin, finish, text, parent in document.tokens(number, start, end):
            if begin > max(at, start):
                found.extend(_between(line, at, min(begin, last)))
            if finish > start and begin < end:
                # Where a value is not written as it reads, or goes on out of sight, an id in it has no place.
                hides = first > begin or finish > last or finish - begin - len(text) not in _QUOTED_OR_NOT
                if _is_an_id(key, text, parent) or _is_one_again(text, ids, within=hides):
                    found.append((max(0, begin), min(finish, len(line))))
            at = max(at, finish)
        found.extend(_between(line, at, last))
        again = [
            (first + a, first + b)
            for a, b in ids.stretches(line[first:last])
            if first + b > start and first + a < end and not is_nobodys(line[first + a : first + b])
        ]
        return _joined([*found, *again]) if again else found

    return secrets


def _is_an_id(key: str | None, text: str, parent: str | None) -> bool:
    """Tell whether a value is to be masked; a stand-in for an id (zeros, `{idfa}`) is nobody's, as in messages."""
    return is_sensitive(key, text, parent) and not is_nobodys(text)


def _is_one_again(text: str, ids: KnownIds, *, within: bool) -> bool:
    """Tell whether a value is what stands under an id's key elsewhere in the document, or holds it."""
    if text in ids:
        return not is_nobodys(text)
    return within and any(not is_nobodys(text[start:end]) for start, end in ids.stretches(text))


def _joined(extents: list[Extent]) -> list[Extent]:
    """Return extents in order, those that overlap as one."""
    joined: list[Extent] = []
    for start, end in sorted(extents):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _between(line: str, start: int, end: int) -> list[Extent]:
    """Return the ids in what stands between values: keys, comments, and documents around this one."""
    return [(start + a, start + b) for a, b in _ids_between(line[start:end])] if start < end else []


@lru_cache(maxsize=2048)
def _ids_between(text: str) -> Sequence[Extent]:
    # Between the values of a log stand the same few keys over and over.
    return guessed_secrets(text, begun=False, broken=False) if text.strip(' \t,:{}[]"') else ()


def _flaw_secrets(flaw: Flaw) -> dict[int, list[Extent]]:
    """Return the secrets of the lines around broken text, by the lines' numbers."""
    parts: list[tuple[int, int, str]] = []
    whole = True
    for number, line in enumerate(flaw.lines, flaw.line):
        middle = flaw.span.column - 1 if number == flaw.span.line else 0
        start = max(0, middle - _REACH)
        parts.append((number, start, line[start : middle + _REACH]))
        whole = whole and len(parts[-1][2]) == len(line)
    found: dict[int, list[Extent]] = {number: [] for number, _, _ in parts}
    begun = 1 < flaw.line < flaw.span.line
    if not whole:
        for number, start, text in parts:
            here = guessed_secrets(text, begun=begun or start > 0 or number > flaw.line)
            found[number] = [(start + a, start + b) for a, b in here]
        return found
    # A value can stand on the line after its key.
    text = "\n".join(part for _, _, part in parts)
    offset = 0
    secrets = guessed_secrets(text, begun=begun)
    for number, _, part in parts:
        end = offset + len(part)
        found[number] = [(max(a, offset) - offset, min(b, end) - offset) for a, b in secrets if a < end and b > offset]
        offset = end + 1
    return found
