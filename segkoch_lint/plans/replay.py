"""Replay: captured calls are validated against two versions of a plan, to count those that the new one would block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from segkoch_lint.calls.call import Call
from segkoch_lint.config.settings import Settings
from segkoch_lint.documents.detection import may_hold_calls
from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.reader import UnsupportedInput, read_documents
from segkoch_lint.envelopes.catalogue import EnvelopeCatalogue
from segkoch_lint.envelopes.contents import UnreadableRequest
from segkoch_lint.envelopes.unwrap import units_of
from segkoch_lint.findings.plan_tally import ReplayCounts, ReplayTally
from segkoch_lint.findings.redaction.masking import mask_shapes
from segkoch_lint.findings.summary import Summary
from segkoch_lint.inputs.discovery import discover
from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.opener import open_input
from segkoch_lint.plans.model.plan import CallKind, Plan, PlanRule, event_version
from segkoch_lint.plans.probe.evaluator import Evaluator, ReplayVerdict, TimeLimitExceeded
from segkoch_lint.plans.probe.validators import SchemaError

_BATCH = 100
"""Calls of one request."""

_TOO_LONG = "validating a call takes too long; the calls after it were not replayed"


class _Matcher:
    """Finds the schemas that a plan checks a call against."""

    def __init__(self, plan: Plan, evaluator: Evaluator) -> None:
        self._plan = plan
        self._unusable = {rule for rule in (*plan.active_commons, *plan.active) if not _is_usable(rule, evaluator)}

    def rule(self, call: Mapping[str, Any]) -> PlanRule | None:
        """Return the rule for the type and the event of a call, or None."""
        return self._plan.rule_for(_kind_of(call), event_version(call))

    def schemas(self, call: Mapping[str, Any]) -> list[Any] | None:
        """Return the schemas of the rule and the common ones, or None if one of them cannot be evaluated."""
        rule = self.rule(call)
        rules = [*self._plan.active_commons, *([rule] if rule else [])]
        return None if self._unusable.intersection(rules) else [each.schema.value for each in rules]


def replay(
    logs: Sequence[str], old: Plan, new: Plan, *, evaluator: Evaluator, settings: Settings, summary: Summary
) -> ReplayTally:
    """Return the figures of a replay.

    Args:
        logs: files, folders and globs with captured calls.
        old, new: both versions of the plan.
        evaluator: evaluates the schemas.
        settings: how inputs are read.
        summary: where inputs that cannot be read and broken lines are noted.
    """
    tally = ReplayTally()
    before, after = _Matcher(old, evaluator), _Matcher(new, evaluator)
    calls = _calls(logs, settings, summary)
    while batch := list(islice(calls, _BATCH)):
        matched = [(call, before.schemas(call), after.schemas(call)) for call in batch]
        try:
            replayed = evaluator.replay(
                [(call, was, now) for call, was, now in matched if was is not None and now is not None]
            )
        except TimeLimitExceeded:
            summary.unread.append((", ".join(logs), _TOO_LONG))
            break
        results = iter(replayed)
        for call, was, now in matched:
            call_type, event = _kind_of(call)
            result = None if was is None or now is None else next(results)
            tally.count(call_type, mask_shapes(event), _counts(result, without_rule=after.rule(call) is None))
    return tally


def _kind_of(call: Mapping[str, Any]) -> CallKind:
    event = call.get("event")
    return call["type"], event if call["type"] == "track" and isinstance(event, str) else ""


def _counts(result: ReplayVerdict | None, *, without_rule: bool) -> ReplayCounts:
    """Return the figures of one call; *result* is None if its schemas cannot be evaluated."""
    if result is None:
        return ReplayCounts(calls=1, without_rule=without_rule, unasked=1)
    before, after, readiness = result
    blocked = before and not after
    return ReplayCounts(
        calls=1,
        useful=readiness == "ready",
        without_rule=without_rule,
        blocked=blocked,
        useful_blocked=blocked and readiness == "ready",
        limited_blocked=blocked and readiness == "limited",
        useless_blocked=blocked and readiness == "faulty",
        blocked_by_both=not (before or after),
        let_through=after and not before,
        useless_left=after and readiness == "faulty",
    )


def _calls(logs: Sequence[str], settings: Settings, summary: Summary) -> Iterator[Mapping[str, Any]]:
    envelopes = EnvelopeCatalogue(settings.envelopes, settings.at, settings.capture_hosts, settings.limits)
    for source in discover(logs, exclude=settings.exclude, root=settings.root, may_hold_calls=may_hold_calls):
        opened = source if isinstance(source, UnreadableInput) else open_input(source)
        if isinstance(opened, UnreadableInput):
            summary.unread.append((opened.path, opened.reason))
            continue
        claimed = isinstance(source, Input) and source.claimed
        broken = 0
        with opened as stream:
            try:
                for read in read_documents(stream, name=opened.name, limits=settings.limits):
                    document = read.document if isinstance(read, Embedded) else read
                    if isinstance(document, ParseError | InternalFailure):
                        broken += 1
                    elif not isinstance(document, UnsupportedInput):
                        inside = envelopes.open(document, opened.name, may_be_known=True)
                        for each in (document,) if inside is None else inside.contents:
                            if isinstance(each, ParseError | UnreadableRequest):
                                broken += 1
                                continue
                            units = (unit for unit in units_of(each, opened.name) if isinstance(unit, Call))
                            yield from (call.message for call in units if call.certain or claimed)
            except OSError as error:
                summary.unread.append((opened.name, error.strerror or str(error)))
                continue
        if broken:
            summary.remarks.append((opened.name, f"broken documents or lines that were not replayed: {broken:,}"))


def _is_usable(rule: PlanRule, evaluator: Evaluator) -> bool:
    try:
        evaluator.load(rule.schema.value)
    except (SchemaError, TimeLimitExceeded):
        return False
    return True
