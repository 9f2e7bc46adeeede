"""Character classes of patterns: as ranges of code points, and as the engine reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

LAST = 0x10FFFF
"""The last code point."""

Ranges = Sequence[tuple[int, int]]
"""Code points, each range with its last one."""


def _ranges(text: str) -> Ranges:
    """Return the ranges of a class: ``a-z0``."""
    return [(ord(each[0]), ord(each[-1])) for each in re.findall(r"(?s).-.|.", text)]


PERL: Mapping[str, Ranges] = {"d": _ranges("0-9"), "s": _ranges("\t\n\f\r "), "w": _ranges("0-9A-Za-z_")}
PERL_SAMPLES = {"d": "1234567890", "w": "aB1_", "s": " \t", "D": "ab-", "W": "- .", "S": "a1"}

POSIX: Mapping[str, Ranges] = {
    "alnum": _ranges("0-9A-Za-z"),
    "alpha": _ranges("A-Za-z"),
    "ascii": _ranges("\x00-\x7f"),
    "blank": _ranges("\t "),
    "cntrl": _ranges("\x00-\x1f\x7f"),
    "digit": _ranges("0-9"),
    "graph": _ranges("!-~"),
    "lower": _ranges("a-z"),
    "print": _ranges(" -~"),
    "punct": _ranges("!-/:-@[-`{-~"),
    "space": _ranges("\t-\r "),
    "upper": _ranges("A-Z"),
    "word": _ranges("0-9A-Za-z_"),
    "xdigit": _ranges("0-9A-Fa-f"),
}

_ASCII_FOLDED = ((0x17F, 0x17F), (0x212A, 0x212A))
"""The characters outside ASCII that differ from an ASCII letter only in case: the long s and the Kelvin sign."""

SPECIAL = "^$\\.*+?()[]{}|/"
_SPECIAL_IN_CLASS = "\\]^-["


def samples_in(low: int, high: int) -> str:
    """Return characters of a range; the first is not its first one, since a zero can mean that there is no id."""
    return chr(min(high, low + 1)) + chr(low) + chr(high)


def class_text(ranges: Iterable[tuple[int, int]], properties: Iterable[str] = (), *, negated: bool) -> str:
    r"""Return a class as the engine reads it; *properties* are classes like ``\p{Lu}``."""
    inside = "".join("-".join(written(code, _SPECIAL_IN_CLASS) for code in sorted({*each})) for each in ranges)
    return f"[{'^' if negated else ''}{inside}{''.join(properties)}]"


def written(code: int, special: str) -> str:
    """Return a character as the engine reads it."""
    character = chr(code)
    if character in special:
        return "\\" + character
    # Doubled, these two are operators on classes in some engines.
    if character.isprintable() and character not in "&~":
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\u{{{code:x}}}"


def inverse(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the code points that are not in the ranges."""
    missing: list[tuple[int, int]] = []
    following = 0
    for low, high in sorted(ranges):
        if low > following:
            missing.append((following, low - 1))
        following = max(following, high + 1)
    return [*missing, (following, LAST)] if following <= LAST else missing


def folded(group: Ranges) -> Ranges:
    """Return a class of ASCII with everything that differs from its letters only in case, before it is negated."""
    letters = any(low <= ord("z") and high >= ord("A") for low, high in group)
    both_cases = [(low ^ 0x20, high ^ 0x20) for low, high in group if chr(low).isalpha() and chr(high).isalpha()]
    return (*group, *both_cases, *(_ASCII_FOLDED if letters else ()))
