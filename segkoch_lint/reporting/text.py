"""The format `text`: what people read all day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, TextIO

import click

from segkoch_lint.config.budgets import Budget
from segkoch_lint.documents.document import ARROW
from segkoch_lint.findings.finding import Finding, Severity, Snippet
from segkoch_lint.findings.redaction.masking import shown, shown_path
from segkoch_lint.findings.summary import CallTally, Group, IdentityTally, PlanTally, Summary
from segkoch_lint.inputs.file_types import ending_of
from segkoch_lint.reporting import ReportOptions, RunResult, replay_table
from segkoch_lint.reporting.escaping import escaped, visible
from segkoch_lint.rules.catalogue import built_in

_LONGEST_CELL = 60
"""Code points of a payload value that a table shows."""

_TAB = 4
"""Columns from one tab stop to the next in the lines around a finding."""

_FIGURES = ("calls", "checked", "ready", "limited", "faulty", "share ready")
"""The columns that say how the calls of a library or a group fare."""

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


class Piece(NamedTuple):
    """A piece of a line, and how it looks where colours are wanted."""

    text: str
    color: str | None = None
    bold: bool = False
    dim: bool = False


class Reporter:
    """Writes findings with the lines around them, then the tables and the sum."""

    def __init__(self, stream: TextIO, style: ReportOptions) -> None:
        self._stream = stream
        self._style = style
        self._written = 0
        self._hidden = 0
        self._names: dict[str, tuple[str, Severity]] = {}

    def begin(self, summary: Summary) -> None:
        """Write how plans guard each requirement, if plans were asked."""
        if summary.plans is not None:
            self._requirements(summary.plans)

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        self._names.setdefault(finding.code, (finding.name, finding.severity))
        if self._style.quiet:
            return
        if self._style.max_findings is not None and self._written >= self._style.max_findings:
            self._hidden += 1
            return
        self._written += 1
        color = _COLORS[finding.severity]
        show_ids = self._style.show_ids
        self._line(
            Piece(finding.location.text(show_ids=show_ids), bold=True),
            ": ",
            Piece(str(finding.severity), color, bold=True),
            " ",
            Piece(finding.code, bold=True),
            f" {finding.name}  {finding.text(show_ids=show_ids)}",
        )
        if finding.snippet:
            self._snippet(finding.snippet, color)
        if inside := _inside(finding, show_ids=show_ids):
            self._line("  ", Piece("in", dim=True), f" {inside}")
        for related in finding.related:
            self._line("  ", Piece("see", dim=True), f" {related.text(show_ids=show_ids)}: {related.message}")
        if finding.remedy:
            self._line("  ", Piece("=", dim=True), f" {finding.remedy}")
        self._line("")

    def end(self, summary: Summary, outcome: RunResult) -> None:
        """Write the tables and the sum."""
        if _nothing_was_there(summary) and not outcome.unwritten:
            return  # standard error says it in one line
        if self._hidden:
            self._line(f"… and {_count(self._hidden, 'more finding')} (--max-findings {self._style.max_findings}).")
            self._line("")
        if summary.rules:
            self._rules(summary, outcome.budgets)
        if summary.checked and (summary.rules or self._style.statistics):
            self._libraries(summary)
        if summary.groups:
            self._groups(summary, outcome.facets)
        if self._style.statistics:
            for path in summary.unreadable:
                keys = "Segment keys" if summary.plans is None else "a key of a tracking plan"
                self._line(f"Unreadable, without {keys}: {shown_path(path)}")
            self._line(f"{_count(summary.inputs, 'input')}, {summary.bytes:,} bytes.")
        if summary.plans is not None:
            self._plans(summary.plans)
            if summary.unreadable:
                self._line(f"{_count(len(summary.unreadable), 'unreadable file')} without a key of a tracking plan.")
        else:
            self._line(_sum(summary))
        if summary.identity is not None and summary.identity.seen_from_both_sides:
            self._line(_identity_sum(summary.identity))
        self._verdict(summary, outcome)

    def _by_severity(self, summary: Summary) -> list[str]:
        """Return the codes of the rules with findings, the most severe first."""
        names = self._rule_names()
        return sorted(summary.rules, key=lambda code: (-names[code][1], code))

    def _worst(self, summary: Summary) -> str:
        """Return the code of the rule that most calls break, of the most severe ones."""
        names = self._rule_names()
        return min(summary.rules, key=lambda code: (-names[code][1], -summary.rules[code].calls, code))

    def _snippet(self, snippet: Snippet, color: str) -> None:
        gutter = len(str(snippet.first_line + len(snippet.lines) - 1))
        for index, line in enumerate(snippet.lines):
            number = Piece(f"{snippet.first_line + index:>{gutter}} |", dim=True)
            spread = line.expandtabs(_TAB)
            if index != snippet.focus:
                self._line(number, f" {spread}".rstrip(" "))
                continue
            start, end = (len(line[:place].expandtabs(_TAB)) for place in (snippet.start, snippet.end))
            self._line(number, " ", spread[:start], Piece(spread[start:end], color), spread[end:].rstrip(" "))
            # What is escaped grows: the underline follows what is shown, not what was there.
            shown, (start, end) = escaped(spread, start, end)
            underline = " " * _width(shown[:start]) + "^" * max(1, _width(shown[start:end]))
            self._line(Piece(" " * gutter + " |", dim=True), " ", Piece(underline, color, bold=True))

    def _rules(self, summary: Summary, budgets: Mapping[str, Budget]) -> None:
        names = self._rule_names()
        rows: list[Sequence[str]] = []
        for code in self._by_severity(summary):
            tally, (name, severity), budget = summary.rules[code], names[code], budgets.get(code)
            share = _share(tally.calls, summary.checked, budget.decimals if budget else 1)
            over = budget is not None and budget.exceeded(tally.calls, summary.checked)
            told = (share, _budget(budget) + (", over" if over else ""))
            rows.append([code, name, str(severity), f"{tally.findings:,}", f"{tally.calls:,}", *told])
        # Without a budget beside it, a rate is one more figure.
        shares = self._style.statistics and summary.plans is None
        columns = 7 if budgets.keys() & summary.rules else 6 if shares else 5
        unit = "calls" if summary.plans is None else "plan rules"
        head = ["rule", "", "severity", "findings", unit, "of checked", "budget"]
        self._table(head[:columns], [row[:columns] for row in rows], "lllrrrl")

    def _rule_names(self) -> Mapping[str, tuple[str, Severity]]:
        return {rule.code: (rule.name, rule.severity) for rule in built_in()} | self._names

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
            self._table(head, rows, "ll" + "l" * len(verdicts) + "rrr")
        blocked = [f"{code} {each.name} by {each.guarded:,} of {_count(each.rules, 'rule')}"
                   for code, each in tally.refusals.items() if each.guarded]  # fmt: skip
        if blocked:
            self._line(f"Users who refused tracking are blocked for every destination: {', '.join(blocked)}.")
            self._line("")

    def _plans(self, tally: PlanTally) -> None:
        several = len({change.path for change in tally.changes}) > 1 or tally.plans > 1
        for change in sorted(tally.changes, key=lambda change: not change.warning):
            level = Severity.WARNING if change.warning else Severity.INFO
            where = f" {shown_path(change.path)}:" if several and change.path else ""
            self._line(Piece(str(level), _COLORS[level], bold=True), f":{where} {change.message}")
        if tally.changes:
            self._line("")
        if tally.replay is not None:
            if table := [(_clipped(visible(name)), *figures) for name, *figures in replay_table.rows(tally.replay)]:
                self._table(replay_table.HEAD, table, replay_table.ALIGN)
            self._line(replay_table.sentences(tally.replay))
        self._line(_plan_sum(tally))

    def _libraries(self, summary: Summary) -> None:
        rows = [
            [visible(name) or "(none)", *_figures(tally)]
            for name, tally in sorted(summary.libraries.items(), key=lambda item: (-item[1].calls, item[0]))
        ]
        self._table(["library", *_FIGURES], rows, "l" + "r" * len(_FIGURES))

    def _groups(self, summary: Summary, facets: Sequence[str]) -> None:
        """Write the calls of each group, and below a group's the rules that they break; the largest groups first."""
        names = self._rule_names()
        head = [*facets, *_FIGURES]
        rows: list[Sequence[str]] = []
        for group, tally in sorted(
            summary.groups.items(), key=lambda item: self._group_order(item[0], item[1], facets)
        ):
            rows.append([*self._shown(group), *_figures(tally)])
            for code, calls in sorted(tally.rules.items(), key=lambda item: (-item[1], item[0])):
                rule = [f"  {code} {names[code][0]}", *[""] * (len(facets) - 1)]
                rows.append([*rule, f"{calls:,}", _share(calls, tally.checked), *[""] * (len(_FIGURES) - 2)])
        self._table(head, rows, "l" * len(facets) + "r" * len(_FIGURES))

    def _group_order(self, group: Group, tally: CallTally, facets: Sequence[str]) -> tuple[Any, ...]:
        """Return what groups are ordered by: days as they come, then the largest first."""
        days = [str(text) for facet, text in zip(facets, group, strict=True) if facet == "day"]
        return (days, -tally.calls, self._shown(group))

    def _shown(self, group: Group) -> list[str]:
        texts = (shown(each, show_ids=self._style.show_ids) for each in group)
        return [_clipped(visible(text)) or "(none)" for text in texts]

    def _table(self, head: Sequence[str], rows: Iterable[Sequence[str]], align: str) -> None:
        table = [head, *rows]
        widths = [max(_width(row[column]) for row in table) for column in range(len(head))]
        for number, row in enumerate(table):
            cells = (
                cell + " " * (width - _width(cell)) if side == "l" else " " * (width - _width(cell)) + cell
                for cell, width, side in zip(row, widths, align, strict=False)
            )
            text = "  ".join(cells).rstrip()
            self._line(Piece(text, dim=number == 0))
        self._line("")

    def _verdict(self, summary: Summary, outcome: RunResult) -> None:
        if summary.unread:
            unread = _count(len(summary.unread), "input")
            self._line(Piece(f"Incomplete: {unread} could not be read; see standard error.", "red", bold=True))
        if summary.internal_errors:
            self._line(Piece("Incomplete: segkoch-lint itself failed; see standard error.", "red", bold=True))
        if outcome.unwritten:
            self._line(Piece("Incomplete: a report was not written; see standard error.", "red", bold=True))
        replay = summary.plans.replay if summary.plans is not None else None
        if problem := replay_table.problem(replay, outcome.max_blocked):
            self._line(Piece(problem, "red", bold=True))
        unasked = _unasked(summary.plans) if summary.plans is not None else ""
        levels = [str(level) for level in reversed(Severity) if summary.severities[str(level)]]
        if levels:
            told = (_told(level, summary.severities[level], outcome.within.get(level, 0)) for level in levels)
            all_within = sum(outcome.within.values()) == summary.severities.total()
            color = "red" if outcome.exit_status else "green" if all_within else "yellow"
            more = f" Learn more: segkoch-lint rule {self._worst(summary)}" if summary.rules else ""
            self._line(Piece(", ".join(told) + f"{unasked}.", color, bold=True), Piece(more, dim=True))
        elif summary.plans is not None and not summary.plans.checked:
            nothing = f"Nothing was checked: no rule of a tracking plan to ask{unasked}."
            self._line(Piece(nothing, "yellow", bold=True))
        elif summary.plans is None and not summary.calls and not summary.destinations:
            missing = (
                "no Segment call in what was read"
                if summary.inputs or summary.not_calls
                else "no file was found, or all are excluded"
            )
            self._line(Piece(f"Nothing was checked: {missing}.", "yellow", bold=True))
        elif not (summary.unread or summary.internal_errors):
            self._line(Piece(f"No findings{unasked}.", "yellow" if unasked else "green", bold=True))

    def _line(self, *pieces: str | Piece) -> None:
        """Write a line; it is escaped as a whole, so that no command comes about where two pieces meet."""
        parts = [piece if isinstance(piece, Piece) else Piece(piece) for piece in pieces]
        ends = list(accumulate(len(part.text) for part in parts))
        shown, places = escaped("".join(part.text for part in parts), *ends)
        texts = (shown[start:end] for start, end in pairwise([0, *places]))
        self._stream.write("".join(map(self._painted, parts, texts)) + "\n")

    def _painted(self, piece: Piece, text: str) -> str:
        if not (self._style.color and (piece.color or piece.bold or piece.dim)):
            return text
        return click.style(text, fg=piece.color, bold=piece.bold or None, dim=piece.dim or None)


