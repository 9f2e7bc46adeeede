"""`segkoch-lint check --list-files`: print which files a run would read, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.run_notes import name_of_input
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.errors import UsageError
from segkoch_lint.reporting.escaping import json_text, visible

if TYPE_CHECKING:
    from segkoch_lint.cli.run_options import RunOptions
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.engine.input_listing import ListedInput

_VERSION = 1
"""Of the JSON document."""


list_files_option = click.option(
    "--list-files",
    "list_files_only",
    is_flag=True,
    help="Check nothing: print which files would be read, and as what, and why others would not; as text or JSON.",
)
"""`--list-files`, which `list_files` does."""


def list_files(
    paths: Sequence[str], settings: Settings, run: RunOptions, stdin_filename: str | None, *, fixes: bool
) -> int:
    """Print the list in the format of ``--format``, and return the exit status.

    Args:
        paths: what the run would read.
        settings: of the run.
        run: the options of the run.
        stdin_filename: the name of standard input.
        fixes: whether ``--fix`` or ``--diff`` is given, too.

    Raises:
        UsageError: the format is neither text nor JSON, or something is to be fixed or written.
    """
    from segkoch_lint.engine.input_listing import Status, list_inputs  # noqa: PLC0415 - the parsers take a while

    form = run.chosen_format  # what the environment chooses, such as annotations, is about findings
    if form not in {"text", "json"}:
        raise UsageError(f"--list-files prints text or JSON, not {form}.", "Use --format json.")
    if fixes:
        raise UsageError("--list-files checks nothing, so there is nothing to fix.", "Leave out --fix and --diff.")
    if run.targets:
        raise UsageError("--list-files checks nothing, so there is no report to write.", "Leave out --output.")
    listed = list(list_inputs(paths, settings, allow_empty=run.allow_empty, stdin_filename=stdin_filename))
    if form == "json":
        click.echo(_json(listed))
    else:
        for each in () if run.report_options.quiet else listed:
            click.echo(visible(f"{name_of_input(each.path)}: {_words(each)}"))
        click.echo(_totals(listed))
    unreadable = [each for each in listed if each.status is Status.UNREADABLE]
    for each in unreadable:
        print_note(f"Error: {name_of_input(each.path)}: {each.reason}")
    if unreadable:
        return ExitCode.INCOMPLETE
    is_empty = not any(each.status is Status.READ for each in listed)
    return ExitCode.NOTHING_CHECKED if is_empty and not run.allow_empty else ExitCode.CLEAN


def _words(listed: ListedInput) -> str:
    from segkoch_lint.engine.input_listing import Status  # noqa: PLC0415

    if listed.status is not Status.READ:
        return f"{listed.status.value}: {listed.reason}"
    kind = ", ".join(filter(None, (listed.format or "unknown format", listed.compression)))
    missing = {True: (), False: ("no call",), None: ("no call in the first documents",)}[listed.calls]
    return f"{kind}: {'; '.join((*listed.contents, *missing))}"


def _totals(listed: Sequence[ListedInput]) -> str:
    from segkoch_lint.engine.input_listing import totals  # noqa: PLC0415
    from segkoch_lint.reporting.text_figures import count  # noqa: PLC0415

    figures = totals(listed)
    parts = [f"{count(figures['read'], 'file')} would be read, {figures['with_calls']:,} of them with calls"]
    parts += [f"{figures[key]:,} {key}" for key in ("skipped", "unreadable") if figures[key]]
    return f"{'; '.join(parts)}."


def _json(listed: Sequence[ListedInput]) -> str:
    from segkoch_lint.engine.input_listing import totals  # noqa: PLC0415

    return json_text({"version": _VERSION, "files": list(map(_object, listed)), "totals": totals(listed)}, indent=2)


def _object(listed: ListedInput) -> dict[str, Any]:
    return {
        "path": name_of_input(listed.path),
        "status": listed.status.value,
        "reason": listed.reason,
        "expected": listed.expected,
        "format": listed.format,
        "compression": listed.compression,
        "contents": list(listed.contents),
        "calls": listed.calls,
    }
