"""What one call says of its user."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.identity.records import IdentityRecord, event_of, members_of, sender_of

D = "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64"
A = "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"
ZERO = "00000000-0000-0000-0000-000000000000"


def test_a_call_says_who_uses_which_device() -> None:
    device = {"type": "ios", "id": f" {D}\n", "advertisingId": A}
    call = {"userId": "u", "anonymousId": "a", "context": {"device": device, "library": {"name": "analytics-swift"}}}
    members = members_of(call, delivered=True)
    assert members.record(call, "mobile") == IdentityRecord("u", "a", "ios", "mobile", D, A, "analytics-swift")
    unnamed = {"context": {"device": device}}
    members = members_of(unnamed, delivered=True)
    assert members.record(unnamed, "other") == IdentityRecord("", "", "ios", "other", D, A, "")


@pytest.mark.parametrize(("origin", "sender"), [("mobile", "mobile"), ("server", "server"), ("web", "other")])
def test_only_libraries_of_apps_and_servers_are_told_apart(origin: str, sender: str) -> None:
    assert sender_of(origin) == sender
    assert sender_of(None) == "other"


def test_a_call_that_is_not_delivered_says_nothing_of_devices() -> None:
    call = {"userId": "u", "anonymousId": "a", "context": {"device": {"type": "ios", "id": D}}}
    members = members_of(call, delivered=False)
    assert members.record(call, "mobile") is None
    assert list(members.links(call)) == [("a", "u", 0)]


@pytest.mark.parametrize("call", [{}, {"context": None}, {"context": {}}, {"context": {"device": []}}])
def test_a_call_without_a_device_says_nothing(call: dict[str, Any]) -> None:
    assert members_of(call, delivered=True).record(call, "server") is None


@pytest.mark.parametrize(
    ("device", "ids"),
    [
        ({"type": "ios", "id": D}, ("ios", D, "", "")),
        ({"type": "android", "ADVERTISING_ID": A}, ("android", "", A, "ADVERTISING_ID")),
        ({"type": "iOS", "id": D}, None),
        ({"type": ["ios"], "id": D}, None),
        ({"id": D}, None),
        ({"type": "ios", "id": 7, "advertisingId": None}, None),
        ({"type": "ios", "id": "unknown", "advertisingId": "{idfa}"}, None),
        ({"type": "ios", "id": ZERO, "advertisingId": ZERO}, None),
        ({"type": "ios", "id": D, "advertisingId": ZERO}, ("ios", D, "", "")),
        ({"type": "ios", "id": D, "advertisingId": D.lower().replace("-", "")}, ("ios", D, "", "")),
        ({"type": "ios", "advertisingId": A, "advertising_id": D}, None),
        ({"type": "ios", "advertisingId": A, "advertising_id": A.lower()}, ("ios", "", A, "advertisingId")),
        ({"type": "ios", "advertisingId": "", "advertising_id": A}, ("ios", "", A, "advertising_id")),
        ({"type": "ios", "id": "\ud800"}, None),
    ],
)
def test_only_valid_ids_take_part(device: dict[str, Any], ids: tuple[str, str, str, str] | None) -> None:
    call = {"context": {"device": device}}
    members = members_of(call, delivered=True)
    record = members.record(call, "mobile")
    found = record and (record.platform, record.device_id, record.advertising_id, members.advertising_id)
    assert found == ids


@pytest.mark.parametrize(
    ("call", "ids"),
    [
        ({"userId": "u", "anonymousId": "a"}, ("u", "a")),
        ({"userId": " ", "anonymousId": 5}, ("", "")),
        ({"userId": None, "user_id": "u", "anonymous_id": "a"}, ("u", "a")),
        ({"userId": " u", "user_id": "v"}, (" u", "")),
        ({"user_id": "u", "anonymous_id": "a", "messageId": None}, ("", "")),
        ({"user_id": "u", "context": {"library": "x"}}, ("", "")),
        ({"userId": "u", "anonymous_id": "a", "sentAt": "t"}, ("u", "")),
        ({"user_id": "u", "context": {"device": {}}, "message_id": "m"}, ("u", "")),
        ({"userId": "\udcff"}, ("", "")),
        ({"userId": " Undefined ", "anonymousId": "a"}, ("", "")),
        ({"userId": "0", "anonymousId": "a"}, ("", "")),
        ({"user_id": "anonymous"}, ("", "")),
        ({"userId": "anonymous-7", "anonymousId": "unknown"}, ("anonymous-7", "unknown")),
    ],
)
def test_a_user_is_a_string_with_something_in_it(call: dict[str, Any], ids: tuple[str, str]) -> None:
    members = members_of(call, delivered=True)
    assert (call.get(members.user_id, ""), call.get(members.anonymous_id, "")) == ids


@pytest.mark.parametrize(
    ("call", "links"),
    [
        ({"type": "track", "userId": "u", "anonymousId": "a"}, [("a", "u", 0)]),
        ({"type": "track", "userId": "guest", "anonymousId": "a"}, []),
        ({"type": "delete", "userId": "u", "anonymousId": "a"}, []),
        ({"type": "track", "userId": "u", "previousId": "p"}, []),
        ({"type": "track", "anonymousId": "a"}, []),
        ({"type": "alias", "userId": "u", "previousId": "p"}, [("p", "u", 1)]),
        (
            {"type": "alias", "userId": "u", "previousId": "p", "anonymousId": "a"},
            [("a", "u", 0), ("p", "u", 1)],
        ),
        ({"type": "alias", "userId": "u", "previous_id": "p"}, [("p", "u", 1)]),
        ({"type": "alias", "userId": "u", "previousId": "NULL"}, []),
        ({"type": "alias", "anonymousId": "a", "previousId": "p"}, []),
    ],
)
def test_a_call_links_what_it_carries_and_an_alias_what_was_before(
    call: dict[str, Any], links: list[tuple[str, str, int]]
) -> None:
    assert [tuple(link) for link in members_of(call, delivered=True).links(call)] == links


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ({"type": "track", "event": "Order Completed"}, "Order Completed"),
        ({"type": "track", "event": " x "}, " x "),
        ({"type": "track", "event": "\ud800"}, "?"),
        ({"type": "track", "event": "\t"}, ""),
        ({"type": "track", "event": 7}, ""),
        ({"type": "track"}, ""),
        ({"type": "page", "event": "x"}, ""),
    ],
)
def test_only_track_calls_have_an_event_name(call: dict[str, Any], name: str) -> None:
    assert event_of(call) == name
