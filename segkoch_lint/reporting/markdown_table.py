"""The figures and findings of a run as a table in Markdown, no longer than a service takes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from segkoch_lint.findings.finding import Finding, Severity
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import RunResult, worst_first
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.repository import Repository
from segkoch_lint.reporting.text_figures import (
    count,
    plans_sentence,
    severity_counts,
    suppressed_sentence,
    unjudged_sentence,
)

_BACKTICKS = re.compile("`+")
_SPARE = 100
"""Bytes for the line about findings that are left out."""


class MarkdownTable:
    """Collects the rows of findings, the most severe first, in bounded memory.

    Args:
        repository: the repository that paths are relative to.
        most: bytes of the whole text in UTF-8.
        show_ids: whether ids are shown instead of masked.
    """

    def __init__(self, repository: Repository, most: int, *, show_ids: bool = False) -> None:
        self._repository = repository
        self._most = most
        self._show_ids = show_ids
        self._rows: dict[Severity, list[str]] = {severity: [] for severity in sorted(Severity, reverse=True)}
        self._sizes = dict.fromkeys(Severity, 0)

    def add(self, finding: Finding) -> None:
        """Keep the row of a finding if the rows of its severity could still fit."""
        if self._sizes[finding.severity] < self._most:
            row = self._row(finding)
            self._rows[finding.severity].append(row)
            self._sizes[finding.severity] += size(row)

    def text(self, summary: Summary, result: RunResult) -> str:
        """Return the verdict, the table of rules, and as many findings as there is room for."""
        pieces = ["### segkoch-lint\n", *(f"\n{line}\n" for line in _verdict(summary, result))]
        if summary.rules:
            pieces.append("\n| rule | severity | findings | calls |\n|---|---|---:|---:|\n")
            pieces += _rules(summary, result)
        head = "\n| severity | rule | place | finding |\n|---|---|---|---|\n"
        room = self._most - size("".join(pieces)) - size(head) - _SPARE
        shown = list(_fitting((row for rows in self._rows.values() for row in rows), room))
        if shown:
            pieces += [head, *shown]
        if hidden := summary.severities.total() - len(shown):
            pieces.append(f"\n… and {count(hidden, 'more finding')}.\n")
        return "".join(pieces)

    def _row(self, finding: Finding) -> str:
        span = finding.location.span
        path = self._repository.path(finding.location.path)
        place = f"{path}:{span.line}" if span else path
        message = code_span(finding.text(show_ids=self._show_ids))
        fix = f"<br>Fix: {code_span(finding.remedy)}" if finding.remedy else ""
        return f"| {finding.severity} | {finding.code} {finding.name} | {code_span(place)} | {message}{fix} |\n"


def code_span(text: str) -> str:
    """Return a text as code in a cell of a table, so that it is no link, mention, markup or border of the cell."""
    shown = visible(text)
    if not shown.strip():
        return ""
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(shown)), default=0) + 1)
    pad = " " if len(fence) > 1 or shown != shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}".replace("|", "\\|")


def _fitting(rows: Iterable[str], room: int) -> Iterable[str]:
    """Yield the first rows that fit into *room* bytes."""
    for row in rows:
        room -= size(row)
        if room < 0:
            return
        yield row


def _verdict(summary: Summary, result: RunResult) -> Iterable[str]:
    counts = severity_counts(summary, result)
    if counts:
        yield f"**{counts}.**"
    if unjudged := unjudged_sentence(summary, result.budgets):
        yield unjudged
    if summary.unread or summary.internal_errors or result.unwritten:
        yield "**Incomplete: see the log of the run.**"
    elif not summary.checked_anything:
        yield "**Nothing was checked.**"
    elif not counts:
        yield "No findings."
    if summary.suppressed:
        yield suppressed_sentence(summary).strip()
    if summary.plans is not None:
        yield plans_sentence(summary.plans)
    else:
        total = summary.readiness
        yield (
            f"{count(summary.calls, 'call')} read, {summary.checked:,} checked: {total.ready:,} ready, "
            f"{total.limited:,} limited, {total.faulty:,} faulty."
        )


def _rules(summary: Summary, result: RunResult) -> Iterable[str]:
    names = result.rule_names()
    for code in worst_first({code: tally.calls for code, tally in summary.rules.items()}, names):
        (name, severity), tally = names[code], summary.rules[code]
        yield f"| {code} {name} | {severity} | {tally.findings:,} | {tally.calls:,} |\n"


def size(text: str) -> int:
    """Return the bytes of a text in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))
