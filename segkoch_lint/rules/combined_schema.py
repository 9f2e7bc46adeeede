"""The schemas of several rules as one, with all definitions at its top, where every validator finds them quickly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from segkoch_lint.findings.position import path_of, pointer_of
from segkoch_lint.rules.references import NAMING, definition_name, references
from segkoch_lint.rules.subschemas import map_held, subschemas
from segkoch_lint.rules.vocabulary import DIALECT, shared_definitions


def conjunction(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one schema that a value fulfils if it fulfils all of *schemas*.

    The definitions are moved to its ``$defs``; those that are a rule's own get the rule's code before their name. A
    schema that refers to itself in any other way keeps its definitions and gets a ``$id``: validators resolve
    references slowly below one.

    Args:
        schemas: expanded, self-contained schemas by rule code.
    """
    shared = shared_definitions()
    parts: list[Any] = []
    definitions: dict[str, Any] = {}
    for code, schema in schemas.items():
        defined = schema.get("$defs", {})
        # Shared definitions refer to shared definitions only, and keep their names.
        own = {name: definition for name, definition in defined.items() if definition is not shared.get(name)}
        bare = {keyword: value for keyword, value in schema.items() if keyword != "$defs"}
        if not _can_be_moved([bare, *own.values()], defined):
            parts.append({"$id": f"urn:segkoch-lint:rule:{code}", **schema})
            continue
        names = {name: f"{code}-{name}" for name in own}
        definitions |= {name: definition for name, definition in defined.items() if name not in own}
        definitions |= {names[name]: _renamed(definition, names) for name, definition in own.items()}
        parts.append(_renamed(bare, names) if names else bare)
    combined: dict[str, Any] = {"$schema": DIALECT, "allOf": parts}
    if definitions:
        combined["$defs"] = {name: definitions[name] for name in sorted(definitions)}
    return combined


def _can_be_moved(schemas: list[Any], defined: Mapping[str, Any]) -> bool:
    """Return whether *schemas* refer to definitions in *defined* only, by their names."""
    has_names = any(not each.keys().isdisjoint({*NAMING, "$dynamicRef"}) for s in schemas for each in subschemas(s))
    return not has_names and all(definition_name(each) in defined for s in schemas for each in references(s))


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """Return *schema* with references to definitions changed to their new names."""
    if not isinstance(schema, Mapping):
        return schema
    return {
        keyword: _new_reference(value, names)
        if keyword == "$ref" and isinstance(value, str)
        else map_held(keyword, value, lambda each: _renamed(each, names))
        for keyword, value in schema.items()
    }


def _new_reference(reference: str, names: Mapping[str, str]) -> str:
    _, name, *rest = path_of(unquote(reference[1:]))
    return "#" + quote(pointer_of(("$defs", names.get(str(name), name), *rest)), safe="/$~")
