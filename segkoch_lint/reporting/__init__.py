"""How findings are shown: one module a format, one table of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, TextIO

import msgspec

from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary

FORMATS = {
    "text": "segkoch_lint.reporting.text",
    "json": "segkoch_lint.reporting.json_report",
    "json-lines": "segkoch_lint.reporting.json_lines",
}
"""Formats by name; each module has a class `Reporter`, imported when it is asked for."""


class ReportOptions(msgspec.Struct, frozen=True):
    """How a report is to look.

    Attributes:
        show_ids: show ids instead of masking them.
        color: use terminal colours (text only).
        statistics: tell more figures (text only).
        quiet: leave out the single findings (text only).
        max_findings: single findings shown; the others are only counted. None for all.
    """

    show_ids: bool = False
    color: bool = False
    statistics: bool = False
    quiet: bool = False
    max_findings: int | None = None


class RunResult(msgspec.Struct, frozen=True):
    """How a run ended.

    Attributes:
        exit_status: its exit status.
        budgets: by code of a rule, what it is allowed.
        facets: names of what calls are grouped by.
        within: by severity name, findings of rules within their budgets; they do not count.
        unwritten: whether a further report could not be written.
        max_blocked: how many useful calls of a replay may be blocked, if that was limited.
    """

    exit_status: int
    budgets: Mapping[str, Budget] = msgspec.field(default_factory=dict)
    within: Mapping[str, int] = msgspec.field(default_factory=dict)
    facets: Sequence[str] = ()
    unwritten: bool = False
    max_blocked: Budget | None = None


class Report(Protocol):
    """A report in the making. Findings are written as they come and take no memory."""

    def begin(self, summary: Summary) -> None:
        """Write what is known before the first finding is."""

    def finding(self, finding: Finding) -> None:
        """Write one finding."""

    def end(self, summary: Summary, outcome: RunResult) -> None:
        """Write the figures; nothing comes after."""


def open_report(name: str, stream: TextIO, style: ReportOptions) -> Report:
    """Return a report of the format *name* that writes to *stream*."""
    report: Report = import_module(FORMATS[name]).Reporter(stream, style)
    return report
