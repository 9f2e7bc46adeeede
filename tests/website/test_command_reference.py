"""The page of all commands, which is written from the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from segkoch_lint.cli import cli
from website.command_reference import page

ROOT = Path(__file__).parents[2]
RENEW = "run: python -m website.command_reference > docs/commands.md"


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, click.Context(inner, info_name=name, parent=context))


COMMANDS = dict(commands(cli, click.Context(cli, info_name="segkoch-lint")))


def section(path: str) -> str:
    return page().partition(f"\n## {path}\n")[2].partition("\n## ")[0]


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == page(), RENEW


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_its_usage_and_all_of_its_options(path: str) -> None:
    text = section(path)
    assert f"```text\n{path} [OPTIONS]" in text
    for parameter in COMMANDS[path].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert f"- {', '.join(f'`{name}`' for name in parameter.opts)}" in text
    assert "- `-h`, `--help`: Show this message and exit." in text


def test_choices_defaults_and_values_are_shown() -> None:
    text = section("segkoch-lint rule")
    assert "- `--format`, `-f` `text`, `markdown`, `json`: Format of the output. Default: `text`." in text
    assert "- `--config` `FILE`: " in text


def test_code_in_help_texts_is_marked_and_other_characters_mean_nothing() -> None:
    text = " ".join(section("segkoch-lint check").split())
    assert "JSON Pointer (`/segment`), with \\* for all items of a list (`/records/*/body`)" in text
    assert "auto obeys `NO_COLOR` and `FORCE_COLOR`" in text
    assert "`KCH106=60%,min-calls=1000` does not judge" in text


def test_examples_stay_as_they_are_written() -> None:
    text = section("segkoch-lint check")
    assert "\n```text\nsegkoch-lint check events/                      all fixtures in a folder\n" in text
    assert text.endswith("\nExit status: 0 clean, 1 findings, 2 usage error, 3 nothing was checked, 4 incomplete.\n")
