"""The format `markdown`: a comment on a pull request."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar, TextIO

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.markdown_table import MarkdownTable
from segkoch_lint.reporting.repository import Repository

_MOST = 65_000
"""Bytes of the text: GitHub refuses comments of more than 65,536 characters."""


class Reporter:
    """Collects the rows of findings, and writes the comment at the end."""

    traits: ClassVar[FormatTraits] = FormatTraits(beginning=re.compile(rb"### segkoch-lint\r?\n"))

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._table = MarkdownTable(Repository(Path.cwd()), _MOST, show_ids=options.show_ids)

    def begin(self, summary: Summary) -> None:
        """Write nothing: the comment is written at the end."""

    def finding(self, finding: Finding) -> None:
        """Collect one finding."""
        self._table.add(finding)

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the comment."""
        self._stream.write(self._table.text(summary, result))
