"""The location in a schema where the guard of a requirement belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from segkoch_lint.findings.position import Path, value_at
from segkoch_lint.plans.model.json_values import applied_in_place, as_mapping
from segkoch_lint.plans.model.plan import Schema, SchemaLocation

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
"""Where each guard is usually written."""


def guard_location(schema: Schema, codes: Sequence[str]) -> SchemaLocation:
    """Return where the guard of requirements belongs: the schema of the members that they share, or the nearest one.

    `allOf` and references inside the schema are followed, since they apply to every call.
    """
    paths = [
        max((_reached(schema.value, (), path, set()) for path in _GUARDED[code]), key=lambda reached: reached[0])[1]
        for code in codes
    ]
    shared = takewhile(lambda steps: len(set(steps)) == 1, zip(*paths, strict=False))
    return schema.locate(tuple(steps[0] for steps in shared))


def _reached(root: Any, at: Path, way: Path, seen: set[tuple[Path, Path]]) -> tuple[int, Path]:
    """Return how many steps of *way* exist from *at* in a schema, and the path that they lead to."""
    value = as_mapping(value_at(root, at))
    if not way or (at, way) in seen:
        return 0, at
    seen.add((at, way))
    best = (0, at)
    if way[0] in value:
        steps, place = _reached(root, (*at, way[0]), way[1:], seen)
        best = (steps + 1, place)
    for other in applied_in_place(root, at, ("$ref", "allOf")):
        best = max(best, _reached(root, other, way, seen), key=lambda reached: reached[0])
    return best
