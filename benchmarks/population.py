"""The made-up people of a log and their devices, worked out from their numbers: however many, they need no memory."""

from __future__ import annotations

import functools
import itertools
from binascii import hexlify
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

IOS_MODELS = ("iPhone12,1", "iPhone14,5", "iPhone15,2", "iPhone16,1", "iPad13,4")
ANDROID_MODELS = (
    ("samsung", "SM-S911B", "dm1q"),
    ("samsung", "SM-A546B", "a54x"),
    ("Google", "Pixel 8", "shiba"),
    ("Xiaomi", "23021RAA2Y", "topaz"),
    ("OnePlus", "CPH2449", "OP594DL1"),
)
LOCALES = (
    ("de-DE", "Europe/Berlin"),
    ("en-US", "America/New_York"),
    ("fr-FR", "Europe/Paris"),
    ("ja-JP", "Asia/Tokyo"),
)

MOBILE_LIBRARIES = {
    "analytics-swift": ("ios", "1.6.2"),
    "analytics-ios": ("ios", "4.1.8"),
    "analytics-kotlin": ("android", "1.19.1"),
    "analytics-android": ("android", "4.11.3"),
    "analytics-react-native": ("either", "2.19.3"),
    "analytics_flutter": ("either", "1.1.2"),
}
"""Mobile SDK to its platform and version."""

_PLATFORMS = ("ios", "android")
_MODELS = range(len(IOS_MODELS))

_ZEROS = "00000000-0000-0000-0000-000000000000"
_DRAW_BYTES = 4
_DRAWS: int = 256**_DRAW_BYTES


def template_of(value: Mapping[str, Any]) -> bytes:
    """Return a value as compact JSON with sorted members; what it holds of the form ``%(name)b`` is to be filled in."""
    return msgspec.json.encode(value, order="sorted")


def slot(name: str) -> msgspec.Raw:
    """Return a place in a template for JSON that is encoded already."""
    return msgspec.Raw(f"%({name})b".encode())


def uuid_of(digits: bytes) -> bytes:
    """Return 32 hexadecimal digits in the form of a random UUID."""
    return b"%b-%b-4%b-a%b-%b" % (digits[:8], digits[8:12], digits[13:16], digits[17:20], digits[20:32])


class DeviceKind(NamedTuple):
    """What is the same for many devices.

    Attributes:
        ios: whether it is an iOS device; Android otherwise.
        app: template of the ``context`` that the app's SDK sends.
        server: template of the ``context.device`` that servers send.
    """

    ios: bool
    app: bytes
    server: bytes


class Device(NamedTuple):
    """A device of a user; a tuple, since a dataclass takes longer to make.

    Attributes:
        digits: 128 hexadecimal digits of its own, from which its ids come.
        kind: what it shares with other devices.
    """

    digits: bytes
    kind: DeviceKind

    def anonymous_id(self) -> bytes:
        """Return the id of this installation of the app."""
        return uuid_of(self.digits)

    def app_context(self, user: int) -> bytes:
        """Return the ``context`` that the app's SDK sends, as JSON."""
        return self.kind.app % {**self._ids(), b"ip": user % 256}

    def server_device(self) -> bytes:
        """Return the ``context.device`` that servers send, as JSON."""
        return self.kind.server % self._ids()

    def _ids(self) -> dict[bytes, bytes]:
        advertising_id = uuid_of(self.digits[32:64])
        if self.kind.ios:
            return {b"advertising_id": advertising_id.upper(), b"id": uuid_of(self.digits[64:96]).upper()}
        return {b"advertising_id": advertising_id, b"id": self.digits[64:]}


