"""The ids of a document by their keys, to be found in other values: a ``buyer`` that equals the ``userId``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol

from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.redaction.personal_data import hides_values
from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key

SHORTEST_VALUE = 4
"""Code points of the shortest id that is searched for as a whole value: `1` and `ios` have many meanings."""

SHORTEST_PART = 6
"""Code points of the shortest id that is searched for inside texts, as whole words."""

FEW = 32
"""Ids that are searched for one by one; more are looked up by the words of the text."""

_MOST_SEARCHES = 16
"""Texts that are searched for in a document's source; for more, it is cheaper to collect the ids."""

_LONGEST_SEARCHED = 60
"""Code points of the longest text whose parts are searched for in a document."""

_CONTAINERS = frozenset({dict, list})
_NEVER_IDS = frozenset({dict, list, bool, type(None)})

_WORD = re.compile(r"[^\W_]+")

_ESCAPES = re.compile(rb"\\(?:\\|/|u00[2-7]|u)")
"""Escapes of printable characters, with those of ASCII apart, and an escaped backslash, so that the characters after it
are not taken for an escape."""


class Ids(Protocol):
    """The ids of a document."""

    def __contains__(self, text: object) -> bool:
        """Return whether a text is one of them."""

    def ranges(self, text: str, own: Iterable[str] = ()) -> list[OffsetRange]:
        """Return start and end of each of them in a text; see `KnownIds.ranges`."""


class KnownIds:
    """The values in a document that are personal data because of their keys.

    Args:
        value: a document's value, as of JSON.
        source: the JSON that the value was read from, if known. For most texts, it shows that they hold no id without
            collecting the ids.
    """

    def __init__(self, value: Any, source: bytes | None = None) -> None:
        self._value = value
        self._source = source
        self._searches = 0

    def __contains__(self, text: object) -> bool:
        """Return whether *text* is one of them."""
        return text in self._values and not is_placeholder(str(text))

    def ranges(self, text: str, own: Iterable[str] = ()) -> list[OffsetRange]:
        """Return start and end of each of them in *text*, in order: the whole text, or whole words of it.

        Args:
            text: any text.
            own: values of the document that are known not to be ids.
        """
        if self._may_search and len(text) <= _LONGEST_SEARCHED:
            self._searches += 1
            if self._source is not None and shows_no_id(text, self._source, own):
                return []
        if text in self:
            return [(0, len(text))]
        parts = self._parts if self._by_words is None else self._by_words.candidates(text)
        # Most ids are not in the text, so placeholders among them are looked for last.
        found = [part for part in parts if part in text and not is_placeholder(part)]
        return sorted(extent for part in found for extent in _as_words(part, text))

    @property
    def _may_search(self) -> bool:
        """Whether the source may be searched, which is cheaper than to collect the ids for a few texts."""
        return self._source is not None and self._searches < _MOST_SEARCHES and "_values" not in self.__dict__

    @cached_property
    def _values(self) -> frozenset[str]:
        """The texts of the ids, and those of placeholders."""
        return frozenset(text for text in _under_sensitive_keys(self._value) if len(text) >= SHORTEST_VALUE)

    @cached_property
    def _parts(self) -> list[str]:
        return [text for text in self._values if len(text) >= SHORTEST_PART]

    @cached_property
    def _by_words(self) -> _ByWords | None:
        return _ByWords(self._parts) if len(self._parts) > FEW else None


class UnreadIds:
    """A placeholder for the ids of documents that are not read: it finds none, and notes which strings to search for.

    Args:
        own: values of the documents that are not ids, each as often as it occurs.

    Attributes:
        strings: JSON strings, and how often each occurs, keys aside, in a document that has no id in any of the texts
            (`holds_none`); None if strings cannot show that.
    """

    def __init__(self, own: Iterable[str]) -> None:
        self.strings: dict[bytes, int] | None = {}
        self._own = Counter(map(_quoted, own))

    def __contains__(self, text: object) -> bool:
        return bool(self.ranges(str(text)))

    def ranges(self, text: str, own: Iterable[str] = ()) -> list[OffsetRange]:  # noqa: ARG002 - all of them are known
        """Return nothing, and note the text; see `KnownIds.ranges`."""
        strings = strings_of_ids(text, ())
        if strings is None:
            self.strings = None
        elif self.strings is not None:
            self.strings |= {string: self._own[string] for string, _ in strings}
        return []


def shows_no_id(text: str, source: bytes, own: Iterable[str] = ()) -> bool:
    """Return whether a document shows, without collecting its ids, that none of them is in a text.

    Args:
        text: any text.
        source: the document as JSON.
        own: values of the document that are not ids.

    Returns:
        False when in doubt.
    """
    strings = strings_of_ids(text, own)
    return strings is not None and holds_none(source, strings)


def holds_none(source: bytes, strings: Collection[tuple[bytes, int]]) -> bool:
    """Return whether no string occurs in a document more often than allowed.

    Args:
        source: the document as JSON.
        strings: JSON strings from `strings_of_ids`, and how often each may occur, keys aside.

    Returns:
        False when in doubt.
    """
    if b"\\" in source and _may_be_escaped(strings, source):
        return False
    return not any(string in source and _occurrences(string, source) > most for string, most in strings)


