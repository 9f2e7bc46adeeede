"""The texts of members to numbers: two texts get the same number only if no rule can tell their values apart.

What rules can tell of a value is decided by `segkoch_lint.rules.likeness` alone. Here the ways differ to get there
without parsing everything: texts met before are remembered, objects are taken member by member, and of members that
never repeat only the keys are looked for that rules read.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from segkoch_lint.reading.json_text import JsonDocument, parse_json
from segkoch_lint.reading.members import LineMembers, values_of
from segkoch_lint.rules.footprint import Footprint
from segkoch_lint.rules.likeness import Likeness
from segkoch_lint.skimming.comparing import Comparing, compares_named
from segkoch_lint.skimming.numbers import ABSENT, UNSURE, Column, Numbers, Remembered

_BY_MEMBERS = object()
"""Keeps numbers made of members' numbers apart from what `Likeness.of` gives."""

_NO_SCALARS = frozenset({dict, list})


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
    if footprint.all or not compares_named(footprint):
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
        values = values_of(texts) if all(texts) else None
        if values is None or not _NO_SCALARS.isdisjoint(map(type, values)):
            return self._whole.of(texts)
        return self._numbers.of_each(self._likeness.of_scalars(values))


class _Objects:
    """Tells the numbers of objects member by member, many at a time; what is no object is read whole."""

    def __init__(self, likeness: Likeness, numbers: Numbers, depth: int, whole: _Whole) -> None:
        self._likeness = likeness
        self._numbers = numbers
        self._depth = depth
        self._whole = whole
        self._members = LineMembers(list(likeness.footprint.members))
        self._columns: dict[int, Column] = {}
        self._comparing = Comparing(likeness, numbers) if likeness.footprint.compared else None
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
        columns = [each.of(lines.column(number)) for number, each in self._columns.items()]
        if self._comparing:
            columns.append(self._comparing.of(lines))
        columns = columns or [[ABSENT] * len(texts)]
        said = self._numbers.of_rows(_BY_MEMBERS, columns)
        for index in lines.unsplit:
            said[index] = self._whole.number(texts[index])
        if max(map(len, texts)) >= 2 * self._depth:
            deeper = [may_be_deeper(text, self._depth) for text in texts]
            said = [UNSURE if deep else each for deep, each in zip(deeper, said, strict=True)]
        return said

    def _meet_new_keys(self) -> None:
        for key in self._members.keys[self._met :]:
            number = self._members.number(key)
            likeness = self._likeness.member(key)
            if likeness is not None:
                self._columns[number] = column(likeness, self._numbers, self._depth - 1)
            if self._comparing:
                self._comparing.meet(key, number)
            self._met += 1


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
