"""Values that a schema may accept, made from the schema's own keywords.

They are guesses for members that a plan requires and Kochava does not need; the plan's validator decides.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any

from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.position import value_at
from segkoch_lint.plans.model.json_values import as_list, as_mapping, resolve
from segkoch_lint.plans.probe.patterns import read_pattern

_MAX_ITEMS = 100
_MAX_LENGTH = 10_000
_MAX_DEPTH = 4
_TRIES = 200
"""Values that are tried for one item until it differs from those before it."""

_GUESSES = 4
"""Values of a schema that are tried for one member."""

FORMATS: Mapping[str, str] = {
    "date-time": "2026-11-01T12:{n:02}:00Z",
    "date": "{year}-11-01",
    "time": "12:{n:02}:00Z",
    "duration": "P{next}D",
    "email": "someone{suffix}@example.com",
    "idn-email": "someone{suffix}@example.com",
    "hostname": "example{suffix}.com",
    "idn-hostname": "example{suffix}.com",
    "ipv4": "192.0.2.{next}",
    "ipv6": "2001:db8::{next}",
    "uri": "https://example.com/{suffix}",
    "uri-reference": "https://example.com/{suffix}",
    "iri": "https://example.com/{suffix}",
    "iri-reference": "https://example.com/{suffix}",
    "uri-template": "https://example.com/{{id}}{suffix}",
    "uuid": "6d1c0b7e-4f2a-4c93-8e57-a90b3d5f{hex:04x}",
    "json-pointer": "/a{suffix}",
    "relative-json-pointer": "{n}",
    "regex": "a{suffix}",
}

_TYPE_BY_KEYWORD: Mapping[str, str] = {
    "properties": "object",
    "required": "object",
    "items": "array",
    "minItems": "array",
    "pattern": "string",
    "format": "string",
    "minimum": "number",
    "maximum": "number",
}
"""The most likely type of a schema without one."""


def text_of_format(name: str, number: int = 0) -> str:
    """Return a text of a format of JSON Schema, a different one for each *number*."""
    suffix = str(number) if number else ""
    return FORMATS[name].format(n=number, next=number + 1, suffix=suffix, year=2026 + number, hex=0x1E24 + number)


WORDS = ("text", "a", "A", "1", "12", "EUR", "en", "en-US", "DE", "1.0.0", "true", "", *map(text_of_format, FORMATS))
"""Texts of the forms that plans most often ask for."""

ANYTHING: Sequence[Any] = ("text", 1, True, {}, [], None, 0, False, 1.5, -1, *WORDS)


def named_values(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the values that a schema itself names."""
    yield from (schema[keyword] for keyword in ("const", "default") if keyword in schema)
    yield from chain(*(as_list(schema.get(keyword)) for keyword in ("enum", "examples")))


def samples_of(pattern: Any) -> Sequence[str]:
    """Return texts that a pattern may match; none if it is not a pattern of RE2."""
    return _samples_of(pattern) if isinstance(pattern, str) else ()


@cached  # a plan repeats its patterns, and each is needed for many calls
def _samples_of(pattern: str) -> Sequence[str]:
    try:
        return tuple(read_pattern(pattern).samples)
    except ValueError:
        return ()


def suggested_values(schema: Any, root: Any) -> Iterator[Any]:
    """Yield values for a member by its schema; none if the schema says nothing about its type.

    Args:
        schema: of the member. root: the schema that its references lead into.
    """
    schema = _referred(schema, root)
    kind = _type_of(schema)
    named = [*named_values(schema)]
    if kind == "object" and not named:
        yield {}  # so that its members are added one by one, each if the call is still of use with it
    elif "pattern" in schema and not named:
        yield "text"  # so that `replacements` tries words, which read better than samples
    if kind or named:
        yield from (nth_value(schema, root, number) for number in range(_GUESSES))


