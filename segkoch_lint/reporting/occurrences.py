"""The findings of a run for code review: one by one, or of a log, one for each rule and file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from hashlib import sha256

import msgspec

from segkoch_lint.findings.finding import Finding, Location
from segkoch_lint.findings.position import without_indexes
from segkoch_lint.findings.redaction.masking import shown_path

MOST_SINGLE = 5_000
"""Findings that are kept one by one. GitHub shows no more results of a run, and rejects a run with over 25,000."""

_FIRST_PLACES = 10
"""Locations that are kept of the findings of one rule in one file."""


class Occurrence(msgspec.Struct):
    """A finding, or the findings of one rule in one file.

    Attributes:
        finding: the only finding, or the first one.
        fingerprint: hexadecimal digits that identify it in the next run, too. They do not depend on its line or
            severity. Findings with the same content have different ones.
        count: the number of findings.
        places: the locations of the first findings.
    """

    finding: Finding
    fingerprint: str
    count: int = 1
    places: list[Location] = msgspec.field(default_factory=list)

    def text(self, *, show_ids: bool = False) -> str:
        """Return the message of the first finding, with the number of findings if there are more."""
        text = self.finding.text(show_ids=show_ids)
        return text if self.count == 1 else f"{self.count:,} findings, the first: {text}"


class Occurrences:
    """Collects findings in bounded memory.

    Findings are kept one by one up to `MOST_SINGLE`. If there are more, they are counted by rule and file, and if there
    are also more files than that, by rule. Findings in files of a log are always counted by rule and file.
    Suppressed findings are counted apart.

    Args:
        is_log: returns whether the file with this path is a log, whose lines are not reviewed one by one.
        most: the number of findings, and of counts, that are kept.
    """

    def __init__(self, is_log: Callable[[str], bool] = lambda _: False, *, most: int = MOST_SINGLE) -> None:
        self._is_log = is_log
        self._most = most
        self._single: list[Finding] | None = []
        self._counted: dict[tuple[str, str | None, str], Occurrence] = {}

    def add(self, finding: Finding) -> None:
        """Keep or count a finding."""
        if self._single is None or self._is_log(finding.location.path):
            self._count(finding)
            return
        self._single.append(finding)
        if len(self._single) > self._most:
            waiting, self._single = self._single, None
            for each in waiting:
                self._count(each)

    def all(self) -> list[Occurrence]:
        """Return the findings that were kept, in their order, and then those that were counted."""
        seen: Counter[str] = Counter()
        single = [Occurrence(each, _fingerprint(each, seen), 1, [each.location]) for each in self._single or ()]
        return [*single, *self._counted.values()]

    def _count(self, finding: Finding) -> None:
        suppressed = "" if finding.suppression is None else finding.suppression.kind
        key: tuple[str, str | None, str] = (finding.code, finding.location.path, suppressed)
        if key not in self._counted and len(self._counted) >= self._most:
            key = (finding.code, None, suppressed)
        found = self._counted.get(key)
        if found is None:
            parts = [finding.code, "" if key[1] is None else shown_path(key[1]), suppressed]
            fingerprint = _digest(*parts if suppressed else parts[:2])
            self._counted[key] = Occurrence(finding, fingerprint, 1, [finding.location])
            return
        found.count += 1
        if len(found.places) < _FIRST_PLACES:
            found.places.append(finding.location)
        if finding.severity > found.finding.severity:
            found.finding = msgspec.structs.replace(found.finding, severity=finding.severity)


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """Return the fingerprint of a finding; *seen* counts the findings with the same content before it."""
    # The index in a list moves like a line. Only masked text is hashed: the hash of an id would identify a person.
    pointer = without_indexes(finding.location.pointer)
    about = (str(finding.properties.get(name, "")) for name in ("type", "event", "library"))
    content = _digest(finding.code, shown_path(finding.location.path), pointer, finding.message, *about)
    seen[content] += 1
    return content if seen[content] == 1 else _digest(content, str(seen[content]))


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
