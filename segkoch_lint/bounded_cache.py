"""The cache for values that are computed from texts: bounded in bytes, and emptied when it is full."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

MOST_BYTES = 1 << 20
"""The bytes that a cache may hold by default."""

_ENTRY_BYTES = 200
"""About how many bytes an entry takes, its texts aside."""

Key = TypeVar("Key")
Value = TypeVar("Value")
Arguments = ParamSpec("Arguments")


class BoundedCache(Generic[Key, Value]):
    """A cache whose keys are texts, or tuples of texts.

    Counting entries would be no bound: a text may have megabytes. An entry over an eighth of the cache is not kept.

    Args:
        most_bytes: how many bytes the cache may hold; it is emptied before it holds more.

    Attributes:
        entries: the cached values by key. Callers must not change it.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.entries: dict[Key, Value] = {}
        self._most = most_bytes
        self._held = 0

    def add(self, key: Key, value: Value) -> Value:
        """Add a value to the cache, and return it."""
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
    """Cache what a function of texts returns. Call it with positional arguments only."""
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
    """Return about how many bytes a key takes."""
    if isinstance(key, str | bytes):
        return len(key)
    if isinstance(key, tuple | frozenset):
        return 8 * len(key) + sum(map(size_of, key))
    return 0
