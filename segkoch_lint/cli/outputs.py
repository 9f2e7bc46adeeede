"""The reports of one run: one on standard output, and others in files. A file that fails does not end the run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

import msgspec

from segkoch_lint.cli.notes import print_note
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.errors import OutputError, UsageError
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import WIDTH, LimitedReport, Report, ReportOptions, RunResult, open_report
from segkoch_lint.reporting.atomic_file import open_output

Target = tuple[str, str]
"""A format and the file that a report in it goes to."""


class Reports:
    """All reports of a run, written at the same time.

    If a file cannot be written, standard error says so at once, usually before any input is read. The other reports are
    completed, and the run is incomplete.
    """

    def __init__(self, shown: Sequence[LimitedReport], files: Sequence[_FileReport]) -> None:
        self._shown = shown
        self._files = files

    def begin(self, summary: Summary) -> None:
        """Write the part of each report that comes before the findings."""
        for report in self._shown:
            report.begin(summary)
        for file in self._files:
            file.write(lambda report: report.begin(summary))

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        for report in self._shown:
            report.finding(finding)
        for file in self._files:
            file.write(lambda report: report.finding(finding))

    def show_snippets(self, code: str) -> bool:
        """Return whether a report would show the snippet of another finding of a rule."""
        return any(report.shows_snippet(code) for reports in (self._shown, self._files) for report in reports)

    def end(self, summary: Summary, result: RunResult) -> int:
        """Write the figures, and return the exit status: that of *result*, or 4 if a file could not be written."""
        for file in self._files:
            file.write(lambda report: report.end(summary, self._with_failures(result)))
            file.close()
        last = self._with_failures(result)
        for report in self._shown:
            report.end(summary, last)
        return last.exit_status

    def _with_failures(self, result: RunResult) -> RunResult:
        if any(file.failed for file in self._files):
            return msgspec.structs.replace(result, exit_status=ExitCode.INCOMPLETE, unwritten=True)
        return result


@contextmanager
def open_reports(names: Sequence[str], options: ReportOptions, targets: Sequence[Target]) -> Iterator[Reports]:
    """Open the reports in the formats *names* on standard output, and those in files.

    Those on standard output should not be mixed: all but one of the formats have to write at the end only. A file
    appears when it is complete, and holds all findings.
    """
    of_files = msgspec.structs.replace(
        options, color=False, quiet=False, max_findings=None, max_per_rule=None, width=WIDTH
    )
    with ExitStack() as stack:
        files = [stack.enter_context(_FileReport(format_, path, of_files)) for format_, path in targets]
        yield Reports([open_report(name, sys.stdout, options) for name in names], files)


class _FileReport:
    """A report in a file.

    Attributes:
        failed: whether the file could not be written; then nothing more is written to it.
    """

    def __init__(self, name: str, path: str, options: ReportOptions) -> None:
        self.failed = False
        self._report: LimitedReport | None = None
        self._file = open_output(path)
        try:
            stream = self._file.__enter__()
        except OutputError as error:
            self._fail(error)
            return
        try:
            self._report = open_report(name, stream, options)
        except UsageError as error:  # a package of the format is missing
            self._file.__exit__(type(error), error, None)
            raise

    def write(self, part: Callable[[Report], None]) -> None:
        """Write a part of the report."""
        if self._report is not None:
            try:
                part(self._report)
            except OSError as error:
                self.close(error)
            except OutputError as error:  # another file that the format writes
                self._fail(error)

    def shows_snippet(self, code: str) -> bool:
        """Return whether the report would show the snippet of another finding of a rule."""
        return self._report is not None and self._report.shows_snippet(code)

    def close(self, error: BaseException | None = None) -> None:
        """Complete the file; if there is an *error*, remove it."""
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
