"""Several rules' schemas as one: what they define stands once, at the top, where every validator finds it quickly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from segkoch_lint.findings.position import Path, path_of, pointer_of
from segkoch_lint.rules.vocabulary import DIALECT, shared_definitions

_DEFS = "$defs"
_NAMING = frozenset({"$anchor", "$dynamicAnchor", "$dynamicRef"})


def conjunction(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one schema that holds where all of *schemas* (expanded and self-contained, by rule code) hold.

    The definitions are moved to its ``$defs``, a rule's own ones under the rule's code. A schema that refers to itself
    in any other way keeps a ``$id``, and its definitions; validators resolve references slowly below one.
    """
    shared = shared_definitions()
    parts: list[Any] = []
    definitions: dict[str, Any] = {}
    for code, schema in schemas.items():
        defined = schema.get("$defs", {})
        # What is shared refers to nothing else, and keeps its name.
        own = {name: definition for name, definition in defined.items() if definition is not shared.get(name)}
        bare = {keyword: value for keyword, value in schema.items() if keyword != "$defs"}
        if any(_defined(reference) not in defined for reference in _references([bare, *own.values()])):
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


def _references(schema: Any) -> Iterator[str]:
    """Yield what a schema refers to, and what it could be referred to by."""
    if isinstance(schema, dict):
        for keyword, value in schema.items():
            if isinstance(value, str) and (keyword == "$ref" or keyword in _NAMING):
                yield value if keyword == "$ref" else ""
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _references(item)


def _defined(reference: str) -> str | None:
    """Return the name of the definition that is referred to, wholly or in part, or None if it is something else."""
    path = _path(reference)
    return str(path[1]) if len(path) > 1 and path[0] == _DEFS else None


def _path(reference: str) -> Path:
    return path_of(unquote(reference[1:])) if reference.startswith("#/") else ()


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """Return *schema* with references to definitions changed to their new names."""
    if isinstance(schema, dict):
        return {
            keyword: _new_reference(value, names)
            if keyword == "$ref" and isinstance(value, str)
            else _renamed(value, names)
            for keyword, value in schema.items()
        }
    return [_renamed(item, names) for item in schema] if isinstance(schema, list) else schema


def _new_reference(reference: str, names: Mapping[str, str]) -> str:
    _, name, *rest = _path(reference)
    return "#" + quote(pointer_of((_DEFS, names.get(str(name), name), *rest)), safe="/$~")