def strings_of_ids(text: str, own: Iterable[str]) -> Sequence[tuple[bytes, int]] | None:
    """Return the strings of which a document holds one if one of its ids is in a text.

    Args:
        text: any text.
        own: values of the document that are not ids.

    Returns:
        JSON strings of printable characters, without escapes, and how often each occurs, keys aside, in a document that
        holds no such id; None if there are too many, or the id may be a number.
    """
    return _strings_of_ids(text, tuple(own))


@cached
def _strings_of_ids(text: str, own: tuple[str, ...]) -> Sequence[tuple[bytes, int]] | None:
    if len(text) < SHORTEST_VALUE:
        return ()
    parts = _quoted_parts(text)
    if parts is None:
        return None
    known = set(map(_quoted, own))
    return tuple((part, int(part in known)) for part in parts)


def _may_be_escaped(strings: Iterable[tuple[bytes, int]], source: bytes) -> bool:
    """Return whether JSON may hold one of the strings, which are printable, with escapes."""
    harmless = {rb"\\"}
    if not any(b"/" in string for string, _ in strings):
        harmless.add(rb"\/")
    if all(string.isascii() for string, _ in strings):
        harmless.add(rb"\u")
    return not harmless.issuperset(_ESCAPES.findall(source))


def _occurrences(quoted: bytes, source: bytes) -> int:
    """Return how often a string occurs in JSON other than as a key."""
    found, start = 0, source.find(quoted)
    while start >= 0:
        end = start + len(quoted)
        while source[end : end + 1].isspace():
            end += 1
        found += source[end : end + 1] != b":"
        start = source.find(quoted, start + 1)
    return found


def _quoted_parts(text: str) -> tuple[bytes, ...] | None:
    """Return, quoted, all parts of *text* that could be ids; None if there are too many, or one could be a number."""
    size = len(text)
    if size > _LONGEST_SEARCHED or not text.isprintable() or '"' in text or "\\" in text:
        return None
    middle = [0 < at < size and text[at - 1].isalnum() and text[at].isalnum() for at in range(size + 1)]
    ends = [at for at in range(size + 1) if not middle[at]]
    parts = {text[a:b] for a in ends for b in ends if b - a >= SHORTEST_PART}
    if len(parts) > FEW or any(map(_may_be_a_number, parts | {text})):
        return None
    return tuple(_quoted(part) for part in parts | {text} if not is_placeholder(part))


def _quoted(text: str) -> bytes:
    return b'"%b"' % text.encode("utf-8", "replace")


def _may_be_a_number(text: str) -> bool:
    """Return whether a text is a number, which a document may write in another way."""
    try:
        float(text)
    except ValueError:
        return False
    return True


class _ByWords:
    """An index of ids by their words: a lookup takes time in proportion to the text, not to the ids."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids: dict[str, list[str]] = {}
        self._first_words: set[str] = set()
        lengths: set[int] = set()
        for each in ids:
            words = [found.span() for found in _WORD.finditer(each)]
            if words:
                self._ids.setdefault(each[words[0][0] : words[-1][1]], []).append(each)
                self._first_words.add(each[slice(*words[0])])
                lengths.add(len(words))
        self._lengths = sorted(lengths)

    def candidates(self, text: str) -> set[str]:
        """Return the ids that *text* may hold, by their words and the characters between these."""
        words = [found.span() for found in _WORD.finditer(text)]
        found: set[str] = set()
        for number, (start, end) in enumerate(words):
            if text[start:end] in self._first_words:
                for length in self._lengths:
                    if number + length <= len(words):
                        found.update(self._ids.get(text[start : words[number + length - 1][1]], ()))
        return found


def _as_words(part: str, text: str) -> Iterator[OffsetRange]:
    """Yield the ranges of *part* in *text* that begin and end at the boundary of a word."""
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        goes_on = part[0].isalnum() and text[start - 1 : start].isalnum()
        if not goes_on and not (part[-1].isalnum() and text[end : end + 1].isalnum()):
            yield start, end
        start = text.find(part, start + 1)


def _under_sensitive_keys(value: Any) -> Iterator[str]:
    """Yield the scalars, as text, that are personal data because of a key above them."""
    waiting: list[tuple[str | None, str | None, Any]] = [(None, None, value)]
    for key, around, inner in waiting:  # grows during the loop
        if type(inner) is dict:
            parent = key if around is None or not is_sensitive_key(around) else around
            waiting += [(each, parent, member) for each, member in inner.items() if type(member) in _CONTAINERS]
            hidden = _hidden_keys(tuple(inner), parent)
            yield from (str(member) for each in hidden if type(member := inner[each]) not in _NEVER_IDS)
        else:
            items = inner if type(inner) is list else (inner,)
            waiting += [(key, around, item) for item in items if type(item) in _CONTAINERS]
            if hides_values(key, around):
                yield from (str(item) for item in items if type(item) not in _NEVER_IDS)


@cached
def _hidden_keys(keys: tuple[str, ...], parent: str | None) -> Sequence[str]:
    """Return those of the keys of an object, which is under the key *parent*, whose values are personal data."""
    return tuple(key for key in keys if hides_values(key, parent))
