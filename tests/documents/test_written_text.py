"""A text is edited as it is written, in each format, and the result is read again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import Document, ParseError
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.json.rewritten import parse_relaxed_json
from segkoch_lint.documents.written_text import WrittenText
from segkoch_lint.documents.yaml.document import YamlDocument, parse_yaml
from segkoch_lint.findings.fix import Edit, new_text
from segkoch_lint.findings.position import Path, Span, value_at
from segkoch_lint.findings.text_edits import TextEdit, edited


def start_of(span: Span) -> tuple[int, int]:
    return span.line, span.column


def end_of(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


def offset(text: str, line: int, column: int) -> int:
    return sum(map(len, text.splitlines(keepends=True)[: line - 1])) + column - 1


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits by span."""
    return edited(
        text,
        [
            TextEdit(offset(text, *start_of(edit.span)), offset(text, *end_of(edit.span)), new_text(edit))
            for edit in edits
        ],
    )


def replaced(text: str, document: Document, path: Path, new: str, *, key: bool = False) -> str | None:
    """Return the text of a document after a string or key in it is replaced; None if it must not be edited."""
    written = document.written_text(path, key=key)
    old = str(path[-1]) if key else value_at(document.value, path)
    edits = None if written is None else written.edits(old, [TextEdit(0, len(old), new)])
    return None if edits is None else applied(text, edits)


def json_document(text: str) -> Document:
    document = parse_json(text.encode(), depth=50)
    assert not isinstance(document, ParseError)
    return document


def relaxed(text: str, *, json5: bool) -> Document:
    document = parse_relaxed_json(text.encode(), json5=json5, depth=50, values=1000)
    assert not isinstance(document, ParseError)
    return document


def yaml_document(text: str) -> YamlDocument:
    (document,) = parse_yaml(text.encode(), depth=50)
    assert isinstance(document, YamlDocument), document
    return document


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ('{"a": "iOS"}', '{"a": "ios"}'),
        ('{ "a" :"i\\u004fS" }\n', '{ "a" :"ios" }\n'),
        ('{"é": 1,\r\n "a": "iOS"}', '{"é": 1,\r\n "a": "ios"}'),
        ('{"a": "first", "a": "iOS"}', '{"a": "first", "a": "ios"}'),
    ],
)
def test_a_string_of_json_is_replaced(text: str, fixed: str) -> None:
    assert replaced(text, json_document(text), ("a",), "ios") == fixed


def test_a_key_of_json_is_replaced_unless_it_is_repeated() -> None:
    text = '{"x": {"user\\u005fid": 1}}'
    assert replaced(text, json_document(text), ("x", "user_id"), "userId", key=True) == '{"x": {"userId": 1}}'
    text = '{"x": {"user_id": 1, "user_id": 2}}'
    assert replaced(text, json_document(text), ("x", "user_id"), "userId", key=True) is None


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("{a: 'iOS',} // mine", "{a: 'ios',} // mine"),
        ("{a: 'i\\x4fS'}", '{a: "ios"}'),
        ('/* é */ {"a": "iOS",}', '/* é */ {"a": "ios",}'),
    ],
)
def test_a_string_of_json5_is_replaced(text: str, fixed: str) -> None:
    assert replaced(text, relaxed(text, json5=True), ("a",), "ios") == fixed


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("{x: {kochava: true}}", "{x: {Kochava: true}}"),
        ("{x: {'kochava': true}}", "{x: {'Kochava': true}}"),
        ('{x: {"kochava": true, /* so */}}', '{x: {"Kochava": true, /* so */}}'),
    ],
)
def test_a_key_of_json5_is_replaced(text: str, fixed: str) -> None:
    assert replaced(text, relaxed(text, json5=True), ("x", "kochava"), "Kochava", key=True) == fixed


def test_a_string_of_json_with_comments_is_replaced() -> None:
    text = '{\n  // the platform\n  "a": "iOS", // in capitals\n}\n'
    assert replaced(text, relaxed(text, json5=False), ("a",), "ios") == text.replace("iOS", "ios")


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("a: iOS # platform\n", "a: ios # platform\n"),
        ("a: 'iOS'\r\nb: 1\r\n", "a: 'ios'\r\nb: 1\r\n"),
        ('{a: "iOS"}', '{a: "ios"}'),
        ('a: "i\\x4fS"', 'a: "ios"'),
        ("a:\n  iOS\nb: 1\n", "a:\n  ios\nb: 1\n"),
        ("? a\n: iOS\n", "? a\n: ios\n"),
        ("a: i\n  OS\nb: 1\n", 'a: "ios"\nb: 1\n'),
    ],
)
def test_a_scalar_of_yaml_is_replaced(text: str, fixed: str) -> None:
    assert replaced(text, yaml_document(text), ("a",), "ios") == fixed


@pytest.mark.parametrize(
    ("block", "rest"),
    [("|\n  iOS", "\nb: 1\n"), (">-\r\n  iOS", "\r\nb: 1\r\n"), ("|2+\n   iOS", "\n\n# out\nb: 1\n"), ("|\n  iOS", "")],
)
def test_a_block_of_yaml_becomes_a_quoted_scalar(block: str, rest: str) -> None:
    text = f"a: {block}{rest}"
    assert replaced(text, yaml_document(text), ("a",), "ios") == f'a: "ios"{rest}'


