"""Which calls reach Kochava, as schemas: the verdict and the bundled schema use the same conditions.

Source: the catalogue of Segment's destinations (methods and platforms that Kochava accepts) and Segment's
description of the integrations object (`All`, case-sensitive names, objects count as enabled).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

from segkoch_lint import resources

ACCEPTED_TYPES = ("track", "identify", "page", "group", "alias")
"""The call types that Segment's Kochava destination accepts: every one but screen."""

ORIGINS = ("mobile", "server", "web")

_FALSY = [False, None, 0, ""]

_HAS_DEVICE: Mapping[str, Any] = {
    "required": ["context"],
    "properties": {"context": {"type": "object", "required": ["device"], "properties": {"device": {"type": "object"}}}},
}

_SWITCHED_OFF: Mapping[str, Any] = {
    "required": ["integrations"],
    "properties": {
        "integrations": {
            "type": "object",
            "anyOf": [
                {"required": ["Kochava"], "properties": {"Kochava": {"const": False}}},
                {
                    "required": ["All"],
                    "properties": {"All": {"const": False}, "Kochava": {"enum": _FALSY}},
                },
            ],
        }
    },
}


class Delivery(msgspec.Struct, frozen=True):
    """The configured conditions for a call to reach Kochava.

    Attributes:
        accepted_types: call types that the destination accepts.
        ignored_events: names of track events that are not meant for Kochava.
        libraries: library name to origin (``mobile``, ``server``, ``web``); overrides the built-in table.
    """

    accepted_types: tuple[str, ...] = ACCEPTED_TYPES
    ignored_events: tuple[str, ...] = ()
    libraries: Mapping[str, str] = msgspec.field(default_factory=dict)

    def conditions(self) -> dict[str, dict[str, Any]]:
        """Return the reasons why a call may not reach Kochava, each with the schema of such calls."""
        reasons = {
            "type not accepted": {"properties": {"type": {"not": {"enum": [*self.accepted_types]}}}},
            "switched off by integrations": dict(_SWITCHED_OFF),
            "web without a device": _library(self._names({"web"}), device={"not": {"type": "object"}}),
            # The first comes from Kochava; the second is Segment's own report on a tracking plan.
            "event of Kochava or Segment": _tracks(["Install Attributed", "Violation Generated"]),
        }
        if self.ignored_events:
            reasons["ignored event"] = _tracks(self.ignored_events)
        return reasons

    def sent_by(self, origins: Iterable[str]) -> dict[str, Any]:
        """Return the schema of calls sent by libraries of these origins."""
        wanted = set(origins)
        either = self._either()
        choices = [_library(self._names(wanted))]
        if "mobile" in wanted:
            choices.append({"allOf": [_library(either), dict(_HAS_DEVICE)]})
        if "server" in wanted:
            choices.append({"allOf": [_library(either), {"not": dict(_HAS_DEVICE)}]})
        return choices[0] if len(choices) == 1 else {"anyOf": choices}

    def _names(self, origins: Collection[str]) -> list[str]:
        """Return the names of the libraries that always have one of these origins."""
        table = {name: origin for origin in ORIGINS for name in _libraries()[origin]} | dict(self.libraries)
        either = self._either()
        return [name for name, origin in table.items() if origin in origins and name not in either]

    def _either(self) -> list[str]:
        """Return the names of the libraries that run in apps and on servers."""
        return [name for name in _libraries()["either"] if name not in self.libraries]

    def origins(self) -> dict[str, dict[str, Any]]:
        """Return by origin the schema of its calls. A call that fits none has an unknown origin."""
        return {origin: self.sent_by([origin]) for origin in ORIGINS}


@cache
def _libraries() -> Mapping[str, list[str]]:
    table: Mapping[str, list[str]] = resources.load("libraries")
    return table


def _library(names: Iterable[str], **context: Any) -> dict[str, Any]:
    """Return the schema of calls of these libraries, with *context* as the schemas of further members of `context`."""
    library = {"type": "object", "required": ["name"], "properties": {"name": {"enum": sorted(names)}}}
    members = {"library": library, **context}
    return {
        "required": ["context"],
        "properties": {"context": {"type": "object", "required": ["library"], "properties": members}},
    }


def _tracks(events: Iterable[str]) -> dict[str, Any]:
    return {
        "required": ["type", "event"],
        "properties": {"type": {"const": "track"}, "event": {"enum": sorted(set(events))}},
    }
