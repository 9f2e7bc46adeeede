"""Documents to calls: arrays, batch bodies, single calls and rows of tables, and what is none of them.

How a batch's own `context` and `integrations` are merged into its calls is Segment's:
https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from segkoch_lint.calls.call import CALL_TYPES, Call, merge, was_sent
from segkoch_lint.calls.signs import ObjectKind, classify, type_in
from segkoch_lint.documents.document import Document
from segkoch_lint.documents.table.json_rows import JsonRow
from segkoch_lint.documents.table.row import RowDocument
from segkoch_lint.findings.position import Path

_KOCHAVA_ID = "5695db50e954a874ca44ce63"

_MERGED = ("context", "integrations")

_SNAKE_CASE_USERS = ("user_id", "anonymous_id")


class Batch(msgspec.Struct, frozen=True):
    """A batch body as it was posted; its calls follow one by one."""

    body: Mapping[str, Any]
    path: Path


class DestinationSettings(msgspec.Struct, frozen=True):
    """The settings of a Kochava destination, as Segment's Public API gives them."""

    body: Mapping[str, Any]
    path: Path


class NotACall(msgspec.Struct, frozen=True):
    """A well-formed value where a call was expected.

    Attributes:
        kind: what it is, in words, for the summary: a value of `segkoch_lint.calls.signs.ObjectKind`,
            ``tracking plan`` or ``HAR capture``.
        path: where it stands; of a misspelled type, where the type stands.
        meant: the type that a misspelled one stands for.
    """

    kind: str
    path: Path
    meant: str = ""


Unit = Call | Batch | DestinationSettings | NotACall


def units_of(document: Document, name: str) -> Iterator[Unit]:
    """Yield what a document holds, in its order.

    Args:
        document: what was read.
        name: of its input.
    """
    if isinstance(document, RowDocument):
        # Tables are recognised by their columns, so each of their rows is a call, whatever its cells are.
        yield Call(document.value)
    elif document.origin is None:
        yield from unwrap(document.value, table=name)
    else:
        for unit in unwrap(document.value, table=name, call_type=document.origin.call_type):
            # What was posted to Segment was meant as a call, whatever it shows.
            meant = isinstance(unit, Call) and document.origin.to_segment
            yield replace(unit, certain=True) if meant else unit


def unwrap(value: Any, path: Path = (), *, table: str = "", call_type: str = "") -> Iterator[Unit]:
    """Yield what a document's value holds, in its order.

    Args:
        value: the value.
        path: where it stands in the document.
        table: the name of the input, which may tell the type of calls that are rows of a table.
        call_type: the type of a call whose type is in the path that it was posted to; empty if it is not known.
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unwrap_object(item, (*path, index), table)
    elif call_type in CALL_TYPES and isinstance(value, Mapping) and not isinstance(value.get("batch"), list):
        yield from _unwrap_object({**value, "type": call_type}, path, table)
    else:
        yield from _unwrap_object(value, path, table)


def _unwrap_object(value: Any, path: Path, table: str) -> Iterator[Unit]:
    if not isinstance(value, Mapping):
        yield NotACall(ObjectKind.OTHER.value, path)
    elif isinstance(value.get("batch"), list) and type_in(value) not in CALL_TYPES:
        yield from _unwrap_batch(value, path, table)
    else:
        unit = _unit(value, value, path, table)
        if isinstance(unit, NotACall) and unit.kind == ObjectKind.OTHER.value:
            yield from list(_destinations(value, path)) or (NotACall(kind_of(value), path),)
        else:
            yield unit


def _unwrap_batch(body: Mapping[str, Any], path: Path, table: str) -> Iterator[Unit]:
    yield Batch(body, path)
    shared = {key: body[key] for key in _MERGED if isinstance(body.get(key), Mapping)}
    for index, item in enumerate(body["batch"]):
        where = (*path, "batch", index)
        if not isinstance(item, Mapping):
            yield NotACall(ObjectKind.OTHER.value, where)
            continue
        message = merge(shared, item)
        if any(key in message for key in _SNAKE_CASE_USERS) and not was_sent(message):
            message["sentAt"] = body.get("sentAt")  # a call in a batch was sent, whatever else it shows
        signs = {"writeKey": body["writeKey"], **message} if "writeKey" in body else message
        unit = _unit(message, signs, where, table)
        yield unit if isinstance(unit, NotACall) else replace(unit, envelope=path)


def _unit(message: Mapping[str, Any], signs: Mapping[str, Any], path: Path, table: str) -> Call | NotACall:
    """Return what an object is; *signs* are its members, and those of its batch that show what it is."""
    row = JsonRow.of(message, table)
    if row is not None:
        return Call(row.message, path, row=row)
    kind, call_type = classify(signs)
    match kind:
        case ObjectKind.CALL | ObjectKind.CALL_IF_CLAIMED:
            typed = message if message.get("type") == call_type else {**message, "type": call_type}
            return Call(typed, path, certain=kind is ObjectKind.CALL)
        case ObjectKind.WRONG_TYPE:
            return NotACall(kind.value, (*path, "type"), call_type)
        case _:
            return NotACall(kind.value, path)


def place_in_document(call: Call, path: Path, document: Any) -> Path:
    """Return where the value at *path* of a (merged) call stands in its document: in the item, or in its batch."""
    if call.row is not None:
        return (*call.path, *call.row.written(path))
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


def _destinations(value: Mapping[str, Any], path: Path) -> Iterator[DestinationSettings]:
    data = value.get("data")
    if isinstance(data, Mapping):
        yield from _destinations(data, (*path, "data"))
        return
    for key in ("destination", "destinations"):
        held = value.get(key)
        items = held if isinstance(held, list) else [held]
        for index, item in enumerate(items):
            if _is_kochava(item):
                yield DestinationSettings(item, (*path, key, index) if isinstance(held, list) else (*path, key))
    if _is_kochava(value):
        yield DestinationSettings(value, path)


def _is_kochava(value: Any) -> bool:
    if not isinstance(value, Mapping) or not isinstance(value.get("settings"), Mapping):
        return False
    metadata = value.get("metadata")
    if not isinstance(metadata, Mapping):
        return False
    return metadata.get("id") == _KOCHAVA_ID or "kochava" in {str(metadata.get(k)).lower() for k in ("slug", "name")}


def kind_of(value: Mapping[str, Any]) -> str:
    """Return what an object that is not a call is, in words: a tracking plan, a HAR capture, or ``other``."""
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
