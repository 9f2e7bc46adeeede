"""Values inside of others, and copies that are changed at one place."""

from __future__ import annotations

from typing import Any

from segkoch_lint.places import Path


def value_at(value: Any, path: Path) -> Any:
    """Return the value at *path*, which exists."""
    for step in path:
        value = value[step]
    return value


def with_value(value: Any, path: Path, new: Any) -> Any:
    """Return *value* with *new* at *path*; what is on the way is copied, all else shared."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        copied = list(value)
        copied[int(step)] = with_value(value[int(step)], rest, new)
        return copied
    return {**value, step: with_value(value.get(step), rest, new)}


def without(value: Any, path: Path) -> Any:
    """Return *value* without the member at *path*."""
    *way, last = path
    holder = value_at(value, tuple(way))
    if isinstance(holder, list):
        return with_value(value, tuple(way), [item for index, item in enumerate(holder) if index != last])
    return with_value(value, tuple(way), {key: inner for key, inner in holder.items() if key != last})
