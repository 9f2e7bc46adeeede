"""The lines of keys, against `tomllib` and texts made of known lines."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.key_lines import key_lines, line_of
from segkoch_lint.config.toml_text import toml_key, toml_value


def lines_of(tmp_path: Path, text: str, name: str = "segkoch-lint.toml") -> dict[tuple[str | int, ...], int]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return dict(key_lines(tmp_path / name))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\nb = 2\n", {("a",): 1, ("b",): 2}),
        ("\n# c = 1\n\n  a = 1", {("a",): 4}),
        ('a = """\nb = 1\n[c]\n"""\nd = 1\n', {("a",): 1, ("d",): 5}),
        ('a = """x""""\nb = 1\n', {("a",): 1, ("b",): 2}),
        ("a = '''\n\"\n'''\nd = 1\n", {("a",): 1, ("d",): 4}),
        ('a = "\\"["\nb = \'[\'\n', {("a",): 1, ("b",): 2}),
        ("a = [ # ]\n1,\n]\nb = 1\n", {("a",): 1, ("a", 0): 1, ("b",): 4}),
        ("a.b = 1\na.c = 2\n", {("a",): 1, ("a", "b"): 1, ("a", "c"): 2}),
        ('[a."b.c"]\nd = 1\n', {("a",): 1, ("a", "b.c"): 1, ("a", "b.c", "d"): 2}),
        (
            "[[a]]\nx = 1\n[[a]]\nx = 2\n[a.y]\nz = 1\n",
            {
                ("a",): 1,
                ("a", 0): 1,
                ("a", 0, "x"): 2,
                ("a", 1): 3,
                ("a", 1, "x"): 4,
                ("a", 1, "y"): 5,
                ("a", 1, "y", "z"): 6,
            },
        ),
        ("a = { b = { c = 1 } }\n", {("a",): 1, ("a", "b"): 1, ("a", "b", "c"): 1}),
        ("a = 1\r\nb = 2\r\n", {("a",): 1, ("b",): 2}),
        ("\ufeffa = 1\n", {("a",): 1}),
    ],
)
def test_each_key_of_toml_is_at_its_line(tmp_path: Path, text: str, expected: dict[Any, int]) -> None:
    assert lines_of(tmp_path, text) == expected


def test_yaml_has_the_lines_of_keys_and_items(tmp_path: Path) -> None:
    text = "# a comment\na:\n  b: 1\nc:\n  - d: 1\n  - d: 2\n"
    found = lines_of(tmp_path, text, ".segkoch-lint.yaml")
    assert found == {("a",): 2, ("a", "b"): 3, ("c",): 4, ("c", 0): 5, ("c", 0, "d"): 5, ("c", 1): 6, ("c", 1, "d"): 6}


def test_a_key_without_a_line_is_at_the_key_around_it() -> None:
    assert line_of(("a", "b", "c"), {("a",): 3}) == 3
    assert line_of(("b",), {("a",): 3}) is None


SCALARS = (
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | st.integers(-9, 9) | st.booleans()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
TABLES = st.dictionaries(st.text(max_size=6), st.dictionaries(st.text(max_size=6), VALUES, max_size=4), max_size=4)


@given(TABLES)
@settings(max_examples=150)
def test_what_is_written_as_toml_is_read_again_and_each_key_is_found(tables: dict[str, dict[str, Any]]) -> None:
    lines: list[str] = []
    expected: dict[tuple[str, ...], int] = {}
    for name, table in tables.items():
        lines += [f"[{toml_key(name)}]", "# a \"comment' ["]
        expected[name,] = len(lines) - 1
        for key, value in table.items():
            lines.append(f"{toml_key(key)} = {toml_value(value)}")
            expected[name, key] = len(lines)
    text = "\n".join(lines)
    assert tomllib.loads(text) == tables
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "segkoch-lint.toml")
        file.write_text(text, encoding="utf-8", newline="")
        found = key_lines(file)
    assert {path: found[path] for path in expected} == expected
