"""The calls that plans are asked with: good ones, and each of them broken as the rule files' counterexamples are."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from segkoch_lint.plans.probe.completion import Call
from segkoch_lint.plans.probe.plan_values import OwnValue
from segkoch_lint.policy.settings import PLATFORMS
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import apply_patch
from segkoch_lint.rules.ruleset import Readiness, RuleSet
from segkoch_lint.rules.vocabulary import gate
from segkoch_lint.sensitive_keys import fold

REFUSALS = ("KCH106", "KCH119")
"""Requirements that refusals of tracking break: a plan that guards them blocks these calls for every destination."""

REQUIREMENTS = ("KCH101", "KCH102", "KCH103", "KCH104", "KCH105", *REFUSALS)
"""What Kochava's page demands of one call: the requirements that a plan can guard."""

_SPELLINGS = ("advertisingId", "advertising_id")

_OF_ADVERTISING_ID = ("KCH105", *REFUSALS)
"""The requirements about the advertising id."""

_CONTRADICTION = "KCH112"
"""What a good call must not be either: one with an id and a refusal beside it, which plans may let through for that."""

_ANY_EVENT = "Any Event"
"""The name for track calls that a plan's common schema alone is asked about."""

_OF_KIND = "; "
"""What stands in the name of a break between the way and the kind of call."""

_REMEMBERED = 1000
"""Contexts, broken, that are kept in memory."""

_LONGEST_SHOWN = 40
"""Code points of a plan's own value that a summary shows."""

_MORE_IDS = ("3f6c1d58-7b29-4e0a-95d4-c81b7e2f6a03", "c9a3f1d27b5e8460", "7e4d2c91b05f83a6" * 4, "72618594031726485")


@dataclass(frozen=True, slots=True)
class Start:
    """A call to begin with, and what must not change in it.

    Attributes:
        platform: the device type of the call.
        call: satisfies Kochava.
    """

    platform: str
    call: Call


@dataclass(frozen=True, slots=True)
class Break:
    """A good call, broken.

    Attributes:
        name: tells it from the other ways to break the requirement, and is the same in every version of a plan.
        summary: how the call is broken, in a few words.
        call: the broken call.
    """

    name: str
    summary: str
    call: Call


_Broken = tuple[str, str, Mapping[str, Any]]
"""The name and the summary of a break, and the context that the call has then, if any."""


