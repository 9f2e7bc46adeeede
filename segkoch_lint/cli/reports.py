"""The options of commands that report findings, and the reports that these ask for."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.completion import complete_outputs
from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.options import Command, color_option, configuration_file, settings_of, wants_color
from segkoch_lint.errors import UsageError, nearest
from segkoch_lint.findings.redaction.masking import mask_shapes, shown_path
from segkoch_lint.reporting import FORMATS, ReportOptions, RunResult

if TYPE_CHECKING:
    from pathlib import Path

    from segkoch_lint.cli.outputs import Target
    from segkoch_lint.config.budgets import Budget
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.documents.document import Document, ParseError
    from segkoch_lint.findings.finding import Finding, Snippet
    from segkoch_lint.findings.position import Span
    from segkoch_lint.findings.summary import Summary


def report_options(checked: str) -> Callable[[Command], Command]:
    """Add the options that say what counts and how it is shown; *checked* is what inputs are expected to hold."""
    options = (
        click.option(
            "--fail-on",
            type=click.Choice(["error", "warning", "info", "never"]),
            help="The least severity that fails the run; default: error.",
        ),
        click.option(
            "--format",
            "-f",
            "form",
            type=click.Choice(list(FORMATS)),
            default="text",
            show_default=True,
            help="Format of standard output.",
        ),
        click.option(
            "--output",
            "-o",
            "outputs",
            multiple=True,
            metavar="FORMAT:PATH",
            shell_complete=complete_outputs,
            help="Write a further report to a file; repeatable.",
        ),
        click.option("--statistics", is_flag=True, help="Show more figures."),
        click.option("--quiet", "-q", is_flag=True, help="In text, show the figures only."),
        click.option("--show-ids", is_flag=True, help="Show ids, addresses and keys instead of masking them."),
        click.option(
            "--max-findings", type=click.IntRange(min=0), metavar="N", help="Show N findings at most; all are counted."
        ),
        click.option("--allow-empty", is_flag=True, help=f"Let files, and runs, that hold no {checked} pass."),
        color_option,
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def debug_option(command: Command) -> Command:
    """Add ``--debug``; it is read before the commands are, in running.py."""
    option = click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_note_debug,
        help="Show a traceback when the program itself fails.",
    )
    return option(command)


def _note_debug(context: click.Context, _parameter: click.Parameter, debug: bool) -> None:
    if debug:
        context.find_root().obj["debug"] = True


def with_fail_on(settings: Settings, name: str | None) -> Settings:
    """Return the settings with the severity of ``--fail-on``, if it was given."""
    from segkoch_lint.config.file import fail_on_of  # noqa: PLC0415 - the validator takes a while to import

    return dataclasses.replace(settings, fail_on=fail_on_of(name)) if name else settings


def targets_of(outputs: Sequence[str]) -> list[Target]:
    """Return what ``--output`` asks for.

    Raises:
        UsageError: it names no format, or no file.
    """
    targets = []
    for output in outputs:
        name, colon, path = output.partition(":")
        if not colon or not path:
            raise UsageError(f"--output {output}: FORMAT:PATH is expected.", f"FORMAT is one of {', '.join(FORMATS)}.")
        if name not in FORMATS:
            raise UsageError(f'--output {output}: no format is called "{name}".', nearest(name, FORMATS))
        if path == "-":
            raise UsageError(
                f"--output {output}: a file is expected; standard output is the place of --format {name}.",
                "A file that is called - is ./- here.",
            )
        targets.append((name, path))
    return targets


def protect_inputs(
    targets: Sequence[Target],
    paths: Sequence[str],
    settings: Settings,
    *,
    config: Path | None,
    isolated: bool,
) -> None:
    """Refuse to write a report over what the run reads.

    Args:
        targets: the reports.
        paths: files, folders and globs that are read.
        settings: the configuration, with its folders of rule files.
        config, isolated: which configuration file was asked for.

    Raises:
        UsageError: something would be lost.
    """
    if not targets:
        return
    from segkoch_lint.cli.overwrite_check import Inputs, Output, refuse_overwriting  # noqa: PLC0415

    outputs = [Output(path, f"--output {name}:{path}") for name, path in targets]
    refuse_overwriting(outputs, Inputs(paths, configuration_file(config, isolated=isolated), settings.rules))


def snippets_for(form: str, style: ReportOptions, targets: Sequence[Target]) -> tuple[Any, Any]:
    """Return what makes the lines around findings and flaws, or None twice when no report shows them."""
    in_text = (form == "text" and not style.quiet) or any(name == "text" for name, _ in targets)
    if not in_text or style.max_findings == 0:
        return None, None
    return partial(_snippet, show_ids=style.show_ids), partial(_error_snippet, show_ids=style.show_ids)


def _snippet(document: Document, span: Span, *, show_ids: bool) -> Snippet | None:
    from segkoch_lint.reporting.snippets import snippet  # noqa: PLC0415 - only a finding has lines to show

    return snippet(document, span, show_ids=show_ids)


def _error_snippet(flaw: ParseError, *, show_ids: bool) -> Snippet | None:
    from segkoch_lint.reporting.snippets import error_snippet  # noqa: PLC0415 - only a finding has lines to show

    return error_snippet(flaw, show_ids=show_ids)


@dataclasses.dataclass(frozen=True, slots=True)
class RunOptions:
    """What the options say of how a run reports.

    Attributes:
        settings: the configuration with the options on top.
        form: the format of standard output.
        style: how it looks.
        targets: further reports.
        allow_empty: whether a run over nothing passes.
    """

    settings: Settings
    form: str
    style: ReportOptions
    targets: Sequence[Target]
    allow_empty: bool

    def snippets(self) -> tuple[Any, Any]:
        """Return what makes the lines around findings and flaws, or None twice when no report shows them."""
        return snippets_for(self.form, self.style, self.targets)

    def report(self, findings: Iterable[Finding], summary: Summary, *, max_blocked: Budget | None = None) -> int:
        """Report findings as they come, and the figures they leave in *summary*; return the exit status.

        Args:
            findings: the findings.
            summary: the figures.
            max_blocked: how many of the useful calls of a replay may be blocked; None for any number.
        """
        from segkoch_lint.cli.outputs import open_reports  # noqa: PLC0415 - `--help` needs none of it
        from segkoch_lint.config.exit_status import exit_status  # noqa: PLC0415

        with open_reports(self.form, self.style, self.targets) as reports:
            waiting = iter(findings)
            first = list(islice(waiting, 1))  # the figures that a report begins with are known as soon as it is
            reports.begin(summary)
            for finding in chain(first, waiting):
                reports.finding(finding)
            fail_on, allow_empty = self.settings.fail_on, self.allow_empty
            status = exit_status(summary, fail_on, allow_empty=allow_empty, max_blocked=max_blocked)
            status = reports.end(summary, RunResult(status, max_blocked=max_blocked))
        tell(summary)
        return status


def reporting_of(
    paths: Sequence[str],
    *,
    fail_on: str | None,
    form: str,
    outputs: Sequence[str],
    statistics: bool,
    quiet: bool,
    show_ids: bool,
    max_findings: int | None,
    allow_empty: bool,
    color: str,
    **configuration: Any,
) -> RunOptions:
    """Return what the options of `report_options` and `configuration_options` say together.

    Args:
        paths: what the run reads, so that no report is written over it.

    Raises:
        UsageError: an option or the configuration is wrong.
    """
    settings = with_fail_on(settings_of(**configuration), fail_on)
    style = ReportOptions(show_ids, wants_color(color, sys.stdout), statistics, quiet, max_findings)
    targets = targets_of(outputs)
    protect_inputs(targets, paths, settings, config=configuration["config"], isolated=configuration["isolated"])
    return RunOptions(settings, form, style, targets, allow_empty)


def tell(summary: Summary) -> None:
    """Say on standard error what the findings do not: what an input is instead, and what could not be read."""
    for path, remark in summary.remarks:
        print_note(f"Note: {_name(path)}: {remark}")
    for path, reason in summary.unread:
        print_note(f"Error: {_name(path)}: {reason}")
    _tell_internal_errors(summary)
    if not summary.adds_up():
        print_note("Error: the figures do not add up; please report this as a fault of segkoch-lint.")


def _tell_internal_errors(summary: Summary) -> None:
    debug = click.get_current_context().find_root().obj["debug"]
    for each in summary.internal_errors:
        place = f"{_name(each.path)}:{each.line}" if each.line else _name(each.path) if each.path else "internal error"
        print_note(f"Error: {place}: segkoch-lint itself failed ({each.error}); {each.consequence}")
        if debug:
            for line in each.trace.splitlines():
                print_note(mask_shapes(line))
    if summary.failed > len(summary.internal_errors):
        print_note(f"Error: segkoch-lint itself failed on {summary.failed:,} documents in all.")
    if summary.internal_errors and not debug:
        print_note("  Run it again with `--debug` and report what it shows.")


def _name(path: str) -> str:
    return shown_path(path) or '""'
