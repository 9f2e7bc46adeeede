"""`segkoch-lint check`: lint events."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.options import color_option, configuration_options, settings_of, wants_color, with_budgets
from segkoch_lint.errors import UsageError, nearest
from segkoch_lint.reporting import FORMATS, Outcome, Report, Style, open_report
from segkoch_lint.reporting.escaping import visible

if TYPE_CHECKING:
    from segkoch_lint.linting import Linter

_EPILOG = """\b
Examples:
  segkoch-lint check events/                      all fixtures below a folder
  segkoch-lint check --select KCH1 logs/*.gz      raw Segment logs, device rules only
  pbpaste | segkoch-lint check -                  a captured payload
  segkoch-lint check --budget KCH106=60% logs/    limited ad tracking in more than 60% of calls fails
  segkoch-lint check --output json:out.json .     a report for machines beside the text

\b
Exit status: 0 nothing counts, 1 findings, 2 asked wrongly, 3 nothing was checked, 4 incomplete."""


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@configuration_options
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="The least severity that fails the run; default: error.",
)
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="CODE=BUDGET",
    help="Let a rule's findings pass in this share of the delivered calls (60%, 0.1%), or in so many calls (20).",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="Format of standard output.",
)
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    metavar="FORMAT:PATH",
    help="Write a further report to a file; repeatable.",
)
@click.option("--statistics", is_flag=True, help="Show more figures.")
@click.option("--quiet", "-q", is_flag=True, help="Show the figures only, not the single findings.")
@click.option("--show-ids", is_flag=True, help="Show ids, addresses and keys instead of masking them.")
@click.option(
    "--max-findings", type=click.IntRange(min=0), metavar="N", help="Show N findings at most; all are counted."
)
@click.option("--allow-empty", is_flag=True, help="Let files, and runs, that hold no call pass.")
@click.option(
    "--stdin-filename", metavar="NAME", help="What to call standard input; its ending counts as a file's does."
)
@color_option
@click.option("--debug", is_flag=True, help="Show a traceback when the program itself fails.")
def command(
    paths: tuple[str, ...],
    *,
    fail_on: str | None,
    budgets: tuple[str, ...],
    form: str,
    outputs: tuple[str, ...],
    statistics: bool,
    quiet: bool,
    show_ids: bool,
    max_findings: int | None,
    allow_empty: bool,
    stdin_filename: str | None,
    color: str,
    debug: bool,  # noqa: ARG001 - read before the commands are, in running.py
    **configuration: Any,
) -> int:
    """Lint events: fixtures, captured payloads, raw logs.

    PATH is a file, a folder, a glob, or - for standard input; without one, the working directory. Files are
    recognised by what is in them: a call, a list of calls, a batch body, JSON Lines, YAML; also in gzip or zstandard.
    """
    from segkoch_lint.linting import Linter  # noqa: PLC0415 - validators and parsers take a while to import
    from segkoch_lint.policy.configuration import fail_on_of  # noqa: PLC0415
    from segkoch_lint.policy.outcome import exit_status, within_budgets  # noqa: PLC0415

    settings = with_budgets(settings_of(**configuration), budgets)
    if fail_on:
        settings = dataclasses.replace(settings, fail_on=fail_on_of(fail_on))
    if stdin_filename and "-" not in paths:
        raise UsageError("--stdin-filename names standard input, which is not read.", "Add - as a path.")
    style = Style(show_ids, wants_color(color, sys.stdout), statistics, quiet, max_findings)
    targets = _targets(outputs)
    shows_text = (form == "text" and not quiet) or any(name == "text" for name, _ in targets)
    excerpts, flaw_excerpts = _excerpts(style) if shows_text else (None, None)
    linter = Linter(settings, allow_empty=allow_empty, excerpts=excerpts, flaw_excerpts=flaw_excerpts)
    with ExitStack() as stack:
        reports = [open_report(form, sys.stdout, style)]
        reports += _further_reports(targets, dataclasses.replace(style, color=False, quiet=False), stack)
        _lint(linter, paths or (".",), stdin_filename, reports)
        within = within_budgets(linter.summary, linter.selection)
        status = exit_status(linter.summary, settings.fail_on, allow_empty=allow_empty, within=within)
        for report in reports:
            report.end(linter.summary, Outcome(status, linter.selection.budgets, within))
    _tell(linter)
    return status


def _lint(linter: Linter, paths: Sequence[str], stdin_filename: str | None, reports: Sequence[Report]) -> None:
    from segkoch_lint.cli.progress import Progress  # noqa: PLC0415

    with Progress(linter, paths) as progress:
        linter.on_progress = progress.show
        for finding in linter.paths(paths, stdin_filename=stdin_filename):
            progress.clear()
            for report in reports:
                report.finding(finding)


def _targets(outputs: Sequence[str]) -> list[tuple[str, str]]:
    targets = []
    for output in outputs:
        name, colon, path = output.partition(":")
        if not colon or not path:
            raise UsageError(f"--output {output}: FORMAT:PATH is expected.", f"FORMAT is one of {', '.join(FORMATS)}.")
        if name not in FORMATS:
            raise UsageError(f'--output {output}: no format is called "{name}".', nearest(name, FORMATS))
        targets.append((name, path))
    taken = [str(Path(path).resolve()) for _, path in targets]
    if len(set(taken)) < len(taken):
        raise UsageError("Two reports cannot go to the same file.")
    return targets


def _further_reports(targets: Sequence[tuple[str, str]], style: Style, stack: ExitStack) -> list[Report]:
    from segkoch_lint.reporting.writing import open_output  # noqa: PLC0415

    return [open_report(name, stack.enter_context(open_output(path)), style) for name, path in targets]


def _excerpts(style: Style) -> tuple[Any, Any]:
    from segkoch_lint.reporting.excerpts import excerpt, flaw_excerpt  # noqa: PLC0415

    return partial(excerpt, show_ids=style.show_ids), partial(flaw_excerpt, show_ids=style.show_ids)


def _tell(linter: Linter) -> None:
    """Say on standard error what the findings do not: what is no event file, and what could not be read."""
    summary = linter.summary
    for path, remark in summary.remarks:
        click.echo(f"{visible(path)}: {remark}", err=True)
    for path, reason in summary.unread:
        click.echo(f"Error: {visible(path)}: {visible(reason)}", err=True)
    if not summary.adds_up():
        click.echo("Error: the figures do not add up; please report this as a fault of segkoch-lint.", err=True)
