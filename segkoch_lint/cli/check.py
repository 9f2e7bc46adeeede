"""`segkoch-lint check`: lint events."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.baseline_options import save_baseline
from segkoch_lint.cli.completion import complete_facets, complete_files
from segkoch_lint.cli.expectation_options import expectation_options, require_expectations, with_former_report
from segkoch_lint.cli.fix import FixRun, fix_options, print_diff
from segkoch_lint.cli.list_files import list_files, list_files_option
from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.options import (
    budget_option,
    configuration_options,
    envelopes_option,
    groupings_of,
    memory_option,
    with_budgets,
    with_envelopes,
    with_groupings,
    with_memory,
)
from segkoch_lint.cli.run_notes import print_run_notes
from segkoch_lint.cli.run_options import (
    EXIT_STATUS,
    debug_option,
    report_options,
    require_stdin,
    run_options,
    status_options,
    stdin_filename_option,
)
from segkoch_lint.cli.signals import raise_arrived
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.engine.lines.core import MISSING, has_core
from segkoch_lint.errors import OutputError, UsageError
from segkoch_lint.reporting import RunResult

LARGE_BYTES = 64 << 20
"""Bytes of text from which on the native core saves seconds."""

if TYPE_CHECKING:
    from segkoch_lint.cli.outputs import Reports
    from segkoch_lint.cli.progress import Progress
    from segkoch_lint.cli.run_options import RunOptions
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.findings.finding import Finding
    from segkoch_lint.findings.summary import Grouping
    from segkoch_lint.linter import Linter
    from segkoch_lint.rules.catalogue import Rule

_EPILOG = f"""\b
Examples:
  segkoch-lint check events/                      all fixtures in a folder
  segkoch-lint check --select KCH1 logs/*.gz      raw Segment logs, device rules only
  pbpaste | segkoch-lint check -                  a captured payload
  segkoch-lint check mobile-logs/ server-logs/    do app and servers send the same device ids?
  segkoch-lint check exports/tracks.csv           rows of a warehouse
  segkoch-lint check --budget KCH106=60% logs/    fail if over 60% of calls have limited ad tracking
  segkoch-lint check --output json:out.json .     a JSON report beside the text
  segkoch-lint check --diff fixtures/             what would --fix change?

{EXIT_STATUS}"""


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_files)
@configuration_options
@status_options("call")
@budget_option
@expectation_options
@report_options
@click.option(
    "--group-by",
    "groupings",
    multiple=True,
    metavar="FACET",
    shell_complete=complete_facets,
    help="Add a table of the calls by library, version (of the library), event, day, source or platform; several with "
    "commas between them make finer groups. Repeatable, for one table each.",
)
@click.option(
    "--at",
    "pointers",
    multiple=True,
    metavar="POINTER",
    help="The location of the calls in each document: a JSON Pointer (/segment), with * for all items of a list "
    "(/records/*/body). Encoded texts on the way are decoded.",
)
@envelopes_option
@stdin_filename_option
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How long to wait for a writer of a named pipe; default: 60.",
)
@memory_option
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="Read large logs with N threads of the native core; default: one per processor. The output does not depend "
    "on N. Without the core, the option has no effect.",
)
@fix_options
@list_files_option
@debug_option
def command(
    paths: tuple[str, ...],
    *,
    budgets: tuple[str, ...],
    groupings: tuple[str, ...],
    expect_like: str | None,
    max_drop: str | None,
    min_group: int | None,
    pointers: tuple[str, ...],
    envelope_folders: tuple[Path, ...],
    memory: str | None,
    stdin_filename: str | None,
    jobs: int | None,
    wait: float | None,
    fixes: bool,
    shows_diff: bool,
    list_files_only: bool,
    **given: Any,
) -> int:
    """Lint events: fixtures, captured payloads, raw logs.

    PATH is a file, a folder, a glob, a URL (s3://, gs://), or - for standard input; by default, the working directory.
    Files are recognised by their content: a call, a list of calls, a batch body, JSON Lines, YAML, CSV or Parquet
    with the columns of Segment's warehouses; gzip and zstandard are decompressed.
    """
    from segkoch_lint.cli.outputs import open_reports  # noqa: PLC0415
    from segkoch_lint.cli.progress import Progress  # noqa: PLC0415
    from segkoch_lint.linter import Linter  # noqa: PLC0415 - validators and parsers take a while to import

    require_stdin(paths, stdin_filename)
    paths = paths or (".",)
    read = paths if expect_like is None else (*paths, expect_like)
    run = run_options(read, envelope_folders=envelope_folders, **given)
    settings = with_memory(with_groupings(with_budgets(run.settings, budgets), groupings_of(groupings)), memory)
    settings = with_envelopes(settings, envelope_folders, pointers)
    settings = with_former_report(settings, expect_like, max_drop, min_group)
    asked = len(settings.group_by)
    named = [tuple(facet.name for facet in facets) for facets in settings.groupings]
    settings = with_groupings(settings, (*named, *run.groupings))
    if wait is not None:
        settings = dataclasses.replace(settings, wait=wait)
    if list_files_only:
        return list_files(paths, settings, run, stdin_filename, fixes=fixes or shows_diff)
    if shows_diff:
        return print_diff(paths, settings, run)
    fix_run = FixRun() if fixes else None
    snippets, error_snippets = run.snippets()
    linter = Linter(
        settings,
        allow_empty=run.allow_empty,
        snippets=snippets,
        error_snippets=error_snippets,
        shows_suppressed=run.shows_suppressed,
        jobs=jobs or processors(),
    )
    if all(rule.applies_to == "plan" for rule in linter.selection.rules):
        raise _no_rules_error(linter.selection.rules, settings)
    require_expectations(settings, linter.selection)
    if fix_run is not None:
        fix_run.fix(paths, settings, allow_empty=run.allow_empty)
    with open_reports(run.formats, run.report_options, run.targets) as reports:
        try:
            with Progress(linter, paths, wanted="agent" not in run.formats) as progress:
                _lint(linter, paths, stdin_filename, reports, progress, fix_run=fix_run)
        except (UsageError, OutputError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - the reports are completed, and say that they are incomplete
            raise_arrived()
            linter.failed(error, consequence="what comes after it was not checked")
        linter.note_suppressions()
        result = _result(linter, run, fix_run, asked=named[:asked], expected=named[asked:])
        status = reports.end(linter.summary, result)
    print_run_notes(linter.summary)
    if fix_run is not None:
        fix_run.print_left()
    if linter.summary.bytes >= LARGE_BYTES and not has_core():
        print_note(f"Note: the native core is {MISSING}.")
    return save_baseline(linter.suppressions, status)


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _no_rules_error(rules: Sequence[Rule], settings: Settings) -> UsageError:
    if rules:
        return UsageError(
            "The selected rules are about tracking plans, not about calls.", "`segkoch-lint plan check` applies them."
        )
    selected = f"{settings.origin('select', '')}: {', '.join(settings.select) or 'nothing'}"
    ignored = f"; {settings.origin('ignore', '')}: {', '.join(settings.ignore)}" if settings.ignore else ""
    return UsageError(f"No rule is selected ({selected}{ignored}).", "`segkoch-lint rule` lists all rules.")


def _result(
    linter: Linter, run: RunOptions, fix_run: FixRun | None, *, asked: Sequence[Grouping], expected: Sequence[Grouping]
) -> RunResult:
    """Return the result of a run; *asked* are the groupings of the user, *expected* the others of expectations."""
    from segkoch_lint.config.exit_status import count_within_budgets, exit_status  # noqa: PLC0415

    selection, fail_on = linter.selection, linter.settings.fail_on
    within = count_within_budgets(linter.summary, selection)
    code = exit_status(linter.summary, fail_on, allow_empty=run.allow_empty, within=within)
    is_incomplete = fix_run is not None and fix_run.is_incomplete
    return RunResult(
        ExitCode.INCOMPLETE if is_incomplete else code,
        selection.budgets,
        within,
        groupings=asked,
        expected=expected,
        unwritten=is_incomplete,
        fail_on=fail_on,
        catalogue=selection.rules,
    )


def _lint(
    linter: Linter,
    paths: Sequence[str],
    stdin_filename: str | None,
    reports: Reports,
    progress: Progress,
    *,
    fix_run: FixRun | None,
) -> None:
    def on_progress() -> None:
        raise_arrived()
        progress.show()

    linter.on_progress = on_progress
    # However the run ends, its inputs are closed first.
    with closing(linter.paths(paths, stdin_filename=stdin_filename)) as findings:
        every = chain(findings, linter.identity_findings(), linter.expectation_findings())
        for finding in every if fix_run is None else fix_run.watched(every):
            progress.clear()
            _report(finding, linter, reports)
            if linter.makes_snippets and not reports.show_snippets(finding.code):
                linter.drop_snippets(finding.code)
    raise_arrived()


def _report(finding: Finding, linter: Linter, reports: Reports) -> None:
    try:
        reports.finding(finding)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - the other findings can be reported
        place = finding.location
        line = place.span.line if place.span else None
        linter.failed(error, place.path, line, consequence="a finding at this place is missing from a report")