class Population:
    """The users of a log.

    Args:
        seed: the same seed makes the same users.
        most_devices: a user has from one to so many devices, every second user just one.
        refused_share: share of users who refused tracking.
        mobile: the SDKs of the apps, each as often as its weight says.
        small: leave the surroundings out.
    """

    def __init__(
        self, seed: int, most_devices: int, refused_share: float, mobile: Sequence[str], *, small: bool
    ) -> None:
        self._seed = seed
        self._devices = (1,) * most_devices + tuple(range(1, most_devices + 1))
        self._refused = refused_share * _DRAWS
        self._kinds, self._refused_kinds = (
            [
                _device_kind(sdk, preferred, model, locale, refused=refused, small=small)
                for sdk, preferred, model, locale in itertools.product(mobile, _PLATFORMS, _MODELS, LOCALES)
            ]
            for refused in (False, True)
        )

    def device(self, user: int, draw: float) -> Device:
        """Return one of the devices of the user with this number; *draw*, from 0 to below 1, says which."""
        of_user = blake2b(b"%d:%d" % (self._seed, user), digest_size=_DRAW_BYTES * 2).digest()
        devices = self._devices[int.from_bytes(of_user[:_DRAW_BYTES], "big") % len(self._devices)]
        refused = int.from_bytes(of_user[_DRAW_BYTES:], "big") < self._refused
        own = blake2b(b"%d:%d:%d" % (self._seed, user, int(draw * devices))).digest()
        # The first digits are the anonymous id's, too. What it tells of the device cannot be seen.
        kinds = self._refused_kinds if refused else self._kinds
        return Device(hexlify(own), kinds[int.from_bytes(own[:_DRAW_BYTES], "big") % len(kinds)])


@functools.cache
def _device_kind(
    sdk: str, preferred: str, model: int, locale: tuple[str, str], *, refused: bool, small: bool
) -> DeviceKind:
    platform, version = MOBILE_LIBRARIES[sdk]
    ios = (preferred if platform == "either" else platform) == "ios"
    fields = (_ios_fields if ios else _android_fields)(model, refused=refused)
    context = {
        **({} if small else _surroundings(ios=ios, locale=locale)),
        "device": fields,
        "ip": "203.0.113.%(ip)d",
        "library": {"name": sdk, "version": version},
    }
    told = {"id": fields["id"], "type": fields["type"]}
    if "advertisingId" in fields:
        told["advertising_id"] = fields["advertisingId"]
    else:
        told["adTrackingEnabled"] = fields["adTrackingEnabled"]
    return DeviceKind(ios, template_of(context), template_of(told))


def _ios_fields(model: int, *, refused: bool) -> dict[str, Any]:
    return {
        "adTrackingEnabled": not refused,
        **({} if refused else {"advertisingId": "%(advertising_id)b"}),
        "id": "%(id)b",
        "manufacturer": "Apple",
        "model": IOS_MODELS[model],
        "name": "iPhone",
        "type": "ios",
    }


def _android_fields(model: int, *, refused: bool) -> dict[str, Any]:
    manufacturer, model_name, name = ANDROID_MODELS[model]
    return {
        "adTrackingEnabled": not refused,
        "advertisingId": _ZEROS if refused else "%(advertising_id)b",
        "id": "%(id)b",
        "manufacturer": manufacturer,
        "model": model_name,
        "name": name,
        "type": "android",
    }


def _surroundings(*, ios: bool, locale: tuple[str, str]) -> dict[str, Any]:
    language, timezone = locale
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
        if ios
        else "Dalvik/2.1.0 (Linux; U; Android 14; SM-S911B Build/UP1A.231005.007)"
    )
    return {
        "app": {"build": "345", "name": "Example Shop", "namespace": "com.example.shop", "version": "5.2.0"},
        "locale": language,
        "network": {"bluetooth": False, "carrier": "Example Mobile", "cellular": True, "wifi": False},
        "os": {"name": "iOS" if ios else "Android", "version": "17.5.1" if ios else "14"},
        "screen": {"density": 3, "height": 2532, "width": 1170},
        "timezone": timezone,
        "userAgent": agent,
    }
