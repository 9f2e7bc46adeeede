"""Findings in the making to findings: put in their places in the text, with what is shown there masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from types import MappingProxyType
from typing import Any

import msgspec

from segkoch_lint.calls.call import LIBRARY_NAME
from segkoch_lint.documents.document import Document, Note, pointer_in
from segkoch_lint.findings.finding import Finding, Location, Severity, Snippet
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.redaction.masking import Secret, mask_spans, merged
from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.violations import shown_text

_NAMES: Mapping[str, Path] = {"event": ("event",), "library": LIBRARY_NAME}
"""Properties that are texts of the call, and where these stand in it."""

SnippetMaker = Callable[[Document, Span], Snippet | None]
"""Makes the lines to show around a span."""


@dataclass(frozen=True, slots=True)
class PendingFinding:
    """A finding whose place in the text is not known yet: looking for it costs more than judging.

    Attributes:
        rule, template, values, remedy: what is said.
        path: the value to blame, from the document's root.
        unit: where the call, batch or destination stands that it is about.
        on_key: underline the member's key instead of its value.
        first_key: what the related location at the first of several equal keys says; empty for none.
        properties: further facts for reports.
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


class FindingLocator:
    """Puts findings in their places.

    Args:
        severity: tells what a finding of a rule weighs.
        snippets: None when nobody shows them.

    Attributes:
        snippets: the same; it may be set to None when enough of them are shown.
    """

    def __init__(self, severity: Callable[[Rule], Severity], snippets: SnippetMaker | None) -> None:
        self._severity = severity
        self.snippets = snippets

    def findings(self, document: Document, path: str, drafts: Sequence[PendingFinding]) -> list[Finding]:
        """Return the findings of a document, in the order of the text.

        Args:
            document: that they stand in.
            path: its input, as findings name it.
            drafts: what is wrong.
        """
        if not drafts:
            return []
        spans = document.locate({draft.path for draft in drafts})
        made = [(self.finding(document, path, draft, spans), draft, _remark(document, draft)) for draft in drafts]
        return self.with_snippets(document, in_order(made))

    def with_snippets(self, document: Document, findings: list[Finding]) -> list[Finding]:
        """Return findings with the lines around them, if these are shown."""
        if self.snippets is None:
            return findings
        # Several rules often blame the same value.
        snippet = cache(partial(self.snippets, document))
        spans = [finding.location.span for finding in findings]
        return [
            msgspec.structs.replace(finding, snippet=snippet(span)) if span else finding
            for finding, span in zip(findings, spans, strict=True)
        ]

    def finding(
        self,
        document: Document,
        path: str,
        draft: PendingFinding,
        spans: Mapping[Path, Span] = MappingProxyType({}),
    ) -> Finding:
        """Return a finding, without the lines around it.

        Args:
            document: that it stands in.
            path: its input, as findings name it.
            draft: what is wrong.
            spans: where values stand.
        """
        pointer = pointer_in(document, draft.path)
        keys = _keys(document, draft)
        span = keys[-1] if keys else spans.get(draft.path)
        related = (Location.of(path, keys[0], pointer, draft.first_key),) if keys and draft.first_key else ()
        note = document.note(draft.path) or Note("")
        values = draft.values if note.written is None else _as_written(draft.values, note.written)
        return Finding(
            code=draft.rule.code,
            name=draft.rule.name,
            severity=self._severity(draft.rule),
            template=draft.template,
            location=Location.of(path, span, pointer),
            values={name: _masked(value, document, draft.path) for name, value in values.items()},
            remedy=" ".join(filter(None, (note.remark, draft.remedy))),
            related=related,
            properties=_shared(draft.properties, document) | _entry(document),
        )


def in_order(made: Sequence[tuple[Finding, PendingFinding, str]]) -> list[Finding]:
    """Return the findings of a document in the order of the text.

    One cause can break several rules. What to do about it is said at the first finding of the call.

    Args:
        made: the findings, each with its draft and what a reader should know of how the value to blame was read.
    """
    told: set[tuple[Path, str]] = set()
    findings = []
    for finding, draft, remark in sorted(made, key=lambda each: _order(each[0])):
        again = bool(draft.remedy) and (draft.unit, draft.remedy) in told
        told.add((draft.unit, draft.remedy))
        findings.append(msgspec.structs.replace(finding, remedy=remark) if again else finding)
    return findings


def _remark(document: Document, draft: PendingFinding) -> str:
    """Return what a reader should know of how the value to blame was read."""
    return (document.note(draft.path) or Note("")).remark


def _keys(document: Document, draft: PendingFinding) -> Sequence[Span]:
    """Return the spans of the keys to underline, in the text's order; none where the value is underlined."""
    if not draft.on_key or not draft.path:
        return ()
    keys = document.keys(draft.path)
    # The keys of a table stand in its header. What is wrong with one row has to be shown in that row.
    of_header = any((span.line, span.column) < document.start for span in keys)
    return () if of_header and not draft.first_key else keys


def _as_written(values: Mapping[str, str | Secret], text: str) -> Mapping[str, str | Secret]:
    """Return the values of a message about a value that was read from another text, which is what a reader knows."""
    if "value" not in values:
        return values
    return {**values, "value": Secret(text) if isinstance(values["value"], Secret) else text}


def _masked(value: str | Secret, document: Document, path: Path) -> str | Secret:
    """Return what a message shows: where an id of the document stands again in it, that is masked, too."""
    if isinstance(value, Secret) and not value.masked:
        return value  # all of it is masked
    text = value.reveal() if isinstance(value, Secret) else value
    again = document.ids.ranges(text, (text,) if _stands_at(document.value, path, text) else ())
    return shown_text(text, again) if again else value


def _stands_at(value: Any, path: Path, text: str) -> bool:
    """Return whether *text* is the value at *path*, and no key on the way makes it an id."""
    for step in path:
        if not isinstance(value, Mapping) or is_sensitive_key(str(step)):
            return False
        value = value.get(step)
    return isinstance(value, str) and value == text


def _entry(document: Document) -> dict[str, str]:
    """Return the name of the message or request that holds a document, as a property of its findings."""
    return {"entry": document.origin.entry} if document.origin is not None and document.origin.entry else {}


def _shared(properties: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """Return the properties of a finding; an id of the document that stands again in a name is masked."""
    shared = dict(properties)
    for key, path in _NAMES.items():
        if name := properties.get(key):
            again = document.ids.ranges(name, (name,) if _stands_at(document.value, path, name) else ())
            shared[key] = mask_spans(name, merged(again)) if again else name
    return shared


def _order(finding: Finding) -> tuple[Any, ...]:
    span = finding.location.span
    return ((span.line, span.column, span.end_line, span.end_column) if span else (), finding.code)
