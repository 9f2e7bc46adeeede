"""Ids that stand again where no key tells of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.redaction import known_ids
from segkoch_lint.findings.redaction.known_ids import KnownIds

CALL = {
    "userId": "user-4711",
    "context": {"device": {"id": 123456789}, "ip": "203.0.113.97", "ids": ["ida-1-x", {"email": "b"}]},
    "properties": {"buyer": "user-4712", "deviceId": "ios", "playerId": None, "sessionId": True},
}


def found(text: str) -> list[str]:
    ids = KnownIds(CALL)
    return [text[start:end] for start, end in ids.ranges(text)]


@pytest.mark.parametrize("text", ["user-4711", "123456789", "203.0.113.97", "ida-1-x"])
def test_the_value_of_an_ids_key_is_found_in_other_values(text: str) -> None:
    assert text in KnownIds(CALL)
    assert found(text) == [text]
    assert found(f"/buyers/{text}?x=1&y={text}") == [text, text]
    assert found(f"buyer_{text}_") == [text]


@pytest.mark.parametrize("text", ["user-4712", "ios", "b", "None", "True", "null", "userId"])
def test_a_short_value_or_one_of_another_key_is_not_found(text: str) -> None:
    assert text not in KnownIds(CALL)
    assert found(text) == []


def test_an_id_is_not_found_in_the_middle_of_words() -> None:
    assert found("user-47110 xuser-4711 1234567890 user-4711") == ["user-4711"]


def test_an_id_of_a_few_letters_is_known_as_a_value_only() -> None:
    ids = KnownIds({"userId": "4711"})
    assert "4711" in ids
    assert ids.ranges("4711") == [(0, 4)]
    assert ids.ranges("/4711") == []


def test_a_document_that_is_not_an_object_has_no_ids() -> None:
    assert KnownIds("user-4711").ranges("user-4711") == []
    assert KnownIds(None).ranges("None") == []


texts = st.text("ab1-_ /", max_size=12)
ids = texts.filter(lambda text: any(map(str.isalnum, text)))


@given(st.lists(ids, max_size=9, unique=True), st.text("-_ /", max_size=2), st.lists(texts, max_size=3))
def test_many_ids_are_found_as_few_are(ids: list[str], between: str, others: list[str]) -> None:
    text = between.join([*ids[:3], *others])
    few = KnownIds({"ids": ids}).ranges(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_ids, "FEW", 0)
        assert KnownIds({"ids": ids}).ranges(text) == few
    assert all(text[start:end] in ids for start, end in few)
    long = [each for each in ids[:3] if len(each) >= known_ids.SHORTEST_PART]
    assert not between or {text[start:end] for start, end in few}.issuperset(long)


keys = st.sampled_from(["userId", "event", "id", "note", "context", "session", "Order", "deviceId"])
values = texts | st.sampled_from(["Order Completed", "Completed", "Order", "context", "123456", "12345.0", "é-1234567"])
numbers: st.SearchStrategy[Any] = st.integers(0, 2_000_000) | st.floats(-1e9, 1e9)
documents = st.recursive(
    values | numbers, lambda inner: st.dictionaries(keys, inner, max_size=4) | st.lists(inner, max_size=2)
)


@given(st.dictionaries(keys, documents, max_size=5), (values | numbers).map(str), st.booleans())
def test_the_text_of_a_document_shows_the_same(document: dict[str, Any], text: str, ascii_only: bool) -> None:
    source = json.dumps(document, ensure_ascii=ascii_only).encode()
    for each in (text, f"{text} Completed", f"/{text}", str(document.get("event"))):
        assert KnownIds(document, source).ranges(each) == KnownIds(document).ranges(each)


@pytest.mark.parametrize("again", [{}, {"userId": "phone"}, {"session": {"a": ["phone"]}}])
def test_a_value_that_is_not_an_id_is_found_if_it_is_also_the_value_of_an_ids_key(again: dict[str, Any]) -> None:
    document = {"context": {"device": {"type": "phone"}}, **again}
    ids = KnownIds(document, json.dumps(document).encode())
    assert ids.ranges("phone", ["phone"]) == ([(0, 5)] if again else [])
