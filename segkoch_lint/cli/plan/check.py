"""`segkoch-lint plan check`: check tracking plans."""

from __future__ import annotations

from typing import Any

import click

from segkoch_lint.cli.completion import complete_files
from segkoch_lint.cli.options import configuration_options
from segkoch_lint.cli.reports import debug_option, report_options, reporting_of
from segkoch_lint.errors import UsageError

_EPILOG = """\b
Examples:
  segkoch-lint plan check plan.json                what the plan lets through
  segkoch-lint plan check page-1.json page-2.json  rules in several pages of the Public API
  terraform show -json | segkoch-lint plan check - plans that Terraform keeps

\b
Exit status: 0 nothing counts, 1 findings, 2 usage error, 3 nothing was checked, 4 incomplete."""


@click.command(epilog=_EPILOG)
@click.argument("plans", nargs=-1, required=True, metavar="PLAN...", shell_complete=complete_files)
@configuration_options
@report_options("tracking plan")
@click.option("--stdin-filename", metavar="NAME", help="What to call standard input.")
@debug_option
def command(plans: tuple[str, ...], *, stdin_filename: str | None, **given: Any) -> int:
    """Check tracking plans: do they stop calls that Kochava cannot use?

    PLAN is a file, a folder, a glob, or - for standard input. Recognised by content: plans as Segment's Public API and
    Config API v1 return them (several pages, too), and `terraform show -json`. Typewriter's and RudderTyper's plans and
    Segment's CSV download are recognised, too, but cannot state what Kochava needs.
    """
    from segkoch_lint.plans.check.checker import PlanChecker  # noqa: PLC0415 - validators and parsers take a while to import

    if stdin_filename and "-" not in plans:
        raise UsageError("--stdin-filename names standard input, which is not read.", "Add - as a path.")
    reporting = reporting_of(plans, **given)
    snippets, error_snippets = reporting.snippets()
    checker = PlanChecker(
        reporting.settings, allow_empty=reporting.allow_empty, snippets=snippets, error_snippets=error_snippets
    )
    return reporting.report(checker.paths(plans, stdin_filename=stdin_filename), checker.summary)
