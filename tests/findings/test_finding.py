"""Findings and severities."""

from __future__ import annotations

from segkoch_lint.findings.finding import Finding, Location, Severity, Snippet
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret


def test_severities_compare_and_have_names() -> None:
    assert Severity.INFO < Severity.WARNING < Severity.ERROR
    assert [str(Severity.of(name)) for name in ("error", "WARNING", "info")] == ["error", "warning", "info"]


def test_a_message_is_masked_unless_ids_are_asked_for() -> None:
    values: dict[str, str | Secret] = {"value": Secret("{/other} secret"), "/other": "open"}
    finding = Finding("KCH999", "x", Severity.ERROR, "{value}, {/other}, {unknown}", Location("a.json"), values)
    assert finding.message == "…, open, {unknown}"
    assert finding.text(show_ids=True) == "{/other} secret, open, {unknown}"


def full_finding() -> Finding:
    """A finding of which every attribute says something."""
    place = Location("a.ndjson", Span(3, 4, 5, 6), "/x", "here")
    return Finding(
        "KCH104",
        "device-id",
        Severity.WARNING,
        "{value} is wrong",
        place,
        {"value": Secret("0123456789")},
        "Mend it.",
        (Location("b.ndjson", Span(1, 2, 1, 3), "/y", "there"), Location("c.json")),
        Snippet(2, ("a", "b"), 1, 0, 1),
        {"type": "track"},
    )
