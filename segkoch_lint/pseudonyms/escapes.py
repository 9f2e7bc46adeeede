"""How texts are written inside other texts: the escapes of JSON, JSON5, YAML, shells and forms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

_PAIR = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_JSON_ESCAPE = re.compile(rf"\\(?:{_PAIR}|u[0-9a-fA-F]{{4}}|.)", re.DOTALL)
_OTHER_ESCAPE = re.compile(
    rf"\\(?:{_PAIR}|u[0-9a-fA-F]{{1,4}}|U[0-9a-fA-F]{{1,8}}|x[0-9a-fA-F]{{1,2}}|\r\n[ \t]*|\n[ \t]*|.)", re.DOTALL
)
_OTHER_NAMES = dict(zip("abefnrtv0N_LP", "\a\b\x1b\f\n\r\t\v\0\x85\xa0\u2028\u2029", strict=True))
_IN_URLS = (
    r"%[0-7][0-9a-fA-F]|%[cdCD][0-9a-fA-F]%[89abAB][0-9a-fA-F]|%[eE][0-9a-fA-F](?:%[89abAB][0-9a-fA-F]){2}"
    r"|%[fF][0-7](?:%[89abAB][0-9a-fA-F]){3}"
)
_URL_ESCAPE = re.compile(_IN_URLS)
_FORM_ESCAPE = re.compile(rf"\+|{_IN_URLS}")


class Escapes(NamedTuple):
    """The escapes of a way to write texts.

    Attributes:
        escape: matches one escape.
        undo: returns the character that an escape means, or an empty text.
        write: returns how a character is written, given how the one that it replaces was written.
    """

    escape: re.Pattern[str]
    undo: Callable[[str], str]
    write: Callable[[str, str], str]

    def read(self, written: str) -> str:
        """Return the text that is written so."""
        return self.escape.sub(lambda found: self.undo(found[0]), written)

    def rewrite(self, written: str, new: str) -> str:
        """Return how *new* is written; characters that are the same stay as they are written.

        Args:
            written: the old text as it is written, without quotes.
            new: the new text.
        """
        pieces = list(self.pieces(written))
        if len(new) != sum(1 for character, _ in pieces if character):
            escaped = r"\u0000" if written.isascii() else ""
            return "".join(self.write(each, "" if each.isascii() else escaped) for each in new)
        following = iter(new)
        changed: list[str] = []
        for character, piece in pieces:
            now = next(following) if character else ""
            changed.append(piece if now == character else self.write(now, piece))
        return "".join(changed)

    def pieces(self, written: str) -> list[tuple[str, str]]:
        """Return each character, or an empty text, with how it is written."""
        pieces: list[tuple[str, str]] = []
        at = 0
        for found in self.escape.finditer(written):
            pieces += ((character, character) for character in written[at : found.start()])
            pieces.append((self.undo(found[0]), found[0]))
            at = found.end()
        pieces += ((character, character) for character in written[at:])
        return pieces


def _undo_json(escape: str) -> str:
    character: str = json.loads(f'"{escape}"')
    return character


def _undo_other(escape: str) -> str:
    kind, rest = escape[1], escape[2:]
    if kind in "uUx" and rest:
        if "\\" in rest:
            return _undo_json(escape)
        code = int(rest, 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    if kind in "\r\n":
        return ""
    return _OTHER_NAMES.get(kind, kind)


def _undo_form(escape: str) -> str:
    return " " if escape == "+" else unquote_to_bytes(escape).decode("utf-8", "replace")


def _write_json(character: str, before: str) -> str:
    if before.startswith(("\\u", "\\U")):
        units = character.encode("utf-16-be").hex()
        units = units.upper() if any(map(str.isupper, before[2:])) else units
        return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    return json.dumps(character, ensure_ascii=False)[1:-1]


def _write_other(character: str, before: str) -> str:
    if before.startswith("\\x") and ord(character) < 0x100:
        return f"\\x{ord(character):02x}"
    if before.startswith("\\U"):
        return f"\\U{ord(character):08x}"
    return character if character.isalnum() and not before.startswith("\\u") else _write_json(character, before)


def _write_url(character: str, before: str) -> str:
    return _write_form(character, before) if before.startswith("%") else character


def _write_form(character: str, before: str) -> str:
    if before.startswith("%"):
        return "".join(f"%{byte:02X}" for byte in character.encode())
    return quote(character, safe="")


JSON = Escapes(_JSON_ESCAPE, _undo_json, _write_json)
"""Strings of JSON."""

OTHER = Escapes(_OTHER_ESCAPE, _undo_other, _write_other)
"""Strings of JSON5, double-quoted ones of YAML, and words of a shell."""

URL = Escapes(_URL_ESCAPE, _undo_form, _write_url)
"""URLs, and what is in them."""

FORM = Escapes(_FORM_ESCAPE, _undo_form, _write_form)
"""Fields of forms."""
