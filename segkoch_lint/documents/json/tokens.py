"""Tokens of JSON text and its dialects, valid or broken; what scans such text is built on them.

Scanning never raises, and takes time in proportion to the text. A string or comment that is not closed goes to the end
of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def _string(quote: str) -> str:
    """Return the pattern of a string up to its closing quote."""
    return rf"{quote}[^{quote}\\]*+(?:\\(?s:.|\Z)[^{quote}\\]*+)*+"


STRING = _string('"') + '"?+'
"""Pattern of a string or key, with its quotes."""

_MARK, _STRING, _WORD, _UNCLOSED, _COMMENT = range(1, 6)
_KINDS = {_STRING: "string", _WORD: "word", _UNCLOSED: "unclosed", _COMMENT: "comment"}

_BLOCK_COMMENT = r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?+"

_TO_BRACKET = rf'[^"{{}}\[\]]*+(?:{STRING}[^"{{}}\[\]]*+)*+(?:([{{\[])|([}}\]])|\Z)'
"""Pattern of all up to the next bracket outside strings, or to the end. Group 1: it opens; group 2: it closes."""

_BRACKET_IN_TEXT = re.compile(_TO_BRACKET)
_BRACKET_IN_BYTES = re.compile(_TO_BRACKET.encode())


Token = tuple[str, int, int]
"""A token's kind, and the offsets of its start and end, quotes included.

The kind is ``string``, ``unclosed`` (a string without its end), ``word`` (a number, a literal, or anything else without
quotes), ``comment``, or one of the marks ``{ } [ ] : ,`` itself.
"""


class Tokenizer:
    """Splits a text into tokens. Space is left out; all else is part of a token.

    Args:
        space: characters of white space, as in a class of a regular expression.
        quotes: characters that quote strings.
        line_ends: characters that end a comment of ``//``, as in a class of a regular expression; empty if the text has
            no comments.
    """

    def __init__(self, *, space: str = r" \t\n\r", quotes: str = '"', line_ends: str = "") -> None:
        closed = "|".join(_string(quote) + quote for quote in quotes)
        unclosed = "|".join(map(_string, quotes))
        word = rf"[^{space}{quotes}{{}}\[\],:]++"
        comment = r"(?!)"  # nothing
        if line_ends:
            word = rf"(?:[^{space}{quotes}{{}}\[\],:/]|/(?![/*]))++"
            comment = rf"//[^{line_ends}]*+|{_BLOCK_COMMENT}"
        self._pattern = re.compile(
            rf"[{space}]*+(?:([{{}}\[\],:])|({closed})|({word})|({unclosed})|({comment})|\Z)"  # \Z: see `tokens`
        )

    def tokens(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
        """Yield the tokens between two offsets that are not inside a token."""
        # The pattern also matches space before the end: else it would be tried at each character of that.
        for found in self._pattern.finditer(text, start, len(text) if end is None else end):
            group = found.lastindex
            if group is None:
                return
            first, last = found.span(group)
            yield text[first] if group == _MARK else _KINDS[group], first, last


JSON = Tokenizer()
"""Strict JSON."""


def brackets(text: str | bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the offset of each bracket outside strings, with 1 if it opens an object or array and -1 if it closes one.

    This is many times as fast as going through all tokens.

    Args:
        text: JSON text, or its UTF-8.
        start, end: offsets that are not inside a token.
    """
    stop = len(text) if end is None else end
    found = (
        _BRACKET_IN_TEXT.finditer(text, start, stop)
        if isinstance(text, str)
        else _BRACKET_IN_BYTES.finditer(text, start, stop)
    )
    for each in found:
        group = each.lastindex
        if group is None:
            return
        yield each.end() - 1, 1 if group == 1 else -1
