"""Which values get a pseudonym, and which stay.

Ids by their keys and by their form are what masking finds (`segkoch_lint.findings.redaction`). A copy that is given
away is stricter: every other string is replaced, too, unless it is listed here or in the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from segkoch_lint import resources
from segkoch_lint.bounded_cache import cached
from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.redaction.personal_data import hides_values, merged, sensitive_spans
from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.findings.redaction.sensitive_keys import fold, is_sensitive_key
from segkoch_lint.findings.text_edits import TextEdit, edited
from segkoch_lint.pseudonyms.pseudonymizer import Pseudonymizer
from segkoch_lint.pseudonyms.repeated_ids import Ids

_EVENTS = frozenset({"event", "eventtext"})

_NAMED = frozenset(
    """
    type version os manufacturer model library channel platform trackingstatus atttrackingstatus adtrackingenabled
    method httpmethod httpversion mimetype contenttype encoding currency level severity eventsource messagetype schema
    libraryname libraryversion osname osversion devicetype devicemanufacturer devicemodel appversion appbuild
    """.split()
)
"""Keys, alone or after the key of the object around, folded: their values say what sent a call, and not who."""

_OPEN_OBJECTS = frozenset({"properties", "traits"})
"""Objects, folded, whose members are whatever an app sends."""

_ANYWHERE = frozenset({"currency"})
"""Keys of `_NAMED` that count in such objects, too."""

_LONGEST_NAMED = 100
"""Code points of the longest value of these keys."""

_PLACES = frozenset(
    "lat lng lon long latitude longitude altitude accuracy zip zipcode postalcode postcode age birthyear".split()
)
"""Keys whose numbers are personal."""

_PLACE = re.compile(r"(?:\A|[a-z0-9](?=[A-Z])|[^A-Za-z])(?i:lat|lng|lon|latitude|longitude|altitude)[^A-Za-z]*\Z")
"""The end of a key whose numbers are coordinates: `userLat`, `gps_lat`, `lat_1`."""

_POINTS = frozenset("coordinates coords location loc geo geometry geopoint latlng latlon lnglat position point".split())
"""Keys whose fractions are coordinates; an integer may be an ordinal."""

_BIRTH = re.compile(r"birth|born(?![a-z])|\bb-?day|\bdob(?![a-z])", re.IGNORECASE)
"""A key whose times are personal."""

_TIMES = re.compile(
    r"(?:[tT]ime(?:[sS]tamp)?|TIME(?:STAMP)?|[dD]ate|DATE|[eE]xpires|[mM]illis"
    r"|[a-z0-9](?:At|Ms|Ts)|_(?:at|ms|ts|AT)|\A(?:at|ts))\Z"
)
"""The end of a key whose value is a time."""

_AMOUNTS = frozenset("revenue price total value quantity subtotal tax shipping discount size bytes".split())

_LONG_NUMBER = re.compile(r"[+-]?(?:\d{7}|0[xX][0-9a-fA-F]{5}|(?=\.?\d(?:\.?\d){4})[\d.]+[eE]\+?\d)")
"""The beginning of a number that may be an id, whatever its key is: readers write large ones with an exponent."""

_NUMBER = re.compile(r"\d[\d_]*")
_MANTISSA = re.compile(r"[^eE]*")
_HEXADECIMAL = re.compile(r"([+-]?0[xX])(.*)")

_DATE = re.compile(r"\d{4}-\d\d-\d\d")

_REPEATED = re.compile(r"[\s-]*(?:0[\s0-]*|([0-9a-fx])[\s-]*(?:\1[\s-]*)+)", re.IGNORECASE)
"""A zero id, or one digit repeated."""

_WORD_WITH_DIGITS = re.compile(r"(?=[^\W_]*\d{4})[^\W_]+")
"""A word of an event name or a key that may be an id."""

_GUID_PLACEHOLDER = re.compile(r"kochava(?:-?(?:app|api|guid|key|id|test))*|ko-?your[a-z-]*|ko[x-]+")
"""Placeholders of the GUID of an app (KCH503)."""

_KOCHAVA = "5695db50e954a874ca44ce63"
"""The id of the Kochava destination in Segment's catalogue: it is the same for everybody."""

_HARMLESS = frozenset(
    """
    application/json application/x-www-form-urlencoded text/plain text/html text/css text/javascript image/png
    application/javascript application/octet-stream application/x-ndjson image/gif image/jpeg image/svg+xml
    gzip deflate br identity base64 utf-8 http/1.1 http/2 http/2.0 h2 h3 http/3 aws:sqs aws:sns aws:kinesis
    data_message control_message notification
    """.split()
)

_HEADERS = frozenset(
    """
    accept accept-encoding accept-language authorization cache-control connection content-encoding content-length
    content-type cookie date etag expires host origin pragma referer server set-cookie transfer-encoding user-agent vary
    """.split()
)
"""Names of headers."""


class Decision(Enum):
    """What is done with the strings of a key."""

    ID = "replaced, wherever it is repeated, too"
    REPLACED = "replaced"
    NAMED = "only ids in it are replaced"
    EVENT = "only ids and words that may be ids are replaced"


