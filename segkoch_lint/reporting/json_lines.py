"""The format `json-lines`: one finding per line, then the summary, each as in the format `json`.

`schemas/report.json` describes a line as `json-line`.
"""

from __future__ import annotations

import re
from typing import ClassVar, TextIO

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.escaping import json_text
from segkoch_lint.reporting.json_findings import finding_text
from segkoch_lint.reporting.json_report import TOOL, VERSION, summary_object


class Reporter:
    """Writes a line for each finding, and ``{"summary": …, "version": 1, "tool": …}`` as the last line."""

    traits: ClassVar[FormatTraits] = FormatTraits(
        beginning=re.compile(
            rb'\{"code": "[^"]+", "name": "[^"]+", "severity": "(?:error|warning|info)"|\{"summary": \{"exit_status": '
        ),
        shows_suppressed=True,
    )

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._options = options

    def begin(self, summary: Summary) -> None:
        """Write nothing: the figures come last."""

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        self._stream.write(finding_text(finding, show_ids=self._options.show_ids) + "\n")

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the summary, with the version of the format."""
        figures = summary_object(summary, result, show_ids=self._options.show_ids)
        self._stream.write(json_text({"summary": figures, "version": VERSION, "tool": TOOL}) + "\n")