class Probes:
    """Makes calls, good and broken.

    Args:
        delivery: what decides whether a call would reach Kochava; what would not is neither good nor broken.
        platforms: the device types that calls are made for.
    """

    def __init__(self, delivery: Delivery, platforms: Sequence[str] = PLATFORMS) -> None:
        self.platforms = tuple(platforms)
        known = {rule.code: rule for rule in built_in()}
        self._rules = {code: known[code] for code in REQUIREMENTS}
        self._required = RuleSet([], delivery, list(self._rules.values()))
        self._gates = {code: gate(self._required.schema_of(rule)) for code, rule in self._rules.items()}
        self._consistent = gate(self._required.schema_of(known[_CONTRADICTION]))
        self._broken: dict[Hashable, Sequence[_Broken]] = {}

    def starts(self, call_type: str, event: str, version: int | None = None) -> list[Start]:
        """Return the good calls of a type to begin with, the plainest first; they name a *version* of the event."""
        calls = [_of_type(each, call_type, event) for each in self._good]
        named = calls if version is None else [_of_version(call, version) for call in calls]
        found = [Start(call["context"]["device"]["type"], call) for call in named]
        return [start for start in found if start.platform in self.platforms]

    def is_good(self, call: Call) -> bool:
        """Tell whether a call satisfies all that Kochava demands, were it delivered."""
        return self._consistent.is_valid(call) and all(each.is_valid(call) for each in self._gates.values())

    def not_delivered(self, call: Mapping[str, Any]) -> str | None:
        """Return why a call would not reach Kochava, or None when it would."""
        return self._required.judge(call).not_delivered

    def readiness(self, call: Mapping[str, Any]) -> Readiness | None:
        """Return what becomes of a call at Kochava, or None if it would not reach it."""
        return self._required.judge(call).readiness

    def breaks(self, call: Call, code: str, values: Sequence[OwnValue] = ()) -> Sequence[Break]:
        """Return a good call broken in every known way.

        Args:
            call: accepted by the plan, and good.
            code: the requirement to break.
            values: those that the plan itself names for members of the device. The other ways are those of the rule's
                counterexamples.
        """
        # What breaks a call, and whether it is delivered, does not depend on the names and properties of events: most
        # rules of a plan are asked with the same contexts.
        likeness = (json.dumps([code, call["type"], call["context"], call.get("integrations")]), json.dumps(values))
        if len(self._broken) > _REMEMBERED:
            self._broken.clear()
        if likeness not in self._broken:
            self._broken[likeness] = list(self._breaks(call, code, values))
        return [Break(name, summary, _with_context(call, changed)) for name, summary, changed in self._broken[likeness]]

    def broken(self, call: Call, code: str, name: str, values: Sequence[OwnValue] = ()) -> Break:
        """Return the break of this name; see `breaks`."""
        return next(each for each in self.breaks(call, code, values) if each.name == name)

    def _breaks(self, call: Call, code: str, values: Sequence[OwnValue]) -> Iterator[_Broken]:
        device = call["context"]["device"]
        keys = advertising_keys(device)
        kind = f"{device['type']} with {' and '.join(keys)}"
        seen: set[str] = set()
        for summary, way, changed in (*self._by_counterexample(code, device, keys), *_by_own_value(device, values)):
            text = json.dumps(changed, sort_keys=True)
            broken = _with_context(call, changed)
            if text in seen or self._gates[code].is_valid(broken) or self.not_delivered(broken) is not None:
                continue
            seen.add(text)
            if code not in _OF_ADVERTISING_ID or not self._has_good_id(broken):
                yield f"{way}{_OF_KIND}{kind}", summary, changed

    def _by_counterexample(
        self, code: str, device: Mapping[str, Any], keys: Sequence[str]
    ) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield how the rule's counterexamples break a device: the summary, the way's name, and the new context."""
        for index, each in enumerate(self._rules[code].counterexamples):
            for number, patch in enumerate(_spelled(each.patch, keys)):
                with suppress(LookupError):  # it takes away what this call does not have
                    changed = apply_patch({"context": {"device": device}}, patch)
                    yield each.summary, f"counterexample {index}.{number}", changed

    def _has_good_id(self, call: Mapping[str, Any]) -> bool:
        """Tell whether a call has a good advertising id in some spelling, whatever the others hold.

        No SDK sends two spellings, so what a plan says of the second one beside a good one is of no account.
        """
        context = call.get("context")
        device = context.get("device") if isinstance(context, Mapping) else None
        if not isinstance(device, Mapping):
            return False
        keys = advertising_keys(device)
        rest = {key: value for key, value in device.items() if key not in keys}
        alone = [_with_context(dict(call), {"context": {"device": {**rest, key: device[key]}}}) for key in keys]
        return any(all(self._gates[code].is_valid(each) for code in _OF_ADVERTISING_ID)
                   for each in alone)  # fmt: skip

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Made-up ids of the forms that phones and SDKs have."""
        ids = [each["context"]["device"][key] for each in self._good for key in ("id", *_SPELLINGS)
               if key in each["context"]["device"]]  # fmt: skip
        return (*dict.fromkeys(ids), *_MORE_IDS)

    def made_up(self, value: Any) -> bool:
        """Tell whether a text or a number is one of the calls to begin with, or of how they are broken: nobody's."""
        return json.dumps(value) in self._made_up

    @cached_property
    def _made_up(self) -> frozenset[str]:
        found: set[str] = set()
        waiting: list[Any] = [
            *self._good,
            *([each.patch for rule in self._rules.values() for each in rule.counterexamples]),
        ]
        while waiting:
            value = waiting.pop()
            if isinstance(value, Mapping):
                waiting.extend(value.values())
            elif isinstance(value, list | tuple):
                waiting.extend(value)
            else:
                found.add(json.dumps(value))
        return frozenset(found) | {json.dumps(each) for each in _MORE_IDS}

    @cached_property
    def _good(self) -> list[Call]:
        examples: list[Call] = [dict(each) for each in self._rules[REQUIREMENTS[0]].examples]
        plain = []
        for spelling in _SPELLINGS:
            for platform in PLATFORMS:
                example = next(e for e in examples if e["context"]["device"]["type"] == platform)
                plain.append(_plain(example, spelling))
        return [each for each in (*plain, *examples) if self.is_good(each)]


