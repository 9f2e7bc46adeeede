"""Messages for text that is not JSON, in a reader's words; none quotes more than one character of the text."""

from __future__ import annotations

import json
import re

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.line_table import parse_error_at
from segkoch_lint.findings.position import OffsetRange

_PYTHON_WORDS = re.compile(r"(?:True|False|None|undefined|nan|inf)\b")

_INVALID = "invalid JSON: "
_COMMENT = "JSON has no comments"
_SOURCE_CODE = "this is source code"
_CUT_OFF = "cut-off"

COMMENT = _INVALID + _COMMENT
"""Message for a text with comments."""

SOURCE_CODE = _INVALID + _SOURCE_CODE
"""Message for a program."""

_EXPECTED = {
    "Expecting property name": "a key in double quotes",
    "Expecting ':'": "a colon",
    "Expecting ','": "a comma or the end",
}
"""Beginnings of the messages of Python's parser, and what it expects."""


class InvalidJsonError(Exception):
    """The text is not JSON, or is nested too deeply.

    Attributes:
        message: what is wrong.
        extent: where, as offsets of the text.
        cause: see `segkoch_lint.documents.document.ParseError`.
    """

    def __init__(self, problem: str, start: int, end: int, cause: str = "", *, message: str = "") -> None:
        super().__init__(problem)
        self.message = message or _INVALID + problem
        self.extent: OffsetRange = (start, end)
        self.cause = cause


class RecursionLimitError(InvalidJsonError):
    """The text is nested deeper than the parser can go, whether it is JSON or not."""

    def __init__(self, start: int) -> None:
        super().__init__("", start, start + 1, "too-large", message="nested too deeply to be read")


def source_code_error(text: str, start: int) -> InvalidJsonError:
    """Return the error of a program that begins at *start*."""
    return InvalidJsonError(_SOURCE_CODE, start, line_end(text, start), "source-code")


def not_utf8(text: bytes, start: int, line: int, column: int) -> ParseError:
    """Return the error of a text that begins at *line* and *column* and is not UTF-8 from byte *start* on."""
    valid = text[:start].decode("utf-8")
    return parse_error_at(valid, "not valid UTF-8", (len(valid), len(valid)), line, column)


def syntax_error(text: str, error: json.JSONDecodeError) -> InvalidJsonError:
    """Return the error for what Python's parser reports."""
    at = error.pos
    if error.msg.startswith("Unterminated string"):
        return InvalidJsonError("the text ends inside a string", at, line_end(text, at), _CUT_OFF)
    if error.msg.startswith("Invalid control character"):
        at = at if at < len(text) else len(text) - 1
        problem = f"a string holds a bare control character, {_character_name(text[at])}; write it as an escape"
        return InvalidJsonError(problem, at, at + 1)
    if "escape" in error.msg:
        at = text.rfind("\\", 0, at + 2) if text[at : at + 1] != "\\" else at
        return InvalidJsonError("an escape that JSON does not have", at, min(at + 2, len(text)))
    if error.msg.startswith("Illegal trailing comma"):
        return InvalidJsonError("trailing comma", at, at + 1)
    if at >= len(text):
        end = len(text.rstrip(" \t\n\r"))
        return InvalidJsonError("the text ends before the document does", end, end, _CUT_OFF)
    return _explain_character(text, error)


def _explain_character(text: str, error: json.JSONDecodeError) -> InvalidJsonError:
    """Return the error for a character that JSON does not allow where it is."""
    at = error.pos
    character = text[at]
    if character in "}]" and text[:at].rstrip(" \t\n\r").endswith(","):
        comma = text.rindex(",", 0, at)
        return InvalidJsonError("trailing comma", comma, comma + 1)
    if character == "'":
        return InvalidJsonError("strings and keys are quoted with \", not with '", at, at + 1)
    word = _PYTHON_WORDS.match(text, at)
    if word:
        return InvalidJsonError(f"{word[0]} is not JSON (true, false and null are)", at, word.end())
    if text.startswith(("//", "/*", "#"), at):
        return InvalidJsonError(_COMMENT, at, line_end(text, at))
    if error.msg.startswith("Expecting property name") and (character.isalpha() or character in "_$"):
        return InvalidJsonError("a key without quotes, as JavaScript has it; JSON wants double quotes", at, at + 1)
    expected = next((words for start, words in _EXPECTED.items() if error.msg.startswith(start)), "a value")
    return InvalidJsonError(f"{expected} is expected, not {_character_name(character)}", at, at + 1)


def more_follows(character: str) -> str:
    """Return the message for a *character* after a whole document."""
    return f"the JSON document ends here, but more follows: {_character_name(character)}"


def line_end(text: str, start: int) -> int:
    """Return the offset at which the line of an offset ends."""
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _character_name(character: str) -> str:
    if character == '"':
        return "a double quote"  # among quotes, it would be hard to see
    shown = f'"{character}" ' if character.isprintable() and character.isascii() else ""
    return f"{shown}(U+{ord(character):04X})" if shown else f"U+{ord(character):04X}"
