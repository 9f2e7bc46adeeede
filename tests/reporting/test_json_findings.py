"""A finding in JSON is composed as text; it is what a JSON writer would write."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.finding import Finding, Location, Severity, Suppression
from segkoch_lint.findings.fix import Edit, Fix, new_text
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret, shown_path
from segkoch_lint.reporting.escaping import json_text
from segkoch_lint.reporting.json_findings import finding_text

TEXTS = st.text(st.characters() | st.sampled_from('#"\\\n\x1b\u2028é\U0001f600\ud800'), max_size=8)
NUMBERS = st.integers(1, 10**9)
REAL_SPANS = st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
SPANS = st.none() | REAL_SPANS
SECRETS = st.builds(Secret, TEXTS)
LOCATIONS = st.builds(Location, TEXTS, SPANS, TEXTS, TEXTS, st.none() | SECRETS)
EDITS = st.builds(Edit, REAL_SPANS, TEXTS | SECRETS)
FINDINGS = st.builds(
    Finding,
    TEXTS,
    TEXTS,
    st.sampled_from(Severity),
    TEXTS.map(lambda text: text + " is {value}"),
    LOCATIONS,
    st.just({}) | st.fixed_dictionaries({"value": TEXTS | SECRETS}),
    TEXTS,
    st.lists(LOCATIONS, max_size=2).map(tuple),
    st.none(),
    st.dictionaries(TEXTS, TEXTS | NUMBERS | st.lists(TEXTS, max_size=2), max_size=3),
    fix=st.none() | st.builds(Fix, TEXTS, st.lists(EDITS, max_size=2).map(tuple), TEXTS),
    suppression=st.none() | st.builds(Suppression, st.sampled_from(["baseline", "configuration", "comment"]), TEXTS),
)


def lines_of(span: Span | None) -> dict[str, int | None]:
    names = ("line", "column", "end_line", "end_column")
    return {name: getattr(span, name) if span else None for name in names}


def place(location: Location, *, show_ids: bool) -> dict[str, Any]:
    return {
        "path": shown_path(location.path),
        **lines_of(location.span),
        "pointer": location.pointer_text(show_ids=show_ids),
    }


@given(FINDINGS, st.booleans())
def test_a_finding_is_an_object_of_its_members(finding: Finding, show_ids: bool) -> None:
    related = [{**place(each, show_ids=show_ids), "message": each.message} for each in finding.related]
    expected = {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "message": finding.text(show_ids=show_ids),
        **place(finding.location, show_ids=show_ids),
        "remedy": finding.remedy,
        "related": related,
        "properties": dict(finding.properties),
    }
    if finding.suppression is not None:
        expected["suppression"] = {"kind": finding.suppression.kind, "reason": finding.suppression.reason}
    if finding.fix is not None:
        shows = show_ids or not any(isinstance(edit.text, Secret) for edit in finding.fix.edits)
        expected["fix"] = {
            "title": finding.fix.title,
            "obstacle": finding.fix.obstacle or None,
            "edits": [{**lines_of(edit.span), "text": new_text(edit)} for edit in finding.fix.edits if shows],
        }
    assert finding_text(finding, show_ids=show_ids) == json_text(expected)


def test_the_name_of_an_input_is_shown_without_a_password() -> None:
    url = "https://ann:p4ss@example.com/a.json"
    finding = Finding("KCH101", "missing-device", Severity.ERROR, "it is missing", Location(url))
    assert json.loads(finding_text(finding))["path"] == "https://…@example.com/a.json"
    assert json.loads(finding_text(finding))["line"] is None
