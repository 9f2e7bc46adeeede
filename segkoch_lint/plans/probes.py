"""The calls that plans are asked with: good ones, and each of them broken as the rule files' counterexamples are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from segkoch_lint.masking import fold
from segkoch_lint.plans.completing import Call
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import apply_patch
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.vocabulary import gate

REQUIREMENTS = ("KCH101", "KCH102", "KCH103", "KCH104", "KCH105", "KCH106")
"""What Kochava's page demands of one call: the requirements that a plan can guard."""

PLATFORMS = ("ios", "android")

_SPELLINGS = ("advertisingId", "advertising_id")

_ANY_EVENT = "Any Event"
"""The name for track calls that a plan's common schema alone is asked about."""

_REMEMBERED = 1000
"""Contexts, broken, that are kept in memory."""

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
        code: the requirement that it breaks.
        summary: how, in a few words.
        call: the broken call.
    """

    code: str
    summary: str
    call: Call


class Probes:
    """Makes calls, good and broken.

    Args:
        delivery: what decides whether a call would reach Kochava; what would not is neither good nor broken.
    """

    def __init__(self, delivery: Delivery) -> None:
        self._rules = {rule.code: rule for rule in built_in() if rule.code in REQUIREMENTS}
        self._required = RuleSet([], delivery, list(self._rules.values()))
        self._gates = {code: gate(self._required.schema_of(rule)) for code, rule in self._rules.items()}
        self._broken: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}

    def starts(self, call_type: str, event: str, version: int | None = None) -> list[Start]:
        """Return the good calls of a type to begin with, the plainest first; they name a *version* of the event."""
        calls = [_of_type(each, call_type, event) for each in self._good]
        named = calls if version is None else [_of_version(call, version) for call in calls]
        return [Start(call["context"]["device"]["type"], call) for call in named]

    def is_good(self, call: Call) -> bool:
        """Tell whether a call satisfies all that Kochava demands, were it delivered."""
        return all(each.is_valid(call) for each in self._gates.values())

    def not_delivered(self, call: Mapping[str, Any]) -> str | None:
        """Return why a call would not reach Kochava, or None when it would."""
        return self._required.judge(call).not_delivered

    def is_useful(self, call: Mapping[str, Any]) -> bool:
        """Tell whether a call would reach Kochava and be of use there."""
        return self._required.judge(call).usable

    def breaks(self, call: Call, code: str) -> Iterator[Break]:
        """Yield a good call broken in each way in which the rule's counterexamples break it."""
        # What breaks a call, and whether it is delivered, does not depend on the names and properties of events: most
        # rules of a plan are asked with the same contexts.
        likeness = json.dumps([code, call["type"], call["context"], call.get("integrations")])
        if len(self._broken) > _REMEMBERED:
            self._broken.clear()
        if likeness not in self._broken:
            self._broken[likeness] = list(self._breaks(call, code))
        for summary, changed in self._broken[likeness]:
            yield Break(code, summary, _with_context(call, changed))

    def _breaks(self, call: Call, code: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield how a call is broken, and the context that it has then, if any."""
        device = call["context"]["device"]
        keys = [key for key in device if fold(key) == fold(_SPELLINGS[0])]
        context = {"context": {"device": device}}
        for each in self._rules[code].counterexamples:
            for patch in _spelled(each.patch, keys):
                try:
                    changed = apply_patch(context, patch)
                except LookupError:
                    continue  # it takes away what this call does not have
                broken = _with_context(call, changed)
                if not self._gates[code].is_valid(broken) and self.not_delivered(broken) is None:
                    yield each.summary, changed

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Made-up ids of the forms that phones and SDKs have."""
        ids = [each["context"]["device"][key] for each in self._good for key in ("id", *_SPELLINGS)
               if key in each["context"]["device"]]  # fmt: skip
        return (*dict.fromkeys(ids), *_MORE_IDS)

    @cached_property
    def made_up(self) -> frozenset[str]:
        """All texts of the calls to begin with: nobody's."""
        found: set[str] = set()
        waiting: list[Any] = [
            *self._good,
            *([each.patch for rule in self._rules.values() for each in rule.counterexamples]),
        ]
        while waiting:
            value = waiting.pop()
            if isinstance(value, str):
                found.add(value)
            elif isinstance(value, Mapping):
                waiting.extend(value.values())
            elif isinstance(value, list | tuple):
                waiting.extend(value)
        return frozenset(found) | set(_MORE_IDS)

    @cached_property
    def _good(self) -> list[Call]:
        examples: list[Call] = [dict(each) for each in self._rules[REQUIREMENTS[0]].examples]
        plain = []
        for spelling in _SPELLINGS:
            for platform in PLATFORMS:
                example = next(e for e in examples if e["context"]["device"]["type"] == platform)
                plain.append(_plain(example, spelling))
        return [*plain, *examples]


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
