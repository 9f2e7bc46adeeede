"""Makes findings about plan files: selected, weighed, counted, placed, and masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segkoch_lint.findings import Excerpt, Finding, Location, Severity
from segkoch_lint.masking import Secret, is_sensitive, mask_shapes
from segkoch_lint.places import Path, Span, pointer_of
from segkoch_lint.plans.model.plan import PlanRule, Site
from segkoch_lint.policy.selection import Selection
from segkoch_lint.reading.documents import Document
from segkoch_lint.tallies import RuleTally, Summary

Made = Callable[[Any], bool]
"""Tells whether a value was made up by us, and so belongs to nobody."""

Excerpts = Callable[[Document, Span], Excerpt | None]
"""Makes the lines to show around a span."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A finding whose place in the text is not known yet: looking for many at once costs no more than for one.

    Attributes:
        code: the rule's.
        site: what is blamed.
        values: what fills the placeholders of the message.
        template: the message, if not the rule's.
        related: further places, and what stands there.
        remedy: what to do, if not what the rule says; empty for nothing.
        properties: further facts for reports.
        most: the most that it may weigh.
        rules: those of the plan that it is about.
    """

    code: str
    site: Site
    values: Mapping[str, str | Secret] = field(default_factory=dict)
    template: str = ""
    related: tuple[tuple[Site, str], ...] = ()
    remedy: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    most: Severity = Severity.ERROR
    rules: Collection[PlanRule] = ()


class Statement:
    """States findings.

    Args:
        selection: which rules are wanted, and their weights.
        summary: where they are counted.
        excerpts: makes the lines to show; None when nobody shows them.
    """

    def __init__(self, selection: Selection, summary: Summary, excerpts: Excerpts | None) -> None:
        self._selection = selection
        self._summary = summary
        self._excerpts = excerpts
        self._about: dict[str, set[PlanRule]] = {}

    def findings(self, drafts: Iterable[Draft]) -> list[Finding]:
        """Return the findings whose rules are selected and not ignored in their file, in the order of the text."""
        kept = [
            draft
            for draft in drafts
            if draft.code in self._selection.by_code and draft.code not in self._selection.ignored_in(draft.site.file)
        ]
        spans = _spans([site for draft in kept for site in (draft.site, *(site for site, _ in draft.related))])
        found = [self._finding(draft, spans) for draft in kept]
        return sorted(found, key=_order)

    def about_file(self, code: str, location: Location, values: Mapping[str, str], template: str = "",
                   excerpt: Excerpt | None = None) -> list[Finding]:  # fmt: skip
        """Return the finding about a file that is not read as a plan, or nothing when its rule is not wanted."""
        rule = self._selection.by_code.get(code)
        if rule is None or code in self._selection.ignored_in(location.path):
            return []
        severity = self._counted(code, self._selection.severity(rule), ())
        remedy = rule.remedy.get("default", "") if not template else ""
        return [Finding(code, rule.name, severity, template or rule.message, location, values, remedy, excerpt=excerpt)]

    def _finding(self, draft: Draft, spans: Mapping[_Key, Span]) -> Finding:
        rule = self._selection.by_code[draft.code]
        span = spans.get(_key(draft.site))
        shows = self._excerpts is not None and span is not None
        return Finding(
            code=draft.code,
            name=rule.name,
            severity=self._counted(draft.code, min(self._selection.severity(rule), draft.most), draft.rules),
            template=draft.template or rule.message,
            location=_location(draft.site, spans),
            values=draft.values,
            remedy=rule.remedy.get("default", "") if draft.remedy is None else draft.remedy,
            related=tuple(_location(site, spans, message) for site, message in draft.related),
            excerpt=self._excerpts(draft.site.document, span) if shows and self._excerpts and span else None,
            properties=draft.properties,
        )

    def _counted(self, code: str, severity: Severity, rules: Collection[PlanRule]) -> Severity:
        """Count a finding, and the rules of plans that it is about, each of them once for all findings of one code."""
        tally = self._summary.rules.setdefault(code, RuleTally())
        tally.findings += 1
        known = self._about.setdefault(code, set())
        tally.calls += len(set(rules) - known)
        known.update(rules)
        self._summary.severities[str(severity)] += 1
        return severity


_Key = tuple[int, Path]


def _key(site: Site) -> _Key:
    return id(site.document), site.path


def _spans(sites: Sequence[Site]) -> dict[_Key, Span]:
    """Return where sites stand in their texts; each document is gone through once."""
    by_document: dict[int, tuple[Document, set[Path]]] = {}
    for site in sites:
        by_document.setdefault(id(site.document), (site.document, set()))[1].add(site.path)
    return {
        (identity, path): span
        for identity, (document, paths) in by_document.items()
        for path, span in document.locate(paths).items()
    }


def _location(site: Site, spans: Mapping[_Key, Span], message: str = "") -> Location:
    return Location(site.file, spans.get(_key(site)), pointer_of(site.path), message)


def _order(finding: Finding) -> tuple[Any, ...]:
    span = finding.location.span
    return (finding.location.path, (span.line, span.column) if span else (), finding.code)


def call_text(call: Any, made_up: Made) -> tuple[str, dict[str, str | Secret]]:
    """Return a made-up call as compact JSON for a message, and the values of the placeholders in it.

    Texts that come from the plan (a value of its `enum`, say) are masked where they are personal data; those that we
    made up are nobody's. What is no string in the call is shown without quotes, masked or not.
    """
    values: dict[str, str | Secret] = {}
    bare: list[str] = []

    def shown(value: Any, key: str | None, parent: str | None) -> Any:
        if isinstance(value, Mapping):
            return {mask_shapes(str(name)): shown(inner, str(name), key) for name, inner in value.items()}
        if isinstance(value, list):
            return [shown(item, key, parent) for item in value]
        if is_sensitive(key, value, parent) and not made_up(value):
            name = f"value {len(values) + 1}"
            values[name] = Secret(value if isinstance(value, str) else json.dumps(value))
            if not isinstance(value, str):
                bare.append(name)
            return "{" + name + "}"
        return value

    text = json.dumps(shown(call, None, None), ensure_ascii=False, separators=(",", ":"))
    for name in bare:
        text = text.replace(f'"{{{name}}}"', f"{{{name}}}")
    return text, values


def masked_call(text: str, values: Mapping[str, str | Secret]) -> str:
    """Return the text of a call with its placeholders filled, personal data masked."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
