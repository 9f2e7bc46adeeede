"""Puts captured calls to two versions of a plan: what would the new one block that the old one lets through?"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from segkoch_lint.calls import Call
from segkoch_lint.masking import mask_shapes
from segkoch_lint.plans.model.plan import Plan, PlanRule, event_version
from segkoch_lint.plans.probe.evaluator import Evaluator, Exhausted, Replayed
from segkoch_lint.plans.probe.validators import SchemaFault
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading.discovering import discover
from segkoch_lint.reading.documents import Failure, Flaw
from segkoch_lint.reading.inputs import Input, Unread
from segkoch_lint.reading.opening import open_input
from segkoch_lint.reading.recognising import Foreign, read_documents
from segkoch_lint.reading.unwrapping import units_of
from segkoch_lint.tallies import ReplayCounts, ReplayTally, Summary

_AT_ONCE = 100
"""Calls put to the plans in one request."""

_TOO_LONG = "putting a call to the plan takes too long; calls after it were not replayed"


@dataclass(frozen=True, slots=True)
class Held:
    """What a plan holds against a call.

    Attributes:
        schemas: of the version of the event, and the common ones.
        ruled: whether the plan has a rule for the type and the event of the call.
        usable: whether all of the schemas can be asked.
    """

    schemas: Sequence[Any]
    ruled: bool
    usable: bool


class Matcher:
    """Finds the schemas that a plan holds against a call.

    Args:
        plan: the plan; deprecated rules do not count.
        evaluator: tells which schemas can be used at all.
    """

    def __init__(self, plan: Plan, evaluator: Evaluator) -> None:
        self._commons = [rule.schema.value for rule in plan.active_commons]
        self._commons_usable = all(_is_usable(rule, evaluator) for rule in plan.active_commons)
        self._rules: dict[tuple[str, str], list[PlanRule]] = {}
        self._usable: set[PlanRule] = set()
        for rule in sorted(plan.active, key=lambda rule: rule.version):
            self._rules.setdefault(rule.identity, []).append(rule)
            if _is_usable(rule, evaluator):
                self._usable.add(rule)

    def held(self, call: Mapping[str, Any]) -> Held:
        """Return what holds for a call: the version that it names or else the oldest, and the common schemas.

        Source: Segment's description of event versions.
        """
        rules = self._rules.get(identity_of(call), [])
        wanted = event_version(call)
        chosen = next((rule for rule in rules if rule.version == wanted), rules[0] if rules else None)
        if chosen is None:
            return Held(self._commons, ruled=False, usable=self._commons_usable)
        usable = self._commons_usable and chosen in self._usable
        return Held([*self._commons, chosen.schema.value], ruled=True, usable=usable)


def identity_of(call: Mapping[str, Any]) -> tuple[str, str]:
    """Return the type of a call and, of a track call, the name of its event: what rules are found by."""
    event = call.get("event")
    return call["type"], event if call["type"] == "track" and isinstance(event, str) else ""


def replay(
    logs: Sequence[str], old: Plan, new: Plan, *, evaluator: Evaluator, settings: Settings, summary: Summary
) -> ReplayTally:
    """Return the figures of a replay; what cannot be read is noted in *summary*.

    Args:
        logs: files, folders and globs with captured calls.
        old, new: both versions of the plan.
        evaluator: puts calls to schemas.
        settings: how inputs are read.
        summary: where unread inputs and broken lines are noted.
    """
    tally = ReplayTally()
    before, after = Matcher(old, evaluator), Matcher(new, evaluator)
    calls = _calls(logs, settings, summary)
    while batch := list(islice(calls, _AT_ONCE)):
        held = [(call, before.held(call), after.held(call)) for call in batch]
        asked = [(call, old.schemas, new.schemas) for call, old, new in held if old.usable and new.usable]
        try:
            results = iter(evaluator.replay(asked))
        except Exhausted:
            summary.unread.append((", ".join(logs), _TOO_LONG))
            break
        for call, was, now in held:
            counts = _counts(next(results) if was.usable and now.usable else None, ruled=now.ruled)
            call_type, event = identity_of(call)
            tally.count(call_type, mask_shapes(event), counts)
    return tally


def _counts(found: Replayed | None, *, ruled: bool) -> ReplayCounts:
    """Return the figures of one call; None stands for one that could not be put to the plans."""
    counts = ReplayCounts(calls=1, without_rule=not ruled)
    if found is None:
        counts.unasked = 1
        return counts
    blocked = found.before and not found.after
    counts.useful = found.readiness == "ready"
    counts.blocked = blocked
    counts.useful_blocked = blocked and found.readiness == "ready"
    counts.limited_blocked = blocked and found.readiness == "limited"
    counts.useless_blocked = blocked and found.readiness == "faulty"
    counts.blocked_by_both = not (found.before or found.after)
    counts.let_through = found.after and not found.before
    counts.useless_left = found.after and found.readiness == "faulty"
    return counts


def _calls(logs: Sequence[str], settings: Settings, summary: Summary) -> Iterator[Mapping[str, Any]]:
    for source in discover(logs, exclude=settings.exclude, root=settings.root):
        opened = source if isinstance(source, Unread) else open_input(source)
        if isinstance(opened, Unread):
            summary.unread.append((opened.path, opened.reason))
            continue
        with opened as stream:
            try:
                documents = read_documents(stream, name=opened.name, limits=settings.limits)
                broken = yield from _messages(
                    documents, opened.name, claimed=isinstance(source, Input) and source.claimed
                )
            except OSError as error:
                summary.unread.append((opened.name, error.strerror or str(error)))
                continue
        if broken:
            summary.remarks.append((opened.name, f"broken documents or lines that were not replayed: {broken:,}"))


def _messages(documents: Iterable[Any], name: str, *, claimed: bool) -> Generator[Mapping[str, Any], None, int]:
    """Yield the calls of an input, and return how many documents of it are broken."""
    broken = 0
    for document in documents:
        if isinstance(document, Flaw | Failure):
            broken += 1
        elif not isinstance(document, Foreign):
            calls = (unit for unit in units_of(document, name) if isinstance(unit, Call))
            yield from (call.message for call in calls if call.certain or claimed)
    return broken


def _is_usable(rule: PlanRule, evaluator: Evaluator) -> bool:
    try:
        evaluator.load(rule.schema.value)
    except (SchemaFault, Exhausted):
        return False
    return True
