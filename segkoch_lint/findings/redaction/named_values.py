"""Values of sensitive keys in a text, such as a query string, JSON in a string, or a log line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key

# Possessive and anchored at the start of a word, so that the search takes linear time.
_NAMED = re.compile(
    r"""
    (?<![\w$.-])
    ((?:(?:write|api|secret|access|private)[ ])?[A-Za-z_$][\w$.-]{0,80}+)  # the key
    \\{0,16}["']?\]?(?:\[\])?                                            # what closes it
    (\s{0,3})(?::|={1,2}>?|:=)(\s{0,3})
    """,
    re.IGNORECASE | re.VERBOSE,
)

_OPENING = re.compile(r"""\\{0,16}["']""")
_BARE = re.compile(r"""[^\s{}\[\],"']+""")
_COLON = re.compile(r"\s*:")
_BRACKET = re.compile(r"[{}\[\]]")

# A comma or semicolon ends a value if a blank, the end, or another key follows.
_UNQUOTED = r"""(?:[^{stops}&"<>,;|]|[,;|](?!\s*(?:\Z|[\\"'\w$.-]{{0,80}}[:=]){more}))+"""
_WORD = re.compile(_UNQUOTED.format(stops=r"\s\#", more=r"|\s"))
_WORDS = re.compile(_UNQUOTED.format(stops=r"\n", more=""))
_TRAILING = " \t\r,;.)]}'\\"


def named_values(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each value in *text* that follows a sensitive key, without quotes."""
    at = 0
    while found := _NAMED.search(text, at):
        at = found.end()
        if is_sensitive_key(found[1]):
            if text[at : at + 1] in {"{", "["}:
                end = _balanced(text, at)
                yield from _values_in(text, at, end)
            else:
                start, end = _value(text, found)
                if end > start:
                    yield start, end
            at = max(at, end)


def _values_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the extents of the values in an object or array, whatever their own keys are."""
    while start < end:
        opening = _OPENING.match(text, start)
        word = None if opening else _BARE.match(text, start, end)
        if opening:
            first, last = opening.end(), min(_closing(text, opening[0], opening.end()), end)
            start = last + len(opening[0])
        elif word:
            first, last = word.span()
            start = last
        else:
            start += 1
            continue
        is_key = _COLON.match(text, start) or (word and word[0].endswith(":"))
        if last > first and not is_key:
            yield first, last


def _value(text: str, named: re.Match[str]) -> tuple[int, int]:
    """Return the extent of the value after a key and its colon."""
    start = named.end()
    opening = _OPENING.match(text, start)
    if opening:
        return opening.end(), _closing(text, opening[0], opening.end())
    # In a query string, a blank ends a value; after a colon, a value can have several words.
    spaced = named[2] or named[3] or text[named.end(2)] == ":"
    value = (_WORDS if spaced else _WORD).match(text, start)
    return (start, start + len(value[0].rstrip(_TRAILING))) if value else (start, start)


def _closing(text: str, quote: str, start: int) -> int:
    """Return the end of a string that *quote*, with any backslashes, opens; the end of the text if it is not closed."""
    end = text.find(quote, start)
    while end > 0 and text[end - 1] == "\\":
        end = text.find(quote, end + 1)
    return len(text) if end < 0 else end


def _balanced(text: str, start: int) -> int:
    """Return the end of the object or array at *start*."""
    depth = 0
    for bracket in _BRACKET.finditer(text, start):
        depth += 1 if bracket[0] in "{[" else -1
        if depth == 0:
            return bracket.end()
    return len(text)
