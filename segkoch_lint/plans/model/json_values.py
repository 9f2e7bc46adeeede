"""JSON values: read by path, changed in a copy, and followed from one schema to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from segkoch_lint.findings.position import Path, value_at


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return *value* if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> Sequence[Any]:
    """Return *value* if it is an array, else an empty one."""
    return value if isinstance(value, list) else ()


def as_text(value: Any) -> str:
    """Return *value* if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def existing(value: Any, path: Path) -> Path:
    """Return the longest prefix of *path* that exists in *value*."""
    for taken, step in enumerate(path):
        if isinstance(value, list):
            found = isinstance(step, int) and 0 <= step < len(value)
        else:
            found = step in as_mapping(value)
        if not found:
            return path[:taken]
        value = value[step]
    return path


def with_value(value: Any, path: Path, new: Any) -> Any:
    """Return *value* with *new* at *path*; only containers on the way are copied."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        index = int(step)
        return [*value[:index], with_value(value[index], rest, new), *value[index + 1 :]]
    return {**value, step: with_value(value.get(step), rest, new)}


def without(value: Any, path: Path) -> Any:
    """Return *value* without the member or item at *path*."""
    *way, last = path
    holder = value_at(value, tuple(way))
    if isinstance(holder, list):
        return with_value(value, tuple(way), [item for index, item in enumerate(holder) if index != last])
    return with_value(value, tuple(way), {key: inner for key, inner in holder.items() if key != last})


def resolve(root: Any, reference: Any) -> Path | None:
    """Return the path that a `$ref` inside *root* means, or None if it leads nowhere or out of the schema."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    path: Path = ()
    for token in filter(None, reference[1:].removeprefix("/").split("/")):
        name = unquote(token).replace("~1", "/").replace("~0", "~")
        path = (*path, int(name) if isinstance(value_at(root, path), list) and name.isdecimal() else name)
        if existing(root, path) != path:
            return None
    return path


def applied_in_place(root: Any, at: Path, keywords: Iterable[str]) -> Iterator[Path]:
    """Yield the paths of the schemas that apply to the same value as the schema at *at*.

    Args:
        root: the whole schema.
        at: an existing path in it.
        keywords: the ones to follow, `$ref` included; the value of each is a schema, or an array or object of schemas.
    """
    schema = as_mapping(value_at(root, at))
    for keyword in keywords:
        value = schema.get(keyword)
        if keyword == "$ref":
            path = resolve(root, value)
            yield from [] if path is None else [path]
        elif isinstance(value, list):
            yield from ((*at, keyword, index) for index in range(len(value)))
        elif keyword in {"dependencies", "dependentSchemas"}:
            yield from ((*at, keyword, name) for name in as_mapping(value))
        elif keyword in schema:
            yield (*at, keyword)
