"""What the pages in docs/ say of configurations, settings and rule files, against the program."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint import Settings, resources
from tests.conftest import Ran

Program = Callable[..., Ran]

DOCS = Path(__file__).parents[1] / "docs"


def first_cells(page: str) -> set[str]:
    """Return what is in code style in the first cells of the tables of a page."""
    rows = re.findall(r"^\| (`[^|]*) \|", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_every_key_of_the_configuration_is_documented() -> None:
    schema = resources.load("configuration")["properties"]
    keys = {*schema, *(f"limits.{each}" for each in schema["limits"]["properties"])} - {"limits"}
    assert first_cells("configuration.md") == keys


def test_every_field_of_the_settings_is_documented() -> None:
    fields = {each.name for each in dataclasses.fields(Settings)} - {"origins"}
    assert fields - first_cells("library.md") == set()


def test_every_member_of_a_rule_file_is_documented() -> None:
    schema = resources.load("rule")["$defs"]
    members = {*schema["rule-file"]["properties"], *(f"rule.{each}" for each in schema["rule"]["properties"])}
    assert members - first_cells("rule-files.md") == {"rule"}


def test_the_documented_rule_file_finds_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    page = (DOCS / "rule-files.md").read_text(encoding="utf-8")
    text, arguments, shown = re.search(  # type: ignore[union-attr]  # a page without it fails the test
        r"```json\n(.*?)```.*?```console\n\$ segkoch-lint (.*?)\n(.*?)```", page, re.DOTALL
    ).groups()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "SHOP001.json").write_text(text, encoding="utf-8")
    order = json.loads(text)["examples"][0]
    del order["properties"]["currency"]
    (tmp_path / "order.json").write_text(json.dumps(order, indent=2), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = program(*arguments.split())
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.startswith(shown)
