"""The format `concise`: a line a finding as compilers write it, then the totals."""

from __future__ import annotations

from typing import ClassVar, TextIO

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.text_figures import (
    hidden_sentence,
    read_sentence,
    unjudged_sentence,
    verdict_sentence,
)
from segkoch_lint.reporting.text_summary import SEVERITY_COLORS, problems
from segkoch_lint.reporting.text_writer import Piece, TextWriter


class Reporter:
    """Writes ``path:line:column: severity: message [code name]`` for each finding, as GCC does, and the totals."""

    traits: ClassVar[FormatTraits] = FormatTraits()

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._writer = TextWriter(stream, color=options.color, width=options.width)
        self._options = options

    def begin(self, summary: Summary) -> None:
        """Write nothing: the totals come last."""

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        if self._options.hides(finding):
            return
        show_ids = self._options.show_ids
        self._writer.line(
            Piece(finding.location.text(show_ids=show_ids), bold=True),
            ": ",
            Piece(f"{finding.severity}:", SEVERITY_COLORS[finding.severity], bold=True),
            f" {finding.text(show_ids=show_ids)} [{finding.code} {finding.name}]",
            indent=None,
        )

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the totals."""
        line = self._writer.line
        if hidden := hidden_sentence(summary, result, self._options):
            line(hidden)
        line(read_sentence(summary))
        for problem in problems(summary, result):
            line(Piece(problem, "red", bold=True))
        for sentence in filter(None, (unjudged_sentence(summary, result.budgets), verdict_sentence(summary, result))):
            line(sentence)
