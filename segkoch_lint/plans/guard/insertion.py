"""Insertion of a guard into a plan file, as a change of its text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.position import value_at
from segkoch_lint.findings.redaction.masking import mask_shapes
from segkoch_lint.findings.text_edits import TextEdit, edited
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.plans.guard.exact import TITLE
from segkoch_lint.plans.guard.text_edits import add_member, append, prepend, replace
from segkoch_lint.plans.model.formats import CONFIG_API, TERRAFORM, find_plans
from segkoch_lint.plans.model.json_values import as_list, as_mapping
from segkoch_lint.plans.model.pages import join_pages
from segkoch_lint.plans.model.plan import Plan, Schema, SchemaLocation
from segkoch_lint.plans.probe.evaluator import Evaluator, TimeLimitExceeded
from segkoch_lint.plans.probe.plan_values import plan_values
from segkoch_lint.plans.probe.validators import SchemaError

_BY_HAND = "`segkoch-lint plan common` prints the schema, which you can insert by hand."

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class InsertionResult:
    """The result of inserting a guard into a plan file.

    Attributes:
        text: of the file with the guard in every plan, or None if every plan has it, or is guarded without it.
        refused: what plans refuse although Kochava could use it (KCH403), in sentences.
    """

    text: str | None
    refused: tuple[str, ...] = ()


def insert_guard(
    content: bytes, name: str, guard: Mapping[str, Any], evaluator: Evaluator, limits: Limits
) -> InsertionResult:
    """Insert a guard into every plan of a file.

    Args:
        content: of the file.
        name: of the file, for errors.
        guard: the common schema.
        evaluator: finds out what a plan's common schema guards, before and after.
        limits: on the depth of the file.

    Raises:
        UsageError: the file holds no plan that can have a guard, or its text cannot be changed, or a plan's common
            schema refuses every call that Kochava could use.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{name}: only plain JSON in UTF-8 can be changed.", _BY_HAND) from None
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    text = text.removeprefix(mark)
    states = {plan: _state(plan, evaluator) for plan in _plans(text, name, limits)}
    refused = tuple(dict.fromkeys(each for state in states.values() for each in state.refused))
    edits = [_edit(text, plan, guard) for plan, state in states.items() if not state.guards or _is_stale(plan, guard)]
    if not edits:
        return InsertionResult(None, refused)
    changed = edited(text, edits)
    for plan in _plans(changed, name, limits):
        if not _state(plan, evaluator, inserted=True).guards:
            raise UsageError(f"{name}: the plan's own common schema cannot be added to.", _BY_HAND)
    return InsertionResult(mark + changed, refused)


def _plans(text: str, name: str, limits: Limits) -> Sequence[Plan]:
    document = parse_json(text.encode("utf-8"), depth=limits.depth)
    if isinstance(document, ParseError):
        where = f"{name}:{document.span.line}:{document.span.column}"
        raise UsageError(f"{where}: only plain JSON can be changed: {document.message}.", _BY_HAND)
    found = list(join_pages(find_plans(SchemaLocation(name, document, ())).plans))
    if not found:
        raise UsageError(f"{name}: no tracking plan with its rules.", "Give the file that `plan check` reads.")
    for plan, complete in found:
        if not complete and not plan.active_commons:
            problem = "not all pages of the plan's rules are here, and its common schema may be in another"
            raise UsageError(f"{name}: {problem}.", "Name the page that has it, or put all pages into one file.")
        if not plan.checkable:
            raise UsageError(
                f"{name}: a {plan.format} plan cannot state what a call's context has to hold.",
                "Add the schema to the plan in Segment: `segkoch-lint plan common` prints it.",
            )
    return [plan for plan, _ in found]


@dataclass(frozen=True, slots=True)
class _State:
    """Whether the common schema of a plan guards everything, and which good calls it refuses."""

    guards: bool
    refused: tuple[str, ...] = ()


