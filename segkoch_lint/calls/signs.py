"""The signs that identify a Segment call, in an object and in text that cannot be parsed.

Strong signs are members that hardly anything but a call has. `timestamp`, `properties`, `traits` and a bare `context`
are no signs. The six types are common words, so an object with just a type is a call only in an input that is expected
to hold calls.

Sources: the HTTP API (https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/), the common
fields (https://segment.com/docs/connections/spec/common/), and Segment's messages to partners about deleted users.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from segkoch_lint.bounded_cache import cached
from segkoch_lint.calls.call import CALL_TYPES

USER_KEYS = ("userId", "anonymousId", "user_id", "anonymous_id")

OWN_KEYS = ("messageId", "writeKey", "originalTimestamp", "groupId", "previousId")
"""The strong signs at the top of a call that are not about its user."""

SIGN_KEYS = (*OWN_KEYS, *USER_KEYS)
"""Members at the top of an object that are strong signs."""

DELETE = "delete"
"""The type of Segment's own message about a user who was deleted."""

_CONTEXT_SIGNS = ("device", "library")

# In this order: a call with `previousId` is an alias, whatever else it has.
_TYPE_BY_KEY = {"previousId": "alias", "groupId": "group", "traits": "identify", "properties": "page", "name": "page"}

_DISTANCES = {"identify": 2, "screen": 2}
"""By how many edits a type may be misspelled; by one for the others, which are shorter."""

_LOG_KEYS = ("level", "severity", "logger", "msg")
"""Members of lines of application logs; each such line has one of them, and no call has."""


_METRICS = ("Counter", "Gauge", "Histogram")


class ObjectKind(Enum):
    """What an object is."""

    CALL = "call"
    CALL_IF_CLAIMED = "call in an input that is claimed to hold calls"
    WRONG_TYPE = "type of call misspelled"
    LOG_LINE = "line of an application's log"
    MIXPANEL = "event of Mixpanel"
    METRICS = "metrics of an SDK"
    NO_TYPE = "body of the HTTP API without a type"
    EVENT_OBJECT = "object under `event`"
    OTHER = "other"


class Classification(NamedTuple):
    """The kind of an object, and the type of call that it is or was meant to be.

    Attributes:
        kind: what it is.
        type: of a call: its type, written or inferred. Of a misspelled type: the type that was meant. Otherwise empty.
    """

    kind: ObjectKind
    type: str = ""


def classify(value: Mapping[str, Any]) -> Classification:
    """Return what an object is. Callers have recognised rows of tables, batches and plans before."""
    named = type_in(value)
    if named is None:
        return _without_type(value)
    if named in CALL_TYPES:
        if has_sign(value) or (named == "track" and isinstance(value.get("event"), str)):
            return Classification(ObjectKind.CALL, named)
        kind = _foreign_event(value)
        return Classification(kind or ObjectKind.CALL_IF_CLAIMED, "" if kind else named)
    if named == DELETE and any(_is_text(value.get(key)) for key in ("userId", "anonymousId")):
        return Classification(ObjectKind.CALL, DELETE)
    meant = _meant(named)
    if meant and (has_sign(value, OWN_KEYS) or (isinstance(value.get("event"), str) and has_user(value))):
        return Classification(ObjectKind.WRONG_TYPE, meant)
    return Classification(ObjectKind.OTHER)


def type_in(value: Mapping[str, Any]) -> str | None:
    """Return the type in an object, or None if it is missing, blank or not a string."""
    named = value.get("type")
    return named if _is_text(named) else None


def has_user(value: Mapping[str, Any]) -> bool:
    """Return whether an object names a user, in camel or snake case."""
    return any(key in value for key in USER_KEYS)


def has_sign(value: Mapping[str, Any], keys: tuple[str, ...] = SIGN_KEYS) -> bool:
    """Return whether an object has one of these members, or a context with a device or a library."""
    if any(key in value for key in keys):
        return True
    context = value.get("context")
    return isinstance(context, Mapping) and any(key in context for key in _CONTEXT_SIGNS)


