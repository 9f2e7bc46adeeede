"""The answer of a plan about one kind of call: unguarded requirements, and good calls that it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segkoch_lint.plans.model.plan import event_version
from segkoch_lint.plans.probe.completion import Call, Refusal, complete
from segkoch_lint.plans.probe.plan_values import PlanValue
from segkoch_lint.plans.probe.probes import Probes, advertising_keys, mutation_ways, platform_of
from segkoch_lint.plans.probe.validators import CompiledSchema

_OF_A_KIND = 2
"""Good calls of one kind that are mutated: one with only what Kochava needs, and one as an SDK sends it."""


@dataclass(frozen=True, slots=True)
class Unguarded:
    """A requirement that a plan does not guard, or not in every way.

    Attributes:
        accepted: the names of the mutations that the plan accepts, each with the index of its good call.
        probed: the number of mutations.
        ways: the number of their ways, whatever the platform.
    """

    accepted: dict[str, int]
    probed: int
    ways: int

    @property
    def open(self) -> bool:
        """Whether nothing is guarded."""
        return len(self.accepted) == self.probed


@dataclass(slots=True)
class Answer:
    """What a plan accepts of one kind of call.

    Attributes:
        not_delivered: why no call that it accepts reaches Kochava, or None.
        calls: the good calls that were mutated; the plan accepts them.
        unguarded: by the requirement's code.
        over_strict: the refusals, by platform, if the plan accepts no good call of it.
        refusal: why no accepted call was found, for a reason that has nothing to do with Kochava; else None.
    """

    not_delivered: str | None = None
    calls: list[Call] = field(default_factory=list)
    unguarded: dict[str, Unguarded] = field(default_factory=dict)
    over_strict: dict[str, Refusal] = field(default_factory=dict)
    refusal: Refusal | None = None


def probe(
    probes: Probes,
    schemas: Sequence[CompiledSchema],
    call_type: str,
    event: str,
    codes: Sequence[str],
    *,
    version: int | None = None,
    values: Sequence[PlanValue] = (),
) -> Answer:
    """Return what *schemas* accept of the calls of one type and event.

    Args:
        probes: makes the calls.
        schemas: the rule's and the common ones; a call has to satisfy all of them.
        call_type, event: of the calls.
        codes: of the requirements.
        version: the version of the event that the calls name; None if they name none.
        values: what schemas name for members of the device, for mutations.
    """
    starts = probes.good_calls(call_type, event, version)
    if (not_delivered := probes.not_delivered(starts[0])) is not None:
        return Answer(not_delivered)
    results = [*_completed(probes, schemas, starts, delivered=True)]
    calls = [result for _, result in results if not isinstance(result, Refusal)]
    refusals = [(platform, result) for platform, result in results if isinstance(result, Refusal)]
    if not calls and not any(refusal.subject[:2] == ("context", "device") for _, refusal in refusals):
        # Perhaps every call that the plan accepts is switched off for Kochava.
        for _, other in _completed(probes, schemas, starts, delivered=False):
            if not isinstance(other, Refusal):
                return Answer(probes.not_delivered(other))
    answer = Answer(calls=[*_representative(calls)])
    accepted = {platform for platform, result in results if not isinstance(result, Refusal)}
    for platform in probes.platforms:
        if platform not in accepted:
            refusal = _most_specific([each for of, each in refusals if of == platform])
            if _is_about_kochava(refusal):
                answer.over_strict[platform] = refusal
            elif not calls:
                answer.refusal = answer.refusal or refusal
    for code in codes:
        if (unguarded := _unguarded(probes, schemas, answer.calls, code, values)) is not None:
            answer.unguarded[code] = unguarded
    return answer


def accepts(schemas: Sequence[CompiledSchema], call: Mapping[str, Any]) -> bool:
    """Return whether all *schemas* accept a call."""
    # The last ones are the common schemas, which refuse most often.
    return all(schema.is_valid(call) for schema in reversed(schemas))


def _completed(
    probes: Probes, schemas: Sequence[CompiledSchema], starts: Sequence[Call], *, delivered: bool
) -> Iterator[tuple[str, Call | Refusal]]:
    """Yield by platform the good calls, completed so that the schemas accept them, or what they object to.

    Args:
        probes, schemas: as for `probe`.
        starts: the good calls.
        delivered: whether the completed calls have to reach Kochava.
    """
    model: Call | None = None
    for start in starts:
        # The plan demands of this call, too, what an accepted one has beside the device.
        call = start if model is None else _filled(start, model)
        keeps = _keeps(probes, start, delivered=delivered)
        result = complete(call, schemas, keeps, identifiers=probes.identifiers)
        if model is None and not isinstance(result, Refusal):
            model = result
        yield platform_of(start), result


def _filled(call: Call, model: Call) -> Call:
    context = {**{key: value for key, value in model["context"].items() if key != "device"}, **call["context"]}
    return {**model, **call, "context": context}


def _keeps(probes: Probes, start: Call, *, delivered: bool) -> Callable[[Any], bool]:
    """Return what tells whether a changed call is still a good one of the same kind."""
    keys = advertising_keys(start["context"]["device"])  # no SDK sends the id twice

    def keeps(call: Any) -> bool:
        return (
            isinstance(call, dict)
            and all(call.get(key) == start.get(key) for key in ("type", "event"))
            and probes.is_good(call)
            and platform_of(call) == platform_of(start)
            and advertising_keys(call["context"]["device"]) == keys
            and not (delivered and probes.not_delivered(call))
        )

    return keeps


def _representative(calls: Sequence[Call]) -> Iterator[Call]:
    """Yield the first calls of each platform and spelling of the advertising id; others would give the same answers."""
    kinds: Counter[tuple[str, ...]] = Counter()
    for call in calls:
        kind = (platform_of(call), *advertising_keys(call["context"]["device"]))
        kinds[kind] += 1
        if kinds[kind] <= _OF_A_KIND:
            yield call


def _unguarded(
    probes: Probes, schemas: Sequence[CompiledSchema], calls: Sequence[Call], code: str, values: Sequence[PlanValue]
) -> Unguarded | None:
    accepted: dict[str, int] = {}
    probed: set[str] = set()
    for index, call in enumerate(calls):
        version = event_version(call)
        for mutation in probes.mutations(call, code, values):
            if version is not None and event_version(mutation.call) != version:
                continue  # without a context, another version of the event applies to it
            probed.add(mutation.name)
            if mutation.name not in accepted and accepts(schemas, mutation.call):
                accepted[mutation.name] = index
    return Unguarded(accepted, len(probed), len(mutation_ways(probed))) if accepted else None


def _is_about_kochava(refusal: Refusal) -> bool:
    """Return whether a refusal is about what Kochava needs: the call's name, its context, or members of the device."""
    subject = refusal.subject
    return not subject or subject[0] in {"type", "event"} or subject[:2] in {("context",), ("context", "device")}


def _most_specific(refusals: Sequence[Refusal]) -> Refusal:
    """Return the refusal that is deepest in the device.

    Those about the advertising id come last: a plan need not accept both spellings of it.
    """

    def weight(refusal: Refusal) -> tuple[bool, int]:
        return not advertising_keys(map(str, refusal.subject)), len(refusal.subject)

    return max(list(filter(_is_about_kochava, refusals)) or refusals, key=weight)
