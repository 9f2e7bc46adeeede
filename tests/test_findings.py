"""Findings and severities."""

from __future__ import annotations

from segkoch_lint.findings import Finding, Location, Severity
from segkoch_lint.masking import Secret


def test_severities_compare_and_have_names() -> None:
    assert Severity.INFO < Severity.WARNING < Severity.ERROR
    assert [str(Severity.of(name)) for name in ("error", "WARNING", "info")] == ["error", "warning", "info"]


def test_a_message_is_masked_unless_ids_are_asked_for() -> None:
    values: dict[str, str | Secret] = {"value": Secret("{/other} secret"), "/other": "open"}
    finding = Finding("KCH999", "x", Severity.ERROR, "{value}, {/other}, {unknown}", Location("a.json"), values)
    assert finding.message == "{/o…ret, open, {unknown}"
    assert finding.text(show_ids=True) == "{/other} secret, open, {unknown}"
