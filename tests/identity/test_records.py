"""What one call says of its user."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.identity.records import IdentityRecord, Ids, event_of, ids_of, links_of, record_of, user_ids

D = "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64"
A = "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"
ZERO = "00000000-0000-0000-0000-000000000000"


def test_a_call_says_who_uses_which_device() -> None:
    device = {"type": "ios", "id": f" {D}\n", "advertisingId": A}
    call = {"userId": "u", "anonymousId": "a", "context": {"device": device, "library": {"name": "analytics-swift"}}}
    assert record_of(call, "mobile") == IdentityRecord("u", "a", "ios", "mobile", D, A, "analytics-swift")
    assert record_of(call, None) == IdentityRecord("u", "a", "ios", "other", D, A, "analytics-swift")
    assert record_of({"context": {"device": device}}, "web") == IdentityRecord("", "", "ios", "other", D, A, "")


@pytest.mark.parametrize("call", [{}, {"context": None}, {"context": {}}, {"context": {"device": []}}])
def test_a_call_without_a_device_says_nothing(call: dict[str, Any]) -> None:
    assert record_of(call, "server") is None


@pytest.mark.parametrize(
    ("device", "ids"),
    [
        ({"type": "ios", "id": D}, Ids("ios", D, "", "")),
        ({"type": "android", "ADVERTISING_ID": A}, Ids("android", "", A, "ADVERTISING_ID")),
        ({"type": "iOS", "id": D}, None),
        ({"type": ["ios"], "id": D}, None),
        ({"id": D}, None),
        ({"type": "ios", "id": 7, "advertisingId": None}, None),
        ({"type": "ios", "id": "unknown", "advertisingId": "{idfa}"}, None),
        ({"type": "ios", "id": ZERO, "advertisingId": ZERO}, None),
        ({"type": "ios", "id": D, "advertisingId": ZERO}, Ids("ios", D, "", "")),
        ({"type": "ios", "id": D, "advertisingId": D.lower().replace("-", "")}, Ids("ios", D, "", "")),
        ({"type": "ios", "advertisingId": A, "advertising_id": D}, None),
        ({"type": "ios", "advertisingId": A, "advertising_id": A.lower()}, Ids("ios", "", A, "advertisingId")),
        ({"type": "ios", "advertisingId": "", "advertising_id": A}, Ids("ios", "", A, "advertising_id")),
        ({"type": "ios", "id": "\ud800"}, None),
    ],
)
def test_only_valid_ids_take_part(device: dict[str, Any], ids: Ids | None) -> None:
    assert ids_of(device) == ids


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
    assert user_ids(call) == ids


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
    assert [tuple(link) for link in links_of(call)] == links


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
