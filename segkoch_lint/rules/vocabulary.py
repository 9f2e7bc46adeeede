"""Our keywords: the short ones expanded to standard JSON Schema, the comparing ones as functions.

``schemas/vocabulary.json`` describes them. `expand` replaces ``spellings``, ``anyCase`` and ``wordsOnly`` by the
standard keywords that they are short for. `KEYWORDS` has a function for each of ``distinctValues``, ``sameValue``,
``foundIn`` and ``maxBytes``; validators call it (`segkoch_lint.rules.validator`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import cache
from itertools import combinations
from typing import Any

import msgspec

from segkoch_lint import resources
from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.position import path_of, value_at
from segkoch_lint.findings.redaction.sensitive_keys import fold
from segkoch_lint.rules.references import definition_name, references
from segkoch_lint.rules.subschemas import map_held

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_FILLER = "[^0-9A-Za-z]*"
"""Characters between the letters of a key, or between words, that do not count."""

_DEFINITIONS = "urn:segkoch-lint:definitions#/$defs/"


# --- the short keywords -------------------------------------------------------------------------------------------


def expand(schema: Any) -> Any:
    """Return *schema* with the short keywords replaced by standard ones, and with local references.

    ``urn:segkoch-lint:definitions#/$defs/x`` becomes ``#/$defs/x``; `self_contained` adds the definitions.
    """
    if schema is False:
        return {"not": {}}  # means the same, but validators report no place for a bare `false`
    if not isinstance(schema, dict):
        return schema
    expanded: dict[str, Any] = {}
    conjuncts: list[Any] = []
    for keyword, value in schema.items():
        if keyword == "spellings":
            conjuncts.append({"patternProperties": {spelling_pattern(n): expand(s) for n, s in value.items()}})
        elif keyword == "anyCase":
            conjuncts.append({"type": "string", "pattern": any_case_pattern(value)})
        elif keyword == "wordsOnly":
            conjuncts.append({"type": "string", "pattern": words_only_pattern(value)})
        elif keyword == "$ref":
            expanded[keyword] = value.replace(_DEFINITIONS, "#/$defs/")
        else:
            expanded[keyword] = map_held(keyword, value, expand)
    if conjuncts:
        expanded["allOf"] = [*expanded.get("allOf", []), *conjuncts]
    return expanded


def self_contained(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return an expanded *schema* with all definitions that it refers to, directly or not, under ``$defs``.

    Args:
        schema: the schema.
        definitions: expanded, by name: `shared_definitions`.
    """
    needed: dict[str, Any] = {}
    waiting = list(references(schema))
    while waiting:
        name = definition_name(waiting.pop())
        if name is not None and name not in needed and name in definitions:
            needed[name] = definitions[name]
            waiting.extend(references(needed[name]))
    own = dict(schema.get("$defs", {}))
    if not needed and not own:
        return dict(schema)
    return {**schema, "$defs": {**own, **{name: needed[name] for name in sorted(needed)}}}


@cache
def shared_definitions() -> Mapping[str, Any]:
    """Return the definitions of ``urn:segkoch-lint:definitions``, expanded, by name. Callers must not change them."""
    found: Mapping[str, Any] = resources.load("definitions")["$defs"]
    return {name: expand(definition) for name, definition in found.items()}


def spelling_pattern(name: str) -> str:
    """Return the pattern of all keys that are spellings of *name*."""
    return "^" + _FILLER + _FILLER.join(_any_case(letter) for letter in fold(name)) + _FILLER + "$"


def any_case_pattern(words: list[str]) -> str:
    """Return the pattern of *words* in any case, with or without white space around them."""
    return r"^\s*(?:" + "|".join("".join(map(_any_case, word)) for word in words) + r")\s*$"


def words_only_pattern(words: list[str]) -> str:
    """Return the pattern of texts of two or more of *words*, separated by anything but letters and digits."""
    word = "|".join("".join(_FILLER if letter == " " else _any_case(letter) for letter in word) for word in words)
    return f"^{_FILLER}(?:(?:{word}){_FILLER}){{2,}}$"


def _any_case(character: str) -> str:
    if character.isascii() and character.isalpha():
        return f"[{character.upper()}{character.lower()}]"
    return "\\" + character if character in r"\^$.*+?()[]{}|/" else character


# --- the comparing keywords ---------------------------------------------------------------------------------------


@cached
def _spelled(name: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of *keys* that are spellings of *name*."""
    wanted = fold(name)
    return tuple(key for key in keys if fold(key) == wanted)


def _texts(name: str, instance: Mapping[str, Any]) -> list[str]:
    """Return the texts of the member called *name* in all its spellings, without white space around; not blank ones."""
    found = [instance[key] for key in _spelled(name, tuple(instance))]
    return [text for each in found if isinstance(each, str) and (text := each.strip())]


def _distinct_values(names: list[str], instance: Any) -> bool:
    if not isinstance(instance, dict):
        return True
    held = [{text.replace("-", "").casefold() for text in _texts(name, instance)} for name in names]
    return all(a.isdisjoint(b) for a, b in combinations(held, 2))


def _same_value(name: str, instance: Any) -> bool:
    if not isinstance(instance, dict):
        return True
    texts = _texts(name, instance)
    return len(texts) < 2 or len({text.casefold() for text in texts}) == 1


def _found_in(options: Mapping[str, Any], instance: Any) -> bool:
    if not isinstance(instance, dict) or not isinstance(member := instance.get(options["member"]), str):
        return True
    texts = value_at(instance, _path_of(options["list"]))
    if not isinstance(texts, list) or not texts or member in texts:
        return True
    compared = _normalised(member, options)
    return any(isinstance(text, str) and _normalised(text, options) == compared for text in texts)


def _normalised(text: str, options: Mapping[str, Any]) -> str:
    kept = text if options.get("hyphens", True) else text.replace("-", "")
    return kept if options.get("exactly") else kept.casefold()


_path_of = cache(path_of)


MOST_GROWTH = 5
"""Compact JSON that Python writes is less than this many times as long as any other JSON of the same value: `1e15` is
written as `1000000000000000.0`."""


def _max_bytes(limit: int, instance: Any) -> bool:
    return size_about(instance) * MOST_GROWTH <= limit or size_of(instance) <= limit


def size_about(value: Any) -> int:
    """Return about how many bytes *value* takes as compact JSON, fast; the largest number if that fails."""
    try:
        return len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return sys.maxsize


def size_of(value: Any) -> int:
    """Return the bytes of *value* as compact JSON in UTF-8, as SDKs post it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


KEYWORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "distinctValues": _distinct_values,
    "sameValue": _same_value,
    "foundIn": _found_in,
    "maxBytes": _max_bytes,
}
"""The comparing keywords: each function takes the keyword's value and the instance, and returns whether it is valid."""


def compared_names(keyword: str, value: Any) -> list[str] | None:
    """Return the names of the members whose texts a comparing keyword reads; None if it reads the whole value.

    It reads the members in all their spellings. Of their texts, without white space around, it reads which are blank,
    which are equal but for case, and which are equal but for case and hyphens. It ignores values that are not texts.
    """
    if keyword not in {"distinctValues", "sameValue"}:
        return None
    return [value] if isinstance(value, str) else list(value)
