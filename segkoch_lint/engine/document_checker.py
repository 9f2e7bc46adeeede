"""One document to its findings: every call in it is checked and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from segkoch_lint.calls.call import Call, library_of
from segkoch_lint.calls.facets import Facet, facets_of, group_of
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.documents.document import Document
from segkoch_lint.engine.finding_locator import FindingLocator, LocatedFinding, PendingFinding, SnippetMaker
from segkoch_lint.engine.line_findings import LineFindings, SharedFindings
from segkoch_lint.engine.lines.checked_line import CheckedLine
from segkoch_lint.engine.missing_columns import inapplicable_rules
from segkoch_lint.envelopes.unwrap import Batch, DestinationSettings, NotACall, Unit, place_in_document
from segkoch_lint.findings.finding import Finding, Location, Snippet, SuppressionKind
from segkoch_lint.findings.position import Path
from segkoch_lint.findings.redaction.masking import Secret, mask_name
from segkoch_lint.findings.summary import CallTally, Group, RuleTally, Summary
from segkoch_lint.rules.fixes import change_of
from segkoch_lint.rules.remedies import best_remedy
from segkoch_lint.rules.ruleset import RuleSet, Verdict
from segkoch_lint.rules.violations import Violation, shown_text

REPEATED_KEY = "KCH003"
_FIRST_KEY = "the key is here first"

Observe = Callable[[Document, Sequence[tuple[Call, int, Verdict]]], None]
"""Takes a document and its calls, each with its number among the units of the document, from 1, and its verdict."""

LineKind = tuple[SharedFindings, Group, tuple[tuple[str, str, SuppressionKind], ...]]
"""Lines of one group that share their findings, the same of which are suppressed: the code, the severity and the kind
of suppression of each of these."""


@dataclass(slots=True)
class CheckResult:
    """The result of checking a document.

    Attributes:
        findings: in the order of the text.
        not_calls: the values that are not calls.
        calls: the calls, each with its number among the units of the document, from 1, and its verdict.
    """

    findings: list[Finding] = field(default_factory=list)
    not_calls: list[NotACall] = field(default_factory=list)
    calls: list[tuple[Call, int, Verdict]] = field(default_factory=list)


class DocumentChecker:
    """Checks documents by the selected rules.

    Args:
        selection: the rules and their severities.
        ruleset: the same rules, compiled.
        group_by: the groupings of calls, each with the facets of its groups.
        snippets: returns the snippet of a finding; None if no report shows snippets.
        observe: called with the calls of each document, if given.
        suppressions: the suppressions of findings.

    Attributes:
        locator: creates findings.
        inapplicable_rules: returns the codes of the rules that do not apply to a table with some columns.
    """

    def __init__(
        self,
        selection: Selection,
        ruleset: RuleSet,
        group_by: tuple[tuple[Facet, ...], ...] = (),
        snippets: SnippetMaker | None = None,
        observe: Observe | None = None,
        *,
        suppressions: Suppressions,
    ) -> None:
        self._selection = selection
        self._facets = facets_of(group_by)
        self._groupings = [
            (tuple(facet.name for facet in facets), tuple(map(self._facets.index, facets))) for facets in group_by
        ]
        self._ruleset = ruleset
        self.locator = FindingLocator(selection.severity, snippets, suppressions)
        self._observe = observe
        self._lines = LineFindings(self.pending_findings, self.locator)
        self.inapplicable_rules = lru_cache(maxsize=8)(partial(inapplicable_rules, rules=selection.rules))

    def check(
        self,
        document: Document,
        units: Sequence[Unit],
        path: str,
        ignored: frozenset[str],
        summary: Summary,
    ) -> CheckResult:
        """Check the units of a document, and count them in *summary*.

        Args:
            document: the document.
            units: what it holds.
            path: of its input, as findings name it.
            ignored: codes that do not count in this input.
            summary: the figures to add to.
        """
        result = CheckResult()
        pending: list[PendingFinding] = []
        groups: dict[Path, Group] = {}
        destinations = 0
        checked = [unit for unit in units if not isinstance(unit, NotACall)]
        for number, unit in enumerate(checked, 1):
            match unit:
                case Call():
                    groups[unit.path] = self._group(unit, document)
                    verdict = self._ruleset.verdict(unit.message)
                    result.calls.append((unit, number, verdict))
                    pending.extend(self._answerable(unit, self.pending_findings(unit, verdict, document)))
                case Batch():
                    pending.extend(_of_unit(unit.path, self._ruleset.violations("request", unit.body)))
                case DestinationSettings():
                    destinations += 1
                    pending.extend(_of_unit(unit.path, self._ruleset.violations("destination", unit.body)))
        result.not_calls = [unit for unit in units if isinstance(unit, NotACall)]
        if result.calls and self._observe:
            self._observe(document, result.calls)
        pending.extend(self._repeated_keys(document, checked))
        kept = [each for each in pending if each.rule.code not in ignored]
        located = self.locator.findings(document, path, kept)
        result.findings = [finding for finding, _ in located]
        # Counting comes last: a document on which our code fails is counted as a failure only.
        summary.destinations += destinations
        for call, _, verdict in result.calls:
            self.count_calls(summary, verdict, library_of(call.message), groups[call.path])
        self._count(located, groups, summary)
        return result

    def input_finding(
        self,
        code: str,
        location: Location,
        ignored: frozenset[str],
        *,
        problem: str = "",
        snippet: Snippet | None = None,
        cause: str = "",
        claimed: bool = True,
        properties: Mapping[str, Any] = MappingProxyType({}),
    ) -> Finding | None:
        """Return the finding of a rule about inputs, uncounted; None if the rule is not selected or is ignored."""
        rule = self._selection.by_code.get(code)
        if rule is None or code in ignored:
            return None
        severity = self._selection.severity(rule, claimed=claimed)
        values = {"problem": problem}
        remedy = best_remedy(rule, "", (cause,))
        return Finding(
            code, rule.name, severity, rule.message, location, values, remedy, snippet=snippet, properties=properties
        )

    def count_input_finding(self, finding: Finding, summary: Summary) -> Finding:
        """Return a finding of a rule about inputs with its suppression, after counting it."""
        finding = self.locator.suppressions.applied(finding, str(finding.values["problem"]))
        if summary.add_finding(finding):
            summary.rules[finding.code].calls += 1
        return finding

    def check_line(
        self, line: CheckedLine, path: str, ignored: frozenset[str], summary: Summary, lines: Counter[LineKind]
    ) -> list[Finding]:
        """Return the findings of a line whose verdict is known.

        Args:
            line: the line.
            path: of its input, as findings name it.
            ignored: codes that do not count in this input.
            summary: the figures that the line is added to if it has to be read as a document.
            lines: counts the line otherwise; `count_lines` adds these counts to the figures.
        """
        known = self._lines.of(line, path, ignored)
        if known is None:
            return self.check_known(line.document, line.verdict, path, ignored, summary)
        shared, findings = known
        if self.locator.needs_snippets(findings):
            findings = self.locator.with_snippets(line.document, findings)
        lines[shared, line.group, _suppressed(findings) if self.locator.suppressions else ()] += 1
        return findings

    def count_lines(self, lines: Mapping[LineKind, int], summary: Summary) -> None:
        """Add the counts of lines to the figures."""
        for (shared, group, suppressed), number in lines.items():
            self.count_calls(summary, shared.verdict, shared.library, group, number)
            for _, _, kind in suppressed:
                summary.suppressed[kind] += number
            tallies = self._tallies(group, summary)
            counting = shared.findings - Counter((code, severity) for code, severity, _ in suppressed)
            for (code, severity), findings in counting.items():
                tally = summary.rules.setdefault(code, RuleTally())
                tally.count(severity, findings * number)
                tally.calls += number
                summary.severities[severity] += findings * number
                for each in tallies:
                    each.rules[code] += number

    def count_calls(self, summary: Summary, verdict: Verdict, library: str, group: Group, calls: int = 1) -> None:
        """Count a number of *calls* with the same verdict and library, and the same values of all facets."""
        checked = verdict.not_delivered is None
        summary.calls += calls
        summary.checked += calls * checked
        if verdict.not_delivered is not None:
            summary.not_delivered[verdict.not_delivered] += calls
        of_library = summary.libraries.get(library) or summary.libraries.setdefault(library, CallTally())
        for tally in (of_library, *self._tallies(group, summary)):
            tally.count(calls, checked=checked, usable=verdict.usable, readiness=verdict.readiness)

    def _tallies(self, group: Group, summary: Summary) -> list[CallTally]:
        """Return the tally of a call in each grouping, by the values of all facets."""
        tallies = []
        for grouping, places in self._groupings:
            groups = summary.groupings.get(grouping) or summary.groupings.setdefault(grouping, {})
            values = tuple([group[place] for place in places])
            tallies.append(groups.get(values) or groups.setdefault(values, CallTally()))
        return tallies

    def check_known(
        self, document: Document, verdict: Verdict, path: str, ignored: frozenset[str], summary: Summary
    ) -> list[Finding]:
        """Count a document that is one call whose verdict is known, and return its findings.

        The call is not passed to ``observe``: line selectors record it.
        """
        call = Call(document.value)
        group, library = self._group(call, document), library_of(call.message)
        pending = self.pending_findings(call, verdict, document)
        kept = [each for each in pending if each.rule.code not in ignored]
        located = self.locator.findings(document, path, kept)
        self.count_calls(summary, verdict, library, group)
        self._count(located, {call.path: group}, summary)
        return [finding for finding, _ in located]

    def pending_findings(self, call: Call, verdict: Verdict, document: Document) -> Iterator[PendingFinding]:
        """Yield the findings of a call without their places, in the order of the verdict."""
        if not verdict.violations:
            return
        library = library_of(call.message)
        properties = {"type": call.message["type"], "library": library, **_event(call)}
        words = (verdict.origin or "", *verdict.circumstances)
        for template in verdict.violations:
            violation = template.fill(call.message)
            yield PendingFinding(
                violation.rule,
                violation.template,
                place_in_document(call, violation.path, document.value),
                call.path,
                violation.values,
                violation.remedy or best_remedy(violation.rule, library, (*words, violation.form)),
                on_key=violation.rule.blames_key,
                properties=properties,
                change=change_of(violation.rule, call.message, violation.path) if template.exists else None,
            )

    def _group(self, call: Call, document: Document) -> Group:
        return group_of(self._facets, call.message, lambda: document.ids)

    def _answerable(self, call: Call, pending: Iterable[PendingFinding]) -> Iterable[PendingFinding]:
        """Return the findings of rules that apply to a call; some do not if it is a row without their columns."""
        if call.row is None:
            return pending
        inapplicable_codes = self.inapplicable_rules(call.row.columns)
        return (each for each in pending if each.rule.code not in inapplicable_codes)

    def _repeated_keys(
        self, document: Document, units: Sequence[Call | Batch | DestinationSettings]
    ) -> Iterator[PendingFinding]:
        """Yield a finding for each repeated key on the path to a value that a rule reads."""
        rule = self._selection.by_code.get(REPEATED_KEY)
        if rule is None or not units or not document.repeated:
            return
        for path in document.repeated:
            unit = next((u for u in reversed(units) if path[: len(u.path)] == u.path), None)
            inner = () if unit is None else _path_in(unit, path)
            if unit is not None and inner and self._ruleset.reads(inner):
                values: dict[str, str | Secret] = {"key": shown_text(str(path[-1]))}
                remedy = best_remedy(rule, "")
                yield PendingFinding(
                    rule, rule.message, path, unit.path, values, remedy, on_key=True, first_key=_FIRST_KEY
                )

    def _count(self, located: Sequence[LocatedFinding], groups: Mapping[Path, Group], summary: Summary) -> None:
        counting = [pending for finding, pending in located if summary.add_finding(finding)]
        for code, unit in {(each.rule.code, each.unit) for each in counting}:
            summary.rules[code].calls += 1
            if self._facets and unit in groups:
                for tally in self._tallies(groups[unit], summary):
                    tally.rules[code] += 1


def _suppressed(findings: Iterable[Finding]) -> tuple[tuple[str, str, SuppressionKind], ...]:
    """Return the code, the severity and the kind of suppression of each suppressed finding."""
    return tuple((f.code, str(f.severity), f.suppression.kind) for f in findings if f.suppression is not None)


def _of_unit(unit: Path, violations: Iterable[Violation]) -> Iterator[PendingFinding]:
    """Yield the findings of a batch or a destination at a path."""
    for each in violations:
        remedy = each.remedy or best_remedy(each.rule, "")
        yield PendingFinding(each.rule, each.template, (*unit, *each.path), unit, each.values, remedy)


def _path_in(unit: Call | Batch | DestinationSettings, path: Path) -> Path:
    """Return the path in a unit of the value at *path* of its document."""
    inner = path[len(unit.path) :]
    return unit.row.meant(inner) if isinstance(unit, Call) and unit.row is not None else inner


def _event(call: Call) -> dict[str, str]:
    event = call.message.get("event")
    return {"event": mask_name(event)} if isinstance(event, str) else {}
