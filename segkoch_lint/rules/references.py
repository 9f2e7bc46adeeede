"""References inside a rule's schema: what they lead to, and how much work they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from segkoch_lint.findings.position import path_of

REFERRING = ("$ref", "$dynamicRef")
"""Keywords that refer to a schema. Without a ``$id`` inside, which rule files may not have, both mean the same."""

_NAMING = ("$anchor", "$dynamicAnchor")

_MAPS_OF_SCHEMAS = frozenset({"properties", "patternProperties", "dependentSchemas", "spellings", "$defs"})
_NO_SCHEMAS = frozenset({"const", "enum", "default", "examples"})

MOST_STEPS = 10_000
"""Schemas that one value may be put to at most; a built-in rule takes about a hundred."""

MOST_LEVELS = 64
"""Schemas inside of one another, those that are referred to included; far beyond that the validators give up."""


class TooLargeError(ValueError):
    """A schema makes more work than a rule may."""


def lookup(root: Any, reference: str) -> Any:
    """Return the schema in *root* that a reference leads to, by a JSON Pointer or by an anchor; None for any other."""
    kind, _, fragment = reference.partition("#")
    if kind:
        return None
    fragment = unquote(fragment)
    if fragment and not fragment.startswith("/"):
        return next((each for each in _schemas(root) if any(each.get(key) == fragment for key in _NAMING)), None)
    schema = root
    for step in path_of(fragment):
        try:
            schema = schema[int(step)] if isinstance(schema, list) else schema[step]
        except (LookupError, TypeError, ValueError):
            return None
    return schema


def dead_reference(schema: Mapping[str, Any]) -> str:
    """Return a reference in *schema* that leads to nothing inside of it, or an empty string."""
    references = (each[key] for each in _schemas(schema) for key in REFERRING if isinstance(each.get(key), str))
    return next((each for each in references if lookup(schema, each) is None), "")


def check_work(schema: Mapping[str, Any]) -> None:
    """Check that validating one value by a schema takes a bounded number of steps.

    Two references to a schema that itself holds two references, and so on, double the work with each level: forty lines
    would keep a validator busy for years. A reference that leads back to a schema around it counts once: it is about an
    inner value, and values end.

    Raises:
        TooLargeError: it takes more than `MOST_STEPS`, or is nested deeper than `MOST_LEVELS`.
    """
    _Work(schema).of(schema, 0)


class _Work:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._known: dict[int, int] = {}
        self._open: set[int] = set()

    def of(self, schema: Any, level: int) -> int:
        """Return the steps that a schema takes."""
        if not isinstance(schema, dict | list) or id(schema) in self._open:
            return 1
        if level > MOST_LEVELS:
            raise TooLargeError(f"it is nested deeper than {MOST_LEVELS} levels, references included")
        known = self._known.get(id(schema))
        if known is None:
            self._open.add(id(schema))
            known = self._known[id(schema)] = 1 + sum(self.of(each, level + 1) for each in _inside(schema, self._root))
            self._open.discard(id(schema))
        if known > MOST_STEPS:
            raise TooLargeError(f"it puts a value to more than {MOST_STEPS:,} schemas, references included")
        return known


def _inside(schema: Any, root: Any) -> Iterator[Any]:
    """Yield what a schema (or a list or table of schemas) holds, and what it refers to."""
    if isinstance(schema, list):
        yield from schema
        return
    for keyword, value in schema.items():
        if keyword in REFERRING and isinstance(value, str):
            yield lookup(root, value)
        elif keyword in _MAPS_OF_SCHEMAS and isinstance(value, dict):
            if keyword != "$defs":
                yield from value.values()
        elif keyword not in _NO_SCHEMAS:
            yield value


def _schemas(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the schema and all schemas in it."""
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            yield each
            for keyword, value in each.items():
                if keyword in _MAPS_OF_SCHEMAS and isinstance(value, dict):
                    waiting += value.values()
                elif keyword not in _NO_SCHEMAS:
                    waiting.append(value)


def has_inner_id(schema: Mapping[str, Any]) -> bool:
    """Tell whether a schema inside of *schema* has a ``$id``: references would mean something else there."""
    return any("$id" in each for each in _schemas(schema) if each is not schema)