def _figures(tally: CallTally) -> list[str]:
    """Return the cells of `_FIGURES`."""
    counts = (tally.calls, tally.checked, tally.ready, tally.limited, tally.faulty)
    return [*(f"{count:,}" for count in counts), _share(tally.ready, tally.checked)]


def _sum(summary: Summary) -> str:
    parts = [f"{summary.checked:,} checked"]
    undelivered = summary.not_delivered.total()
    if undelivered:
        parts.append(f"{undelivered:,} not delivered to Kochava ({_reasons(summary.not_delivered)})")
    if summary.malformed:
        parts.append(f"{summary.malformed:,} malformed")
    if summary.failed:
        parts.append(f"{summary.failed:,} on which segkoch-lint itself failed")
    text = f"{_count(summary.calls, 'call')} read: {', '.join(parts)}."
    total = summary.readiness
    if total.checked:
        text += f" Of the checked ones: {total.ready:,} ready, {total.limited:,} limited, {total.faulty:,} faulty."
    others = summary.not_calls.total()
    if others:
        text += f" {_count(others, 'document')} held no call ({_reasons(summary.not_calls)})."
    for ending, number in sorted(Counter(map(ending_of, summary.unreadable)).items()):
        text += f" {number:,} unreadable {ending or ('file' if number == 1 else 'files')} without Segment keys."
    if summary.destinations:
        text += f" {_count(summary.destinations, 'Kochava destination')} checked."
    return text


