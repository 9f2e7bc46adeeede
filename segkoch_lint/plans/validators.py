"""A plan's JSON Schemas as validators: each in its own draft, patterns in linear time, and nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from segkoch_lint.places import Path

_DRAFTS: Mapping[str, Any] = {
    "json-schema.org/draft-04/schema": jsonschema_rs.Draft4Validator,
    "json-schema.org/draft-06/schema": jsonschema_rs.Draft6Validator,
    "json-schema.org/draft-07/schema": jsonschema_rs.Draft7Validator,
    "json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
}

_LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")
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
    try:
        return draft(schema, pattern_options=jsonschema_rs.RegexOptions(), offline=True)
    except jsonschema_rs.ValidationError as error:
        raise _fault(schema, error) from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise SchemaFault(f"the JSON Schema cannot be used ({type(error).__name__})") from None


def _bare(uri: Any) -> str:
    """Return the URI of a draft without what people write differently: the scheme, and an empty fragment."""
    return str(uri).removeprefix("http://").removeprefix("https://").removesuffix("#")


def _fault(schema: Any, error: Any) -> SchemaFault:
    path = tuple(error.instance_path)
    if type(error.kind).__name__ == "Referencing":
        return _unresolved(schema)
    if isinstance(error.instance, str) and path:
        if path[-1] == "pattern" or "patternProperties" in path[-2:]:
            return _bad_pattern(error.instance, path)
        return SchemaFault(f'"{error.instance}" is not allowed as the value of `{path[-1]}`', path)
    if "patternProperties" in path[-1:]:
        return _bad_patterns(error, path)
    keyword = f"the value of `{path[-1]}`" if path else "the JSON Schema"
    return SchemaFault(f"{keyword} is not what JSON Schema allows there", path)


def _bad_pattern(pattern: str, path: Path) -> SchemaFault:
    if any(each in pattern for each in _LOOK_AROUND):
        return SchemaFault(f"the pattern {pattern} looks around itself, which Segment does not support", path)
    return SchemaFault(f"the pattern {pattern} cannot be matched in linear time, or is none", path)


def _bad_patterns(error: Any, path: Path) -> SchemaFault:
    patterns = error.instance if isinstance(error.instance, Mapping) else {}
    bad = next((pattern for pattern in patterns if not _compiles(pattern)), None)
    return _bad_pattern(bad, (*path, bad)) if bad is not None else SchemaFault("a pattern that cannot be matched", path)


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
