"""The keywords that a value fails: where they are in the schema, and where the value is."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import unquote

from segkoch_lint.findings.position import Path, path_of
from segkoch_lint.rules.validator import Validator

_MOST_LEVELS = 200
"""Levels of a value that is copied; jsonschema-rs copies the value of each failure and gives up at 255."""


class KeywordFailure(NamedTuple):
    """A keyword that a value fails.

    Attributes:
        path: of the value that fails it.
        schema_path: the keywords, names and indexes from the top of the schema to the keyword, references included
            (the evaluation path of JSON Schema).
    """

    path: Path
    schema_path: Path


def failures(validator: Validator, value: Any) -> list[KeywordFailure]:
    """Return the keywords that a value fails, in the validator's order.

    Raises:
        ValueError: the value holds a text that is not valid Unicode.
    """
    try:
        errors = validator.iter_errors(value)
    except ValueError:
        errors = _errors_of_deep(validator, value)
    return [KeywordFailure(tuple(error.instance_path), _schema_path(error)) for error in errors]


def _schema_path(error: Any) -> Path:
    """Return the path from the top of the schema to a failed keyword.

    Of a comparing keyword, jsonschema-rs only reports where it is defined: in a schema with a ``$id``
    (`segkoch_lint.rules.combined_schema`), from the top of that one.
    """
    path: Path = tuple(error.evaluation_path)
    resource, _, fragment = (error.absolute_keyword_location or "").partition("#")
    if resource and path_of(unquote(fragment)) == tuple(map(str, path)):
        return ("allOf", int(resource.rpartition(":")[2]), *path)
    return path


def _errors_of_deep(validator: Validator, value: Any) -> Any:
    """Return the errors in a value that is nested too deeply to be copied.

    The validator sees a copy without the deepest objects and lists; comparing keywords see the whole value.

    Raises:
        ValueError: the only errors are in what is left out, or the value is not too deep at all.
    """
    originals: dict[int, Any] = {}
    shallow = _shallow(value, _MOST_LEVELS, originals)
    errors = validator.iter_errors(shallow, originals)
    if not errors and not validator.is_valid(value):
        raise ValueError(f"invalid more than {_MOST_LEVELS} levels deep")
    return errors


def _shallow(value: Any, levels: int, originals: dict[int, Any]) -> Any:
    """Return a copy of *value* with at most *levels* levels, and add the original of each part, by the part's id."""
    copied: Any
    if isinstance(value, dict):
        copied = {key: _shallow(inner, levels - 1, originals) for key, inner in value.items()} if levels else {}
    elif isinstance(value, list):
        copied = [_shallow(inner, levels - 1, originals) for inner in value] if levels else []
    else:
        return value
    originals[id(copied)] = value
    return copied
