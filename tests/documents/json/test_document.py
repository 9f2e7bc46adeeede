"""JSON text: strict, every flaw with its place, every value found again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import ParseError, Token
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.json.splitter import split_documents
from segkoch_lint.documents.json.syntax_errors import SOURCE_CODE
from segkoch_lint.findings.position import Path, Span

GOOD = [
    "[]", "{}", " [ ] ", "0", "-0", "1", "-1", "0.1", "1e5", "1E+5", "1e-5", "-0.0e0", "123456789012345678901234567890",
    "1e999", "-1e999", "1" * 5000, '""', '"a"', '"\\u0061"', '"\\ud83d\\ude00"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"é"',
    '"\u2028"', '"\x7f"', '"\u0000x"'.replace("\u0000", "\\u0000"), "null", "true", "false", "[1,[2,[3]]]",
    '{"a":{"b":{}}}', '{"":0}', '{"a":1,"a":2}', "\t\r\n[1]\n", '{"__proto__":1}', '["\\uD834\\uDD1E"]', "[0e1]",
]  # fmt: skip

BAD = [
    "", " ", "\n\n", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]", '{"a"}', '{"a":}', '{"a":1,}',
    '{"a" 1}', '{"a":1 "b":2}', "{a:1}", "{1:1}", "{'a':1}", "['a']", '{"a":1}}', "[1]]", '[1]"x"', "nul", "nulll",
    "tru", "True", "None", "NaN", "[NaN]", "Infinity", "-Infinity", "+1", ".5", "5.", "1e", "1e+", "01", "-01", "-",
    "--1", "0x1F", "1_000", '"', '"a', '"\\', '"\\u', '"\\u12', '"\\u12G4"', '"\\x41"', '"\\a"', '"\t"', '"a\nb"',
    '"\x00"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud800\\u0041"', '{"\\ud800":1}', "// c\n1", "/* c */ 1", "# c\n1",
    "undefined", "<html>", "[1;2]", '{"a":1;"b":2}', "\ufeff[]", "[1]\x00", "\x0b[]", "[\u00a01]", "{]", "[}",
    '{"a":[}', '["a",\n4\n,1,', '{"a":"b","c', "[" * 100_000, '{"a":' * 100_000, "[" * 500 + "]" * 500,
    "*", "a", "é", "[-]", "[1.]", "[.1]", '["\\u00A"]', '["\\u00"]', "[1]x", "1 1", '{"a":/**/1}',
]  # fmt: skip

BAD_BYTES = [b"\xff", b'"\xff"', b'"\xc3"', b'"\xed\xa0\x80"', b'{"\xe9":1}', b'["a\xe5"', b"[\xf0\x80\x80\x80]"]


def strict(text: str) -> Any:
    """The standard library's reader, made as strict as RFC 8259 and a little more tolerant of long numbers."""

    def refuse(_name: str) -> None:
        raise ValueError

    value = json.loads(text, parse_constant=refuse, parse_int=lambda d: int(d) if len(d) < 4000 else float(d))
    json.dumps(value, ensure_ascii=False).encode()
    return value


@pytest.mark.parametrize("text", GOOD, ids=lambda text: text[:20])
def test_good_json_is_read(text: str) -> None:
    document = parse_json(text.encode(), depth=200)
    assert isinstance(document, JsonDocument)
    assert document.value == strict(text)


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:20])
def test_bad_json_is_a_flaw_inside_the_text_or_right_behind_it(text: str) -> None:
    flaw = parse_json(text.encode(), depth=200)
    assert isinstance(flaw, ParseError)
    lines = text.split("\n")
    assert 1 <= flaw.span.line <= len(lines)
    assert 1 <= flaw.span.column <= len(lines[flaw.span.line - 1]) + 1
    assert (flaw.span.line, flaw.span.column) <= (flaw.span.end_line, flaw.span.end_column)
    assert flaw.message


