"""Definitions in the place of references to them, where a validator would lose track of the path to a keyword.

jsonschema-rs reports the path through the schema to the keyword that failed. For keywords that are not its own, and for
those inside ``propertyNames``, it only reports where they are defined. Behind a reference, that does not say which rule
or message is meant.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from segkoch_lint.rules.references import REFERRING, lookup
from segkoch_lint.rules.subschemas import map_held, subschemas
from segkoch_lint.rules.validator import may_use_comparison
from segkoch_lint.rules.vocabulary import shared_definitions

_LEFT_OUT = frozenset({"$anchor", "$dynamicAnchor", "$defs"})


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a self-contained schema in which the path to each keyword is known, but for schemas inside themselves."""
    defined = schema.get("$defs", {})
    shared = shared_definitions()
    has_own = any(definition is not shared.get(name) for name, definition in defined.items())
    bare = {key: value for key, value in schema.items() if key != "$defs"}
    # Shared definitions have neither comparing keywords nor `propertyNames`.
    if not defined or not (has_own or any("propertyNames" in each for each in subschemas(bare))):
        return schema
    found: dict[str, Any] = _inlined(schema, schema, frozenset(), every=False)
    return found


def _inlined(schema: Any, root: Any, opened: frozenset[str], *, every: bool) -> Any:
    """Return *schema* with references replaced by what they lead to.

    Args:
        schema: the schema.
        root: the schema that references are relative to.
        opened: references that are being replaced.
        every: whether to replace every reference, and not only those that lead to comparing keywords.
    """
    if not isinstance(schema, dict):
        return schema
    written: dict[str, Any] = {}
    for keyword, value in schema.items():
        target = lookup(root, value) if keyword in REFERRING and isinstance(value, str) else None
        if isinstance(target, dict) and value not in opened and (every or _comes_to_compare(target, root, frozenset())):
            bare = {key: inner for key, inner in target.items() if key not in _LEFT_OUT}
            written.setdefault("allOf", []).append(_inlined(bare, root, opened | {value}, every=every))
            continue
        inline = partial(_inlined, root=root, opened=opened, every=every or keyword == "propertyNames")
        held = map_held(keyword, value, inline)
        if keyword == "allOf":
            written.setdefault("allOf", []).extend(held)
        else:
            written[keyword] = held
    return written


def _comes_to_compare(schema: Any, root: Any, seen: frozenset[str]) -> bool:
    """Return whether a comparing keyword is applied to a value, or to a part of it, that *schema* is applied to."""
    if isinstance(schema, list):
        return any(_comes_to_compare(each, root, seen) for each in schema)
    if not isinstance(schema, dict):
        return False
    if may_use_comparison({key: value for key, value in schema.items() if key != "$defs"}):
        return True
    referred = {value for key, value in schema.items() if key in REFERRING and isinstance(value, str)} - seen
    inner = [value for key, value in schema.items() if key != "$defs"]
    return _comes_to_compare(inner, root, seen) or any(
        _comes_to_compare(lookup(root, each), root, seen | referred) for each in referred
    )
