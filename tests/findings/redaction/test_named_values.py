"""Values in a text that follow a sensitive key."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.redaction.named_values import named_values


def named(text: str) -> list[str]:
    return [text[start:end] for start, end in named_values(text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("https://shop.test/?user_id=4711", ["4711"]),
        ("?password=pw12&x=1", ["pw12"]),
        ("?a=1&email=a%40b.c#top", ["a%40b.c"]),
        ("user[id]=5&traits[email]=x", ["5", "x"]),
        ("userId=bob event=Order", ["bob"]),
        ("userId=bob, event=Order; deviceId=x", ["bob", "x"]),
        ("user id: Anna Smith", ["Anna Smith"]),
        ("login password: hunter2", ["hunter2"]),
        ("write key = abc", ["abc"]),
        ("e-mail: a, b, type: c", ["a, b"]),
        ('{"userId":"bob","event":"Order"}', ["bob"]),
        (r"{\"userId\":\"bob\",\"event\":\"Order\"}", ["bob"]),
        (r"""{"userId": "b\"ob", 'deviceId': 'x'}""", [r"b\"ob", "x"]),
        ('{"userId":4711,"event":"Order"}', ["4711"]),
        ('{"userId":{"v":"bob","w":[1,"x"]},"a":"b"}', ["bob", "1", "x"]),
        ("{userId: {v: john:doe, w: 5}}", ["john:doe", "5"]),
        ('{"ids":["a","b"],"c":"d"}', ["a", "b"]),
        ('"userId" => "bob"', ["bob"]),
        ('{"userId":"bob', ["bob"]),
        ("Order at 10:15 of https://shop.test/a?b=c", []),
        ("paid: yes, product_id=5", []),
        ("userId=&x=1", []),
        ("user_id", []),
    ],
)
def test_the_value_behind_a_sensitive_key_is_found_to_its_end(text: str, values: list[str]) -> None:
    assert named(text) == values


words = st.text("abcXYZ019._~", max_size=12).map(lambda text: f"{text}v")


@given(st.dictionaries(words, words, max_size=4), words, st.dictionaries(words, words, max_size=4))
def test_it_is_found_in_every_query_string(before: dict[str, str], value: str, after: dict[str, str]) -> None:
    assert value in named("https://shop.test/x?" + urlencode([*before.items(), ("user_id", value), *after.items()]))


texts = st.text(max_size=12)


@given(st.dictionaries(texts, texts, max_size=3), texts.filter(lambda text: len(json.dumps(text)) > 2), st.data())
def test_it_is_found_in_json_inside_a_string(others: dict[str, str], value: str, data: st.DataObject) -> None:
    members = list({**others, "userId": value}.items())
    written = json.dumps(dict(data.draw(st.permutations(members))))
    found = any(json.dumps(value)[1:-1] in each for each in named(written))
    assert found or any('"' in key or key.endswith("\\") for key in others)
