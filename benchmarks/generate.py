"""Writes a raw Segment log of made-up calls as JSON Lines: seeded, with the mix of SDKs and faults as options.

python benchmarks/generate.py --calls 200000 log.ndjson
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import uuid
from pathlib import Path
from typing import Any

EVENTS = ["Application Opened", "Product Viewed", "Product Added", "Order Completed", "Level Completed"]

MOBILE = {
    "analytics-swift": ("ios", "1.6.2", 3),
    "analytics-ios": ("ios", "4.1.8", 1),
    "analytics-kotlin": ("android", "1.19.1", 3),
    "analytics-android": ("android", "4.11.3", 1),
    "analytics-react-native": ("", "2.19.3", 2),
}
"""Library to platform (empty: both), version, and weight."""

SERVER = {"analytics-ruby": "2.4.0", "analytics-python": "2.3.0", "@segment/analytics-node": "2.1.0"}


class Generator:
    """Makes calls of a fixed population of users.

    Args:
        seed: the same seed makes the same calls.
        users: users there are; each has one to three devices.
        server_share: share of calls that servers send.
        refused_share: share of users who refused tracking.
        fault_share: share of calls with a fault in the device object.
    """

    def __init__(self, seed: int, users: int, server_share: float, refused_share: float, fault_share: float) -> None:
        self._random = random.Random(seed)
        self._server_share = server_share
        self._fault_share = fault_share
        self._people = [self._person(number, refused_share) for number in range(users)]

    def call(self, number: int) -> dict[str, Any]:
        """Return the next call."""
        pick = self._random
        person = pick.choice(self._people)
        context = pick.choice(person["contexts"])
        if pick.random() < self._server_share:
            context = self._server_context(context)
        if pick.random() < self._fault_share:
            context = {**context, "device": self._faulty(context["device"])}
        event = pick.choice(EVENTS)
        second = number % 86_400
        day = f"2026-11-{1 + number // 86_400 % 28:02}"
        time = f"{day}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        return {
            "anonymousId": person["anonymousId"],
            "channel": "server",
            "context": context,
            "event": event,
            "integrations": {},
            "messageId": self._uuid(),
            "originalTimestamp": f"{time}.000Z",
            "projectId": "exampleproject",
            "properties": {
                "order_id": f"o-{number}",
                "revenue": number % 10_000 / 100,
                "currency": "EUR",
                "products": [{"sku": f"s-{number % 977}", "price": 9.99, "quantity": 1, "name": "Sword of Heracles"}],
            },
            "receivedAt": f"{time}.500Z",
            "sentAt": f"{time}.250Z",
            "timestamp": f"{time}.010Z",
            "type": "track",
            "userId": person["userId"],
            "version": 2,
            "writeKey": "EXAMPLEWRITEKEY",
        }

    def _person(self, number: int, refused_share: float) -> dict[str, Any]:
        refused = self._random.random() < refused_share
        contexts = [self._mobile_context(number, refused=refused) for _ in range(self._random.choice([1, 1, 1, 2, 3]))]
        return {"userId": f"user-{number}", "anonymousId": self._uuid(), "contexts": contexts}

    def _mobile_context(self, number: int, *, refused: bool) -> dict[str, Any]:
        pick = self._random
        library = pick.choices(list(MOBILE), [weight for *_, weight in MOBILE.values()])[0]
        platform = MOBILE[library][0] or pick.choice(["ios", "android"])
        ios = platform == "ios"
        identifier = self._uuid().upper() if ios else f"{pick.getrandbits(256):064x}"
        device: dict[str, Any] = {
            "id": identifier,
            "manufacturer": "Apple" if ios else "samsung",
            "model": "iPhone15,2" if ios else "SM-S911B",
            "name": "iPhone" if ios else "dm1q",
            "type": platform,
            "adTrackingEnabled": not refused,
        }
        if not refused:
            device["advertisingId"] = self._uuid().upper() if ios else self._uuid()
        return {
            "app": {"build": "345", "name": "Example Shop", "namespace": "com.example.shop", "version": "5.2.0"},
            "device": device,
            "instanceId": self._uuid(),
            "ip": f"203.0.113.{number % 256}",
            "library": {"name": library, "version": MOBILE[library][1]},
            "locale": "en-US",
            "network": {"bluetooth": False, "carrier": "Example Mobile", "cellular": True, "wifi": False},
            "os": {"name": "iOS" if ios else "Android", "version": "17.5.1" if ios else "14"},
            "screen": {"density": 3, "height": 2532, "width": 1170},
            "timezone": "Europe/Berlin",
            "traits": {"plan": "premium"},
            "userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15",
        }

    def _server_context(self, context: dict[str, Any]) -> dict[str, Any]:
        library = self._random.choice(list(SERVER))
        device = {key: context["device"][key] for key in ("id", "type") if key in context["device"]}
        if "advertisingId" in context["device"]:
            device["advertising_id"] = context["device"]["advertisingId"]
        else:
            device["adTrackingEnabled"] = False
        return {"device": device, "library": {"name": library, "version": SERVER[library]}, "ip": "198.51.100.7"}

    def _faulty(self, device: dict[str, Any]) -> dict[str, Any]:
        fault = self._random.choice(["no id", "no advertising id", "type", "zeros", "other id"])
        if fault == "no id":
            return {key: value for key, value in device.items() if key != "id"}
        if fault == "no advertising id":
            return {key: value for key, value in device.items() if not key.startswith("ad")}
        if fault == "type":
            return {**device, "type": "iOS" if device["type"] == "ios" else "Android"}
        if fault == "zeros":
            return {**device, "advertisingId": "00000000-0000-0000-0000-000000000000"}
        return {
            **device,
            "id": self._uuid().upper() if device["type"] == "ios" else f"{self._random.getrandbits(64):016x}",
        }

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))


def options() -> argparse.ArgumentParser:
    """Return the command line, which the benchmark's own extends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--server-share", type=float, default=0.2)
    parser.add_argument("--refused-share", type=float, default=0.05)
    parser.add_argument("--fault-share", type=float, default=0.01)
    return parser


def write(path: Path, calls: int, given: argparse.Namespace) -> None:
    """Write a log of so many calls."""
    generator = Generator(given.seed, given.users, given.server_share, given.refused_share, given.fault_share)
    with path.open("w", encoding="utf-8") as stream:
        for number in range(calls):
            stream.write(json.dumps(generator.call(number), separators=(",", ":")) + "\n")


def main() -> None:
    """Write what the command line asks for."""
    parser = options()
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("path", type=Path)
    given = parser.parse_args()
    write(given.path, given.calls, given)
    print(f"{given.calls:,} calls, {given.path.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