def ways(names: Iterable[str]) -> frozenset[str]:
    """Return in which ways broken calls of these names are broken, whatever their platform and spelling."""
    return frozenset(name.rpartition(_OF_KIND)[0] for name in names)


def advertising_keys(device: Mapping[str, Any]) -> list[str]:
    """Return the keys of a device that mean the advertising id, in any spelling."""
    return [key for key in device if fold(key) == fold(_SPELLINGS[0])]


def _by_own_value(
    device: Mapping[str, Any], values: Sequence[OwnValue]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield a device with each of the plan's own values in place of its own: summary, the way's name, new context."""
    for member, value in values:
        if member in device:
            text = json.dumps(value, ensure_ascii=False)
            shown = f" {text}" if member == "type" and len(text) <= _LONGEST_SHOWN else ""
            summary = f"the plan's own value{shown} of {member}"
            changed = {"context": {"device": {**device, member: value}}}
            yield summary, f"{member} {json.dumps(value, sort_keys=True)}", changed


def _plain(example: Mapping[str, Any], spelling: str) -> Call:
    """Return an example with nothing in it but what Kochava needs, the advertising id under this key."""
    device = example["context"]["device"]
    kept = {"type": device["type"], "id": device["id"], spelling: device[_SPELLINGS[0]]}
    return {"type": "track", "event": "", "userId": "user-4711", "context": {"device": kept}}


def _of_type(call: Call, call_type: str, event: str) -> Call:
    changed: Call = {"type": call_type}
    if call_type == "track":
        changed["event"] = event if event.strip() else _ANY_EVENT
    changed |= {key: value for key, value in call.items() if key not in {"type", "event", "properties"}}
    if call_type == "track":
        return changed
    if call_type == "group":
        changed["groupId"] = "group-1"
    elif call_type == "alias":
        changed["previousId"] = "user-4710"
    return changed


def _of_version(call: Call, version: int) -> Call:
    return {**call, "context": {**call["context"], "protocols": {"event_version": version}}}


def _spelled(patch: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Yield a counterexample's patch for a device that has its advertising id under *keys*."""
    yield [dict(operation) for operation in patch]
    place = f"/context/device/{_SPELLINGS[0]}"
    about = [operation for operation in patch if operation["path"] == place]
    others = [dict(operation) for operation in patch if operation["path"] != place]
    if about and list(keys) != [_SPELLINGS[0]]:
        # The id under another key, or under several, which are all to be broken.
        yield [*({**operation, "path": f"/context/device/{key}"} for operation in about for key in keys), *others]


def _with_context(call: Call, changed: Mapping[str, Any]) -> Call:
    """Return the call with another device, another context, or none."""
    if "context" not in changed:
        return {key: value for key, value in call.items() if key != "context"}
    context = changed["context"]
    if not isinstance(context, Mapping):
        return {**call, "context": context}
    rest = {key: value for key, value in call["context"].items() if key != "device"}
    return {**call, "context": {**rest, **context}}
