"""Amounts of memory as people write them: ``512MB``, ``2GiB``."""

from __future__ import annotations

import re

SIZE_FORMS = "Write bytes with a unit: 512MB, 2GiB."
"""What a size looks like, for hints."""

LEAST_MEMORY = 256 << 20
"""Bytes: with less the program itself, whose caches are the larger part, would have nothing left for users."""

_SIZE = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*([KMGT]?)(i?)(B?)", re.IGNORECASE)


def bytes_of(text: str) -> int:
    """Return the bytes of memory that *text* says; ``MB`` are millions of bytes, ``MiB`` (and ``M``) 1024 times 1024.

    Raises:
        ValueError: it is no size, or a smaller one than the program needs; the message says which.
    """
    from decimal import Decimal  # noqa: PLC0415 - few runs name a size

    read = _SIZE.fullmatch(text.strip())
    if read is None or (read[3] and not read[2]):
        raise ValueError(f'"{text}" is no size')
    unit = 1000 if read[4] and not read[3] else 1024
    size = int(Decimal(read[1]) * unit ** " KMGT".index(read[2].upper() or " "))
    if size < LEAST_MEMORY:
        raise ValueError(f'"{text}" is less than {LEAST_MEMORY >> 20}MiB, of which the program itself takes most')
    return size
