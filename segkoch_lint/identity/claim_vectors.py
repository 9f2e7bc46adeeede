"""Claims of servers, reduced to what rules can ask of them, so that each kind of claim is checked once.

A rule that only compares ids gives the same answer to two claims whose ids compare alike. `queries.sql` gives each
claim its vector, a number with the answers to all such comparisons. Here a vector becomes a summary again, with made-up
ids. A rule that asks for more is checked on the summary of each user.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntFlag
from typing import Any

DEVICE_LIST, ADVERTISING_LIST, OF_DEVICE_LIST = "deviceIds", "advertisingIds", "advertisingIdsOfDevice"


class ClaimVector(IntFlag):
    """What a claim answers to what rules can ask, a bit each; the section ``claims`` of `queries.sql` has the same."""

    DEVICE = 1
    ADVERTISING = 2
    APP_DEVICE = 4
    APP_ADVERTISING = 8
    SAME_DEVICE = 16
    EXACT_DEVICE = 32
    SAME_ADVERTISING = 64
    EXACT_ADVERTISING = 128
    ANY_OF_DEVICE = 256
    SAME_OF_DEVICE = 512
    EXACT_OF_DEVICE = 1024


# The id of the claim, the same in lower case, and another one.
_DEVICE_IDS = ("DEVICE", "device", "other")
_ADVERTISING_IDS = ("ADVERTISING", "advertising", "another")


def summary_of_claim(kind: str, platform: str, vector: int) -> dict[str, Any]:
    """Return a summary of a user with one claim that has this vector.

    Args:
        kind: ``u`` for a user with a userId, ``a`` for one with an anonymousId only.
        platform: ``ios`` or ``android``.
        vector: of the claim.
    """
    bits = ClaimVector(vector)
    claim: dict[str, Any] = {
        "mobile": {
            DEVICE_LIST: _listed(
                _DEVICE_IDS,
                ClaimVector.EXACT_DEVICE in bits,
                ClaimVector.SAME_DEVICE in bits,
                ClaimVector.APP_DEVICE in bits,
            ),
            ADVERTISING_LIST: _listed(
                _ADVERTISING_IDS,
                ClaimVector.EXACT_ADVERTISING in bits,
                ClaimVector.SAME_ADVERTISING in bits,
                ClaimVector.APP_ADVERTISING in bits,
            ),
            OF_DEVICE_LIST: _listed(
                _ADVERTISING_IDS,
                ClaimVector.EXACT_OF_DEVICE in bits,
                ClaimVector.SAME_OF_DEVICE in bits,
                ClaimVector.ANY_OF_DEVICE in bits,
            ),
        }
    }
    if ClaimVector.DEVICE in bits:
        claim["deviceId"] = _DEVICE_IDS[0]
    if ClaimVector.ADVERTISING in bits:
        claim["advertisingId"] = _ADVERTISING_IDS[0]
    return {**id_of_person("u" if kind == "u" else "a"), "platform": platform, "server": [claim]}


def summary_of_person(kind: str, platform: str, devices: int) -> dict[str, Any]:
    """Return a summary of a user without claims."""
    return {**id_of_person(kind), "platform": platform, "server": [], "devices": devices}


def id_of_person(person: str) -> dict[str, str]:
    """Return the member of a summary with the id of a person: ``u`` and a userId, or ``a`` and an anonymousId."""
    return {"userId" if person.startswith("u") else "anonymousId": person[1:]}


def _listed(ids: tuple[str, str, str], exact: bool, same: bool, some: bool) -> list[str]:
    return [ids[0]] if exact else [ids[1]] if same else [ids[2]] if some else []


# --- what rules ask -----------------------------------------------------------------------------------------------

Asks = Callable[[Any], bool]
"""Returns whether a vector answers everything that a schema asks of a value."""

_NEUTRAL = frozenset({"$schema", "$comment", "title", "description", "message", "fix", "type"})
"""Keywords that ask nothing, or have the same answer for all values of the right type."""


def asks_of_each_claim(schema: Any) -> bool:
    """Return whether a rule accepts a user if it accepts each claim alone, and the rest alone; False if in doubt.

    Args:
        schema: the rule's expanded, self-contained schema.
    """
    return not isinstance(schema, Mapping) or all(map(_asks_of_each_claim, schema, schema.values()))


def _asks_of_each_claim(keyword: str, value: Any) -> bool:
    if keyword == "allOf":
        return all(map(asks_of_each_claim, value))
    if keyword == "properties":
        members = {**_OF_PERSON, "server": _asks_of_claims}
        return all(name in members and members[name](schema) for name, schema in value.items())
    return _asks_of_person({keyword: value})


def asks_only_how_many_names(schema: Any) -> bool:
    """Return whether a rule asks nothing but how many names a set of events has."""
    names = _only({"minItems": _anything, "maxItems": _anything})
    return _only({"required": _anything}, {"names": names})(schema)


def _anything(_value: Any) -> bool:
    return True


def _only(keywords: Mapping[str, Asks], members: Mapping[str, Asks] | None = None) -> Asks:
    """Return the test whether a schema has no other keywords than these.

    Args:
        keywords: the keywords that it may have, each with a test of its value.
        members: the members that ``properties`` may name, each with a test of its schema; None if it must be absent.
    """

    def asks(schema: Any) -> bool:
        return not isinstance(schema, Mapping) or all(map(fine, schema, schema.values()))

    def fine(keyword: str, value: Any) -> bool:
        match keyword:
            case "allOf" | "anyOf" | "oneOf":
                return all(map(asks, value))
            case "not" | "if" | "then" | "else":
                return asks(value)
            case "properties" if members is not None:
                return all(name in members and members[name](schema) for name, schema in value.items())
        return keyword in _NEUTRAL or (keyword in keywords and keywords[keyword](value))

    return asks


_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "const", "enum")

_OF_PERSON: Mapping[str, Asks] = {
    "devices": _only(dict.fromkeys(_NUMBERS, _anything)),
    "platform": _only(dict.fromkeys(("const", "enum"), _anything)),
    "userId": _only({}),
    "anonymousId": _only({}),
}

_FOUND_IN = {
    ("deviceId", f"/mobile/{DEVICE_LIST}", True),
    ("advertisingId", f"/mobile/{ADVERTISING_LIST}", False),
    ("advertisingId", f"/mobile/{OF_DEVICE_LIST}", False),
}
"""The comparisons that a vector answers: member, list, and whether hyphens count."""

_asks_of_list = _only({"minItems": lambda least: least <= 1, "maxItems": lambda most: most == 0})

_asks_of_claim = _only(
    {
        "required": _anything,
        "foundIn": lambda value: (value["member"], value["list"], value.get("hyphens", True)) in _FOUND_IN,
    },
    {
        "deviceId": _only({}),
        "advertisingId": _only({}),
        "mobile": _only(
            {"required": _anything}, dict.fromkeys((DEVICE_LIST, ADVERTISING_LIST, OF_DEVICE_LIST), _asks_of_list)
        ),
    },
)

_asks_of_person = _only({"required": _anything}, _OF_PERSON)


def _asks_of_claims(schema: Any) -> bool:
    return not isinstance(schema, Mapping) or all(
        keyword in _NEUTRAL or (keyword == "items" and _asks_of_claim(value)) for keyword, value in schema.items()
    )
