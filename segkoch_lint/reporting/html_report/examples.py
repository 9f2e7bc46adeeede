"""The findings that a page shows: examples of each rule, and the fixes that the calls of each library need."""

from __future__ import annotations

from collections import Counter

import msgspec

from segkoch_lint.findings.finding import Finding

MOST_OF_FILE = 10
"""Examples of a rule in one file."""

MOST_OF_RULE = 50
"""Examples of a rule."""

_MOST_LIBRARIES = 20
"""Libraries that are named beside a fix. Their names come from payloads, so there may be any number."""


class NeededFix(msgspec.Struct):
    """A fix, and the findings that need it.

    Attributes:
        text: the remedy of the findings.
        findings: their number.
        libraries: the first names of libraries whose calls have them, each with the number of findings.
    """

    text: str
    findings: int = 0
    libraries: Counter[str] = msgspec.field(default_factory=Counter)

    def count(self, finding: Finding) -> None:
        """Count a finding."""
        self.findings += 1
        library = finding.properties.get("library", "")
        if library and (library in self.libraries or len(self.libraries) < _MOST_LIBRARIES):
            self.libraries[library] += 1


class RuleExamples(msgspec.Struct):
    """The findings of one rule that a page shows.

    Attributes:
        examples: the first findings of each file.
        findings: the number of all findings that were passed to the report.
        fixes: by text; a rule file has few.
    """

    examples: list[Finding] = msgspec.field(default_factory=list)
    findings: int = 0
    fixes: dict[str, NeededFix] = msgspec.field(default_factory=dict)
    _of_files: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it as an example if there are few of its file and of all files."""
        self.findings += 1
        if finding.remedy:
            self.fixes.setdefault(finding.remedy, NeededFix(finding.remedy)).count(finding)
        path = finding.location.path
        if len(self.examples) < MOST_OF_RULE and self._of_files[path] < MOST_OF_FILE:
            self._of_files[path] += 1
            self.examples.append(finding)
