"""Personal data: whole values because of their keys (`is_id`), and parts of texts (`sensitive_spans`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.position import OffsetRange, Path
from segkoch_lint.findings.redaction.escapes import MOST_LEVELS, unescaped
from segkoch_lint.findings.redaction.named_values import named_values
from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.findings.redaction.sensitive_keys import PERSONAL_NAMES, fold, is_sensitive_key

_WORD = re.compile(r"[\w-]+")
"""A word, as an id is written."""


# Each alternative begins where a run of its characters begins, or is bounded, so that the search takes linear time.
_SHAPES = re.compile(
    r"""
      [0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{6,}       # a UUID, perhaps a malformed one
    | (?<![^\s"<>])[^\s@"<>]+@[^\s"<>]+                                 # an e-mail address
    | (?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)                            # IPv4
    | (?<![0-9a-z:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![0-9a-z:])    # IPv6, MAC address
    | (?<![0-9a-z:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![0-9a-z:])  # IPv6 without zeros
    | (?<![0-9a-z])[0-9a-f]{2}(?:-[0-9a-f]{2}){5}(?![0-9a-z])            # MAC address
    | (?<![0-9a-f])[0-9a-f]{13,}                                         # ANDROID_ID, hashes, digits of an id
    | (?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*)*                               # JSON Web Token
    | \b(?:Basic|Bearer)\ +[\w.~+/=-]{6,}                                # Authorization
    """,
    re.IGNORECASE | re.VERBOSE,
)

_SHORTEST_RUN = 13
"""Letters and digits of the shortest shape without punctuation."""

_PUNCTUATION = "{}[], "

_LONGEST_KEPT = 200
"""Code points of the longest text whose spans are cached."""

_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?")


def sensitive_spans(text: str) -> Sequence[OffsetRange]:
    """Return start and end of all personal data in *text*, in order: by its shape, or by the key before it.

    Escapes are undone first. Placeholders are left out.
    """
    return _found_spans(text) if len(text) > _LONGEST_KEPT else _known_spans(text)


def _found_spans(text: str) -> Sequence[OffsetRange]:
    if _is_plain(text) or _ISO_TIME.fullmatch(text):
        return ()
    spans = list(_spans(text))
    for number, level in enumerate(unescaped(text), 1):
        spans.extend(level.written(*span) for span in _spans(level.text))
        if number == MOST_LEVELS and level.has_more:
            return ((0, len(text)),)
    return merged(spans)


_known_spans = cached(_found_spans)
"""`_found_spans`, cached: most texts of a log name a few libraries, devices and places."""


def _spans(text: str) -> Iterator[OffsetRange]:
    at = 0
    for piece in text.split('"'):  # no shape contains a quote
        if not _is_plain(piece):
            yield from _without_placeholders(text, ((at + start, at + end) for start, end in _shapes(piece)))
        at += len(piece) + 1
    yield from _without_placeholders(text, named_values(text))


def _shapes(text: str) -> Iterator[OffsetRange]:
    """Yield the range of each id or address, extended to whole words."""
    at = 0
    while found := _SHAPES.search(text, at):
        start, end = found.span()
        while start > at and _WORD.fullmatch(text[start - 1]):
            start -= 1
        rest = _WORD.match(text, end)
        at = rest.end() if rest else end
        yield start, at


def _without_placeholders(text: str, extents: Iterable[OffsetRange]) -> Iterator[OffsetRange]:
    return ((start, end) for start, end in extents if not is_placeholder(text[start:end]))


def merged(extents: Iterable[OffsetRange]) -> list[OffsetRange]:
    """Return extents in order; those that touch become one."""
    joined: list[OffsetRange] = []
    for start, end in sorted(extents):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def is_sensitive(key: str | None, value: object, parent: str | None = None) -> bool:
    """Return whether a value, or a part of it, is masked wherever it is shown.

    Args:
        key: the nearest object key above it: its own or that of the array it is in.
        value: a scalar; a blank string, a boolean or null is never masked.
        parent: the key of the object around it.
    """
    text = str(value)
    return is_id(key, value, parent) or (not _is_nothing(value) and bool(sensitive_spans(text)))


def is_id(key: str | None, value: object, parent: str | None = None) -> bool:
    """Return whether a whole value is personal data because of its keys; a placeholder is not.

    Args:
        key, value, parent: see `is_sensitive`.
    """
    return not _is_nothing(value) and hides_values(key, parent) and not is_placeholder(str(value))


def _is_nothing(value: object) -> bool:
    return value is None or isinstance(value, bool) or not str(value).strip()


@cached
def hides_values(key: str | None, parent: str | None) -> bool:
    """Return whether all values under *key*, or all in the object under *parent*, are personal data."""
    if key is not None and (is_sensitive_key(key) or (fold(key) == "name" and fold(parent or "") in PERSONAL_NAMES)):
        return True
    return parent is not None and is_sensitive_key(parent)


def _is_plain(text: str) -> bool:
    """Return whether a text is too short or plain to have any of the shapes; most texts are."""
    return len(text) < _SHORTEST_RUN and (text.isalnum() or not text.strip(_PUNCTUATION))


def key_of(path: Path) -> str | None:
    """Return the nearest object key of *path*, or None for a root."""
    return next((step for step in reversed(path) if isinstance(step, str)), None)


def parent_of(path: Path) -> str | None:
    """Return the key above the nearest one of *path*, or the first sensitive key above it."""
    keys = [step for step in path if isinstance(step, str)][:-1]
    return next((key for key in keys if is_sensitive_key(key)), keys[-1] if keys else None)
