"""Values that a schema may accept: those that it names, and those that its keywords let one guess."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segkoch_lint.plans.probe.texts import FORMATS, WORDS, matching

_MOST_ITEMS = 100
_LONGEST_TEXT = 10_000

_OF_TYPE: Mapping[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1,
    "boolean": True,
    "object": {},
    "array": [],
    "null": None,
}

_TYPE_BY_KEYWORD: Mapping[str, str] = {
    "properties": "object",
    "required": "object",
    "items": "array",
    "minItems": "array",
    "pattern": "string",
    "minimum": "number",
    "maximum": "number",
}
"""What a schema without a type most likely is meant for."""

ANYTHING: Sequence[Any] = ("text", 1, True, {}, [], None, 0, False, 1.5, -1, *WORDS)


def named_values(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the values that a schema names itself."""
    for keyword in ("const", "default"):
        if keyword in schema:
            yield schema[keyword]
    for keyword in ("enum", "examples"):
        if isinstance(schema.get(keyword), list):
            yield from schema[keyword]


def suggested(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Yield values that a schema names itself, then some of its format and type."""
    yield from named_values(schema)
    if isinstance(schema.get("format"), str) and schema["format"] in FORMATS:
        yield FORMATS[schema["format"]]
    types = schema.get("type")
    for each in types if isinstance(types, list) else [types]:
        if isinstance(each, str) and each in _OF_TYPE:
            yield _OF_TYPE[each]
    yield from (_OF_TYPE[each] for keyword, each in _TYPE_BY_KEYWORD.items() if keyword in schema)


def values(kind: Any, value: Any) -> Iterator[Any]:
    """Yield values that a keyword may accept in place of one that it refused."""
    match kind.name:
        case "type":
            yield from (_OF_TYPE[each] for each in kind.types if each in _OF_TYPE)
        case "const":
            yield kind.expected_value
        case "enum":
            yield from kind.options
        case "format":
            yield FORMATS.get(kind.format, "text")
        case "pattern":
            yield from (*WORDS, *matching(kind.pattern))
        case "minLength" if isinstance(value, str) and kind.limit <= _LONGEST_TEXT:
            yield value + "x" * (kind.limit - len(value))
        case "maxLength" if isinstance(value, str):
            yield value[: kind.limit]
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            limit = kind.limit
            yield from (limit, math.floor(limit) + 1, math.ceil(limit) - 1, limit + 0.5, limit - 0.5)
        case "multipleOf":
            factor = kind.multiple_of
            times = math.ceil(value / factor) if isinstance(value, int | float) and factor else 1
            yield from (factor * times, factor * (times + 1), factor * (times - 1), factor)
        case "minItems" | "contains" | "uniqueItems" | "maxItems" | "additionalItems" if isinstance(value, list):
            yield from _lists(kind, value)
        case "minProperties" if isinstance(value, Mapping) and kind.limit <= _MOST_ITEMS:
            yield {**value, **{f"member {n}": "text" for n in range(kind.limit - len(value))}}


def _lists(kind: Any, value: list[Any]) -> Iterator[list[Any]]:
    if kind.name == "minItems" and kind.limit <= _MOST_ITEMS:
        for filler in (*value[:1], *ANYTHING):
            yield [*value, *[filler] * (kind.limit - len(value))]
    elif kind.name == "contains":
        yield from ([*value, item] for item in ANYTHING)
    elif kind.name == "uniqueItems":
        yield [item for number, item in enumerate(value) if item not in value[:number]]
        yield [f"{item} {n}" if isinstance(item, str) else item + n if _number(item) else item
               for n, item in enumerate(value)]  # fmt: skip
        yield [{**item, "number": n} if isinstance(item, Mapping) else n for n, item in enumerate(value)]
    elif kind.name in {"maxItems", "additionalItems"}:
        yield value[: kind.limit]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
