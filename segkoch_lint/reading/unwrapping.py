"""Documents to calls: arrays, batch bodies and single calls, and what is none of them.

What counts as a call, and how a batch's own `context` and `integrations` are merged in, is Segment's:
https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segkoch_lint.calls import CALL_TYPES, Call
from segkoch_lint.places import Path

_USER_KEYS = ("userId", "anonymousId", "user_id", "anonymous_id")

# Read in this order: a call with `previousId` is an alias whatever else it carries.
_TYPE_BY_KEY = {"previousId": "alias", "groupId": "group", "traits": "identify", "properties": "page"}

_KOCHAVA_ID = "5695db50e954a874ca44ce63"

MISSPELLED = "type of call misspelled"
"""The kind of what would be a call if its type were written as Segment writes it; its path is that of the type."""

_MERGED = ("context", "integrations")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch body as it was posted; its calls follow one by one."""

    body: Mapping[str, Any]
    path: Path


@dataclass(frozen=True, slots=True)
class Destination:
    """The settings of a Kochava destination, as Segment's Public API gives them."""

    body: Mapping[str, Any]
    path: Path


@dataclass(frozen=True, slots=True)
class NotACall:
    """A well-formed value where a call was expected.

    Attributes:
        kind: what it is, in words, for the summary; ``other`` when it is nothing we know.
    """

    kind: str
    path: Path


Unit = Call | Batch | Destination | NotACall


def unwrap(value: Any, path: Path = ()) -> Iterator[Unit]:
    """Yield what a document's value holds, in its order."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unwrap_object(item, (*path, index))
    else:
        yield from _unwrap_object(value, path)


def _unwrap_object(value: Any, path: Path) -> Iterator[Unit]:
    if not isinstance(value, Mapping):
        yield NotACall("other", path)
        return
    call_type = type_of(value)
    if call_type:
        yield Call(value if value.get("type") else {**value, "type": call_type}, path)
    elif isinstance(value.get("batch"), list):
        yield from _unwrap_batch(value, path)
    else:
        destinations = list(_destinations(value, path))
        yield from destinations or (_no_call(value, path),)


def _unwrap_batch(body: Mapping[str, Any], path: Path) -> Iterator[Unit]:
    yield Batch(body, path)
    for index, item in enumerate(body["batch"]):
        where = (*path, "batch", index)
        call_type = type_of(item) if isinstance(item, Mapping) else None
        if call_type:
            yield Call({**_merged(body, item), "type": call_type}, where, envelope=path)
        else:
            yield _no_call(item, where) if isinstance(item, Mapping) else NotACall("other", where)


def _no_call(value: Mapping[str, Any], path: Path) -> NotACall:
    if is_misspelled(value):
        return NotACall(MISSPELLED, (*path, "type"))
    return NotACall(kind_of(value), path)


def is_misspelled(value: Mapping[str, Any]) -> bool:
    """Tell whether an object is a call but for the case of its type, or white space around it."""
    named = value.get("type")
    if not isinstance(named, str) or named in CALL_TYPES or named.strip().lower() not in CALL_TYPES:
        return False
    return any(key in value for key in ("event", "context", *_USER_KEYS))


def type_of(value: Mapping[str, Any]) -> str | None:
    """Return the type of call that Segment takes an object for, or None when it is no call."""
    named = value.get("type")
    if named is not None:
        return named if isinstance(named, str) and named in CALL_TYPES else None
    if "event" in value:
        return "track"
    if "context" in value or any(key in value for key in _USER_KEYS):
        return next((call_type for key, call_type in _TYPE_BY_KEY.items() if key in value), None)
    return None


def _merged(body: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    shared = {key: body[key] for key in _MERGED if isinstance(body.get(key), Mapping)}
    return merge(shared, item)


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return *over* with what only *under* has; objects merge deeply, for anything else *over* wins."""
    merged = dict(over)
    for key, value in under.items():
        if key not in over:
            merged[key] = value
        elif isinstance(value, Mapping) and isinstance(over[key], Mapping):
            merged[key] = merge(value, over[key])
    return merged


def place_in_document(call: Call, path: Path, document: Any) -> Path:
    """Return where the value at *path* of a (merged) call stands in its document: in the item, or in its batch."""
    for base in (call.path, call.envelope):
        if base is not None and _exists(document, (*base, *path)):
            return (*base, *path)
    return call.path


def _exists(value: Any, path: Path) -> bool:
    for step in path:
        if isinstance(value, list) and isinstance(step, int):
            if step >= len(value):
                return False
        elif not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    return True


def _destinations(value: Mapping[str, Any], path: Path) -> Iterator[Destination]:
    data = value.get("data")
    if isinstance(data, Mapping):
        yield from _destinations(data, (*path, "data"))
        return
    for key in ("destination", "destinations"):
        held = value.get(key)
        items = held if isinstance(held, list) else [held]
        for index, item in enumerate(items):
            if _is_kochava(item):
                yield Destination(item, (*path, key, index) if isinstance(held, list) else (*path, key))
    if _is_kochava(value):
        yield Destination(value, path)


def _is_kochava(value: Any) -> bool:
    if not isinstance(value, Mapping) or not isinstance(value.get("settings"), Mapping):
        return False
    metadata = value.get("metadata")
    if not isinstance(metadata, Mapping):
        return False
    return metadata.get("id") == _KOCHAVA_ID or "kochava" in {str(metadata.get(k)).lower() for k in ("slug", "name")}


def kind_of(value: Mapping[str, Any]) -> str:
    """Return what an object that is no call is, in words: a tracking plan, a HAR capture, or ``other``."""
    if _is_plan(value):
        return "tracking plan"
    log = value.get("log")
    if isinstance(log, Mapping) and isinstance(log.get("entries"), list):
        return "HAR capture"
    return "other"


def _is_plan(value: Mapping[str, Any]) -> bool:
    """Recognise the plan formats of Segment's two APIs, Typewriter, RudderTyper and Terraform by their content."""
    if isinstance(value.get("data"), Mapping):
        return _is_plan(value["data"])
    if "trackingPlan" in value or "tracking_plans" in value or "trackingPlans" in value:
        return True
    rules = value.get("rules")
    if isinstance(rules, Mapping):
        return isinstance(rules.get("events"), list) or isinstance(rules.get("global"), Mapping)
    if isinstance(rules, list) and rules:
        return all(isinstance(rule, Mapping) and ("jsonSchema" in rule or "json_schema" in rule) for rule in rules)
    return "terraform_version" in value or (
        "format_version" in value and ("values" in value or "planned_values" in value)
    )
