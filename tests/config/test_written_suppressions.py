"""Suppressions as they are written in the configuration and in comments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from segkoch_lint.config.file import load_settings
from segkoch_lint.config.written_suppressions import CommentedSuppression, ConfiguredSuppression
from segkoch_lint.errors import UsageError

TOML = """
[[suppress]]
path = "fixtures/"
pointer = "/batch/*/context"
codes = ["KCH104", "missing-device"]
reason = "  they test\\n missing devices "
until = 2027-01-31

[[suppress]]
codes = ["KCH1"]
reason = "all of it"
"""

YAML = """
suppress:
- path: fixtures/
  pointer: /batch/*/context
  codes: [KCH104, missing-device]
  reason: they test missing devices
  until: 2027-01-31
- {codes: [KCH1], reason: all of it}
"""

EXPECTED = (
    ConfiguredSuppression(
        ("KCH104", "missing-device"),
        "they test missing devices",
        "fixtures/",
        "/batch/*/context",
        date(2027, 1, 31),
    ),
    ConfiguredSuppression(("KCH1",), "all of it"),
)


@pytest.mark.parametrize(("name", "text"), [("segkoch-lint.toml", TOML), (".segkoch-lint.yaml", YAML)])
def test_entries_are_read_from_toml_and_yaml(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert load_settings(tmp_path / name).suppress == EXPECTED


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('codes = ["KCH104"]', 'suppress[0] lacks "reason".'),
        ('codes = ["KCH104"]\nreason = " "', 'suppress[0].reason is " "; a text like "the vendor fixes it in May"'),
        ('reason = "x"', 'suppress[0] lacks "codes".'),
        ('codes = []\nreason = "x"', "suppress[0].codes is an empty list"),
        ('codes = ["KCH1"]\nreason = "x"\npointer = "context"', 'suppress[0].pointer is "context", which is not'),
        ('codes = ["KCH1"]\nreason = "x"\npointer = "/a~2"', 'suppress[0].pointer is "/a~2", which is not'),
        ('codes = ["KCH1"]\nreason = "x"\nuntil = "2027-02-30"', 'suppress[0].until is "2027-02-30", which is not'),
        ('codes = ["KCH1"]\nreason = "x"\nuntil = 2027-01-31T10:00:00', "suppress[0].until is a date or time"),
        ('codes = ["KCH1"]\nreason = "x"\nuntil = 2027', "suppress[0].until is a whole number; a string"),
        ('codes = ["KCH1"]\nreason = "x"\ncode = "KCH1"', 'in suppress[0]: unknown key "code".'),
    ],
)
def test_a_wrong_entry_is_a_usage_error_with_its_place(tmp_path: Path, entry: str, problem: str) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text(f"[[suppress]]\n{entry}\n")
    with pytest.raises(UsageError) as error:
        load_settings(file)
    assert str(error.value).startswith(f"{file}: {problem}")


@pytest.mark.parametrize(
    ("pattern", "pointer", "applies"),
    [
        ("/context", "/context", True),
        ("/context", "/context/device/id", True),
        ("/context", "/contexts", False),
        ("/context", "/0/context", False),
        ("/*/context", "/0/context", True),
        ("/*/context", "/0/1/context", False),
        ("/**/id", "/id", True),
        ("/**/id", "/batch/3/context/device/id", True),
        ("/**/id", "/batch/3/context/device/ids", False),
        ("/a.b/*", "/a.b/c", True),
        ("/a.b", "/axb", False),
        ("/a~1b", "/a~1b", True),
        ("/body", "/body → /context/device", True),
        ("/body → /context", "/body → /context/device", True),
        ("/x", "", False),
    ],
)
def test_a_pointer_is_that_of_the_value_or_of_something_around_it(pattern: str, pointer: str, applies: bool) -> None:
    compiled = ConfiguredSuppression(("KCH1",), "r", pointer=pattern).pattern()
    assert compiled is not None
    assert bool(compiled.match(pointer)) is applies


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ignore[KCH104] reason", CommentedSuppression(("KCH104",), "reason", whole_file=False)),
        ("ignore[ KCH104 , KCH1 ]: a reason", CommentedSuppression(("KCH104", "KCH1"), "a reason", whole_file=False)),
        ("ignore-file [KCH1] -- the reason", CommentedSuppression(("KCH1",), "the reason", whole_file=True)),
        ("ignore-file all is made up", CommentedSuppression(("ALL",), "all is made up", whole_file=True)),
    ],
)
def test_a_comment_names_codes_and_a_reason(text: str, expected: CommentedSuppression) -> None:
    assert CommentedSuppression.of(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ignore[KCH104]", "no reason"),
        ("ignore[KCH104] - ", "no reason"),
        ("ignore-file", "no reason"),
        ("ignore reason", "no rule"),
        ("ignore[] reason", "no rule"),
        ("ignore-file[] reason", "no rule"),
        ("ignored[KCH104] reason", "neither"),
        ("ignore-line[KCH104] reason", "neither"),
        ("", "neither"),
    ],
)
def test_a_comment_that_means_nothing_is_an_error(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        CommentedSuppression.of(text)
