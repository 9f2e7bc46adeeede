"""`segkoch-lint check`: lint events."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.completion import complete_facets, complete_files, complete_rules
from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.options import (
    configuration_options,
    settings_of,
    wants_color,
    with_budgets,
    with_envelopes,
    with_facets,
    with_memory,
)
from segkoch_lint.cli.reports import (
    debug_option,
    protect_inputs,
    report_options,
    snippets_for,
    targets_of,
    tell,
    with_fail_on,
)
from segkoch_lint.cli.signals import raise_arrived
from segkoch_lint.engine.lines.core import MISSING, has_core
from segkoch_lint.errors import OutputError, UsageError
from segkoch_lint.reporting import ReportOptions, RunResult

_LARGE_BYTES = 64 << 20
"""Text of inputs from which on the native core saves seconds."""

if TYPE_CHECKING:
    from segkoch_lint.cli.outputs import Reports
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.findings.finding import Finding
    from segkoch_lint.linter import Linter
    from segkoch_lint.rules.catalogue import Rule

_EPILOG = """\b
Examples:
  segkoch-lint check events/                      all fixtures below a folder
  segkoch-lint check --select KCH1 logs/*.gz      raw Segment logs, device rules only
  pbpaste | segkoch-lint check -                  a captured payload
  segkoch-lint check mobile-logs/ server-logs/    do app and servers name the same devices?
  segkoch-lint check exports/tracks.csv           rows of a warehouse
  segkoch-lint check --budget KCH106=60% logs/    limited ad tracking in more than 60% of calls fails
  segkoch-lint check --output json:out.json .     a report for machines beside the text

\b
Exit status: 0 nothing counts, 1 findings, 2 usage error, 3 nothing was checked, 4 incomplete."""


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_files)
@configuration_options
@report_options("call")
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="CODE=BUDGET",
    shell_complete=complete_rules,
    help="Let a rule's findings pass in this share of the delivered calls (60%, 0.1%), or in so many calls (20).",
)
@click.option(
    "--at",
    "pointers",
    multiple=True,
    metavar="POINTER",
    help="Where calls are in each document: a JSON Pointer (/segment), with * for every item of a list "
    "(/records/*/body). Texts on the way are decoded.",
)
@click.option(
    "--envelopes",
    "envelope_folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Read the envelopes that your own envelope files in this folder describe, too.",
)
@click.option(
    "--group-by",
    "facets",
    multiple=True,
    metavar="FACET",
    shell_complete=complete_facets,
    help="Break the closing table down by library, version (of the library), event, day, source or platform; "
    "several, with commas, make finer groups.",
)
@click.option(
    "--memory",
    metavar="SIZE",
    help="About how much memory the run may take (512MB, 2GiB); what does not fit goes to a temporary file. "
    "Default: 1GiB.",
)
@click.option(
    "--stdin-filename", metavar="NAME", help="What to call standard input; its ending counts as a file's does."
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="Go through large logs with N threads of the native core; default: one for each processor. The output is the "
    "same for any N; without the core it has no effect.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How long to wait for somebody to write to a named pipe; default: 60.",
)
@debug_option
def command(
    paths: tuple[str, ...],
    *,
    fail_on: str | None,
    budgets: tuple[str, ...],
    facets: tuple[str, ...],
    pointers: tuple[str, ...],
    envelope_folders: tuple[Path, ...],
    memory: str | None,
    form: str,
    outputs: tuple[str, ...],
    statistics: bool,
    quiet: bool,
    show_ids: bool,
    max_findings: int | None,
    allow_empty: bool,
    stdin_filename: str | None,
    jobs: int | None,
    wait: float | None,
    color: str,
    **configuration: Any,
) -> int:
    """Lint events: fixtures, captured payloads, raw logs.

    PATH is a file, a folder, a glob, a URL (s3://, gs://), or - for standard input; without one, the working directory.
    Files are recognised by what is in them: a call, a list of calls, a batch body, JSON Lines, YAML, CSV or Parquet
    with the columns of Segment's warehouses; also in gzip or zstandard.
    """
    from segkoch_lint.cli.outputs import open_reports  # noqa: PLC0415
    from segkoch_lint.config.exit_status import exit_status, within_budgets  # noqa: PLC0415
    from segkoch_lint.linter import Linter  # noqa: PLC0415 - validators and parsers take a while to import

    settings = with_budgets(with_fail_on(settings_of(**configuration), fail_on), budgets)
    settings = with_memory(with_facets(settings, facets), memory)
    settings = with_envelopes(settings, envelope_folders, pointers)
    if wait is not None:
        settings = dataclasses.replace(settings, wait=wait)
    if stdin_filename and "-" not in paths:
        raise UsageError("--stdin-filename names standard input, which is not read.", "Add - as a path.")
    style = ReportOptions(show_ids, wants_color(color, sys.stdout), statistics, quiet, max_findings)
    targets = targets_of(outputs)
    protect_inputs(
        targets, paths or (".",), settings, config=configuration["config"], isolated=configuration["isolated"]
    )
    snippets, error_snippets = snippets_for(form, style, targets)
    linter = Linter(
        settings, allow_empty=allow_empty, snippets=snippets, error_snippets=error_snippets, jobs=jobs or processors()
    )
    if all(rule.applies_to == "plan" for rule in linter.selection.rules):
        raise _nothing_to_check(linter.selection.rules, settings)
    with open_reports(form, style, targets) as reports:
        try:
            _lint(linter, paths or (".",), stdin_filename, reports, max_findings)
        except (UsageError, OutputError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - the reports end properly, and say that they are incomplete
            raise_arrived()
            linter.failed(error, consequence="what comes after it was not checked")
        within = within_budgets(linter.summary, linter.selection)
        status = exit_status(linter.summary, settings.fail_on, allow_empty=allow_empty, within=within)
        outcome = RunResult(status, linter.selection.budgets, within, [facet.name for facet in settings.group_by])
        status = reports.end(linter.summary, outcome)
    tell(linter.summary)
    if linter.summary.bytes >= _LARGE_BYTES and not has_core():
        print_note(f"Note: the native core is {MISSING}.")
    return status


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _nothing_to_check(rules: Sequence[Rule], settings: Settings) -> UsageError:
    if rules:
        return UsageError(
            "The selected rules are about tracking plans, not about calls.", "`segkoch-lint plan check` applies them."
        )
    selected = f"{settings.origin('select', '')}: {', '.join(settings.select) or 'nothing'}"
    ignored = f"; {settings.origin('ignore', '')}: {', '.join(settings.ignore)}" if settings.ignore else ""
    return UsageError(f"No rule is left to check by ({selected}{ignored}).", "`segkoch-lint rule` lists all rules.")


def _lint(
    linter: Linter, paths: Sequence[str], stdin_filename: str | None, reports: Reports, most_shown: int | None
) -> None:
    from segkoch_lint.cli.progress import Progress  # noqa: PLC0415

    with Progress(linter, paths) as progress:

        def look_up() -> None:
            raise_arrived()
            progress.show()

        linter.on_progress = look_up
        # Whatever ends the run, its inputs are to be closed before anything else.
        with closing(linter.paths(paths, stdin_filename=stdin_filename)) as findings:
            for number, finding in enumerate(chain(findings, linter.identity_findings()), 1):
                progress.clear()
                _show(finding, linter, reports)
                if number == most_shown:
                    linter.drop_snippets()
    raise_arrived()


def _show(finding: Finding, linter: Linter, reports: Reports) -> None:
    try:
        reports.finding(finding)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other findings can be shown
        place = finding.location
        line = place.span.line if place.span else None
        linter.failed(error, place.path, line, consequence="a finding at this place is not shown in every report")
