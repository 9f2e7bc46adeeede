"""Findings about plan files: selected, located and counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segkoch_lint.config.selection import Selection
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.documents.document import Document
from segkoch_lint.engine.finding_locator import SnippetMaker
from segkoch_lint.findings.finding import Finding, Location, Severity, Snippet
from segkoch_lint.findings.position import Path, Span, pointer_of
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.findings.summary import Summary
from segkoch_lint.plans.model.plan import PlanRule, SchemaLocation


@dataclass(frozen=True, slots=True, eq=False)
class PendingPlanFinding:
    """A finding that is not located in the text yet. Locating many values at once takes no longer than locating one.

    Attributes:
        code: of the finding's rule.
        location: of the value that the finding is about.
        values: of the message's placeholders.
        template: the message, if it is not the rule's.
        call: the text for the placeholder ``{call}``, which has placeholders of its own.
        related: further locations, each with a message.
        remedy: the remedy, if it is not the rule's; empty if there is none.
        properties: further facts for reports.
        max_severity: the highest severity that the finding may have.
        rules: the rules of the plan that it is about.
    """

    code: str
    location: SchemaLocation
    values: Mapping[str, str | Secret] = field(default_factory=dict)
    template: str = ""
    call: str = ""
    related: tuple[tuple[SchemaLocation, str], ...] = ()
    remedy: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    max_severity: Severity = Severity.ERROR
    rules: Collection[PlanRule] = ()


class FindingWriter:
    """Makes findings, and counts them.

    Args:
        selection: the selected rules, and their severities.
        summary: where findings are counted.
        suppressions: the suppressions of findings.
        snippets: returns the snippet of a finding; None if they are not shown.
    """

    def __init__(
        self, selection: Selection, summary: Summary, suppressions: Suppressions, snippets: SnippetMaker | None
    ) -> None:
        self._selection = selection
        self._summary = summary
        self._suppressions = suppressions
        self._snippets = snippets
        self._counted_rules: dict[str, set[PlanRule]] = {}

    def findings(self, pending: Iterable[PendingPlanFinding]) -> list[Finding]:
        """Return the findings whose rules are selected and not ignored in their file, in the order of the text."""
        kept = [each for each in pending if self._is_selected(each.code, each.location.file)]
        spans = _spans([one for each in kept for one in (each.location, *(related for related, _ in each.related))])
        return sorted((self._finding(each, spans) for each in kept), key=_position)

    def about_file(
        self,
        code: str,
        location: Location,
        values: Mapping[str, str],
        template: str = "",
        snippet: Snippet | None = None,
    ) -> list[Finding]:
        """Return the finding about a file that holds no plan, or nothing if its rule is not selected."""
        if not self._is_selected(code, location.path):
            return []
        rule = self._selection.by_code[code]
        severity = self._selection.severity(rule)
        remedy = rule.remedy.get("default", "") if not template else ""
        message = template or rule.message
        finding = Finding(code, rule.name, severity, message, location, values, remedy, snippet=snippet)
        return [self._counted(finding, values.get("problem", ""))]

    def _is_selected(self, code: str, file: str) -> bool:
        return code in self._selection.by_code and code not in self._selection.ignored_in(file)

    def _finding(self, pending: PendingPlanFinding, spans: Mapping[_Key, Span]) -> Finding:
        rule = self._selection.by_code[pending.code]
        span = spans.get(_key(pending.location))
        finding = Finding(
            code=pending.code,
            name=rule.name,
            severity=min(self._selection.severity(rule), pending.max_severity),
            template=(pending.template or rule.message).replace("{call}", pending.call),
            location=_location(pending.location, spans),
            values=pending.values,
            remedy=rule.remedy.get("default", "") if pending.remedy is None else pending.remedy,
            related=tuple(_location(location, spans, message) for location, message in pending.related),
            snippet=self._snippets(pending.location.document, span) if self._snippets and span else None,
            properties=pending.properties,
        )
        return self._counted(finding, _content(pending), pending.rules)

    def _counted(self, finding: Finding, content: str, rules: Collection[PlanRule] = ()) -> Finding:
        """Return a finding with its suppression, after counting it, and its rules of a plan once for all findings."""
        finding = self._suppressions.applied(finding, content)
        if self._summary.add_finding(finding):
            counted = self._counted_rules.setdefault(finding.code, set())
            self._summary.rules[finding.code].calls += len(set(rules) - counted)
            counted.update(rules)
            self._summary.file(finding.location.path).findings += 1
        return finding


def _content(pending: PendingPlanFinding) -> str:
    """Return what identifies a finding besides its rule and its pointer.

    The event of a finding about several rules is only that of the first one, which may be removed.
    """
    names = [*(("type", "event") if len(pending.rules) == 1 else ()), "requirements", "platform", "keyword", "format"]
    parts = [pending.properties.get(name, "") for name in names]
    return "\n".join([*parts, str(pending.values.get("problem", ""))])


_Key = tuple[int, Path]


def _key(location: SchemaLocation) -> _Key:
    return id(location.document), location.path


def _spans(locations: Sequence[SchemaLocation]) -> dict[_Key, Span]:
    """Return the spans of values in their texts; each document is read once."""
    by_document: dict[int, tuple[Document, set[Path]]] = {}
    for location in locations:
        by_document.setdefault(id(location.document), (location.document, set()))[1].add(location.path)
    return {
        (identity, path): span
        for identity, (document, paths) in by_document.items()
        for path, span in document.locate(paths).items()
    }


def _location(location: SchemaLocation, spans: Mapping[_Key, Span], message: str = "") -> Location:
    return Location(location.file, spans.get(_key(location)), pointer_of(location.path), message)


def _position(finding: Finding) -> tuple[Any, ...]:
    span = finding.location.span
    return (finding.location.path, (span.line, span.column) if span else (), finding.code)
