"""What a run says on standard error at its end, beside its reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from segkoch_lint.cli.notes import print_note
from segkoch_lint.findings.redaction.masking import mask_shapes, shown_path

if TYPE_CHECKING:
    from segkoch_lint.findings.summary import Summary


def print_run_notes(summary: Summary) -> None:
    """Write to standard error what no finding says: remarks on inputs, inputs that cannot be read, internal errors."""
    for path, remark in summary.remarks:
        print_note(f"Note: {name_of_input(path)}: {remark}")
    for path, reason in summary.unread:
        print_note(f"Error: {name_of_input(path)}: {reason}")
    for note in summary.suppression_notes:
        level = "Error" if note.kind == "invalid" else "Note"
        print_note(f"{level}: {note.place}: {note.message}")
        if note.hint:
            print_note(f"  {note.hint}")
    _print_internal_errors(summary)
    if not summary.adds_up():
        print_note("Error: the figures do not add up; please report this as a bug of segkoch-lint.")


def _print_internal_errors(summary: Summary) -> None:
    debug = click.get_current_context().find_root().obj["debug"]
    for each in summary.internal_errors:
        name = name_of_input(each.path) if each.path or each.line else "internal error"
        place = f"{name}:{each.line}" if each.line else name
        print_note(f"Error: {place}: segkoch-lint itself failed ({each.error}); {each.consequence}")
        if debug:
            for line in each.trace.splitlines():
                print_note(mask_shapes(line))
    if summary.failed > len(summary.internal_errors):
        print_note(f"Error: segkoch-lint itself failed on {summary.failed:,} documents in all.")
    if summary.internal_errors and not debug:
        print_note("  Run it again with `--debug` and report what it shows.")


def name_of_input(path: str) -> str:
    """Return the name of an input as messages show it; that of an empty path is visible, too."""
    return shown_path(path) or '""'
