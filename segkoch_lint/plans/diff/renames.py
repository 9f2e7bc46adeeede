"""Which events of a plan most likely were renamed: their names are alike, or their schemas are the same."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from segkoch_lint.plans.model.plan import PlanRule

Events = Mapping[str, PlanRule]
"""The rules of events by their names."""

_ALIKE = 0.75
"""How alike two names are, at least, when the one was renamed to the other."""

_COMPARED = 40_000
"""Pairs of names that are compared letter by letter; where there are more, only what is the same tells a renaming."""

_NOTHING_SAID = frozenset({"$schema", "$id", "title", "description", "labels", "version"})


def renamed(old: Events, new: Events) -> Iterator[tuple[str, str]]:
    """Yield the names of events before and after, the surest first; each event is named once at most."""
    gone = {name: rule for name, rule in old.items() if name not in new}
    came = {name: rule for name, rule in new.items() if name not in old}
    scores = Counter(dict(_spelled_anew(gone, came)))
    if len(gone) * len(came) <= _COMPARED:
        scores |= Counter(dict(_alike(gone, came)))
    for pair in _with_one_schema(old, new):
        if pair[0] in gone and pair[1] in came:
            scores[pair] += 1
    taken: set[tuple[str, str]] = set()
    for (one, other), _ in sorted(scores.items(), key=lambda each: (-each[1], each[0])):
        if ("old", one) not in taken and ("new", other) not in taken:
            taken |= {("old", one), ("new", other)}
            yield one, other


Scored = Iterator[tuple[tuple[str, str], float]]


def _spelled_anew(gone: Events, came: Events) -> Scored:
    """Yield the pairs of names that differ in nothing but capitals and what stands between words."""
    by_letters: dict[str, list[str]] = {}
    for name in came:
        by_letters.setdefault(_folded(name), []).append(name)
    yield from (((one, other), 1.0) for one in gone for other in by_letters.get(_folded(one), ()))


def _alike(gone: Events, came: Events) -> Scored:
    matcher = difflib.SequenceMatcher()
    for other in came:
        matcher.set_seq2(_folded(other))
        for one in gone:
            matcher.set_seq1(_folded(one))
            # The first two are quick, and never less than the third.
            if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= _ALIKE <= matcher.ratio():
                yield (one, other), matcher.ratio()


def _with_one_schema(old: Events, new: Events) -> Iterator[tuple[str, str]]:
    """Yield the events that say the same of a call, and alone do so in their version of the plan."""
    before, after = _alone(old.items()), _alone(new.items())
    yield from ((before[stated], after[stated]) for stated in before if stated in after)


def _alone(events: Iterable[tuple[str, PlanRule]]) -> dict[str, str]:
    """Return the names of events by what their schemas say, where no other one says the same."""
    named: dict[str, list[str]] = {}
    for name, rule in events:
        named.setdefault(_stated(rule.schema.value), []).append(name)
    return {stated: names[0] for stated, names in named.items() if stated and len(names) == 1}


def _folded(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _stated(schema: Any) -> str:
    """Return what a schema says, as a text to compare; empty when it names no property of the event."""
    if not isinstance(schema, Mapping):
        return ""
    said = {keyword: value for keyword, value in schema.items() if keyword not in _NOTHING_SAID}
    properties = said.get("properties")
    own = properties.get("properties") if isinstance(properties, Mapping) else None
    members = own.get("properties") if isinstance(own, Mapping) else None
    return json.dumps(said, sort_keys=True) if members else ""
