"""The conditions of the rules about the device, stated a second time in Python, against the rule files."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.findings.redaction.sensitive_keys import fold
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import RuleSet

pytestmark = pytest.mark.slow

RULES = RuleSet([rule for rule in built_in() if rule.code.startswith("KCH1")], Delivery(), built_in())

ZERO = "00000000-0000-0000-0000-000000000000"
ONE = "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"
TWO = "5f1b6c0e-93a4-4b7d-8e21-0c7d5a9b3f64"
SAMPLES = ["176779B9-8C07-4E53-B3EA-ABBFAA40C829", "38400000-8cf0-11bd-b23e-10b96e40000d", "kochava-test-idfa-1"]
PLACEHOLDERS = ["unknown", "NULL", "{idfa}", "exampleDeviceId", "IDFA_OR_GAID", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"]
OF_DEVICES = ["9774d56d682e549c", "UNKNOWN_ID"]
ABSENT = "absent"

IDS = [ABSENT, None, "", " ", 7, ONE, TWO, TWO.replace("-", ""), f" {ONE}", ZERO, "0", "c9a3f1d27b5e8460", "159358"]
SPELLINGS = ["advertisingId", "advertising_id"]
FLAGS = [ABSENT, None, True, False, 0, 1, "true", "FALSE", "f", "0", "?"]
STATUSES = [
    ABSENT,
    None,
    "authorized",
    "denied",
    "TrackingStatus.Restricted",
    "not_authorized",
    "notDetermined",
    0,
    1,
    3,
]
SYSTEMS = [
    ABSENT,
    {"name": "iOS", "version": "17.4"},
    {"name": "iPadOS", "version": "14"},
    {"name": "android", "version": "14"},
    {"name": "macOS", "version": 14},
    {"version": "13.7"},
    "iOS 17.5",
    "Android OS 13 / API-33",
    "Unix - 23.5",
    None,
]
LIBRARIES = ["analytics-ios", "analytics-kotlin", "analytics-react-native", "analytics-node", "own"]


def some(values: list[Any]) -> Any:
    return st.sampled_from(values)


devices = st.fixed_dictionaries(
    {
        "type": some(["ios", "ios", "android", "android", ABSENT, None, "", "iOS", " ios", 5]),
        "id": some([*IDS, *SAMPLES, *PLACEHOLDERS, *OF_DEVICES]),
        "advertisingId": some([*IDS, *SAMPLES, *PLACEHOLDERS]),
        "advertising_id": some([ABSENT, ABSENT, ABSENT, *IDS, *PLACEHOLDERS]),
        "adTrackingEnabled": some(FLAGS),
        "ad-tracking-enabled": some([ABSENT, ABSENT, *FLAGS]),
        "trackingStatus": some([ABSENT, ABSENT, *STATUSES]),
        "att_tracking_status": some([ABSENT, ABSENT, *STATUSES]),
        "manufacturer": some([ABSENT, "Apple", "Google", "unknown", "", 5]),
        "model": some([ABSENT, "x", ""]),
    }
).map(lambda each: {key: value for key, value in each.items() if value is not ABSENT})


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def is_zero(value: Any) -> bool:
    return isinstance(value, str) and set(re.sub(r"[\s-]", "", value)) == {"0"}


def is_placeholder(value: Any) -> bool:
    return isinstance(value, str) and value.strip() in [*PLACEHOLDERS, "UNKNOWN_ID"]


def is_uuid(value: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", value.strip().lower()) is not None


def is_padded(value: Any) -> bool:
    return is_text(value) and value != value.strip()


def is_sample(value: Any) -> bool:
    return isinstance(value, str) and value.strip() in SAMPLES


class Device:
    """What the catalogue asks of a `context.device`."""

    def __init__(self, device: dict[str, Any]) -> None:
        self.device = device
        self.advertising = self.spelled("advertisingId")
        self.has_id = any(map(is_text, self.advertising))
        self.is_blank = all(
            value is None or (isinstance(value, str) and not value.strip()) for value in self.advertising
        )
        self.flags = self.spelled("adTrackingEnabled")
        self.statuses = [*self.spelled("trackingStatus"), *self.spelled("attTrackingStatus")]

    def spelled(self, name: str) -> list[Any]:
        return [value for key, value in self.device.items() if fold(key) == fold(name)]

    @property
    def refused(self) -> bool:
        flag = any(
            each in (False, 0) if not isinstance(each, str) else each.lower() in {"false", "f", "0"}
            for each in self.flags
            if each is not None
        )
        return flag or any(
            each in (1, 2)
            if not isinstance(each, str)
            else fold(each.split(".")[-1]) in {"denied", "restricted", "notauthorized"}
            for each in self.statuses
            if each is not None
        )

    @property
    def not_asked(self) -> bool:
        return any(
            each == 0 if not isinstance(each, str) else fold(each) == "notdetermined"
            for each in self.statuses
            if each is not None
        )

    @property
    def allowed(self) -> bool:
        return any(
            each in (True, 1) if not isinstance(each, str) else each.lower() == "true"
            for each in self.flags
            if each is not None
        )


def expected(device: dict[str, Any], system: Any, library: str) -> set[str]:
    each = Device(device)
    kind, id_ = device.get("type"), device.get("id")
    no_type = kind is None or (isinstance(kind, str) and not kind.strip())
    wrong_type = any(value is not None and not isinstance(value, str) for value in each.advertising)
    withheld = each.refused or each.not_asked
    texts = [value for value in each.advertising if is_text(value)]
    version = str(system.get("version", "0")) if isinstance(system, dict) else "0"
    told = [value for value in [*each.flags, *each.statuses] if value is not None]
    mobile = library.startswith("analytics-") and library != "analytics-node"
    found = {
        "KCH102": no_type,
        "KCH103": not no_type and kind not in {"ios", "android"},
        "KCH104": not is_text(id_),
        "KCH105": wrong_type or (each.is_blank and not withheld),
        "KCH106": any(map(is_zero, each.advertising)),
        "KCH107": any(not (is_zero(text) or is_placeholder(text) or is_uuid(text)) for text in texts),
        "KCH108": any(map(is_placeholder, texts)),
        "KCH109": is_placeholder(id_) or is_zero(id_) or id_ in OF_DEVICES,
        "KCH111": len({text.strip().lower() for text in texts}) > 1,
        "KCH113": says_otherwise(device, system, library),
        "KCH114": kind == "ios" and int(version.split(".")[0]) >= 14 and each.has_id and not told,
        "KCH115": any(map(is_padded, [kind, id_, *each.advertising])),
        "KCH116": any(map(is_sample, [id_, *each.advertising])),
        "KCH117": mobile and not device.keys() & {"id", "manufacturer", "model"},
        "KCH119": each.is_blank and withheld,
    }
    same = isinstance(id_, str) and is_text(id_) and bare(id_) in map(bare, texts)
    real = any(is_uuid(text) and not is_zero(text) and not is_placeholder(text) for text in texts)
    contradicts = (each.refused and real) or (each.allowed and found["KCH106"])
    found["KCH110"] = same and not (found["KCH106"] or found["KCH108"] or found["KCH109"])
    found["KCH112"] = contradicts and not (found["KCH107"] or found["KCH116"])
    return {code for code, holds in found.items() if holds}


def bare(text: str) -> str:
    return text.strip().replace("-", "").lower()


def says_otherwise(device: dict[str, Any], system: Any, library: str) -> bool:
    name = system.get("name", "") if isinstance(system, dict) else re.split(r"[^A-Za-z]", system or "")[0]
    apple, android = name.lower() in {"ios", "ipados"}, name.lower() == "android"
    maker = device.get("manufacturer")
    known = isinstance(maker, str) and maker not in {"", "unknown"}
    if device.get("type") == "ios":
        return android or library == "analytics-kotlin" or (known and maker != "Apple")
    if device.get("type") == "android":
        return apple or library == "analytics-ios" or maker == "Apple"
    return False


@settings(max_examples=1500, deadline=None)
@given(devices, some(SYSTEMS), some(LIBRARIES))
def test_a_device_breaks_the_rules_whose_conditions_hold(device: dict[str, Any], system: Any, library: str) -> None:
    context = {"device": device, "library": {"name": library}}
    if system is not ABSENT:
        context["os"] = system
    call = {"type": "track", "event": "E", "userId": "u-4711", "context": context}
    verdict = RULES.verdict(call)
    found = {violation.rule.code for violation in verdict.violations} - {"KCH118"}
    wanted = expected(device, None if system is ABSENT else system, library)
    assert found == wanted
    errors = {rule.code for rule in built_in() if str(rule.severity) == "error"}
    limited = "limited" if found & {"KCH106", "KCH119"} else "ready"
    assert verdict.readiness == ("faulty" if found & (errors - {"KCH106"}) else limited)
