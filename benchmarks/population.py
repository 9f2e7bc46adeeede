"""The made-up people of a log and their devices, worked out from their numbers: however many, they need no memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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

_DRAW_BYTES = 4
_DRAWS: int = 256**_DRAW_BYTES


class Draws:
    """Random draws that depend on their name alone: the same name makes the same draws, in whatever order."""

    def __init__(self, seed: int, *name: int | str) -> None:
        text = ":".join(map(str, (seed, *name)))
        self._digest = hashlib.blake2b(text.encode(), digest_size=64).digest()
        self._position = 0

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to *limit* - 1."""
        return self._draw() * limit // _DRAWS

    def share(self, share: float) -> bool:
        """Return True in such a share of draws."""
        return self._draw() < share * _DRAWS

    def digits(self, count: int) -> str:
        """Return so many hexadecimal digits."""
        return self._take(count // 2).hex()

    def _draw(self) -> int:
        return int.from_bytes(self._take(_DRAW_BYTES), "big")

    def _take(self, count: int) -> bytes:
        self._position += count
        assert self._position <= len(self._digest)
        return self._digest[self._position - count : self._position]


@dataclass(frozen=True, slots=True)
class Device:
    """A device of a user, and what the app's SDK tells of it.

    Attributes:
        anonymous_id: of this installation of the app.
        fields: the ``context.device`` object.
        library: ``context.library`` of the app's SDK.
        surroundings: the other members of ``context``, encoded.
    """

    anonymous_id: str
    fields: Mapping[str, Any]
    library: Mapping[str, str]
    surroundings: Mapping[str, Any]


def uuid_of(digits: str) -> str:
    """Return 32 hexadecimal digits in the form of a random UUID."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


@dataclass(frozen=True, slots=True)
class Population:
    """The users of a log.

    Attributes:
        seed: the same seed makes the same users.
        most_devices: a user has from one to so many devices, every second user just one.
        refused_share: share of users who refused tracking.
        mobile: the SDKs of the apps, each as often as its weight says.
        small: leave the surroundings out.
    """

    seed: int
    most_devices: int
    refused_share: float
    mobile: tuple[str, ...]
    small: bool = False

    def device(self, user: int, draw: float) -> Device:
        """Return one of the devices of the user with this number; *draw*, from 0 to below 1, says which."""
        draws = Draws(self.seed, "user", user)
        devices = 1 if draws.share(0.5) else 1 + draws.below(self.most_devices)
        refused = draws.share(self.refused_share)
        return self._device(Draws(self.seed, "device", user, int(draw * devices)), refused=refused)

    def _device(self, draws: Draws, *, refused: bool) -> Device:
        name = self.mobile[draws.below(len(self.mobile))]
        platform, version = MOBILE_LIBRARIES[name]
        ios = platform == "ios" or (platform == "either" and draws.share(0.5))
        fields = (_ios_device if ios else _android_device)(draws, refused=refused)
        surroundings = {} if self.small else _surroundings(ios=ios, locale=draws.below(len(LOCALES)))
        return Device(uuid_of(draws.digits(32)), fields, {"name": name, "version": version}, surroundings)


def _ios_device(draws: Draws, *, refused: bool) -> dict[str, Any]:
    tracking = {} if refused else {"advertisingId": uuid_of(draws.digits(32)).upper()}
    return {
        "adTrackingEnabled": not refused,
        **tracking,
        "id": uuid_of(draws.digits(32)).upper(),
        "manufacturer": "Apple",
        "model": IOS_MODELS[draws.below(len(IOS_MODELS))],
        "name": "iPhone",
        "type": "ios",
    }


def _android_device(draws: Draws, *, refused: bool) -> dict[str, Any]:
    manufacturer, model, name = ANDROID_MODELS[draws.below(len(ANDROID_MODELS))]
    return {
        "adTrackingEnabled": not refused,
        "advertisingId": "00000000-0000-0000-0000-000000000000" if refused else uuid_of(draws.digits(32)),
        "id": hashlib.sha256(draws.digits(16).encode()).hexdigest(),
        "manufacturer": manufacturer,
        "model": model,
        "name": name,
        "type": "android",
    }


def _surroundings(*, ios: bool, locale: int) -> Mapping[str, Any]:
    return _SURROUNDINGS[ios, locale]


def _encoded_surroundings(*, ios: bool, locale: int) -> dict[str, Any]:
    """Return what is the same for many devices, encoded once."""
    language, timezone = LOCALES[locale]
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
        if ios
        else "Dalvik/2.1.0 (Linux; U; Android 14; SM-S911B Build/UP1A.231005.007)"
    )
    values = {
        "app": {"build": "345", "name": "Example Shop", "namespace": "com.example.shop", "version": "5.2.0"},
        "locale": language,
        "network": {"bluetooth": False, "carrier": "Example Mobile", "cellular": True, "wifi": False},
        "os": {"name": "iOS" if ios else "Android", "version": "17.5.1" if ios else "14"},
        "screen": {"density": 3, "height": 2532, "width": 1170},
        "timezone": timezone,
        "userAgent": agent,
    }
    return {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in values.items()}


_SURROUNDINGS = {
    (ios, locale): _encoded_surroundings(ios=ios, locale=locale)
    for ios in (True, False)
    for locale in range(len(LOCALES))
}
