"""Reports: one module per format, and the table of formats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import ClassVar, Protocol, TextIO

import msgspec

from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.finding import MISSING_CALLS, Finding, Severity
from segkoch_lint.findings.summary import Grouping, Summary
from segkoch_lint.rules.catalogue import Rule, built_in

FORMATS = {
    "text": "segkoch_lint.reporting.text",
    "full": "segkoch_lint.reporting.text",  # its name in other linters
    "concise": "segkoch_lint.reporting.concise",
    "grouped": "segkoch_lint.reporting.grouped",
    "agent": "segkoch_lint.reporting.agent",
    "sarif": "segkoch_lint.reporting.sarif",
    "github": "segkoch_lint.reporting.github",
    "gitlab": "segkoch_lint.reporting.gitlab",
    "junit": "segkoch_lint.reporting.junit",
    "rdjson": "segkoch_lint.reporting.rdjson",
    "azure": "segkoch_lint.reporting.azure",
    "markdown": "segkoch_lint.reporting.markdown",
    "html": "segkoch_lint.reporting.html_report.report",
    "json": "segkoch_lint.reporting.json_report",
    "json-lines": "segkoch_lint.reporting.json_lines",
}
"""The module of each format, by name. It has a class `Reporter` (see below), and is imported when it is needed."""

WIDTH = 100
"""The columns of text that is not written to a terminal."""


class FormatTraits(msgspec.Struct, frozen=True):
    """What a run has to know of a format before it opens a report.

    Attributes:
        beginning: matches the first bytes of a report, so that the report of an earlier run may be overwritten and is
            not read; None if it looks like any other text.
        most_snippets: the first findings of a rule whose snippets the format shows, so that they have to be made; 0 if
            it shows none, None for no limit.
        is_for_reading: whether people or agents read it from top to bottom, so that `--quiet` leaves the findings out,
            and at most `ReportOptions.max_per_rule` findings of a rule are shown.
        shows_suppressed: whether it shows suppressed findings, marked as such.
        groupings: those that it shows whether the user asks for them or not.
    """

    beginning: re.Pattern[bytes] | None = None
    most_snippets: int | None = 0
    is_for_reading: bool = False
    shows_suppressed: bool = False
    groupings: Sequence[Grouping] = ()

    @property
    def shows_snippets(self) -> bool:
        """Whether the format shows any snippet."""
        return self.most_snippets != 0


class ReportOptions(msgspec.Struct, frozen=True):
    """The look of a report.

    Attributes:
        show_ids: whether ids are shown instead of masked.
        color: whether terminal colours are used (text only).
        statistics: whether more figures are shown (text only).
        quiet: whether findings about single calls and files are left out (text only).
        max_findings: the most findings that are shown, all of which are counted; None for no limit.
        max_per_rule: the most findings of one rule that formats for reading show; None for no limit.
        width: the columns that text is wrapped to.
    """

    show_ids: bool = False
    color: bool = False
    statistics: bool = False
    quiet: bool = False
    max_findings: int | None = None
    max_per_rule: int | None = None
    width: int = WIDTH

    def hides(self, finding: Finding) -> bool:
        """Return whether a quiet report leaves a finding out. It shows which calls are missing, as it shows rates."""
        return self.quiet and finding.code != MISSING_CALLS


RuleNames = Mapping[str, tuple[str, Severity]]
"""By code, the name and the severity of rules."""


class RunResult(msgspec.Struct, frozen=True):
    """The result of a run.

    Attributes:
        exit_status: its exit status.
        budgets: the budgets of rules, by code.
        within: by severity name, the number of findings of rules within their budgets; they do not count.
        groupings: those that the user asked for.
        expected: the other groupings that expectations are about; only the JSON formats show them.
        unwritten: whether a file could not be written: a report, or an input that was to be fixed.
        max_blocked: how many useful calls of a replay may be blocked; None if any number may.
        fail_on: the least severity that fails the run; None if no severity does.
        fixable: the number of findings that `--fix` would fix, without suppressed ones.
        shown: the number of findings that were passed to the format, without suppressed ones.
        rules: by code, the name and the configured severity of the rules with findings, including hidden ones.
        catalogue: the rules of the run, including those of the user's own files; it may lack built-in ones.
    """

    exit_status: int
    budgets: Mapping[str, Budget] = msgspec.field(default_factory=dict)
    within: Mapping[str, int] = msgspec.field(default_factory=dict)
    groupings: Sequence[Grouping] = ()
    expected: Sequence[Grouping] = ()
    unwritten: bool = False
    max_blocked: Budget | None = None
    fail_on: Severity | None = Severity.ERROR
    fixable: int = 0
    shown: int = 0
    rules: RuleNames = msgspec.field(default_factory=dict)
    catalogue: Sequence[Rule] = ()

    def kept_budgets(self, summary: Summary) -> dict[str, Budget]:
        """Return by code the budgets of the rules with findings that are not exceeded."""
        return {
            code: budget
            for code, budget in self.budgets.items()
            if code in summary.rules and not budget.exceeded(summary.rules[code].calls, summary.checked)
        }

    def known_rules(self) -> dict[str, Rule]:
        """Return by code the built-in rules and those of the run."""
        return {rule.code: rule for rule in (*built_in(), *self.catalogue)}

    def rule_names(self) -> RuleNames:
        """Return the names and severities of all rules; those of rules with findings are the configured ones."""
        return {code: (rule.name, rule.severity) for code, rule in self.known_rules().items()} | dict(self.rules)


def worst_first(calls: Mapping[str, int], names: RuleNames) -> list[str]:
    """Return the codes of rules, the most severe first, and of these the ones that most calls break.

    Args:
        calls: by code, the number of calls that break the rule.
        names: the severities of these rules.
    """
    return sorted(calls, key=lambda code: (-names[code][1], -calls[code], code))


class Report(Protocol):
    """A report that is being written. Findings are written as they come, so that they need no memory."""

    def begin(self, summary: Summary) -> None:
        """Write the part before the findings."""

    def finding(self, finding: Finding) -> None:
        """Write one finding."""

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the figures, and complete the report."""


