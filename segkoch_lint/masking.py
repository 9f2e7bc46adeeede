"""Keeps personal data out of every output: decides what is an id, and shows it as ``017D…CB1D``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from segkoch_lint.places import Path

_SENSITIVE_KEYS = frozenset(
    """
    aaid adid advertisingid androidid anonymousid asid customerid deviceid externalid gaid gpsadid groupid guid id idfa
    idfv installid instanceid kochavadeviceid messageid oaid openudid originationip previousid requestip sessionid udid
    uid userid uuid visitorid fbclid gclid imei imsi iccid mac macaddress serial serialnumber ssn
    email emailaddress phone phonenumber mobilephone mobilenumber ip ipaddress
    firstname lastname fullname username address street birthday birthdate dateofbirth
    authorization credentials session
    """.split()
)
"""Keys, folded to letters and digits, whose value is personal data or a secret whatever it looks like."""

_SENSITIVE_ENDS = ("token", "secret", "password", "cookie", "email", "ipaddress", "apikey", "writekey", "secretkey")
"""Ends of such keys, folded: an `fcmToken` is a token."""

_ENDS_IN_ID = re.compile(r"(?:[a-z0-9]I[dD]|[^a-zA-Z0-9](?:id|Id|ID)|(?<![A-Z])ID)s?\Z")
"""What ends in the word "id", not only in its letters: `playerId` and `player_id`, but neither `paid` nor `ANDROID`."""

_NOBODYS_IDS = frozenset(
    """
    appid bundleid campaignid categoryid couponid experimentid listid pageid productid projectid promotionid screenid
    sourceid variantid workspaceid
    """.split()
)
"""Ids of things that many people see alike."""

_PERSONAL = frozenset({"device", "traits", "user"})
"""Objects whose ``name`` is a person's: phones are called after their owners."""

# Each alternative begins where a run of its characters begins, or is bounded: long texts are searched in linear time.
_SENSITIVE_SHAPES = re.compile(
    r"""
      [0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{6,}       # a UUID, or what was meant as one
    | (?<![^\s@"<>])[^\s@"<>]+@[^\s@"<>]+\.[^\s@"<>]+                   # an e-mail address
    | (?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)                            # IPv4
    | (?<![0-9a-z:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![0-9a-z:])    # IPv6, MAC address
    | (?<![0-9a-z:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![0-9a-z:])  # IPv6, its zeros left out
    | (?<![0-9a-z])[0-9a-f]{2}(?:-[0-9a-f]{2}){5}(?![0-9a-z])            # MAC address
    | (?<![0-9a-f])[0-9a-f]{13,}                                         # ANDROID_ID, hashes, digits of an id
    | (?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*)*                               # JSON Web Token
    | \b(?:Basic|Bearer)\ +[\w.~+/=-]{6,}                                # Authorization
    """,
    re.IGNORECASE | re.VERBOSE,
)

_SHORTEST_RUN = 13
"""Letters and digits that no shape has fewer of, unless something stands between them."""

_PUNCTUATION = "{}[], "

_LONGEST_KEPT = 200
"""Code points of a text of which it is remembered how it looks."""

