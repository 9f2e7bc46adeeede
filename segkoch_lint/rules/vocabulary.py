"""Our keywords: the short ones spelled out in standard JSON Schema, the comparing ones given to the validator.

``schemas/vocabulary.json`` describes them. Here ``spellings``, ``anyCase`` and ``wordsOnly`` are replaced by the
standard keywords that they are short for, and ``distinctValues``, ``sameValue``, ``foundIn`` and ``maxBytes`` are given
to jsonschema-rs, one function each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any, Protocol

import jsonschema_rs
import msgspec

from segkoch_lint import resources
from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.position import path_of
from segkoch_lint.findings.redaction.sensitive_keys import fold

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_FILLER = "[^0-9A-Za-z]*"
"""What may stand between the letters of a key, or between words."""

_DEFINITIONS = "urn:segkoch-lint:definitions#/$defs/"

# The standard keywords by how they hold schemas: under names, in a list, or one.
MAPS_OF_SCHEMAS = ("properties", "patternProperties", "dependentSchemas", "$defs")
LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
SCHEMAS = (
    "not",
    "if",
    "then",
    "else",
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
)


# --- the short keywords -------------------------------------------------------------------------------------------


def expand(schema: Any) -> Any:
    """Return *schema* with the short keywords replaced by standard ones, and shared notions referred to locally.

    ``urn:segkoch-lint:definitions#/$defs/x`` becomes ``#/$defs/x``; `self_contained` adds the definitions.
    """
    if schema is False:
        return {"not": {}}  # the same, but jsonschema forgets the place of a bare `false`
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
        elif keyword in MAPS_OF_SCHEMAS:
            expanded[keyword] = {name: expand(subschema) for name, subschema in value.items()}
        elif keyword in LISTS_OF_SCHEMAS:
            expanded[keyword] = [expand(subschema) for subschema in value]
        elif keyword in SCHEMAS:
            expanded[keyword] = expand(value)
        elif keyword == "$ref":
            expanded[keyword] = value.replace(_DEFINITIONS, "#/$defs/")
        else:
            expanded[keyword] = value
    if conjuncts:
        expanded["allOf"] = [*expanded.get("allOf", []), *conjuncts]
    return expanded


def self_contained(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return an expanded *schema* with the definitions that it needs, directly or not, under ``$defs``.

    Args:
        schema: the schema.
        definitions: expanded, by name: `shared_definitions`.
    """
    needed: dict[str, Any] = {}
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop()
        if name not in needed and name in definitions:
            needed[name] = definitions[name]
            waiting.extend(_references(needed[name]))
    own = dict(schema.get("$defs", {}))
    if not needed and not own:
        return dict(schema)
    return {**schema, "$defs": {**own, **{name: needed[name] for name in sorted(needed)}}}


@cache
def shared_definitions() -> Mapping[str, Any]:
    """Return what rule files refer to as ``urn:segkoch-lint:definitions``, expanded, by name; not to be changed."""
    found: Mapping[str, Any] = resources.load("definitions")["$defs"]
    return {name: expand(definition) for name, definition in found.items()}


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for keyword, value in schema.items():
            if keyword == "$ref" and isinstance(value, str) and value.startswith("#/$defs/"):
                yield value.removeprefix("#/$defs/")
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _references(item)


def spelling_pattern(name: str) -> str:
    """Return the pattern of all keys that are spellings of *name*."""
    return "^" + _FILLER + _FILLER.join(_any_case(letter) for letter in fold(name)) + _FILLER + "$"


def any_case_pattern(words: list[str]) -> str:
    """Return the pattern of *words* in any case, white space around them allowed."""
    return r"^\s*(?:" + "|".join("".join(map(_any_case, word)) for word in words) + r")\s*$"


def words_only_pattern(words: list[str]) -> str:
    """Return the pattern of texts of nothing but *words*, two or more, with anything but letters and digits between."""
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
    """Return the texts that the member called *name* has in its spellings, blank ones left out."""
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


def _found_in(asked: Mapping[str, Any], instance: Any) -> bool:
    if not isinstance(instance, dict) or not isinstance(member := instance.get(asked["member"]), str):
        return True
    texts: Any = instance
    for step in _steps(asked["list"]):
        texts = texts.get(step) if isinstance(texts, dict) else None
    if not isinstance(texts, list) or not texts or member in texts:
        return True
    compared = _compared(member, asked)
    return any(isinstance(text, str) and _compared(text, asked) == compared for text in texts)


def _compared(text: str, asked: Mapping[str, Any]) -> str:
    kept = text if asked.get("hyphens", True) else text.replace("-", "")
    return kept if asked.get("exactly") else kept.casefold()


_steps = cache(path_of)


MOST_GROWTH = 5
"""Compact JSON that Python writes is less than this many times as long as any other JSON of a value: `1e15` is written
as `1000000000000000.0`."""


def _max_bytes(limit: int, instance: Any) -> bool:
    return size_about(instance) * MOST_GROWTH <= limit or size_of(instance) <= limit


