"""Pending findings to findings: located in the text, with the values that they show masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from types import MappingProxyType
from typing import Any

import msgspec

from segkoch_lint.calls.call import LIBRARY_NAME
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.documents.document import Document, Note, pointer_in
from segkoch_lint.engine.fixes import fix_in
from segkoch_lint.findings.finding import Finding, Location, Severity, Snippet
from segkoch_lint.findings.position import Path, Span, value_at
from segkoch_lint.findings.redaction.masking import Secret, mask_spans
from segkoch_lint.findings.redaction.personal_data import merged
from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.fixes import Change
from segkoch_lint.rules.violations import shown_text

_NAMES: Mapping[str, Path] = {"event": ("event",), "library": LIBRARY_NAME}
"""Properties that are texts of the call, with their paths in it."""

SnippetMaker = Callable[[Document, Span], Snippet | None]
"""Returns the lines to show around a span."""


@dataclass(frozen=True, slots=True)
class PendingFinding:
    """A finding that is not located yet: locating many at once takes about as long as locating one.

    Attributes:
        rule, template, values, remedy: as of a `Finding`.
        path: of the offending value, from the root of the document.
        unit: the path of the call, batch or destination that it is about.
        on_key: whether the key of the member is underlined instead of its value.
        first_key: the message of a related location at the first of several equal keys; empty for none.
        properties: further facts for reports.
        change: how the offending value or its key can be fixed; None if it cannot.
    """

    rule: Rule
    template: str
    path: Path
    unit: Path
    values: Mapping[str, str | Secret] = field(default_factory=dict)
    remedy: str = ""
    on_key: bool = False
    first_key: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    change: Change | None = None


class FindingLocator:
    """Locates pending findings.

    Args:
        severity: returns the severity of the findings of a rule.
        snippets: returns the snippet of a finding; None if no report shows snippets.
        suppressions: the suppressions of findings.

    Attributes:
        suppressions: the same.
        without_snippets: the codes of the rules whose findings get no snippet any more, since no report shows it.
        with_suppressed: whether suppressed findings get snippets, since a report shows these findings.
        obstacle: why the input is never rewritten, whatever is in it; empty if it may be.
    """

    def __init__(
        self, severity: Callable[[Rule], Severity], snippets: SnippetMaker | None, suppressions: Suppressions
    ) -> None:
        self._severity = severity
        self.suppressions = suppressions
        self._snippets = snippets
        self.without_snippets: set[str] = set()
        self.with_suppressed = True
        self.obstacle = ""

    def findings(self, document: Document, path: str, pending: Sequence[PendingFinding]) -> list[LocatedFinding]:
        """Return the findings of a document, in the order of the text, each with what it was before.

        Args:
            document: the document.
            path: of its input, as findings name it.
            pending: the findings before they are located.
        """
        if not pending:
            return []
        spans = document.locate({each.path for each in pending})
        located = []
        for each in pending:
            finding = self.finding(document, path, each, spans)
            if self.suppressions:
                finding = self.suppressions.applied(finding, content_of(value_at(document.value, each.path)))
            located.append((finding, each, _remark(document, each)))
        ordered = in_order(located)
        findings = self.with_snippets(document, [finding for finding, _ in ordered])
        return [(finding, each) for finding, (_, each) in zip(findings, ordered, strict=True)]

    def with_snippets(self, document: Document, findings: list[Finding]) -> list[Finding]:
        """Return findings with their snippets, if these are shown."""
        if self._snippets is None or not self.needs_snippets(findings):
            return findings
        snippet = cache(partial(self._snippets, document))  # several findings often have the same span
        return [
            msgspec.structs.replace(each, snippet=snippet(each.location.span))
            if each.location.span and self._shows_snippet(each)
            else each
            for each in findings
        ]

    def needs_snippets(self, findings: Iterable[Finding]) -> bool:
        """Return whether the snippet of one of these findings is shown."""
        return self._snippets is not None and any(map(self._shows_snippet, findings))

    def _shows_snippet(self, finding: Finding) -> bool:
        return finding.code not in self.without_snippets and (self.with_suppressed or finding.suppression is None)

    def finding(
        self,
        document: Document,
        path: str,
        pending: PendingFinding,
        spans: Mapping[Path, Span] = MappingProxyType({}),
    ) -> Finding:
        """Return a finding without its snippet.

        Args:
            document: the document.
            path: of its input, as findings name it.
            pending: the finding before it is located.
            spans: the spans of values.
        """
        pointer = pointer_in(document, pending.path)
        keys = _keys(document, pending)
        span = keys[-1] if keys else spans.get(pending.path)
        related = (Location.of(path, keys[0], pointer, pending.first_key),) if keys and pending.first_key else ()
        note = document.note(pending.path) or Note("")
        values = pending.values if note.written is None else _as_written(pending.values, note.written)
        return Finding(
            code=pending.rule.code,
            name=pending.rule.name,
            severity=self._severity(pending.rule),
            template=pending.template,
            location=Location.of(path, span, pointer),
            values={name: _masked(value, document, pending.path) for name, value in values.items()},
            remedy=" ".join(filter(None, (note.remark, pending.remedy))),
            related=related,
            properties=_masked_properties(pending.properties, document) | _entry(document),
            fix=fix_in(document, pending.path, pending.change, self.obstacle) if pending.change is not None else None,
        )


def content_of(value: Any) -> str:
    """Return what identifies an offending value in a baseline; nothing if it is an object or a list around it."""
    return "" if isinstance(value, Mapping | list) else json.dumps(value)


LocatedFinding = tuple[Finding, PendingFinding]
"""A finding, and what it was before it was located."""


def in_order(located: Sequence[tuple[Finding, PendingFinding, str]]) -> list[LocatedFinding]:
    """Return the findings of a document in the order of the text.

    One cause can break several rules: of equal remedies for a call, only the first finding keeps its remedy, since a
    report shows them together. Suppressed findings keep theirs, and most reports leave them out.

    Args:
        located: the findings, each as it was before, with the remark on how its offending value was read.
    """
    seen: set[tuple[Path, str]] = set()
    findings = []
    for finding, pending, remark in sorted(located, key=lambda each: _order(each[0])):
        counts = finding.suppression is None
        again = counts and bool(pending.remedy) and (pending.unit, pending.remedy) in seen
        if counts:
            seen.add((pending.unit, pending.remedy))
        findings.append((msgspec.structs.replace(finding, remedy=remark) if again else finding, pending))
    return findings


def _remark(document: Document, pending: PendingFinding) -> str:
    """Return the remark on how the offending value was read, or an empty string."""
    return (document.note(pending.path) or Note("")).remark


def _keys(document: Document, pending: PendingFinding) -> Sequence[Span]:
    """Return the spans of the keys to underline, in the order of the text; none if the value is underlined."""
    if not pending.on_key or not pending.path:
        return ()
    keys = document.keys(pending.path)
    # The keys of a table are in its header, but a violation by one row has to be shown in that row.
    of_header = any((span.line, span.column) < document.start for span in keys)
    return () if of_header and not pending.first_key else keys


def _as_written(values: Mapping[str, str | Secret], text: str) -> Mapping[str, str | Secret]:
    """Return the values of a message, with *text* for the offending value, which was read from that text."""
    if "value" not in values:
        return values
    return {**values, "value": Secret(text) if isinstance(values["value"], Secret) else text}


def _masked(value: str | Secret, document: Document, path: Path) -> str | Secret:
    """Return a value of a message with all ids of the document in it masked."""
    if isinstance(value, Secret) and not value.masked:
        return value  # it is masked as a whole
    text = value.reveal() if isinstance(value, Secret) else value
    again = document.ids.ranges(text, (text,) if _is_at(document.value, path, text) else ())
    return shown_text(text, again) if again else value


def _is_at(value: Any, path: Path, text: str) -> bool:
    """Return whether *text* is the value at *path*, and no key on the way makes it an id."""
    for step in path:
        if not isinstance(value, Mapping) or is_sensitive_key(str(step)):
            return False
        value = value.get(step)
    return isinstance(value, str) and value == text


def _entry(document: Document) -> dict[str, str]:
    """Return the name of the message or request that holds a document, as a property of its findings."""
    return {"entry": document.origin.entry} if document.origin is not None and document.origin.entry else {}


def _masked_properties(properties: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """Return the properties of a finding with all ids of the document in its names masked."""
    masked = dict(properties)
    for key, path in _NAMES.items():
        if name := properties.get(key):
            again = document.ids.ranges(name, (name,) if _is_at(document.value, path, name) else ())
            masked[key] = mask_spans(name, merged(again)) if again else name
    return masked


def _order(finding: Finding) -> tuple[Any, ...]:
    span = finding.location.span
    return ((span.line, span.column, span.end_line, span.end_column) if span else (), finding.code)