# Query strings, JSON inside a string, log lines.
_SPOKEN_OF = re.compile(
    r"""
    (?: (?:user|anonymous|device|advertising|customer|player|visitor|account)[\s_-]?id
      | idfa | idfv | gaid | e-?mail | (?:write|api|secret)[\s_-]?key | token | password | secret
    )
    \\{0,3}["']?\ ?[:=]\s{0,3}[^\s&;,}]
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""A text that names a sensitive key and gives it a value."""

_END = 4
_SHORTEST_WITH_ENDS = 4 * _END
"""Code points of what may show its ends: no more than half of it is to be seen."""

_BLANK = re.compile(r"\s")
_RANDOM = re.compile(r"[0-9a-fA-F-]+")
"""Hexadecimal digits spell no names."""

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


def shown(value: str | Secret, *, show_ids: bool) -> str:
    """Return what an output shows of a value: a secret masked, unless ids were asked for."""
    return value.reveal() if show_ids and isinstance(value, Secret) else str(value)


def mask(value: str) -> str:
    """Return *value* with its first and last four characters, if it is long enough and these cannot be a name's.

    Of what is shorter than four times that, nothing is shown, and of a text with blanks or an address no letter.
    """
    if "@" in value and not _BLANK.search(value):
        return "…@…"
    if len(value) < _SHORTEST_WITH_ENDS or _BLANK.search(value):
        return "…"
    first, last = value[:_END], value[-_END:]
    if not _RANDOM.fullmatch(value):
        first, last = ("" if _could_be_a_name(end) else end for end in (first, last))
    return f"{first}…{last}"


def _could_be_a_name(end: str) -> bool:
    letters = "".join(filter(str.isalpha, end))
    return not any(map(str.isdecimal, end)) and (letters.islower() or letters.isupper() or letters.istitle())


def mask_shapes(text: str) -> str:
    """Return *text* with everything in it masked that looks like an id or an address."""
    return _SENSITIVE_SHAPES.sub(lambda found: mask(found[0]), text)


@lru_cache(maxsize=1024)
def mask_name(name: str) -> str:
    """Return the name of a library or an event as it is shown; they repeat, and some send whatever they like."""
    return mask_shapes(name)


def sensitive_stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of everything in *text* that looks like an id or an address."""
    at = 0
    for piece in text.split('"'):  # none of the shapes reaches over a quote
        if not _is_plain(piece):
            yield from ((at + found.start(), at + found.end()) for found in _SENSITIVE_SHAPES.finditer(piece))
        at += len(piece) + 1


def is_sensitive(key: str | None, value: object, parent: str | None = None) -> bool:
    """Tell whether a value has to be masked wherever it is shown.

    Args:
        key: the object key it stands under, its own or that of the list around it.
        value: a scalar; what is blank, a boolean or null is nobody's.
        parent: the key of the object around.
    """
    if value is None or isinstance(value, bool):
        return False
    text = str(value)
    if not text.strip():
        return False
    if _is_told_by_keys(key, parent):
        return True
    return _looks_sensitive(text) if len(text) > _LONGEST_KEPT else _known_to_look_sensitive(text)


@lru_cache(maxsize=4096)
def _is_told_by_keys(key: str | None, parent: str | None) -> bool:
    if key is not None and (is_sensitive_key(key) or (fold(key) == "name" and fold(parent or "") in _PERSONAL)):
        return True
    return parent is not None and is_sensitive_key(parent)


def _looks_sensitive(text: str) -> bool:
    if _is_plain(text) or _ISO_TIME.fullmatch(text):
        return False
    return bool(_SENSITIVE_SHAPES.search(text) or _SPOKEN_OF.search(text))


_known_to_look_sensitive = lru_cache(maxsize=4096)(_looks_sensitive)
"""The same: most texts of a log are those of a few libraries, devices and places."""


def _is_plain(text: str) -> bool:
    """Tell of most texts at once that they can have none of the shapes."""
    return len(text) < _SHORTEST_RUN and (text.isalnum() or not text.strip(_PUNCTUATION))


@lru_cache(maxsize=4096)
def is_sensitive_key(key: str) -> bool:
    """Tell whether what stands under *key* is personal data or a secret whatever it looks like."""
    folded = fold(key)
    for name in (folded, folded.removesuffix("s")):
        if name in _NOBODYS_IDS:
            return False
        if name in _SENSITIVE_KEYS or name.endswith(_SENSITIVE_ENDS):
            return True
    return bool(_ENDS_IN_ID.search(key))


@lru_cache(maxsize=4096)
def fold(key: str) -> str:
    """Return *key* as Segment's servers compare keys: ASCII letters and digits only, lower-cased.

    Source: segmentio/obj-case, used by segmentio/facade.
    """
    return re.sub(r"[^a-zA-Z0-9]", "", key).lower()


def key_of(path: Path) -> str | None:
    """Return the nearest object key of *path*, or None for a root."""
    return next((step for step in reversed(path) if isinstance(step, str)), None)
