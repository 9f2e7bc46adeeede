"""Where in a schema the guard of a requirement belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from segkoch_lint.places import Path
from segkoch_lint.plans.model.json_paths import value_at
from segkoch_lint.plans.model.plan import Schema, Site
from segkoch_lint.plans.probe.plan_values import pointed

_DEVICE: Path = ("properties", "context", "properties", "device")

_ADVERTISING_ID = ((*_DEVICE, "properties", "advertisingId"), (*_DEVICE, "properties", "advertising_id"))

_GUARDED: Mapping[str, Sequence[Path]] = {
    "KCH101": (_DEVICE,),
    "KCH102": ((*_DEVICE, "properties", "type"),),
    "KCH103": ((*_DEVICE, "properties", "type"),),
    "KCH104": ((*_DEVICE, "properties", "id"),),
    "KCH105": _ADVERTISING_ID,
    "KCH106": _ADVERTISING_ID,
    "KCH119": _ADVERTISING_ID,
}
"""Where people write each guard: the keywords on the way to it."""


def guard_place(schema: Schema, codes: Sequence[str]) -> Site:
    """Return where the guard of requirements belongs: as near to the members that they are about as the schema goes.

    What holds for every call anyway is followed on the way there: `allOf`, and references inside of the schema.
    """
    if schema.in_string:
        return schema.site
    places = [_nearest(schema.value, code) for code in codes]
    shared = takewhile(lambda steps: len(set(steps)) == 1, zip(*places, strict=False))
    return schema.site.inside(*(steps[0] for steps in shared))


def _nearest(schema: Any, code: str) -> Path:
    reached = [_reached(schema, (), path, set()) for path in _GUARDED[code]]
    return max(reached, key=lambda each: each[0])[1]


def _reached(root: Any, at: Path, way: Path, seen: set[tuple[Path, Path]]) -> tuple[int, Path]:
    """Return how many steps of *way* there are from the place *at* in a schema, and where they lead."""
    value = value_at(root, at)
    if not way or not isinstance(value, Mapping) or (at, way) in seen:
        return 0, at
    seen.add((at, way))
    best = (0, at)
    if way[0] in value:
        steps, place = _reached(root, (*at, way[0]), way[1:], seen)
        best = (steps + 1, place)
    for other in _also_hold(root, value, at):
        best = max(best, _reached(root, other, way, seen), key=lambda each: each[0])
    return best


def _also_hold(root: Any, value: Mapping[str, Any], at: Path) -> Iterator[Path]:
    """Yield where the schemas stand that hold wherever the one at a place does."""
    reference = value.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        path = pointed(root, reference)
        if path is not None:
            yield path
    parts = value.get("allOf")
    yield from ((*at, "allOf", index) for index in range(len(parts) if isinstance(parts, list) else 0))
