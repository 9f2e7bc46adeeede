"""The options that all commands with findings share: what fails the run, and which reports it writes."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from segkoch_lint.cli.baseline_options import baseline_option, save_baseline, with_baseline
from segkoch_lint.cli.completion import complete_outputs
from segkoch_lint.cli.options import Decorator, color_option, configuration_file, option_group, settings_of, wants_color
from segkoch_lint.cli.run_notes import print_run_notes
from segkoch_lint.errors import UsageError, nearest
from segkoch_lint.reporting import FORMATS, WIDTH, ReportOptions, RunResult, reporter

if TYPE_CHECKING:
    from pathlib import Path

    from segkoch_lint.cli.outputs import Target
    from segkoch_lint.config.baseline import Mode
    from segkoch_lint.config.budgets import Budget
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.config.suppressions import Suppressions
    from segkoch_lint.documents.document import Document, ParseError
    from segkoch_lint.findings.finding import Finding, Snippet
    from segkoch_lint.findings.position import Span
    from segkoch_lint.findings.summary import Grouping, Summary


MOST_PER_RULE = 50
"""Findings of a rule that text shows unless ``--max-findings`` is given."""

AGENT_VARIABLES = ("CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "OPENCODE", "AGENT")
"""Variables that coding agents set for the commands that they run."""

_NOT_SET = frozenset({"", "0", "false"})

EXIT_STATUS = """\b
Exit status: 0 clean, 1 findings, 2 usage error, 3 nothing was checked, 4 incomplete."""
"""The last lines of the help of each command."""


fail_on_option = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="The least severity that fails the run; default: error.",
)
"""`--fail-on`, which `with_fail_on` evaluates."""


def status_options(checked: str) -> Decorator:
    """Return a decorator that adds the options about the exit status; *checked* is what inputs hold: ``call``."""
    return option_group(
        fail_on_option,
        baseline_option,
        click.option("--allow-empty", is_flag=True, help=f"Accept files and runs without a {checked}."),
    )


report_options = option_group(
    click.option(
        "--format",
        "-f",
        "form",
        type=click.Choice(list(FORMATS)),
        default="text",
        show_default=True,
        help="Format of standard output. With GITHUB_ACTIONS=true, the default is text with annotations; "
        "for coding agents, it is agent.",
    ),
    click.option(
        "--output",
        "-o",
        "outputs",
        multiple=True,
        metavar="FORMAT:PATH",
        shell_complete=complete_outputs,
        help="Write another report to a file; repeatable.",
    ),
    click.option("--statistics", is_flag=True, help="Show more figures."),
    click.option("--quiet", "-q", is_flag=True, help="In text, show only figures and missing calls."),
    click.option("--show-ids", is_flag=True, help="Show ids, addresses and keys instead of masking them."),
    click.option(
        "--max-findings",
        metavar="N|all",
        help=f"Show at most N findings; all are counted. By default, text shows {MOST_PER_RULE} a rule.",
    ),
    color_option,
)
"""The options that choose the reports and their look."""


def _set_debug(context: click.Context, _parameter: click.Parameter, debug: bool) -> None:
    if debug:
        context.find_root().obj["debug"] = True


debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_set_debug,
    help="Show a traceback if the program itself fails.",
)
"""`--debug`, so that it can be given after the command, too; `entry.run` also reads it."""

stdin_filename_option = click.option(
    "--stdin-filename", metavar="NAME", help="The file name of standard input; its extension tells the format."
)
"""`--stdin-filename`, which `require_stdin` checks."""


def require_stdin(paths: Sequence[str], stdin_filename: str | None) -> None:
    """Check that standard input is read if ``--stdin-filename`` is given.

    Raises:
        UsageError: it is not read.
    """
    if stdin_filename and "-" not in paths:
        raise UsageError("--stdin-filename names standard input, which is not read.", "Add - as a path.")


def _limits(max_findings: str | None) -> tuple[int | None, int | None]:
    """Return the most findings that are shown, and the most of one rule in text; None for no limit.

    Raises:
        UsageError: the value of ``--max-findings`` is neither a number nor ``all``.
    """
    if max_findings is None:
        return None, MOST_PER_RULE
    if max_findings == "all":
        return None, None
    if not (max_findings.isascii() and max_findings.isdigit()):
        raise UsageError(f"--max-findings {max_findings}: a number of findings or `all` is expected.")
    return int(max_findings), None


def with_fail_on(settings: Settings, name: str | None) -> Settings:
    """Return the settings with the severity of ``--fail-on``, if it is given."""
    from segkoch_lint.config.file import fail_on_severity  # noqa: PLC0415 - the validator takes a while to import

    return dataclasses.replace(settings, fail_on=fail_on_severity(name)) if name else settings


def _targets_of(outputs: Sequence[str]) -> list[Target]:
    """Return the format and the file of each ``--output``.

    Raises:
        UsageError: the format or the file is missing or wrong.
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
                f"--output {output}: a file is expected; --format {name} writes to standard output.",
                "Write ./- for a file that is named -.",
            )
        targets.append((name, path))
    return targets


