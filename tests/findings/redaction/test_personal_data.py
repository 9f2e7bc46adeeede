"""Values and texts that are personal data, and those that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.redaction.personal_data import is_sensitive, key_of
from segkoch_lint.findings.redaction.sensitive_keys import fold


@pytest.mark.parametrize(
    "key",
    [
        "userId",
        "user_id",
        "ADVERTISING-ID",
        "email",
        "ip",
        "writeKey",
        "id",
        "token",
        "fcmToken",
        "player_id",
        "userIds",
    ],
)
def test_values_under_these_keys_are_sensitive_whatever_they_look_like(key: str) -> None:
    assert is_sensitive(key, "bob")
    assert is_sensitive(key, 4711)


@pytest.mark.parametrize(
    ("key", "value"),
    [("type", "ios"), ("event", "Order Completed"), ("version", "1.6.2"), ("timestamp", "2026-11-01T08:15:30.123Z")]
    + [("timestamp", "2026-11-01T08:15:30.123+00:00"), ("revenue", 9.99), ("adTrackingEnabled", True), ("id", None)]
    + [
        ("name", "analytics-swift"),
        (None, "Home"),
        ("productId", "p-1"),
        ("paid", "yes"),
        ("ANDROID", "yes"),
        ("id", " "),
    ],
)
def test_other_values_stay_readable(key: str | None, value: object) -> None:
    assert not is_sensitive(key, value, "library")


@pytest.mark.parametrize(
    "value",
    ["https://example.com/?user_id=bob&x=1", '{"email":"bob"}', "login password: hunter2", "fe80::1ff:fe23:4567:890a"]
    + ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2ln", "Basic Ym9iOmh1bnRlcjI=", "02-1b-44-11-3a-b7"],
)
def test_a_text_that_holds_an_id_or_a_secret_is_sensitive(value: str) -> None:
    assert is_sensitive("note", value)


def test_a_value_in_an_object_of_a_sensitive_key_is_sensitive() -> None:
    assert is_sensitive("value", "bob", "cookie")
    assert not is_sensitive("value", "bob", "coupon")


@pytest.mark.parametrize("around", ["{}", "traits.{}", "context_traits_{}", "CONTEXT_TRAITS_{}", "billing-{}", "x[{}]"])
@pytest.mark.parametrize(
    "key", ["first_name", "phone", "date_of_birth", "username", "street", "client_ip", "id", "phones"]
)
def test_a_key_is_sensitive_by_its_last_words(around: str, key: str) -> None:
    assert is_sensitive(around.format(key), "bob")


@pytest.mark.parametrize("key", ["userPhone", "clientIP", "contactFirstName", "x-forwarded-for", "context_device_name"])
def test_a_key_is_sensitive_by_its_last_words_in_camel_case_too(key: str) -> None:
    assert is_sensitive(key, "bob")


@pytest.mark.parametrize(
    "key", ["ship", "zip", "context_library_name", "context_app_name", "clipPath", "os.name", "Phonetic"]
)
def test_letters_inside_a_word_make_no_key_sensitive(key: str) -> None:
    assert not is_sensitive(key, "bob")


def test_a_name_is_personal_where_it_is_a_persons() -> None:
    assert is_sensitive("name", "Anna's iPhone", "device")
    assert is_sensitive("name", "Anna", "traits")
    assert not is_sensitive("name", "iOS", "os")


@given(st.text())
def test_folding_keeps_ascii_letters_and_digits_only(key: str) -> None:
    assert fold(key).isascii()
    assert fold(fold(key)) == fold(key)


def test_the_key_of_a_path_is_its_nearest_one() -> None:
    assert key_of(("a", "ids", 3)) == "ids"
    assert key_of((1,)) is None
