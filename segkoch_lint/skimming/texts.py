"""The texts of members to numbers: two texts get the same number only if no rule can tell their values apart.

What rules can tell of a value is decided by `segkoch_lint.rules.likeness` alone. Here the ways differ to get there
without parsing everything: texts met before are remembered, objects are taken member by member, and of members that
never repeat only the keys are looked for that rules read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from segkoch_lint.masking import fold
from segkoch_lint.reading.json_text import JsonDocument, parse_json
from segkoch_lint.reading.members import LineMembers, MemberPath, SplitLines
from segkoch_lint.rules.footprint import Footprint
from segkoch_lint.rules.likeness import MOST_REMEMBERED, Likeness
from segkoch_lint.rules.vocabulary import compared_names

ABSENT = 0
UNSURE = -1
"""Numbers for no member, and for one that only the document can tell about; `Numbers` gives all others."""

_BY_MEMBERS, _BY_COMPARING = object(), object()
"""Keep numbers made of members' numbers, and of answers alone, apart from what `Likeness.of` gives."""

_NO_SCALAR = frozenset({b"", b"{", b"["})

_MOST_HELD = 4 << 20
"""Bytes of texts that are remembered of one member; with all else a process is to stay near 150 MB."""

Said = TypeVar("Said")


class Numbers:
    """Numbers what the rules can tell of values, from 1."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, alike: Hashable) -> int:
        """Return the number of what `Likeness.of` gave."""
        return self._numbers.setdefault(alike, len(self._numbers) + 1)


class Column(Protocol):
    """Tells the numbers of the texts that one member has in many calls."""

    def of(self, texts: Sequence[bytes]) -> list[int]:
        """Return a number for each text; `ABSENT` for an empty one."""


class Remembered(Generic[Said]):
    """Remembers what texts say.

    Args:
        read: works out what each of some texts says, none of which comes twice.
        size: about how many bytes that takes beside the text.
        share: of so many members' memory.
    """

    def __init__(self, read: Callable[[Sequence[bytes]], Sequence[Said]], *, size: int = 150, share: int = 1) -> None:
        self._read = read
        self._size = size
        self._share = share
        self._said: dict[bytes, Said] = {}
        self._held = 0

    def of(self, texts: Sequence[bytes]) -> list[Said]:
        """Return what each of *texts* says."""
        said = self._said
        new = set(texts).difference(said)
        if new:
            self._held += sum(map(len, new)) + self._size * len(new)
            if self._held > _MOST_HELD * self._share:
                said.clear()
                self._held = 0
                new = set(texts)
            learned = list(new)
            said.update(zip(learned, self._read(learned), strict=True))
        return [said[text] for text in texts]


def column(likeness: Likeness, numbers: Numbers, depth: int, *, varying: bool = False) -> Column:
    """Return what tells the numbers of a member's texts, and remembers what it told where that saves time.

    Args:
        likeness: what the rules can tell of the member.
        numbers: where the numbers come from.
        depth: levels that a text may have.
        varying: hardly any text comes twice.
    """
    footprint = likeness.footprint
    if not reads_inside(footprint):
        return _Kinds(likeness, numbers)
    named = not (footprint.all or footprint.compared or footprint.patterns)
    remembered = Remembered(reading(likeness, numbers, depth).of)
    if varying and named:
        return _KeysOnly(list(footprint.members), numbers.of(likeness.of({})), remembered, depth)
    return remembered


def reads_inside(footprint: Footprint) -> bool:
    """Tell whether rules read more of a value than whether it is there."""
    return bool(footprint.all or footprint.compared or footprint.patterns or footprint.members or footprint.asked)


def reading(likeness: Likeness, numbers: Numbers, depth: int) -> Column:
    """Return what tells the numbers of texts by reading each of them; see `column`."""
    whole = _Whole(likeness, numbers, depth)
    footprint = likeness.footprint
    if footprint.all or footprint.compared:
        return whole
    if footprint.members or footprint.patterns:
        return _Objects(likeness, numbers, depth, whole)
    return _Scalars(likeness, numbers, whole)


class _Kinds:
    """Tells objects, lists and scalars apart, for members of which rules read no more than whether they are there."""

    def __init__(self, likeness: Likeness, numbers: Numbers) -> None:
        scalar = numbers.of(likeness.of(None))
        self._numbers = {b"": ABSENT, b"{": numbers.of(likeness.of({})), b"[": numbers.of(likeness.of([]))}
        self._scalar = scalar

    def of(self, texts: Sequence[bytes]) -> list[int]:
        """Return the number of each of *texts*."""
        numbers, scalar = self._numbers, self._scalar
        return [numbers.get(text[:1], scalar) for text in texts]


class _Whole:
    """Tells the number of a text by all of it."""

    def __init__(self, likeness: Likeness, numbers: Numbers, depth: int) -> None:
        self._likeness = likeness
        self._numbers = numbers
        self._depth = depth

    def of(self, texts: Sequence[bytes]) -> list[int]:
        """Return the number of each of *texts*."""
        return list(map(self.number, texts))

    def number(self, text: bytes) -> int:
        """Return the number of a text."""
        if not text:
            return ABSENT
        document = parse_json(text, depth=self._depth)
        if not isinstance(document, JsonDocument) or document.repeated:
            return UNSURE
        return self._numbers.of(self._likeness.of(document.value))


class _Scalars:
    """Tells the numbers of texts that are scalars nearly always, many at a time."""

    def __init__(self, likeness: Likeness, numbers: Numbers, whole: _Whole) -> None:
        self._likeness = likeness
        self._numbers = numbers
        self._whole = whole

    def of(self, texts: Sequence[bytes]) -> list[int]:
        """Return the number of each of *texts*."""
        if any(text[:1] in _NO_SCALAR for text in texts):
            return self._whole.of(texts)
        values = _decoded(texts)
        if values is None:
            return self._whole.of(texts)
        alike, number = self._likeness.of, self._numbers.of
        return [number(alike(value)) for value in values]


class _Objects:
    """Tells the numbers of objects member by member, many at a time; what is no object is read whole."""

    def __init__(self, likeness: Likeness, numbers: Numbers, depth: int, whole: _Whole) -> None:
        self._likeness = likeness
        self._numbers = numbers
        self._depth = depth
        self._whole = whole
        members = likeness.footprint.members
        # What is compared is different in each of them; objects with such members hardly ever repeat.
        opened = [key for key, inner in members.items() if _compares_named(inner)]
        self._members = LineMembers([key for key in members if key not in opened], opened)
        self._columns: dict[str, Column] = {}
        self._opened: dict[MemberPath, _Opened] = {
            (key,): _Opened(inner, numbers, self._members.attribute(key))
            for key in opened
            if (inner := likeness.member(key))
        }
        self._met = 0

    def of(self, texts: Sequence[bytes]) -> list[int]:
        """Return the number of each of *texts*."""
        objects = [text for text in texts if text[:1] == b"{"]
        if not objects:
            return self._whole.of(texts)
        numbers = iter(self._of_objects(objects))
        return [next(numbers) if text[:1] == b"{" else self._whole.number(text) for text in texts]

    def _of_objects(self, texts: Sequence[bytes]) -> list[int]:
        lines = self._members.split(b"\n".join(texts))
        self._meet_new_keys()
        columns: list[Sequence[int]] = [each.of(lines.column(key)) for key, each in self._columns.items()]
        for opened in self._opened.values():
            columns += [lines.present(opened.attribute), opened.compared(lines)]
        number = self._numbers.of
        rows = zip(*columns, strict=True) if columns else [()] * len(texts)
        said = [UNSURE if UNSURE in row else number((_BY_MEMBERS, *row)) for row in rows]
        for index in lines.unsplit:
            said[index] = self._whole.number(texts[index])
        if max(map(len, texts)) >= 2 * self._depth:
            deeper = [may_be_deeper(text, self._depth) for text in texts]
            said = [UNSURE if deep else each for deep, each in zip(deeper, said, strict=True)]
        return said

    def _meet_new_keys(self) -> None:
        for path in self._members.keys[self._met :]:
            likeness: Likeness | None = self._likeness
            for key in path:
                likeness = likeness.member(key) if likeness else None
            if likeness is not None and path not in self._opened:
                attribute = self._members.attribute(*path)
                self._columns[attribute] = column(likeness, self._numbers, self._depth - len(path))
                if path[:-1] in self._opened:
                    self._opened[path[:-1]].meet(path[-1], attribute)
            self._met += 1


def _compares_named(footprint: Footprint) -> bool:
    """Tell whether members that are named are compared, and nothing else is asked of such a value as a whole."""
    named = [compared_names(keyword, value) for keyword, value in footprint.compared]
    return bool(named) and None not in named and not footprint.all


class _Opened:
    """Compares the members of an opened object with one another."""

    def __init__(self, likeness: Likeness, numbers: Numbers, attribute: str) -> None:
        self.attribute = attribute
        self._likeness = likeness
        self._numbers = numbers
        self._names = {fold(name) for each in likeness.footprint.compared for name in compared_names(*each) or ()}
        self._keys: dict[str, str] = {}
        self._told: dict[Hashable, int] = {}

    def meet(self, key: str, attribute: str) -> None:
        """Take in a member that may be compared."""
        if fold(key) in self._names:
            self._keys[key] = attribute

    def compared(self, lines: SplitLines) -> list[int]:
        """Return the answers of each line, as a number."""
        columns = [lines.column(attribute) for attribute in self._keys.values()]
        rows = zip(*columns, strict=True) if columns else [()] * len(lines)
        return list(map(self._answers, rows, _patterns(columns, len(lines))))

    def _answers(self, row: Sequence[bytes], pattern: Hashable) -> int:
        told = None if pattern is None else self._told.get(pattern)
        if told is None:
            values = _decoded(row)
            if values is None:
                return UNSURE
            instance = dict(zip(self._keys, values, strict=True))
            told = self._numbers.of((_BY_COMPARING, *self._likeness.compared(instance)))
            if pattern is not None:
                if len(self._told) >= MOST_REMEMBERED:
                    self._told.clear()
                self._told[pattern] = told
        return told


def _patterns(columns: Sequence[Sequence[bytes]], length: int) -> Iterator[Hashable]:
    """Yield for each row all that named comparing can tell of it (`vocabulary.compared_names`), or None for an odd one.

    Args:
        columns: the texts of the members that are compared.
        length: of each column.
    """
    lowered = [b"\n".join(column).lower() for column in columns]
    bare = [text.replace(b"-", b"") for text in lowered]
    odd = any(map(_is_odd, lowered))
    cases = zip(*(text.split(b"\n") for text in lowered), strict=True) if columns else [()] * length
    bares = zip(*(text.split(b"\n") for text in bare), strict=True) if columns else [()] * length
    for case, plain in zip(cases, bares, strict=True):
        if odd and _is_odd(b"".join(case)):
            yield None
        else:
            kinds = tuple([text if len(text) < 3 else text[:1] for text in case])
            yield kinds, tuple(map(case.index, case)), tuple(map(plain.index, plain))


def _is_odd(text: bytes) -> bool:
    """Tell whether texts may have padding, escapes, or letters whose other case is not a matter of a bit."""
    return b" " in text or b"\\" in text or not text.isascii()


def _decoded(texts: Sequence[bytes]) -> list[Any] | None:
    """Return the values of texts, or None when the fast parser does not take them all; one that is absent is null."""
    try:
        values: list[Any] = msgspec.json.decode(b"[%b]" % b",".join([text or b"null" for text in texts]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return values


class _KeysOnly:
    """Looks for the keys that rules read, in texts of which hardly any comes twice.

    Args:
        keys: that rules read.
        bare: the number of an object that has none of them; one that has is for the document to tell.
        others: tells the numbers of texts that are no objects.
        depth: levels that a text may have.
    """

    def __init__(self, keys: Sequence[str], bare: int, others: Column, depth: int) -> None:
        attributes = [f"m{number}" for number, _ in enumerate(keys)]
        read = msgspec.defstruct(
            "Read",
            [(attribute, msgspec.Raw, msgspec.Raw(b"")) for attribute in attributes],
            rename=dict(zip(attributes, keys, strict=True)),
            omit_defaults=True,
            gc=False,
        )
        decoder = msgspec.json.Decoder(read)
        self._decode, self._decode_lines = decoder.decode, decoder.decode_lines
        self._encode = msgspec.json.Encoder().encode
        self._bare = bare
        self._others = others
        self._depth = depth

    def of(self, texts: Sequence[bytes]) -> list[int]:
        """Return the number of each of *texts*."""
        if all(texts) and self._all_bare(texts):
            return [self._bare] * len(texts)
        return [self._number(text) if text else ABSENT for text in texts]

    def _all_bare(self, texts: Sequence[bytes]) -> bool:
        """Tell in one go whether all texts are objects without any of the keys."""
        try:
            rows = self._decode_lines(b"\n".join(texts))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        bare = b"[%b]" % b",".join([b"{}"] * len(texts))
        return self._encode(rows) == bare and not any(may_be_deeper(text, self._depth) for text in texts)

    def _number(self, text: bytes) -> int:
        try:
            found = self._encode(self._decode(text))
        except msgspec.ValidationError:
            return self._others.of([text])[0]
        return UNSURE if found != b"{}" or may_be_deeper(text, self._depth) else self._bare


def may_be_deeper(text: bytes, depth: int) -> bool:
    """Tell whether a text may have more than so many levels."""
    # Each level takes two bytes at least; most texts are too short to be asked more.
    return len(text) >= 2 * depth and text.count(b"{") + text.count(b"[") > depth
