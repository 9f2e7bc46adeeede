"""Caches are bounded by the bytes of their texts, not by the number of these."""

from __future__ import annotations

import tracemalloc
from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.bounded_cache import BoundedCache, cached, size_of
from segkoch_lint.rules.fingerprint import Fingerprinter
from segkoch_lint.rules.read_set import ReadSet

keys = st.recursive(
    st.text(max_size=50) | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=4).map(tuple)
)


@given(st.lists(keys), st.integers(100, 5_000))
def test_a_cache_never_holds_more_than_its_limit(added: list[Hashable], most: int) -> None:
    cache: BoundedCache[Hashable, int] = BoundedCache(most)
    for number, key in enumerate(added):
        assert cache.add(key, number) == number
        assert sum(200 + size_of(each) for each in cache.entries) <= most


def test_a_full_cache_forgets_everything_and_goes_on() -> None:
    cache: BoundedCache[str, int] = BoundedCache(10_000)
    for number in range(1_000):
        cache.add(f"key {number:03}", number)
        assert f"key {number:03}" in cache.entries
        assert len(cache.entries) <= 10_000 // 207
    assert "key 000" not in cache.entries


def test_a_too_large_entry_is_not_kept_and_does_not_empty_the_cache() -> None:
    cache: BoundedCache[str, int] = BoundedCache(10_000)
    cache.add("a", 1)
    cache.add("b" * 2_000, 2)
    assert cache.entries == {"a": 1}


def test_a_cached_function_is_called_once_for_short_texts() -> None:
    asked: list[str] = []

    @cached
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    long = "x" * (1 << 20)
    assert [length("a"), length("a"), length(long), length(long)] == [1, 1, 1 << 20, 1 << 20]
    assert asked == ["a", long, long]


def test_a_cached_function_that_failed_is_called_again() -> None:
    @cached
    def inverse(number: int) -> float:
        return 1 / number

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            inverse(0)


def test_fingerprints_of_long_keys_and_values_are_not_cached() -> None:
    read_set = ReadSet(
        patterns={"^x": ReadSet(questions={"a": {"type": "string"}})},
        members={"y": ReadSet(questions={"a": {"minLength": 1}})},
    )
    fingerprinter = Fingerprinter(read_set)
    tracemalloc.start()
    try:
        for number in range(40):
            key = "x" * (1 << 18) + str(number)
            fingerprinter.of({key: "", "y": key, "z" + key: 1})
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 3 << 20
