"""Amounts of memory as people write them: ``512MB``, ``2GiB``."""

from __future__ import annotations

import re

SIZE_FORMS = "Write bytes with a unit: 512MB, 2GiB."
"""The forms of a size, for hints."""

LEAST_MEMORY = 256 << 20
"""Bytes. With less, the caches of the program would leave no memory for the records of users."""

_SIZE = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*([KMGT]?)(i?)(B?)", re.IGNORECASE)


def bytes_of(text: str) -> int:
    """Return the number of bytes that *text* means: ``MB`` is a million bytes, ``MiB`` and ``M`` are 1024 * 1024.

    Raises:
        ValueError: *text* is not a size, or is less than the program needs; the message says which.
    """
    from decimal import Decimal  # noqa: PLC0415 - few runs name a size

    read = _SIZE.fullmatch(text.strip())
    if read is None or (read[3] and not read[2]):
        raise ValueError(f'"{text}" is not a size')
    unit = 1000 if read[4] and not read[3] else 1024
    size = int(Decimal(read[1]) * unit ** " KMGT".index(read[2].upper() or " "))
    if size < LEAST_MEMORY:
        raise ValueError(f'"{text}" is less than the {LEAST_MEMORY >> 20}MiB that the program needs')
    return size
