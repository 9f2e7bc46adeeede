"""YAML text: guarded, with the places of its values, and with values as its readers see them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from segkoch_lint.documents.document import InternalFailure, Note, ParseError, Scalar
from segkoch_lint.documents.yaml.document import NUMBER_1_2, YamlDocument, parse_yaml
from segkoch_lint.findings.position import Path, Span
from tests.documents.json.test_document import paths_of, text_at


def read(text: str | bytes) -> list[Any]:
    """Values of documents, messages of errors."""
    encoded = text.encode() if isinstance(text, str) else text
    found = list(parse_yaml(encoded, depth=200))
    assert not any(isinstance(each, InternalFailure) for each in found)
    return [
        each.message if isinstance(each, ParseError) else each.value
        for each in found
        if not isinstance(each, InternalFailure)
    ]


def one(text: str) -> YamlDocument:
    (document,) = parse_yaml(text.encode(), depth=200)
    assert isinstance(document, YamlDocument)
    return document


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("00000000", 0, "a number"),
        ("0123", 83, "a number"),
        ("1e5", 100000.0, "a number"),
        ("12E+5", 1200000.0, "a number"),
        ("0e123456", 0.0, "a number"),
        ("1_000", 1000, "a number"),
        ("12:30", 750, "a number"),
        ("NO", False, "a boolean"),
        ("off", False, "a boolean"),
        ("~", None, "null"),
        ("08", "08", ""),
        ('"0123"', "0123", ""),
        ("'NO'", "NO", ""),
        ("!!str 0123", "0123", ""),
        ("5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64", "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64", ""),
        (".inf", float("inf"), "a number"),
        (".nan", float("inf"), "a number"),
        ("1" * 5000, float("inf"), "a number"),
    ],
)
def test_an_unquoted_id_is_what_yaml_reads_and_has_a_note(text: str, value: Any, kind: str) -> None:
    document = one(f"id: {text}")
    assert document.value == {"id": value}
    remark = f"YAML reads this unquoted text as {kind}: put it in quotes."
    assert document.note(("id",)) == (Note(remark, text) if kind else None)


def test_an_empty_value_and_a_collection_have_no_note() -> None:
    document = one("a:\nb: {}")
    assert document.note(("a",)) is None
    assert document.note(("b",)) is None


def test_documents_of_a_stream_keep_their_lines() -> None:
    documents = list(parse_yaml(b"# first\na: 1\n---\n- b\n...\n%YAML 1.1\n---\nc: d\n", depth=200))
    spans = [d.locate([()])[()] for d in documents if isinstance(d, YamlDocument)]
    assert spans == [Span(2, 1, 2, 5), Span(4, 1, 4, 4), Span(8, 1, 8, 5)]


def test_documents_after_a_broken_one_are_read() -> None:
    assert read("a: 1\n---\nb: [1,\n---\nc: 3\n") == [
        {"a": 1},
        "invalid YAML: did not find expected node content",
        {"c": 3},
    ]


def test_an_empty_stream_holds_nothing() -> None:
    assert read("") == read("\n# only a comment\n") == []


BOMB = "a: &a [x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGE_BOMB = "a: &a {k: 1}\n" + "".join(
    f"{b}: &{b} {{<<: [{','.join(['*' + a] * 9)}]}}\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 1_000_000, "nest"),
        ("[" * 201 + "]" * 201, "deeper than 200 levels"),
        ("- " * 300 + "x", "deeper than 200 levels"),
        (BOMB, "many times larger"),
        (MERGE_BOMB, "many times larger"),
        ("a: &a 1\nb: [" + ",".join(["*a"] * 101) + "]", "more than 100 aliases"),
        ("&a [*a]", "an alias to the object around it"),
        ("a: !!python/object/apply:os.system [x]", "a tag that means nothing"),
        ("a: !own x", "a tag that means nothing"),
        ("a: !!set {x}", "a tag that means nothing"),
        ("a: !!bool foo", "no value of the type bool"),
        ('a: !!int ""', "no value of the type int"),
        ("a: 0x_", "no value of the type int"),
        ('a: "\\UFFFFFFFF"', "found invalid Unicode"),
        ("a: \x01", "the character U+0001 is not allowed"),
        ("\t- x", "cannot start any token"),
        ("a: b: c", "mapping values are not allowed"),
        ("<<: 5", "only mappings can be merged"),
        ("a: *nowhere", "undefined alias"),
        ('a: "never ends', "unexpected end of stream"),
    ],
)
def test_hostile_and_broken_text_is_an_error(text: str, message: str) -> None:
    (error,) = parse_yaml(text.encode(), depth=200)
    assert isinstance(error, ParseError)
    assert message in error.message


@pytest.mark.parametrize("after", ["", "\n", "\n\n", "\r\n", "  \n \t\n"])
@pytest.mark.parametrize("text", ["type: track\ncontext: {device: [", "type: track\ncontext: [", "é: [1]\nb: 'é"])
def test_something_missing_at_the_end_is_reported_after_the_last_value(text: str, after: str) -> None:
    (error,) = parse_yaml((text + after).encode(), depth=100)
    assert isinstance(error, ParseError)
    line = text.count("\n") + 1
    column = len(text.rsplit("\n", maxsplit=1)[-1]) + 1
    assert error.span == Span(line, column, line, column)


def test_an_empty_value_at_the_end_is_located_after_the_text_before_it() -> None:
    document = one("a: 1\nb:\n")
    assert document.locate([("b",)]) == {("b",): Span(2, 3, 2, 3)}
    _, last = parse_yaml(b"a: 1\n---\n\n", depth=100)
    assert isinstance(last, YamlDocument)
    assert last.locate([()]) == {(): Span(2, 4, 2, 4)}


def test_errors_never_quote_the_text() -> None:
    for text in (
        "a: *secret-0123456789abcdef",
        "!secret-0123456789abcdef!x y",
        "a: &b [*secret-0123456789abcdef-and-more]",
    ):
        assert "0123456789abcdef" not in "".join(map(str, read(text)))


def test_text_that_is_not_utf_8_is_an_error() -> None:
    assert read(b"a: \xff") == ["not valid UTF-8"]


def test_aliases_and_merges_within_measure_are_read() -> None:
    document = one(
        "base: &b {type: ios, id: x}\ndevice:\n  <<: *b\n  id: own\nlist: [*b, *b]\nboth: {<<: [{q: 1}, *b]}\n"
    )
    assert document.value["device"] == {"type": "ios", "id": "own"}
    assert document.value["list"][1] == {"type": "ios", "id": "x"}
    assert document.value["both"] == {"type": "ios", "id": "x", "q": 1}
    spans = document.locate([("device", "type"), ("device", "id"), ("both", "q"), ("both", "nope"), ("base", 0)])
    assert spans == {
        ("device", "type"): Span(1, 17, 1, 20),
        ("device", "id"): Span(4, 7, 4, 10),
        ("both", "q"): Span(6, 17, 6, 18),
    }


def test_keys_that_are_no_strings_become_their_text() -> None:
    assert one("1: a\ntrue: b\n? [x]\n: c\n? {y: z}\n: d\n").value == {
        "1": "a",
        "true": "b",
        "(a list)": "c",
        "(a mapping)": "d",
    }


def test_repeated_keys_are_found_with_their_places() -> None:
    document = one("a: {b: 1, b: 2}\nl:\n  - c: 1\n    c: 2\nx: &x {q: 1, q: 2}\ny: *x\n")
    assert document.repeated == [("a", "b"), ("l", 0, "c"), ("x", "q")]
    assert document.keys(("a", "b")) == [Span(1, 5, 1, 6), Span(1, 11, 1, 12)]
    assert document.locate([("a", "b")]) == {("a", "b"): Span(1, 14, 1, 15)}
    assert document.keys(("l", 0)) == []


def test_columns_count_code_points_and_lines_end_at_line_feeds_only() -> None:
    document = one('é: "ü😀"\nb: "x\u2028y"\nc: d\n')
    assert document.locate([("é",), ("c",)]) == {("é",): Span(1, 4, 1, 8), ("c",): Span(3, 4, 3, 5)}


def test_spans_end_with_the_content() -> None:
    document = one("a:\n  b: |\n    text\n    more\n\n  c: 'q'   # comment\n\n# end\nd: e\n")
    assert document.locate([("a", "b"), ("a", "c"), ("a",)]) == {
        ("a", "b"): Span(2, 6, 4, 9),
        ("a", "c"): Span(6, 6, 6, 9),
        ("a",): Span(2, 3, 6, 9),
    }


def scalars_of(document: YamlDocument, line: int, start: int, end: int) -> list[Scalar]:
    return [each for each in document.scalars(line, start, end) if isinstance(each, Scalar)]


def test_scalars_have_the_keys_of_their_values() -> None:
    document = one("device:\n  id: x\n  ids: [a, b]\n  on: yes\n  none: ~\n  n: 1\nz: &z w\ny: *z\n")
    scalars = [each for line in range(1, 8) for each in scalars_of(document, line, 0, 80)]
    assert [(scalar.parent, scalar.key, scalar.text) for scalar in scalars] == [
        ("device", "id", "x"),
        ("device", "ids", "a"),
        ("device", "ids", "b"),
        ("device", "n", "1"),
        (None, "z", "w"),
    ]
    assert [*map(str, document.lines(2, 2))] == ["  id: x"]


def test_only_the_scalars_near_a_range_of_a_long_line_are_returned() -> None:
    document = one("[a1, b2, c3, d4, e5]\n")
    assert [scalar.text for scalar in scalars_of(document, 1, 9, 11)] == ["b2", "c3", "d4"]
    assert [scalar.text for scalar in scalars_of(document, 1, 0, 2)] == ["a1", "b2"]


yaml_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=4), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(yaml_values, st.booleans())
def test_values_that_pyyaml_writes_are_read_and_located(value: Any, flow: bool) -> None:
    assume(not any(NUMBER_1_2.fullmatch(text) for text in re.findall(r"[^'\"\s]+", repr(value))))
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    (document,) = parse_yaml(text.encode(), depth=200)
    assert isinstance(document, YamlDocument)
    assert document.value == value
    everywhere: list[Path] = paths_of(value)
    spans = document.locate(everywhere)
    assert set(spans) == set(everywhere)
    for path, span in spans.items():
        expected = value
        for step in path:
            expected = expected[step]
        if isinstance(expected, int | str) and span.line == span.end_line:
            assert yaml.safe_load(text_at(text, span)) == expected


@given(st.text(st.sampled_from("ab:- \n{}[],&*!|>'\"#%?~<0\t"), max_size=25))
def test_no_text_raises(text: str) -> None:
    read(text)


@pytest.mark.parametrize("levels", [250, 1_100, 20_000])
def test_a_document_that_is_too_deep_has_its_place(levels: int) -> None:
    (error,) = parse_yaml(b"a: " + b"[" * levels + b"]" * levels, depth=200)
    assert isinstance(error, ParseError)
    assert (error.message, error.span) == ("nested deeper than 200 levels (limits.depth)", Span(1, 203, 1, 204))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 1e5", "1e5"),
        ("!!str 0123", "0123"),
        ("!!str NO", "NO"),
        ("&a !!str 1e5", "1e5"),
        ("1e5", 100000.0),
        ('"1e5"', "1e5"),
        ("!!float 1", 1.0),
        ('!!int "12"', 12),
        ("!!binary aGVsbG8=", "aGVsbG8="),
    ],
)
def test_a_tag_says_what_a_text_is(text: str, value: object) -> None:
    document = one(f"a: {text}\n")
    assert document.value == {"a": value}
    assert (document.note(("a",)) is not None) == (text == "1e5")


@pytest.mark.parametrize("text", ["2026-11-25", "2026-11-25T10:00:00.5Z", "2026-11-25 10:00:00 +01:00", "2026-02-30"])
def test_a_time_stays_the_text_that_it_is_written_as(text: str) -> None:
    (document,) = parse_yaml(f"timestamp: {text}\n".encode(), depth=9)
    assert isinstance(document, YamlDocument)
    assert document.value == {"timestamp": text}
    assert document.note(("timestamp",)) is None
