"""A plan's JSON Schemas, compiled: each in its own draft, with patterns in linear time, and nothing is ever fetched.

Patterns mean what they mean in RE2, which Segment matches them with (`patterns.py`). If RE2 does not accept one, it is
read as ECMA 262, provided that it can be matched in linear time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from segkoch_lint.findings.position import Path
from segkoch_lint.plans.probe.patterns import read_pattern
from segkoch_lint.rules.subschemas import MAPS_OF_SCHEMAS

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
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})


class SchemaError(Exception):
    """A schema that cannot be evaluated.

    Attributes:
        problem: what is wrong, in a clause; it may quote texts of the schema.
        path: of the problem, from the schema's root.
    """

    def __init__(self, problem: str, path: Path = ()) -> None:
        super().__init__(problem, path)
        self.problem = problem
        self.path = path


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A schema with its validator."""

    schema: Any
    _validator: Any

    def is_valid(self, call: Any) -> bool:
        """Return whether the schema accepts a call."""
        return bool(self._validator.is_valid(call))

    def errors(self, call: Any) -> Any:
        """Iterate over the errors of a call, as jsonschema-rs describes them."""
        return self._validator.iter_errors(call)


def compile_schema(schema: Any) -> CompiledSchema:
    """Compile a schema in the draft that it names; draft-07, as Segment does, if it names none.

    Raises:
        SchemaError: it is not a schema, refers outside itself, or has a pattern that cannot be matched.
    """
    if schema is None:
        raise SchemaError("there is no JSON Schema here")
    draft: Any = jsonschema_rs.Draft7Validator
    if isinstance(schema, Mapping) and (named := schema.get("$schema")) is not None:
        # The scheme, and an empty fragment, are often written differently.
        draft = _DRAFTS.get(str(named).removeprefix("http://").removeprefix("https://").removesuffix("#"))
        if draft is None:
            raise SchemaError(f"the draft of JSON Schema is not known: {named}", ("$schema",))
    rewriting = _Rewriting()
    try:
        rewritten = rewriting.rewritten(schema, ())
        if isinstance(rewritten, dict):
            rewritten.pop("$schema", None)
        validator = draft(rewritten, pattern_options=jsonschema_rs.RegexOptions(), offline=True)
    except jsonschema_rs.ValidationError as error:
        raise _schema_error(rewritten, error, rewriting) from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise SchemaError(f"the JSON Schema cannot be used ({type(error).__name__})") from None
    return CompiledSchema(schema, validator)


@dataclass(slots=True)
class _Rewriting:
    """Rewrites the patterns of a schema, and collects what an error may be about.

    Attributes:
        patterns: their text and what the engine gets, by path.
        references: the references to other schemas, by path.
    """

    patterns: dict[Path, tuple[str, str]] = field(default_factory=dict)
    references: dict[Path, str] = field(default_factory=dict)

    def rewritten(self, schema: Any, path: Path) -> Any:
        """Return a schema with its patterns rewritten; values that a call is compared with are left alone."""
        if isinstance(schema, list):
            return [self.rewritten(each, (*path, index)) for index, each in enumerate(schema)]
        if not isinstance(schema, Mapping):
            return schema
        found: dict[str, Any] = {}
        for keyword, value in schema.items():
            at = (*path, keyword)
            if keyword == "patternProperties" and isinstance(value, Mapping):
                found[keyword] = inner = {}
                for name, each in value.items():
                    key = self._pattern(name, (*at, name))
                    while key in inner:  # two patterns that mean the same
                        key = f"(?:{key})"
                    inner[key] = self.rewritten(each, (*at, name))
            elif keyword in _MAPS and isinstance(value, Mapping):
                found[keyword] = {name: self.rewritten(each, (*at, name)) for name, each in value.items()}
            elif keyword == "pattern" and isinstance(value, str):
                found[keyword] = self._pattern(value, at)
            else:
                if keyword in _REFERENCES and isinstance(value, str):
                    self.references[at] = value
                found[keyword] = value if keyword in _DATA else self.rewritten(value, at)
        return found

    def _pattern(self, text: str, path: Path) -> str:
        try:
            engine = read_pattern(text).text
        except ValueError:
            engine = text
        self.patterns[path] = text, engine
        return engine


def _schema_error(schema: Any, error: Any, rewriting: _Rewriting) -> SchemaError:
    path = tuple(error.instance_path)
    if type(error.kind).__name__ == "Referencing":
        return _reference_error(schema, rewriting.references)
    if path[-1:] == ("pattern",) or "patternProperties" in path[-2:]:
        for place, (text, engine) in rewriting.patterns.items():
            if not _compiles({"pattern": engine}):
                return SchemaError(_pattern_problem(text), place)
    if isinstance(error.instance, str) and path:
        return SchemaError(f'"{error.instance}" is not allowed as the value of `{path[-1]}`', path)
    keyword = f"the value of `{path[-1]}`" if path else "the JSON Schema"
    return SchemaError(f"{keyword} is not what JSON Schema allows there", path)


def _pattern_problem(pattern: str) -> str:
    if any(each in pattern for each in _LOOK_AROUND):
        return f"the pattern {pattern} looks around itself, which Segment does not support"
    try:
        read_pattern(pattern)
    except ValueError as error:
        return f"Segment cannot match the pattern {pattern} (RE2): {error}"
    return f"the pattern {pattern} is too large to be matched here"


def _reference_error(schema: Any, references: Mapping[Path, str]) -> SchemaError:
    """Return which reference leads nowhere."""
    for path, reference in references.items():
        if not reference.startswith("#"):
            problem = f"the JSON Schema refers outside of itself, to {reference}; nothing is ever fetched"
            return SchemaError(problem, path)
    for path, reference in references.items():
        if not _compiles({**schema, "allOf": [{"$ref": reference}], "$ref": "#/allOf/0"}):
            return SchemaError(f"the JSON Schema refers to {reference}, which is not in it", path)
    return SchemaError("the JSON Schema refers to something that is not in it")


def _compiles(schema: Any) -> bool:
    try:
        jsonschema_rs.Draft7Validator(schema, pattern_options=jsonschema_rs.RegexOptions(), offline=True)
    except (jsonschema_rs.ValidationError, ValueError, TypeError):
        return False
    return True
