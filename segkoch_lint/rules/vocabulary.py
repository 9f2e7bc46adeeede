"""Our keywords: the short ones spelled out in standard JSON Schema, the comparing ones for both validators.

``schemas/vocabulary.json`` describes them. Here ``spellings``, ``anyCase`` and ``wordsOnly`` are replaced by the
standard keywords that they are short for, and ``distinctValues``, ``sameValue``, ``foundIn`` and ``maxBytes`` are given
to jsonschema-rs (the gate) and jsonschema (the explanation), one function each, so that the two cannot come to differ.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol

import jsonschema_rs
import msgspec

from segkoch_lint.caching import remembered
from segkoch_lint.places import path_of
from segkoch_lint.sensitive_keys import fold

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

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
    """Return an expanded *schema* with the shared definitions that it needs, directly or not, under ``$defs``."""
    needed: dict[str, Any] = {}
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop()
        if name not in needed and name in definitions:
            needed[name] = expand(definitions[name])
            waiting.extend(_references(needed[name]))
    own = dict(schema.get("$defs", {}))
    if not needed and not own:
        return dict(schema)
    return {**schema, "$defs": {**own, **{name: needed[name] for name in sorted(needed)}}}


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


@remembered
def _places(name: str, keys: tuple[str, ...]) -> tuple[int, ...]:
    """Return which of *keys* are spellings of *name*, by their positions."""
    wanted = fold(name)
    return tuple(place for place, key in enumerate(keys) if fold(key) == wanted)


def _texts(name: str, keys: tuple[str, ...], values: Sequence[Any]) -> list[str]:
    """Return the texts that the member called *name* has in its spellings, blank ones left out."""
    found = [values[place] for place in _places(name, keys)]
    return [text for each in found if isinstance(each, str) and (text := each.strip())]


def _distinct_values(names: list[str], instance: Any) -> bool:
    if not isinstance(instance, Mapping):
        return True
    keys, values = tuple(instance), list(instance.values())
    held = [{text.replace("-", "").casefold() for text in _texts(name, keys, values)} for name in names]
    return all(a.isdisjoint(b) for a, b in combinations(held, 2))


def _same_value(name: str, instance: Any) -> bool:
    if not isinstance(instance, Mapping):
        return True
    texts = _texts(name, tuple(instance), list(instance.values()))
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


def _max_bytes(limit: int, instance: Any) -> bool:
    # Python's encoder may write a number longer (1e15 as 1000000000000000.0), but never four times as long.
    return _size_about(instance) * 4 <= limit or size_of(instance) <= limit


def _size_about(value: Any) -> int:
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


# --- both validators ----------------------------------------------------------------------------------------------


class Gate(Protocol):
    """A validator that answers yes or no."""

    def is_valid(self, instance: Any) -> bool:
        """Tell whether *instance* is valid."""


def gate(schema: Mapping[str, Any]) -> Gate:
    """Return the fast validator of an expanded, self-contained *schema*: it answers yes or no, and fetches nothing.

    Raises:
        ValueError: the schema cannot be used.
    """
    options: Any = {"pattern_options": jsonschema_rs.RegexOptions(), "offline": True}
    if not compares(schema):
        return jsonschema_rs.Draft202012Validator(dict(schema), **options)
    raised: list[BaseException] = []
    keywords = {name: _gate_keyword(name, is_valid, raised) for name, is_valid in KEYWORDS.items()}
    try:
        return _CallingGate(jsonschema_rs.Draft202012Validator(dict(schema), keywords=keywords, **options), raised)
    except ValueError:
        if raised:
            raise raised[0] from None
        raise


def compares(schema: Any) -> bool:
    """Tell whether there is a comparing keyword in a schema, or something of the same name."""
    if isinstance(schema, dict):
        return any(keyword in KEYWORDS or compares(value) for keyword, value in schema.items())
    return isinstance(schema, list) and any(map(compares, schema))


class _CallingGate:
    """A gate that calls comparing keywords of ours.

    It takes everything that these raise for "invalid", also an interruption, or a failure: what was raised is raised
    again when the gate is done.
    """

    def __init__(self, validator: Gate, raised: list[BaseException]) -> None:
        self._is_valid = validator.is_valid
        self._raised = raised

    def is_valid(self, instance: Any) -> bool:
        valid = self._is_valid(instance)
        if self._raised:
            error = self._raised[0]
            self._raised.clear()
            raise error
        return valid


def _gate_keyword(name: str, is_valid: Callable[[Any, Any], bool], raised: list[BaseException]) -> type:
    class Keyword:
        def __init__(self, _parent: dict[str, Any], value: Any, _path: list[str | int]) -> None:
            self.value = value

        def validate(self, instance: Any) -> None:
            try:
                valid = is_valid(self.value, instance)
            except BaseException as error:
                raised.append(error)
                raise
            if not valid:
                raise ValueError(name)

    return Keyword


def explainer(schema: Mapping[str, Any]) -> Validator:
    """Return the reference validator of an expanded, self-contained *schema*: it says what failed, and where."""
    validator: Validator = _explainer_class()(schema)
    return validator


@cache
def _explainer_class() -> Any:
    # jsonschema takes a tenth of a second to import, and most runs end without a finding to explain.
    import referencing  # noqa: PLC0415
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415

    keywords: dict[str, Any] = {name: _explainer_keyword(name, is_valid) for name, is_valid in KEYWORDS.items()}
    keywords |= {"pattern": _pattern, "patternProperties": _pattern_properties}
    extended = validators.extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]  # the stubs leave it out
    registry: referencing.Registry[Any] = referencing.Registry()  # an empty one never fetches
    return lambda schema: extended(schema, registry=registry)


def _explainer_keyword(name: str, is_valid: Callable[[Any, Any], bool]) -> Any:
    from jsonschema import ValidationError  # noqa: PLC0415

    def keyword(_validator: Validator, value: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        if not is_valid(value, instance):
            yield ValidationError(name, path=[value["member"]] if name == "foundIn" else ())

    return keyword


@cache
def matcher(pattern: str) -> Callable[[Any], bool]:
    """Return the test whether a text matches *pattern*, with ECMA 262's meaning, in linear time."""
    # Python's `re` differs from ECMA 262 (`$` before a last newline, `\s`, `\d`) and backtracks without end; one
    # engine for both validators keeps them to the same verdict.
    return jsonschema_rs.Draft202012Validator(
        {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
    ).is_valid


def _pattern(_validator: Validator, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if isinstance(instance, str) and not matcher(pattern)(instance):
        yield ValidationError("pattern")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, _schema: Any) -> Iterator[Any]:
    if not isinstance(instance, Mapping):
        return
    for pattern, subschema in patterns.items():
        matches = matcher(pattern)
        for key, value in instance.items():
            if matches(key):
                yield from validator.descend(value, subschema, path=key, schema_path=pattern)
