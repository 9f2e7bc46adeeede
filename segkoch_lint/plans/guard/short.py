"""The short guard: a common JSON Schema of about forty lines for what Kochava needs of a call.

`exact.exact_schema` agrees exactly with the rule files, in every spelling of every key, at ten times the length. This
one knows the two spellings of the advertising id that Segment documents, and the words for a refusal that its SDKs
send. For a requirement without a short clause, the exact one is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segkoch_lint.plans.guard.exact import DRAFT, TITLE, exact_guard, merged_schema, not_delivered
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.delivery import Delivery

_ID = {"type": "string", "pattern": "\\S"}
_TEXT = {"type": ["string", "null"]}

_ALLOWED = "Segment's SDKs leave the id out then. Blocking these calls would keep them from every destination."

_COST = "This blocks calls of users who refused tracking, for every destination and not for Kochava only."

_OFF: Mapping[str, Any] = {"enum": [False, 0, "false", "f", "0"]}

_NO: Mapping[str, Any] = {
    "type": ["string", "integer"],
    "pattern": "[Dd][Ee][Nn]|[Rr][Ee][Ss]|[Nn][Oo][Tt]",
    "maximum": 2,
}
"""Denied, restricted, not authorized, not determined, in any case and with the name of an enumeration around it.

As numbers these are 2, 1 and 0; 3 is consent. Source: Apple's `ATTrackingManager.AuthorizationStatus`.
"""

_REFUSALS: Mapping[str, Mapping[str, Any]] = {
    "adTrackingEnabled": _OFF,
    "ad_tracking_enabled": _OFF,
    "trackingStatus": _NO,
    "attTrackingStatus": _NO,
}
"""Values of members of the device if the user refused tracking, or was not asked yet."""

_DEVICE = {
    "title": "A device (KCH101)",
    "description": "Kochava knows a user by the device alone.",
    "type": "object",
}

_DEVICE_ID = {
    "title": "The device id (KCH104)",
    "description": "Kochava counts devices by it, so it must not be blank.",
    **_ID,
}

_CAMEL_CASE = {
    "title": "An advertising id (KCH105)",
    "description": "Kochava connects a call to an ad by it.",
    "required": ["advertisingId"],
    "properties": {"advertisingId": _ID},
}

_SNAKE_CASE = {
    "title": "Or one in the other spelling",
    "description": "Segment's page on Kochava writes it so for servers.",
    "required": ["advertising_id"],
    "properties": {"advertising_id": _ID},
}

_REFUSED = {
    "title": "Or the user refused tracking, or was not asked yet",
    "description": _ALLOWED,
    "anyOf": [{"required": [key], "properties": {key: refused}} for key, refused in _REFUSALS.items()],
}

_ZEROS = {"title": "Not zeros (KCH106)", "description": _COST, "type": "string", "pattern": "^[\\s-]*0[\\s0-]*$"}


def short_schema(rules: Sequence[Rule], delivery: Delivery, platforms: Sequence[str]) -> dict[str, Any]:
    """Return the schema of calls that break none of *rules*, or never reach Kochava.

    Args:
        rules: the requirements.
        delivery: decides whether a call reaches Kochava.
        platforms: the device types to accept.
    """
    codes = [rule.code for rule in rules]
    clauses = [clause for clause in _clauses(codes, platforms) if clause[0].issubset(codes)]
    covered = {code for needed, _ in clauses for code in needed}
    exact = [exact_guard(rule, delivery) for rule in rules if rule.code not in covered]
    return {
        "$schema": DRAFT,
        "title": TITLE,
        "description": f"Guards {', '.join(codes)} of segkoch-lint.",
        "type": "object",
        "anyOf": [
            {
                "title": "Calls that never reach Kochava",
                "description": "Kochava needs nothing of them, so they are let through.",
                "anyOf": not_delivered(delivery),
            },
            merged_schema([*(schema for _, schema in clauses), *exact]),
        ],
    }


def _clauses(codes: Sequence[str], platforms: Sequence[str]) -> list[tuple[frozenset[str], Mapping[str, Any]]]:
    """Return the short clauses: the requirements that each guards, and the schema of calls."""
    type_ = {
        "title": "The platform (KCH102, KCH103)",
        "description": "It says which advertising id is meant. Case matters.",
        "enum": list(platforms),
    }
    # Without an id there is a refusal, which KCH119 forbids.
    ids = [_CAMEL_CASE, _SNAKE_CASE, *([] if "KCH119" in codes else [_REFUSED])]
    context = {"type": "object", "required": ["device"], "properties": {"device": _DEVICE}}
    device: list[tuple[set[str], Mapping[str, Any]]] = [
        ({"KCH102", "KCH103"}, {"required": ["type"], "properties": {"type": type_}}),
        ({"KCH104"}, {"required": ["id"], "properties": {"id": _DEVICE_ID}}),
        ({"KCH105"}, {"properties": {"advertisingId": _TEXT, "advertising_id": _TEXT}, "anyOf": ids}),
        ({"KCH106"}, {"properties": {key: {"not": _ZEROS} for key in ("advertisingId", "advertising_id")}}),
        *([({"KCH105", "KCH119"}, {})] if "KCH119" in codes else []),
    ]
    return [
        (frozenset({"KCH101"}), {"required": ["context"], "properties": {"context": context}}),
        *(
            (frozenset(needed), {"properties": {"context": {"properties": {"device": schema}}}})
            for needed, schema in device
        ),
    ]
