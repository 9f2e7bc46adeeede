"""Changes of a plan's events: added, removed, renamed, or with more members required."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from segkoch_lint.findings.plan_tally import PlanChange
from segkoch_lint.findings.redaction.masking import mask_shapes
from segkoch_lint.plans.diff.required_members import newly_required
from segkoch_lint.plans.model.json_values import as_mapping
from segkoch_lint.plans.model.plan import Plan, PlanRule

Events = Mapping[str, PlanRule]
"""The rules of events by name."""

_AT_FIRST_SIGHT = "Kochava provisions an event by its name at first sight"

_ALIKE = 0.75
"""The similarity of two names, at least, if one was renamed to the other."""

_MAX_COMPARED = 40_000
"""Pairs of names that are compared letter by letter; if there are more, only equal letters or schemas count."""

_ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "labels", "version"})


def event_changes(old: Plan, new: Plan) -> Iterator[PlanChange]:
    """Yield the changes of events, of plans whose format cannot be checked, too."""
    before, after = _events(old), _events(new)
    gone = {name: rule for name, rule in before.items() if name not in after}
    came = {name: rule for name, rule in after.items() if name not in before}
    for one, other in renamed_events(before, after):
        del gone[one], came[other]
        yield PlanChange("renamed", _renaming(one, other), warning=True)
    deprecated = {rule.event for rule in new.rules if rule.call_type == "track" and rule.deprecated}
    for name in gone:
        what = "deprecated" if name in deprecated else "removed"
        message = f'event "{mask_shapes(name)}" is {what}: Kochava gets no more events of this name'
        yield PlanChange("removed", message, warning=True)
    for name in came:
        yield PlanChange("added", f'event "{mask_shapes(name)}" is new: {_AT_FIRST_SIGHT}')
    yield from newly_required(old, new)


def renamed_events(old: Events, new: Events) -> Iterator[tuple[str, str]]:
    """Yield the names of events that most likely were renamed, before and after, the most likely first.

    Their names are similar, or their schemas are equal to each other and to no other. Each event is named once at most.
    """
    gone = [name for name in old if name not in new]
    came = [name for name in new if name not in old]
    left, free = set(gone), set(came)
    by_letters: dict[str, list[str]] = {}
    for name in came:
        by_letters.setdefault(_letters(name), []).append(name)
    scores = {(name, other): 1.0 for name in gone for other in by_letters.get(_letters(name), ())}
    if len(gone) * len(came) <= _MAX_COMPARED:
        scores = {**dict(_similarities(gone, came)), **scores}
    before, after = _by_unique_schema(old), _by_unique_schema(new)
    for pair in ((before[schema], after[schema]) for schema in before if schema in after):
        if pair[0] in left and pair[1] in free:
            scores[pair] = scores.get(pair, 0) + 1
    for (one, other), _ in sorted(scores.items(), key=lambda each: (-each[1], each[0])):
        if one in left and other in free:
            left.remove(one)
            free.remove(other)
            yield one, other


def _events(plan: Plan) -> dict[str, PlanRule]:
    return {rule.event: rule for rule in plan.active if rule.call_type == "track"}


def _renaming(one: str, other: str) -> str:
    before, after = f'event "{mask_shapes(one)}"', f'"{mask_shapes(other)}"'
    makes_new = f"{_AT_FIRST_SIGHT}, so that makes a new one there and ends the old one"
    if one.casefold() != other.casefold():
        return f"{before} seems to be renamed to {after}: {makes_new}"
    exactly = "names are matched exactly, so calls with the old name have no rule any more"
    return f"{before} is {after} now, which differs only in case: {exactly}; {makes_new}"


def _similarities(gone: Iterable[str], came: Iterable[str]) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield the pairs of names that are similar enough, with their similarity."""
    matcher = difflib.SequenceMatcher()
    for other in came:
        matcher.set_seq2(_letters(other))
        for one in gone:
            matcher.set_seq1(_letters(one))
            # The first two are quick, and never less than the third.
            if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= _ALIKE <= matcher.ratio():
                yield (one, other), matcher.ratio()


def _by_unique_schema(events: Events) -> dict[str, str]:
    """Return the names of events by the text of their schema, if no other event has the same."""
    names: dict[str, list[str]] = {}
    for name, rule in events.items():
        if schema := _comparable(rule.schema.value):
            names.setdefault(schema, []).append(name)
    return {schema: found[0] for schema, found in names.items() if len(found) == 1}


def _comparable(schema: Any) -> str:
    """Return a schema without annotations as text; empty if it names no property of the event."""
    value: Any = schema
    for keyword in ("properties", "properties", "properties"):
        value = as_mapping(value).get(keyword)
    kept = {keyword: each for keyword, each in as_mapping(schema).items() if keyword not in _ANNOTATIONS}
    return json.dumps(kept, sort_keys=True) if as_mapping(value) else ""


def _letters(name: str) -> str:
    """Return a name without case and what separates words."""
    return "".join(character for character in name.casefold() if character.isalnum())
