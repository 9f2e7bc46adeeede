"""Puts captured calls to two versions of a plan: what would the new one block that the old one lets through?"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from segkoch_lint.calls import Call
from segkoch_lint.plans.budget import Evaluator, Exhausted
from segkoch_lint.plans.plan import Plan, PlanRule, event_version
from segkoch_lint.plans.validators import SchemaFault
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading.discovering import discover
from segkoch_lint.reading.documents import Failure, Flaw
from segkoch_lint.reading.inputs import Input, Unread
from segkoch_lint.reading.opening import open_input
from segkoch_lint.reading.recognising import Foreign, read_documents
from segkoch_lint.reading.unwrapping import units_of
from segkoch_lint.tallies import ReplayTally, Summary

_AT_ONCE = 100
"""Calls put to the plans in one request."""

_TOO_LONG = "putting a call to the plan takes too long; calls after it were not replayed"


class Matcher:
    """Finds the schemas that a plan holds against a call.

    Args:
        plan: the plan; deprecated rules do not count.
        evaluator: tells which schemas can be used at all; the others are left out, since they block nothing.
    """

    def __init__(self, plan: Plan, evaluator: Evaluator) -> None:
        self._commons = [rule.schema.value for rule in plan.active_commons if _is_usable(rule, evaluator)]
        self._rules: dict[tuple[str, str], list[PlanRule]] = {}
        for rule in sorted(plan.active, key=lambda rule: rule.version):
            if _is_usable(rule, evaluator):
                self._rules.setdefault(rule.identity, []).append(rule)

    def schemas(self, call: Mapping[str, Any]) -> list[Any]:
        """Return the schemas: of the version that the call names or else the oldest, and the common ones.

        Source: Segment's description of event versions.
        """
        event = call.get("event")
        name = event if call["type"] == "track" and isinstance(event, str) else ""
        rules = self._rules.get((call["type"], name), [])
        wanted = event_version(call)
        chosen = next((rule for rule in rules if rule.version == wanted), rules[0] if rules else None)
        return [*self._commons, *([chosen.schema.value] if chosen else [])]


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
        try:
            results = evaluator.replay([(call, before.schemas(call), after.schemas(call)) for call in batch])
        except Exhausted:
            summary.unread.append((", ".join(logs), _TOO_LONG))
            break
        for result in results:
            _count(tally, *result)
    return tally


def _count(tally: ReplayTally, before: bool, after: bool, useful: bool, delivered: bool) -> None:
    useless = delivered and not useful
    tally.calls += 1
    tally.let_through += after and not before
    tally.useless_left += useless and after
    if before and not after:
        tally.blocked += 1
        tally.useless_blocked += useless
        tally.useful_blocked += useful


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
            summary.remarks.append((opened.name, f"{broken:,} broken documents or lines were not replayed"))


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