@pytest.mark.parametrize(
    "text",
    [
        "a: &type iOS\nb: *type\n",
        "a: !!str iOS\n",
        "a: | # a comment\n  iOS\n",
        "x: &base {a: iOS}\n<<: *base\n",
        "\ufeffa: iOS\n",
    ],
)
def test_a_scalar_of_yaml_that_means_more_is_not_replaced(text: str) -> None:
    document = yaml_document(text)
    assert value_at(document.value, ("a",)).strip() == "iOS"
    assert replaced(text, document, ("a",), "ios") is None


def test_a_scalar_inside_of_what_an_alias_repeats_is_not_replaced() -> None:
    text = "a: &device {type: iOS}\nb: *device\nc: {type: iOS}\n"
    document = yaml_document(text)

    assert replaced(text, document, ("a", "type"), "ios") is None
    assert replaced(text, document, ("b", "type"), "ios") is None
    assert replaced(text, document, ("c", "type"), "ios") == text.replace("c: {type: iOS}", "c: {type: ios}")


def test_a_key_of_yaml_is_replaced() -> None:
    text = "integrations:\n  kochava: false # off\n"
    fixed = replaced(text, yaml_document(text), ("integrations", "kochava"), "Kochava", key=True)
    assert fixed == text.replace("kochava", "Kochava")


@pytest.mark.parametrize("new", ["yes", "null", "12", "1e5", "a: b", "- a", "", "\x07"])
def test_a_plain_scalar_that_would_mean_something_else_is_quoted(new: str) -> None:
    fixed = replaced("a: iOS\n", yaml_document("a: iOS\n"), ("a",), new)
    assert fixed is not None
    assert yaml.safe_load(fixed) == {"a": new}


VALUES = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \t'\"\\#:-,{}é"), max_size=8)


@given(VALUES, VALUES, st.booleans(), st.sampled_from(["{}", '{{"b": [1], "a": {}}}', ' {{"a":{}}}\n']))
def test_json_means_the_same_but_for_the_string(old: str, new: str, is_ascii: bool, layout: str) -> None:
    layout = layout if layout != "{}" else '{{"a": {}}}'
    text = layout.format(json.dumps(old, ensure_ascii=is_ascii))
    fixed = replaced(text, json_document(text), ("a",), new)

    assert fixed is not None
    assert json.loads(fixed) == {**json.loads(text), "a": new}


@given(VALUES, VALUES, st.sampled_from([None, "'", '"', "|", ">"]), st.booleans())
def test_yaml_means_the_same_but_for_the_scalar(old: str, new: str, style: str | None, is_flow: bool) -> None:
    value: Any = {"x": [old, 1], "a": old, "z": old}
    text = yaml.safe_dump(value, default_style=style, default_flow_style=is_flow, allow_unicode=True, sort_keys=False)
    documents = list(parse_yaml(text.encode(), depth=50))
    if len(documents) != 1 or not isinstance(documents[0], YamlDocument) or documents[0].value != value:
        return
    fixed = replaced(text, documents[0], ("a",), new)

    assert fixed is None or yaml.safe_load(fixed) == {**value, "a": new}


def test_a_text_that_is_not_edited_as_it_should_be_is_refused() -> None:
    class Broken:
        def offsets(self, written: str) -> Sequence[int]:
            return range(len(written) + 1)

        def read(self, written: str) -> str | None:
            return None

        def write(self, text: str, written: str) -> str:
            return text

    written = WrittenText("iOS", (0, 3), Broken(), lambda part: Span(1, part[0] + 1, 1, part[1] + 1))

    assert written.edits("iOS", [TextEdit(0, 3, "ios")]) is None


def test_columns_are_also_counted_in_bytes() -> None:
    text = '{"é": 1,\n "é": "é", "a": "éOS"}'
    written = json_document(text).written_text(("a",))
    assert written is not None
    (edit,) = written.edits("éOS", [TextEdit(1, 2, "o")]) or ()

    assert (edit.span.column, edit.byte_columns) == (19, (22, 23))


def test_columns_in_bytes_are_unknown_if_the_document_begins_in_a_line() -> None:
    document = parse_json(b'{"a": "iOS"}', line=1, column=9, depth=9)
    assert not isinstance(document, ParseError)
    written = document.written_text(("a",))
    assert written is not None
    (edit,) = written.edits("iOS", [TextEdit(1, 3, "os")]) or ()

    assert (edit.span, edit.byte_columns) == (Span(1, 17, 1, 19), None)


def test_escapes_beside_an_edit_stay() -> None:
    text = r'{"a": "\ud83d\ude00 \u00e9\t\/x\n"}'
    document = json_document(text)
    value = document.value["a"]
    written = document.written_text(("a",))
    assert written is not None
    edits = written.edits(value, [TextEdit(len(value) - 2, len(value) - 1, "X"), TextEdit(3, 4, "")]) or ()

    assert applied(text, edits) == r'{"a": "\ud83d\ude00 \u00e9\/X\n"}'
