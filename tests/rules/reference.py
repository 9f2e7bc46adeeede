"""An independent answer to what a value breaks and where: python-jsonschema, with our keywords and one engine of
patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import referencing
from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

from segkoch_lint.findings.position import Path
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.references import REFERRING, lookup
from segkoch_lint.rules.subschemas import SCHEMAS
from segkoch_lint.rules.validator import matcher
from segkoch_lint.rules.violations import resolve
from segkoch_lint.rules.vocabulary import KEYWORDS

Expected = tuple[Path, str, bool, str]
"""The path of a violation, the message, whether the offending value exists, and the remedy if there is one."""


def reference_validator(schema: Mapping[str, Any]) -> Validator:
    """Return the reference validator of an expanded, self-contained schema."""
    validator: Validator = _validator_class()(schema)
    return validator


def expected_violations(rule: Rule, schema: Mapping[str, Any], value: Any) -> list[Expected]:
    """Return the violations of a rule by a value, by the reference validator."""
    found: dict[Path, Expected] = {}
    for error in reference_validator(schema).iter_errors(value):
        path, exists = _located(rule, error, value)
        message = _annotation(schema, error, "message") or rule.message
        found.setdefault(path, (path, message, exists, _annotation(schema, error, "fix")))
    return list(found.values())


def _located(rule: Rule, error: ValidationError, value: Any) -> tuple[Path, bool]:
    path = tuple(error.absolute_path)
    place = rule.place or ()
    if len(path) < len(place) and place[: len(path)] == tuple(map(str, path)):
        return resolve(value, place)
    return path, error.validator != "required"


def _annotation(schema: Mapping[str, Any], error: ValidationError, name: str) -> str:
    """Return the annotation nearest to the failed keyword, going up from it; an empty text where there is none."""
    text = ""
    node: Any = schema
    # Of the two keywords that refer, jsonschema names the one in its paths, and leaves the other out.
    for step in (each for each in error.absolute_schema_path if each != "$dynamicRef"):
        while isinstance(node, dict) and step not in node:
            text = _text(node, name) or text
            node = next((lookup(schema, node[each]) for each in REFERRING if each in node), None)
        if node is None:
            return text
        text = _text(node, name) or text
        node = node[step]
    return (_text(node, name) if error.validator in SCHEMAS else "") or text  # the value of `const` is data


def _text(schema: Any, name: str) -> str:
    text = schema.get(name) if isinstance(schema, dict) else None
    return text if isinstance(text, str) else ""


@cache
def _validator_class() -> Any:
    keywords: dict[str, Any] = {name: _keyword(name, is_valid) for name, is_valid in KEYWORDS.items()}
    keywords |= {"pattern": _pattern, "patternProperties": _pattern_properties}
    extended = validators.extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]  # the stubs leave it out
    registry: referencing.Registry[Any] = referencing.Registry()  # an empty one never fetches
    return lambda schema: extended(schema, registry=registry)


def _keyword(name: str, is_valid: Callable[[Any, Any], bool]) -> Any:
    def keyword(_validator: Validator, value: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        if not is_valid(value, instance):
            yield ValidationError(name, path=[value["member"]] if name == "foundIn" else ())

    return keyword


def _pattern(_validator: Validator, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    if isinstance(instance, str) and not matcher(pattern)(instance):
        yield ValidationError("pattern")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, _schema: Any) -> Iterator[Any]:
    if not isinstance(instance, Mapping):
        return
    for pattern, subschema in patterns.items():
        matches = matcher(pattern)
        for key, value in instance.items():
            if matches(key):
                yield from validator.descend(value, subschema, path=key, schema_path=pattern)
