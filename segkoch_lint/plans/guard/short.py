"""The guard that people read: a common JSON Schema of some forty lines for what Kochava needs of a call.

`common.common_schema` says the same exactly as the rule files do, in every spelling of every key, at ten times the
length. This one knows the two spellings of the advertising id that Segment documents, and the words that its SDKs send
for a refusal. What it has no short clause for, it takes from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segkoch_lint.plans.guard.exact import DRAFT, TITLE, exact_guard, merged_schema, plain
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.delivery import Delivery

_ID = {"type": "string", "pattern": "\\S"}

_ALLOWED = "Segment's SDKs leave the id out then. Blocking these calls would keep them from every destination."

_COST = "This blocks calls of users who refused tracking, for every destination and not for Kochava only."


_OFF: Mapping[str, Any] = {"enum": [False, 0, "false", "f", "0"]}

_NO: Mapping[str, Any] = {
    "type": ["string", "integer"],
    "pattern": "[Dd][Ee][Nn]|[Rr][Ee][Ss]|[Nn][Oo][Tt]",
    "maximum": 2,
}
"""Denied, restricted, not authorized, not determined, in any case and with the name of an enumeration around it.

As numbers these are 2, 1 and 0, and 3 is consent. Source: Apple's `ATTrackingManager.AuthorizationStatus`.
"""

_REFUSALS: Mapping[str, Mapping[str, Any]] = {
    "adTrackingEnabled": _OFF,
    "ad_tracking_enabled": _OFF,
    "trackingStatus": _NO,
    "attTrackingStatus": _NO,
}
"""What is sent of users who refused, or were not asked yet, by member of the device."""


def short_schema(rules: Sequence[Rule], delivery: Delivery, platforms: Sequence[str]) -> dict[str, Any]:
    """Return the schema of calls that break none of *rules*, or never reach Kochava.

    Args:
        rules: the requirements.
        delivery: what decides whether a call reaches Kochava.
        platforms: the device types to accept.
    """
    names = {rule.code: rule.name for rule in rules}
    clauses = _clauses(set(names), platforms)
    covered = {code for codes, _ in clauses for code in codes}
    exact = [exact_guard(rule, delivery) for rule in rules if rule.code not in covered]
    return {
        "$schema": DRAFT,
        "title": TITLE,
        "description": f"Guards {', '.join(names)} of segkoch-lint.",
        "type": "object",
        "anyOf": [
            {
                "title": "Calls that never reach Kochava",
                "description": "Kochava needs nothing of them, so they are let through.",
                "anyOf": [plain(condition) for condition in delivery.conditions().values()],
            },
            merged_schema([*(clause for _, clause in clauses), *exact]),
        ],
    }


Clause = tuple[frozenset[str], Mapping[str, Any]]
"""The requirements that a schema of calls stands for, and the schema."""


def _clauses(codes: set[str], platforms: Sequence[str]) -> list[Clause]:
    """Return the short clauses for these requirements; those that there is none for are left out."""
    known: list[Clause] = [
        (frozenset({"KCH101"}), _device_clause()),
        (frozenset({"KCH102", "KCH103"}), _on_device(_type_clause(platforms))),
        (frozenset({"KCH104"}), _on_device(_id_clause())),
        (frozenset({"KCH105"}), _on_device(_advertising_id_clause(refusals="KCH119" not in codes))),
        (frozenset({"KCH106"}), _on_device(_zeros_clause())),
    ]
    if {"KCH105", "KCH119"} <= codes:
        known.append((frozenset({"KCH119"}), {}))  # the clause of KCH105 demands an id of everybody
    return [(needed, clause) for needed, clause in known if needed <= codes]


def _device_clause() -> Mapping[str, Any]:
    device = {
        "title": "A device (KCH101)",
        "description": "Kochava knows a user by the device alone.",
        "type": "object",
    }
    context = {"type": "object", "required": ["device"], "properties": {"device": device}}
    return {"required": ["context"], "properties": {"context": context}}


def _on_device(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"properties": {"context": {"properties": {"device": schema}}}}


def _type_clause(platforms: Sequence[str]) -> Mapping[str, Any]:
    type_ = {
        "title": "The platform (KCH102, KCH103)",
        "description": "It says which advertising id is meant. Case matters.",
        "enum": list(platforms),
    }
    return {"required": ["type"], "properties": {"type": type_}}


def _id_clause() -> Mapping[str, Any]:
    title = "The device id (KCH104)"
    id_ = {"title": title, "description": "Kochava counts devices by it, so it must not be blank.", **_ID}
    return {"required": ["id"], "properties": {"id": id_}}


def _advertising_id_clause(*, refusals: bool) -> Mapping[str, Any]:
    """Return the schema of devices with an advertising id, or, with *refusals*, with a sign that it was refused."""
    camel = {
        "title": "An advertising id (KCH105)",
        "description": "Kochava connects a call to an ad by it.",
        "required": ["advertisingId"],
        "properties": {"advertisingId": _ID},
    }
    snake = {
        "title": "Or one in the other spelling",
        "description": "Segment's page on Kochava writes it so for servers.",
        "required": ["advertising_id"],
        "properties": {"advertising_id": _ID},
    }
    refusal = {
        "title": "Or the user refused tracking, or was not asked yet",
        "description": _ALLOWED,
        "anyOf": [{"required": [key], "properties": {key: refused}} for key, refused in _REFUSALS.items()],
    }
    text = {"type": ["string", "null"]}
    return {
        "properties": {"advertisingId": text, "advertising_id": text},
        "anyOf": [camel, snake, *([refusal] if refusals else [])],
    }


def _zeros_clause() -> Mapping[str, Any]:
    zeros = {"title": "Not zeros (KCH106)", "description": _COST, "type": "string", "pattern": "^[\\s-]*0[\\s0-]*$"}
    return {"properties": {key: {"not": zeros} for key in ("advertisingId", "advertising_id")}}