@pytest.mark.parametrize("text", BAD_BYTES)
def test_what_is_not_utf_8_is_a_flaw_at_the_first_such_byte(text: bytes) -> None:
    flaw = parse_json(text, depth=200)
    assert isinstance(flaw, ParseError)
    assert flaw.message == "not valid UTF-8"


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ('{"a":1,}', "trailing comma", Span(1, 7, 1, 8)),
        ('{"é": [1,\n ]}', "trailing comma", Span(1, 9, 1, 10)),
        ('{"a":"é\n', "a string holds a bare control character", Span(1, 8, 2, 1)),
        ('{"a":"xyz', "ends inside a string", Span(1, 6, 1, 10)),
        ("[1,\r\n2", "ends before the document does", Span(2, 2, 2, 2)),
        ("[NaN]", "NaN is not JSON", Span(1, 2, 1, 5)),
        ('["NaN", -Infinity]', "-Infinity is not JSON", Span(1, 9, 1, 18)),
        ("[True]", "True is not JSON", Span(1, 2, 1, 6)),
        ("['a']", 'quoted with "', Span(1, 2, 1, 3)),
        ('["\\x"]', "an escape that JSON does not have", Span(1, 3, 1, 5)),
        ('["a", "\\ud800"]', "half of a surrogate pair", Span(1, 7, 1, 15)),
        ("[1] 2", "more follows", Span(1, 5, 1, 6)),
        ("[1 2]", "a comma or the end is expected", Span(1, 4, 1, 5)),
        ('{"a" 1}', "a colon is expected", Span(1, 6, 1, 7)),
        ("{1:2}", "a key in double quotes is expected", Span(1, 2, 1, 3)),
        ("[\u00a0]", "a value is expected, not U+00A0", Span(1, 2, 1, 3)),
        ('["a" "b"]', "a comma or the end is expected, not a double quote", Span(1, 6, 1, 7)),
        ("[1] // x", "more follows", Span(1, 5, 1, 6)),
        ("[ /* x */ 1]", "no comments", Span(1, 3, 1, 13)),
        ("[" * 201 + "]" * 201, "deeper than 200 levels", Span(1, 201, 1, 202)),
    ],
)
def test_flaws_say_what_and_where(text: str, message: str, span: Span) -> None:
    flaw = parse_json(text.encode(), depth=200)
    assert isinstance(flaw, ParseError)
    assert message in flaw.message
    assert flaw.span == span


def test_a_flaw_counts_from_where_the_text_stands_in_its_input() -> None:
    flaw = parse_json(b'{"a":}\n', line=48213, column=5, depth=200)
    assert isinstance(flaw, ParseError)
    assert flaw.span == Span(48213, 10, 48213, 11)


def test_brackets_inside_strings_are_not_nesting() -> None:
    assert isinstance(parse_json(json.dumps("[{" * 500).encode(), depth=8), JsonDocument)


@given(st.text(st.sampled_from('{}[]",:0123.eE+-\\untrfalsbi /\u00e9\n\ud800'), max_size=12))
def test_the_verdict_is_that_of_the_strict_standard_library(text: str) -> None:
    encoded = text.encode("utf-8", "surrogatepass")
    document = parse_json(encoded, depth=200)
    try:
        expected = strict(encoded.decode())
    except (ValueError, RecursionError):
        assert isinstance(document, ParseError)
    else:
        assert isinstance(document, JsonDocument)
        assert document.value == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def paths_of(value: Any, path: Path = ()) -> list[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, inner in items for found in paths_of(inner, (*path, step)))]


def text_at(text: str, span: Span) -> str:
    lines = text.split("\n")
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    first, *middle, last = lines[span.line - 1 : span.end_line]
    return "\n".join([first[span.column - 1 :], *middle, last[: span.end_column - 1]])


@given(json_values, st.sampled_from([None, 0, 2, "\t"]), st.booleans(), st.data())
def test_every_value_is_found_where_it_stands(value: Any, indent: Any, ascii_only: bool, data: st.DataObject) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = parse_json(text.encode(), depth=200)
    assert isinstance(document, JsonDocument)
    assert not document.repeated
    everywhere = paths_of(value)
    wanted = data.draw(st.lists(st.sampled_from(everywhere), unique=True))
    found = document.locate([*wanted, ("no such", "path"), (99,)])
    assert set(found) == set(wanted)
    for path, span in found.items():
        expected = value
        for step in path:
            expected = expected[step]
        assert json.loads(text_at(text, span)) == expected


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_many_values_are_found_where_each_is_found_alone(separators: tuple[str, str]) -> None:
    value = {"rules": [{"key": f"Event {number}", "version": [number]} for number in range(20)]}
    document = parse_json(json.dumps(value, separators=separators).encode(), depth=200)
    assert isinstance(document, JsonDocument)
    alone = {path: document.locate([path])[path] for path in paths_of(value)}
    assert document.locate(list(alone)) == alone


