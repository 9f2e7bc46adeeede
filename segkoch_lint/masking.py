"""Keeps personal data out of every output: decides what is an id, and shows it as ``017D…CB1D``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from segkoch_lint.places import Path

_SENSITIVE_KEYS = frozenset(
    {
        "id",
        "advertisingid",
        "idfa",
        "idfv",
        "gaid",
        "adid",
        "aaid",
        "androidid",
        "deviceid",
        "userid",
        "anonymousid",
        "previousid",
        "groupid",
        "messageid",
        "email",
        "emailaddress",
        "phone",
        "phonenumber",
        "ip",
        "ipaddress",
        "writekey",
        "apikey",
        "token",
        "devicetoken",
        "instanceid",
        "installid",
        "originationip",
        "requestip",
        "kochavadeviceid",
        "firstname",
        "lastname",
        "fullname",
        "username",
        "address",
        "street",
        "birthday",
        "authorization",
        "cookie",
        "password",
        "secret",
    }
)
"""Keys, folded to letters and digits, whose value is personal data or a secret whatever it looks like."""

_PERSONAL = frozenset({"device", "traits", "user"})
"""Objects whose ``name`` is a person's: phones are called after their owners."""

_SENSITIVE_SHAPES = re.compile(
    r"""
      [0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{6,}   # a UUID, or what was meant as one
    | [^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>]+                           # an e-mail address
    | \b\d{1,3}(?:\.\d{1,3}){3}\b                                    # IPv4
    | \b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b                       # IPv6, MAC address
    | \b[0-9a-f]{13,}\b                                              # ANDROID_ID, hashes, digits of an id
    """,
    re.IGNORECASE | re.VERBOSE,
)

_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Secret:
    """A payload value that prints masked; ``reveal`` is the one way to see it."""

    value: str

    def __str__(self) -> str:
        return mask(self.value)

    def __repr__(self) -> str:
        return f"Secret({mask(self.value)!r})"

    def reveal(self) -> str:
        """Return the value itself. Only an output asked for ids may call this."""
        return self.value


def mask(value: str) -> str:
    """Return *value* with at most its first and last four characters, never more than half of it."""
    kept = min(4, len(value) // 4)
    return f"{value[:kept]}…{value[len(value) - kept :]}" if kept else "…"


def mask_shapes(text: str) -> str:
    """Return *text* with everything in it masked that looks like an id or an address."""
    return _SENSITIVE_SHAPES.sub(lambda found: mask(found[0]), text)


def sensitive_stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of everything in *text* that looks like an id or an address."""
    return (found.span() for found in _SENSITIVE_SHAPES.finditer(text))


def is_sensitive(key: str | None, value: object, parent: str | None = None) -> bool:
    """Tell whether *value*, found under *key* of the object under *parent*, has to be masked wherever it is shown."""
    if value is None or isinstance(value, bool):
        return False
    if key is not None:
        folded = fold(key)
        if folded in _SENSITIVE_KEYS or (folded == "name" and parent is not None and fold(parent) in _PERSONAL):
            return True
    text = str(value)
    return bool(_SENSITIVE_SHAPES.search(text)) and not _ISO_TIME.fullmatch(text)


def fold(key: str) -> str:
    """Return *key* as Segment's servers compare keys: ASCII letters and digits only, lower-cased.

    Source: segmentio/obj-case, used by segmentio/facade.
    """
    return re.sub(r"[^a-zA-Z0-9]", "", key).lower()


def key_of(path: Path) -> str | None:
    """Return the nearest object key of *path*, or None for a root."""
    return next((step for step in reversed(path) if isinstance(step, str)), None)
