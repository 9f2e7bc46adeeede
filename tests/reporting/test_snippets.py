"""The lines around a finding: masked, cut, and underlined where it counts."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from segkoch_lint.documents.document import Document, ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.yaml.document import YamlDocument, parse_yaml
from segkoch_lint.findings.finding import Snippet
from segkoch_lint.findings.position import Path
from segkoch_lint.reporting.snippets import error_snippet, snippet
from tests.documents.json.test_document import paths_of


def json_document(text: str) -> JsonDocument:
    document = parse_json(text.encode(), depth=200)
    assert isinstance(document, JsonDocument)
    return document


def at(document: Document, path: Path, **options: Any) -> tuple[str, ...]:
    """The lines shown, and below them what is underlined."""
    shown = snippet(document, document.locate([path])[path], **options)
    return (*shown.lines, f"^ {shown.first_line + shown.focus}: {shown.lines[shown.focus][shown.start : shown.end]}")


PRETTY = json.dumps(
    {"userId": "user-4711-x", "context": {"device": {"type": "iOS", "id": "c9a3f1d27b5e8460"}}}, indent=2
)


def test_lines_around_are_shown_and_ids_masked() -> None:
    assert at(json_document(PRETTY), ("context", "device", "type")) == (
        '  "context": {',
        '    "device": {',
        '      "type": "iOS",',
        '      "id": "c9a3…8460"',
        "    }",
        '^ 5: "iOS"',
    )


def test_the_underline_fits_what_is_shown_of_an_id() -> None:
    assert at(json_document(PRETTY), ("context", "device", "id"), around=0)[-1] == '^ 6: "c9a3…8460"'
    assert at(json_document(PRETTY), ("userId",), around=0) == ('  "userId": "…",', '^ 2: "…"')


def test_ids_are_shown_when_asked_for() -> None:
    assert at(json_document(PRETTY), ("userId",), around=0, show_ids=True)[-1] == '^ 2: "user-4711-x"'


def test_of_a_value_over_several_lines_the_first_is_underlined() -> None:
    assert at(json_document(PRETTY), ("context",), around=0) == ('  "context": {', "^ 3: {")


def test_a_long_line_is_cut_around_the_span() -> None:
    text = json.dumps({"a": "x" * 500, "device": {"type": "iOS"}, "b": "y" * 500})
    line, underlined = at(json_document(text), ("device", "type"), width=60)
    assert '"device": {"type": "iOS"}, "b": "y' in line
    assert len(line) == 62
    assert underlined == '^ 1: "iOS"'
    assert line.startswith("…")
    assert line.endswith("…")


def test_ids_at_the_edge_of_a_cut_are_masked() -> None:
    secret = "C47B0E9A-6D18-4F35-92A7-E80D5B3C1F26"
    text = json.dumps({"free": secret, "type": "iOS", "more": secret, secret: 1})
    for width in range(10, len(text)):
        line = at(json_document(text), ("type",), width=width)[0]
        assert not leaks(secret, line), (width, line)


def test_a_span_longer_than_the_line_is_underlined_to_its_end() -> None:
    text = json.dumps({"device": {"name": "x" * 200}})
    shown = snippet(json_document(text), json_document(text).locate([("device",)])[("device",)], width=40)
    assert len(shown.lines[0]) <= 42
    assert shown.lines[0][shown.start] == "{"


def test_yaml_is_masked_by_its_keys_and_its_comments_by_their_looks() -> None:
    text = "userId: anna.smith # c9a3f1d27b5e8460\ntype: iOS\nnote: |\n  mail to anna@example.com\n  twice\n"
    (document,) = parse_yaml(text.encode(), depth=200)
    assert isinstance(document, YamlDocument)
    assert at(document, ("type",))[:2] == ("userId: … # c9a3…8460", "type: iOS")
    assert "anna" not in "".join(at(document, ("type",)))


@pytest.mark.parametrize(
    "line",
    [
        '{"userId": "anna-smith-1", "type": ',
        "{'userId': 'anna-smith-1'",
        '{userId: "anna-smith-1"',
        "userId: anna-smith-1 [",
        '{"userId":"anna-smith-1',
        '{"user_id" : ["anna-smith-1',
    ],
)
def test_ids_in_broken_text_are_masked(line: str) -> None:
    error = parse_json(line.encode(), depth=200)
    assert isinstance(error, ParseError)
    shown = error_snippet(error)
    assert shown is not None
    assert "anna-smith-1" not in shown.lines[0]
    assert "anna-smith-1" in "".join((error_snippet(error, show_ids=True) or shown).lines)


def test_the_rest_of_an_id_whose_beginning_is_cut_off_is_masked() -> None:
    error = parse_json(b'AA.A.A.COM", "userI": "anna-smith-4711", "type": "track"}', depth=200)
    assert isinstance(error, ParseError)
    assert (error_snippet(error) or Snippet(0, (), 0, 0, 0)).lines == ('…", "userI": "…", "type": "track"}',)


@given(st.data())
def test_no_snippet_of_text_with_damaged_keys_leaks_an_id(data: st.DataObject) -> None:
    ids = data.draw(st.lists(secrets, min_size=3, max_size=3, unique=True))
    number = str(data.draw(st.integers(10**11, 10**15)))
    call = {
        "campaign": ids[0],
        "userId": "anna-smith-4711",
        "context": {"device": {"advertisingId": ids[1]}, "ip": "203.0.113.97"},
        "properties": {"customerId": int(number), "campaign": {"email": "anna@example.com", "x": ids[2]}},
    }
    if data.draw(st.booleans()):
        call = dict(reversed(call.items()))
    text = data.draw(st.sampled_from([json.dumps(call), json.dumps(call, indent=1), repr(call), yaml.safe_dump(call)]))
    key = data.draw(st.sampled_from(["userId", "advertisingId", "customerId", "email", "ip"]))
    text = text.replace(
        key, data.draw(st.sampled_from([key[:-1], key[1:], key[:3], f"{key[:3]}:", "campaign", f"{key}'"])), 1
    )
    begin = data.draw(st.integers(0, 60))
    cut_off = [text[begin:]]
    if text.startswith('{"'):  # where YAML or a repr ends in the middle of a word, it may as well end there
        cut_off += [text[:-begin], text[begin : -data.draw(st.integers(1, 200))]]
    text = data.draw(st.sampled_from([*cut_off, "{" + text, text.replace(":", "", 1), text.replace(",", "", 1)]))
    error = next(
        (
            each
            for each in (parse_json(text.encode(), depth=200), *parse_yaml(text.encode(), depth=99))
            if isinstance(each, ParseError)
        ),
        None,
    )
    assume(error is not None)
    assert error is not None
    shown = error_snippet(error, width=data.draw(st.integers(20, 400)))
    for secret in (*ids, number, "anna-smith-4711", "anna@example.com", "203.0.113.97"):
        assert not any(leaks(secret, line) for line in (shown.lines if shown else ())), secret


@pytest.mark.parametrize(
    "line",
    [
        '{"user:"anna-smith-4711","id":1}',
        '{"advertisingI: "anna-smith-4711", "x": 1}',
        "{campaign: {name: anna-smith-4711",
        "x: [anna-smith-4711, 'b",
        '{"campaign": "anna-smith-4711" "x": 1}',
    ],
)
def test_an_id_under_a_damaged_key_is_known_by_its_looks(line: str) -> None:
    error = parse_json(line.encode(), depth=200)
    assert isinstance(error, ParseError)
    shown = error_snippet(error)
    assert shown is not None
    assert "anna-smith" not in shown.lines[0]


def test_text_that_is_not_an_id_stays_readable_in_broken_text() -> None:
    line = '{"type": "track", "event": "Order Completed", "revenue": 9.99, "at": "2026-11-25T10:00:00Z", "v": "4.1.6",}'
    error = parse_json(line.encode(), depth=200)
    assert isinstance(error, ParseError)
    assert error_snippet(error) is not None
    assert (error_snippet(error) or Snippet(0, (), 0, 0, 0)).lines == (line,)


def test_an_error_without_lines_has_no_snippet() -> None:
    error = parse_json(b"", depth=200)
    assert isinstance(error, ParseError)
    assert error_snippet(error) is None


def leaks(secret: str, text: str) -> bool:
    return any(secret[start : start + 10] in text for start in range(max(1, len(secret) - 9)))


hexadecimal = st.text("0123456789abcdef", min_size=16, max_size=40)
secrets = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda u: str(u).upper()),
    hexadecimal,
    # An address that begins like one of the keys is no secret.
    st.emails().filter(
        lambda e: (
            e.isascii() and '"' not in e and "\\" not in e and len(e) >= 12 and not leaks(e, "advertisingId properties")
        )
    ),
)
# A text of one character is a stand-in, which nobody minds to see.
named = st.text("qxzj -_.0123456789", min_size=12, max_size=30).filter(
    lambda t: t.strip() == t and len(set(t) - set(" -")) > 1
)


@given(st.data())
def test_no_snippet_leaks_an_id(data: st.DataObject) -> None:
    ids = data.draw(st.lists(secrets, min_size=2, max_size=4, unique=True))
    user = data.draw(named)
    note = data.draw(st.text(max_size=30))
    assume(not any(leaks(secret, note) for secret in (*ids, user)))
    call = {
        "type": "track",
        "userId": user,
        "context": {"device": {"id": ids[0], "advertisingId": ids[1], "name": user}, "ids": ids},
        "properties": {"note": note, "customer": ids[-1]},
    }
    indent = data.draw(st.sampled_from([None, 2]))
    document: Any
    if data.draw(st.booleans()):
        document = json_document(json.dumps(call, indent=indent))
    else:
        (document,) = parse_yaml(
            yaml.safe_dump(call, allow_unicode=True, default_flow_style=indent is None).encode(), depth=99
        )
    path = data.draw(st.sampled_from(paths_of(call)))
    width = data.draw(st.integers(20, 200))
    shown = snippet(document, document.locate([path])[path], width=width)
    for secret in (*ids, user):
        assert not any(leaks(secret, line) for line in shown.lines), secret


@pytest.mark.parametrize("indent", [1, "\t", None])
def test_late_in_a_long_list_no_more_is_masked_than_at_its_beginning(indent: int | str | None) -> None:
    call = {"userId": "user-4711", "context": {"device": {"type": "iOS", "model": "iPhone10,4"}}, "type": "track"}
    calls = [call | {"properties": {f"note{n}": f"text {n}" for n in range(9)}} for _ in range(60)]
    document = json_document(json.dumps(calls, indent=indent))
    for path in (("type",), ("context", "device", "type"), ("properties", "note1")):
        first, *others = (at(document, (number, *path), around=9 if indent else 0)[:-1] for number in (3, 4, 50))
        assert others == [first] * 2
        assert indent is None or not any("…" in line for line in first if "userId" not in line)


@pytest.mark.parametrize("key", ["buyer", "event", "user-4711", "note"])
def test_an_id_is_masked_wherever_it_stands_again_in_its_document(key: str) -> None:
    call = {
        "userId": "user-4711",
        "type": "track",
        key: "user-4711",
        "text": "https://shop.example/u/user-4711/cart",
        "escaped": 'u/user-4711/"cart"',
    }
    (from_yaml,) = parse_yaml(yaml.safe_dump(call, sort_keys=False).encode(), depth=99)
    for document in (json_document(json.dumps(call)), json_document(json.dumps(call, indent=1)), from_yaml):
        assert isinstance(document, JsonDocument | YamlDocument)
        lines = at(document, ("type",), around=9, width=500)
        assert "4711" not in "".join(lines)
        assert "https://shop.example/u/" in "".join(lines)
        assert "4711" in "".join(at(document, ("type",), around=9, width=500, show_ids=True))


@pytest.mark.parametrize("written", ["jane.doe-77", r"\u006aane.doe-77", r"jane\u002edoe\u002D77", r"jane.doe-7\u0037"])
def test_an_id_is_masked_as_a_key_however_it_is_escaped(written: str) -> None:
    text = '{"userId": "jane.doe-77", "properties": {"%s": {"type": 1}}}' % written  # noqa: UP031 - braces of JSON
    shown = at(json_document(text), ("properties", "jane.doe-77", "type"))
    assert shown == ('{"userId": "…", "properties": {"…": {"type": 1}}}', "^ 1: 1")


def test_an_id_of_another_call_of_the_document_is_masked_too() -> None:
    calls = [{"userId": f"user-{4000 + n}", "type": "track", "buyer": f"user-{4000 + n}"} for n in range(99)]
    document = json_document(json.dumps(calls, indent=1))
    assert "user-4" not in "".join(at(document, (50, "type"), around=9))


def test_stand_ins_and_short_ids_stay_where_they_stand_again() -> None:
    call = {"userId": "1", "type": "track", "deviceId": "0" * 16, "quantity": 1, "x": "0" * 16, "v": "1.2"}
    line = at(json_document(json.dumps(call)), ("type",), width=500)[0]
    assert line == json.dumps(call).replace('"userId": "1"', '"userId": "…"')


def test_an_id_in_a_value_that_goes_on_out_of_sight_is_masked() -> None:
    user = "x-1 " * 200
    call = {"type": "track", "note": f"of {user}now", "userId": user}
    assert "x-1" not in at(json_document(json.dumps(call)), ("type",), width=50)[0]


@given(st.data())
def test_no_snippet_leaks_an_id_that_stands_again(data: st.DataObject) -> None:
    user = data.draw(st.text("abz19-_.|", min_size=10, max_size=30).filter(lambda t: len(set(t)) > 4))
    again = data.draw(st.sampled_from(["{}", "/u/{}/cart", "Order by {}", 'say "{}"', "{}\n{}"])).replace("{}", user)
    others = {"type": "track", "note": again, "properties": {"buyer": again, "list": [again, {"x": again}]}}
    call = dict(data.draw(st.permutations([("userId", user), *others.items()])))
    indent = data.draw(st.sampled_from([None, 2]))
    document: Any = json_document(json.dumps(call, indent=indent))
    if data.draw(st.booleans()):
        (document,) = parse_yaml(yaml.safe_dump(call, default_flow_style=indent is None, width=999).encode(), depth=99)
    path = data.draw(st.sampled_from(paths_of(call)))
    shown = snippet(document, document.locate([path])[path], width=data.draw(st.integers(20, 200)))
    assert not any(leaks(user, line) for line in shown.lines)


@given(st.data())
def test_of_a_long_line_as_much_is_shown_as_if_all_of_it_had_been_read(data: st.DataObject) -> None:
    ids = st.uuids().map(str) | st.text(max_size=300)
    call = {
        "a": data.draw(st.lists(ids, max_size=9)),
        "device": {"type": "iOS", "ids": data.draw(st.lists(ids, max_size=9))},
        "b": data.draw(st.lists(ids, max_size=9)),
    }
    document = json_document(json.dumps(call))
    path = data.draw(st.sampled_from(paths_of(call)))
    width = data.draw(st.integers(10, 150))
    span = document.locate([path])[path]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("segkoch_lint.reporting.snippets.REACHES", ((2, 4),))
        in_one_go = snippet(document, span, width=width)
    assert snippet(document, span, width=width) == in_one_go


@given(st.data())
def test_no_snippet_of_broken_text_leaks_an_id(data: st.DataObject) -> None:
    ids = data.draw(st.lists(secrets, min_size=2, max_size=3, unique=True))
    call = {"userId": data.draw(named), "context": {"device": {"id": ids[0], "advertisingId": ids[1]}}}
    text = json.dumps(call, indent=data.draw(st.sampled_from([None, 1])))
    cut = data.draw(st.integers(1, len(text) - 1))
    broken = data.draw(
        st.sampled_from(
            [
                text[:cut],  # cut off
                text[:cut] + data.draw(st.sampled_from(['"', "'", "\\", ":", ",", "}", "\n"])) + text[cut:],
                text.replace('"', "'"),
                text.replace('"', "", data.draw(st.integers(1, 6))),
            ]
        )
    )
    error = parse_json(broken.encode(), depth=200)
    assume(isinstance(error, ParseError))
    assert isinstance(error, ParseError)
    shown = error_snippet(error, width=data.draw(st.integers(20, 200)))
    for secret in (*ids, str(call["userId"])):
        assert not any(leaks(secret, line) for line in (shown.lines if shown else ())), secret
