"""The format `json-lines`: one finding a line, the summary last, each as in the format `json`."""

from __future__ import annotations

from typing import TextIO

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import ReportOptions, RunResult
from segkoch_lint.reporting.escaping import json_text
from segkoch_lint.reporting.json_findings import finding_text
from segkoch_lint.reporting.json_report import summary_object


class Reporter:
    """Writes a line per finding, and ``{"summary": …}`` as the last."""

    def __init__(self, stream: TextIO, style: ReportOptions) -> None:
        self._stream = stream
        self._style = style
        self._written = 0

    def begin(self, summary: Summary) -> None:
        """Write nothing: all figures come last."""

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        if self._style.max_findings is None or self._written < self._style.max_findings:
            self._stream.write(finding_text(finding, show_ids=self._style.show_ids) + "\n")
            self._written += 1

    def end(self, summary: Summary, outcome: RunResult) -> None:
        """Write the summary."""
        figures = summary_object(summary, outcome, shown=self._written, show_ids=self._style.show_ids)
        self._stream.write(json_text({"summary": figures}) + "\n")
