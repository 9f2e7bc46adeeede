"""Sorts the lines of a log: most break nothing, and are only counted.

A line is split into its members without looking into them. A call whose members were all met before, and that is like
one that breaks nothing, is only counted; everything else, anything unusual at all, is left to be read as a document.
The opinion on a call is always the rule set's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import sub

import msgspec

from segkoch_lint.calls import CALL_TYPES
from segkoch_lint.identity.observing import Observer
from segkoch_lint.reading.documents import Flaw
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.members import LineMembers, SplitLines
from segkoch_lint.reading.splitting import Block, NumberedLine
from segkoch_lint.rules.footprint import Footprint
from segkoch_lint.rules.likeness import MOST_REMEMBERED, Likeness
from segkoch_lint.rules.ruleset import Opinion, RuleSet
from segkoch_lint.skimming.people import DEVICE_BYTES, USER_KEYS, Context, People, device_of
from segkoch_lint.skimming.texts import ABSENT, UNSURE, Column, Numbers, Remembered, column, may_be_deeper

_TYPES = frozenset(f'"{name}"'.encode() for name in CALL_TYPES)

_VARYING = frozenset({"properties", "traits"})
"""Members that hardly ever repeat."""


class Skimmer:
    """Sorts the lines of a log into those that are only counted and those that are to be read.

    Args:
        ruleset: the rules of the run.
        limits: depth and length of what is read.
        count: told of the calls passed over: so many of an opinion and of a library.
        observed: whether an observer is told of the users of these calls.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        limits: Limits,
        count: Callable[[Opinion, str, int], None],
        *,
        observed: bool = False,
    ) -> None:
        self._ruleset = ruleset
        self._limits = limits
        self._count = count
        footprint = ruleset.likeness.footprint
        sizes = [most for keyword, most in footprint.compared if keyword == "maxBytes"]
        self._possible = not footprint.all and len(sizes) == len(footprint.compared)
        # As JSON written in any other way a call is less than four times as long: `maxBytes` needs no look at these.
        self._longest = min([limits.line_bytes, *(most // 4 for most in sizes)])
        self._numbers = Numbers()
        context = ruleset.likeness.member("context") or Likeness(Footprint())
        reader = _ContextReader(column(context, self._numbers, limits.depth - 1), observed=observed)
        self._contexts = Remembered(reader.read)
        self._columns: dict[str, Column] = {}
        self._members = LineMembers(["type", "context", *(USER_KEYS if observed else ()), *footprint.members])
        self._people = People(self._members)
        self._met = 0
        self._clean: dict[tuple[int, ...], Opinion] = {}
        self._broken: set[tuple[int, ...]] = set()

    def sieve(
        self, block: Block, *, passing: bool = True, observer: Observer | None = None
    ) -> Iterator[NumberedLine | Flaw]:
        """Count the calls that can be passed over, and yield the other lines in order.

        Args:
            block: lines.
            passing: whether the first call of the block may be passed over, too.
            observer: is told of the users of the calls passed over.
        """
        if not self._possible:
            yield from block.lines(self._limits)
            return
        lines = self._members.split(block.text)
        contexts = self._contexts.of(lines.column(self._members.attribute("context")))
        keys = self._keys(lines, contexts)
        opinions = list(map(self._clean.get, keys))
        for index in _missing(opinions):
            opinions[index] = self._opinion(keys[index], lines, index)
        if observer is not None:
            for index in self._people.unsure(lines):
                opinions[index] = None
        if not passing:
            first = next((index for index, opinion in enumerate(opinions) if opinion is not None), None)
            if first is not None:
                opinions[first] = None
        libraries = [context.library for context in contexts]
        if observer is not None:
            for index in self._people.tell(observer, block.number, lines, contexts, opinions):
                opinions[index] = None
        for (opinion, library), calls in Counter(zip(opinions, libraries, strict=True)).items():
            if opinion is not None:
                self._count(opinion, library, calls)
        for index in _missing(opinions):
            yield from Block(block.number + index, lines.line(index)).lines(self._limits)

    def _keys(self, lines: SplitLines, contexts: Sequence[Context]) -> list[tuple[int, ...]]:
        """Return what the rules can tell of each line, as one number a member."""
        self._meet_new_keys()
        columns = [[context.number for context in contexts]]
        unseen = list(map(sub, lines.sizes, [context.size for context in contexts]))
        for key, each in self._columns.items():
            texts = lines.column(self._members.attribute(key))
            columns.append(each.of(texts))
            if key in _VARYING:
                unseen = list(map(sub, unseen, map(len, texts)))
        # So many levels take at least two bytes each; of what was seen, the depth is known.
        if max(unseen) >= 2 * self._limits.depth or max(lines.sizes) > self._longest:
            columns.append([self._limited(lines, index) for index in range(len(lines))])
        return list(zip(*columns, strict=True))

    def _meet_new_keys(self) -> None:
        depth = self._limits.depth - 1
        for key in self._members.keys[self._met :]:
            likeness = self._ruleset.likeness.member(key)
            if key == "type":
                self._columns[key] = _types(column(likeness or Likeness(Footprint()), self._numbers, depth))
            elif likeness is not None and key != "context":
                self._columns[key] = column(likeness, self._numbers, depth, varying=key in _VARYING)
            self._met += 1

    def _limited(self, lines: SplitLines, index: int) -> int:
        beyond = lines.sizes[index] > self._longest or may_be_deeper(lines.line(index), self._limits.depth)
        return UNSURE if beyond else ABSENT

    def _opinion(self, key: tuple[int, ...], lines: SplitLines, index: int) -> Opinion | None:
        """Return the opinion on a call and all with the same *key*, or None if the line is to be read."""
        if UNSURE in key or key in self._broken:
            return None
        message = msgspec.json.decode(lines.line(index))
        opinion = self._ruleset.opinion(self._ruleset.likeness.of(message), message)
        if len(self._clean) + len(self._broken) >= MOST_REMEMBERED:
            self._clean.clear()
            self._broken.clear()
        if opinion.blames:
            self._broken.add(key)
            return None
        self._clean[key] = opinion
        return opinion


def _types(numbers: Column) -> Column:
    """Return what tells the numbers of types; what has another type, or none, is for the document to tell."""
    return Remembered(lambda text: numbers.of([text])[0] if text in _TYPES else UNSURE)


def _missing(opinions: Sequence[Opinion | None]) -> list[int]:
    return [index for index, opinion in enumerate(opinions) if opinion is None]


class _Library(msgspec.Struct, gc=False):
    name: str = ""


class _Parts(msgspec.Struct, gc=False):
    library: _Library | None = None
    device: msgspec.Raw = msgspec.Raw(b"")


class _DeviceOnly(msgspec.Struct, gc=False):
    device: msgspec.Raw = msgspec.Raw(b"")


class _ContextReader:
    def __init__(self, numbers: Column, *, observed: bool) -> None:
        self._numbers = numbers
        self._observed = observed
        self._decode = msgspec.json.Decoder(_Parts).decode
        self._decode_device = msgspec.json.Decoder(_DeviceOnly).decode
        self._devices = Remembered(device_of, DEVICE_BYTES)

    def read(self, text: bytes) -> Context:
        """Return what a text says."""
        number = self._numbers.of([text])[0]
        library = ""
        held: msgspec.Raw | bytes = b""
        try:
            parts = self._decode(text or b"{}")
            library, held = parts.library.name if parts.library else "", parts.device
        except msgspec.DecodeError:
            if self._observed and text.startswith(b"{"):
                held = self._decode_device(text).device
        device = self._devices.of([bytes(held)])[0] if self._observed and number != UNSURE else None
        return Context(number, library, len(text), device)
