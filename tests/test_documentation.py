"""The pages of the documentation: what they show is what the program does, and what they list is complete."""

from __future__ import annotations

import dataclasses
import json
import pkgutil
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from segkoch_lint import Settings, resources
from segkoch_lint.cli import cli
from segkoch_lint.config.file import load_settings
from tests.documentation import (
    PAGES,
    ROOT,
    RULE_PAGES,
    anchors,
    blocks,
    commands,
    links,
    matches,
    name_of,
    prose,
    run,
)

DOCS = ROOT / "docs"
CONTRIBUTING = DOCS / "contributing"
WIDTH = 100

WITH_COMMANDS = [page for page in PAGES if page.parent != CONTRIBUTING and blocks(page, "console")]


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


def test_every_member_of_an_envelope_file_is_documented() -> None:
    schema = resources.load("envelope")
    members = {*schema["properties"], *(f"calls.{each}" for each in schema["$defs"]["site"]["properties"])}
    assert members - first_cells("envelope-files.md") == set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the examples, as a reader has after cloning the repository."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_the_commands_of_a_page_print_what_it_shows(page: Path, folder: Path) -> None:
    for block in blocks(page):
        if block.title is not None:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            shown = commands(block)
            for command, output in zip(shown, run(shown, folder), strict=True):
                assert matches(command.output, output), f"$ {command.line}\n{output}"


def test_every_page_for_users_has_a_command_that_is_run() -> None:
    for_users = set(DOCS.glob("*.md")) - {DOCS / "benchmarks.md", DOCS / "plan-ci.md"}
    assert sorted(for_users - set(WITH_COMMANDS)) == []  # test_documented_ci.py runs the jobs of plan-ci.md


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n...\n", "a\nb\nc\n", True),
        ("a\n...\nc\n", "a\nc\n", True),
        ("...\nb\n", "a\nc\n", False),
        ("took ... s\n", "took 0.5 s\n", True),
        ("took ... s\n", "took 0.5\n1 s\n", False),
        ("", "", True),
        ("", "a\n", False),
    ],
)
def test_three_dots_match_any_text_and_any_lines(shown: str, output: str, same: bool) -> None:
    assert matches(shown, output) == same


def option_names(words: list[str]) -> set[str]:
    return {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_options_that_a_page_uses_exist(page: Path) -> None:
    lines = [line for block in blocks(page, "sh", "console", "yaml") for line in block.text.splitlines()]
    calls = [line for line in lines if re.match(r"(\$ |- run: |.*\| )?segkoch-lint ", line.strip())]
    for line in calls:
        words = shlex.split(line.partition("segkoch-lint ")[2].partition(" | ")[0], comments=True)
        command: click.Command = cli
        context = click.Context(cli)
        while words and isinstance(command, click.Group) and (inner := command.get_command(context, words[0])):
            command, words = inner, words[1:]
        known = {name for each in command.get_params(context) for name in each.opts}
        assert option_names(words) - known == set(), line


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_data_that_a_page_shows_can_be_parsed(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "json", "yaml", "toml"):
        if block.language == "json":
            json.loads(block.text)
        elif block.language == "yaml":
            yaml.safe_load(block.text)
        elif "tool" in tomllib.loads(block.text):
            (tmp_path / "pyproject.toml").write_text(block.text, encoding="utf-8")
            load_settings(tmp_path / "pyproject.toml")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_python_names_that_a_page_gives_exist(page: Path) -> None:
    for name in re.findall(r"`(segkoch_lint(?:\.[a-z_]+)+(?:\.[A-Z]\w+)?)`", page.read_text(encoding="utf-8")):
        assert pkgutil.resolve_name(name)


@pytest.mark.parametrize("page", [*PAGES, *sorted(RULE_PAGES.iterdir())], ids=name_of)
def test_prose_is_wrapped_at_the_same_width(page: Path) -> None:
    too_long = [f"{number}: {line}" for number, line in prose(page) if len(line) > WIDTH and " " in line[2:].strip()]
    assert too_long == []


def test_every_page_is_linked_from_the_readme_or_from_a_page_beside_it() -> None:
    linked = {(page.parent / target.partition("#")[0]).resolve() for page in PAGES for target in links(page)}
    assert [name_of(page) for page in PAGES if page not in linked and page.name != "README.md"] == []


def test_the_changelog_is_short_and_says_nothing_twice() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(set(lines)) == len(lines)
    for section in text.split("\n## ")[1:]:
        assert len(section.split()) < 800  # for users: what it does, by area; a merge may have brought back old text
