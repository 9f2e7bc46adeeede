"""What one call says of its user."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.identity.sightings import Ids, Sighting, ids_of, links_of, sighting_of, user_ids

D = "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64"
A = "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"
ZERO = "00000000-0000-0000-0000-000000000000"


def test_a_call_says_who_uses_which_device() -> None:
    device = {"type": "ios", "id": f" {D}\n", "advertisingId": A}
    call = {"userId": "u", "anonymousId": "a", "context": {"device": device, "library": {"name": "analytics-swift"}}}
    assert sighting_of(call, "mobile") == Sighting("u", "a", "ios", "mobile", D, A, "analytics-swift")
    assert sighting_of(call, None) == Sighting("u", "a", "ios", "other", D, A, "analytics-swift")
    assert sighting_of({"context": {"device": device}}, "web") == Sighting(None, None, "ios", "other", D, A, "")


@pytest.mark.parametrize("call", [{}, {"context": None}, {"context": {}}, {"context": {"device": []}}])
def test_a_call_without_a_device_says_nothing(call: dict[str, Any]) -> None:
    assert sighting_of(call, "server") is None


@pytest.mark.parametrize(
    ("device", "ids"),
    [
        ({"type": "ios", "id": D}, Ids("ios", D, None, None)),
        ({"type": "android", "ADVERTISING_ID": A}, Ids("android", None, A, "ADVERTISING_ID")),
        ({"type": "iOS", "id": D}, None),
        ({"type": ["ios"], "id": D}, None),
        ({"id": D}, None),
        ({"type": "ios", "id": 7, "advertisingId": None}, None),
        ({"type": "ios", "id": "unknown", "advertisingId": "{idfa}"}, None),
        ({"type": "ios", "id": ZERO, "advertisingId": ZERO}, None),
        ({"type": "ios", "id": D, "advertisingId": ZERO}, Ids("ios", D, None, None)),
        ({"type": "ios", "id": D, "advertisingId": D.lower().replace("-", "")}, Ids("ios", D, None, None)),
        ({"type": "ios", "advertisingId": A, "advertising_id": D}, None),
        ({"type": "ios", "advertisingId": A, "advertising_id": A.lower()}, Ids("ios", None, A, "advertisingId")),
        ({"type": "ios", "advertisingId": "", "advertising_id": A}, Ids("ios", None, A, "advertising_id")),
        ({"type": "ios", "id": "\ud800"}, None),
    ],
)
def test_only_valid_ids_take_part(device: dict[str, Any], ids: Ids | None) -> None:
    assert ids_of(device) == ids


@pytest.mark.parametrize(
    ("call", "ids"),
    [
        ({"userId": "u", "anonymousId": "a"}, ("u", "a")),
        ({"userId": " ", "anonymousId": 5}, (None, None)),
        ({"userId": None, "user_id": "u", "anonymous_id": "a"}, ("u", "a")),
        ({"userId": " u", "user_id": "v"}, (" u", None)),
        ({"user_id": "u", "anonymous_id": "a", "messageId": None}, (None, None)),
        ({"user_id": "u", "context": {"library": "x"}}, (None, None)),
        ({"userId": "u", "anonymous_id": "a", "sentAt": "t"}, ("u", None)),
        ({"user_id": "u", "context": {"device": {}}, "message_id": "m"}, ("u", None)),
        ({"userId": "\udcff"}, (None, None)),
        ({"userId": " Undefined ", "anonymousId": "a"}, (None, None)),
        ({"userId": "0", "anonymousId": "a"}, (None, None)),
        ({"user_id": "anonymous"}, (None, None)),
        ({"userId": "anonymous-7", "anonymousId": "unknown"}, ("anonymous-7", "unknown")),
    ],
)
def test_a_user_is_a_string_with_something_in_it(call: dict[str, Any], ids: tuple[str | None, str | None]) -> None:
    assert user_ids(call) == ids


@pytest.mark.parametrize(
    ("call", "links"),
    [
        ({"type": "track", "userId": "u", "anonymousId": "a"}, [("a", "u", False)]),
        ({"type": "track", "userId": "guest", "anonymousId": "a"}, []),
        ({"type": "delete", "userId": "u", "anonymousId": "a"}, []),
        ({"type": "track", "userId": "u", "previousId": "p"}, []),
        ({"type": "track", "anonymousId": "a"}, []),
        ({"type": "alias", "userId": "u", "previousId": "p"}, [("p", "u", True)]),
        (
            {"type": "alias", "userId": "u", "previousId": "p", "anonymousId": "a"},
            [("a", "u", False), ("p", "u", True)],
        ),
        ({"type": "alias", "userId": "u", "previous_id": "p"}, [("p", "u", True)]),
        ({"type": "alias", "userId": "u", "previousId": "NULL"}, []),
        ({"type": "alias", "anonymousId": "a", "previousId": "p"}, []),
    ],
)
def test_a_call_links_what_it_carries_and_an_alias_what_was_before(
    call: dict[str, Any], links: list[tuple[str, str, bool]]
) -> None:
    assert [tuple(link) for link in links_of(call)] == links
