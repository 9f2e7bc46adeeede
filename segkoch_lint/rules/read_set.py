"""What rules read of a value: its members, and the questions that they ask of each.

A read set is computed from schemas, keyword by keyword. A keyword that is not handled here reads everything at its
place, so that a new keyword makes the read set too large, never too small.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from segkoch_lint.findings.position import Path, path_of
from segkoch_lint.rules.references import REFERRING, lookup
from segkoch_lint.rules.validator import matcher
from segkoch_lint.rules.vocabulary import KEYWORDS, compared_names, spelling_pattern

_QUESTIONS = frozenset(
    {"type", "const", "enum", "pattern", "minLength", "maxLength", "format", "multipleOf"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)
"""Keywords that ask something of a value itself, not of its members or items."""

_ANNOTATIONS = frozenset(
    {"$schema", "$id", "$comment", "$anchor", "$dynamicAnchor", "$defs", "$vocabulary", "title", "description"}
    | {"default", "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType"}
    | {"contentSchema", "message", "fix"}
)
"""Keywords that accept every value, and so read nothing."""

NO_LIMIT = 1 << 62
"""The `ReadSet.longest` of a value of which no size is read."""


class ReadSet(msgspec.Struct):
    """What rules read of a value.

    Attributes:
        members: by key, what is read of that member.
        patterns: by pattern, what is read of members whose key matches it.
        all: whether everything is read.
        questions: what is asked of the value itself: schemas of one keyword each, by their text.
        comparisons: the comparing keywords that read the value, each with its argument.
    """

    members: dict[str, ReadSet] = msgspec.field(default_factory=dict)
    patterns: dict[str, ReadSet] = msgspec.field(default_factory=dict)
    all: bool = False
    questions: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    comparisons: list[tuple[str, Any]] = msgspec.field(default_factory=list)

    @classmethod
    def of(cls, *schemas: Mapping[str, Any]) -> ReadSet:
        """Return what expanded, self-contained schemas read."""
        read_set = cls()
        for schema in schemas:
            read_set.add_schema(schema, schema)
        return read_set

    def reads(self, path: Path) -> bool:
        """Return whether the value at *path*, or a part of it, is read."""
        if not path or self.all:
            return True
        member = self.member(str(path[0]))
        return member is not None and member.reads(path[1:])

    def member(self, key: str) -> ReadSet | None:
        """Return what is read of the member called *key*, or None if it is not read."""
        found = [self.members[key]] if key in self.members else []
        found += [inner for pattern, inner in self.patterns.items() if matcher(pattern)(key)]
        if not found and not self.all:
            return None
        merged = ReadSet(all=self.all)
        for each in found:
            merged.add(each)
        return merged

    def add(self, other: ReadSet) -> None:
        """Add what *other* reads; *other* itself is not changed."""
        self.all = self.all or other.all
        self.questions |= other.questions
        self.comparisons += [each for each in other.comparisons if each not in self.comparisons]
        for mine, theirs in ((self.members, other.members), (self.patterns, other.patterns)):
            for name, inner in theirs.items():
                mine.setdefault(name, ReadSet()).add(inner)

    @property
    def is_divisible(self) -> bool:
        """Whether a value can be read member by member: nothing reads all of it, its size aside."""
        return not self.all and all(compared_names(*each) is not None for each in self._comparisons_of_members)

    @property
    def compares_members(self) -> bool:
        """Whether members of the value are compared with one another."""
        return bool(self._comparisons_of_members)

    @property
    def longest(self) -> int:
        """How many bytes a value may have so that every ``maxBytes`` accepts it."""
        return min((int(most) for keyword, most in self.comparisons if keyword == "maxBytes"), default=NO_LIMIT)

    @property
    def _comparisons_of_members(self) -> list[tuple[str, Any]]:
        return [(keyword, argument) for keyword, argument in self.comparisons if keyword != "maxBytes"]

    def add_schema(self, schema: Any, root: Any, seen: frozenset[str] = frozenset()) -> None:
        """Add what *schema* reads.

        Args:
            schema: a schema inside *root*.
            root: the schema that references are relative to.
            seen: references that are being followed.
        """
        if isinstance(schema, Mapping):
            for keyword, value in schema.items():
                self._add_keyword(keyword, value, root, seen)

    def _add_keyword(self, keyword: str, value: Any, root: Any, seen: frozenset[str]) -> None:
        if keyword in _QUESTIONS and not _asks_of_containers(keyword, value):
            question = {keyword: value}
            self.questions[json.dumps(question, sort_keys=True)] = question
        elif keyword in {"properties", "patternProperties"}:
            held = self.members if keyword == "properties" else self.patterns
            for name, subschema in value.items():
                held.setdefault(name, ReadSet()).add_schema(subschema, root, seen)
        elif keyword == "required":
            for name in value:
                self.members.setdefault(name, ReadSet())
        elif keyword in KEYWORDS:
            self._add_comparison(keyword, value)
        elif keyword in {"allOf", "anyOf", "oneOf"}:
            for subschema in value:
                self.add_schema(subschema, root, seen)
        elif keyword in {"not", "if", "then", "else"}:
            self.add_schema(value, root, seen)
        elif keyword in REFERRING and value not in seen and (referred := lookup(root, value)) is not None:
            self.add_schema(referred, root, seen | {value})
        elif keyword not in _ANNOTATIONS:
            self.all = True  # also a reference of a schema to itself: it reads any depth

    def _add_comparison(self, keyword: str, value: Any) -> None:
        if (keyword, value) not in self.comparisons:
            self.comparisons.append((keyword, value))
        for name in compared_names(keyword, value) or ():
            self.patterns.setdefault(spelling_pattern(name), ReadSet())
        if keyword == "foundIn":
            for path in ((value["member"],), path_of(value["list"])):
                read = self
                for step in path:
                    read = read.members.setdefault(str(step), ReadSet())
                read.all = True


def _asks_of_containers(keyword: str, value: Any) -> bool:
    """Return whether a question has an object or a list in it, so that all of a value may decide the answer."""
    values = {"const": [value], "enum": value}.get(keyword, ())
    return any(isinstance(each, (Mapping, list)) for each in values)
