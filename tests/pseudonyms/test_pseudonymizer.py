from __future__ import annotations

import base64
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.pseudonyms.permutation import Permutation
from segkoch_lint.pseudonyms.pseudonymizer import Pseudonymizer, fold
from tests.pseudonyms.copies import KEY

PSEUDONYMS = Pseudonymizer(KEY, ["analytics-ios"], ["api.segment.io", ".segmentapis.com"], ["track"])

IDS = st.one_of(
    st.uuids().map(str),
    st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9]{1,12}(-[A-Za-z0-9]{1,6}){0,2}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{0,9}", fullmatch=True),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12),
)


def shape(text: str) -> str:
    """Return the text with each letter and digit replaced by its kind."""
    text = re.sub(r"[0-9]", "9", text)
    return re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", text))


@given(IDS)
def test_a_pseudonym_is_as_long_as_its_original_in_characters_and_in_bytes(original: str) -> None:
    pseudonym = PSEUDONYMS.text(original)
    assert len(pseudonym) == len(original)
    assert len(pseudonym.encode()) == len(original.encode())
    assert [letter.isalnum() for letter in pseudonym] == [letter.isalnum() for letter in original]


@given(IDS)
def test_a_pseudonym_is_not_its_original_unless_that_stays(original: str) -> None:
    pseudonym = PSEUDONYMS.text(original)
    assert pseudonym != original or PSEUDONYMS.text(pseudonym) == pseudonym
    if pseudonym != original:
        assert not is_placeholder(pseudonym)
        assert fold(pseudonym) != fold(original)


@pytest.mark.parametrize(
    "original", ["user-4711", "USER-4711", "Jane Roe", "+49 170 1234567", "u_1x@shop.example", "203.0.113.57"]
)
def test_digits_stay_digits_letters_keep_their_case_and_punctuation_stays(original: str) -> None:
    assert shape(PSEUDONYMS.text(original)) == shape(original)


@given(st.uuids())
def test_ids_that_differ_in_case_or_hyphens_only_still_do(uuid: object) -> None:
    lower = str(uuid)
    pseudonym = PSEUDONYMS.text(lower)
    assert PSEUDONYMS.text(lower.upper()) == pseudonym.upper()
    assert PSEUDONYMS.text(lower.replace("-", "")) == pseudonym.replace("-", "")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", pseudonym)


def test_ids_of_mixed_case_that_differ_in_case_only_get_different_pseudonyms() -> None:
    spelled = ["AbCdEf012345678901", "aBcDeF012345678901", "abcdef012345678901", "ABCDEF012345678901"]
    found = [PSEUDONYMS.text(each) for each in spelled]
    assert len(set(found)) == len(spelled)
    assert len({each.lower() for each in found}) == 1


def test_a_malformed_hexadecimal_id_stays_malformed() -> None:
    assert re.search("[G-Z]", PSEUDONYMS.text("E45BE18A-EDB3-4BC3-A467-A66E580BDFAG"))


def test_the_letters_of_a_long_hexadecimal_id_change_places_and_not_their_number() -> None:
    original = "fc7a95dfe55b2517"
    found = PSEUDONYMS.text(original)
    assert sum(map(str.isalpha, found)) == sum(map(str.isalpha, original))
    assert any(
        shape(PSEUDONYMS.text(f"{original}{number:04}")) != shape(f"{original}{number:04}") for number in range(9)
    )


@pytest.mark.parametrize("form", ["{}", "u{}", "x-{}y"])
def test_short_ids_get_different_pseudonyms(form: str) -> None:
    originals = [form.format(number) for number in range(1000)]
    assert len({PSEUDONYMS.text(each) for each in originals}) == len(originals)


def test_no_two_forms_share_a_pseudonym_of_digits() -> None:
    found = [PSEUDONYMS.text(str(number)) for number in range(10, 1000)]
    assert all(each == str(int(each)) for each in found)


@pytest.mark.parametrize(
    "kept",
    [
        *("unknown", "00000000-0000-0000-0000-000000000000", "017D76B5-85F8-4E3C-8CCE-8B29CCEACB1D", "aaaaaaaa", "1"),
        *("2026-11-27T22:00:00.120Z", "2026-11-27 22:00:00+00", "https://api.segment.io/v1/track", "analytics-ios"),
        *("eu1.api.segmentapis.com", "true", "iOS", "POST"),
    ],
)
def test_what_rules_look_for_stays(kept: str) -> None:
    assert PSEUDONYMS.text(kept) == kept


def test_another_path_of_an_api_is_replaced() -> None:
    assert "jane" not in PSEUDONYMS.text("https://api.segment.io/v1/jane https://shop.example/v1/jane/orders")


def test_the_beginning_that_rules_look_for_stays() -> None:
    assert PSEUDONYMS.text("kochava-test-Roe").startswith("kochava-test-")
    assert PSEUDONYMS.text("YOUR-JANE").startswith("YOUR-")
    assert PSEUDONYMS.text("koshop-ios-x1").startswith("ko")


@given(st.from_regex(r"[a-z]{6,9}", fullmatch=True), st.from_regex(r"[0-9][a-f][0-9]", fullmatch=True))
def test_no_pseudonym_is_taken_for_something_else(word: str, number: str) -> None:
    assert PSEUDONYMS.text(word).startswith("ko") == word.startswith("ko")
    is_number = re.compile(r"\d+e\d+|0b[01]")  # to a reader of YAML
    assert (is_number.fullmatch(PSEUDONYMS.text(number)) is None) == (is_number.fullmatch(number) is None)


def test_an_id_in_a_text_gets_the_pseudonym_that_it_has_alone() -> None:
    for original in ("user-4711", "jane.roe@shop.example", "203.0.113.57", "4E8A2B71-D90C-4F36-8B15-A7C3E06F92D4"):
        alone = PSEUDONYMS.text(original)
        for around in ("id: {}, seen", "https://shop.example/?user={}&page=2", "({})", '{{"id":"{}"}}'):
            assert alone in PSEUDONYMS.text(around.format(original))


def test_a_number_of_any_length_does_not_begin_with_zero() -> None:
    for length in range(2, 40):
        assert all(
            PSEUDONYMS.text(digit + "4711" * length)[0] != "0" and PSEUDONYMS.text(f"00{digit}5")[:2] == "00"
            for digit in "123456789"
        )


def test_data_in_base64_is_replaced_by_as_much_other_data() -> None:
    original = base64.encodebytes(bytes(range(256)) * 3 + b"x").decode()
    found = PSEUDONYMS.text(original)
    assert [len(line) for line in found.splitlines()] == [len(line) for line in original.splitlines()]
    assert len(base64.b64decode(found)) == len(base64.b64decode(original))
    assert PSEUDONYMS.text(original) == found
    assert sum(map(str.__eq__, found, original)) < len(original) / 10


def test_another_key_gives_other_pseudonyms() -> None:
    other = Pseudonymizer(KEY[::-1])
    assert other.text("4E8A2B71-D90C-4F36-8B15-A7C3E06F92D4") != PSEUDONYMS.text("4E8A2B71-D90C-4F36-8B15-A7C3E06F92D4")


@pytest.mark.parametrize("size", [1, 2, 3, 10, 257, 1000])
def test_a_permutation_leads_through_all_numbers_before_it_comes_back(size: int) -> None:
    permutation = Permutation(KEY, "test", size)
    order = [0]
    while (following := permutation.next(order[-1])) != 0:
        order.append(following)
    assert sorted(order) == list(range(size))
    assert size < 10 or any(after != before + 1 for before, after in pairwise(order))
