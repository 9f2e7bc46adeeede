"""What the rules of calls say of calls, odd ones above all."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.position import pointer_of
from segkoch_lint.identity.records import members_of
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.vocabulary import size_of
from tests.conftest import IOS_CALL
from tests.rules.validated import VALIDATED, VALIDATORS


@pytest.fixture(scope="module")
def everything() -> RuleSet:
    return RuleSet(built_in(), Delivery(), built_in())


def device(**members: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {"type": "ios", "id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64", "model": "iPhone15,2"}
    whole |= {"advertisingId": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954", "adTrackingEnabled": True}
    return {key: value for key, value in {**whole, **members}.items() if value != "DROP"}


ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({}, []),
        ({"advertisingId": ZERO, "adTrackingEnabled": False}, ["KCH106"]),
        ({"advertisingId": ZERO}, ["KCH106", "KCH112"]),
        ({"advertisingId": "DROP"}, ["KCH105"]),
        ({"advertisingId": "DROP", "adTrackingEnabled": False}, ["KCH119"]),
        ({"advertisingId": None, "trackingStatus": "TrackingStatus.Denied"}, ["KCH119"]),
        ({"advertisingId": "", "attTrackingStatus": 1}, ["KCH119"]),
        ({"advertisingId": "DROP", "attTrackingStatus": 3}, ["KCH105"]),
        ({"advertisingId": "DROP", "ADVERTISING-id": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"}, []),
        ({"advertisingId": None, "advertising_id": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"}, []),
        ({"advertisingId": 5}, ["KCH105"]),
        ({"advertisingId": "unknown"}, ["KCH108"]),
        ({"advertisingId": "not-a-uuid"}, ["KCH107"]),
        ({"advertisingId": "1"}, ["KCH107"]),
        ({"type": "IOS"}, ["KCH103"]),
        ({"type": None}, ["KCH102"]),
        ({"type": "ios\n"}, ["KCH103", "KCH115"]),
        ({"id": 7}, ["KCH104"]),
        ({"id": ZERO}, ["KCH109"]),
        ({"id": "UNKNOWN_ID"}, ["KCH109"]),
        ({"id": "a1d4e8b72c354f96b0e87d61c2f3a954"}, ["KCH110", "KCH118"]),
        ({"id": "9774d56d682e549c", "type": "android"}, ["KCH109"]),
        ({"advertising_id": "C47B0E9A-6D18-4F35-92A7-E80D5B3C1F26"}, ["KCH111"]),
        ({"advertising_id": "a1d4e8b7-2c35-4f96-b0e8-7d61c2f3a954"}, []),
        ({"adTrackingEnabled": False}, ["KCH112"]),
        ({"adTrackingEnabled": "false"}, ["KCH112"]),
        ({"type": "android", "manufacturer": "Apple"}, ["KCH113"]),
        ({"manufacturer": "Samsung"}, ["KCH113"]),
    ],
)
def test_a_device_breaks_exactly_these_rules(members: dict[str, Any], codes: list[str], everything: RuleSet) -> None:
    call = {"type": "track", "event": "Order Completed", "userId": "u", "context": {"device": device(**members)}}
    assert sorted({each.rule.code for each in everything.verdict(call).violations}) == codes


@pytest.mark.parametrize("value", [None, [], "ios", 0, False])
def test_without_a_device_object_only_the_missing_device_is_reported(value: Any, everything: RuleSet) -> None:
    call = {"type": "track", "event": "x", "userId": "u", "context": {"device": value}}
    assert [each.rule.code for each in everything.verdict(call).violations] == ["KCH101"]


A = "/context/device/advertisingId"
S = "/context/device/advertising_id"
REAL = "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"


def judged(ruleset: RuleSet, call: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.rule.code, pointer_of(each.path)) for each in ruleset.verdict(call).violations]


@pytest.mark.parametrize(
    ("advertising", "blamed"),
    [
        ({"advertisingId": 5, "advertising_id": REAL}, {("KCH105", A)}),
        ({"advertising_id": 5, "advertisingId": REAL}, {("KCH105", S)}),
        ({"advertisingId": None, "advertising_id": ""}, {("KCH105", A)}),
        ({"advertising_id": ""}, {("KCH105", S)}),
        ({"advertising_id": None, "adTrackingEnabled": False}, {("KCH119", S)}),
        ({"advertisingId": REAL, "advertising_id": ZERO}, {("KCH106", S), ("KCH111", A)}),
        ({"advertising_id": REAL, "advertisingId": ZERO}, {("KCH106", A), ("KCH111", S)}),
        (
            {"advertising_id": ZERO, "advertisingId": REAL, "adTrackingEnabled": False},
            {("KCH106", S), ("KCH111", S), ("KCH112", A)},
        ),
        ({"advertisingId": REAL, "advertising_id": "unknown"}, {("KCH108", S), ("KCH111", A)}),
    ],
)
def test_of_two_spellings_the_wrong_one_is_reported(
    advertising: dict[str, Any], blamed: set[tuple[str, str]], everything: RuleSet
) -> None:
    call = copy.deepcopy(IOS_CALL)
    call["context"]["device"] = device(advertisingId="DROP", adTrackingEnabled="DROP") | advertising
    call["context"]["os"]["version"] = "13.7"
    assert sorted(judged(everything, call)) == sorted(blamed)


@pytest.mark.parametrize(
    ("members", "code", "words"),
    [
        ({"advertisingId": ZERO}, "KCH106", "all zeros"),
        (
            {"advertisingId": None, "adTrackingEnabled": False},
            "KCH119",
            "the user refused, and the advertising id is null",
        ),
        ({"advertisingId": "", "trackingStatus": "TrackingStatus.denied"}, "KCH119", "the advertising id is empty"),
        ({"advertisingId": " ", "attTrackingStatus": 1}, "KCH119", "the advertising id is blank"),
        ({"advertisingId": "DROP", "ad_tracking_enabled": "f"}, "KCH119", "the advertising id is missing"),
        (
            {"advertisingId": "DROP", "adTrackingEnabled": False, "trackingStatus": "notDetermined"},
            "KCH119",
            "the user was not asked for consent yet, and the advertising id is missing",
        ),
        ({"advertisingId": "DROP", "attTrackingStatus": 0}, "KCH119", "was not asked for consent yet"),
        ({"advertisingId": "DROP"}, "KCH105", "is missing, and nothing says that the user refused"),
        ({"advertisingId": None}, "KCH105", "is null, and nothing says that the user refused"),
        ({"advertisingId": ""}, "KCH105", "is empty, and nothing says that the user refused"),
        ({"advertisingId": 17}, "KCH105", "is …, not a string"),
        ({"advertisingId": "DROP", "IDFA": REAL}, "KCH105", 'the advertising id is under "IDFA"'),
        ({"advertisingId": "", "ad_id": REAL}, "KCH105", 'the advertising id is under "ad_id"'),
    ],
)
def test_the_message_says_what_is_wrong_with_the_advertising_id(
    members: dict[str, Any], code: str, words: str, everything: RuleSet
) -> None:
    call = copy.deepcopy(IOS_CALL)
    call["context"]["os"]["version"] = "13.7"
    call["context"]["device"] = device(adTrackingEnabled="DROP") | members
    call["context"]["device"] = {key: value for key, value in call["context"]["device"].items() if value != "DROP"}
    (template,) = everything.verdict(call).violations
    violation = template.fill(call)
    text = violation.template
    for name, value in violation.values.items():
        text = text.replace("{" + name + "}", str(value))
    assert violation.rule.code == code
    assert words in text


@pytest.mark.parametrize(
    ("members", "readiness", "usable"),
    [
        ({}, "ready", True),
        ({"manufacturer": "Nokia"}, "ready", True),
        ({"advertisingId": ZERO, "adTrackingEnabled": False}, "limited", False),
        ({"advertisingId": "DROP", "adTrackingEnabled": False}, "limited", True),
        ({"advertisingId": "DROP", "trackingStatus": "notDetermined"}, "limited", True),
        ({"advertisingId": "DROP"}, "faulty", False),
        ({"advertisingId": ZERO, "id": ""}, "faulty", False),
        ({"advertisingId": "DROP", "adTrackingEnabled": False, "id": "unknown"}, "faulty", False),
    ],
)
def test_a_delivered_call_is_ready_limited_or_faulty(members: dict[str, Any], readiness: str, usable: bool) -> None:
    call = copy.deepcopy(IOS_CALL)
    call["context"]["device"] = device(**members)
    for selected in (0, len(built_in())):  # which rules are selected does not matter
        verdict = RuleSet(built_in()[:selected], Delivery(), built_in()).verdict(call)
        assert (verdict.readiness, verdict.usable) == (readiness, usable)
    assert RuleSet([], Delivery(), built_in()).verdict({**call, "type": "screen"}).readiness is None


def test_user_rules_make_a_call_faulty_or_limited_by_severity_and_refusal() -> None:
    rule = next(rule for rule in VALIDATED if rule.code == "KCH303")
    call = {**IOS_CALL, "properties": {"network": "cable"}}
    for changes, readiness in (
        ({"severity": Severity.WARNING, "required": True}, "ready"),
        ({"severity": Severity.ERROR}, "faulty"),
        ({"severity": Severity.ERROR, "refusal": True}, "limited"),
        ({"severity": Severity.INFO, "refusal": True}, "limited"),
    ):
        own = msgspec.structs.replace(rule, **changes)
        assert RuleSet([], Delivery(), [own]).verdict(call).readiness == readiness


def test_the_sample_of_the_kochava_page_only_has_sample_ids_and_snake_case(everything: RuleSet) -> None:
    ids = {"id": "176779B9-8C07-4E53-B3EA-ABBFAA40C829", "advertising_id": "017D76B5-85F8-4E3C-8CCE-8B29CCEACB1D"}
    sample = {
        "type": "track",
        "user_id": "019mr8mf4r",
        "event": "Subscription Charge",
        "properties": {"subscription_type": "Premium", "revenue": "9.99"},
        "context": {"device": {**ids, "type": "ios"}},
    }
    assert judged(everything, sample) == [("KCH116", "/context/device/id"), ("KCH116", S), ("KCH306", "/user_id")]


STAND_INS = ["Unknown", "UNDEFINED", "null", "nil", "None", "n/a", "(null)", "not available", "test", " TEST\t"]
STAND_INS += ["{idfa}", "${adid}", "{{x}}", "%x%", "%%ADID%%", "[x]", "<x>", "__IDFA__", "$IDFA", "$(idfa)"]
STAND_INS += [
    "%7Bidfa%7D",
    "%24%7Bidfa%7d",
    "YOUR_IDFA",
    "ffffffff",
    "aaaa-AAAA",
    "11111111-1111-1111-1111-111111111111",
]
ODD_IDS = [f"{{{REAL}}}", f"[{REAL}]", "tester-4711", "1", "11112", "{idfa", "100%", "nobody", "$", "yours"]


@pytest.mark.parametrize("value", STAND_INS)
def test_a_placeholder_is_distinguished_from_an_id(value: str, everything: RuleSet) -> None:
    call = {**IOS_CALL, "context": {"device": device(advertisingId=value)}}
    assert {code for code, _ in judged(everything, call)} - {"KCH115"} == {"KCH108"}
    call = {**IOS_CALL, "context": {"device": device(id=value)}}
    assert {code for code, _ in judged(everything, call)} - {"KCH115"} == {"KCH109"}


@pytest.mark.parametrize("value", ODD_IDS)
def test_an_unusual_id_is_not_a_placeholder(value: str, everything: RuleSet) -> None:
    call = {**IOS_CALL, "context": {"device": device(advertisingId=value)}}
    assert judged(everything, call) == [("KCH107", A)]
    call = {**IOS_CALL, "context": {"device": device(id=value)}}
    assert judged(everything, call) == [("KCH118", "/context/device/id")]


DEVICE = {"device": device()}
U = "/user_id"
INSTALL = {"type": "track", "event": "Install Attributed", "userId": "u"}
CAMPAIGN = {"provider": "Kochava", "campaign": {"name": "Spring"}}


@pytest.mark.parametrize(
    ("call", "blamed"),
    [
        ({"userId": "DROP"}, [("KCH301", "")]),
        ({"userId": 17}, [("KCH301", "/userId")]),
        ({"userId": None, "anonymousId": " "}, [("KCH301", "/userId")]),
        ({"userId": "DROP", "anonymousId": False}, [("KCH301", "/anonymousId")]),
        ({"userId": 17, "anonymousId": "a"}, []),
        ({"userId": "DROP", "user_id": "u"}, [("KCH306", U)]),
        ({"userId": "DROP", "user_id": "u", "sentAt": None}, [("KCH301", U), ("KCH306", U)]),
        ({"userId": "DROP", "anonymous_id": "a"}, [("KCH306", "/anonymous_id")]),
        (
            {"userId": "DROP", "anonymous_id": "a", "messageId": "m"},
            [("KCH301", "/anonymous_id"), ("KCH306", "/anonymous_id")],
        ),
        ({"userId": "", "user_id": "u"}, []),
        ({"userId": "", "user_id": "u", "writeKey": "k"}, [("KCH301", "/userId")]),
        ({"user_id": "u", "message_id": "m"}, [("KCH306", "/message_id")]),
        ({"event": "DROP"}, [("KCH302", "")]),
        ({"event": "\n"}, [("KCH302", "/event")]),
        ({"event": 4}, [("KCH302", "/event")]),
        ({"type": "group", "event": "DROP"}, []),
        (
            {"properties": {"site": 1, "jailbroken": None, "sites": 2}},
            [("KCH303", f"/properties/{n}") for n in ("site", "jailbroken")],
        ),
        ({"type": "identify", "properties": {"site": 1}}, []),
        ({"integrations": {"KOCHAVA": False}}, [("KCH304", "/integrations/KOCHAVA")]),
        ({"integrations": {"Kochava iOS": False, "Kochava": {}}}, []),
        ({"type": "screen", "context": {}, "integrations": {"kochava": True}}, [("KCH304", "/integrations/kochava")]),
        ({"context": "DROP"}, [("KCH101", "")]),
        ({"context": None}, [("KCH101", "/context")]),
        ({"context": "DROP", "integrations": {"Kochava": False}}, []),
        ({"context": {**DEVICE, "os": "ANDROID"}}, [("KCH113", "/context/device/type")]),
        ({"context": {**DEVICE, "os": {"name": "watchOS"}}}, []),
        ({"context": {**DEVICE, "library": {"name": "analytics-android"}}}, [("KCH113", "/context/device/type")]),
        ({"context": {**DEVICE, "library": {"name": "analytics-ruby"}}}, []),
        ({"context": {"device": device(manufacturer=" ")}}, []),
        (
            {"context": {"device": device(id="DROP", model="DROP"), "library": {"name": "analytics-ios"}}},
            [("KCH104", "/context/device"), ("KCH117", "/context/device")],
        ),
        ({"context": {"device": device(id="DROP", model="DROP")}}, [("KCH104", "/context/device")]),
        ({**INSTALL, "properties": CAMPAIGN, "context": {}}, []),
        ({**INSTALL, "properties": {**CAMPAIGN, "campaign": {}}}, [("KCH501", "/properties/campaign")]),
        ({**INSTALL, "properties": "DROP"}, [("KCH501", "")]),
        ({**INSTALL, "properties": CAMPAIGN, "integrations": {"Kochava": True}}, [("KCH502", "/integrations/Kochava")]),
        ({**INSTALL, "properties": CAMPAIGN, "integrations": {"Kochava": {}}}, [("KCH502", "/integrations/Kochava")]),
        ({**INSTALL, "properties": CAMPAIGN, "integrations": {"Kochava": None}}, []),
    ],
)
def test_a_call_breaks_exactly_these_rules(
    call: dict[str, Any], blamed: list[tuple[str, str]], everything: RuleSet
) -> None:
    whole = {"type": "track", "event": "Order Completed", "userId": "u", "context": DEVICE, **call}
    assert judged(everything, {name: value for name, value in whole.items() if value != "DROP"}) == blamed


@pytest.mark.parametrize(
    ("version", "reported"),
    [
        (v, True)
        for v in ("14", "14.0.5", "14.4.2", "14.10", "15", "15.1", "17.0.1", "26", " 16.2 ", "14.8 beta", 17.4, 15)
    ]
    + [
        (v, False)
        for v in ("13.7", "13", "9.3", "1.5", "1.15", "1.14", "5", "", "iOS 17", "x", 13.9, 9, None, True, [17])
    ],
)
def test_the_tracking_status_is_wanted_from_ios_14_on(version: Any, reported: bool, everything: RuleSet) -> None:
    context = {"device": device(adTrackingEnabled="DROP"), "os": {"name": "iOS", "version": version}}
    expected = [("KCH114", "/context/device")] if reported else []
    assert judged(everything, {**IOS_CALL, "context": context}) == expected
    context["device"]["trackingStatus"] = "authorized"
    assert judged(everything, {**IOS_CALL, "context": context}) == []


def test_every_other_case_of_the_integration_is_misspelled_and_no_other_key_is() -> None:
    schema, _ = VALIDATORS["KCH304"]
    cases = ["".join(letters) for letters in itertools.product(*zip("kochava", "KOCHAVA", strict=True))]
    passing = [key for key in cases if schema.is_valid({"integrations": {key: True}})]
    assert passing == ["Kochava"]
    for key in ("Kochava iOS", "kochavas", "my kochava", "All", ""):
        assert schema.is_valid({"integrations": {key: True}})


@pytest.mark.parametrize(("limit", "holder"), [(32_768, {"notes": ""}), (512_000, {"batch": [], "notes": ""})])
def test_a_payload_may_have_up_to_the_limit_of_bytes(limit: int, holder: dict[str, Any]) -> None:
    ruleset = RuleSet([rule for rule in VALIDATED if rule.code == "KCH305"], Delivery())
    full = {**holder, "notes": "é" + "x" * (limit - size_of(holder) - 2)}
    assert ruleset.violations("request", full) == []
    (violation,) = ruleset.violations("request", {**full, "notes": full["notes"] + "x"})
    assert violation.path == ()


def test_a_batch_may_have_2500_calls() -> None:
    ruleset = RuleSet([rule for rule in VALIDATED if rule.code == "KCH305"], Delivery())
    assert ruleset.violations("request", {"batch": [1] * 2500}) == []
    (violation,) = ruleset.violations("request", {"batch": [1] * 2501})
    assert violation.path == ("batch",)
    assert "2,500" in violation.template


odd: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers(-1, 20) | st.floats(allow_nan=False)
odd |= st.text(max_size=5) | st.sampled_from([*STAND_INS, *ODD_IDS, ZERO, "iOS", "android", "denied", {}, []])
members = ["type", "id", "advertisingId", "advertising_id", "AdvertisingID", "adTrackingEnabled", "model"]
members += ["trackingStatus", "attTrackingStatus", "manufacturer"]
mutations = st.lists(st.tuples(st.sampled_from(members), odd), max_size=4)


@given(mutations, st.lists(st.sampled_from(["id", "advertisingId", "adTrackingEnabled", "model"]), max_size=2))
def test_both_validators_agree_on_every_mutation_of_a_device(changed: list[tuple[str, Any]], gone: list[str]) -> None:
    mutated = {**IOS_CALL["context"]["device"], **dict(changed)}
    kept = {name: value for name, value in mutated.items() if name not in gone}
    call = {**IOS_CALL, "context": {**IOS_CALL["context"], "device": kept}}
    for code, (fast, exact) in VALIDATORS.items():
        assert fast.is_valid(call) == exact.is_valid(call), code


@given(odd | st.from_regex(r"ko[a-z0-9-]{2,8}", fullmatch=True))
def test_both_validators_agree_on_every_app_guid(key: Any) -> None:
    fast, exact = VALIDATORS["KCH503"]
    assert fast.is_valid({"settings": {"apiKey": key}}) == exact.is_valid({"settings": {"apiKey": key}})


ID_VALUES = st.sampled_from([None, "", " ", "u", 5])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(["userId", "anonymousId", "user_id", "anonymous_id"], ID_VALUES),
            **dict.fromkeys(["messageId", "sentAt", "originalTimestamp", "receivedAt", "writeKey"], st.none()),
            "context": st.sampled_from([None, {}, {"library": None}, {"device": {}}]),
        },
    )
)
def test_the_rule_about_missing_users_agrees_with_identity(members: dict[str, Any]) -> None:
    call = {"type": "identify", **members}
    missing = not VALIDATORS["KCH301"][0].is_valid(call)
    found = members_of(call, delivered=True)
    assert missing == (not found.user_id and not found.anonymous_id)
