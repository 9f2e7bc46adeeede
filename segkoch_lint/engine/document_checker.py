"""One document to its findings: every call in it judged, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from segkoch_lint.calls.call import Call, library_of
from segkoch_lint.calls.facets import Facet, group_of
from segkoch_lint.config.selection import Selection
from segkoch_lint.documents.document import Document
from segkoch_lint.engine.finding_locator import FindingLocator, PendingFinding, SnippetMaker
from segkoch_lint.engine.line_findings import LineFindings, SharedFindings
from segkoch_lint.engine.lines.checked_line import CheckedLine
from segkoch_lint.engine.missing_columns import unanswerable
from segkoch_lint.envelopes.unwrap import Batch, Destination, NotACall, Unit, place_in_document
from segkoch_lint.findings.finding import Finding, Location, Snippet
from segkoch_lint.findings.position import Path
from segkoch_lint.findings.redaction.masking import Secret, mask_name
from segkoch_lint.findings.summary import CallTally, Group, RuleTally, Summary
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.remedies import best_remedy
from segkoch_lint.rules.ruleset import RuleSet, Verdict
from segkoch_lint.rules.violations import Violation, shown_text

REPEATED_KEY = "KCH003"
_FIRST_KEY = "the key stands here first"

Observe = Callable[[Document, Sequence[tuple[Call, int, Verdict]]], None]
"""Is told of the calls of a document, each with its number among what the document holds, from 1, and the verdict."""


Said = tuple[SharedFindings, Group]
"""What is said of lines of a group."""


@dataclass(slots=True)
class CheckResult:
    """What one document held.

    Attributes:
        findings: in the order of the text.
        not_calls: values where calls could have stood.
        calls: the calls, each with its number among what the document holds, from 1, and the verdict on it.
    """

    findings: list[Finding] = field(default_factory=list)
    not_calls: list[NotACall] = field(default_factory=list)
    calls: list[tuple[Call, int, Verdict]] = field(default_factory=list)


class DocumentChecker:
    """Judges documents by the selected rules.

    Args:
        selection: the rules and their weights.
        ruleset: the same rules, compiled.
        facets: what calls are grouped by.
        snippets: None when nobody shows them.
        observe: is told of the calls, if anybody is.

    Attributes:
        placer: makes findings of what is wrong.
        unanswerable: returns the codes of the rules that a table with some columns says nothing about.
    """

    def __init__(
        self,
        selection: Selection,
        ruleset: RuleSet,
        facets: tuple[Facet, ...] = (),
        snippets: SnippetMaker | None = None,
        observe: Observe | None = None,
    ) -> None:
        self._selection = selection
        self._facets = facets
        self._ruleset = ruleset
        self.placer = FindingLocator(selection.severity, snippets)
        self._observe = observe
        self._lines = LineFindings(self.drafts, self.placer)
        self.unanswerable = lru_cache(maxsize=8)(partial(unanswerable, rules=selection.rules))

    def inspect(
        self,
        document: Document,
        units: Sequence[Unit],
        path: str,
        ignored: frozenset[str],
        summary: Summary,
        *,
        observed: bool = True,
    ) -> CheckResult:
        """Judge all that a document holds, and count it in *summary*.

        Args:
            document: what was read.
            units: what it holds.
            path: its input, as findings name it.
            ignored: codes that do not count in this input.
            summary: the figures to add to.
            observed: whether to tell whoever observes calls of those in the document.
        """
        inspection = CheckResult()
        drafts: list[PendingFinding] = []
        groups: dict[Path, Group] = {}
        destinations = 0
        judged = [unit for unit in units if not isinstance(unit, NotACall)]
        for number, unit in enumerate(judged, 1):
            match unit:
                case Call():
                    groups[unit.path] = self._group(unit, document)
                    verdict = self._ruleset.verdict(unit.message)
                    inspection.calls.append((unit, number, verdict))
                    drafts.extend(self._answerable(unit, self.drafts(unit, verdict, document)))
                case Batch():
                    drafts.extend(self._whole(unit.path, self._ruleset.violations("request", unit.body)))
                case Destination():
                    destinations += 1
                    drafts.extend(self._whole(unit.path, self._ruleset.violations("destination", unit.body)))
        inspection.not_calls = [unit for unit in units if isinstance(unit, NotACall)]
        if observed and inspection.calls and self._observe:
            self._observe(document, inspection.calls)
        drafts.extend(self._repeated(document, judged))
        kept = [draft for draft in drafts if draft.rule.code not in ignored]
        inspection.findings = self.placer.findings(document, path, kept)
        # Last, when nothing can fail any more: a document on which we fail is counted as that alone.
        summary.destinations += destinations
        for call, _, verdict in inspection.calls:
            count(summary, verdict, library_of(call.message), groups[call.path])
        self._count(kept, groups, summary)
        return inspection

    def about_input(
        self,
        code: str,
        location: Location,
        ignored: frozenset[str],
        summary: Summary,
        *,
        problem: str = "",
        snippet: Snippet | None = None,
        cause: str = "",
        claimed: bool = True,
        properties: Mapping[str, Any] = MappingProxyType({}),
    ) -> Finding | None:
        """Return the finding of a rule about inputs, and count it; None when the rule does not apply here."""
        rule = self._selection.by_code.get(code)
        if rule is None or code in ignored:
            return None
        severity = self._selection.severity(rule, claimed=claimed)
        values = {"problem": problem}
        remedy = remedy_for(rule, "", None, (cause,))
        finding = Finding(
            code, rule.name, severity, rule.message, location, values, remedy, snippet=snippet, properties=properties
        )
        tally = summary.rules.setdefault(code, RuleTally())
        tally.findings += 1
        tally.calls += 1
        summary.severities[str(severity)] += 1
        return finding

    def line(
        self, line: CheckedLine, path: str, ignored: frozenset[str], summary: Summary, said: Counter[Said]
    ) -> list[Finding]:
        """Return the findings of a line on which there is a verdict already.

        Args:
            line: the line.
            path: its input, as findings name it.
            ignored: codes that do not count in this input.
            summary: the figures to add the line to if it has to be read as a document.
            said: counts the line otherwise; `count_lines` adds it to the figures.
        """
        known = self._lines.of(line, path, ignored)
        if known is None:
            return self.judged(line.document, line.verdict, path, ignored, summary)
        shared, findings = known
        if self.placer.snippets is not None:
            findings = self.placer.with_snippets(line.document, findings)
        said[shared, line.group] += 1
        return findings

    def count_lines(self, said: Mapping[Said, int], summary: Summary) -> None:
        """Count lines by what was said of them."""
        for (shared, group), lines in said.items():
            count(summary, shared.verdict, shared.library, group, lines)
            for (code, severity), findings in shared.findings.items():
                tally = summary.rules.setdefault(code, RuleTally())
                tally.findings += findings * lines
                tally.calls += lines
                summary.severities[severity] += findings * lines
                if group:
                    summary.groups[group].rules[code] += lines

    def judged(
        self, document: Document, verdict: Verdict, path: str, ignored: frozenset[str], summary: Summary
    ) -> list[Finding]:
        """Count a document that is one call on which there is a verdict already, and return its findings.

        Whoever had the verdict has observed the call.
        """
        call = Call(document.value)
        group, library = self._group(call, document), library_of(call.message)
        kept = [draft for draft in self.drafts(call, verdict, document) if draft.rule.code not in ignored]
        findings = self.placer.findings(document, path, kept)
        count(summary, verdict, library, group)
        self._count(kept, {call.path: group}, summary)
        return findings

    def _group(self, call: Call, document: Document) -> Group:
        return group_of(self._facets, call.message, lambda: document.ids)

    def drafts(self, call: Call, verdict: Verdict, document: Document) -> Iterator[PendingFinding]:
        """Yield what is wrong with a call, in the order of the verdict."""
        if verdict.violations:
            library = library_of(call.message)
            properties = {"type": call.message["type"], "library": library, **_event(call)}
            for template in verdict.violations:
                violation = template.fill(call.message)
                yield PendingFinding(
                    violation.rule,
                    violation.template,
                    place_in_document(call, violation.path, document.value),
                    call.path,
                    violation.values,
                    violation.remedy
                    or remedy_for(violation.rule, library, verdict.origin, (*verdict.circumstances, violation.form)),
                    on_key=violation.rule.blames_key,
                    properties=properties,
                )

    def _whole(self, unit: Path, violations: Iterable[Violation]) -> Iterator[PendingFinding]:
        for broken in violations:
            remedy = broken.remedy or remedy_for(broken.rule, "", None)
            yield PendingFinding(broken.rule, broken.template, (*unit, *broken.path), unit, broken.values, remedy)

    def _answerable(self, call: Call, drafts: Iterable[PendingFinding]) -> Iterable[PendingFinding]:
        """Return what can be said of a call: a row says nothing about what it has no columns for."""
        if call.row is None:
            return drafts
        unanswered = self.unanswerable(call.row.columns)
        return (draft for draft in drafts if draft.rule.code not in unanswered)

    def _repeated(self, document: Document, units: Sequence[Call | Batch | Destination]) -> Iterator[PendingFinding]:
        """Yield the keys that stand twice on the way to something a rule reads."""
        rule = self._selection.by_code.get(REPEATED_KEY)
        if rule is None or not units or not document.repeated:
            return
        for path in document.repeated:
            unit = next((u for u in reversed(units) if path[: len(u.path)] == u.path), None)
            inner = () if unit is None else _path_in(unit, path)
            if unit is not None and inner and self._ruleset.reads(inner):
                values: dict[str, str | Secret] = {"key": shown_text(str(path[-1]))}
                remedy = remedy_for(rule, "", None)
                yield PendingFinding(
                    rule, rule.message, path, unit.path, values, remedy, on_key=True, first_key=_FIRST_KEY
                )

    def _count(self, drafts: Sequence[PendingFinding], groups: Mapping[Path, Group], summary: Summary) -> None:
        for draft in drafts:
            summary.rules.setdefault(draft.rule.code, RuleTally()).findings += 1
            summary.severities[str(self._selection.severity(draft.rule))] += 1
        for code, unit in {(draft.rule.code, draft.unit) for draft in drafts}:
            summary.rules[code].calls += 1
            if self._facets and unit in groups:
                summary.groups[groups[unit]].rules[code] += 1


def count(summary: Summary, verdict: Verdict, library: str, group: Group = (), calls: int = 1) -> None:
    """Count *calls* of one library and one group on which the verdict is the same."""
    checked = verdict.not_delivered is None
    summary.calls += calls
    summary.checked += calls * checked
    if verdict.not_delivered is not None:
        summary.not_delivered[verdict.not_delivered] += calls
    tallies = [summary.libraries.get(library) or summary.libraries.setdefault(library, CallTally())]
    if group:
        tallies.append(summary.groups.get(group) or summary.groups.setdefault(group, CallTally()))
    for tally in tallies:
        tally.count(calls, checked=checked, usable=verdict.usable, readiness=verdict.readiness)


def remedy_for(rule: Rule, library: str, origin: str | None, further: Iterable[str] = ()) -> str:
    """Return what to do about a rule's finding in a call.

    Args:
        rule: the rule.
        library, origin: of the call.
        further: what else is true of the call and of the value to blame (`segkoch_lint.rules.remedies`).
    """
    return best_remedy(rule, library, (origin or "", *further))


def _path_in(unit: Call | Batch | Destination, path: Path) -> Path:
    """Return the path in a unit of the value at *path* of its document."""
    inner = path[len(unit.path) :]
    return unit.row.meant(inner) if isinstance(unit, Call) and unit.row is not None else inner


def _event(call: Call) -> dict[str, str]:
    event = call.message.get("event")
    return {"event": mask_name(event)} if isinstance(event, str) else {}
