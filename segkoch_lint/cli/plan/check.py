"""`segkoch-lint plan check`: check tracking plans."""

from __future__ import annotations

from typing import Any

import click

from segkoch_lint.cli.completion import complete_files
from segkoch_lint.cli.options import configuration_options
from segkoch_lint.cli.run_options import (
    EXIT_STATUS,
    debug_option,
    report_options,
    require_stdin,
    run_options,
    status_options,
)

_EPILOG = f"""\b
Examples:
  segkoch-lint plan check plan.json                one plan
  segkoch-lint plan check page-1.json page-2.json  a plan on several pages of the Public API
  terraform show -json | segkoch-lint plan check - plans that Terraform manages

{EXIT_STATUS}"""


@click.command(epilog=_EPILOG)
@click.argument("plans", nargs=-1, required=True, metavar="PLAN...", shell_complete=complete_files)
@configuration_options
@status_options("tracking plan")
@report_options
@click.option("--stdin-filename", metavar="NAME", help="The file name of standard input.")
@debug_option
def command(plans: tuple[str, ...], *, stdin_filename: str | None, **given: Any) -> int:
    """Check tracking plans: do they stop calls that Kochava cannot use?

    PLAN is a file, a folder, a glob, or - for standard input. Plans are recognised by their content: the responses of
    Segment's Public API (with all pages) and Config API v1, and the output of `terraform show -json`. The plans of
    Typewriter and RudderTyper and Segment's CSV download are recognised, but cannot state what Kochava needs.
    """
    from segkoch_lint.plans.check.checker import PlanChecker  # noqa: PLC0415 - validators and parsers take a while to import

    require_stdin(plans, stdin_filename)
    run = run_options(plans, **given)
    snippets, error_snippets = run.snippets()
    checker = PlanChecker(run.settings, allow_empty=run.allow_empty, snippets=snippets, error_snippets=error_snippets)
    return run.report(checker.paths(plans, stdin_filename=stdin_filename), checker.summary, checker.suppressions)
