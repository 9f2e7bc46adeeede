"""`segkoch-lint rule`: explain rules."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.completion import complete_rules
from segkoch_lint.cli.options import color_option, configuration_options, settings_of, wants_color
from segkoch_lint.errors import OutputError, UsageError
from segkoch_lint.reporting.escaping import json_text, visible

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import Rule


@click.command()
@click.argument("names", nargs=-1, metavar="[CODE|NAME]...", shell_complete=complete_rules)
@click.option("--all", "every", is_flag=True, help="Explain all rules.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="Format of the output.",
)
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="With --all: write a Markdown page for each rule, and README.md, to this folder.",
)
@configuration_options
@color_option
def command(
    names: tuple[str, ...],
    *,
    every: bool,
    form: str,
    directory: Path | None,
    color: str,
    **configuration: Any,
) -> None:
    """Explain a rule: what it requires, why, which calls pass and which break it, and how to fix them.

    Without a code or name, list the rules.
    """
    from segkoch_lint.config.selection import Selection  # noqa: PLC0415
    from segkoch_lint.rules.catalogue import find  # noqa: PLC0415

    if every and names:
        raise UsageError("--all explains every rule; leave out the names.")
    if directory and not every:
        raise UsageError("--directory needs --all.")
    selection = Selection(settings_of(**configuration))
    if directory:
        _write_pages(directory, selection.documented)
    elif names or every:
        chosen = selection.documented if every else [find(selection.known, name) for name in names]
        click.echo(_explained(chosen, form, colored=wants_color(color, sys.stdout)), color=True)
    else:
        click.echo(_listed(selection.documented, form))


def _explained(rules: Sequence[Rule], form: str, *, colored: bool) -> str:
    from segkoch_lint.reporting.rule_pages import facts, page  # noqa: PLC0415

    if form == "json":
        return json_text([facts(rule) for rule in rules], indent=2)
    if form == "markdown":
        return _visible("\n".join(page(rule) for rule in rules).rstrip("\n"))
    return "\n\n".join(_plain(page(rule), colored=colored) for rule in rules).rstrip("\n")


def _plain(markdown: str, *, colored: bool) -> str:
    """Return a page for a terminal: headings in bold, examples indented, no markup."""
    lines: list[str] = []
    in_block = False
    for line in markdown.splitlines():
        if line.startswith("```"):
            in_block = not in_block
        elif in_block:
            lines.append(visible(f"    {line}"))
        elif line.startswith("#"):
            heading = visible(line.lstrip("# "))
            lines.append(click.style(heading, bold=True) if colored else heading)
        elif line.startswith("> "):
            lines.append(visible(f"    {line[2:]}"))
        else:
            lines.append(visible(line.replace("`", "").replace("<http", "http").removesuffix(">")))
    return "\n".join(lines)


def _listed(rules: Sequence[Rule], form: str) -> str:
    from segkoch_lint.reporting.rule_pages import facts, index  # noqa: PLC0415

    if form == "json":
        return json_text([facts(rule) for rule in rules], indent=2)
    if form == "markdown":
        return _visible(index(rules).rstrip("\n"))
    width = max((len(rule.name) for rule in rules), default=0)
    lines = (
        f"{rule.code}  {rule.name:<{width}}  {rule.severity}{'' if rule.status == 'stable' else f' ({rule.status})'}"
        for rule in rules
    )
    return _visible("\n".join(lines))


def _visible(text: str) -> str:
    """Return the text with control characters escaped, since rule files may come from a foreign repository."""
    return "\n".join(map(visible, text.split("\n")))


def _write_pages(directory: Path, rules: Sequence[Rule]) -> None:
    """Write all pages, and remove those of rules that do not exist any more.

    Raises:
        UsageError: a page would overwrite another file, for example a README.
        OutputError: a page cannot be written.
    """
    from segkoch_lint.reporting.rule_pages import file_name, index, page  # noqa: PLC0415

    pages = {file_name(rule): page(rule) for rule in rules} | {"README.md": index(rules)}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in pages:
            if not _is_free(directory / name):
                message = f"--directory {directory} would overwrite {name}, which is not a page of a rule."
                raise UsageError(message, "Name another folder.")
        for stale in directory.glob("KCH*.md"):
            if stale.name not in pages and _is_free(stale):
                stale.unlink()
        for name, text in pages.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{directory}: cannot be written: {error.strerror}") from error


def _is_free(path: Path) -> bool:
    """Return whether there is no file here, or only the page of a rule."""
    from segkoch_lint.reporting.rule_pages import is_rule_page  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            return is_rule_page(file.readline())
    except FileNotFoundError:
        return True
