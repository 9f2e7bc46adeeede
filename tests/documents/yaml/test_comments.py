"""Comments in YAML that are addressed to the program."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.line_table import LineTable
from segkoch_lint.documents.yaml.comments import Comment, comments_in
from segkoch_lint.documents.yaml.document import YamlDocument, parse_yaml


def comments(text: str) -> list[Comment]:
    return list(comments_in(text, LineTable(text, 1)))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1  # segkoch-lint: x\nb: 2\n", {1}),
        ("# segkoch-lint: x\na: 1\n", {2}),
        ("a:\n  # segkoch-lint: x\n\n  # more\n  b: 1\n", {5}),
        ("a:  # segkoch-lint: x\n\n  b: 1\n", {1, 3}),
        ("-  # segkoch-lint: x\n  a: 1\n", {1, 2}),
        ("a: [1, # segkoch-lint: x\n  2]\n", {1}),
        ("a: 1\n# segkoch-lint: x\n", set()),
        ("a: 1  # noqa # segkoch-lint: x\n", {1}),
        ("a: |\n  text\n# segkoch-lint: x\nb: 1\n", {4}),
        ("é: 'ü'  # segkoch-lint: x\r\nb: 1\r\n", {1}),
    ],
)
def test_a_comment_is_about_its_line_or_the_next_value(text: str, lines: set[int]) -> None:
    (found,) = comments(text)
    assert (found.text, set(found.lines)) == ("x", lines)
    line = text.splitlines()[found.line - 1]
    assert line[found.column - 1 :].startswith("#")


@pytest.mark.parametrize(
    "text",
    [
        'a: "# segkoch-lint: x"\n',
        "a: '\n  # segkoch-lint: x\n  '\n",
        "a: |\n  # segkoch-lint: x\n",
        "a: >-\n  text\n  # segkoch-lint: x\n",
        "a: b#segkoch-lint: x\n".replace(": x", ":x"),
        "a: 1 # a remark on segkoch-lint: x\n",
        "a: 1 # segkoch-lint ignore\n",
    ],
)
def test_text_that_is_no_comment_is_not_read_as_one(text: str) -> None:
    assert comments(text) == []


@pytest.mark.parametrize(
    ("text", "at_head"),
    [
        ("# segkoch-lint: x\na: 1\n", True),
        ("%YAML 1.1\n# segkoch-lint: x\n---\n# y\na: 1\n", True),
        ("---\n# segkoch-lint: x\na: 1\n", True),
        ("- # segkoch-lint: x\n  a: 1\n", False),
        ("a: 1 # segkoch-lint: x\n", False),
    ],
)
def test_the_head_is_what_is_before_the_first_value(text: str, at_head: bool) -> None:
    assert [each.at_head for each in comments(text)] == [at_head]


def test_each_comment_of_a_stream_is_in_one_document() -> None:
    text = b"# segkoch-lint: a\nx: 1\n---\ny: 1  # segkoch-lint: b\n--- # segkoch-lint: c\nz: 1\n"
    found = [each for each in parse_yaml(text, depth=9) if isinstance(each, YamlDocument)]
    assert [each.value for each in found] == [{"x": 1}, {"y": 1}, {"z": 1}]
    assert [[(c.text, c.line, c.at_head) for c in each.comments] for each in found] == [
        [("a", 1, True)],
        [("b", 4, False)],
        [("c", 5, False)],
    ]


VALUES = st.recursive(
    st.none()
    | st.integers(0, 9)
    | st.text(st.sampled_from("a#: -\n\"'|>"), max_size=12).map("# segkoch-lint: {}".format),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(VALUES, st.sampled_from([None, True, False]), st.sampled_from([None, '"', "'", "|", ">"]))
def test_no_string_is_read_as_a_comment(value: object, flow: bool | None, style: str | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, default_style=style)
    assert comments(text) == []
    commented = comments(f"# segkoch-lint: head\n{text}# segkoch-lint: foot\n" if not text.endswith("...\n") else "")
    assert [each.text for each in commented] in ([], ["head", "foot"])
