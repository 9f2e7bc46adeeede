"""The findings that a page shows: examples of each rule, and the fixes that the calls of each library need."""

from __future__ import annotations

from collections import Counter, deque

import msgspec

from segkoch_lint.findings.finding import Finding
from segkoch_lint.rules.catalogue import built_in

MOST_OF_FILE = 10
"""Examples of a rule in one file."""

MOST_OF_RULE = 50
"""Examples of a rule."""

_MOST_LIBRARIES = 20
"""Libraries that are named beside a fix. Their names come from payloads, so there may be any number."""


_MOST_OF_CALL = 30
"""Findings of one call that may lie between two with the same remedy."""

_MOST_FIXES = 50
"""Fixes of a rule. A rule file has fewer, but a remark on how a value was read may be before each."""


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

    def count(self, library: str) -> None:
        """Count a finding in a call of a library, whose name may be empty."""
        self.findings += 1
        if library and (library in self.libraries or len(self.libraries) < _MOST_LIBRARIES):
            self.libraries[library] += 1


class RepeatedRemedies:
    """Gives findings back the remedies that they share with another finding of the same call.

    A report that shows the findings of a call together shows such a remedy once
    (`segkoch_lint.engine.finding_locator.in_order`). A page shows the findings by rule.
    """

    def __init__(self) -> None:
        self._remedies = {rule.code: frozenset(rule.remedy.values()) for rule in built_in()}
        self._path = ""
        self._recent: deque[str] = deque(maxlen=_MOST_OF_CALL)

    def completed(self, finding: Finding) -> Finding:
        """Return a finding with the remedy that its rule shares with a finding before it, if it has none itself."""
        if finding.location.path != self._path:
            self._path = finding.location.path
            self._recent.clear()
        if finding.remedy:
            self._recent.append(finding.remedy)
            return finding
        own = self._remedies.get(finding.code, frozenset())
        remedy = next((each for each in reversed(self._recent) if each in own), "")
        return msgspec.structs.replace(finding, remedy=remedy) if remedy else finding


class RuleExamples(msgspec.Struct):
    """The findings of one rule that a page shows.

    Attributes:
        examples: the first findings of each file.
        findings: the number of all findings that were passed to the report.
        fixes: by text.
    """

    examples: list[Finding] = msgspec.field(default_factory=list)
    findings: int = 0
    fixes: dict[str, NeededFix] = msgspec.field(default_factory=dict)
    _of_files: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it as an example if there are few of its file and of all files."""
        self.findings += 1
        text = finding.remedy
        if text and (text in self.fixes or len(self.fixes) < _MOST_FIXES):
            self.fixes.setdefault(text, NeededFix(text)).count(str(finding.properties.get("library", "")))
        path = finding.location.path
        if len(self.examples) < MOST_OF_RULE and self._of_files[path] < MOST_OF_FILE:
            self._of_files[path] += 1
            self.examples.append(finding)
