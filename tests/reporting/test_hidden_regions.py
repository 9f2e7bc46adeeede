"""Broken text whose keys are damaged, or not seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.nesting import Nesting
from segkoch_lint.documents.yaml.document import parse_yaml
from segkoch_lint.reporting.hidden_regions import hidden_regions
from segkoch_lint.reporting.snippets import error_snippet

ID = "johndoe"

CALLS: list[dict[str, Any]] = [
    {"userId": ID, "type": "track", "event": "Order"},
    {"type": "track", "userId": {"v": ID}, "event": "Order"},
    {"type": "track", "userId": {"a": {"v": ID}, "x": [1, {"b": ID}]}, "context": {"device": {"id": ID, "name": ID}}},
    {"type": "track", "userIds": [ID, {"v": ID}, ID], "traits": {"email": ID, "x": 1}, "event": "Order"},
    {
        "type": "track",
        "properties": {"url": f"https://shop.test/?user_id={ID}&y=1"},
        "cookie": {"name": "s", "value": ID},
    },
]


def json_texts(call: dict[str, Any]) -> list[str]:
    plain = json.dumps(call)
    compact, pretty = json.dumps(call, separators=(",", ":")), json.dumps(call, indent=1)
    return [
        plain,
        compact,
        pretty,
        repr(call),
        plain.replace('"user', '"\\u0075ser'),
        json.dumps({"batch": [call, call]}),
    ]


def texts(call: dict[str, Any]) -> list[str]:
    return [*json_texts(call), yaml.safe_dump(call), yaml.safe_dump(call, default_flow_style=True)]


def errors(text: str) -> Iterator[ParseError]:
    found = (parse_json(text.encode(), depth=99), *parse_yaml(text.encode(), depth=99))
    yield from (each for each in found if isinstance(each, ParseError))


def leaks(error: ParseError) -> bool:
    shown = error_snippet(error, width=400)
    text = "\n".join(shown.lines) if shown else ""
    return any(ID[start : start + 5] in text for start in range(len(ID) - 4))


@pytest.mark.parametrize("call", CALLS)
def test_no_rest_of_a_line_shows_an_id(call: dict[str, Any]) -> None:
    line = json.dumps(call)
    shown = [line[start:] for start in range(1, len(line)) for error in errors(line[start:]) if leaks(error)]
    assert shown == []


@pytest.mark.parametrize("call", CALLS)
def test_no_rest_of_an_indented_text_shows_an_id(call: dict[str, Any]) -> None:
    text = json.dumps(call, indent=1)
    shown = [text[start:] for start in range(1, len(text)) for error in errors(text[start:]) if leaks(error)]
    assert shown == []


@given(st.data())
def test_no_rest_of_a_text_shows_an_id(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(json_texts(data.draw(st.sampled_from(CALLS)))))
    assert not any(map(leaks, errors(text[data.draw(st.integers(1, len(text) - 1)) :])))


@given(st.data())
def test_no_beginning_of_a_text_and_no_damaged_one_shows_an_id(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts(data.draw(st.sampled_from(CALLS)))))
    cut = data.draw(st.integers(1, len(text) - 1))
    damage = data.draw(st.sampled_from(["", '"', "'", ",", ":", "{", "}", "[", "]", "\\"]))
    assert not any(map(leaks, errors(text[:cut] + damage + (text[cut:] if damage else ""))))


def hidden(text: str, around: Nesting | None = None) -> str:
    """The text with a dot for each character that is hidden."""
    masked = list(text)
    for start, end in hidden_regions(text, around):
        masked[start:end] = "." * (end - start)
    return "".join(masked)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"userId":{"v":"bob"},"type":"track",}', '},"type":"track",}'),
        ('{"user\\u0049d":{"v":"bob"},"type":"track",}', '},"type":"track",}'),
        ('{"userI"d":{"v":"bob"},"type":"track"}', '},"type":"track"}'),
        ('"v":"bob"},"type":"track"}', '},"type":"track"}'),
        ('{"v":"bob"}},"type":"track"}', '},"type":"track"}'),
        ('"bob"],"type":"track"}', '],"type":"track"}'),
        (': {"v":"bob"},"type":"track"}', ',"type":"track"}'),
        ("userId:\n  v: bob\ntype: track\nx: [", "type: track\nx: ["),
        ("  v: bob\ntype: track\nx: [", "type: track\nx: ["),
    ],
)
def test_a_text_is_hidden_up_to_where_its_keys_can_be_trusted(text: str, left: str) -> None:
    assert "bob" not in hidden(text)
    assert hidden(text).endswith(left)


@pytest.mark.parametrize(
    "text",
    ['{"type":"track","event":"Order",}', '{"type":"track","context":{"a":1}', "type: track\nevent: [", "Traceback:"]
    + ['[{"type":"track"},{"type":"page",}]', '{"paid":{"a":1},}', '{"type":"track"},', "- type: track\n  x: ["],
)
def test_nothing_is_hidden_in_a_text_that_begins_at_its_beginning(text: str) -> None:
    assert hidden(text) == text


def test_what_stands_around_the_lines_counts() -> None:
    assert hidden('"v": "bob"\n},\n"x": 1', Nesting(2)) == '"v": "bob"\n},\n"x": 1'
    assert "bob" not in hidden('"v": "bob"\n},\n"x": 1', Nesting(2, inside=True))
    assert "bob" not in hidden('"v": "bob"\n}}},\n"x": 1', Nesting(2))