@cached
def decision(key: str | None, parent: str | None) -> Decision:
    """Return what is done with the strings of a key.

    Args:
        key: the nearest key above the value.
        parent: the key above that (`parent_inside`).
    """
    if hides_values(key, parent):
        return Decision.ID
    name = fold(key or "")
    if key is None or (fold(parent or "") in _OPEN_OBJECTS and name not in _ANYWHERE):
        return Decision.REPLACED
    if name in _EVENTS:
        return Decision.EVENT
    named = name in _NAMED or fold(parent or "") + name in _NAMED or name.removeprefix("context") in _NAMED
    return Decision.NAMED if named else Decision.REPLACED


def parent_inside(key: str | None, parent: str | None) -> str | None:
    """Return the key above the members of an object: a sensitive key, and `properties`, apply at any depth below them.

    Args:
        key: of the object, or the nearest one above it.
        parent: the key above that.
    """
    if key is None or (parent is not None and is_sensitive_key(parent)):
        return parent
    return parent if fold(parent or "") in _OPEN_OBJECTS and not is_sensitive_key(key) else key


def listed_values(*documents: Any) -> Iterator[str]:
    """Yield the texts that schemas list: by `const`, `enum` and `anyCase`."""
    waiting = list(documents)
    while waiting:
        schema = waiting.pop()
        if isinstance(schema, dict):
            for keyword, value in schema.items():
                if keyword in {"enum", "anyCase", "const"}:
                    listed = value if isinstance(value, list) else [value]
                    yield from (each for each in listed if isinstance(each, str))
                elif keyword not in {"examples", "counterexamples"}:
                    waiting.append(value)
        elif isinstance(schema, list):
            waiting.extend(schema)


def _is_time(key: str | None) -> bool:
    return key is not None and _TIMES.search(key) is not None and _BIRTH.search(key) is None


def _is_place(key: str | None, digits: str) -> bool:
    if key is None:
        return False
    name = fold(key)
    return name in _PLACES or _PLACE.search(key) is not None or (name in _POINTS and "." in digits)


class Policy:
    """Replaces values by pseudonyms.

    Args:
        key: the secret of the pseudonyms.
        listed: further values that stay, such as those that rules list.
        hosts: hosts that take calls, beside Segment's.
    """

    def __init__(self, key: bytes, listed: Iterable[str] = (), hosts: Iterable[str] = ()) -> None:
        definitions, endpoints = resources.load("definitions"), resources.load("segment-endpoints")
        paths = endpoints["types"]
        values = {*CALL_TYPES, *paths, *listed_values(definitions), *listed, *_HARMLESS, *_HEADERS, _KOCHAVA}
        self._listed = frozenset(map(str.lower, values))
        fixed = (each for each in values if is_placeholder(each) or len(each) > 3)
        self.pseudonyms = Pseudonymizer(key, fixed, (*endpoints["hosts"], *hosts), paths)

    def string(self, text: str, key: str | None, parent: str | None, ids: Ids) -> str:
        """Return the text to write in place of a string: as many code points, as many bytes of UTF-8.

        Args:
            text: the string.
            key, parent: see `decision`.
            ids: of the text around.
        """
        if self._stays(text):
            return text
        decided = decision(key, parent)
        if decided is Decision.ID:
            return self.pseudonyms.text(text, times=False)
        if decided is Decision.REPLACED or len(text) > _LONGEST_NAMED:
            if _is_time(key) and _DATE.fullmatch(text):
                return text
            return self.pseudonyms.text(text, times=not _BIRTH.search(key or ""))
        return self._only_ids(text, ids, words=decided is Decision.EVENT)

    def name(self, key: str, ids: Ids) -> str:
        """Return the text to write in place of a key."""
        return self._only_ids(key, ids, words=True)

    def number(self, digits: str, key: str | None, parent: str | None, ids: Ids) -> str:
        """Return what to write in place of a number: the number, unless it is personal or may be an id."""
        if decision(key, parent) is not Decision.ID and not _is_place(key, digits):
            may_be_id = _LONG_NUMBER.match(digits.replace("_", "")) is not None
            if not may_be_id:
                return digits
            if (fold(key or "") in _AMOUNTS or _is_time(key)) and (0, len(digits)) not in ids.ranges(digits):
                return digits
        if hexadecimal := _HEXADECIMAL.fullmatch(digits):
            return hexadecimal[1] + self.pseudonyms.of(hexadecimal[2])
        return _MANTISSA.sub(lambda part: _NUMBER.sub(lambda found: self.pseudonyms.of(found[0]), part[0]), digits, 1)

    def words(self, text: str) -> str:
        """Return the text to write in place of free text."""
        return self.pseudonyms.text(text)

    def _stays(self, text: str) -> bool:
        lowered = text.strip().lower()
        return (
            lowered in self._listed
            or is_placeholder(text)
            or _REPEATED.fullmatch(lowered) is not None
            or _GUID_PLACEHOLDER.fullmatch(lowered) is not None
        )

    def _only_ids(self, text: str, ids: Ids, *, words: bool) -> str:
        spans: list[OffsetRange] = list(sensitive_spans(text))
        if words:
            spans += (found.span() for found in _WORD_WITH_DIGITS.finditer(text))
        spans += ids.ranges(text)
        return edited(
            text, [TextEdit(start, end, self.pseudonyms.text(text[start:end])) for start, end in merged(spans)]
        )
