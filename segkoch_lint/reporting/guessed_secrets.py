"""Search for ids in text that no parser can read: too many words are masked rather than one id shown.

Broken text can be read in two ways. By its quotes, a string is whole whatever is in it, but a missing quote turns
everything after it inside out. By words, quotes do not matter, but a string can hold what looks like a key. Personal
data in either reading is masked. A text can be cut off at both ends; a word that is cut off is masked, too, because the
missing part may show that it is an address.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence

from segkoch_lint.bounded_cache import cached
from segkoch_lint.documents.json.tokens import Tokenizer
from segkoch_lint.documents.nesting import Nesting
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.redaction.escapes import unescape
from segkoch_lint.findings.redaction.known_ids import KnownIds
from segkoch_lint.findings.redaction.personal_data import merged, sensitive_spans
from segkoch_lint.findings.redaction.sensitive_keys import is_damaged, is_sensitive_key
from segkoch_lint.reporting.hidden_regions import OPENED, STRING_REST, hidden_regions

_TOKENIZER = Tokenizer(space=r"\s", quotes="\"'")
_TEXTS = frozenset({"string", "unclosed", "word"})
"""Kinds of tokens that are keys or values."""

_COLON = re.compile(r"\s*:")
_COLON_AND_VALUE = re.compile(r"""["']?\s*:\s*["'\w{\[-]""")

_WORD = re.compile(r"""(?:\\.|[^\s{}\[\],:;=?&"'\\])+""", re.DOTALL)
_PIECE = re.compile(r"""[^\s{}\[\],:;=?&"'\\]+""")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d)?")
_SHORTEST_ID = 6
"""Letters and digits of the shortest word with a digit that may be a part of an id: versions and prices are shorter."""

_COLON_NEAR = re.compile(r"""[\\"'\s{}\[\],]{0,4}[:=]""")
_AFTER_KEY = re.compile(r"""(["']?)\s*[:=]""")
_AFTER_BARE_KEY = re.compile(r"""\s*(?:[:=][\s"'{\[]|[:=]\Z|=)""")
_BEFORE_KEY = re.compile(r"(?:\A|[\n{\[,?&;]|(?:\A|\s)-)\s*\Z")
_AFTER_COLON = re.compile(r":\s*\Z")
_INDENT = 80
"""Code points before a word that may hold the start of its line or object."""

_BEFORE_VALUES = ",:[{"
_ENDS = frozenset("}],\"'")
"""Last characters of a text that is not cut off inside a value."""

_SPLITTING = frozenset("\"'\\:,{}[]\n=?&;")
_WORD_CHARACTERS = string.ascii_letters + string.digits + "_-."

_NEVER_IDS = frozenset("null true false yes no on off ~ none undefined nan infinity -infinity".split())
"""Unquoted words, in lower case, that are never an id, but often the error in one."""

_AMBIGUOUS_KEYS = frozenset({"name", "value"})
"""Keys that hold an id depending on the object around them."""

_UNSEEN_KEY = "id"


def guessed_secrets(text: str, *, around: Nesting | None = None, broken: bool = True) -> list[OffsetRange]:
    """Return the ranges of *text* to mask, in order and apart.

    Args:
        text: one or more lines.
        around: the nesting at its start, if there is text before it: anything may be before the first key.
        broken: whether the text is neither JSON nor YAML. Then keys and ids may be damaged, so that a key is not that
            of an id, or an id does not have its shape.
    """
    hidden = hidden_regions(text, around) if broken else ()
    key = _UNSEEN_KEY if around else None
    of_broken = (*_by_shape(text), *_at_the_ends(text)) if broken else ()
    after_unseen = around is not None or (broken and _is_rest(text))
    by_keys = (*_by_quotes(text, hidden, key), *_by_words(text, hidden, after_unseen=after_unseen))
    again = _again(text, by_keys) if broken else ()
    return merged((*by_keys, *again, *of_broken, *sensitive_spans(text)))


def _again(text: str, found: Iterable[OffsetRange]) -> list[OffsetRange]:
    """Return the ranges where the texts that were found occur again."""
    return KnownIds({"ids": [text[start:end].strip("\"'") for start, end in found]}).ranges(text)


def _by_shape(text: str) -> Iterator[OffsetRange]:
    """Yield words that may be the remains of an id or an address."""
    for found in _PIECE.finditer(text):
        word = found[0]
        if "@" in word[1:] or (
            len(word) >= _SHORTEST_ID
            and sum(map(str.isalnum, word)) >= _SHORTEST_ID
            and any(map(str.isdigit, word))
            and not _DATE.fullmatch(word)
        ):
            yield found.span()


