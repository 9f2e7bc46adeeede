"""The format `github`: annotations of a GitHub Actions run, and the summary of its step.

Source: "Workflow commands for GitHub Actions" in the documentation of GitHub. It shows ten annotations a level and
step, and takes 1 MiB of summary.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import ClassVar, TextIO

from segkoch_lint.errors import OutputError
from segkoch_lint.findings.finding import Finding, Severity
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.markdown_table import MarkdownTable, size
from segkoch_lint.reporting.repository import Repository

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
"""The variable with the path of the file that the summary is appended to."""

_MOST_ANNOTATIONS = 10
_MOST_SUMMARY = (1 << 20) - 1024

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


class Reporter:
    """Writes the worst ten findings of each level as annotations, and all that fit into the summary of the step.

    The worst findings of a level are those of the rules that most calls break; every rule gets one before any gets two.
    """

    traits: ClassVar[FormatTraits] = FormatTraits(
        beginning=re.compile(rb"::(?:error|warning|notice) title=[A-Z]+[0-9]+ ")
    )

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._show_ids = options.show_ids
        self._repository = Repository(Path.cwd())
        self._first: dict[tuple[Severity, str], list[Finding]] = {}
        self._summary_file = os.environ.get(SUMMARY_VARIABLE, "")
        self._room = _MOST_SUMMARY - _size_of(self._summary_file) if self._summary_file else 0
        self._table = MarkdownTable(self._repository, self._room, show_ids=options.show_ids)

    def begin(self, summary: Summary) -> None:
        """Write nothing: the worst findings are known at the end."""

    def finding(self, finding: Finding) -> None:
        """Keep a finding if it could be among the worst."""
        first = self._first.setdefault((finding.severity, finding.code), [])
        if len(first) < _MOST_ANNOTATIONS:
            first.append(finding)
        self._table.add(finding)

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the annotations, and append to the summary of the step.

        Raises:
            OutputError: the summary cannot be written.
        """
        for severity in sorted(Severity, reverse=True):
            for finding in islice(self._worst(severity, summary), _MOST_ANNOTATIONS):
                self._stream.write(self._annotation(finding) + "\n")
        text = self._table.text(summary, result)
        if size(text) <= self._room:  # else GitHub would refuse what earlier commands of the step wrote, too
            self._append(text)

    def _worst(self, severity: Severity, summary: Summary) -> Iterator[Finding]:
        """Yield the findings of a level, the worst first."""

        def calls(code: str) -> int:
            return summary.rules[code].calls if code in summary.rules else 0

        codes = sorted((code for level, code in self._first if level == severity), key=lambda code: -calls(code))
        rounds: Iterable[tuple[Finding | None, ...]] = zip_longest(*(self._first[severity, code] for code in codes))
        return (finding for finding in chain.from_iterable(rounds) if finding is not None)

    def _annotation(self, finding: Finding) -> str:
        """Return a command of GitHub's runner. A file outside the repository cannot be annotated."""
        location, span = finding.location, finding.location.span
        properties = {"title": f"{finding.code} {finding.name}"}
        message = finding.text(show_ids=self._show_ids)
        if self._repository.holds(location.path):
            properties["file"] = self._repository.path(location.path)
            if span is not None:
                properties |= {"line": str(span.line), "endLine": str(span.end_line)}
                if span.line == span.end_line:  # GitHub takes columns only then
                    properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
        else:
            message = f"{location.text(show_ids=self._show_ids)}: {message}"
        lines = [message, *([f"Fix: {finding.remedy}"] if finding.remedy else [])]
        data = "\n".join(map(visible, lines)).translate(_DATA)
        shown = ",".join(f"{name}={visible(value).translate(_PROPERTY)}" for name, value in properties.items())
        return f"::{_COMMANDS[finding.severity]} {shown}::{data}"

    def _append(self, text: str) -> None:
        """Append to the summary of the step, all or nothing."""
        before: int | None = None
        try:
            with Path(self._summary_file).open("a", encoding="utf-8", errors="backslashreplace") as file:
                before = os.fstat(file.fileno()).st_size
                file.write(text)
        except OSError as error:
            if before is not None:
                with suppress(OSError):  # such as a pipe
                    os.truncate(self._summary_file, before)
            reason = error.strerror or str(error)
            raise OutputError(
                f"{SUMMARY_VARIABLE}: {self._summary_file}: cannot be written: {reason.lower()}"
            ) from error


def _size_of(path: str) -> int:
    """Return the bytes of a file; 0 if there is none yet."""
    try:
        return Path(path).stat().st_size if path else 0
    except OSError:
        return 0
