"""What the rules can tell of a value: two calls that are alike in it are judged alike.

A verdict depends on little of a call, and that little repeats: hundreds of thousands of calls differ in a few hundred
ways. So a value is reduced to the answers that it gives to everything the rules ask (`ReadSet`); calls with the same
answers need to be judged once. Nothing is left to chance: whatever a rule could tell apart gives different answers.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import msgspec

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.vocabulary import KEYWORDS, gate

MOST_REMEMBERED = 10_000
"""Values whose answers are cached at one place; then they are forgotten, so that memory stays bounded."""


class Fingerprinter:
    """Reduces values to what rules can tell of them.

    Args:
        footprint: what the rules read of such a value.

    Attributes:
        footprint: as given.
    """

    def __init__(self, footprint: ReadSet) -> None:
        self.footprint = footprint
        self._answers = _Answers(list(footprint.asked.values()))
        self._compared = [(KEYWORDS[keyword], asked) for keyword, asked in footprint.compared]
        self._members: BoundedCache[str, Fingerprinter | None] = BoundedCache()

    def of(self, value: Any) -> Hashable:
        """Return what the rules can tell of *value*: equal for two values only if no rule can tell them apart.

        Raises:
            TypeError, ValueError: the value is none that JSON has.
        """
        if self.footprint.all:
            return msgspec.json.encode(value)
        if isinstance(value, dict):
            parts: list[Hashable] = []
            members = self._members.entries
            for key, inner in value.items():
                member = members[key] if key in members else self.member(key)
                if member is not None:
                    parts.append(key)
                    parts.append(member.of(inner))
            return (*parts, *self.compared(value))
        if isinstance(value, list):
            return ("a list", *self.compared(value))
        answers = self._answers.of(value) if self.footprint.asked else 0
        # `maxBytes` looks at texts and numbers, too.
        return (answers, *self.compared(value)) if self._compared else answers

    def compared(self, value: Any) -> tuple[bool, ...]:
        """Return the answers that the comparing keywords give to *value*."""
        return tuple(is_valid(asked, value) for is_valid, asked in self._compared)

    def member(self, key: str) -> Fingerprinter | None:
        """Return what reduces the member called *key*, or None when no rule reads it."""
        if key in self._members.entries:
            return self._members.entries[key]
        footprint = self.footprint.member(key)
        return self._members.add(key, None if footprint is None else Fingerprinter(footprint))


class _Answers:
    """The answers that scalars give to a list of questions, a bit for each.

    Of ids there are millions, and nearly all give the same answers: those met before are asked for first, in one go.
    """

    def __init__(self, questions: list[dict[str, Any]]) -> None:
        self._questions = questions
        self._gates: list[Any] = []
        self._met: dict[int, Any] = {}
        self._remembered: BoundedCache[Any, int] = BoundedCache()

    def of(self, value: Any) -> int:
        """Return the answers that *value* gives."""
        # 1, 1.0 and true are one key of a dict, and three values of JSON.
        key = value if isinstance(value, str) else (type(value), value)
        answers = self._remembered.entries.get(key)
        return self._remembered.add(key, self.asked(value)) if answers is None else answers

    def asked(self, value: Any) -> int:
        """Return the answers that *value* gives, without looking for it among those that were met."""
        for answers, whole in self._met.items():
            if whole.is_valid(value):
                return answers
        if not self._gates:
            self._gates = [gate(question) for question in self._questions]
        said = [each.is_valid(value) for each in self._gates]
        schema = {"allOf": [q if yes else {"not": q} for q, yes in zip(self._questions, said, strict=True)]}
        answers = sum(1 << number for number, yes in enumerate(said) if yes)
        self._met[answers] = gate(schema)
        return answers
