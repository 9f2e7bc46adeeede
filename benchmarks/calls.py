"""The calls of a made-up log: what they are a mix of, and each of them."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from benchmarks.population import MOBILE_LIBRARIES, Device, Population, uuid_of

SERVER_LIBRARIES = {
    "analytics-ruby": "2.4.0",
    "analytics-python": "2.3.0",
    "@segment/analytics-node": "2.1.0",
    "analytics-go": "3.3.0",
    "analytics-java": "3.5.1",
}

_EVENTS = (
    "Application Opened",
    "Product Viewed",
    "Product Added",
    "Checkout Started",
    "Order Completed",
    "Coupon Applied",
)
_MOBILE_TYPES = ("track",) * 16 + ("identify",) * 2 + ("screen",) * 2
_SERVER_TYPES = ("track",) * 17 + ("identify",) * 2 + ("page",)
_PRODUCTS = (
    ("Sword of Heracles", "weapons"),
    ("Crème brûlée torch", "kitchen"),
    ('Display 27" with a stand', "electronics"),
    ("東京 tea set", "kitchen"),
    ("Running shoes, blue", "sports"),
)
_FIRST_MOMENT_MS = 1_793_491_200_000
"""2026-11-01T00:00:00Z."""
_MS_A_CALL = 20
_SECOND_PRODUCT_SHARE = 0.05
CALLS_A_USER = 75
_ACTIVE_USERS = 900
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mix:
    """What a log is made of.

    Attributes:
        seed: the same mix makes the same bytes.
        users: users there are, each of whom may send any call; None: users come and go, see `_user`.
        most_devices: a user has from one to so many.
        mobile: mobile SDKs, each as often as its weight.
        server: server libraries, likewise.
        server_share: share of calls that servers send.
        anonymous_share: share of the mobile calls that come before login, with an ``anonymousId`` only.
        refused_share: share of users who refused tracking.
        fault_share: share of calls with a fault in the device object.
        switched_off_share: share of calls that are kept from Kochava by ``integrations``.
        small: calls of about 500 bytes, with little besides what the rules read.
    """

    seed: int = 1
    users: int | None = None
    most_devices: int = 3
    mobile: tuple[str, ...] = ("analytics-swift",) * 3 + ("analytics-kotlin",) * 3 + tuple(MOBILE_LIBRARIES)
    server: tuple[str, ...] = tuple(SERVER_LIBRARIES)
    server_share: float = 0.2
    anonymous_share: float = 0.15
    refused_share: float = 0.05
    fault_share: float = 0.01
    switched_off_share: float = 0.01
    small: bool = False


def encoded_calls(mix: Mix, numbers: range) -> bytes:
    """Return the calls with these numbers as JSON Lines; what they are depends on the mix and the first number."""
    # Sorted, as members are in Segment's own files.
    return msgspec.json.Encoder(order="sorted").encode_lines(_calls(mix, numbers))


def _calls(mix: Mix, numbers: range) -> Iterator[dict[str, Any]]:
    population = Population(mix.seed, mix.most_devices, mix.refused_share, mix.mobile, mix.small)
    draws = random.Random(f"{mix.seed}:{numbers.start}")
    for number in numbers:
        user = _user(mix, draws.random(), number)
        device = population.device(user, draws.random())
        if draws.random() < mix.server_share:
            call = _server_call(mix, draws, device, user)
        else:
            call = _mobile_call(mix, draws, device, user)
        if draws.random() < mix.fault_share:
            call["context"] = _faulty(draws, call["context"])
        yield {**call, **_envelope(mix, draws, number)}


def _user(mix: Mix, draw: float, number: int) -> int:
    """Return whose the call with this number is; *draw* is from 0 to below 1.

    Unless their number is given, 900 users are active at a time, and with every 75th call one of them makes room for
    a new one: however long the log is, each is met in a session of 67,500 calls, which are 22 minutes. 200,000 calls
    then hold about 25,000 distinct pairs of device and library; the logs that the aims were set on had 24,000.
    """
    return int(draw * mix.users) if mix.users else number // CALLS_A_USER + int(draw * _ACTIVE_USERS)


def _mobile_call(mix: Mix, draws: random.Random, device: Device, user: int) -> dict[str, Any]:
    kind = _pick(draws, _MOBILE_TYPES)
    anonymous = kind != "identify" and draws.random() < mix.anonymous_share
    context = {
        **device.surroundings,
        "device": device.fields,
        "ip": f"203.0.113.{user % 256}",
        "library": device.library,
    }
    who = {"anonymousId": device.anonymous_id} | ({} if anonymous else {"userId": f"user-{user}"})
    return {**who, "context": context, "type": kind, **_content(mix, draws, kind)}


def _server_call(mix: Mix, draws: random.Random, device: Device, user: int) -> dict[str, Any]:
    name = _pick(draws, mix.server)
    told = {"id": device.fields["id"], "type": device.fields["type"]}
    if "advertisingId" in device.fields:
        told["advertising_id"] = device.fields["advertisingId"]
    else:
        told["adTrackingEnabled"] = device.fields["adTrackingEnabled"]
    kind = _pick(draws, _SERVER_TYPES)
    context = {"device": told, "ip": "198.51.100.7", "library": {"name": name, "version": SERVER_LIBRARIES[name]}}
    return {"context": context, "type": kind, "userId": f"user-{user}", **_content(mix, draws, kind)}


def _content(mix: Mix, draws: random.Random, kind: str) -> dict[str, Any]:
    if kind == "identify":
        return {
            "traits": {} if mix.small else {"plan": "premium", "logins": int(draws.random() * 500), "newsletter": True}
        }
    if kind in {"screen", "page"}:
        return {"name": "Product", "properties": {"section": _pick(draws, _PRODUCTS)[1]}}
    event = {"event": _pick(draws, _EVENTS)}
    return event | ({"properties": {}} if mix.small else {"properties": _order(draws)})


def _order(draws: random.Random) -> dict[str, Any]:
    return {
        "currency": "EUR",
        "order_id": f"o-{draws.getrandbits(40):010x}",
        "products": [_product(draws) for _ in range(1 + (draws.random() < _SECOND_PRODUCT_SHARE))],
        "revenue": int(draws.random() * 20_000) / 100,
    }


def _product(draws: random.Random) -> dict[str, Any]:
    name, category = _pick(draws, _PRODUCTS)
    number = int(draws.random() * 9_000)
    return {
        "category": category,
        "name": name,
        "price": number / 100,
        "product_id": f"p-{number:05}",
        "quantity": 1,
        "sku": f"s-{number * 7 % 9_973:04}",
    }


def _envelope(mix: Mix, draws: random.Random, number: int) -> dict[str, Any]:
    received = _FIRST_MOMENT_MS + number * _MS_A_CALL
    waited = int(draws.random() * 30_000)
    under_way = 40 + int(draws.random() * 900)
    off = draws.random() < mix.switched_off_share
    ends = {"messageId": uuid_of(f"{draws.getrandbits(128):032x}"), "receivedAt": _moment(received)}
    if mix.small:
        return {"integrations": {"Kochava": False} if off else {}, **ends}
    return {
        "channel": "server",
        "integrations": {"Kochava": False} if off else {},
        **ends,
        "originalTimestamp": _moment(received - under_way - waited),
        "projectId": "exampleProject7",
        "sentAt": _moment(received - under_way),
        "timestamp": _moment(received - waited),
        "version": 2,
        "writeKey": "EXAMPLEWRITEKEY",
    }


def _faulty(draws: random.Random, context: dict[str, Any]) -> dict[str, Any]:
    """Return a context with one fault in its device, or with another device's ids."""
    device = dict(context["device"])
    ios = device["type"] == "ios"
    spelling = "advertising_id" if "advertising_id" in device else "advertisingId"
    identifier = uuid_of(f"{draws.getrandbits(128):032x}")
    faults: tuple[dict[str, Any], ...] = (
        {"id": None},
        {"id": ""},
        {spelling: None, "adTrackingEnabled": True},
        {spelling: "{idfa}"},
        {spelling: "00000000-0000-0000-0000-000000000000"},
        {spelling: identifier.replace("-", "")},
        {"type": "iOS" if ios else "Android"},
        {"type": "phone"},
        {"type": None},
        {"id": identifier.upper() if ios else identifier},
        {spelling: identifier.upper() if ios else identifier},
    )
    number = int(draws.random() * (len(faults) + 1))
    if number == len(faults):
        return {key: value for key, value in context.items() if key != "device"}
    return {**context, "device": {key: value for key, value in (device | faults[number]).items() if value is not None}}


def _pick(draws: random.Random, choices: Sequence[T]) -> T:
    # random.choice does the same in twice the time, and its way to the number has changed between versions of Python.
    return choices[int(draws.random() * len(choices))]


def _moment(milliseconds: int) -> str:
    second, rest = divmod(milliseconds, 1_000)
    return f"{_second(second)}.{rest:03}Z"


@functools.lru_cache(maxsize=1_024)
def _second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
