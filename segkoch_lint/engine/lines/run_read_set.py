"""What a run reads of a call: for the rules, to recognise a call, to record its ids and its event, and to group it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint.calls.call import CALL_TYPES, LIBRARY_NAME, SENT_KEYS
from segkoch_lint.calls.facets import Facet
from segkoch_lint.calls.signs import SIGN_KEYS
from segkoch_lint.findings.position import Path
from segkoch_lint.identity.records import PLATFORMS
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.subschemas import at_path
from segkoch_lint.rules.validator import matcher
from segkoch_lint.rules.vocabulary import expand, self_contained, shared_definitions, spelling_pattern

USER_IDS: tuple[Path, ...] = (
    ("userId",),
    ("user_id",),
    ("anonymousId",),
    ("anonymous_id",),
    ("previousId",),
    ("previous_id",),
)

DEVICE: Path = ("context", "device")

EVENT: Path = ("event",)

_CALLS: Mapping[str, Any] = {
    "properties": {
        "type": {"enum": list(CALL_TYPES)},
        "batch": {},
        **{key: {} for key in SIGN_KEYS},
        "context": {"properties": {"device": {}, "library": {}}},
    }
}
"""Reads what decides that an object with one of the six types is a call (`segkoch_lint.calls.signs`).

The columns of a row decide it, too (`segkoch_lint.documents.table.json_rows`): a line with one of these is read as a
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
"""Reads what decides which members of a call identify its user (`segkoch_lint.identity.records.members_of`)."""

_EVENTS: Mapping[str, Any] = {"properties": {"type": {"const": "track"}, "event": _TEXT}}
"""Reads whether a call has an event name, but not the name."""


@dataclass(frozen=True, slots=True)
class RunReadSet:
    """What a run reads of a call.

    Attributes:
        read_set: everything but the texts of `columns`, ids and event names.
        columns: the paths of the texts that calls are grouped by, always with the name of the library; with a prefix,
            only that part of the text decides (`segkoch_lint.calls.facets.Facet.prefix`).
        identity: whether the texts of ids are read.
        events: whether the names of events are read.
    """

    read_set: ReadSet
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
        columns: dict[Path, tuple[str, int] | None] = {LIBRARY_NAME: None}
        for facet in facets:
            for path in facet.paths:
                columns[path] = facet.prefix if columns.get(path, facet.prefix) == facet.prefix else None
        schemas = [_CALLS, *([_IDENTITY] if users else []), *([_EVENTS] if events else [])]
        schemas += [at_path(path, {}) for path in columns]
        read_set = ReadSet()
        read_set.add(rules)
        read_set.add(ReadSet.of(*(self_contained(expand(dict(each)), shared_definitions()) for each in schemas)))
        return cls(read_set, columns, users, events)

    def is_recorded(self, path: Path) -> bool:
        """Return whether the text at a path may become part of a record."""
        return (self.events and path == EVENT) or (self.identity and path in USER_IDS) or self.is_device_id(path)

    def is_device_id(self, path: Path) -> bool:
        """Return whether the member at a path may be an id of a device."""
        if not self.identity or path[:-1] != DEVICE:
            return False
        return path[-1] == "id" or _is_advertising_id(str(path[-1]))


def _is_advertising_id(key: str) -> bool:
    return bool(matcher(spelling_pattern("advertisingId"))(key))
