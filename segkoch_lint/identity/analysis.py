"""All records of a run to findings: it runs the sections of `queries.sql` and checks their results by the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, Protocol

from segkoch_lint.findings.summary import IdentityTally
from segkoch_lint.identity.claim_vectors import (
    asks_of_each_claim,
    asks_only_how_many_names,
    summary_of_claim,
    summary_of_person,
)
from segkoch_lint.identity.database import IdentityDatabase
from segkoch_lint.identity.devices import IdCalls, IdUse, add_findings
from segkoch_lint.identity.event_names import MOST_NAMES, EventCalls, EventSet
from segkoch_lint.identity.identity_findings import ADVERTISING, Affected, FindingStore, IdentityFinding
from segkoch_lint.identity.ordinary_users import most_devices
from segkoch_lint.identity.sql_engines import Engine
from segkoch_lint.identity.users import OffendingCalls, User, UserCalls
from segkoch_lint.rules.violations import Violation

_MOST_SOUGHT = 100_000
"""The most ids whose records are searched in a temporary file; if there are more, all records are loaded."""


class Rules(Protocol):
    """The rules of a run: `segkoch_lint.rules.ruleset.RuleSet`."""

    def violations(self, kind: Literal["user", "device", "event-name"], value: Mapping[str, Any]) -> list[Violation]:
        """Return the violations by a summary of the rules that apply to *kind*."""

    def schemas(self, kind: Literal["user", "device", "event-name"]) -> Sequence[Mapping[str, Any]]:
        """Return the schemas of these rules."""


@dataclass(frozen=True, slots=True)
class IdentityResult:
    """The findings about users and event names of a run, and their figures.

    Attributes:
        tally: the figures about users.
        calls: by code of a rule, the number of affected calls; each counts once.
        findings: in the order of their first calls.
    """

    tally: IdentityTally
    calls: Mapping[str, int]
    findings: FindingStore

    def __iter__(self) -> Iterator[IdentityFinding]:
        """Yield the findings."""
        return iter(self.findings)


def analyse(database: IdentityDatabase, rules: Rules) -> IdentityResult:
    """Return the findings about all records of a run.

    Args:
        database: the records.
        rules: the rules of the run.

    Raises:
        OutputError: there is no space left for temporary files.
    """
    findings = FindingStore(database.paths)
    if not database:
        return IdentityResult(IdentityTally(), {}, findings)
    tally = IdentityTally()
    if (most := most_devices(rules)) is not None:
        _count(tally, database.leave_out_ordinary(most))
    analysis = _Analysis(database, database.open(), rules, findings, tally)
    if rules.schemas("user") or rules.schemas("device"):
        analysis.check_users()
    if rules.schemas("device"):
        analysis.check_ids()
    if rules.schemas("event-name"):
        analysis.check_event_names()
    return IdentityResult(analysis.tally, analysis.calls, findings)


class _Analysis:
    def __init__(
        self,
        database: IdentityDatabase,
        engine: Engine,
        rules: Rules,
        findings: FindingStore,
        tally: IdentityTally,
    ) -> None:
        self.tally = tally
        self.calls: Counter[str] = Counter()
        self._database = database
        self._engine = engine
        self._rules = rules
        self._findings = findings
        self._partitions = range(database.partitions)
        self._by_claim = all(map(asks_of_each_claim, rules.schemas("user")))
        self._accepted: dict[tuple[str, str, int, bool], bool] = {}

    def check_users(self) -> None:
        """Check every user, and store the uses of ids."""
        self._resolve_chains()
        if self._database.is_spilled:
            self._resolve_owners()
        self._engine.make("id_use")
        for partition in self._partitions:
            self._load(partition)
            self._engine.run("persons")
            _count(self.tally, self._engine.rows("person-vectors"))
            if self._rules.schemas("user"):
                self._check_persons()
            if self._rules.schemas("device"):
                self._engine.run("uses")
            self._engine.run("forget-users")

    def check_ids(self) -> None:
        """Check the use of every id, after `check_users` has stored them."""
        engine, verdicts, rejected = self._engine, list[Sequence[Violation]](), list[tuple[Any, ...]]()
        engine.run("ids" if len(self._partitions) > 1 else "ids-of-one-partition")
        for use in engine.rows("id-vectors"):
            violations = self._rules.violations("device", IdUse(*use).summary())
            if violations:
                rejected.append((*use, len(verdicts)))
                verdicts.append(violations)
        if not rejected:
            return
        codes = [(number, each.rule.code) for number, verdict in enumerate(verdicts) for each in verdict]
        engine.make("rejected_use", "verdict_code", "affected")
        engine.insert("rejected_use", rejected)
        engine.insert("verdict_code", codes)
        engine.run("rejected-ids")
        sought = self._sought_ids()
        for partition in self._partitions:
            if len(self._partitions) > 1:
                self._load(partition, sought)
            engine.run("affected")
        for _, rows in groupby(engine.rows("affected-by-id"), itemgetter(0, 1)):
            add_findings((IdCalls(*row) for row in rows), verdicts, self._findings)
        self.calls.update({code: calls for code, calls in engine.rows("affected-calls")})  # noqa: C416 - rows of any

    def check_event_names(self) -> None:
        """Check every set of similar event names."""
        engine = self._engine
        counting = all(map(asks_only_how_many_names, self._rules.schemas("event-name")))
        for partition in self._partitions:
            self._database.load_events(engine, partition)
            engine.run("event-names")
            numbers = [names for (names,) in engine.rows("event-vectors")]
            rejected = [names for names in numbers if not counting or self._check_names(_names(names))]
            if rejected:
                engine.make("rejected_set")
                engine.insert("rejected_set", [(names,) for names in rejected])
                for _, calls in groupby(engine.rows("events-of-sets"), itemgetter(0)):
                    names = EventSet(EventCalls(*row) for row in calls)
                    names.add_findings(self._check_names, self._findings, self.calls)
            engine.run("forget-events")

    def _check_names(self, summary: Mapping[str, Any]) -> Sequence[Violation]:
        return self._rules.violations("event-name", summary)

    def _resolve_chains(self) -> None:
        self._database.load_aliases(self._engine)
        self._engine.run("chains")
        before, unfinished = -1, self._unfinished()
        while unfinished != before and unfinished:
            self._engine.run("lengthen-chains")
            before, unfinished = unfinished, self._unfinished()

    def _unfinished(self) -> int:
        ((number,),) = self._engine.rows("unfinished-chains")
        return int(number)

    def _resolve_owners(self) -> None:
        """Move the records of anonymousIds to the partitions of their owners."""
        for partition in self._partitions:
            self._database.load_anonymous(self._engine, partition)
            self._engine.run("owners")
            self._database.share_out(partition, self._engine.rows("owned-records"))

    def _load(self, partition: int, sought: Collection[str] | None = None) -> None:
        self._database.load_users(self._engine, partition, sought)
        self._engine.run("owners")
        self._engine.run("user-calls")

    def _check_persons(self) -> None:
        engine = self._engine
        if self._by_claim:
            engine.make("rejected_claim", "rejected_person")
            engine.run("claims")
            engine.insert("rejected_claim", self._rejected("claim-vectors", claims=True))
            engine.insert("rejected_person", self._rejected("person-devices", claims=False))
            engine.run("singles")
        else:
            engine.run("everybody")
        for _, rows in groupby(engine.rows("single-user-calls"), itemgetter(0, 1)):
            self._check_user(User([UserCalls(*row) for row in rows]))

    def _rejected(self, section: str, *, claims: bool) -> list[tuple[str, str, int]]:
        """Return the kinds of claims, or of persons, that violate a rule."""
        rejected: list[tuple[str, str, int]] = []
        for kind, platform, number in self._engine.rows(section):
            key = (kind, platform, number, claims)
            if key not in self._accepted:
                summary = (summary_of_claim if claims else summary_of_person)(kind, platform, number)
                self._accepted[key] = not self._rules.violations("user", summary)
            if not self._accepted[key]:
                rejected.append((kind, platform, number))
        return rejected

    def _check_user(self, user: User) -> None:
        broken: dict[tuple[str, str], list[tuple[Violation, OffendingCalls]]] = {}
        for summary, claims in user.summaries():
            for violation in self._rules.violations("user", summary):
                offending = user.offending_calls(violation.path, claims, violation.rule.code)
                if offending is not None:
                    broken.setdefault((violation.rule.code, offending.value), []).append((violation, offending))
        calls: dict[str, dict[str, int]] = {}
        for (code, value), found in broken.items():
            violation, offending = min(found, key=lambda each: each[1].first.place)
            affected = Affected()
            for each in {each.place: each for _, every in found for each in every.groups}.values():
                affected.add(each.place, each.calls, each.library, each.origin)
                calls.setdefault(code, {})[each.place] = each.calls
            first = offending.first
            text = first.advertising if offending.kind == ADVERTISING else first.device
            related = offending.related.place if offending.related else ""
            self._findings.add(
                violation, offending.kind, affected, text,
                of=(user.person, user.platform), value=value, related=related, message=offending.message,
            )  # fmt: skip
        self.calls.update({code: sum(counted.values()) for code, counted in calls.items()})

    def _sought_ids(self) -> Collection[str] | None:
        """Return the ids whose use breaks a rule, or None if there are more than `_MOST_SOUGHT`."""
        sought: set[str] = set()
        for (text,) in self._engine.rows("sought-ids"):
            sought.add(text)
            if len(sought) > _MOST_SOUGHT:
                return None
        return sought


def _count(tally: IdentityTally, persons: Iterable[Sequence[Any]]) -> None:
    """Count rows of the section ``person-vectors``."""
    for *seen, number in persons:
        tally.count(_why_not_compared(*seen), number)


def _why_not_compared(app_device: int, app_advertising: int, server_device: int, server_advertising: int) -> str:
    """Return why app and servers cannot be compared, in the words of `IdentityTally`, or an empty string."""
    if (app_device and server_device) or (app_advertising and server_advertising):
        return ""
    mobile, server = app_device or app_advertising, server_device or server_advertising
    if mobile and server:
        return "no ids of one kind"
    return "mobile only" if mobile else "server only" if server else "neither"


def _names(number: int) -> Mapping[str, Any]:
    """Return a summary of a number of similar event names."""
    names = [f"name {each}" for each in range(min(number, MOST_NAMES))]
    return {"name": names[-1], "commonest": names[0], "names": names}
