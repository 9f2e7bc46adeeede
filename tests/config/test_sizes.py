"""Amounts of memory."""

from __future__ import annotations

import pytest

from segkoch_lint.config.sizes import bytes_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512MB", 512_000_000),
        ("512MiB", 512 << 20),
        ("512M", 512 << 20),
        (" 2 GiB ", 2 << 30),
        ("1.5GiB", 3 << 29),
        ("1000000KB", 1_000_000_000),
        ("1000000kB", 1_000_000_000),
        ("1TB", 10**12),
        ("512mb", 512_000_000),
        ("2gib", 2 << 30),
        ("536870912", 512 << 20),
        ("536870912B", 512 << 20),
    ],
)
def test_sizes_have_the_units_that_people_use(text: str, size: int) -> None:
    assert bytes_of(text) == size


@pytest.mark.parametrize("text", ["", "much", "1PB", "-1GB", "1iB", "1e9", "1,5GB", "GiB"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        bytes_of(text)


@pytest.mark.parametrize("text", ["0", "255MiB", "256MB"])
def test_less_than_the_program_needs_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="less than the 256MiB"):
        bytes_of(text)
