"""A plan's JSON Schemas as validators: each in its own draft, patterns in linear time, and nothing is ever fetched.

Patterns mean what they mean in RE2, which Segment matches them with (`patterns.py`). One that RE2 does not know is read
as ECMA 262 has it, where that can be matched in linear time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jsonschema_rs

from segkoch_lint.places import Path
from segkoch_lint.plans.probe.patterns import translated
from segkoch_lint.rules.vocabulary import MAPS_OF_SCHEMAS

_DRAFTS: Mapping[str, Any] = {
    "json-schema.org/draft-04/schema": jsonschema_rs.Draft4Validator,
    "json-schema.org/draft-06/schema": jsonschema_rs.Draft6Validator,
    "json-schema.org/draft-07/schema": jsonschema_rs.Draft7Validator,
    "json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
}

_LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")
_DATA = frozenset({"const", "enum", "default", "examples"})
_MAPS = frozenset({*MAPS_OF_SCHEMAS, "definitions", "dependencies"})
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


class SchemaFault(Exception):  # noqa: N818 - an input's fault, not ours
    """A schema that cannot be asked.

    Attributes:
        problem: what is wrong, in a clause; texts of the schema are quoted in it.
        path: where, from the schema's root.
    """

    def __init__(self, problem: str, path: Path = ()) -> None:
        super().__init__(problem, path)
        self.problem = problem
        self.path = path


def compile_schema(schema: Any) -> Any:
    """Return the validator of a schema, by the draft that it names; draft-07, as Segment does, when it names none.

    Raises:
        SchemaFault: it is no schema, refers outside of itself, or has a pattern that cannot be matched.
    """
    if schema is None:
        raise SchemaFault("there is no JSON Schema here")
    draft: Any = jsonschema_rs.Draft7Validator
    if isinstance(schema, Mapping):
        named = schema.get("$schema")
        if named is not None:
            draft = _DRAFTS.get(_bare(named))
            if draft is None:
                raise SchemaFault(f"the draft of JSON Schema is not known: {named}", ("$schema",))
            schema = {keyword: value for keyword, value in schema.items() if keyword != "$schema"}
    patterns: list[_Pattern] = []
    try:
        schema = _rewritten(schema, (), patterns)
        return draft(schema, pattern_options=jsonschema_rs.RegexOptions(), offline=True)
    except jsonschema_rs.ValidationError as error:
        raise _fault(schema, error, patterns) from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise SchemaFault(f"the JSON Schema cannot be used ({type(error).__name__})") from None


def _bare(uri: Any) -> str:
    """Return the URI of a draft without what people write differently: the scheme, and an empty fragment."""
    return str(uri).removeprefix("http://").removeprefix("https://").removesuffix("#")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern as it is written in a schema, where, and as the engine is given it."""

    text: str
    path: Path
    rewritten: str

    @classmethod
    def of(cls, text: str, path: Path) -> _Pattern:
        try:
            return cls(text, path, translated(text))
        except ValueError:
            return cls(text, path, text)  # whether the engine can make something of it, it says itself


def _rewritten(schema: Any, path: Path, patterns: list[_Pattern]) -> Any:
    """Return a schema with its patterns rewritten, and add these to *patterns*.

    Only what can be a schema is looked into, so that no value that a call is compared with changes.
    """
    if isinstance(schema, list):
        return [_rewritten(each, (*path, index), patterns) for index, each in enumerate(schema)]
    if not isinstance(schema, Mapping):
        return schema
    found: dict[str, Any] = {}
    for keyword, value in schema.items():
        at = (*path, keyword)
        if keyword == "pattern" and isinstance(value, str):
            patterns.append(_Pattern.of(value, at))
            found[keyword] = patterns[-1].rewritten
        elif keyword in _MAPS and isinstance(value, Mapping):
            inner = {name: _rewritten(each, (*at, name), patterns) for name, each in value.items()}
            found[keyword] = _with_keys_rewritten(inner, at, patterns) if keyword == "patternProperties" else inner
        else:
            found[keyword] = value if keyword in _DATA else _rewritten(value, at, patterns)
    return found


def _with_keys_rewritten(schemas: Mapping[str, Any], path: Path, patterns: list[_Pattern]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, schema in schemas.items():
        pattern = _Pattern.of(name, (*path, name))
        key = pattern.rewritten
        while key in found:  # two ways to write the same
            key = f"(?:{key})"
        patterns.append(replace(pattern, rewritten=key))
        found[key] = schema
    return found


def _fault(schema: Any, error: Any, patterns: Sequence[_Pattern]) -> SchemaFault:
    path = tuple(error.instance_path)
    if type(error.kind).__name__ == "Referencing":
        return _unresolved(schema)
    if path[-1:] == ("pattern",) or "patternProperties" in path[-2:]:
        bad = next((each for each in patterns if not _compiles(each.rewritten)), None)
        if bad is not None:
            return SchemaFault(_problem(bad.text), bad.path)
    if isinstance(error.instance, str) and path:
        return SchemaFault(f'"{error.instance}" is not allowed as the value of `{path[-1]}`', path)
    keyword = f"the value of `{path[-1]}`" if path else "the JSON Schema"
    return SchemaFault(f"{keyword} is not what JSON Schema allows there", path)


def _problem(pattern: str) -> str:
    """Return what is wrong with a pattern that the engine refuses."""
    if any(each in pattern for each in _LOOK_AROUND):
        return f"the pattern {pattern} looks around itself, which Segment does not support"
    try:
        translated(pattern)
    except ValueError as error:
        return f"Segment cannot match the pattern {pattern} (RE2): {error}"
    return f"the pattern {pattern} is too large to be matched here"


def _compiles(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft7Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions(), offline=True)
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


def _unresolved(schema: Any) -> SchemaFault:
    """Say which reference leads nowhere."""
    references = list(_references(schema, ()))
    for path, reference in references:
        if not reference.startswith("#"):
            problem = f"the JSON Schema refers outside of itself, to {reference}; nothing is ever fetched"
            return SchemaFault(problem, path)
    for path, reference in references:
        if not _resolves(schema, reference):
            return SchemaFault(f"the JSON Schema refers to {reference}, which is not in it", path)
    return SchemaFault("the JSON Schema refers to something that is not in it")


def _references(schema: Any, path: Path) -> Iterator[tuple[Path, str]]:
    waiting: list[tuple[Any, Path]] = [(schema, path)]
    while waiting:
        value, at = waiting.pop()
        if isinstance(value, Mapping):
            for keyword, inner in value.items():
                if keyword in _REFERENCES and isinstance(inner, str):
                    yield (*at, keyword), inner
            waiting.extend((inner, (*at, keyword)) for keyword, inner in reversed(list(value.items())))
        elif isinstance(value, list):
            waiting.extend((inner, (*at, index)) for index, inner in reversed(list(enumerate(value))))


def _resolves(schema: Any, reference: str) -> bool:
    try:
        jsonschema_rs.Draft7Validator({**schema, "allOf": [{"$ref": reference}], "$ref": "#/allOf/0"}, offline=True)
    except (jsonschema_rs.ValidationError, ValueError, TypeError):
        return False
    return True
