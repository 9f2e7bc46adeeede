"""Writes out definitions in the place of the references to them where the validator would lose its way behind these.

jsonschema-rs says by which way it came to a keyword. Of keywords that are not its own, and of what ``propertyNames``
asks, it says only where they are defined: behind a reference that does not tell which rule or message is meant.
"""

from __future__ import annotations

from typing import Any

from segkoch_lint.rules.references import REFERRING, lookup
from segkoch_lint.rules.vocabulary import compares, shared_definitions

_DATA = frozenset({"const", "enum", "default", "examples"})
_LEFT_OUT = frozenset({"$anchor", "$dynamicAnchor", "$defs"})


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a self-contained schema in which the validator keeps its way, but for schemas inside themselves."""
    defined = schema.get("$defs", {})
    shared = shared_definitions()
    own = any(definition is not shared.get(name) for name, definition in defined.items())
    if not defined or not (own or _names_keys({key: value for key, value in schema.items() if key != "$defs"})):
        return schema  # what rule files share neither compares nor asks anything of keys
    found: dict[str, Any] = _inlined(schema, schema, frozenset(), every=False)
    return found


def _names_keys(schema: Any) -> bool:
    if isinstance(schema, dict):
        return "propertyNames" in schema or any(map(_names_keys, schema.values()))
    return isinstance(schema, list) and any(map(_names_keys, schema))


def _inlined(schema: Any, root: Any, opened: frozenset[str], *, every: bool) -> Any:
    """Return a schema, or what holds some, without references to what compares, or without any."""
    if isinstance(schema, list):
        return [_inlined(each, root, opened, every=every) for each in schema]
    if not isinstance(schema, dict):
        return schema
    written: dict[str, Any] = {}
    for keyword, value in schema.items():
        target = lookup(root, value) if keyword in REFERRING and isinstance(value, str) else None
        if isinstance(target, dict) and value not in opened and (every or _comes_to_compare(target, root, frozenset())):
            bare = {key: inner for key, inner in target.items() if key not in _LEFT_OUT}
            written.setdefault("allOf", []).append(_inlined(bare, root, opened | {value}, every=every))
        elif keyword == "allOf":
            written.setdefault("allOf", []).extend(_inlined(value, root, opened, every=every))
        elif keyword in _DATA:
            written[keyword] = value
        else:
            written[keyword] = _inlined(value, root, opened, every=every or keyword == "propertyNames")
    return written


def _comes_to_compare(schema: Any, root: Any, seen: frozenset[str]) -> bool:
    """Return whether a value that is put to a schema is put to a comparing keyword."""
    if isinstance(schema, list):
        return any(_comes_to_compare(each, root, seen) for each in schema)
    if not isinstance(schema, dict):
        return False
    if compares({key: value for key, value in schema.items() if key != "$defs"}):
        return True
    referred = {value for key, value in schema.items() if key in REFERRING and isinstance(value, str)} - seen
    inner = [value for key, value in schema.items() if key != "$defs"]
    return _comes_to_compare(inner, root, seen) or any(
        _comes_to_compare(lookup(root, each), root, seen | referred) for each in referred
    )
