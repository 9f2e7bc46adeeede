"""Sorts the lines of a log: most break nothing, and are only counted.

A line is split into its members without looking into them. A call whose members were all met before, and that is like
one that breaks nothing, is only counted; everything else, anything unusual at all, is left to be read as a document.
The opinion on a call is always the rule set's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from segkoch_lint.calls import CALL_TYPES
from segkoch_lint.facets import Facet, Group
from segkoch_lint.identity.observing import Observer
from segkoch_lint.reading.documents import Document, Flaw
from segkoch_lint.reading.json_rows import is_column
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.members import LineMembers, SplitLines
from segkoch_lint.reading.signs import SIGN_KEYS
from segkoch_lint.reading.splitting import Block, NumberedLine
from segkoch_lint.rules.footprint import Footprint
from segkoch_lint.rules.likeness import MOST_REMEMBERED, Likeness
from segkoch_lint.rules.ruleset import Opinion, RuleSet
from segkoch_lint.skimming.contexts import Context, Contexts
from segkoch_lint.skimming.grouping import Grouping
from segkoch_lint.skimming.numbers import ABSENT, UNSURE, Column, Numbers, Remembered
from segkoch_lint.skimming.people import USER_KEYS, People
from segkoch_lint.skimming.texts import column, may_be_deeper, reads_inside

_TYPES = frozenset(f'"{name}"'.encode() for name in CALL_TYPES)

_VARYING = frozenset({"properties", "traits"})
"""Members that hardly ever repeat."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A call that breaks something, and the opinion on it.

    Attributes:
        document: the call, and nothing else; no key that a rule reads stands in it twice.
        opinion: the rule set's.
        number: of its line in the block.
    """

    document: Document
    opinion: Opinion
    number: int = 0


class Skimmer:
    """Sorts the lines of a log into those that are only counted and those that are to be read.

    Args:
        ruleset: the rules of the run.
        limits: depth and length of what is read.
        count: told of the calls passed over: so many of an opinion, of a library and of a group.
        facets: what calls are grouped by.
        observer: is told what all calls on which there is an opinion say of their users; None when nobody asks.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        limits: Limits,
        count: Callable[[Opinion, str, Group, int], None],
        facets: Sequence[Facet] = (),
        observer: Observer | None = None,
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
        self._contexts = Contexts(context, self._numbers, limits.depth - 1, observed=observer is not None)
        self._columns: dict[str, Column] = {}
        self._grouping = Grouping(facets, limits.depth - 1)
        asked = USER_KEYS if observer else ()
        self._members = LineMembers(["type", "context", *footprint.members, *self._grouping.keys, *asked])
        self._people = People(observer, self._members) if observer else None
        self._met = 0
        self._signs: set[str] = set()
        self._of_rows: list[int] = []
        self._unread: list[int] = []
        self._large: list[int] = []
        self._opinions: dict[tuple[int, ...], Opinion] = {}

    def sieve(self, block: Block, *, passing: bool = True) -> Iterable[NumberedLine | Flaw | Judged]:
        """Count the calls that can be passed over, and return the other lines in order.

        Nothing is counted before everything that could fail is done: should it fail, the block can be read otherwise.

        Args:
            block: lines.
            passing: whether the first call of the block may be passed over, too.
        """
        if not self._possible:
            return block.lines(self._limits)
        lines = self._members.split(block.text)
        block.ends = len(lines) - (not block.text.endswith(b"\n"))
        contexts = self._contexts.of(lines.column(self._members.number("context")))
        keys = self._keys(lines, contexts)
        opinions = list(map(self._opinions.get, keys))
        for index, opinion in enumerate(opinions):
            if opinion is None:
                # A line before it in the same block may have been the first of its kind.
                opinions[index] = self._opinions.get(keys[index]) or self._opinion(keys[index], lines, index)
        for index in self._uncertain(lines):
            opinions[index] = None
        if not passing:
            _leave_first(opinions)
        left = list(self._left(lines, block, opinions))
        libraries = [context.library for context in contexts]
        groups = self._grouping.of(lines, self._members)
        passed = Counter(zip(opinions, libraries, groups, strict=True))
        if self._people is not None:
            self._people.tell(lines, block, contexts, opinions)
        for (opinion, library, group), calls in passed.items():
            if opinion and not opinion.blames:
                self._count(opinion, library, group, calls)
        return left

    def _left(
        self, lines: SplitLines, block: Block, opinions: Sequence[Opinion | None]
    ) -> Iterator[NumberedLine | Flaw | Judged]:
        """Yield the lines that are not passed over."""
        for index, opinion in enumerate(opinions):
            if opinion is None:
                yield from Block(block.number + index, lines.line(index)).lines(self._limits)
            elif opinion.blames:
                text = lines.line(index).removesuffix(b"\r")
                value = _decoded(text)
                if value is None:
                    yield NumberedLine(block.number + index, text)
                else:
                    yield Judged(JsonDocument(value, text, block.number + index), opinion, index)

    def _keys(self, lines: SplitLines, contexts: Sequence[Context]) -> list[tuple[int, ...]]:
        """Return what the rules can tell of each line, as one number a member."""
        self._meet_new_keys()
        columns = [[context.number for context in contexts]]
        for key, each in self._columns.items():
            columns.append(each.of(lines.column(self._members.number(key))))
        # So many levels take at least two bytes each; of what was read, the depth is known. Most lines leave no room.
        deep = 2 * self._limits.depth
        may_be_deep = lines.longest_around(self._large) >= deep and lines.longest(self._unread) >= deep
        if may_be_deep or max(lines.sizes) > self._longest:
            columns.append([self._limited(lines, index) for index in range(len(lines))])
        return list(zip(*columns, strict=True))

    def _uncertain(self, lines: SplitLines) -> Iterator[int]:
        """Yield the lines that are to be read: what they are, or who their user is, cannot be told here."""
        left: Sequence[int] = range(len(lines))
        for key in filter(self._signs.__contains__, SIGN_KEYS):  # first what nearly every call has
            texts = lines.column(self._members.number(key))
            left = [index for index in left if not texts[index]]
            if not left:
                break
        yield from left
        for number in self._of_rows:
            yield from (index for index, text in enumerate(lines.column(number)) if text)
        if self._people is not None:
            yield from self._people.unsure(lines)

    def _meet_new_keys(self) -> None:
        depth = self._limits.depth - 1
        for key in self._members.keys[self._met :]:
            if key in SIGN_KEYS:
                self._signs.add(key)
            if is_column(key):
                self._of_rows.append(self._members.number(key))
            likeness = self._ruleset.likeness.member(key)
            if likeness is None or not reads_inside(likeness.footprint):
                self._unread.append(self._members.number(key))
            elif key == "context" or key in _VARYING:
                self._large.append(self._members.number(key))
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
        message = None if UNSURE in key else _decoded(lines.line(index))
        if message is None:
            return None
        opinion = self._ruleset.opinion_on(message)
        if len(self._opinions) >= MOST_REMEMBERED:
            self._opinions.clear()
        self._opinions[key] = opinion
        return opinion


def _decoded(text: bytes) -> Any:
    """Return the value of a line, or None when only the careful parser can tell it: of numbers like 1e999."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _leave_first(opinions: list[Opinion | None]) -> None:
    """Take back the opinion on the first line that would be passed over."""
    first = next((index for index, opinion in enumerate(opinions) if opinion and not opinion.blames), None)
    if first is not None:
        opinions[first] = None


def _types(numbers: Column) -> Column:
    """Return what tells the numbers of types; what has another type, or none, is for the document to tell."""
    known = dict(zip(_TYPES, numbers.of(list(_TYPES)), strict=True))
    return Remembered(lambda texts: [known.get(text, UNSURE) for text in texts])
