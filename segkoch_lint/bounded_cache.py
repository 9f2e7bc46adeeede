"""The one kind of cache for what is asked again and again of texts: bounded in bytes, and emptied when it is full."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

MOST_BYTES = 1 << 20
"""Bytes that a cache holds, unless it is told otherwise."""

_ENTRY_BYTES = 200
"""About what an entry takes beside its texts."""

Key = TypeVar("Key")
Value = TypeVar("Value")
Arguments = ParamSpec("Arguments")


class BoundedCache(Generic[Key, Value]):
    """Remembers values by keys that are texts, or made of texts.

    A count of entries is no bound: a text may have megabytes. What would take an eighth of the cache is not kept.

    Args:
        most_bytes: how much is held before everything is forgotten.

    Attributes:
        entries: what is cached; to be read only.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.entries: dict[Key, Value] = {}
        self._most = most_bytes
        self._held = 0

    def add(self, key: Key, value: Value) -> Value:
        """Remember a value, and return it."""
        size = _ENTRY_BYTES + size_of(key)
        if size > self._most // 8:
            return value
        if self._held + size > self._most:
            self.entries.clear()
            self._held = 0
        self._held += size
        self.entries[key] = value
        return value


def cached(function: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
    """Remember what a function of texts returns; it is called with positional arguments only."""
    cache: BoundedCache[Any, Value] = BoundedCache()
    entries = cache.entries

    @wraps(function)
    def call(*arguments: Arguments.args, **options: Arguments.kwargs) -> Value:
        try:
            return entries[arguments]
        except KeyError:
            return cache.add(arguments, function(*arguments, **options))

    return call


def size_of(key: object) -> int:
    """Return about how many bytes the texts in a key take."""
    if isinstance(key, str | bytes):
        return len(key)
    if isinstance(key, tuple | frozenset):
        return 8 * len(key) + sum(map(size_of, key))
    return 0
