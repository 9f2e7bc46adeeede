"""Findings as JSON, described by `schemas/report.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from segkoch_lint.findings.finding import Finding, Location, Severity, Suppression
from segkoch_lint.findings.fix import Fix, new_text
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import shown_path
from segkoch_lint.reporting.escaping import safe_json

_SEVERITIES = {each: str(each) for each in Severity}


def finding_text(finding: Finding, *, show_ids: bool = False) -> str:
    """Return a finding as a JSON object on one line, in ASCII, so that it holds no control characters.

    It is put together from its members, since `json.dumps` takes five times as long, and every call of a log may have a
    finding.
    """
    related = [f'{{{_place(each, show_ids=show_ids)}, "message": {quoted(each.message)}}}' for each in finding.related]
    more = _suppression(finding.suppression) + _fix(finding.fix, show_ids=show_ids)
    return safe_json(
        f'{{"code": {quoted(finding.code)}, "name": {quoted(finding.name)}, '
        f'"severity": "{_SEVERITIES[finding.severity]}", "message": {quoted(finding.text(show_ids=show_ids))}, '
        f'{_place(finding.location, show_ids=show_ids)}, "remedy": {quoted(finding.remedy)}, '
        f'"related": [{", ".join(related)}], "properties": {_object(finding.properties)}{more}}}'
    )


def _place(location: Location, *, show_ids: bool) -> str:
    """Return the members of a JSON object for a location."""
    pointer = quoted(location.pointer_text(show_ids=show_ids))
    return f'"path": {_path(location.path)}, {_span(location.span)}, "pointer": {pointer}'


def _span(span: Span | None) -> str:
    """Return the members of a JSON object for a span."""
    if span is None:
        return '"line": null, "column": null, "end_line": null, "end_column": null'
    return f'"line": {span.line}, "column": {span.column}, "end_line": {span.end_line}, "end_column": {span.end_column}'


@lru_cache(maxsize=16)
def _path(path: str) -> str:
    return quoted(shown_path(path))


def _suppression(suppression: Suppression | None) -> str:
    """Return the further member of a suppressed finding."""
    if suppression is None:
        return ""
    return f', "suppression": {{"kind": "{suppression.kind}", "reason": {quoted(suppression.reason)}}}'


def _fix(fix: Fix | None, *, show_ids: bool) -> str:
    """Return the further member of a finding that has a fix."""
    if fix is None:
        return ""
    edits = [f'{{{_span(edit.span)}, "text": {quoted(new_text(edit))}}}' for edit in fix.shown_edits(show_ids=show_ids)]
    obstacle = quoted(fix.obstacle) if fix.obstacle else "null"
    return f', "fix": {{"title": {quoted(fix.title)}, "obstacle": {obstacle}, "edits": [{", ".join(edits)}]}}'


def _object(properties: Mapping[str, Any]) -> str:
    members = [
        f"{quoted(name)}: {quoted(value) if isinstance(value, str) else json.dumps(value)}"
        for name, value in properties.items()
    ]
    return f"{{{', '.join(members)}}}"
