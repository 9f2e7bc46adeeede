"""JSON with comments and JSON5, made into strict JSON."""

from __future__ import annotations

import json

import pytest

from segkoch_lint.documents.json.relaxed import OpenCommentError, to_strict_json

# Each text of JSON5, and what it means: the examples of https://spec.json5.org, in words of our own.
JSON5 = [
    ("{a: 1}", {"a": 1}),
    ("{$a_1: 1, \u00e9t\u00e9: 2, null: 3}", {"$a_1": 1, "\u00e9t\u00e9": 2, "null": 3}),
    (r"{\u0061b: 1}", {"ab": 1}),
    ("['it', \"is\"]", ["it", "is"]),
    (r"""['it\'s', "it\'s", 'a "b"']""", ["it's", "it's", 'a "b"']),
    (r"['\x41\v\0\q\/\u0042\n']", ["A\v\0q/B\n"]),
    ("['one \\\nline', 'and \\\r\nanother']", ["one line", "and another"]),
    ("['\t']", ["\t"]),
    ("[0x1F, -0XaB, +0x1]", [31, -171, 1]),
    ("[.5, 5., +1, -.5e3, 5.E-1, 1e2, -0]", [0.5, 5.0, 1, -500.0, 0.5, 100.0, 0]),
    ("[1, [], {a: 1,},]", [1, [], {"a": 1}]),
    ("// a, 'b\n[1, /* 2, */ 3] // {", [1, 3]),
    ("/**/[/***/]/*//*/", []),
    ("['// no comment', \"/* nor this */\"]", ["// no comment", "/* nor this */"]),
    ("\ufeff[\u00a0\f1\v,\u20282]\u00a0", [1, 2]),
    ("[true, false, null, 'x']", [True, False, None, "x"]),
]


@pytest.mark.parametrize(("text", "value"), JSON5)
def test_json5_means_what_its_specification_says(text: str, value: object) -> None:
    made, _ = to_strict_json(text, json5=True)

    assert json.loads(made) == value


def test_json_with_comments_keeps_every_offset() -> None:
    text = '// "a", \u00e9\r\n{"a": [1, 2, /* 3,\n*/], "b": "// c",}\n'

    made, places = to_strict_json(text, json5=False)

    assert json.loads(made) == {"a": [1, 2], "b": "// c"}
    assert (len(made), made.count("\n")) == (len(text), text.count("\n"))
    assert places.to_source((3, 7)) == (3, 7)


@pytest.mark.parametrize("json5", [False, True])
@pytest.mark.parametrize(
    "text",
    ["[,]", "{,}", "[1,,]", '{"a": 1,,}', '{"a",}', "[1 2]", "[1], 2", '{"a" 1}', '["a\nb"]', '["a', r'["\1"]', "[+]"]
    + ["[1a]", "[0x]", "[.]", "[08]", "{1a: 2}", "[NaN", "#\n[]", "[/]", "[1/]", "[truE]", '{"a": b}'],
)
def test_what_is_wrong_in_each_of_them_stays_wrong(text: str, json5: bool) -> None:
    made, _ = to_strict_json(text, json5=json5)

    with pytest.raises(json.JSONDecodeError):
        json.loads(made)


@pytest.mark.parametrize(
    "text", ["{a: 1}", "['a']", "[+1]", "[.5]", "[0x1]", r'["\x41"]', '["\t"]', '["a\\\nb"]', "\f[]"]
)
def test_json_with_comments_has_nothing_else_of_json5(text: str) -> None:
    assert to_strict_json(text, json5=False)[0] == text


@pytest.mark.parametrize("text", ["/*", "[1] /* a *", "[1, /*/ 2]"])
def test_a_comment_has_to_end(text: str) -> None:
    for json5 in (False, True):
        with pytest.raises(OpenCommentError) as raised:
            to_strict_json(text, json5=json5)

        assert raised.value.extent == (text.index("/*"), text.index("/*") + 2)


@pytest.mark.parametrize(
    "unit", ["/*", "//", "[", ",/**/", "'", "'\\", '"', '"\\', "/", "*/", " ,", "{a:", "0x1", "\u2028", "a\\u00"]
)
def test_repeated_fragments_are_gone_through_once(unit: str) -> None:
    text = unit * (200_000 // len(unit))  # what is not linear takes minutes

    for json5 in (False, True):
        try:
            made, places = to_strict_json(text, json5=json5)
        except OpenCommentError:
            continue
        assert places.to_source((0, len(made))) == (0, len(text))
