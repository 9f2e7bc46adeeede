"""What the formats share that write their findings at the end, by rule and file if there are many."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import ReportOptions
from segkoch_lint.reporting.occurrences import Occurrences
from segkoch_lint.reporting.repository import Repository


class CollectingReporter:
    """Collects the findings of a run in bounded memory (`Occurrences`); a format writes them in its method ``end``."""

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._show_ids = options.show_ids
        self._repository = Repository(Path.cwd())
        self._occurrences = Occurrences(lambda path: not self._repository.holds(path))

    def begin(self, summary: Summary) -> None:
        """Write nothing: the report is written at the end."""

    def finding(self, finding: Finding) -> None:
        """Collect one finding."""
        self._occurrences.add(finding)
