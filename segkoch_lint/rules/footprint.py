"""Which parts of a call the rules read: a repeated key matters only on the way to one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segkoch_lint.places import Path, path_of
from segkoch_lint.rules.vocabulary import matcher, spelling_pattern

_READS_ALL = frozenset(
    {"additionalProperties", "propertyNames", "unevaluatedProperties", "minProperties", "maxProperties", "items"}
    | {"prefixItems", "contains", "uniqueItems", "unevaluatedItems", "dependentSchemas", "dependentRequired"}
    | {"$dynamicRef"}
)
"""Keywords that look at members without naming them (or so seldom used that finer is not worth it)."""


@dataclass(slots=True)
class Footprint:
    """The members that rules read of a value.

    Attributes:
        members: by key, what is read of that member.
        patterns: by pattern, what is read of members whose key matches it.
        all: whether every member is read, whatever its key.
    """

    members: dict[str, Footprint] = field(default_factory=dict)
    patterns: dict[str, Footprint] = field(default_factory=dict)
    all: bool = False

    def reads(self, path: Path) -> bool:
        """Tell whether the value at *path* is read, or stands on the way to one that is."""
        if not path or self.all:
            return True
        step = str(path[0])
        nexts = [self.members[step]] if step in self.members else []
        nexts += [inner for pattern, inner in self.patterns.items() if matcher(pattern)(step)]
        return any(inner.reads(path[1:]) for inner in nexts)

    def read(self, schema: Any, root: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> None:
        """Add what an expanded *schema* reads; *root* is where its ``$ref`` resolve, *seen* those followed already."""
        if not isinstance(schema, Mapping):
            return
        for keyword, value in schema.items():
            self._read_keyword(keyword, value, root, seen)

    def _read_keyword(self, keyword: str, value: Any, root: Mapping[str, Any], seen: frozenset[str]) -> None:
        if keyword in _READS_ALL or (keyword in {"const", "enum"} and _holds_containers(keyword, value)):
            self.all = True
        elif keyword in {"properties", "patternProperties"}:
            held = self.members if keyword == "properties" else self.patterns
            for name, subschema in value.items():
                held.setdefault(name, Footprint()).read(subschema, root, seen)
        elif keyword == "required":
            for name in value:
                self.members.setdefault(name, Footprint())
        elif keyword in {"distinctValues", "sameValue"}:
            for name in [value] if isinstance(value, str) else value:
                self.patterns.setdefault(spelling_pattern(name), Footprint())
        elif keyword in {"allOf", "anyOf", "oneOf"}:
            for subschema in value:
                self.read(subschema, root, seen)
        elif keyword in {"not", "if", "then", "else"}:
            self.read(value, root, seen)
        elif keyword == "$ref" and value not in seen:
            self.read(_at(root, path_of(value.removeprefix("#"))), root, seen | {value})


def _holds_containers(keyword: str, value: Any) -> bool:
    values = value if keyword == "enum" else [value]
    return any(isinstance(each, (Mapping, list)) for each in values)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[str(step)]
    return value