@given(json_values, st.binary(min_size=1, max_size=2), st.data())
def test_no_damage_raises(value: Any, damage: bytes, data: st.DataObject) -> None:
    text = json.dumps(value).encode()
    at = data.draw(st.integers(0, len(text)))
    for damaged in (text[:at], text[:at] + damage + text[at:]):
        parse_json(damaged, depth=200)
        list(split_documents(damaged, depth=200))


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ('{"a":1,"a":2}', [("a",)]),
        ('{"a":1,"\\u0061":2}', [("a",)]),
        ('{"x":[{"b":1},{"b":1,"b":2}]}', [("x", 1, "b")]),
        ('{"a":{"b":1,"b":2},"a":{"b":1}}', [("a",)]),
        ('{"a":{"b":1,"b":2},"a":{"b":1,"b":2}}', [("a",), ("a", "b")]),
        ('{"a":{"b":1},"a":{"b":1,"b":2}}', [("a",), ("a", "b")]),
        ('[{"a":[{"b":1,"b":2}],"a":[{"b":1}]},{"b":1,"b":2}]', [(0, "a"), (1, "b")]),
        ('[[],[{"k":[1,{"q":0,"q":0}]}]]', [(1, 0, "k", 1, "q")]),
        ('{"a":"\\"a\\":1"}', []),
        ('{"a": 1.50}', []),
        ("5", []),
    ],
)
def test_repeated_keys_are_seen(text: str, repeated: list[Path]) -> None:
    document = parse_json(text.encode(), depth=200)
    assert isinstance(document, JsonDocument)
    assert list(document.repeated) == repeated


def test_the_last_of_repeated_keys_is_the_one_that_counts() -> None:
    document = parse_json(b'{"a":{"b":1},"a":[2],"c":0}', depth=200)
    assert isinstance(document, JsonDocument)
    assert document.locate([("a",), ("a", "b"), ("a", 0)]) == {("a",): Span(1, 18, 1, 21), ("a", 0): Span(1, 19, 1, 20)}
    assert document.keys(("a",)) == [Span(1, 2, 1, 5), Span(1, 14, 1, 17)]


def test_tokens_carry_the_keys_they_stand_under() -> None:
    document = parse_json(
        b'{"device": {"id":\n "x", "ids": ["a", {"n": 1}, "b"]},\n"u": null, "v": "w"}', line=3, depth=200
    )
    assert isinstance(document, JsonDocument)
    line = document.lines(4, 4)[0]
    before, *tokens = document.tokens(4, 0, len(line))
    assert before == Token(None, -6, -6, "")  # the bracket of the object that holds the key
    assert [(token.parent, token.key, token.text, line[token.start : token.end]) for token in tokens] == [
        ("device", "id", "x", '"x"'),
        ("ids", "ids", "a", '"a"'),
        ("ids", "n", "1", "1"),
        ("ids", "ids", "b", '"b"'),
        (None, "v", "w", ""),  # the one after it, on the next line
    ]
    assert document.tokens(4, 14, 17) == [
        Token(None, 14, 14, ""),  # the bracket of the list
        Token("ids", 14, 17, "a", "ids"),
        Token("n", 25, 26, "1", "ids"),
    ]
    assert document.lines(1, 4) == ['{"device": {"id":', ' "x", "ids": ["a", {"n": 1}, "b"]},']


def test_documents_one_after_another_keep_their_places() -> None:
    text = '{"a":1}{"b":\n2} \x1e[3]\n\n"x"\n'
    documents = list(split_documents(text.encode(), line=10, depth=200))
    assert [d.value if isinstance(d, JsonDocument) else d for d in documents] == [{"a": 1}, {"b": 2}, [3], "x"]
    spans = [d.locate([()])[()] for d in documents if isinstance(d, JsonDocument)]
    assert spans == [Span(10, 1, 10, 8), Span(10, 8, 11, 3), Span(11, 5, 11, 8), Span(13, 1, 13, 4)]


def test_reading_goes_on_after_a_broken_document() -> None:
    text = b'{"a":1}\n{"b":\n  }\n{"c":3}\n{"d":' + b"[" * 300 + b"]" * 300 + b'}\n{"e":5}'
    read = [
        d.message.removeprefix("invalid JSON: ")[:12] if isinstance(d, ParseError) else d.value
        for d in split_documents(text, depth=200)
    ]
    assert read == [{"a": 1}, "a value is e", {"c": 3}, "nested deepe", {"e": 5}]


