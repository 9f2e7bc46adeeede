"""The calls that plans are probed with: good calls, and mutations of them that break one requirement each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from segkoch_lint.config.settings import PLATFORMS
from segkoch_lint.findings.redaction.sensitive_keys import fold
from segkoch_lint.plans.model.json_values import as_mapping
from segkoch_lint.plans.probe.completion import Call
from segkoch_lint.plans.probe.plan_values import PlanValue
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import apply_patch
from segkoch_lint.rules.ruleset import Readiness, RuleSet
from segkoch_lint.rules.validator import compile_schema

TRACKING_REFUSALS = ("KCH106", "KCH119")
"""Requirements that users break who refuse tracking: a plan that guards them blocks these calls everywhere."""

REQUIREMENTS = ("KCH101", "KCH102", "KCH103", "KCH104", "KCH105", *TRACKING_REFUSALS)
"""The requirements on a single call that a plan can guard. Source: Segment's page on Kochava."""

_SPELLINGS = ("advertisingId", "advertising_id")

_ON_ADVERTISING_ID = ("KCH105", *TRACKING_REFUSALS)

_CONTRADICTION = "KCH112"
"""A call with an id and a refusal, which is not good either: a plan may accept it for the refusal."""

_ANY_EVENT = "Any Event"
"""The event of track calls that only common schemas are probed with."""

_SEPARATOR = "; "
"""Separates the way of a mutation from the kind of call in its name."""

_CACHED = 1000
_MAX_SHOWN = 40

_MORE_IDS = ("3f6c1d58-7b29-4e0a-95d4-c81b7e2f6a03", "c9a3f1d27b5e8460", "7e4d2c91b05f83a6" * 4, "72618594031726485")

Context = Mapping[str, Any]
"""An object with the mutated context of a call, or an empty one if the mutated call has no context."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A good call, changed so that it breaks a requirement.

    Attributes:
        name: identifies the mutation; it is the same for every version of a plan.
        summary: the change, in a few words.
        call: the changed call.
    """

    name: str
    summary: str
    call: Call


class Probes:
    """Makes good calls and mutations of them.

    Args:
        delivery: decides whether a call would reach Kochava; a call that would not is neither good nor a mutation.
        platforms: the device types of the calls.
    """

    def __init__(self, delivery: Delivery, platforms: Sequence[str] = PLATFORMS) -> None:
        self.platforms = tuple(platforms)
        known = {rule.code: rule for rule in built_in()}
        self._rules = {code: known[code] for code in REQUIREMENTS}
        self._required = RuleSet([], delivery, list(self._rules.values()))
        self._validators = {code: compile_schema(self._required.schema_of(rule)) for code, rule in self._rules.items()}
        self._consistent = compile_schema(self._required.schema_of(known[_CONTRADICTION]))
        # A mutation depends only on a few members of a call, which most rules of a plan share, and a changed context
        # only on the device, which calls of all types share.
        self._mutated = lru_cache(_CACHED)(lambda code, call, values: [*self._mutations(code, call, values)])
        self._changed = lru_cache(_CACHED)(lambda code, device, values: [*self._contexts(code, device, values)])

    def good_calls(self, call_type: str, event: str, version: int | None = None) -> list[Call]:
        """Return the good calls of a type, those with the fewest members first.

        Args:
            call_type, event: of the calls.
            version: the version of the event that they name; None if they name none.
        """
        calls = [_of_kind(call, call_type, event) for call in self._good if platform_of(call) in self.platforms]
        protocols = {"protocols": {"event_version": version}} if version is not None else {}
        return [{**call, "context": {**call["context"], **protocols}} for call in calls]

    def is_good(self, call: Call) -> bool:
        """Return whether a call meets every requirement, if it is delivered."""
        return self._consistent.is_valid(call) and all(each.is_valid(call) for each in self._validators.values())

    def not_delivered(self, call: Mapping[str, Any]) -> str | None:
        """Return why a call would not reach Kochava, or None if it would."""
        return self._required.not_delivered(call)

    def readiness(self, call: Mapping[str, Any]) -> Readiness | None:
        """Return what becomes of a call at Kochava, or None if it would not reach it."""
        return self._required.verdict(call).readiness

    def mutations(self, call: Call, code: str, values: Sequence[PlanValue] = ()) -> list[Mutation]:
        """Return a good call with a requirement broken in every known way.

        Args:
            call: a good call.
            code: of the requirement.
            values: those that the plan names, to be used beside the counterexamples of the rule file.
        """
        decisive = {key: call[key] for key in ("type", "context", "integrations") if key in call}
        mutated = self._mutated(code, json.dumps(decisive), json.dumps(values))
        return [Mutation(name, summary, _with_context(call, context)) for name, summary, context in mutated]

    def mutation(self, call: Call, code: str, name: str, values: Sequence[PlanValue] = ()) -> Mutation:
        """Return the mutation of this name; see `mutations`."""
        return next(each for each in self.mutations(call, code, values) if each.name == name)

    def _mutations(self, code: str, call_text: str, values_text: str) -> Iterator[tuple[str, str, Context]]:
        """Yield the name, the summary and the context of each mutation."""
        call = json.loads(call_text)
        device = call["context"]["device"]
        kind = f"{device['type']} with {' and '.join(advertising_keys(device))}"
        for summary, way, context in self._changed(code, json.dumps(device), values_text):
            mutated = _with_context(call, context)
            if self._validators[code].is_valid(mutated) or self.not_delivered(mutated) is not None:
                continue
            if code not in _ON_ADVERTISING_ID or not self._has_good_id(mutated):
                yield f"{way}{_SEPARATOR}{kind}", summary, context

    def _contexts(self, code: str, device_text: str, values_text: str) -> Iterator[tuple[str, str, Context]]:
        """Yield the context of each change of a device once: the summary, the way and the context."""
        device = json.loads(device_text)
        seen: set[str] = set()
        changes = (*self._by_counterexample(code, device), *_by_plan_value(device, json.loads(values_text)))
        for summary, way, context in changes:
            text = json.dumps(context, sort_keys=True)
            if text not in seen:
                seen.add(text)
                yield summary, way, context

    def _by_counterexample(self, code: str, device: Mapping[str, Any]) -> Iterator[tuple[str, str, Context]]:
        """Yield the device, changed as the rule's counterexamples are: the summary, the way and the context."""
        keys = advertising_keys(device)
        for index, each in enumerate(self._rules[code].counterexamples):
            for number, patch in enumerate(_respelled(each.patch, keys)):
                with suppress(LookupError):  # it removes what this call does not have
                    context = apply_patch({"context": {"device": device}}, patch)
                    yield each.summary, f"counterexample {index}.{number}", context

    def _has_good_id(self, call: Mapping[str, Any]) -> bool:
        """Return whether a call has a good advertising id in some spelling.

        What a plan says of a second spelling beside it does not matter, since no SDK sends two.
        """
        device = as_mapping(as_mapping(call.get("context")).get("device"))
        keys = advertising_keys(device)
        rest = {key: value for key, value in device.items() if key not in keys}
        alone = [_with_context(dict(call), {"context": {"device": {**rest, key: device[key]}}}) for key in keys]
        return any(all(self._validators[code].is_valid(each) for code in _ON_ADVERTISING_ID) for each in alone)

    @cached_property
    def identifiers(self) -> tuple[str, ...]:
        """Made-up ids of the forms that phones and SDKs have."""
        devices = [call["context"]["device"] for call in self._good]
        ids = [device[key] for device in devices for key in ("id", *_SPELLINGS) if key in device]
        return (*dict.fromkeys(ids), *_MORE_IDS)

    def is_made_up(self, value: Any) -> bool:
        """Return whether a text or a number comes from our calls and mutations, so that it is not personal data."""
        return json.dumps(value) in self._made_up

    @cached_property
    def _made_up(self) -> frozenset[str]:
        patches = [each.patch for rule in self._rules.values() for each in rule.counterexamples]
        return frozenset(json.dumps(each) for each in _leaves([*self._good, *patches, *_MORE_IDS]))

    @cached_property
    def _good(self) -> list[Call]:
        examples: list[Call] = [dict(each) for each in self._rules[REQUIREMENTS[0]].examples]
        first = [next(each for each in examples if platform_of(each) == platform) for platform in PLATFORMS]
        plain = [_plain(example, spelling) for spelling in _SPELLINGS for example in first]
        return [each for each in (*plain, *examples) if self.is_good(each)]


