"""What a run counted: the figures of the summary, and the sum that must hold between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class LibraryTally:
    """Calls of one source library.

    Attributes:
        calls: calls read.
        checked: of these, the ones that would reach Kochava.
        usable: of the checked ones, those that break none of the requirements of Kochava's page.
    """

    calls: int = 0
    checked: int = 0
    usable: int = 0


@dataclass(slots=True)
class RuleTally:
    """Findings of one rule, and the number of different calls (or documents) they stand in."""

    findings: int = 0
    calls: int = 0


@dataclass(slots=True)
class Summary:
    """The figures of one run. Adding two gives the figures of both, so parts can be counted apart.

    Attributes:
        inputs: inputs opened.
        bytes: bytes of them after inflating.
        calls: calls read, broken ones included.
        checked: calls that the rules for delivered calls were applied to.
        not_delivered: calls that would never reach Kochava, by reason.
        malformed: documents or lines that are no valid JSON or YAML (KCH001), each counted as one call.
        not_calls: well-formed documents that hold no call, by what they are.
        destinations: settings of Kochava destinations.
        rules: per rule code, its findings after selection.
        libraries: per ``context.library.name`` (empty when absent), its calls.
        severities: findings by severity name.
        unread: inputs (or parts) that could not be read, as (path, reason).
        remarks: what else a reader should know of an input, as (path, sentence).
    """

    inputs: int = 0
    bytes: int = 0
    calls: int = 0
    checked: int = 0
    not_delivered: Counter[str] = field(default_factory=Counter)
    malformed: int = 0
    not_calls: Counter[str] = field(default_factory=Counter)
    destinations: int = 0
    rules: dict[str, RuleTally] = field(default_factory=dict)
    libraries: dict[str, LibraryTally] = field(default_factory=dict)
    severities: Counter[str] = field(default_factory=Counter)
    unread: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    def adds_up(self) -> bool:
        """Tell whether every call read is accounted for: nothing unchecked is ever called clean."""
        return self.calls == self.checked + self.not_delivered.total() + self.malformed

    def add(self, other: Summary) -> None:
        """Add *other*'s figures to these."""
        self.inputs += other.inputs
        self.bytes += other.bytes
        self.calls += other.calls
        self.checked += other.checked
        self.malformed += other.malformed
        self.not_delivered.update(other.not_delivered)
        self.not_calls.update(other.not_calls)
        self.severities.update(other.severities)
        self.unread.extend(other.unread)
        self.remarks.extend(other.remarks)
        self.destinations += other.destinations
        for code, rule in other.rules.items():
            mine = self.rules.setdefault(code, RuleTally())
            mine.findings += rule.findings
            mine.calls += rule.calls
        for name, library in other.libraries.items():
            ours = self.libraries.setdefault(name, LibraryTally())
            ours.calls += library.calls
            ours.checked += library.checked
            ours.usable += library.usable
