"""Logs of nights, made by chance from a seed: each call is of one SDK, and has at most one fault."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from uuid import UUID

SDKS: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "analytics-swift": (0.20, ("ios",)),
    "analytics-kotlin": (0.20, ("android",)),
    "analytics-react-native": (0.30, ("ios", "android")),
    "analytics_flutter": (0.16, ("ios", "android")),
    "analytics-ruby": (0.14, ("ios", "android")),
}
"""By name of an SDK, its share of the calls of a normal night and its platforms."""

FAULTS: Mapping[str, tuple[float, dict[str, Any]]] = {
    "KCH103": (0.010, {"type": "phone"}),
    "KCH104": (0.010, {"id": ""}),
    "KCH105": (0.015, {"advertisingId": ""}),
    "KCH106": (0.060, {"advertisingId": str(UUID(int=0)), "adTrackingEnabled": False}),
    "KCH108": (0.010, {"advertisingId": "{idfa}"}),
}
"""By the rule that a fault breaks, its rate in a normal night and what of the device is changed."""

_EVENTS = ("Application Opened", "Product Viewed", "Checkout Started", "Order Completed")


@dataclass(frozen=True)
class Night:
    """A night.

    Attributes:
        seed: the same night has the same calls.
        calls: how many calls a normal night has.
        without: an SDK whose calls are missing; empty if none are.
        rates: by the rule that a fault breaks, its rate.
    """

    seed: int
    calls: int = 10_000
    without: str = ""
    rates: Mapping[str, float] = field(default_factory=lambda: {code: rate for code, (rate, _) in FAULTS.items()})

    def log(self) -> str:
        """Return the calls as JSON Lines."""
        draws = random.Random(self.seed)
        fault_of = _chooser({**self.rates, "": 1 - sum(self.rates.values())})
        sdk_of = _chooser({name: share for name, (share, _) in SDKS.items()})
        lines = []
        for _ in range(self.calls):
            sdk, fault = sdk_of(draws.random()), fault_of(draws.random())
            call = _call(draws, sdk, FAULTS[fault][1] if fault else {})
            if sdk != self.without:
                lines.append(json.dumps(call))
        return "\n".join(lines) + "\n"


def _chooser(weights: Mapping[str, float]) -> Callable[[float], str]:
    """Return a function that chooses a name by a number from 0 to below 1."""
    bounds = list(zip(accumulate(weights.values()), weights, strict=True))
    return lambda draw: next((name for bound, name in bounds if draw < bound), bounds[-1][1])


def _call(draws: random.Random, sdk: str, fault: dict[str, Any]) -> dict[str, Any]:
    """Return a call of a user of its own, so that no rule about several calls of a user applies."""
    platform = draws.choice(SDKS[sdk][1])
    number = draws.getrandbits(128)
    text = str(UUID(int=number, version=4))
    device = {
        "type": platform,
        "id": text.upper() if platform == "ios" else f"{number:032x}"[:16],
        "advertisingId": str(UUID(int=draws.getrandbits(128), version=4)),
        "adTrackingEnabled": True,
        "manufacturer": "Apple" if platform == "ios" else "Google",
        "model": "iPhone15,2" if platform == "ios" else "Pixel 8",
    }
    return {
        "type": "track",
        "event": draws.choice(_EVENTS),
        "userId": f"user-{number % 10**12}",
        "messageId": text,
        "context": {"device": device | fault, "library": {"name": sdk, "version": "1.0.0"}},
    }