def _state(plan: Plan, evaluator: Evaluator, *, inserted: bool = False) -> _State:
    """Return what the common schemas of a plan guard.

    If they cannot be probed, they count as a guard only once the guard was *inserted*.
    """
    if not plan.active_commons:
        return _State(guards=False)
    schemas = [common.schema.value for common in plan.active_commons]
    values = plan_values(schemas)
    try:
        answers = [evaluator.probe(schemas, (call_type, ""), values=values) for call_type in CALL_TYPES]
    except (SchemaError, TimeLimitExceeded):
        hint = "`segkoch-lint plan check` reports the problem."
        raise UsageError(f"{plan.location.file}: its common schema cannot be used.", hint) from None
    strict = {each: mask_shapes(str(why)) for answer in answers for each, why in answer.over_strict.items()}
    if strict and not any(answer.calls for answer in answers):
        why = next(iter(strict.values()))
        problem = f"its common schema refuses every call that Kochava could use (KCH403): {why}"
        hint = "Let it accept `context.device` with `type`, `id` and `advertisingId`, then add the guard."
        raise UsageError(f"{plan.location.file}: {problem}.", hint)
    guards = all(not answer.unguarded and (answer.refusal is None or inserted) for answer in answers)
    refused = (f"the common schema accepts no {platform} call (KCH403): {why}" for platform, why in strict.items())
    return _State(guards, tuple(refused))


def _edit(text: str, plan: Plan, guard: Mapping[str, Any]) -> TextEdit:
    path = plan.location.path
    if plan.active_commons:
        return _edit_schema(text, plan.active_commons[0].schema, guard)
    if plan.format == CONFIG_API:
        return add_member(text, path, value_at(plan.location.document.value, path), "global", guard)
    if plan.format == TERRAFORM:
        rule = {"key": "", "type": "COMMON", "version": 1, "json_schema": _as_string(guard)}
        return prepend(text, path, rule)
    return prepend(text, path, {"type": "COMMON", "version": 1, "jsonSchema": guard})


def _edit_schema(text: str, schema: Schema, guard: Mapping[str, Any]) -> TextEdit:
    """Return the edit that adds the guard to a common schema, or replaces an older guard there."""
    value, path = schema.value, schema.location.path
    if schema.in_string:
        return replace(text, path, _as_string(_combined(value, guard)))
    if _is_replaceable(value):
        return replace(text, path, guard)
    parts = value.get("allOf")
    if "$ref" in value or ("allOf" in value and not isinstance(parts, list)):
        return replace(text, path, _combined(value, guard))
    if not isinstance(parts, list):
        return add_member(text, path, value, "allOf", [_part(guard)])
    for index, part in enumerate(parts):
        if _is_guard(part):
            return replace(text, (*path, "allOf", index), _part(guard))
    return append(text, (*path, "allOf"), len(parts), _part(guard))


def _is_stale(plan: Plan, guard: Mapping[str, Any]) -> bool:
    """Return whether a plan holds a guard of this program that differs from *guard*, for example an older one."""
    values = [common.schema.value for common in plan.active_commons[:1]]
    parts = [part for value in values for part in as_list(as_mapping(value).get("allOf"))]
    guards = [_part(each) for each in (*values, *parts) if _is_guard(each)]
    return bool(guards) and _part(guard) not in guards


def _combined(value: Any, guard: Mapping[str, Any]) -> Any:
    """Return a schema that demands what *value* and the guard demand."""
    if _is_replaceable(value):
        return guard
    combined = dict(value)
    parts = [part for part in combined.pop("allOf", []) if not _is_guard(part)]
    # Up to draft-07, keywords beside `$ref` are ignored.
    parts += [{"$ref": combined.pop("$ref")}] if "$ref" in combined else []
    return {**combined, "allOf": [*parts, _part(guard)]}


def _is_replaceable(value: Any) -> bool:
    """Return whether a schema demands nothing, or is an older guard and nothing else."""
    return not as_mapping(value) or _is_guard(value)


def _is_guard(value: Any) -> bool:
    return as_mapping(value).get("title") == TITLE


def _part(guard: Mapping[str, Any]) -> Mapping[str, Any]:
    return {keyword: value for keyword, value in guard.items() if keyword != "$schema"}


def _as_string(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
