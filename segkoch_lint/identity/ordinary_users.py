"""Whether the rules have no findings about ordinary users and ids, so that the native core may leave them out.

`core/src/components.rs` defines ordinary users: no other user has their ids, and servers sent what the app sent.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from segkoch_lint.identity.claim_vectors import ClaimVector, asks_of_each_claim, summary_of_claim, summary_of_person
from segkoch_lint.identity.devices import IdUse
from segkoch_lint.identity.identity_findings import ADVERTISING, DEVICE
from segkoch_lint.identity.records import PLATFORMS

if TYPE_CHECKING:
    from segkoch_lint.identity.analysis import Rules

_MOST_DEVICES = 4
"""The most device ids of an ordinary user on a platform."""

_DEVICE_SENT = ClaimVector.DEVICE | ClaimVector.APP_DEVICE | ClaimVector.SAME_DEVICE | ClaimVector.EXACT_DEVICE
_ADVERTISING_SENT = (
    ClaimVector.ADVERTISING | ClaimVector.APP_ADVERTISING | ClaimVector.SAME_ADVERTISING | ClaimVector.EXACT_ADVERTISING
)
_PAIR_SENT = (
    _DEVICE_SENT
    | _ADVERTISING_SENT
    | ClaimVector.ANY_OF_DEVICE
    | ClaimVector.SAME_OF_DEVICE
    | ClaimVector.EXACT_OF_DEVICE
)

CLAIMS = (
    ClaimVector.DEVICE,
    ClaimVector.ADVERTISING,
    ClaimVector.DEVICE | ClaimVector.ADVERTISING,
    _PAIR_SENT,
    _DEVICE_SENT,
    _DEVICE_SENT | ClaimVector.APP_ADVERTISING,
    _DEVICE_SENT | ClaimVector.APP_ADVERTISING | ClaimVector.ANY_OF_DEVICE,
    _ADVERTISING_SENT,
    _ADVERTISING_SENT | ClaimVector.APP_DEVICE,
)
"""All claims of ordinary users: the app sent nothing, or the same pair of ids."""


def most_devices(rules: Rules) -> int | None:
    """Return how many device ids an ordinary user may have on a platform without a finding.

    Returns:
        the number; None if a rule has findings with any number, or depends on the texts of ids.
    """
    if not all(map(asks_of_each_claim, rules.schemas("user"))) or not _accepts_ids(rules):
        return None
    persons = list(product("ua", PLATFORMS))
    summaries = [summary_of_claim(kind, platform, claim) for kind, platform in persons for claim in CLAIMS]
    if any(rules.violations("user", summary) for summary in summaries):
        return None
    for devices in range(_MOST_DEVICES + 1):
        if any(rules.violations("user", summary_of_person(*person, devices)) for person in persons):
            return devices - 1 if devices > 1 else None
    return _MOST_DEVICES


def _accepts_ids(rules: Rules) -> bool:
    """Return whether the rules accept every id that is used on one platform by no more than one user with a userId."""
    uses = (
        IdUse(kind, users, platform, platform)
        for kind, users, platform in product((DEVICE, ADVERTISING), (0, 1), PLATFORMS)
    )
    return not any(rules.violations("device", use.summary()) for use in uses)
