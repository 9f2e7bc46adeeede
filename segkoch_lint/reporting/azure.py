"""The format `azure`: issues of a run of Azure Pipelines.

Source: "Logging commands" in the documentation of Azure Pipelines. It has no level below warnings, so infos are lines
of the log and no issues.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, TextIO

from segkoch_lint.findings.finding import Finding, Severity
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.repository import Repository

_TYPES = {Severity.ERROR: "error", Severity.WARNING: "warning"}

_DATA = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({";": "%3B", "]": "%5D"})


class Reporter:
    """Writes a line for each finding as it comes."""

    traits: ClassVar[FormatTraits] = FormatTraits()

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._show_ids = options.show_ids
        self._repository = Repository(Path.cwd())

    def begin(self, summary: Summary) -> None:
        """Write nothing: there are no figures."""

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        message = f"{finding.name}: {finding.text(show_ids=self._show_ids)}"
        if finding.remedy:
            message += f". Fix: {finding.remedy}"
        if finding.severity is Severity.INFO:
            place = finding.location.text(show_ids=self._show_ids)
            self._stream.write(visible(f"{place}: info {finding.code} {message}") + "\n")
            return
        location, span = finding.location, finding.location.span
        properties = {"type": _TYPES[finding.severity], "sourcepath": self._repository.path(location.path)}
        if span is not None:
            properties |= {"linenumber": str(span.line), "columnnumber": str(span.column)}
        properties["code"] = finding.code
        shown = ";".join(f"{name}={visible(value).translate(_PROPERTY)}" for name, value in properties.items())
        self._stream.write(f"##vso[task.logissue {shown}]{visible(message).translate(_DATA)}\n")

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write nothing: each finding is an issue by itself."""
