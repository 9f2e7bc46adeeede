"""The format `rdjson`: diagnostics for reviewdog, which comments on pull requests of many services.

Source: the description of `rdjson` in the repository of reviewdog, https://github.com/reviewdog/reviewdog.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar, TextIO

from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.findings.fix import new_text
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.escaping import json_text, visible
from segkoch_lint.reporting.repository import Repository

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


class Reporter:
    """Writes the diagnostics as they come; `end` completes the document."""

    traits: ClassVar[FormatTraits] = FormatTraits(
        beginning=re.compile(rb'\s*\{\s*"source"\s*:\s*\{\s*"name"\s*:\s*"segkoch-lint"\s*\}\s*,\s*"diagnostics"')
    )

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._show_ids = options.show_ids
        self._repository = Repository(Path.cwd())
        self._separator = ""
        stream.write('{"source": {"name": "segkoch-lint"}, "diagnostics": [')

    def begin(self, summary: Summary) -> None:
        """Write nothing: there are no figures."""

    def finding(self, finding: Finding) -> None:
        """Write one diagnostic."""
        fix = f"\nFix: {visible(finding.remedy)}" if finding.remedy else ""
        diagnostic: dict[str, Any] = {
            "message": visible(f"{finding.name}: {finding.text(show_ids=self._show_ids)}") + fix,
            "location": self._location(finding.location),
            "severity": _SEVERITIES[finding.severity],
            "code": {"value": finding.code},
        }
        if related := [each for each in finding.related if each.path]:
            diagnostic["related_locations"] = [
                {"message": visible(each.message), "location": self._location(each)} for each in related
            ]
        if suggestion := self._suggestion(finding):
            diagnostic["suggestions"] = [suggestion]
        self._stream.write(f"{self._separator}\n{json_text(diagnostic)}")
        self._separator = ","

    def end(self, summary: Summary, result: RunResult) -> None:  # noqa: ARG002 - the format has no figures
        """Complete the document."""
        self._stream.write("\n]}\n")

    def _suggestion(self, finding: Finding) -> dict[str, Any] | None:
        """Return the edit that fixes a finding; None if there are several: each suggestion is one of its own."""
        edits = finding.fix.shown_edits(show_ids=self._show_ids) if finding.fix is not None else ()
        if len(edits) != 1 or edits[0].byte_columns is None:
            return None
        (edit,) = edits
        start, end = ({"line": edit.span.line, "column": column} for column in edit.byte_columns or ())
        return {"range": {"start": start, "end": end}, "text": new_text(edit)}

    def _location(self, location: Location) -> dict[str, Any]:
        """Return a location without columns: reviewdog counts bytes of UTF-8, and a span counts code points."""
        place: dict[str, Any] = {"path": visible(self._repository.path(location.path))}
        if location.span:
            start, end = location.span.line, location.span.end_line
            place["range"] = {"start": {"line": start}, "end": {"line": end}}
        return place
