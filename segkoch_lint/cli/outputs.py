"""The reports of one run: standard output's, and further ones in files, none of which can end the run by failing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

import msgspec

from segkoch_lint.cli.notes import print_note
from segkoch_lint.config.exit_status import INCOMPLETE
from segkoch_lint.errors import OutputError
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import Report, ReportOptions, RunResult, open_report
from segkoch_lint.reporting.atomic_file import open_output

Target = tuple[str, str]
"""A format and the file that a report in it goes to."""


class Reports:
    """All reports of a run, as one.

    A file that cannot be written is told on standard error as soon as that is known, usually before anything is read.
    The other reports go on without it, and the run counts as incomplete.
    """

    def __init__(self, shown: Report, files: Sequence[_FileReport]) -> None:
        self._shown = shown
        self._files = files

    def begin(self, summary: Summary) -> None:
        """Write what is known before the first finding is."""
        self._shown.begin(summary)
        for file in self._files:
            file.write(lambda report: report.begin(summary))

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        self._shown.finding(finding)
        for file in self._files:
            file.write(lambda report: report.finding(finding))

    def end(self, summary: Summary, outcome: RunResult) -> int:
        """Write the figures and return the exit status: that of *outcome*, or 4 where a file could not be written."""
        for file in self._files:
            file.write(lambda report: report.end(summary, self._with_failures(outcome)))
            file.close()
        last = self._with_failures(outcome)
        self._shown.end(summary, last)
        return last.exit_status

    def _with_failures(self, outcome: RunResult) -> RunResult:
        if any(file.failed for file in self._files):
            return msgspec.structs.replace(outcome, exit_status=INCOMPLETE, unwritten=True)
        return outcome


@contextmanager
def open_reports(form: str, style: ReportOptions, targets: Sequence[Target]) -> Iterator[Reports]:
    """Open the report on standard output and the further ones; files appear when all went well."""
    further = msgspec.structs.replace(style, color=False, quiet=False)
    with ExitStack() as stack:
        files = [stack.enter_context(_FileReport(name, path, further)) for name, path in targets]
        yield Reports(open_report(form, sys.stdout, style), files)


class _FileReport:
    """A report in a file.

    Attributes:
        failed: whether the file could not be written; it has been said, and nothing is written any more.
    """

    def __init__(self, name: str, path: str, style: ReportOptions) -> None:
        self.failed = False
        self._report: Report | None = None
        self._file = open_output(path)
        try:
            self._report = open_report(name, self._file.__enter__(), style)
        except OutputError as error:
            self._fail(error)

    def write(self, part: Callable[[Report], None]) -> None:
        """Write a part of the report."""
        if self._report is not None:
            try:
                part(self._report)
            except OSError as error:
                self.close(error)

    def close(self, error: BaseException | None = None) -> None:
        """Give the file its name, or, because of *error*, leave no file."""
        if self._report is not None:
            self._report = None
            try:
                self._file.__exit__(type(error) if error else None, error, None)
            except OutputError as failure:
                self._fail(failure)

    def _fail(self, error: OutputError) -> None:
        self.failed = True
        print_note(f"Error: {error}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        try:
            self.close(error)
        except BaseException as raised:
            if raised is not error:
                raise
