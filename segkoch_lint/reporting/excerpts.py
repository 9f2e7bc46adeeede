"""The few lines around a finding, ids masked, long lines cut, the span still under its text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence

from segkoch_lint.findings import Excerpt
from segkoch_lint.masking import is_sensitive, mask, sensitive_stretches
from segkoch_lint.places import Span
from segkoch_lint.reading.documents import Document, Flaw
from segkoch_lint.reading.lines import Extent

_MARGIN = 200
"""Code points masked beyond the part of a long line that is shown, so that no id is cut before it is seen."""

_LEXEME = re.compile(r"""(?P<quoted>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?P<bare>[^\s{}\[\],:"']+)""")
_COLON = re.compile(r"\s*:")


Secrets = Callable[[int, int], Iterable[tuple[int, int]]]
"""Tells the stretches to mask that touch a part of a line, in order; offsets are 0-based code points of the line."""


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
    return _excerpt(lines, span, width, lambda number: _no_secrets if show_ids else _token_secrets(document, number))


def flaw_excerpt(flaw: Flaw, *, show_ids: bool = False, width: int = 120) -> Excerpt | None:
    """Return the lines around broken text, or None when there are none to show."""
    if not flaw.lines:
        return None
    lines = list(enumerate(flaw.lines, flaw.line))
    texts = dict(lines)
    return _excerpt(lines, flaw.span, width, lambda number: _no_secrets if show_ids else _guessed(texts[number]))


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
    start, stop = 0, len(line)
    if stop > width:
        start = max(0, min(focus[0] - width // 3, stop - width))
        stop = min(stop, start + width)
    # Masking looks further than what is shown, so that the part of an id at the edge is known for what it is.
    begin, finish = max(0, start - _MARGIN), min(len(line), stop + _MARGIN)
    text = "…" if start else ""
    places = [0, 0]
    for a, b, secret in _stretches(line, begin, finish, secrets):
        a, b = max(a, start), min(b, stop)  # noqa: PLW2901
        if a >= b:
            continue
        piece = secret if secret is not None else line[a:b]
        for index, offset in enumerate(focus):
            if a <= offset <= b:
                inside = offset - a if secret is None else (0 if offset == a else len(piece))
                places[index] = len(text) + inside
        text += piece
    if focus[1] > stop:
        places[1] = len(text)
    return text + ("…" if stop < len(line) else ""), (places[0], max(places))


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
    return f"{quote}{mask(text[1:-1])}{quote}" if quote else mask(text)


def _no_secrets(_start: int, _end: int) -> Iterable[Extent]:
    return ()


def _token_secrets(document: Document, number: int) -> Secrets:
    """Return the secrets of a line of a readable document: its sensitive values, and ids in keys and comments."""

    def secrets(start: int, end: int) -> list[Extent]:
        tokens = document.tokens(number, number)
        # Tokens stand in order; one that begins before the part can still reach into it.
        first = max(0, bisect_left(tokens, (number, start + 1), key=lambda t: (t.span.line, t.span.column)) - 1)
        found: list[Extent] = []
        line = document.lines(number, number)[0]
        at = start
        for token in tokens[first:]:
            a = token.span.column - 1 if token.span.line == number else 0
            b = token.span.end_column - 1 if token.span.end_line == number else len(line)
            if a >= end:
                break
            found.extend(_shapes(line, at, max(at, a)))
            if is_sensitive(token.key, token.text, token.parent):
                found.append((a, b))
            at = max(at, b)
        found.extend(_shapes(line, at, end))
        return found

    return secrets


def _shapes(line: str, start: int, end: int) -> Iterator[Extent]:
    return ((start + a, start + b) for a, b in sensitive_stretches(line[start:end])) if start < end else iter(())


def _guessed(line: str) -> Secrets:
    """Return the secrets of a line that no parser reads: keys and values are told apart as well as can be."""
    found: list[Extent] = []
    key: str | None = None
    for lexeme in _LEXEME.finditer(line):
        text = lexeme[0].strip("\"'")
        if _COLON.match(line, lexeme.end()):
            key = text
            found.extend(_shapes(line, *lexeme.span()))
            continue
        if is_sensitive(key, text, "user"):
            found.append(lexeme.span())
        if lexeme["quoted"]:
            key = None  # a quoted value is whole; an unquoted one, as in YAML, can go on
    return lambda start, end: [each for each in found if each[1] > start and each[0] < end]
