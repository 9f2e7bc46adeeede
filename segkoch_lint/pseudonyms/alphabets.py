"""The alphabets of pseudonyms: each letter and digit is replaced by one of the same alphabet.

A letter keeps its case and its length in UTF-8. The letters from a to f are an alphabet of their own, so that a
hexadecimal number remains one, and a malformed one remains malformed.
"""

from __future__ import annotations

import string
from functools import cache

import msgspec

_BEFORE_SURROGATES, _AFTER_SURROGATES, _CODE_POINTS = 0xD800, 0xE000, 0x110000


class Alphabet(msgspec.Struct, frozen=True):
    """Characters that may replace each other.

    Attributes:
        name: one character that identifies it.
        letters: its characters, in lower case if they have two cases.
        index: the position of each character.
    """

    name: str
    letters: str
    index: dict[str, int]


def _alphabet(name: str, letters: str) -> Alphabet:
    return Alphabet(name, letters, {letter: index for index, letter in enumerate(letters)})


DIGITS = _alphabet("0", string.digits)
HEX_LETTERS = _alphabet("a", "abcdef")
OTHER_LETTERS = _alphabet("g", string.ascii_lowercase[6:])

_ASCII = {letter: each for each in (DIGITS, HEX_LETTERS, OTHER_LETTERS) for letter in each.letters}


def alphabet_of(letter: str) -> Alphabet:
    """Return the alphabet of a letter or digit that is folded (`folded`)."""
    return _ASCII.get(letter) or _wide(len(letter.encode("utf-8")), cased=_is_cased(letter))


def folded(letter: str) -> str:
    """Return a letter in lower case, if both cases are as long in UTF-8; otherwise the character itself."""
    if letter.isascii():
        return letter.lower()
    lower = letter.lower()
    return lower if lower != letter and _is_cased(lower) and lower.upper() == letter else letter


def has_case(letter: str) -> bool:
    """Return whether a folded letter has an upper case."""
    return letter.isalpha() if letter.isascii() else _is_cased(letter)


def _is_cased(letter: str) -> bool:
    """Return whether a letter is the lower case of exactly one other letter of the same length in UTF-8."""
    upper = letter.upper()
    return (
        len(upper) == 1
        and upper != letter
        and upper.lower() == letter
        and len(upper.encode("utf-8")) == len(letter.encode("utf-8"))
    )


@cache
def _wide(size: int, *, cased: bool) -> Alphabet:
    """Return the alphabet of all other characters of *size* bytes in UTF-8."""
    first, last = {2: (0x80, 0x800), 3: (0x800, 0x10000)}.get(size, (0x10000, _CODE_POINTS))
    codes = (code for code in range(first, last) if not _BEFORE_SURROGATES <= code < _AFTER_SURROGATES)
    letters = (letter for letter in map(chr, codes) if letter.isalnum() and folded(letter) == letter)
    return _alphabet(f"{size}{'c' if cased else 'o'}", "".join(each for each in letters if _is_cased(each) is cased))
