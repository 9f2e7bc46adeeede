"""What is personal data, and how it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.redaction.masking import Secret, mask, mask_shapes, shown_path
from segkoch_lint.findings.redaction.personal_data import is_sensitive, sensitive_spans


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
    "value",
    ["A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954", "anna@example.com", "203.0.113.9", "2001:db8:0:1::7", "c9a3f1d27b5e8460"]
    + ["c9a3f1d27b5e846" * 4, "order of anna@example.com", "02:1b:44:11:3a:b7", "1795485976791000"],
)
def test_values_that_look_like_ids_and_addresses_are_sensitive_anywhere(value: str) -> None:
    assert is_sensitive("whatever", value)
    assert value not in mask_shapes(value)


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


@given(st.text('0aZz"@.:-=,{} \n', max_size=60))
def test_shapes_are_found_piece_by_piece_where_they_are_found_in_the_whole(text: str) -> None:
    shown = list(text)
    for start, end in reversed(list(sensitive_spans(text))):
        shown[start:end] = mask(text[start:end])
    assert "".join(shown) == mask_shapes(text)
