"""Whether a JSON value fits into a number of bytes, found from its text without parsing it."""

from __future__ import annotations

import re

from segkoch_lint.rules.vocabulary import MOST_GROWTH

_LONGEST_NUMBER = 24
"""Bytes of the longest float that Python writes, such as `-2.2250738585072014e-308`."""

_LONG_NUMBER = 19
"""Python may write a number with a point, but without an exponent, with one if it has at least this many bytes."""

_MAY_GROW = re.compile(rb"[0-9][eE]|[0-9]{17}")
_STRING_OR_NUMBER = re.compile(rb'"(?:[^"\\]++|\\.)*+"|(-?[0-9][0-9.eE+-]*+)')


def fits(text: bytes, most: int) -> bool:
    """Return whether a value has at most *most* bytes, both in its text and as `maxBytes` counts them.

    Escapes and white space only get shorter if Python writes the value, but numbers may get longer.

    Args:
        text: JSON.
        most: a number of bytes.

    Returns:
        False if in doubt.
    """
    return len(text) <= most // MOST_GROWTH or (len(text) <= most and len(text) + _growth(text) <= most)


def _growth(text: bytes) -> int:
    """Return by how many bytes the numbers of a value may get longer."""
    if not _MAY_GROW.search(text):
        return 0
    numbers = (number for number in _STRING_OR_NUMBER.findall(text) if number)
    return sum(
        max(0, _LONGEST_NUMBER - len(number))
        for number in numbers
        if b"e" in number.lower() or (b"." in number and len(number) >= _LONG_NUMBER)
    )
