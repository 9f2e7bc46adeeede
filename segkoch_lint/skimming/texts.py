"""The texts of members to numbers: two texts get the same number only if no rule can tell their values apart.

What rules can tell of a value is decided by `segkoch_lint.rules.likeness` alone. Here the ways differ to get there
without parsing everything: texts met before are remembered, objects are taken member by member, and of members that
never repeat only the keys are looked for that rules read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from segkoch_lint.reading.json_text import JsonDocument, parse_json
from segkoch_lint.reading.members import LineMembers
from segkoch_lint.rules.likeness import Likeness

ABSENT = 0
UNSURE = -1
"""Numbers for no member, and for one that only the document can tell about; `Numbers` gives all others."""

_BY_MEMBERS = object()
"""Keeps numbers made of members' numbers apart from what `Likeness.of` gives."""

_MOST_HELD = 16 << 20
"""Bytes of texts that are remembered of one member."""

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
        read: works out what a text says.
        size: about how many bytes that takes beside the text.
    """

    def __init__(self, read: Callable[[bytes], Said], size: int = 100) -> None:
        self._read = read
        self._size = size
        self._said: dict[bytes, Said] = {}
        self._held = 0

    def of(self, texts: Sequence[bytes]) -> list[Said]:
        """Return what each of *texts* says."""
        said = self._said
        return [said[text] if text in said else self._learned(text) for text in texts]

    def _learned(self, text: bytes) -> Said:
        self._held += len(text) + self._size
        if self._held > _MOST_HELD:
            self._said.clear()
            self._held = 0
        said = self._said[text] = self._read(text)
        return said


def column(likeness: Likeness, numbers: Numbers, depth: int, *, varying: bool = False) -> Column:
    """Return what tells the numbers of a member's texts.

    Args:
        likeness: what the rules can tell of the member.
        numbers: where the numbers come from.
        depth: levels that a text may have.
        varying: hardly any text comes twice.
    """
    footprint = likeness.footprint
    named = not (footprint.all or footprint.compared or footprint.patterns)
    if named and not footprint.members and not footprint.asked:
        return _Kinds(likeness, numbers)
    whole = Remembered(_Whole(likeness, numbers, depth).number)
    return _KeysOnly(list(footprint.members), numbers.of(likeness.of({})), whole, depth) if varying and named else whole


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
    """Tells the number of a text by all of it; of an object, member by member where it can be."""

    def __init__(self, likeness: Likeness, numbers: Numbers, depth: int) -> None:
        self._likeness = likeness
        self._numbers = numbers
        self._depth = depth
        self._members = LineMembers(list(likeness.footprint.members))
        self._columns: dict[str, Column] = {}
        self._met = 0
        self._apart = not (likeness.footprint.all or likeness.footprint.compared)

    def number(self, text: bytes) -> int:
        """Return the number of a text."""
        if not text:
            return ABSENT
        if may_be_deeper(text, self._depth):
            return UNSURE
        row = self._members.one(text) if self._apart and text.startswith(b"{") else None
        return self._of_whole(text) if row is None else self._of_members(row)

    def _of_members(self, row: object) -> int:
        for key in self._members.keys[self._met :]:
            likeness = self._likeness.member(key)
            if likeness is not None:
                self._columns[self._members.attribute(key)] = column(likeness, self._numbers, self._depth - 1)
            self._met += 1
        said = [each.of([bytes(getattr(row, attribute))])[0] for attribute, each in self._columns.items()]
        return UNSURE if UNSURE in said else self._numbers.of((_BY_MEMBERS, *said))

    def _of_whole(self, text: bytes) -> int:
        document = parse_json(text, depth=self._depth)
        if not isinstance(document, JsonDocument) or document.repeated:
            return UNSURE
        return self._numbers.of(self._likeness.of(document.value))


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
        self._decode = msgspec.json.Decoder(read).decode
        self._encode = msgspec.json.Encoder().encode
        self._bare = bare
        self._others = others
        self._depth = depth

    def of(self, texts: Sequence[bytes]) -> list[int]:
        """Return the number of each of *texts*."""
        return [self._number(text) if text else ABSENT for text in texts]

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
