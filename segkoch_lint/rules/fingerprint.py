"""The fingerprint of a call: everything that the rules can read of it. Equal fingerprints have equal verdicts.

A verdict depends on little of a call, and that little repeats: hundreds of thousands of calls have a few hundred
fingerprints. A value is reduced to its answers to every question that the rules ask (`ReadSet`), and only one call of
each fingerprint is validated.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import msgspec

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.validator import Validator, compile_schema
from segkoch_lint.rules.vocabulary import KEYWORDS


class Fingerprinter:
    """Reduces values to what rules read of them.

    Args:
        read_set: what the rules read of such a value.

    Attributes:
        read_set: as given.
    """

    def __init__(self, read_set: ReadSet) -> None:
        self.read_set = read_set
        self._answers = _Answers(list(read_set.questions.values()))
        self._comparisons = [(KEYWORDS[keyword], argument) for keyword, argument in read_set.comparisons]
        self._members: BoundedCache[str, Fingerprinter | None] = BoundedCache()

    def of(self, value: Any) -> Hashable:
        """Return the fingerprint of *value*.

        Raises:
            TypeError, ValueError: the value is not one of JSON.
        """
        if self.read_set.all:
            return msgspec.json.encode(value)
        if isinstance(value, dict):
            parts: list[Hashable] = []
            members = self._members.entries
            for key, inner in value.items():
                member = members[key] if key in members else self.member(key)
                if member is not None:
                    parts.append(key)
                    parts.append(member.of(inner))
            return (*parts, *self._compared(value))
        if isinstance(value, list):
            return ("a list", *self._compared(value))
        answers = self._answers.of(value) if self.read_set.questions else 0
        # `maxBytes` reads texts and numbers, too.
        return (answers, *self._compared(value)) if self._comparisons else answers

    def _compared(self, value: Any) -> tuple[bool, ...]:
        return tuple(is_valid(argument, value) for is_valid, argument in self._comparisons)

    def member(self, key: str) -> Fingerprinter | None:
        """Return the fingerprinter of the member called *key*, or None if no rule reads it."""
        if key in self._members.entries:
            return self._members.entries[key]
        read_set = self.read_set.member(key)
        return self._members.add(key, None if read_set is None else Fingerprinter(read_set))


class _Answers:
    """The answers of scalars to a list of questions, one bit for each.

    There are millions of ids, and nearly all give the same answers: a validator of all known answers at once is tried
    before the questions are asked one by one.
    """

    def __init__(self, questions: list[dict[str, Any]]) -> None:
        self._questions = questions
        self._validators: list[Validator] = []
        self._known: dict[int, Validator] = {}
        self._cache: BoundedCache[Any, int] = BoundedCache()

    def of(self, value: Any) -> int:
        """Return the answers of *value*."""
        # 1, 1.0 and true are one key of a dict, and three values of JSON.
        key = value if isinstance(value, str) else (type(value), value)
        answers = self._cache.entries.get(key)
        return self._cache.add(key, self._ask(value)) if answers is None else answers

    def _ask(self, value: Any) -> int:
        for answers, validator in self._known.items():
            if validator.is_valid(value):
                return answers
        if not self._validators:
            self._validators = [compile_schema(question) for question in self._questions]
        valid = [each.is_valid(value) for each in self._validators]
        schema = {"allOf": [q if yes else {"not": q} for q, yes in zip(self._questions, valid, strict=True)]}
        answers = sum(1 << number for number, yes in enumerate(valid) if yes)
        self._known[answers] = compile_schema(schema)
        return answers