class Reporter(Report, Protocol):
    """The class of a report in one format; `reporter` returns it by the name of the format.

    Attributes:
        traits: what a run has to know of the format.
    """

    traits: ClassVar[FormatTraits]

    def __init__(self, stream: TextIO, options: ReportOptions) -> None: ...


class LimitedReport:
    """A report with a limit on its findings, in any format.

    Args:
        report: the report.
        max_findings: the most findings that it shows, and the most suppressed ones; None for no limit.
        max_per_rule: the most findings of one rule that it shows; None for no limit.
        with_suppressed: whether it shows suppressed findings.
        most_snippets: the first findings of one rule whose snippets it shows; None for no limit.
    """

    def __init__(
        self,
        report: Report,
        *,
        max_findings: int | None,
        max_per_rule: int | None,
        with_suppressed: bool,
        most_snippets: int | None,
    ) -> None:
        self._report = report
        self._max = max_findings
        self._max_per_rule = max_per_rule
        self._most_snippets = most_snippets
        self._with_suppressed = with_suppressed
        self._shown: Counter[bool] = Counter()
        self._shown_by_rule: Counter[str] = Counter()
        self._rules: dict[str, tuple[str, Severity]] = {}
        self._fixable = 0

    def shows_snippet(self, code: str) -> bool:
        """Return whether the snippet of another finding of a rule would be shown."""
        if self._most_snippets is not None and self._shown_by_rule[code] >= self._most_snippets:
            return False
        if self._max is None and self._max_per_rule is None:
            return True
        kinds = (False, True) if self._with_suppressed else (False,)
        return any(self._has_room(code, suppressed=kind) for kind in kinds)

    def begin(self, summary: Summary) -> None:
        """Write the part before the findings."""
        self._report.begin(summary)

    def finding(self, finding: Finding) -> None:
        """Write one finding, or hide it beyond the limit or because it is suppressed."""
        is_suppressed = finding.suppression is not None
        if finding.fix is not None and finding.fix.is_safe and not is_suppressed:
            self._fixable += 1
        if is_suppressed and not self._with_suppressed:
            return
        self._rules.setdefault(finding.code, (finding.name, finding.severity))
        if self._has_room(finding.code, suppressed=is_suppressed):
            self._report.finding(finding)
            self._shown[is_suppressed] += 1
            self._shown_by_rule[finding.code] += 1

    def _has_room(self, code: str, *, suppressed: bool) -> bool:
        below = self._max is None or self._shown[suppressed] < self._max
        return below and (self._max_per_rule is None or self._shown_by_rule[code] < self._max_per_rule)

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the figures, and complete the report."""
        more = {"shown": self._shown[False], "rules": self._rules, "fixable": self._fixable}
        self._report.end(summary, msgspec.structs.replace(result, **more))


def reporter(name: str) -> type[Reporter]:
    """Return the class that writes reports in the format *name*."""
    found: type[Reporter] = import_module(FORMATS[name]).Reporter
    return found


def open_report(name: str, stream: TextIO, options: ReportOptions) -> LimitedReport:
    """Return a report in the format *name* that is written to *stream*."""
    format_ = reporter(name)
    traits = format_.traits
    return LimitedReport(
        format_(stream, options),
        max_findings=options.max_findings,
        max_per_rule=options.max_per_rule if traits.is_for_reading else None,
        with_suppressed=traits.shows_suppressed,
        most_snippets=0 if options.quiet and traits.is_for_reading else traits.most_snippets,
    )


def is_report(head: bytes) -> bool:
    """Return whether a file that begins with *head* is a report of an earlier run."""
    beginnings = (reporter(name).traits.beginning for name in FORMATS)
    return any(beginning is not None and beginning.match(head) for beginning in beginnings)
