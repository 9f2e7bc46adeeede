"""Puts the common schema into an existing plan, as a change of its text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint.calls import CALL_TYPES
from segkoch_lint.errors import UsageError
from segkoch_lint.masking import mask_shapes
from segkoch_lint.plans.check.plan_findings import refusal_in_words
from segkoch_lint.plans.guard.exact import TITLE
from segkoch_lint.plans.guard.text_edits import Edit, add_member, append, apply, prepend, replace
from segkoch_lint.plans.model.files import joined
from segkoch_lint.plans.model.formats import CONFIG_API, TERRAFORM, find_plans
from segkoch_lint.plans.model.json_paths import value_at
from segkoch_lint.plans.model.plan import Plan, Schema, Site
from segkoch_lint.plans.probe.evaluator import Evaluator, Exhausted
from segkoch_lint.plans.probe.plan_values import own_values
from segkoch_lint.plans.probe.validators import SchemaFault
from segkoch_lint.reading.documents import Flaw
from segkoch_lint.reading.json_text import parse_json
from segkoch_lint.reading.limits import Limits

_BY_HAND = "`segkoch-lint plan common` prints the schema, to be put in by hand."

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a plan file.

    Attributes:
        text: of the file with the guard in every plan of it, or None if all plans have it, or are guarded without it.
        refused: what plans refuse all the same although Kochava could use it (KCH403), in sentences.
    """

    text: str | None
    refused: tuple[str, ...] = ()


