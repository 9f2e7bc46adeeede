"""What to do about a finding: the remedy of a rule that fits the call best.

A remedy's key is ``default``, or the words that have to be true of a call, with blanks between: the name of its library
(``analytics-swift``), the origin of that library (``mobile``), what the call is like (``schemas/circumstances.json``:
``ios``, ``android``, ``emulator`` and more), and what is wrong with the value to blame (``missing``, ``null``,
``empty``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property, lru_cache
from typing import Any

from segkoch_lint import resources
from segkoch_lint.rules.catalogue import DEFAULT_REMEDY, Rule
from segkoch_lint.rules.delivery import ORIGINS
from segkoch_lint.rules.vocabulary import expand, gate, self_contained, shared_definitions

FORMS = ("missing", "null", "empty")
"""What can be wrong with a value where something has to be."""

_PLATFORMS = ("ios", "android")


class Circumstances:
    """Tells what a call is like, as far as remedies ask.

    Args:
        rules: whose remedies are meant.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        asked = {word for rule in rules for key in rule.remedy for word in key.split()}
        self._kinds = {name: schema for name, schema in kinds().items() if name in asked}
        self._gates: dict[str, Any] = {}

    @cached_property
    def schemas(self) -> Mapping[str, dict[str, Any]]:
        """By name, what calls of a kind fulfil: expanded, self-contained schemas."""
        return {name: self_contained(expand(schema), shared_definitions()) for name, schema in self._kinds.items()}

    def of(self, message: Mapping[str, Any]) -> frozenset[str]:
        """Return the names of the kinds that a call is of."""
        if not self._gates:
            self._gates = {name: gate(schema) for name, schema in self.schemas.items()}
        return frozenset(name for name, each in self._gates.items() if each.is_valid(message))


@cache
def kinds() -> Mapping[str, Mapping[str, Any]]:
    """Return by name the kinds of calls that a remedy can be for, as schemas with a title."""
    found: Mapping[str, Mapping[str, Any]] = resources.load("circumstances")["kinds"]
    return found


def best_remedy(rule: Rule, library: str, words: Iterable[str]) -> str:
    """Return the remedy of *rule* for a call; empty if the rule has none for it.

    The form of the value counts most, then what the call is like, its library, the origin of that, and the platform.

    Args:
        rule: the rule that is broken.
        library: the name of the call's library.
        words: what else is true of the call and of the value to blame.
    """
    # The name comes from the payload: it may be any word.
    named = () if library in FORMS or library in ORIGINS or library in kinds() else (library,)
    return _best(rule, _asked(rule).intersection((*named, *words)))


@lru_cache(maxsize=1024)
def _best(rule: Rule, words: frozenset[str]) -> str:
    fitting = [key for key in rule.remedy if key != DEFAULT_REMEDY and words.issuperset(key.split())]
    if not fitting:
        return rule.remedy.get(DEFAULT_REMEDY, "")
    return rule.remedy[max(fitting, key=_weight)]


@lru_cache(maxsize=1024)
def _asked(rule: Rule) -> frozenset[str]:
    """Return the words that decide about the remedies of a rule. Others, which may be long, are not cached."""
    return frozenset(word for key in rule.remedy for word in key.split())


def _weight(key: str) -> int:
    """Return how narrow a key is: a word of one sort weighs more than one each of all lighter sorts."""
    return sum(_weight_of_word(word) for word in key.split())


def _weight_of_word(word: str) -> int:
    if word in FORMS:
        return 100
    if word in _PLATFORMS:
        return 1
    if word in kinds():
        return 20
    return 2 if word in ORIGINS else 4
