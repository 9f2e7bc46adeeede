"""Shares of calls as people write them: ``20%``, ``0.1%``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

SHARE_FORMS = "Write a share in percent: 20%, 0.1%."
"""The forms of a share, for hints."""

_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,18})?)\s*%")


def share_of(text: str) -> Fraction:
    """Return the share that *text* means, over 0 and at most 1.

    Raises:
        ValueError: *text* is not such a share; the message says why.
    """
    from fractions import Fraction  # noqa: PLC0415 - few runs name a share

    read = _SHARE.fullmatch(text.strip())
    if read is None:
        raise ValueError(f'"{text}" is not a share')
    share = Fraction(read[1]) / 100
    if not 0 < share <= 1:
        raise ValueError(f'"{text}" is not over 0% and at most 100%')
    return share


def percent(share: Fraction) -> str:
    """Return a share as people write it, rounded to four digits."""
    return f"{float(share * 100):.4g}%"
