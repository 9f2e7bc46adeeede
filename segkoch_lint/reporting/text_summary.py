"""The end of a text report: tables of rules, libraries and groups, then the totals and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.plan_tally import PlanTally
from segkoch_lint.findings.redaction.masking import shown_path
from segkoch_lint.findings.summary import CallTally, Grouping, Summary
from segkoch_lint.reporting import ReportOptions, RuleNames, RunResult, replay_table, worst_first
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.groups import ordered_groups
from segkoch_lint.reporting.text_figures import (
    budget_text,
    calls_sentence,
    count,
    fixable_sentence,
    hidden_sentence,
    plans_sentence,
    refusals_sentence,
    severity_counts,
    share,
    suppressed_sentence,
    unjudged_sentence,
    unprobed_clause,
    users_sentence,
)
from segkoch_lint.reporting.text_writer import Piece, TextWriter, clipped

_FIGURES = ("calls", "checked", "ready", "limited", "faulty", "share ready")
"""The columns with the figures of a library or a group."""

SEVERITY_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


class TextSummary:
    """Writes the figures of a run.

    Args:
        writer: where they are written.
        options: the look of the report.
    """

    def __init__(self, writer: TextWriter, options: ReportOptions) -> None:
        self._writer = writer
        self._options = options

    def begin(self, summary: Summary) -> None:
        """Write how plans guard each requirement, in a run over plans."""
        if summary.plans is not None:
            self._requirements(summary.plans)

    def end(self, summary: Summary, result: RunResult, *, with_rules: bool = True) -> None:
        """Write the tables, the totals and the verdict.

        Args:
            summary: the figures.
            result: the result of the run.
            with_rules: whether the table of rules is written.
        """
        if _is_all_unread(summary) and not result.unwritten:
            return  # standard error says it in one line
        line = self._writer.line
        names = result.rule_names()
        if hidden := hidden_sentence(summary, result, self._options):
            line(hidden)
            line("")
        if summary.rules and with_rules:
            self._rules(summary, result.budgets, names)
        if summary.checked and (summary.rules or self._options.statistics):
            self._libraries(summary)
        for grouping in result.groupings:
            self._groups(summary, grouping, names)
        if self._options.statistics:
            for path in summary.unreadable:
                keys = "Segment keys" if summary.plans is None else "a key of a tracking plan"
                line(f"Unreadable, without {keys}: {shown_path(path)}")
            line(f"{count(summary.inputs, 'input')}, {summary.bytes:,} bytes.")
        if summary.plans is not None:
            self._plans(summary.plans)
            if summary.unreadable:
                line(f"{count(len(summary.unreadable), 'unreadable file')} without a key of a tracking plan.")
        else:
            line(calls_sentence(summary))
        if summary.identity is not None and summary.identity.seen_from_both_sides:
            line(users_sentence(summary.identity))
        self._verdict(summary, result, names)

    # --- tables ----------------------------------------------------------------------------------------------------

    def _rules(self, summary: Summary, budgets: Mapping[str, Budget], names: RuleNames) -> None:
        """Write how often each rule is broken, the most severe ones first."""
        rows: list[Sequence[str]] = []
        for code in sorted(summary.rules, key=lambda code: (-names[code][1], code)):
            tally, (name, severity), budget = summary.rules[code], names[code], budgets.get(code)
            rate = share(tally.calls, summary.checked, budget.decimals if budget else 1)
            figures = (f"{tally.findings:,}", f"{tally.calls:,}")
            rows.append([code, name, str(severity), *figures, rate, budget_text(budget, tally, summary.checked)])
        # A budget needs the rate beside it; otherwise, the rate is one more figure.
        has_rates = self._options.statistics and summary.plans is None
        columns = 7 if budgets.keys() & summary.rules else 6 if has_rates else 5
        unit = "calls" if summary.plans is None else "plan rules"
        head = ["rule", "", "severity", "findings", unit, "of checked", "budget"]
        self._writer.table(head[:columns], [row[:columns] for row in rows], "lllrrrl")

    def _requirements(self, tally: PlanTally) -> None:
        verdicts = ["before", "now"] if tally.before else [""]
        head = ["requirement", "", *verdicts, "rules guarded", "partly", "open"]
        rows = []
        for code, each in tally.requirements.items():
            before = [tally.before[code].verdict or "-"] if tally.before else []
            figures = [f"{number:,}" for number in (each.guarded, each.partly, each.open)]
            if each.verdict:
                rows.append([code, each.name, *before, each.verdict, *figures])
        if rows:
            self._writer.table(head, rows, "ll" + "l" * len(verdicts) + "rrr")
        if refused := refusals_sentence(tally):
            self._writer.line(refused)
            self._writer.line("")

    def _plans(self, tally: PlanTally) -> None:
        several = len({change.path for change in tally.changes}) > 1 or tally.plans > 1
        for change in sorted(tally.changes, key=lambda change: not change.warning):
            level = Severity.WARNING if change.warning else Severity.INFO
            path = f" {shown_path(change.path)}:" if several and change.path else ""
            self._writer.line(Piece(str(level), SEVERITY_COLORS[level], bold=True), f":{path} {change.message}")
        if tally.changes:
            self._writer.line("")
        if tally.replay is not None:
            if rows := [(clipped(visible(name)), *figures) for name, *figures in replay_table.rows(tally.replay)]:
                self._writer.table(replay_table.HEAD, rows, replay_table.ALIGN)
            self._writer.line(replay_table.sentences(tally.replay))
        self._writer.line(plans_sentence(tally))

    def _libraries(self, summary: Summary) -> None:
        rows = [
            [visible(name) or "(none)", *_figures(tally)]
            for name, tally in sorted(summary.libraries.items(), key=lambda item: (-item[1].calls, item[0]))
        ]
        self._writer.table(["library", *_FIGURES], rows, "l" + "r" * len(_FIGURES))

    def _groups(self, summary: Summary, grouping: Grouping, names: RuleNames) -> None:
        """Write the figures of each group, and below them the rules that its calls break."""
        rows: list[Sequence[str]] = []
        for values, tally in ordered_groups(summary, grouping, show_ids=self._options.show_ids):
            rows.append([*(clipped(visible(value)) or "(none)" for value in values), *_figures(tally)])
            for code, calls in sorted(tally.rules.items(), key=lambda item: (-item[1], item[0])):
                rule = [f"  {code} {names[code][0]}", *[""] * (len(grouping) - 1)]
                rows.append([*rule, f"{calls:,}", share(calls, tally.checked), *[""] * (len(_FIGURES) - 2)])
        if rows:
            self._writer.table([*grouping, *_FIGURES], rows, "l" * len(grouping) + "r" * len(_FIGURES))

    # --- verdict ---------------------------------------------------------------------------------------------------

    def _verdict(self, summary: Summary, result: RunResult, names: RuleNames) -> None:
        for problem in problems(summary, result):
            self._writer.line(Piece(problem, "red", bold=True))
        if unjudged := unjudged_sentence(summary, result.budgets):
            self._writer.line(Piece(unjudged, "yellow", bold=True))
        unprobed = unprobed_clause(summary.plans) if summary.plans is not None else ""
        suppressed = suppressed_sentence(summary)
        if counts := severity_counts(summary, result):
            all_within = not unjudged and sum(result.within.values()) == summary.severities.total()
            color = "red" if result.exit_status else "green" if all_within else "yellow"
            more = f" Learn more: segkoch-lint rule {_worst(summary, names)}" if summary.rules else ""
            verdict = Piece(f"{counts}{unprobed}.", color, bold=True)
            self._writer.line(verdict, fixable_sentence(result), suppressed, Piece(more, dim=True))
        elif summary.plans is not None and not summary.plans.checked:
            nothing = f"Nothing was checked: no rule of a tracking plan to probe{unprobed}."
            self._writer.line(Piece(nothing, "yellow", bold=True))
        elif not summary.checked_anything:
            read = summary.inputs or summary.not_calls
            missing = "no Segment call in what was read" if read else "no file was found, or all are excluded"
            self._writer.line(Piece(f"Nothing was checked: {missing}.", "yellow", bold=True), suppressed)
        elif not (summary.unread or summary.internal_errors):
            none = Piece(f"No findings{unprobed}.", "yellow" if unprobed else "green", bold=True)
            self._writer.line(none, suppressed)


def _worst(summary: Summary, names: RuleNames) -> str:
    """Return the code of the rule that most calls break, among the most severe ones."""
    return worst_first({code: tally.calls for code, tally in summary.rules.items()}, names)[0]


def problems(summary: Summary, result: RunResult) -> Iterator[str]:
    """Yield why the run is incomplete, or fails for another reason than its findings."""
    if summary.unread:
        yield f"Incomplete: {count(len(summary.unread), 'input')} could not be read; see standard error."
    if summary.internal_errors:
        yield "Incomplete: segkoch-lint itself failed; see standard error."
    if result.unwritten:
        yield "Incomplete: a file was not written; see standard error."
    replay = summary.plans.replay if summary.plans is not None else None
    if problem := replay_table.problem(replay, result.max_blocked):
        yield problem


def _figures(tally: CallTally) -> list[str]:
    """Return the cells of `_FIGURES`."""
    counts = (tally.calls, tally.checked, tally.ready, tally.limited, tally.faulty)
    return [*(f"{number:,}" for number in counts), share(tally.ready, tally.checked)]


def _is_all_unread(summary: Summary) -> bool:
    """Return whether no input could be opened, so that there are no figures."""
    read = summary.inputs or summary.calls or summary.not_calls or summary.plans is not None or summary.rules
    return bool(summary.unread) and not read and not summary.internal_errors
