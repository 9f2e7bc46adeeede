"""`segkoch-lint check --fix` and `--diff`: fix what is certain to be meant, or show how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from segkoch_lint.cli.notes import print_note
from segkoch_lint.cli.options import option_group
from segkoch_lint.cli.signals import raise_arrived
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.errors import OutputError, UsageError
from segkoch_lint.findings.redaction.masking import shown_path

if TYPE_CHECKING:
    from segkoch_lint.cli.run_options import RunOptions
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.findings.finding import Finding

_MOST_NAMED = 20
"""Files that are named one by one; further ones are only counted."""


fix_options = option_group(
    click.option(
        "--fix",
        "fixes",
        is_flag=True,
        help="Fix in the files what is certain to be meant, and report what is left.",
    ),
    click.option(
        "--diff",
        "shows_diff",
        is_flag=True,
        help="Check nothing: show as a diff what --fix would change. Exit status 1 if there is something.",
    ),
)
"""`--fix`, which `FixRun` does, and `--diff`, which `print_diff` does."""


class FixRun:
    """The fixes of one run.

    Attributes:
        fixed: by path, how many findings were fixed of each rule.
        is_incomplete: whether a file could not be fixed.
    """

    def __init__(self) -> None:
        self.fixed: dict[str, Counter[str]] = {}
        self.is_incomplete = False
        self._reasons: dict[str, str] = {}
        self._left: Counter[tuple[str, str]] = Counter()

    def fix(self, paths: Sequence[str], settings: Settings, *, allow_empty: bool) -> None:
        """Fix the files of a run, and print what was fixed."""
        from segkoch_lint.fixing.fixer import FixedFile, Fixer  # noqa: PLC0415 - most runs fix nothing
        from segkoch_lint.fixing.writer import write  # noqa: PLC0415

        fixer = Fixer(settings, allow_empty=allow_empty, on_progress=raise_arrived)
        for file in fixer.files(paths):
            if not isinstance(file, FixedFile):
                self._reasons[file.path] = file.reason
                self.is_incomplete = self.is_incomplete or file.is_failure
                continue  # the run that follows reports what could not be read, and what was not fixed
            try:
                write(file)
            except OutputError as error:
                self.is_incomplete = True
                self._reasons[file.path] = ""  # it is given here
                print_note(f"Error: {error}")
            else:
                self.fixed[file.path] = file.fixed
        _print_fixed("Fixed", self.fixed)

    def watched(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield findings, and count those that have a fix which was not made."""
        for finding in findings:
            if finding.fix is not None and not finding.is_right:
                path = finding.location.path
                reason = finding.fix.obstacle or self._reasons.get(path, "it was changed while it was fixed")
                self._left[path, reason] += bool(reason)
            yield finding

    def print_left(self) -> None:
        """Print which findings have a fix that was not made."""
        _print_unmade(+self._left)


def print_diff(paths: Sequence[str], settings: Settings, run: RunOptions) -> int:
    """Print what ``--fix`` would change, and return the exit status.

    Raises:
        UsageError: a report is to be written.
    """
    from segkoch_lint.fixing.diff import DiffWriter  # noqa: PLC0415 - most runs fix nothing
    from segkoch_lint.fixing.fixer import FixedFile, Fixer  # noqa: PLC0415

    if run.targets or run.chosen_format != "text":
        raise UsageError("--diff checks nothing, so there is no report to write.", "Leave out --output and --format.")
    fixer = Fixer(settings, allow_empty=run.allow_empty, on_progress=raise_arrived)
    writer = DiffWriter(settings, show_ids=run.report_options.show_ids)
    fixed: dict[str, Counter[str]] = {}
    is_incomplete = False
    for file in fixer.files(paths):
        if isinstance(file, FixedFile):
            fixed[file.path] = file.fixed
            for line in writer.lines(file):
                click.echo(line)
        else:
            fails = file.is_failure or file.is_unread
            is_incomplete = is_incomplete or fails
            print_note(f"{'Error' if fails else 'Note'}: {shown_path(file.path)}: {file.reason}")
    _print_fixed("Would fix", fixed)
    _print_unmade(fixer.unmade)
    if is_incomplete:
        return ExitCode.INCOMPLETE
    if fixed:
        return ExitCode.FINDINGS
    if fixer.checked_anything or run.allow_empty:
        print_note("Nothing to fix.")
        return ExitCode.CLEAN
    print_note("Nothing was checked: no Segment call in files that could be fixed.")
    return ExitCode.NOTHING_CHECKED


def _print_fixed(verb: str, fixed: Mapping[str, Counter[str]]) -> None:
    """Print how many findings of each rule are fixed in each file."""
    from segkoch_lint.reporting.text_figures import count  # noqa: PLC0415 - `--help` needs none of it

    for path, codes in list(fixed.items())[:_MOST_NAMED]:
        print_note(f"{verb}: {shown_path(path)}: {', '.join(f'{n:,} {code}' for code, n in sorted(codes.items()))}")
    total = sum(codes.total() for codes in fixed.values())
    if total:
        print_note(f"{verb} {count(total, 'finding')} in {count(len(fixed), 'file')}.")


def _print_unmade(unmade: Mapping[tuple[str, str], int]) -> None:
    """Print by path and reason how many fixes are not made."""
    for (path, reason), number in list(unmade.items())[:_MOST_NAMED]:
        what = "1 finding has a fix that is" if number == 1 else f"{number:,} findings have a fix that is"
        print_note(f"Note: {shown_path(path)}: {what} not made: {reason}.")
    if len(unmade) > _MOST_NAMED:
        print_note(f"Note: {len(unmade) - _MOST_NAMED:,} more files have fixes that are not made.")