def _identity_sum(tally: IdentityTally) -> str:
    text = f"Users: {tally.compared:,} compared between app and servers"
    others = tally.not_comparable.total()
    return f"{text}, {others:,} not comparable ({_reasons(tally.not_comparable)})." if others else f"{text}."


def _plan_sum(tally: PlanTally) -> str:
    parts = [f"{tally.checked:,} checked"]
    parts += [f"{number:,} {reason}" for reason, number in sorted(tally.skipped.items())]
    rules = _count(tally.rules - tally.alone, "rule")
    rules += f" and {_count(tally.commons, 'common schema')}" if tally.commons else ""
    text = f"{_count(tally.plans, 'tracking plan')} read, {rules}: {', '.join(parts)}."
    if tally.uncheckable:
        text += f" {_count(tally.uncheckable, 'plan')} not checkable."
    return text


def _unasked(tally: PlanTally) -> str:
    """Return what of plans could not be asked, to be said wherever a run is summed up: nothing is known of it."""
    parts = [_count(number, noun) for number, noun in ((tally.unasked, "rule"), (tally.uncheckable, "plan")) if number]
    return f"; {' and '.join(parts)} could not be asked" if parts else ""


def _nothing_was_there(summary: Summary) -> bool:
    """Tell whether none of the inputs could be opened, so that there are no figures."""
    read = summary.inputs or summary.calls or summary.not_calls or summary.plans is not None or summary.rules
    return bool(summary.unread) and not read and not summary.internal_errors