def _without_type(value: Mapping[str, Any]) -> Classification:
    event = isinstance(value.get("event"), str)
    is_log_line = event and any(key in value for key in _LOG_KEYS)
    if event and has_sign(value) and not is_log_line:
        return Classification(ObjectKind.CALL, "track")
    if has_user(value):
        inferred = "track" if event else next((t for key, t in _TYPE_BY_KEY.items() if key in value), "identify")
        context = value.get("context")
        if "traits" in value or (isinstance(context, Mapping) and "device" in context):
            return Classification(ObjectKind.CALL, inferred)
        if not event and ("groupId" in value or "previousId" in value):
            return Classification(ObjectKind.CALL_IF_CLAIMED, inferred)
    if event:
        kind = _foreign_event(value)
        return Classification(kind or ObjectKind.CALL_IF_CLAIMED, "" if kind else "track")
    if _is_metrics(value.get("series")):
        return Classification(ObjectKind.METRICS)
    if "name" in value and has_user(value) and ("timestamp" in value or "writeKey" in value):
        return Classification(ObjectKind.NO_TYPE)
    return Classification(ObjectKind.EVENT_OBJECT if isinstance(value.get("event"), Mapping) else ObjectKind.OTHER)


def _foreign_event(value: Mapping[str, Any]) -> ObjectKind | None:
    """Return the kind of an object with a type or an event name that another product sent; None if it may be a call."""
    if any(key in value for key in _LOG_KEYS):
        return ObjectKind.LOG_LINE
    properties = value.get("properties")
    return ObjectKind.MIXPANEL if isinstance(properties, Mapping) and "distinct_id" in properties else None


def _is_metrics(series: Any) -> bool:
    """Return whether these are the metrics that SDKs post to ``/v1/m`` about themselves."""
    if not isinstance(series, list) or not series:
        return False
    return all(isinstance(each, Mapping) and each.get("type") in _METRICS for each in series)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and not value.isspace()


@cached
def _meant_by(named: str) -> str:
    distances = {each: _distance(named, each) for each in CALL_TYPES}
    near = [each for each, distance in distances.items() if distance <= _DISTANCES.get(each, 1)]
    return min(near, key=distances.__getitem__, default="")


def _meant(named: str) -> str:
    """Return the type of call that a misspelled type means, or an empty string."""
    named = named.strip().lower()
    return _meant_by(named) if len(named) <= _LONGEST else ""


_LONGEST = max(len(name) + _DISTANCES.get(name, 1) for name in CALL_TYPES)


def _distance(one: str, other: str) -> int:
    """Return how many letters to insert, remove, replace or swap with the next one to turn *one* into *other*."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        oldest, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            least = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                least = min(least, oldest[j - 2] + 1)
            row.append(least)
    return row[-1]


# Quotes may be escaped several times: JSON may be in a string of JSON in a string.
_QUOTE = rb"""\\{0,7}["']"""
_KEYS = b"|".join([*(key.encode() for key in SIGN_KEYS), b"advertising_?[iI]d", b"adTrackingEnabled"])
_COLON = rb"\s*:\s*"


def _patterns(after_quote: bytes) -> tuple[re.Pattern[bytes], ...]:
    """Return a pattern for each kind of quote, since a printed Python dict is broken JSON, too.

    A pattern that begins with a certain character is searched for several times as fast as one that does not.
    """
    return tuple(re.compile(quote + after_quote) for quote in (b'"', b"'"))


_SIGN = _patterns(
    rb"(?:(?:%b)%b|context%b%b\{\s*%b(?:device|library)%b)" % (_KEYS, _QUOTE, _QUOTE, _COLON, _QUOTE, _QUOTE)
)
_TRACK = _patterns(b"type" + _QUOTE + _COLON + _QUOTE + b"track" + _QUOTE)
_EVENT = _patterns(b"event" + _QUOTE + _COLON + _QUOTE)


def shows_signs(text: bytes) -> bool:
    """Return whether text that cannot be parsed shows a quoted key that is a strong sign of a call."""
    return _is_found(_SIGN, text) or (_is_found(_TRACK, text) and _is_found(_EVENT, text))


def _is_found(patterns: Iterable[re.Pattern[bytes]], text: bytes) -> bool:
    return any(pattern.search(text) for pattern in patterns)
