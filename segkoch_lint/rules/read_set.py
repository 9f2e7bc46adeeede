"""Which parts of a call the rules read, and what they ask of each part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from segkoch_lint.findings.position import Path, path_of
from segkoch_lint.rules.references import REFERRING, lookup
from segkoch_lint.rules.vocabulary import KEYWORDS, compared_names, matcher, spelling_pattern

_READS_ALL = frozenset(
    {"additionalProperties", "propertyNames", "unevaluatedProperties", "minProperties", "maxProperties", "items"}
    | {"prefixItems", "contains", "uniqueItems", "unevaluatedItems", "dependentSchemas", "dependentRequired"}
    | {"minItems", "maxItems", "minContains", "maxContains"}
)
"""Keywords that look at members without naming them (or so seldom used that finer is not worth it)."""

_ASKS = frozenset(
    {"type", "const", "enum", "pattern", "minLength", "maxLength", "format", "multipleOf"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)
"""Keywords that ask something of a value itself, not of its members."""

_ASKS_NOTHING = frozenset(
    {"$schema", "$id", "$comment", "$anchor", "$dynamicAnchor", "$defs", "title", "description", "default", "examples"}
    | {"deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema", "message", "mend"}
)
"""Keywords that accept every value."""

_APPLIES = frozenset(
    {"properties", "patternProperties", "required", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"}
)
"""Keywords that read the members that they name, or what their schemas read."""

_KNOWN = _READS_ALL | _ASKS | _ASKS_NOTHING | _APPLIES | frozenset(REFERRING) | frozenset(KEYWORDS)


class ReadSet(msgspec.Struct):
    """What rules read of a value.

    Attributes:
        members: by key, what is read of that member.
        patterns: by pattern, what is read of members whose key matches it.
        all: whether every member is read, whatever its key.
        asked: what is asked of the value itself: schemas of one keyword each, by their text.
        compared: our comparing keywords that look at the value, as (keyword, its value).
    """

    members: dict[str, ReadSet] = msgspec.field(default_factory=dict)
    patterns: dict[str, ReadSet] = msgspec.field(default_factory=dict)
    all: bool = False
    asked: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    compared: list[tuple[str, Any]] = msgspec.field(default_factory=list)

    def reads(self, path: Path) -> bool:
        """Tell whether the value at *path* is read, or stands on the way to one that is."""
        if not path or self.all:
            return True
        member = self.member(str(path[0]))
        return member is not None and member.reads(path[1:])

    def member(self, key: str) -> ReadSet | None:
        """Return what is read of the member called *key*, or None when it is not read."""
        found = [self.members[key]] if key in self.members else []
        found += [inner for pattern, inner in self.patterns.items() if matcher(pattern)(key)]
        if not found:
            return ReadSet(all=True) if self.all else None
        merged = ReadSet(all=self.all)
        for each in found:
            merged.add(each)
        return merged

    def add(self, other: ReadSet) -> None:
        """Read what *other* reads, too; *other* itself stays as it is."""
        self.all = self.all or other.all
        self.asked |= other.asked
        self.compared += [each for each in other.compared if each not in self.compared]
        for mine, theirs in ((self.members, other.members), (self.patterns, other.patterns)):
            for name, inner in theirs.items():
                mine.setdefault(name, ReadSet()).add(inner)

    def read(self, schema: Any, root: Any, seen: frozenset[str] = frozenset()) -> None:
        """Add what *schema* reads.

        Args:
            schema: a schema in standard keywords and our comparing ones.
            root: the schema that ``$ref`` refers to.
            seen: references being followed.
        """
        if isinstance(schema, Mapping):
            for keyword, value in schema.items():
                self._read_keyword(keyword, value, root, seen)

    def _read_keyword(self, keyword: str, value: Any, root: Any, seen: frozenset[str]) -> None:
        if _reads_all(keyword, value):
            self.all = True
        elif keyword in _ASKS:
            asked = {keyword: value}
            self.asked[json.dumps(asked, sort_keys=True)] = asked
        elif keyword in {"properties", "patternProperties"}:
            held = self.members if keyword == "properties" else self.patterns
            for name, subschema in value.items():
                held.setdefault(name, ReadSet()).read(subschema, root, seen)
        elif keyword == "required":
            for name in value:
                self.members.setdefault(name, ReadSet())
        elif keyword in KEYWORDS:
            self._compare(keyword, value)
        elif keyword in {"allOf", "anyOf", "oneOf"}:
            for subschema in value:
                self.read(subschema, root, seen)
        elif keyword in {"not", "if", "then", "else"}:
            self.read(value, root, seen)
        elif keyword in REFERRING and (value in seen or (referred := lookup(root, value)) is None):
            self.all = True  # a schema inside itself reads without end
        elif keyword in REFERRING:
            self.read(referred, root, seen | {value})

    def _compare(self, keyword: str, value: Any) -> None:
        if (keyword, value) not in self.compared:
            self.compared.append((keyword, value))
        for name in compared_names(keyword, value) or ():
            self.patterns.setdefault(spelling_pattern(name), ReadSet())
        if keyword == "foundIn":
            for path in ((value["member"],), path_of(value["list"])):
                read = self
                for step in path:
                    read = read.members.setdefault(str(step), ReadSet())
                read.all = True


def _reads_all(keyword: str, value: Any) -> bool:
    """Return whether a keyword reads everything at its place, as far as anybody knows."""
    if keyword in {"const", "enum"}:
        return _holds_containers(keyword, value)
    return keyword in _READS_ALL or keyword not in _KNOWN


def _holds_containers(keyword: str, value: Any) -> bool:
    values = value if keyword == "enum" else [value]
    return any(isinstance(each, (Mapping, list)) for each in values)
