"""Asks a plan about one kind of call: which requirements does it guard, and does it let good calls through?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segkoch_lint.plans.model.plan import event_version
from segkoch_lint.plans.probe.completion import Asked, Call, Refusal, complete
from segkoch_lint.plans.probe.plan_values import OwnValue
from segkoch_lint.plans.probe.probes import Probes, Start, advertising_keys, ways

_OF_A_KIND = 2
"""Good calls of one kind that are broken: one with nothing but what Kochava needs, and one as an SDK sends it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A requirement that a plan does not guard, or not in every way.

    Attributes:
        passed: the names of the broken calls that the plan accepts, and the index of the good call behind each.
        asked: the number of broken calls that the plan was asked about.
        ways: the number of ways in which these are broken, whatever their platform.
    """

    passed: dict[str, int]
    asked: int
    ways: int

    @property
    def open(self) -> bool:
        """Whether nothing at all is guarded."""
        return len(self.passed) == self.asked


@dataclass(frozen=True, slots=True)
class Strictness:
    """A platform whose good calls a plan refuses, all of them."""

    platform: str
    refusal: Refusal


@dataclass(slots=True)
class Answer:
    """What a plan says of one kind of call.

    Attributes:
        not_delivered: why all calls that it accepts stay away from Kochava, or None.
        calls: good calls that the plan accepts: those that were broken.
        gaps: by the requirement's code.
        strict: platforms without a good call that the plan accepts.
        refusal: why no accepted call could be made at all, for a reason that has nothing to do with Kochava.
    """

    not_delivered: str | None = None
    calls: list[Call] = field(default_factory=list)
    gaps: dict[str, Gap] = field(default_factory=dict)
    strict: list[Strictness] = field(default_factory=list)
    refusal: Refusal | None = None


def ask(
    probes: Probes,
    schemas: Sequence[Asked],
    call_type: str,
    event: str,
    codes: Sequence[str],
    *,
    version: int | None = None,
    values: Sequence[OwnValue] = (),
) -> Answer:
    """Return what *schemas*, all of which a call has to satisfy, say of the calls of one type and name.

    Args:
        probes: makes the calls.
        schemas: the rule's and the common ones.
        call_type, event: of the calls.
        codes: the requirements to ask about.
        version: of the event, which the calls name; None where they need not.
        values: what schemas name for members of the device; calls are broken with these, too.
    """
    starts = probes.starts(call_type, event, version)
    not_delivered = probes.not_delivered(starts[0].call)
    if not_delivered is not None:
        return Answer(not_delivered)
    accepted, refusals = _accepted(probes, schemas, starts, delivered=True)
    answer = Answer()
    if not accepted and not any(map(_is_in_device, [refusal for _, refusal in refusals])):
        others, _ = _accepted(probes, schemas, starts, delivered=False)
        if others:
            return Answer(probes.not_delivered(others[0][1]))
    for platform in probes.platforms:
        if not any(start.platform == platform for start, _ in accepted):
            refusal = _telling([refusal for start, refusal in refusals if start.platform == platform])
            if _is_about_kochava(refusal):
                answer.strict.append(Strictness(platform, refusal))
            elif not accepted:
                answer.refusal = answer.refusal or refusal
    answer.calls.extend(_chosen([call for _, call in accepted]))
    for code in codes:
        gap = _gap(probes, schemas, answer.calls, code, values)
        if gap is not None:
            answer.gaps[code] = gap
    return answer


def _chosen(calls: Sequence[Call]) -> Iterator[Call]:
    """Yield the first calls of each kind, by platform and spelling of the advertising id: others would say the same."""
    kinds: Counter[tuple[str, ...]] = Counter()
    for call in calls:
        device = call["context"]["device"]
        kind = (device["type"], *advertising_keys(device))
        kinds[kind] += 1
        if kinds[kind] <= _OF_A_KIND:
            yield call


def accepts(schemas: Sequence[Asked], call: Mapping[str, Any]) -> bool:
    """Tell whether all *schemas* accept a call."""
    # The last ones are the common schemas, which most often refuse.
    return all(asked.validator.is_valid(call) for asked in reversed(schemas))


def _accepted(
    probes: Probes, schemas: Sequence[Asked], starts: Sequence[Start], *, delivered: bool
) -> tuple[list[tuple[Start, Call]], list[tuple[Start, Refusal]]]:
    """Return the good calls that the schemas accept, and why they refuse the others.

    Only calls that would be *delivered* are looked for, or any: a plan may let calls through that are switched off.
    """
    accepted: list[tuple[Start, Call]] = []
    refusals: list[tuple[Start, Refusal]] = []
    for start in starts:
        call = _filled(start.call, accepted[0][1]) if accepted else start.call
        found = complete(call, schemas, _keeps(probes, start, delivered=delivered), identifiers=probes.identifiers)
        if isinstance(found, Refusal):
            refusals.append((start, found))
        else:
            accepted.append((start, found))
    return accepted, refusals


def _filled(call: Call, model: Call) -> Call:
    """Return a call with what an accepted one holds beside the device: the plan demands it of this one, too."""
    context = {**{key: value for key, value in model["context"].items() if key != "device"}, **call["context"]}
    return {**model, **call, "context": context}


def _keeps(probes: Probes, start: Start, *, delivered: bool) -> Callable[[Any], bool]:
    fixed = {key: start.call.get(key) for key in ("type", "event")}
    keys = advertising_keys(start.call["context"]["device"])  # no SDK sends the id twice

    def keeps(call: Any) -> bool:
        return (
            isinstance(call, dict)
            and all(call.get(key) == value for key, value in fixed.items())
            and probes.is_good(call)
            and call["context"]["device"]["type"] == start.platform
            and advertising_keys(call["context"]["device"]) == keys
            and not (delivered and probes.not_delivered(call))
        )

    return keeps


def _gap(
    probes: Probes, schemas: Sequence[Asked], calls: Sequence[Call], code: str, values: Sequence[OwnValue]
) -> Gap | None:
    passed: dict[str, int] = {}
    asked: set[str] = set()
    for index, call in enumerate(calls):
        named = event_version(call)
        for broken in probes.breaks(call, code, values):
            if named is not None and event_version(broken.call) != named:
                continue  # without a context, it is held against another version of the event
            asked.add(broken.name)
            if broken.name not in passed and accepts(schemas, broken.call):
                passed[broken.name] = index
    return Gap(passed, len(asked), len(ways(asked))) if passed else None


def _is_about_kochava(refusal: Refusal) -> bool:
    """Tell whether what is refused is what Kochava needs: the call's name, its context, or what is in the device."""
    where = (*refusal.path, refusal.member) if refusal.member else refusal.path
    return not where or where[:1] in {("type",), ("event",)} or where[:2] in {("context",), ("context", "device")}


def _is_in_device(refusal: Refusal) -> bool:
    """Tell whether what is refused is the device, or in it."""
    where = (*refusal.path, refusal.member) if refusal.member else refusal.path
    return where[:2] == ("context", "device")


def _telling(refusals: Sequence[Refusal]) -> Refusal:
    """Return the objection that says the most: the one that is deepest in the device.

    What is about the advertising id comes after all others: a plan need not accept both spellings of it.
    """
    about = [each for each in refusals if _is_about_kochava(each)]

    def weight(refusal: Refusal) -> tuple[bool, int]:
        steps = [*refusal.path, refusal.member]
        return not advertising_keys({str(step): None for step in steps}), len(refusal.path) + bool(refusal.member)

    return max(about or refusals, key=weight)
