"""What a validator finds wrong with a value: where in the value, and by which keyword of the schema."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import unquote

from segkoch_lint.findings.position import Path, path_of
from segkoch_lint.rules.vocabulary import FastValidator

_MOST_LEVELS = 200
"""Levels of a value that is copied; jsonschema-rs copies the value of each failure and gives up at 255."""


class KeywordFailure(NamedTuple):
    """One keyword that a value fails.

    Attributes:
        path: of the value that fails it.
        way: the keywords, names and indexes that lead to the keyword from the top of the schema, references included
            (the evaluation path of JSON Schema).
    """

    path: Path
    way: Path


def failures(gate: FastValidator, value: Any) -> list[KeywordFailure]:
    """Return what is wrong with a value, in the order in which the validator finds it; empty if it is valid.

    Raises:
        ValueError: the value holds a text that is not valid Unicode.
    """
    try:
        errors = gate.iter_errors(value)
    except ValueError:
        errors = _failures_of_deep(gate, value)
    return [KeywordFailure(tuple(error.instance_path), _way(error)) for error in errors]


def _way(error: Any) -> Path:
    """Return the way to a failed keyword.

    Of a keyword that is not its own, jsonschema-rs only says where it is defined: in a schema with an id
    (`segkoch_lint.rules.combined_schema`), from the top of that one.
    """
    way: Path = tuple(error.evaluation_path)
    resource, _, fragment = (error.absolute_keyword_location or "").partition("#")
    if resource and path_of(unquote(fragment)) == tuple(map(str, way)):
        return ("allOf", int(resource.rpartition(":")[2]), *way)
    return way


def _failures_of_deep(gate: FastValidator, value: Any) -> Any:
    """Return what is wrong with a value that is nested too deeply to be copied.

    The deepest objects and lists are left out of what the validator sees; keywords of ours see the whole value.

    Raises:
        ValueError: what is wrong is only to be found in what is left out, or the value is not too deep at all.
    """
    originals: dict[int, Any] = {}
    shallow = _shallow(value, _MOST_LEVELS, originals)
    errors = gate.iter_errors(shallow, originals)
    if not errors and not gate.is_valid(value):
        raise ValueError(f"invalid more than {_MOST_LEVELS} levels deep")
    return errors


def _shallow(value: Any, levels: int, originals: dict[int, Any]) -> Any:
    """Return a copy of a value with so many levels, and remember of which value each part is the copy, by identity."""
    copied: Any
    if isinstance(value, dict):
        copied = {key: _shallow(inner, levels - 1, originals) for key, inner in value.items()} if levels else {}
    elif isinstance(value, list):
        copied = [_shallow(inner, levels - 1, originals) for inner in value] if levels else []
    else:
        return value
    originals[id(copied)] = value
    return copied