@pytest.mark.parametrize("levels", [250, 1_100, 100_000])
def test_what_is_too_deep_has_its_place_however_deep_it_is(levels: int) -> None:
    text = '{"a":1}\n{"b":\n  ' + "[" * levels + "]" * levels + '}\n{"c":3}'
    flaw = parse_json(text[8 : -len('\n{"c":3}')].encode(), depth=200)
    assert isinstance(flaw, ParseError)
    assert flaw.span == Span(2, 202, 2, 203)
    first, second, third = split_documents(text.encode(), depth=200)
    assert isinstance(first, JsonDocument)
    assert isinstance(second, ParseError)
    assert isinstance(third, JsonDocument)
    assert (second.message, second.span) == ("nested deeper than 200 levels (limits.depth)", Span(3, 202, 3, 203))
    assert third.value == {"c": 3}


def test_after_what_is_too_deep_and_never_ends_reading_goes_on() -> None:
    flaw, document = split_documents(b"[" * 5_000 + b'\n{"a":1}', depth=200)
    assert isinstance(flaw, ParseError)
    assert flaw.span == Span(1, 201, 1, 202)
    assert isinstance(document, JsonDocument)


def test_text_that_is_not_utf_8_is_one_flaw() -> None:
    (flaw,) = split_documents(b'{"a":1}\n{"b":"\xff"}', depth=200)
    assert isinstance(flaw, ParseError)
    assert flaw.span == Span(2, 7, 2, 7)


def test_a_million_brackets_are_answered_without_recursion() -> None:
    (flaw,) = split_documents(b"[" * 1_000_000, depth=200)
    assert isinstance(flaw, ParseError)


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


@given(st.text("aé日😀\\", max_size=4), st.text("bü語🙂\\", max_size=4))
def test_columns_of_compact_text_count_characters_of_any_script(key: str, text: str) -> None:
    held = {"é" + key: text, "last": "x"}
    source = compact({key: text, "held": held})
    document = parse_json(source, depth=10)
    assert isinstance(document, JsonDocument)
    spans = document.locate([("held", "last"), ("held", "é" + key)])
    line = source.decode()
    for path, span in spans.items():
        assert line[span.column - 1 : span.end_column - 1] == compact(held[str(path[-1])]).decode()
    assert len(spans) == 2


@pytest.mark.parametrize(
    "text",
    [
        "analytics.track({\n  userId: '019',\n  event: 'Item Purchased'\n});\n",
        "// how to track\nanalytics.track({})",
        "/* how */ const a = { b: 1 };",
        "curl https://api.segment.io/v1/track -d '{}'",
        "$ curl -X POST https://api.segment.io/v1/track",
        "#!/bin/sh\ncurl x",
        'import analytics\nanalytics.track("u", "E")\n',
        "await client.flush()",
    ],
)
def test_source_code_is_called_so(text: str) -> None:
    flaw = parse_json(text.encode(), depth=200)
    assert isinstance(flaw, ParseError)
    assert (flaw.message, flaw.cause) == ("invalid JSON: this is source code", "source-code")


@pytest.mark.parametrize("text", ['{"a": track()}', "// a comment\n{}", "track", '["curl "', "None", "x: y", "{a: 1}"])
def test_broken_json_is_not_called_source_code(text: str) -> None:
    flaw = parse_json(text.encode(), depth=200)
    assert isinstance(flaw, ParseError)
    assert flaw.message.startswith("invalid JSON: ")
    assert "source code" not in flaw.message


@given(st.text("/*# \n;curl{(.x'", max_size=60))
def test_any_text_is_told_from_source_code(text: str) -> None:
    flaw = parse_json(text.encode(), depth=200)
    if isinstance(flaw, ParseError):
        assert (flaw.cause == "source-code") == (flaw.message == SOURCE_CODE)


@pytest.mark.parametrize(
    "text",
    [
        r'{"a": {"ABC": 1}, "id": "\u0041BC"}',  # written in another way, and somebody else's key
        '{"x": ": ", "id": ": "}',  # what stands between two other strings is the same text
        '{"x": ", ", "y": 1, "id": ", "}',
        '{"id": "x", "id": "y"}',  # the last one counts
        '{"id": ""}',
        '{"ID": "id", "id": "ID"}',
    ],
)
def test_a_text_is_found_where_it_is_the_value(text: str) -> None:
    document = parse_json(text.encode(), depth=9)
    assert isinstance(document, JsonDocument)
    span = document.locate([("id",)])[("id",)]
    assert json.loads(text[span.column - 1 : span.end_column - 1]) == document.value["id"]
    assert text[: span.column - 1].endswith('"id": ')