def mutation_ways(names: Iterable[str]) -> frozenset[str]:
    """Return the ways of mutations with these names, whatever the platform and the spelling of their calls."""
    return frozenset(name.rpartition(_SEPARATOR)[0] for name in names)


def platform_of(call: Call) -> str:
    """Return the device type of a good call."""
    return str(call["context"]["device"]["type"])


def advertising_keys(device: Iterable[str]) -> list[str]:
    """Return the keys of a device that mean the advertising id, in any spelling."""
    return [key for key in device if fold(key) == fold(_SPELLINGS[0])]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(inner)
    else:
        yield value


def _by_plan_value(device: Mapping[str, Any], values: Sequence[PlanValue]) -> Iterator[tuple[str, str, Context]]:
    """Yield a device with each of the plan's values in place of its own: the summary, the way and the context."""
    for member, value in values:
        if member in device:
            text = json.dumps(value, ensure_ascii=False)
            shown = f" {text}" if member == "type" and len(text) <= _MAX_SHOWN else ""
            summary = f"the plan's own value{shown} of {member}"
            context = {"context": {"device": {**device, member: value}}}
            yield summary, f"{member} {json.dumps(value, sort_keys=True)}", context


def _plain(example: Mapping[str, Any], spelling: str) -> Call:
    """Return an example with only what Kochava needs, the advertising id in this spelling."""
    device = example["context"]["device"]
    kept = {"type": device["type"], "id": device["id"], spelling: device[_SPELLINGS[0]]}
    return {"type": "track", "event": "", "userId": "user-4711", "context": {"device": kept}}


def _of_kind(call: Call, call_type: str, event: str) -> Call:
    """Return a track call as one of this type and event."""
    kept = {key: value for key, value in call.items() if key not in {"type", "event", "properties"}}
    if call_type == "track":
        return {"type": call_type, "event": event if event.strip() else _ANY_EVENT, **kept}
    ids = {"group": {"groupId": "group-1"}, "alias": {"previousId": "user-4710"}}
    return {"type": call_type, **kept, **ids.get(call_type, {})}


def _respelled(patch: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Yield a counterexample's patch, and one for a device with the advertising id under other *keys*."""
    yield [dict(operation) for operation in patch]
    path = f"/context/device/{_SPELLINGS[0]}"
    on_id = [operation for operation in patch if operation["path"] == path]
    others = [dict(operation) for operation in patch if operation["path"] != path]
    if on_id and list(keys) != [_SPELLINGS[0]]:
        yield [*({**operation, "path": f"/context/device/{key}"} for operation in on_id for key in keys), *others]


def _with_context(call: Call, changed: Context) -> Call:
    """Return a call with the device, or with the context, of a mutation."""
    rest = {key: value for key, value in call.items() if key != "context"}
    if "context" not in changed:
        return rest
    context = changed["context"]
    if isinstance(context, Mapping):
        context = {**{key: value for key, value in call["context"].items() if key != "device"}, **context}
    return {**call, "context": context}