def _at_the_ends(text: str) -> Iterator[OffsetRange]:
    """Yield the rest of a string that begins before the text, and the word at which the text is cut off."""
    opened = OPENED.match(text)
    rest = None if opened else STRING_REST.match(text)
    if rest and _may_be_an_id(rest[0]):
        yield 0, rest.end() - 1  # without the quote
    in_a_string = _start_of_unclosed(text)
    if in_a_string is None and not ((opened or rest) and text[-1:] not in _ENDS):
        return
    start = max(*map(text.rfind, " \t\r\n"), in_a_string if in_a_string is not None else text.rfind('"')) + 1
    word = text[start:].lstrip(_BEFORE_VALUES)
    if _may_be_an_id(word):
        yield len(text) - len(word), len(text)


def _start_of_unclosed(text: str) -> int | None:
    """Return the offset of the string in which a text ends, or None."""
    return next((start for kind, start, _ in _TOKENIZER.tokens(text) if kind == "unclosed"), None)


def _is_rest(text: str) -> bool:
    """Return whether a text has keys, but its start is not that of an object."""
    return not OPENED.match(text) and any(_is_a_key(text, *found.span()) for found in _WORD.finditer(text))


def _by_quotes(text: str, hidden: Sequence[OffsetRange], key: str | None) -> Iterator[OffsetRange]:
    for kind, start, end in _TOKENIZER.tokens(text):
        if kind not in _TEXTS:
            continue
        value = text[start:end].strip("\"'")
        follows = _COLON_AND_VALUE if _is_in(hidden, start) else _COLON
        if follows.match(text, end) and not _AFTER_COLON.search(text, *_before(start)):
            key = value
        elif ((key is not None and _names_an_id(key)) or _is_in(hidden, start)) and _may_be_an_id(value):
            yield start, end


def _by_words(text: str, hidden: Sequence[OffsetRange], *, after_unseen: bool) -> Iterator[OffsetRange]:
    sensitive = after_unseen
    for found in _WORD.finditer(text):
        near = _COLON_NEAR.match(text, found.end())
        names_one = _names_an_id(found[0]) and (near or _may_be_a_key(text, *found.span()))
        if names_one or (near and _names_an_id(_joined_word(text, *found.span()))):
            sensitive = True
        elif _is_a_key(text, *found.span()) and not (
            _is_in(hidden, found.start()) and not _COLON_AND_VALUE.match(text, found.end())
        ):
            sensitive = False
        elif (sensitive or _is_in(hidden, found.start())) and _may_be_an_id(found[0]):
            yield found.span()


def _is_in(extents: Sequence[OffsetRange], offset: int) -> bool:
    return any(start <= offset < end for start, end in extents)


def _joined_word(text: str, start: int, end: int) -> str:
    """Return a word joined with the one before it if a single extra character separates them; else an empty text."""
    if start < 2 or text[start - 1] not in _SPLITTING or not text[start - 2].isalnum():
        return ""
    before = text[max(0, start - _INDENT) : start - 1]
    return before[len(before.rstrip(_WORD_CHARACTERS)) :] + text[start:end]


def _is_a_key(text: str, start: int, end: int) -> bool:
    """Return whether a word is certainly a key, and not a part of a value with a colon."""
    after = _AFTER_KEY.match(text, end)
    if not after:
        return False
    if after[1]:
        return _is_quoted(text, start, end) and not _AFTER_COLON.search(text, *_before(start - 1))
    if start == 0 and text[end : end + 1] == "=":
        return False  # perhaps the end of a key
    return bool(_AFTER_BARE_KEY.match(text, end) and _BEFORE_KEY.search(text, *_before(start)))


def _may_be_a_key(text: str, start: int, end: int) -> bool:
    """Return whether a word could be a key without a colon."""
    return _is_quoted(text, start, end) or bool(_BEFORE_KEY.search(text, *_before(start)))


def _is_quoted(text: str, start: int, end: int) -> bool:
    return start > 0 and text[start - 1] in "\"'" and text[end : end + 1] == text[start - 1]


def _before(start: int) -> OffsetRange:
    return max(0, start - _INDENT), start


def _may_be_an_id(word: str) -> bool:
    return word.lower() not in _NEVER_IDS and any(map(str.isalnum, word))


@cached
def _names_an_id(key: str) -> bool:
    """Return whether a key can hold an id. The object around it is unknown: `value` can be a cookie's."""
    name = unescape(key)
    return is_sensitive_key(name) or is_damaged(name) or name.casefold() in _AMBIGUOUS_KEYS
