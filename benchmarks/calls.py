"""The calls of a made-up log: what they are a mix of, and each of them."""

from __future__ import annotations

import functools
import random
import time
from binascii import hexlify
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from benchmarks.population import MOBILE_LIBRARIES, Population, slot, template_of, uuid_of

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


CLEAN = Mix(refused_share=0, fault_share=0, switched_off_share=0)
"""Calls of which none has a finding."""


def encoded_calls(mix: Mix, numbers: range) -> bytes:
    """Return the calls with these numbers as JSON Lines; what they are depends on the mix and the first number."""
    return b"".join(_calls(mix, numbers))


def _calls(mix: Mix, numbers: range) -> Iterator[bytes]:
    population = Population(mix.seed, mix.most_devices, mix.refused_share, mix.mobile, small=mix.small)
    draws = random.Random(f"{mix.seed}:{numbers.start}")
    draw = draws.random
    for number in numbers:
        user = _user(mix, draw(), number)
        device = population.device(user, draw())
        if draw() < mix.server_share:
            sender = "server"
            context = _server_context(_pick(draws, mix.server)) % device.server_device()
            kind = _pick(draws, _SERVER_TYPES)
        else:
            context = device.app_context(user)
            kind = _pick(draws, _MOBILE_TYPES)
            anonymous = kind != "identify" and draw() < mix.anonymous_share
            sender = "visitor" if anonymous else "user"
        if draw() < mix.fault_share:
            context = _faulty(draws, context)
        event = _pick(draws, _EVENTS) if kind == "track" else ""
        off = draw() < mix.switched_off_share
        received = _FIRST_MOMENT_MS + number * _MS_A_CALL
        values = {
            b"anonymous_id": b"" if sender == "server" else device.anonymous_id(),
            b"context": context,
            b"message_id": uuid_of(hexlify(draws.randbytes(16))),
            b"received": _moment(received),
            b"user": user,
        }
        if not mix.small:
            sent = received - 40 - int(draw() * 900)
            waited = int(draw() * 30_000)
            values |= {
                b"content": _content(draws, kind),
                b"sent": _moment(sent),
                b"original": _moment(sent - waited),
                b"timestamp": _moment(received - waited),
            }
        yield _template(sender, kind, event, off, mix.small) % values


def _user(mix: Mix, draw: float, number: int) -> int:
    """Return whose the call with this number is; *draw* is from 0 to below 1.

    Unless their number is given, 900 users are active at a time, and with every 75th call one of them makes room for
    a new one: however long the log is, each is met in a session of 67,500 calls, which are 22 minutes. 200,000 calls
    then hold about 25,000 distinct pairs of device and library; the logs that the aims were set on had 24,000.
    """
    return int(draw * mix.users) if mix.users else number // CALLS_A_USER + int(draw * _ACTIVE_USERS)


@functools.cache
def _template(sender: str, kind: str, event: str, off: bool, small: bool) -> bytes:
    """Return a line with places for what differs between calls.

    Args:
        sender: ``server``; ``user``, an app; or ``visitor``, an app before login.
        kind: the call's type.
        event: the event's name; empty if the call has none.
        off: whether the call is kept from Kochava.
        small: whether to leave out what is not needed.
    """
    call: dict[str, Any] = {
        "context": slot("context"),
        "integrations": {"Kochava": False} if off else {},
        "messageId": "%(message_id)b",
        "receivedAt": "%(received)b",
        "type": kind,
    }
    if sender != "server":
        call["anonymousId"] = "%(anonymous_id)b"
    if sender != "visitor":
        call["userId"] = "user-%(user)d"
    if event:
        call["event"] = event
    elif kind != "identify":
        call["name"] = "Product"
    call["traits" if kind == "identify" else "properties"] = {} if small else slot("content")
    if not small:
        call |= {
            "channel": "server",
            "originalTimestamp": "%(original)b",
            "projectId": "exampleProject7",
            "sentAt": "%(sent)b",
            "timestamp": "%(timestamp)b",
            "version": 2,
            "writeKey": "EXAMPLEWRITEKEY",
        }
    return template_of(call) + b"\n"


@functools.cache
def _server_context(name: str) -> bytes:
    """Return the ``context`` that a server library sends, with a place for the device object."""
    library = {"name": name, "version": SERVER_LIBRARIES[name]}
    return template_of({"device": msgspec.Raw(b"%b"), "ip": "198.51.100.7", "library": library})


def _content(draws: random.Random, kind: str) -> bytes:
    """Return the properties of a call, or its traits, as JSON."""
    if kind == "identify":
        return b'{"logins":%d,"newsletter":true,"plan":"premium"}' % int(draws.random() * 500)
    if kind != "track":
        return b'{"section":"%b"}' % _pick(draws, _PRODUCTS)[1].encode()
    products = _product(draws)
    if draws.random() < _SECOND_PRODUCT_SHARE:
        products += b"," + _product(draws)
    values = (draws.getrandbits(40), products, int(draws.random() * 20_000) / 100)
    return b'{"currency":"EUR","order_id":"o-%010x","products":[%b],"revenue":%a}' % values


def _product(draws: random.Random) -> bytes:
    name, category = _pick(draws, _PRODUCTS)
    number = int(draws.random() * 9_000)
    return _product_template(name, category) % (number / 100, number, number * 7 % 9_973)


@functools.cache
def _product_template(name: str, category: str) -> bytes:
    product = {"category": category, "name": name, "price": msgspec.Raw(b"%a"), "product_id": "p-%05d", "quantity": 1}
    return template_of({**product, "sku": "s-%04d"})


def _faulty(draws: random.Random, encoded: bytes) -> bytes:
    """Return a context with one fault in its device, or with another device's ids; both as JSON."""
    context = msgspec.json.decode(encoded)
    device = context.pop("device")
    ios = device["type"] == "ios"
    spelling = "advertising_id" if "advertising_id" in device else "advertisingId"
    identifier = uuid_of(hexlify(draws.randbytes(16))).decode()
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
    if number < len(faults):
        device |= faults[number]
        context["device"] = {key: value for key, value in device.items() if value is not None}
    return template_of(context)


def _pick(draws: random.Random, choices: Sequence[T]) -> T:
    # random.choice does the same in twice the time, and its way to the number has changed between versions of Python.
    return choices[int(draws.random() * len(choices))]


def _moment(milliseconds: int) -> bytes:
    return _second(milliseconds // 1_000) + _FRACTIONS[milliseconds % 1_000]


_FRACTIONS = tuple(b"%03dZ" % milliseconds for milliseconds in range(1_000))


@functools.lru_cache(maxsize=1_024)
def _second(second: int) -> bytes:
    return time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second)).encode()
