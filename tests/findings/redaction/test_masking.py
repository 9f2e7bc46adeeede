"""What is personal data, and how it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.redaction.masking import (
    Secret,
    is_sensitive,
    key_of,
    mask,
    mask_shapes,
    sensitive_spans,
    shown_path,
)
from segkoch_lint.findings.redaction.sensitive_keys import fold


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("017D76B5-85F8-4E3C-8CCE-8B29CCEACB1D", "017D…CB1D"),
        ("c9a3f1d27b5e8460", "c9a3…8460"),
        ("device-4711-abcd-12ef", "…12ef"),
        ("4711-device-abcdef", "4711…"),
        ("EXAMPLEwRiTeKEYe", "…KEYe"),
        ("anna-smith-hamburg", "…"),
        ("Anna Maria Smith 1990", "…"),
        ("anna.smith@example.com", "…@…"),
        ("a@b.c", "…@…"),
        ("4711", "…"),
        ("c9a3f1d27b5e846", "…"),
        ("", "…"),
    ],
)
def test_a_masked_value_keeps_its_ends_if_it_is_long_and_they_are_not_a_name(value: str, shown: str) -> None:
    assert mask(value) == shown


@given(st.text(min_size=1))
def test_a_mask_never_shows_more_than_half_of_a_value(value: str) -> None:
    assert sum(map(mask(value).count, set(value) - {"…", "@"})) <= len(value) / 2
    assert mask(value).replace("…", "") in {"", "@", value[:4], value[-4:], value[:4] + value[-4:]}


@given(st.emails())
def test_of_an_address_no_letter_is_shown(address: str) -> None:
    assert mask(address) == mask_shapes(address) == "…@…"


def test_a_secret_prints_masked_however_it_is_printed() -> None:
    secret = Secret("017D76B5-85F8-4E3C-8CCE-8B29CCEACB1D")
    assert str(secret) == f"{secret}" == "017D…CB1D"
    assert "76B5" not in repr(secret)
    assert secret.reveal() == "017D76B5-85F8-4E3C-8CCE-8B29CCEACB1D"


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
    "value",
    ["A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954", "anna@example.com", "203.0.113.9", "2001:db8:0:1::7", "c9a3f1d27b5e8460"]
    + ["c9a3f1d27b5e846" * 4, "order of anna@example.com", "02:1b:44:11:3a:b7", "1795485976791000"],
)
def test_values_that_look_like_ids_and_addresses_are_sensitive_anywhere(value: str) -> None:
    assert is_sensitive("whatever", value)
    assert value not in mask_shapes(value)


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


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("https://h/x?bob", "https://h/x?…"),
        ("https://h/x?k=bob&bob#bob", "https://h/x?k=…&…#…"),
        ("https://h/x#access_token=bob", "https://h/x#access_token=…"),
        ("filecache::https://h/x?bob", "filecache::https://h/x?…"),
        ("s3://u:b/ob@h/x", "s3://…@h/x"),
        ("s3://u:b?ob@h/x", "s3://…@h/x"),
        ("https://u:b#ob@h/x", "https://…@h/x"),
    ],
)
def test_no_secret_of_a_url_is_shown(path: str, shown: str) -> None:
    assert shown_path(path) == shown


@pytest.mark.parametrize(
    "path", ["s3://bucket/a#1/part-?.json", "https://h:8080/a@1/x", "s3://h:9000/a@1/x", "a?b#c.json"]
)
def test_the_place_that_a_url_names_is_shown(path: str) -> None:
    assert shown_path(path) == path


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


@given(st.text('0aZz"@.:-=,{} \n', max_size=60))
def test_shapes_are_found_piece_by_piece_where_they_are_found_in_the_whole(text: str) -> None:
    shown = list(text)
    for start, end in reversed(list(sensitive_spans(text))):
        shown[start:end] = mask(text[start:end])
    assert "".join(shown) == mask_shapes(text)
