"""The remedy of a finding: which of a rule's remedies fits the call best.

The key of a remedy is ``default``, or words that must all be true of a call, separated by blanks: the name of its
library (``analytics-swift``), the origin of that library (``mobile``), a kind of call (``schemas/circumstances.json``:
``ios``, ``android``, ``emulator`` and more), and what is wrong with the offending value (``missing``, ``null``,
``empty``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property, lru_cache
from typing import Any

from segkoch_lint import resources
from segkoch_lint.rules.catalogue import DEFAULT_REMEDY, Rule
from segkoch_lint.rules.delivery import ORIGINS
from segkoch_lint.rules.validator import Validator, compile_schema
from segkoch_lint.rules.vocabulary import expand, self_contained, shared_definitions

FORMS = ("missing", "null", "empty")
"""What can be wrong with a value that has to be there."""

_PLATFORMS = ("ios", "android")


class Circumstances:
    """The kinds of calls that the remedies of some rules are for.

    Args:
        rules: the rules.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        words = {word for rule in rules for key in rule.remedy for word in key.split()}
        self._kinds = {name: schema for name, schema in kinds().items() if name in words}

    @cached_property
    def schemas(self) -> Mapping[str, dict[str, Any]]:
        """By name of a kind, the expanded, self-contained schema of its calls."""
        return {name: self_contained(expand(schema), shared_definitions()) for name, schema in self._kinds.items()}

    @cached_property
    def _validators(self) -> Mapping[str, Validator]:
        return {name: compile_schema(schema) for name, schema in self.schemas.items()}

    def of(self, message: Mapping[str, Any]) -> frozenset[str]:
        """Return the names of the kinds that a call is of."""
        return frozenset(name for name, each in self._validators.items() if each.is_valid(message))


@cache
def kinds() -> Mapping[str, Mapping[str, Any]]:
    """Return by name the kinds of calls that a remedy can be for, as schemas with a title."""
    found: Mapping[str, Mapping[str, Any]] = resources.load("circumstances")["kinds"]
    return found


def best_remedy(rule: Rule, library: str, words: Iterable[str] = ()) -> str:
    """Return the remedy of *rule* that fits a call best, or an empty string if none fits.

    The form of the value counts most, then the kind of call, its library, the origin of that, and the platform.

    Args:
        rule: the broken rule.
        library: the name of the call's library.
        words: what else is true of the call and of the offending value.
    """
    # The name comes from the payload: it may be any word.
    named = () if library in FORMS or library in ORIGINS or library in kinds() else (library,)
    return _best(rule, _words(rule).intersection((*named, *words)))


@lru_cache(maxsize=1024)
def _best(rule: Rule, words: frozenset[str]) -> str:
    fitting = [key for key in rule.remedy if key != DEFAULT_REMEDY and words.issuperset(key.split())]
    if not fitting:
        return rule.remedy.get(DEFAULT_REMEDY, "")
    return rule.remedy[max(fitting, key=_weight)]


@lru_cache(maxsize=1024)
def _words(rule: Rule) -> frozenset[str]:
    """Return the words that decide between the remedies of a rule. Only these are cached: others may be long."""
    return frozenset(word for key in rule.remedy for word in key.split())


def _weight(key: str) -> int:
    """Return how narrow a key is. A word of one sort weighs more than one word each of all lighter sorts."""
    return sum(_weight_of_word(word) for word in key.split())


def _weight_of_word(word: str) -> int:
    if word in FORMS:
        return 100
    if word in _PLATFORMS:
        return 1
    if word in kinds():
        return 20
    return 2 if word in ORIGINS else 4
