"""What a run reads of a call: what the rules ask, and what makes a call one, whose it is and how it is grouped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint.calls.call import CALL_TYPES, LIBRARY_NAME, SENT_KEYS
from segkoch_lint.calls.facets import Facet
from segkoch_lint.calls.signs import SIGN_KEYS
from segkoch_lint.findings.position import Path
from segkoch_lint.identity.records import PLATFORMS
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.vocabulary import (
    MOST_GROWTH,
    compared_names,
    expand,
    matcher,
    self_contained,
    shared_definitions,
    spelling_pattern,
)

USER_IDS: tuple[Path, ...] = (
    ("userId",),
    ("user_id",),
    ("anonymousId",),
    ("anonymous_id",),
    ("previousId",),
    ("previous_id",),
)

DEVICE: Path = ("context", "device")

_CALLS: Mapping[str, Any] = {
    "properties": {
        "type": {"enum": list(CALL_TYPES)},
        "batch": {},
        **{key: {} for key in SIGN_KEYS},
        "context": {"properties": {"device": {}, "library": {}}},
    }
}
"""What decides that an object with one of the six types is a call (`segkoch_lint.calls.signs`).

Only columns of rows do so, too (`segkoch_lint.documents.table.json_rows`): a line with one of these is read as a
document.
"""

_DEFINITIONS = "urn:segkoch-lint:definitions#/$defs/"
_TEXT = {"$ref": f"{_DEFINITIONS}text"}
_USER_ID = {"allOf": [_TEXT, {"$ref": f"{_DEFINITIONS}placeholder-user"}]}
_DEVICE_ID = {"allOf": [_TEXT, {"$ref": f"{_DEFINITIONS}placeholder-device-id"}]}

_IDENTITY: Mapping[str, Any] = {
    "properties": {
        "type": {"const": "alias"},
        **{key: {} for key in SENT_KEYS},
        **{key: _USER_ID for (key,) in USER_IDS},
        "context": {
            "type": "object",
            "properties": {
                "device": {
                    "type": "object",
                    "properties": {"type": {"allOf": [{"const": each} for each in PLATFORMS]}, "id": _DEVICE_ID},
                    "spellings": {"advertisingId": {"$ref": f"{_DEFINITIONS}real-id"}},
                    "sameValue": "advertisingId",
                    "distinctValues": ["advertisingId", "id"],
                },
                "library": {"properties": {"name": {}}},
            },
        },
    }
}
"""What decides which members of a call say whose it is (`segkoch_lint.identity.records.members_of`)."""

EVENT: Path = ("event",)

_EVENTS: Mapping[str, Any] = {"properties": {"type": {"const": "track"}, "event": _TEXT}}
"""What it reads for the name of its event, the text aside."""

_LONGEST_NUMBER = 24
"""Bytes of the longest float that Python writes, as `-2.2250738585072014e-308`."""

_LONG_NUMBER = 19
"""Bytes of a number with a point, but no exponent, from which on Python may write it with one."""

_MAY_GROW = re.compile(rb"[0-9][eE]|[0-9]{17}")
_STRING_OR_NUMBER = re.compile(rb'"(?:[^"\\]++|\\.)*+"|(-?[0-9][0-9.eE+-]*+)')


@dataclass(frozen=True, slots=True)
class RunReadSet:
    """What a run reads of a call.

    Attributes:
        footprint: all of it.
        columns: the texts that calls are grouped by, always with the name of the library; with what decides of them
            (`segkoch_lint.calls.facets.Facet.prefix`).
        identity: whether the texts of ids are read.
        events: whether the names of events are.
    """

    footprint: ReadSet
    columns: Mapping[Path, tuple[str, int] | None]
    identity: bool
    events: bool

    @classmethod
    def of(cls, rules: ReadSet, facets: Sequence[Facet], *, users: bool, events: bool) -> RunReadSet:
        """Return what a run reads.

        Args:
            rules: what its rules read.
            facets: what it groups calls by.
            users: whether it compares users.
            events: whether it compares names of events.
        """
        footprint = ReadSet()
        footprint.add(rules)
        columns: dict[Path, tuple[str, int] | None] = {LIBRARY_NAME: None}
        for facet in facets:
            for path in facet.paths:
                columns[path] = facet.prefix if columns.get(path, facet.prefix) == facet.prefix else None
        asked = [_CALLS, *([_IDENTITY] if users else []), *([_EVENTS] if events else [])]
        for schema in (*asked, *map(_presence, columns)):
            whole = self_contained(expand(dict(schema)), shared_definitions())
            footprint.read(whole, whole)
        return cls(footprint, columns, users, events)

    def is_recorded(self, path: Path) -> bool:
        """Return whether the text at a path may become part of a record."""
        return (self.events and path == EVENT) or (self.identity and path in USER_IDS) or self.is_device_id(path)

    def is_device_id(self, path: Path) -> bool:
        """Return whether an id of a device may stand at a path."""
        if not self.identity or path[:-1] != DEVICE:
            return False
        return path[-1] == "id" or _is_advertising_id(str(path[-1]))


def _is_advertising_id(key: str) -> bool:
    return bool(matcher(spelling_pattern("advertisingId"))(key))


def _presence(path: Path) -> Mapping[str, Any]:
    """Return a schema that reads whether there is anything at a path."""
    schema: Mapping[str, Any] = {}
    for step in reversed(path):
        schema = {"properties": {step: schema}}
    return schema


def nested(values: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
    """Return an object with these values at their paths, and nothing else."""
    whole: dict[str, Any] = {}
    for path, value in values:
        holder = whole
        for step in path[:-1]:
            holder = holder.setdefault(str(step), {})
        holder[str(path[-1])] = value
    return whole


def _other_comparisons(footprint: ReadSet) -> list[tuple[str, Any]]:
    return [(keyword, value) for keyword, value in footprint.compared if keyword != "maxBytes"]


def is_divisible(footprint: ReadSet) -> bool:
    """Return whether calls can be told apart by what is read of them without reading all of them."""
    return not footprint.all and all(compared_names(*each) is not None for each in _other_comparisons(footprint))


def compares_members(footprint: ReadSet) -> bool:
    """Return whether members of a value are compared with one another."""
    return bool(_other_comparisons(footprint))


def longest_read(footprint: ReadSet) -> int:
    """Return how many bytes a value may have that every `maxBytes` accepts."""
    sizes = [int(most) for keyword, most in footprint.compared if keyword == "maxBytes"]
    return min(sizes, default=1 << 62)


def fits(text: bytes, most: int) -> bool:
    """Return whether a value has no more than *most* bytes both in its text and as `maxBytes` counts them.

    Escapes and white space only get shorter when Python writes them anew, but numbers may get longer.

    Args:
        text: JSON.
        most: a number of bytes.

    Returns:
        False when in doubt.
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