def merged(content: bytes, name: str, guard: Mapping[str, Any], evaluator: Evaluator, limits: Limits) -> Merged:
    """Put the guard into every plan of a file.

    Args:
        content: of the file.
        name: of the file, for errors.
        guard: the common schema.
        evaluator: tells whether a plan's common schema guards everything, before and after.
        limits: what is too deep to be read.

    Raises:
        UsageError: the file holds no plan that can state it, or cannot be changed in its text, or a plan's own common
            schema refuses every call that Kochava could use, so that a guard has nothing left to guard.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{name}: only plain JSON in UTF-8 can be changed.", _BY_HAND) from None
    mark, text = (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)
    states = {plan: _state(plan, evaluator) for plan in _plans(text, name, limits)}
    refused = tuple(dict.fromkeys(each for state in states.values() for each in state.refused))
    edits = [
        _edit(text, plan, guard) for plan, state in states.items() if not state.guards or _holds_other(plan, guard)
    ]
    if not edits:
        return Merged(None, refused)
    changed = apply(text, edits)
    for plan in _plans(changed, name, limits):
        if not _state(plan, evaluator, added=True).guards:
            raise UsageError(f"{name}: the plan's own common schema cannot be added to.", _BY_HAND)
    return Merged(mark + changed, refused)


def _plans(text: str, name: str, limits: Limits) -> Sequence[Plan]:
    document = parse_json(text.encode("utf-8"), depth=limits.depth)
    if isinstance(document, Flaw):
        where = f"{name}:{document.span.line}:{document.span.column}"
        raise UsageError(f"{where}: only plain JSON can be changed: {document.message}.", _BY_HAND)
    plans = find_plans(Site(name, document, ())).plans
    if not plans:
        raise UsageError(f"{name}: no tracking plan with its rules.", "Give the file that `plan check` reads.")
    whole = []
    for plan, complete in joined(plans):
        if not complete and not plan.active_commons:
            problem = "not all pages of the plan's rules are here, and its common schema may be in another"
            raise UsageError(f"{name}: {problem}.", "Name the page that has it, or put all pages into one file.")
        if not plan.checkable:
            raise UsageError(
                f"{name}: a {plan.kind} plan cannot state what a call's context has to hold.",
                "Add the schema to the plan in Segment: `segkoch-lint plan common` prints it.",
            )
        whole.append(plan)
    return whole


@dataclass(frozen=True, slots=True)
class _State:
    """Whether the common schema of a plan guards everything by itself, and what good calls it refuses."""

    guards: bool
    refused: tuple[str, ...] = ()


def _state(plan: Plan, evaluator: Evaluator, *, added: bool = False) -> _State:
    """Return how the common schemas of a plan guard.

    One that no call could be made up for tells nothing before the guard was *added* to it, and is believed after.
    """
    if not plan.active_commons:
        return _State(guards=False)
    schemas = [common.schema.value for common in plan.active_commons]
    values = own_values(schemas)
    try:
        answers = [evaluator.ask(schemas, call_type, "", values=values) for call_type in CALL_TYPES]
    except (SchemaFault, Exhausted):
        hint = "`segkoch-lint plan check` says what is wrong with it."
        raise UsageError(f"{plan.site.file}: its common schema cannot be used.", hint) from None
    strict = {
        each.platform: mask_shapes(refusal_in_words(each.refusal)) for answer in answers for each in answer.strict
    }
    if strict and not any(answer.calls for answer in answers):
        why = next(iter(strict.values()))
        problem = f"its common schema refuses every call that Kochava could use (KCH403): {why}"
        hint = "Let it accept `context.device` with `type`, `id` and `advertisingId`, then add the guard."
        raise UsageError(f"{plan.site.file}: {problem}.", hint)
    guards = all(not answer.gaps and (answer.refusal is None or added) for answer in answers)
    refused = (f"the common schema accepts no {platform} call (KCH403): {why}" for platform, why in strict.items())
    return _State(guards, tuple(refused))


def _edit(text: str, plan: Plan, guard: Mapping[str, Any]) -> Edit:
    path = plan.site.path
    if plan.active_commons:
        schema = plan.active_commons[0].schema
        if schema.in_string:
            return replace(text, schema.site.path, _as_string(_joined(schema.value, guard)))
        return _edit_schema(text, schema, guard)
    if plan.kind == CONFIG_API:
        return add_member(text, path, value_at(plan.site.document.value, path), "global", guard)
    if plan.kind == TERRAFORM:
        rule = {"key": "", "type": "COMMON", "version": 1, "json_schema": _as_string(guard)}
        return prepend(text, path, rule)
    return prepend(text, path, {"type": "COMMON", "version": 1, "jsonSchema": guard})


def _edit_schema(text: str, schema: Schema, guard: Mapping[str, Any]) -> Edit:
    """Return the edit that adds the guard to a common schema that is there, or puts it in the place of an older one."""
    value, path = schema.value, schema.site.path
    if _is_replaced(value):
        return replace(text, path, guard)
    parts = value.get("allOf")
    if "$ref" in value or ("allOf" in value and not isinstance(parts, list)):
        return replace(text, path, _joined(value, guard))
    if not isinstance(parts, list):
        return add_member(text, path, value, "allOf", [_part(guard)])
    for index, part in enumerate(parts):
        if _is_ours(part):
            return replace(text, (*path, "allOf", index), _part(guard))
    return append(text, (*path, "allOf"), len(parts), _part(guard))


def _holds_other(plan: Plan, guard: Mapping[str, Any]) -> bool:
    """Tell whether a plan holds a guard of ours that is not the one asked for: stricter, of another form, or older."""
    values = [common.schema.value for common in plan.active_commons[:1]]
    parts = [part for value in values if isinstance(value, Mapping) for part in _listed(value.get("allOf"))]
    ours = [_part(each) for each in (*values, *parts) if _is_ours(each)]
    return bool(ours) and _part(guard) not in ours


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _joined(value: Any, guard: Mapping[str, Any]) -> Any:
    """Return a schema that demands what *value* and the guard demand."""
    if _is_replaced(value):
        return guard
    joined = dict(value)
    parts = [part for part in joined.pop("allOf", []) if not _is_ours(part)]
    # Until draft-07, whatever stands beside a `$ref` does not count.
    parts += [{"$ref": joined.pop("$ref")}] if "$ref" in joined else []
    return {**joined, "allOf": [*parts, _part(guard)]}


def _is_replaced(value: Any) -> bool:
    """Tell whether a schema says nothing, or is an older guard and nothing else."""
    return not isinstance(value, Mapping) or not value or _is_ours(value)


def _is_ours(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("title") == TITLE


def _part(guard: Mapping[str, Any]) -> Mapping[str, Any]:
    return {keyword: value for keyword, value in guard.items() if keyword != "$schema"}


def _as_string(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