def replacements(keyword: str, value: Any, schema: Mapping[str, Any], root: Any) -> Iterator[Any]:
    """Yield values that may be accepted in place of one that a keyword refuses.

    Args:
        keyword: the keyword that refuses.
        value: the refused value.
        schema: the one that holds the keyword. root: the schema that its references lead into.
    """
    limit = schema.get(keyword)
    if keyword in {"maxLength", "maxItems"} and isinstance(value, str | list) and isinstance(limit, int):
        yield value[:limit]
    elif keyword == "minProperties" and isinstance(value, Mapping) and isinstance(limit, int) and limit <= _MAX_ITEMS:
        yield {**value, **{f"member {n}": "text" for n in range(limit - len(value))}}
    elif keyword == "multipleOf" and isinstance(value, int | float) and limit:
        yield from (limit * (value // limit + more) for more in (1, 0, 2))
    elif keyword == "contains" and isinstance(value, list):
        yield from ([*value, nth_value(limit, root, number)] for number in range(_GUESSES))
    elif isinstance(value, list):
        yield [item for number, item in enumerate(value) if item not in value[:number]]
        yield _items({**schema, "minItems": max(len(value), _least(schema))}, root, 0, _MAX_DEPTH)
    yield from WORDS if keyword == "pattern" else ()
    yield from (nth_value(schema, root, number) for number in range(_GUESSES))


def nth_value(schema: Any, root: Any, number: int, depth: int = _MAX_DEPTH) -> Any:
    """Return the value of this *number* among those that a schema may accept; few of them are equal."""
    if not isinstance(schema, Mapping) or not depth:
        return _word(number)
    schema = _referred(schema, root)
    named = list(named_values(schema))
    if number < len(named) or "enum" in schema or "const" in schema:
        return named[number % len(named)] if named else None
    number -= len(named)
    match _type_of(schema):
        case "object":
            return _object(schema, root, number, depth)
        case "array":
            return _items(schema, root, number, depth)
        case "integer" | "number":
            return _number(schema, number)
        case "boolean":
            return not number % 2
        case "null":
            return None
        case _:
            return _text(schema, number)


def _referred(schema: Any, root: Any) -> Mapping[str, Any]:
    """Return the schema that a schema refers to, or itself; an empty one if there is none."""
    for _ in range(_MAX_DEPTH):
        path = resolve(root, as_mapping(schema).get("$ref"))
        if path is None:
            break
        schema = value_at(root, path)
    return as_mapping(schema)


def _type_of(schema: Mapping[str, Any]) -> str:
    stated = schema.get("type")
    types = [each for each in (stated if isinstance(stated, list) else [stated]) if isinstance(each, str)]
    guessed = (each for keyword, each in _TYPE_BY_KEYWORD.items() if keyword in schema)
    return next((each for each in types if each != "null"), types[0] if types else next(guessed, ""))


def _object(schema: Mapping[str, Any], root: Any, number: int, depth: int) -> dict[str, Any]:
    known = as_mapping(schema.get("properties"))
    names = [name for name in as_list(schema.get("required")) if isinstance(name, str)]
    if number and not names:
        names = [*known][:1] or ["number"]
    return {name: nth_value(known.get(name), root, number, depth - 1) for name in names}


def _items(schema: Mapping[str, Any], root: Any, number: int, depth: int) -> list[Any]:
    """Return an array, empty if it would be long; if its items have to differ, they do as far as possible."""
    listed = schema.get("prefixItems", schema.get("items"))
    first = list(as_list(listed))
    rest = schema.get("items" if "prefixItems" in schema else "additionalItems") if first else listed
    count = max(_least(schema), int(number > 0))
    found: list[Any] = []
    for schema_of_item in islice(chain(first, repeat(rest)), count if count <= _MAX_ITEMS else 0):
        tried = (nth_value(schema_of_item, root, number + step, depth - 1) for step in range(len(found), _TRIES))
        item = next(tried)
        if schema.get("uniqueItems") is True:
            found += [next((each for each in chain([item], tried) if not any(_same(each, one) for one in found)), item)]
        else:
            found.append(item)
    return found


def _least(schema: Mapping[str, Any]) -> int:
    least = schema.get("minItems")
    return least if isinstance(least, int) else 0


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _number(schema: Mapping[str, Any], number: int) -> Any:
    step = schema.get("multipleOf", 1)
    low, above = _limit(schema, "minimum", "exclusiveMinimum")
    high, below = _limit(schema, "maximum", "exclusiveMaximum")
    if low is None and (high is None or high <= step):
        start = step if high is None else high // step * step
        return start + step * number if high is None else start - step * (number + (below and start == high))
    start = step if low is None or low < step else -(-low // step) * step
    found = start + step * (number + (above and start == low))
    if high is not None and low is not None and (found > high or (below and found == high)):
        return (low + high) / 2
    return found


def _limit(schema: Mapping[str, Any], inclusive: str, exclusive: str) -> tuple[Any, bool]:
    """Return a limit, None if there is none, and whether the limit itself is excluded."""
    limit = schema.get(exclusive)
    if isinstance(limit, bool):  # as draft-04 writes it
        return schema.get(inclusive), limit
    return (schema.get(inclusive), False) if limit is None else (limit, True)


def _text(schema: Mapping[str, Any], number: int) -> str:
    if samples := samples_of(schema.get("pattern")):
        first, further = samples[0], number - len(samples)
        if further < 0 or not first:
            return samples[number % len(samples)]
        return first[:-1] + chr(ord(first[-1]) + further + 1)
    if schema.get("format") in FORMATS:
        return text_of_format(schema["format"], number)
    longest, shortest = schema.get("maxLength"), schema.get("minLength", 0)
    text = _word(number)
    if isinstance(longest, int) and longest < len(text):
        text = string.ascii_letters[number % 52][:longest]
    return text + "x" * (shortest - len(text)) if isinstance(shortest, int) and shortest <= _MAX_LENGTH else text


def _word(number: int) -> str:
    return f"text {number}" if number else "text"
