"""The format `gitlab`: a report for Code Quality of GitLab, which shows it in merge requests.

Source: "Code Quality report format" in the documentation of GitLab, https://docs.gitlab.com/ci/testing/code_quality/.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, RunResult
from segkoch_lint.reporting.collecting_reporter import CollectingReporter
from segkoch_lint.reporting.escaping import json_text, visible
from segkoch_lint.reporting.occurrences import Occurrence

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


class Reporter(CollectingReporter):
    """Collects the findings in bounded memory (`Occurrences`), and writes a list of them at the end."""

    traits: ClassVar[FormatTraits] = FormatTraits(
        # A list without findings has a line end inside, which tells it from an empty list of calls.
        beginning=re.compile(rb'\[\n\]\n\Z|\s*\[\s*\{\s*"check_name"\s*:\s*"[A-Z]+[0-9]+"\s*,\s*"description"\s*:\s*"')
    )

    def end(self, summary: Summary, result: RunResult) -> None:  # noqa: ARG002 - the format has no figures
        """Write the list, an issue a line."""
        lines = ",".join(f"\n{json_text(self._issue(each))}" for each in self._occurrences.all())
        self._stream.write(f"[{lines}\n]\n")

    def _issue(self, occurrence: Occurrence) -> dict[str, Any]:
        finding = occurrence.finding
        span = finding.location.span
        fix = f". Fix: {finding.remedy}" if finding.remedy else ""
        return {
            "check_name": finding.code,
            "description": visible(f"{finding.name}: {occurrence.text(show_ids=self._show_ids)}{fix}"),
            "fingerprint": occurrence.fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": visible(self._repository.path(finding.location.path)),
                # GitLab wants a line of a finding about a whole file, too.
                "lines": {"begin": span.line if span else 1, "end": span.end_line if span else 1},
            },
        }
