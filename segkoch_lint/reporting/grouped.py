"""The format `grouped`: each rule with its findings, its fix once, and where it is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TextIO

import msgspec

from segkoch_lint.findings.finding import Finding, Severity
from segkoch_lint.findings.redaction.masking import shown_path
from segkoch_lint.findings.summary import RuleTally, Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.text_figures import count, fix_clause
from segkoch_lint.reporting.text_summary import SEVERITY_COLORS, TextSummary
from segkoch_lint.reporting.text_writer import Piece, TextWriter

MOST_PLACES = 10_000
"""Places that are kept until the end of the run."""

_MOST_FIXES = 20
"""Fixes of a rule that are kept: they differ by SDK, and name the column of a table."""

_Message = tuple[str, Sequence[str]]
"""A message, and the related locations."""


class _Rule(msgspec.Struct):
    """The findings of a rule.

    Attributes:
        name, severity: of the rule.
        messages: by message and path, the places in the file.
        fixes: the fixes, each once, in their order.
    """

    name: str
    severity: Severity
    messages: dict[_Message, dict[str, list[str]]] = msgspec.field(default_factory=dict)
    fixes: dict[str, None] = msgspec.field(default_factory=dict)


class Reporter:
    """Collects places in bounded memory, and writes the rules at the end: the most severe and most broken first."""

    traits: ClassVar[FormatTraits] = FormatTraits(is_for_reading=True)

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._writer = TextWriter(stream, color=options.color, width=options.width)
        self._options = options
        self._summary = TextSummary(self._writer, options)
        self._rules: dict[str, _Rule] = {}
        self._room = MOST_PLACES

    def begin(self, summary: Summary) -> None:
        """Write how plans guard each requirement, in a run over plans."""
        self._summary.begin(summary)

    def finding(self, finding: Finding) -> None:
        """Keep the place of a finding."""
        if self._options.hides(finding) or not self._room:
            return
        self._room -= 1
        show_ids = self._options.show_ids
        rule = self._rules.setdefault(finding.code, _Rule(finding.name, finding.severity))
        rule.severity = max(rule.severity, finding.severity)
        related = tuple(f"{each.text(show_ids=show_ids)}: {each.message}" for each in finding.related)
        files = rule.messages.setdefault((finding.text(show_ids=show_ids), related), {})
        location = finding.location
        path = shown_path(location.path) or "<value>"
        files.setdefault(path, []).append(location.text(show_ids=show_ids).removeprefix(path).removeprefix(":"))
        if finding.remedy and len(rule.fixes) < _MOST_FIXES:
            rule.fixes[finding.remedy + fix_clause(finding)] = None

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the rules, the tables and the totals."""
        none = RuleTally()

        def order(code: str) -> tuple[int, int, str]:
            return -self._rules[code].severity, -summary.rules.get(code, none).calls, code

        for code in sorted(self._rules, key=order):
            self._rule(code, self._rules[code], summary.rules.get(code, none), "rule" if summary.plans else "call")
        hidden = result.shown - (MOST_PLACES - self._room)
        if hidden and not self._options.quiet:
            self._writer.line(f"… and {count(hidden, 'more place')}.")
            self._writer.line("")
        self._summary.end(summary, result, with_rules=self._options.quiet)

    def _rule(self, code: str, rule: _Rule, tally: RuleTally, unit: str) -> None:
        line = self._writer.line
        where = f" in {count(tally.calls, unit)}" if tally.calls else ""
        number = count(tally.findings, str(rule.severity))
        color = SEVERITY_COLORS[rule.severity]
        line(Piece(code, bold=True), f" {rule.name}  ", Piece(number, color, bold=True), where)
        for (message, related), files in rule.messages.items():
            line(f"  {message}", indent="  ")
            for path, places in files.items():
                shown = ", ".join(filter(None, places))
                line("    ", Piece("at", dim=True), f" {path}{':' if shown else ''}{shown}", indent="      ")
            for each in related:
                line("    ", Piece("see", dim=True), f" {each}", indent="      ")
        for fix in rule.fixes:
            line("  ", Piece("=", dim=True), f" {fix}", indent="    ")
        line("")