_MEANINGS = {
    "type not accepted": "type not accepted by the destination",
    "other": "JSON or YAML of another kind",
}
"""What reasons mean of which the name alone does not tell."""


def _reasons(counts: Mapping[str, int]) -> str:
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{_MEANINGS.get(reason, reason)} {n:,}" for reason, n in order)


def _count(number: int, noun: str) -> str:
    plural = noun if noun == "info" else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def _told(level: str, number: int, within: int) -> str:
    """Return how many findings of a severity there are, and how many of them do not count."""
    text = _count(number, level)
    if not within:
        return text
    return f"{text} (within budget)" if within == number else f"{text} ({within:,} within budget)"


def _budget(budget: Budget | None) -> str:
    if budget is None:
        return ""
    return str(budget) if budget.relative else _count(int(budget.amount), "call")


def _share(part: int, whole: int, decimals: int = 1) -> str:
    return f"{part / whole:.{decimals}%}" if whole else "-"


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


def _width(text: str) -> int:
    """Return the columns that a terminal gives a text; East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width  # noqa: PLC0415

    return sum(0 if category(c) in {"Mn", "Me"} else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _inside(finding: Finding, *, show_ids: bool) -> str:
    """Return which message or request holds a finding, and where in it; empty if the place in the file says it all."""
    entry = finding.properties.get("entry", "")
    pointer = finding.location.pointer_text(show_ids=show_ids)
    return f"{entry}: {pointer}" if entry else pointer if ARROW in pointer else ""
