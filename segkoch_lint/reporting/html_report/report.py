"""Writes the page of a run."""

from __future__ import annotations

import re
from typing import ClassVar, TextIO

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.html_report.breakdowns import GROUPINGS
from segkoch_lint.reporting.html_report.content import content_of
from segkoch_lint.reporting.html_report.examples import RepeatedRemedies, RuleExamples
from segkoch_lint.reporting.html_report.page import Page


class Reporter:
    """Keeps examples of findings, and writes the page at the end.

    Raises:
        UsageError: jinja2 is not installed.
    """

    traits: ClassVar[FormatTraits] = FormatTraits(
        beginning=re.compile(rb"<!doctype html>\r?\n<!-- A report of segkoch-lint "),
        most_snippets=500,
        groupings=GROUPINGS,
    )

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._show_ids = options.show_ids
        self._page = Page()
        self._remedies = RepeatedRemedies()
        self._rules: dict[str, RuleExamples] = {}

    def begin(self, summary: Summary) -> None:
        """Write nothing: the page is written at the end."""

    def finding(self, finding: Finding) -> None:
        """Count one finding, and keep it if it is an example."""
        if finding.code not in self._rules:
            self._rules[finding.code] = RuleExamples()
        self._rules[finding.code].add(self._remedies.completed(finding))

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the page."""
        content = content_of(summary, result, self._rules, show_ids=self._show_ids)
        for piece in self._page.pieces(content):
            self._stream.write(piece)
