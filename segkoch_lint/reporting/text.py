"""The format `text`, for people: findings with their snippets, then the figures."""

from __future__ import annotations

from typing import ClassVar, TextIO

from segkoch_lint.documents.document import ARROW
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.text_figures import fix_clause
from segkoch_lint.reporting.text_snippet import write_snippet
from segkoch_lint.reporting.text_summary import SEVERITY_COLORS, TextSummary
from segkoch_lint.reporting.text_writer import Piece, TextWriter

_MOST_REMEDIES = 1000
"""Remedies that are kept, so that a repeated one is written once."""


class Reporter:
    """Writes findings with their snippets, then the tables and the totals."""

    traits: ClassVar[FormatTraits] = FormatTraits(most_snippets=None, is_for_reading=True)

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._writer = TextWriter(stream, color=options.color, width=options.width)
        self._options = options
        self._summary = TextSummary(self._writer, options)
        self._remedies: set[str] = set()

    def begin(self, summary: Summary) -> None:
        """Write how plans guard each requirement, in a run over plans."""
        self._summary.begin(summary)

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        if self._options.hides(finding):
            return
        color = SEVERITY_COLORS[finding.severity]
        show_ids = self._options.show_ids
        line = self._writer.line
        line(
            Piece(finding.location.text(show_ids=show_ids), bold=True),
            ": ",
            Piece(str(finding.severity), color, bold=True),
            " ",
            Piece(finding.code, bold=True),
            f" {finding.name}  {finding.text(show_ids=show_ids)}",
            indent="  ",
        )
        if inside := _inner_place(finding, show_ids=show_ids):
            line("  ", Piece("in", dim=True), f" {inside}", indent="    ")
        if finding.snippet:
            write_snippet(self._writer, finding.snippet, color)
        for related in finding.related:
            place = related.text(show_ids=show_ids)
            line("  ", Piece("see", dim=True), f" {place}: {related.message}", indent="    ")
        if finding.remedy and self._is_new(finding.remedy):
            line("  ", Piece("=", dim=True), f" {finding.remedy}{fix_clause(finding)}", indent="    ")
        line("")

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the tables, the totals and the verdict."""
        self._summary.end(summary, result)

    def _is_new(self, remedy: str) -> bool:
        """Return whether a remedy was not written before, as far as it is known in bounded memory."""
        if remedy in self._remedies:
            return False
        if len(self._remedies) >= _MOST_REMEDIES:
            self._remedies.clear()
        self._remedies.add(remedy)
        return True


def _inner_place(finding: Finding, *, show_ids: bool) -> str:
    """Return the message or request that holds a finding, and the place in it; empty if the file is not a capture."""
    entry = finding.properties.get("entry", "")
    pointer = finding.location.pointer_text(show_ids=show_ids)
    return f"{entry}: {pointer}" if entry else pointer if ARROW in pointer else ""