def size_about(value: Any) -> int:
    """Return about how many bytes a value takes as compact JSON: quickly, and the largest number if that fails."""
    try:
        return len(msgspec.json.encode(value))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return sys.maxsize


def size_of(value: Any) -> int:
    """Return the bytes that *value* takes as compact JSON in UTF-8, as SDKs post it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


KEYWORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "distinctValues": _distinct_values,
    "sameValue": _same_value,
    "foundIn": _found_in,
    "maxBytes": _max_bytes,
}
"""The comparing keywords: each tells from its own value and the instance whether the instance is valid."""


def compared_names(keyword: str, value: Any) -> list[str] | None:
    """Return the members, in any spelling, whose texts a comparing keyword looks at; None if it looks at everything.

    Of such texts it can tell, with padding left out, which are blank, equal but for case, or equal but for case and
    hyphens; values that are no texts do not count.
    """
    if keyword not in {"distinctValues", "sameValue"}:
        return None
    return [value] if isinstance(value, str) else list(value)


# --- the validator ----------------------------------------------------------------------------------------------


class FastValidator(Protocol):
    """A validator of an expanded, self-contained schema."""

    @property
    def is_valid(self) -> Callable[[Any], bool]:
        """The test whether a value is valid."""

    def iter_errors(self, instance: Any, originals: Mapping[int, Any] = ..., /) -> Sequence[Any]:
        """Return what is wrong with *instance*, as errors of jsonschema-rs.

        Args:
            instance: the value.
            originals: by identity of a part of *instance*, the value that our keywords are to see in its place.

        Raises:
            ValueError: *instance* is nested too deeply, or holds a text that is not valid Unicode.
        """


def gate(schema: Mapping[str, Any], *, quoting: bool = False) -> FastValidator:
    """Return the validator of an expanded, self-contained *schema*; it fetches nothing.

    Args:
        schema: the schema.
        quoting: whether messages may quote: what is wrong with the schema from the schema, and errors from the
            instance, which may be large.

    Raises:
        ValueError: the schema cannot be used.
    """
    calls = _Calls()
    options: Any = {"pattern_options": jsonschema_rs.RegexOptions(), "offline": True}
    if not quoting:
        options["mask"] = "the value"
    comparing = compares(schema)
    if comparing:
        options["keywords"] = {name: _gate_keyword(name, is_valid, calls) for name, is_valid in KEYWORDS.items()}
    try:
        return _FastValidator(jsonschema_rs.Draft202012Validator(dict(schema), **options), calls, compares=comparing)
    except ValueError:
        calls.raise_again()
        raise


def compares(schema: Any) -> bool:
    """Tell whether there is a comparing keyword in a schema, or something of the same name."""
    if isinstance(schema, dict):
        return any(keyword in KEYWORDS or compares(value) for keyword, value in schema.items())
    return isinstance(schema, list) and any(map(compares, schema))


class _Calls(msgspec.Struct):
    """What passes between a validator and the keywords of ours that it calls.

    The validator takes everything that these raise for "invalid", also an interruption or a failure: what was raised
    is raised again when the validator is done.

    Attributes:
        raised: what keywords raised that does not mean "invalid".
        originals: see `FastValidator.iter_errors`.
    """

    raised: list[BaseException] = msgspec.field(default_factory=list)
    originals: Mapping[int, Any] = msgspec.field(default_factory=dict)

    def raise_again(self) -> None:
        if self.raised:
            error = self.raised[0]
            self.raised.clear()
            raise error from None


class _FastValidator:
    def __init__(self, validator: Any, calls: _Calls, *, compares: bool) -> None:
        self._validator = validator
        self._calls = calls
        self.is_valid: Callable[[Any], bool] = self._is_valid if compares else validator.is_valid

    def _is_valid(self, instance: Any) -> bool:
        valid: bool = self._validator.is_valid(instance)
        if self._calls.raised:
            self._calls.raise_again()
        return valid

    def iter_errors(self, instance: Any, originals: Mapping[int, Any] = {}, /) -> Sequence[Any]:
        self._calls.originals = originals
        try:
            errors = list(self._validator.iter_errors(instance))
        finally:
            self._calls.originals = {}
        if self._calls.raised:
            self._calls.raise_again()
        return errors


def _gate_keyword(name: str, is_valid: Callable[[Any, Any], bool], calls: _Calls) -> type:
    class Keyword:
        def __init__(self, _parent: dict[str, Any], value: Any, _path: list[str | int]) -> None:
            self.value = value

        def validate(self, instance: Any) -> None:
            try:
                valid = is_valid(self.value, calls.originals.get(id(instance), instance))
            except BaseException as error:
                calls.raised.append(error)
                raise
            if not valid:
                raise ValueError(name)

    return Keyword


@cache
def matcher(pattern: str) -> Callable[[Any], bool]:
    """Return the test whether a text matches *pattern*, with ECMA 262's meaning, in linear time."""
    # Python's `re` differs from ECMA 262 (`$` before a last newline, `\s`, `\d`) and backtracks without end.
    return jsonschema_rs.Draft202012Validator(
        {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
    ).is_valid
