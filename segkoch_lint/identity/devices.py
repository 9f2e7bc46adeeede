"""One device id or advertising id: the summary that rules check (`schemas/device-summary.json`), and its findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from segkoch_lint.identity.identity_findings import Affected, FindingStore
from segkoch_lint.rules.violations import Violation


class IdUse(NamedTuple):
    """The use of an id.

    Attributes:
        kind: ``device id`` or ``advertising id``.
        users: the number of its users with a userId.
        first_platform, last_platform: the first and the last of its platforms; both the same if there is one.
    """

    kind: str
    users: int
    first_platform: str
    last_platform: str

    def summary(self) -> Mapping[str, Any]:
        """Return the summary that rules check."""
        platforms = sorted({self.first_platform, self.last_platform})
        return {"kind": self.kind, "users": self.users, "platforms": platforms}


class IdCalls(NamedTuple):
    """The calls that say the same of an id whose use breaks a rule: a row of the section ``affected-by-id``."""

    kind: str
    id: str
    verdict: int
    person: str
    platform: str
    origin: str
    library: str
    ignored: str
    place: str
    text: str
    calls: int


class _IdFinding:
    """A finding about an id, built from the groups of calls in the order of their places."""

    def __init__(self, violation: Violation) -> None:
        self.violation = violation
        self.affected = Affected()
        self.first: IdCalls | None = None
        self.related = ""
        self._member = str(violation.path[0]) if violation.path else ""

    def add(self, group: IdCalls) -> None:
        if f",{self.violation.rule.code}," in group.ignored:
            return
        self.affected.add(group.place, group.calls, group.library, group.origin)
        if self.first is None:
            self.first = group
        elif not self.related and self._differs(group, self.first):
            self.related = group.place

    def _differs(self, group: IdCalls, first: IdCalls) -> bool:
        if self._member == "platforms":
            return group.platform != first.platform
        # Only users with a userId are counted.
        return self._member == "users" and group.person >= "u" and group.person != first.person

    @property
    def message(self) -> str:
        return "the same id on another platform" if self._member == "platforms" else "another user of the same id"


def add_findings(groups: Iterable[IdCalls], verdicts: Sequence[Sequence[Violation]], findings: FindingStore) -> None:
    """Add the findings about one id.

    Args:
        groups: those with the id, in the order of their places.
        verdicts: the violations of uses of ids, by number.
        findings: the findings of the run.
    """
    pending: list[_IdFinding] = []
    for number, group in enumerate(groups):
        if not number:
            pending = [_IdFinding(violation) for violation in verdicts[group.verdict]]
        for each in pending:
            each.add(group)
    for each in pending:
        if each.first is not None:
            first = each.first
            findings.add(
                each.violation,
                first.kind,
                each.affected,
                first.text,
                value=first.id,
                related=each.related,
                message=each.message,
            )
