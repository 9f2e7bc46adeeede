"""References inside a rule's schema: where they lead, and how much work they cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from segkoch_lint.findings.position import path_of
from segkoch_lint.rules.subschemas import LISTS_OF_SCHEMAS, held_schemas, subschemas

REFERRING = ("$ref", "$dynamicRef")
"""Keywords that refer to a schema. Both mean the same in rule files, which may not have a ``$id`` inside."""

NAMING = ("$anchor", "$dynamicAnchor")
"""Keywords that give a schema a name to refer to."""

MOST_STEPS = 10_000
"""Schemas that one value may be checked against; a built-in rule has about a hundred."""

MOST_LEVELS = 64
"""Nesting of schemas, references followed; validators give up far beyond that."""


class TooLargeError(ValueError):
    """A schema causes more work than a rule may."""


def references(schema: Any) -> Iterator[str]:
    """Yield the references in *schema* and in all schemas in it."""
    for each in subschemas(schema):
        yield from (each[keyword] for keyword in REFERRING if isinstance(each.get(keyword), str))


def definition_name(reference: str) -> str | None:
    """Return the name of the definition in ``$defs`` that a reference leads to, or into; None if it leads elsewhere."""
    path = path_of(unquote(reference[1:])) if reference.startswith("#/") else ()
    return str(path[1]) if len(path) > 1 and path[0] == "$defs" else None


def lookup(root: Any, reference: str) -> Any:
    """Return the schema in *root* that a reference leads to by a JSON Pointer or an anchor; None if there is none."""
    resource, _, fragment = reference.partition("#")
    if resource:
        return None
    fragment = unquote(fragment)
    if fragment and not fragment.startswith("/"):
        return next((each for each in subschemas(root) if any(each.get(key) == fragment for key in NAMING)), None)
    schema = root
    for step in path_of(fragment):
        try:
            schema = schema[int(step)] if isinstance(schema, list) else schema[step]
        except (LookupError, TypeError, ValueError):
            return None
    return schema


def dead_reference(schema: Mapping[str, Any]) -> str:
    """Return a reference in *schema* that leads to nothing in it, or an empty string."""
    return next((each for each in references(schema) if lookup(schema, each) is None), "")


def has_inner_id(schema: Mapping[str, Any]) -> bool:
    """Return whether a schema inside *schema* has a ``$id``, which would change the meaning of its references."""
    return any("$id" in each for each in subschemas(schema) if each is not schema)


def check_work(schema: Mapping[str, Any]) -> None:
    """Check that validating one value takes a bounded number of steps.

    Two references to a schema that itself holds two references, and so on, double the work with each level: forty lines
    would keep a validator busy for years. A reference to a schema around it counts once: it is about an inner value,
    and values end.

    Raises:
        TooLargeError: it takes more than `MOST_STEPS`, or is nested deeper than `MOST_LEVELS`.
    """
    _StepCounter(schema).steps(schema, 0)


class _StepCounter:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._counted: dict[int, int] = {}
        self._open: set[int] = set()

    def steps(self, schema: Any, level: int) -> int:
        """Return how many schemas one value is checked against by *schema*, or by a list of schemas."""
        if not isinstance(schema, dict | list) or id(schema) in self._open:
            return 1
        if level > MOST_LEVELS:
            raise TooLargeError(f"it is nested deeper than {MOST_LEVELS} levels, references included")
        count = self._counted.get(id(schema))
        if count is None:
            self._open.add(id(schema))
            count = 1 + sum(self.steps(each, level + 1) for each in _applied(schema, self._root))
            self._counted[id(schema)] = count
            self._open.discard(id(schema))
        if count > MOST_STEPS:
            raise TooLargeError(f"it puts a value to more than {MOST_STEPS:,} schemas, references included")
        return count


def _applied(schema: dict[str, Any] | list[Any], root: Any) -> Iterator[Any]:
    """Yield the schemas that a schema, or a list of schemas, applies to a value: held ones and referenced ones."""
    if isinstance(schema, list):
        yield from schema
        return
    for keyword, value in schema.items():
        if keyword in REFERRING and isinstance(value, str):
            yield lookup(root, value)
        elif keyword in LISTS_OF_SCHEMAS:
            yield value  # a level of its own
        elif keyword != "$defs":
            yield from held_schemas(keyword, value)