@dataclasses.dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of `configuration_options`, `status_options` and `report_options`, evaluated.

    Attributes:
        settings: the configuration, changed by the options.
        formats: the formats of standard output.
        report_options: the look of all reports.
        targets: the reports in files.
        allow_empty: whether a run that checks nothing passes.
        chosen_format: the format that the user chose, or else `text`, whatever the environment chooses.
    """

    settings: Settings
    formats: Sequence[str]
    report_options: ReportOptions
    targets: Sequence[Target]
    allow_empty: bool
    chosen_format: str

    @property
    def groupings(self) -> list[Grouping]:
        """The groupings that the formats show, whether the user asks for them or not."""
        names = (*self.formats, *(name for name, _ in self.targets))
        return [grouping for name in names for grouping in reporter(name).traits.groupings]

    @property
    def shows_suppressed(self) -> bool:
        """Whether a report shows suppressed findings."""
        names = (*self.formats, *(name for name, _ in self.targets))
        return any(reporter(name).traits.shows_suppressed for name in names)

    def snippets(self) -> tuple[Any, Any]:
        """Return the functions that make the snippets of findings and of parse errors; None if no report shows them."""
        is_cut = self.report_options.quiet or self.report_options.max_findings == 0
        formats = [*([] if is_cut else self.formats), *(name for name, _ in self.targets)]
        if not any(reporter(name).traits.shows_snippets for name in formats):
            return None, None
        show_ids = self.report_options.show_ids
        return partial(_snippet, show_ids=show_ids), partial(_error_snippet, show_ids=show_ids)

    def report(
        self,
        findings: Iterable[Finding],
        summary: Summary,
        suppressions: Suppressions,
        *,
        max_blocked: Budget | None = None,
    ) -> int:
        """Write all reports of a run over plans and change its baseline, and return its exit status.

        Args:
            findings: the findings.
            summary: the figures; complete when the first finding is yielded.
            suppressions: of the run.
            max_blocked: how many of the useful calls of a replay may be blocked; None if any number may.
        """
        from segkoch_lint.cli.outputs import open_reports  # noqa: PLC0415 - `--help` needs none of it
        from segkoch_lint.config.exit_status import exit_status  # noqa: PLC0415
        from segkoch_lint.rules.loader import load_catalogue  # noqa: PLC0415

        with open_reports(self.formats, self.report_options, self.targets) as reports:
            waiting = iter(findings)
            first = list(islice(waiting, 1))  # now the figures are known that a report begins with
            reports.begin(summary)
            for finding in chain(first, waiting):
                reports.finding(finding)
            fail_on, allow_empty = self.settings.fail_on, self.allow_empty
            code = exit_status(summary, fail_on, allow_empty=allow_empty, max_blocked=max_blocked)
            catalogue = load_catalogue(self.settings.rules)
            status = reports.end(
                summary, RunResult(code, max_blocked=max_blocked, fail_on=fail_on, catalogue=catalogue)
            )
        print_run_notes(summary)
        return save_baseline(suppressions, status)


def run_options(
    paths: Sequence[str],
    *,
    fail_on: str | None,
    form: str,
    outputs: Sequence[str],
    statistics: bool,
    quiet: bool,
    show_ids: bool,
    max_findings: str | None,
    allow_empty: bool,
    color: str,
    baseline: Path | None = None,
    baseline_mode: Mode = "apply",
    envelope_folders: Sequence[Path] = (),
    **configuration: Any,
) -> RunOptions:
    """Return the evaluated options of `configuration_options`, `status_options` and `report_options`.

    Args:
        paths: files, folders and globs that the run reads; no report may overwrite them.
        envelope_folders: folders of envelope files that the run reads, beside those of the configuration.
        baseline_mode: what the run does with its baseline.

    Raises:
        UsageError: an option or the configuration is wrong, or a report would overwrite an input.
    """
    settings = with_baseline(with_fail_on(settings_of(**configuration), fail_on), baseline, baseline_mode)
    width = shutil.get_terminal_size((WIDTH, 24)).columns
    limits = _limits(max_findings)
    options = ReportOptions(show_ids, wants_color(color, sys.stdout), statistics, quiet, *limits, width)
    targets = _targets_of(outputs)
    if targets:
        from segkoch_lint.cli.overwrite_check import Inputs, Output, refuse_overwriting  # noqa: PLC0415

        written = [Output(path, f"--output {name}:{path}") for name, path in targets]
        file = configuration_file(configuration["config"], isolated=configuration["isolated"])
        envelopes = (*settings.envelopes, *envelope_folders)
        read = (*paths, str(settings.baseline.file)) if settings.baseline else paths
        refuse_overwriting(written, Inputs(read, file, settings.rules, envelopes))
    return RunOptions(settings, _formats(form, targets), options, targets, allow_empty, form)


def _formats(given: str, targets: Sequence[Target]) -> tuple[str, ...]:
    """Return the formats of standard output. Unless one is chosen, the environment chooses.

    A coding agent that reads the output gets `agent`, also on GitHub's runners, which see annotations only if the
    output of the agent's commands goes to the log of the step. Otherwise, these runners get annotations beside text.
    """
    if click.get_current_context().get_parameter_source("form") is not ParameterSource.DEFAULT:
        return (given,)
    if any(os.environ.get(name, "0") not in _NOT_SET for name in AGENT_VARIABLES) and not sys.stdout.isatty():
        return ("agent",)
    annotates = os.environ.get("GITHUB_ACTIONS") == "true" and "github" not in dict(targets)
    return (given, "github") if annotates else (given,)


def _snippet(document: Document, span: Span, *, show_ids: bool) -> Snippet | None:
    from segkoch_lint.reporting.snippets import snippet  # noqa: PLC0415 - runs without findings need none

    return snippet(document, span, show_ids=show_ids)


def _error_snippet(error: ParseError, *, show_ids: bool) -> Snippet | None:
    from segkoch_lint.reporting.snippets import error_snippet  # noqa: PLC0415 - runs without findings need none

    return error_snippet(error, show_ids=show_ids)
