"""A rewriter of JSON with comments and of JSON5 to strict JSON, so that one parser and one scanner read all of them.

JSON with comments (``.jsonc``) is JSON with ``//`` and ``/* */`` comments and trailing commas, as Visual Studio Code
reads it. JSON5 (``.json5``, https://spec.json5.org) has besides: keys without quotes, strings in single quotes or over
several lines, more escapes, and more ways to write a number. NaN and Infinity, which JSON5 has, stay errors: no call
can hold them.

Syntax that JSON lacks is replaced. Errors in either dialect stay as they are, for the parser of JSON to report. The
work is linear in the length of the source, however deep or broken it is.
"""

from __future__ import annotations

import re

from segkoch_lint.documents.json.tokens import Token, Tokenizer
from segkoch_lint.documents.source_map import SourceMap, SourceMapBuilder
from segkoch_lint.findings.position import OffsetRange

JSONC = Tokenizer(line_ends=r"\n\r")
"""JSON with comments."""

JSON5 = Tokenizer(
    space=r" \t\n\r\v\f\u00a0\ufeff\u2028\u2029\u1680\u2000-\u200a\u202f\u205f\u3000",
    quotes="\"'",
    line_ends=r"\n\r\u2028\u2029",
)

_IN_A_LINE = re.compile(r"[^\n\r]")
_NOT_JSON_SPACE = re.compile(r"[^ \t\n\r]")

IDENTIFIER = re.compile(r"(?:[^\W\d]|[$]|\\u[0-9a-fA-F]{4})(?:[\w$\u200c\u200d]|\\u[0-9a-fA-F]{4})*+")

_HEXADECIMAL = re.compile(r"([+-]?)0[xX]([0-9a-fA-F]{1,3000})")
_DECIMAL = re.compile(r"([+-]?)(0|[1-9][0-9]*+)?(\.[0-9]*+)?((?:[eE][+-]?[0-9]++)?)")

_JSON_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"?+')
_ESCAPED = re.compile(r"""\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|\r\n|.)|[\x00-\x1f"]""", re.DOTALL)
_SAME_ESCAPES = frozenset('"\\/bfnrtxu123456789')  # the last ones are wrong in both
_OWN_ESCAPES = {"v": r"\u000b", "0": r"\u0000", "\n": "", "\r": "", "\r\n": "", "\u2028": "", "\u2029": ""}

_VALUES = frozenset({"string", "unclosed", "word"})
"""Kinds of tokens that are keys or values."""

_OPENING = frozenset("{[")
_CLOSING = frozenset("}]")
_NOTHING_BEFORE = frozenset({"", "{", "[", ","})
"""Kinds of tokens that a comma may not follow."""


class OpenCommentError(Exception):
    """A comment does not end.

    Attributes:
        extent: of its opening.
    """

    def __init__(self, start: int) -> None:
        super().__init__()
        self.extent: OffsetRange = (start, start + 2)


def to_strict_json(source: str, *, json5: bool) -> tuple[str, SourceMap]:
    """Return JSON with comments, or JSON5, as strict JSON, with a map to offsets in the source.

    Args:
        source: the text.
        json5: whether it is JSON5, and not just JSON with comments.

    Raises:
        OpenCommentError: a comment does not end.
    """
    rewriter = _Rewriter(source, json5=json5)
    for token in (JSON5 if json5 else JSONC).tokens(source):
        rewriter.add(token)
    return rewriter.finish()


class _Rewriter:
    """A rewriter of one source, token by token."""

    def __init__(self, source: str, *, json5: bool) -> None:
        self._source = source
        self._end = 0  # of the token before
        self._builder = SourceMapBuilder(source)
        self._json5 = json5
        self._opened: list[str] = []
        self._before = ""  # the kind of the token before, comments left out
        self._comma: int | None = None  # the offset of the comma before, if it may be a trailing one
        self._blanked: list[tuple[int, str]] = []  # comments and space after it, and their replacements

    def add(self, token: Token) -> None:
        """Add the next token of the source."""
        kind, start, end = token
        if self._json5:
            self._blank_space(start)
            self._end = end
        if kind == "comment":
            text = self._source[start:end]
            if text.startswith("/*") and (len(text) < len("/**/") or not text.endswith("*/")):
                raise OpenCommentError(start)
            self._blanked.append((start, _IN_A_LINE.sub(" ", text)))
            return
        if self._comma is not None and kind in _CLOSING:
            self._builder.replace(self._comma, self._comma + 1, " ")
        if self._blanked:
            self._replace_blanked()
        self._comma = start if kind == "," and self._before not in _NOTHING_BEFORE else None
        if self._json5 and kind in _VALUES:
            text = self._source[start:end]
            strict = self._strict(kind, text)
            if strict != text:
                self._builder.replace(start, end, strict)
        self._before = kind
        if kind in _OPENING:
            self._opened.append(kind)
        elif kind in _CLOSING:
            del self._opened[-1:]

    def finish(self) -> tuple[str, SourceMap]:
        """Return the JSON, and the map."""
        if self._json5:
            self._blank_space(len(self._source))
        self._replace_blanked()
        return self._builder.finish()

    def _blank_space(self, end: int) -> None:
        """Note space between two tokens that JSON does not have."""
        if _NOT_JSON_SPACE.search(self._source, self._end, end):
            self._blanked.append((self._end, _NOT_JSON_SPACE.sub(" ", self._source[self._end : end])))

    def _replace_blanked(self) -> None:
        for start, text in self._blanked:
            self._builder.replace(start, start + len(text), text)
        self._blanked.clear()

    def _strict(self, kind: str, text: str) -> str:
        if kind != "word":
            return _string(text, is_closed=kind == "string")
        is_key = self._opened[-1:] == ["{"] and self._before in {"{", ","}
        return _key(text) if is_key else _number(text)


def _string(text: str, *, is_closed: bool) -> str:
    """Return a string of JSON5 as one of JSON; one that is not closed stays so."""
    if _JSON_STRING.fullmatch(text):
        return text
    return '"' + _ESCAPED.sub(_escape, text[1:-1] if is_closed else text[1:]) + '"' * is_closed


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    escaped = text[1:]
    if not escaped:  # a character that JSON escapes and JSON5 does not have to
        return rf"\u{ord(text):04x}" if text not in "\n\r" else text  # a line ends, which is wrong in both
    if escaped[0] == "x" and len(escaped) > 1:
        return rf"\u00{escaped[1:]}"
    if escaped[0] in _SAME_ESCAPES:
        return text
    if escaped in _OWN_ESCAPES:
        return _OWN_ESCAPES[escaped]
    return escaped if escaped >= " " else rf"\u{ord(escaped):04x}"


def _key(text: str) -> str:
    """Return a key without quotes as one of JSON; text that is not a name is unchanged."""
    return f'"{text}"' if IDENTIFIER.fullmatch(text) else text


def _number(text: str) -> str:
    """Return a number of JSON5 as one of JSON; any other word is unchanged."""
    if found := _HEXADECIMAL.fullmatch(text):
        return f"{found[1].removeprefix('+')}{int(found[2], 16)}"
    found = _DECIMAL.fullmatch(text)
    if not found or not (found[2] or (found[3] and len(found[3]) > 1)):
        return text
    fraction = f"{found[3]}0" if found[3] == "." else found[3] or ""
    return f"{found[1].removeprefix('+')}{found[2] or '0'}{fraction}{found[4]}"
