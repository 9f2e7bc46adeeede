"""The format `agent`, for programs that write code and read the output: few lines, each complete.

It has no colours, the fix beside each finding, and one line if there is none.
"""

from __future__ import annotations

from typing import ClassVar, TextIO

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.text_figures import (
    fix_clause,
    hidden_sentence,
    read_sentence,
    unjudged_sentence,
    verdict_sentence,
)
from segkoch_lint.reporting.text_summary import problems


class Reporter:
    """Writes ``path:line:column: severity CODE name: message. Fix: …`` for each finding, then one line of totals."""

    traits: ClassVar[FormatTraits] = FormatTraits(is_for_reading=True)

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._options = options

    def begin(self, summary: Summary) -> None:
        """Write nothing: the totals come last."""

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        if self._options.hides(finding):
            return
        show_ids = self._options.show_ids
        message = finding.text(show_ids=show_ids)
        fix = f". Fix: {finding.remedy}{fix_clause(finding)}" if finding.remedy else ""
        place = finding.location.text(show_ids=show_ids)
        self._line(f"{place}: {finding.severity} {finding.code} {finding.name}: {message}{fix}")

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the totals."""
        sentences = (
            hidden_sentence(summary, result, self._options),
            *problems(summary, result),
            unjudged_sentence(summary, result.budgets),
            f"{verdict_sentence(summary, result)} {read_sentence(summary)}".lstrip(),
        )
        for sentence in filter(None, sentences):
            self._line(sentence)

    def _line(self, text: str) -> None:
        self._stream.write(visible(text) + "\n")
