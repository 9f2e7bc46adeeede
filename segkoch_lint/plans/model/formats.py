"""Tracking plans in a document, recognised by content, in every format that Segment and its tools write.

Sources: Segment's Public API and Config API v1, the provider `segmentio/segment` of Terraform, and the plan files of
Typewriter and RudderTyper.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.plans.model.json_values import as_list, as_mapping, as_text
from segkoch_lint.plans.model.plan import COMMON, Page, Plan, PlanRule, Schema, SchemaLocation

PUBLIC_API = "Segment Public API"
CONFIG_API = "Segment Config API v1"
TERRAFORM = "Terraform"
TYPEWRITER = "Typewriter"
RUDDERTYPER = "RudderTyper"
CSV = "Segment CSV download"

_NEVER = "0001-01-01"
"""How the Public API writes that a rule is not deprecated."""

_CSV_NAMES = frozenset({"name", "event name", "property name"})
_CSV_OTHERS = frozenset(
    {
        "description", "status", "data type", "type", "permitted values", "labels", "required", "version",
        "event description", "property description", "property type", "property status", "property data type",
    }
)  # fmt: skip


@dataclass(slots=True)
class PlansFound:
    """The tracking plans of a document.

    Attributes:
        plans: plans, or pages of plans.
        without_rules: whether there is a plan without rules: the Public API returns them apart from the plan.
    """

    plans: list[Plan] = field(default_factory=list)
    without_rules: bool = False


def find_plans(location: SchemaLocation) -> PlansFound:
    """Return the tracking plans of a document; *location* is its root."""
    found = PlansFound()
    _find(location.document.value, location, found)
    return found


def is_plan_csv(head: str) -> bool:
    """Return whether a text begins with the header of Segment's plan download.

    Its columns are those of the plan editor: Name, Description, Status, Data Type, Permitted Values.
    """
    cells = [cell.strip().strip('"').lower() for cell in head.split("\n", 1)[0].strip("\r\ufeff").split(",")]
    return not _CSV_NAMES.isdisjoint(cells) and len(_CSV_OTHERS.intersection(cells)) >= 2


def _find(value: Any, location: SchemaLocation, found: PlansFound) -> None:
    if isinstance(value, Mapping):
        _find_in_object(value, location, found)
    elif isinstance(value, list) and value and all(map(_is_rule, value)):
        found.plans.append(_listed(value, location))
    else:
        for index, item in enumerate(as_list(value)):
            if isinstance(item, Mapping):
                _find(item, location.child(index), found)


def _find_in_object(value: Mapping[str, Any], location: SchemaLocation, found: PlansFound) -> None:
    rules = value.get("rules")
    for key in ("tracking_plans", "trackingPlans"):
        if isinstance(value.get(key), list):
            for index, item in enumerate(value[key]):
                _find(item, location.child(key, index), found)
            return
    if isinstance(rules, Mapping) and _is_keyed(rules):
        found.plans.append(_keyed(value, rules, location))
    elif isinstance(rules, list) and all(map(_is_rule, rules)) and (rules or "pagination" in value or "id" in value):
        found.plans.append(_listed(rules, location.child("rules"), value))
    elif isinstance(value.get("trackingPlan"), Mapping):
        before = len(found.plans)
        _find(value["trackingPlan"], location.child("trackingPlan"), found)
        found.without_rules |= len(found.plans) == before
    elif rules == []:
        found.without_rules = True
    elif isinstance(value.get("data"), Mapping | list):
        _find(value["data"], location.child("data"), found)
    elif "format_version" in value or "terraform_version" in value:
        found.plans.extend(_terraform(value, location))


# --- rules in a list: Public API and Typewriter --------------------------------------------------------------------


def _is_rule(value: Any) -> bool:
    return isinstance(value, Mapping) and ("jsonSchema" in value or "json_schema" in value)


def _listed(rules: Sequence[Any], location: SchemaLocation, around: Mapping[str, Any] | None = None) -> Plan:
    around = around or {}
    schemas = [rule.get("jsonSchema") for rule in rules]
    # Typewriter keeps what a schema says of `properties` and drops what it says of `context`.
    typewriter = bool(schemas) and all("eventMetadata" in as_mapping(each) for each in schemas)
    return _plan(
        TYPEWRITER if typewriter else PUBLIC_API,
        location,
        _listed_rules(rules, location),
        around.get("name") or as_mapping(around.get("trackingPlan")).get("name"),
        checkable=not typewriter,
        page=_page(around.get("pagination")),
    )


def _listed_rules(rules: Sequence[Any], location: SchemaLocation) -> Iterator[PlanRule]:
    for index, rule in enumerate(rules):
        if isinstance(rule, Mapping):
            key = "jsonSchema" if "jsonSchema" in rule else "json_schema"
            deprecated = as_text(rule.get("deprecatedAt"))
            yield PlanRule(
                rule["type"].lower() if isinstance(rule.get("type"), str) else "track",
                as_text(rule.get("key")),
                _schema(rule.get(key), location.child(index, key)),
                _version(rule.get("version")),
                deprecated=bool(deprecated) and not deprecated.startswith(_NEVER),
            )


def _page(pagination: Any) -> Page | None:
    if not isinstance(pagination, Mapping):
        return None
    total = pagination.get("totalEntries")
    known = isinstance(total, int) and not isinstance(total, bool)
    current, following, previous = (as_text(pagination.get(key)) for key in ("current", "next", "previous"))
    return Page(current, following, total if known else None, previous)


# --- rules under names: Config API v1 and RudderTyper --------------------------------------------------------------


def _is_keyed(rules: Mapping[str, Any]) -> bool:
    names = ("global", "identify", "group", "page", "screen")
    return isinstance(rules.get("events"), list) or any(isinstance(rules.get(name), Mapping) for name in names)


def _keyed(value: Mapping[str, Any], rules: Mapping[str, Any], location: SchemaLocation) -> Plan:
    inside = location.child("rules")
    rudder = "workspaceId" in value or "creationType" in value
    found: list[PlanRule] = []
    if rules.get("global") is not None:
        found.append(PlanRule(COMMON, "", _schema(rules["global"], inside.child("global"))))
    for index, event in enumerate(as_list(rules.get("events"))):
        if isinstance(event, Mapping):
            schema = _schema(event.get("rules"), inside.child("events", index, "rules"))
            found.append(PlanRule("track", as_text(event.get("name")), schema, _version(event.get("version"))))
    others = [call_type for call_type in CALL_TYPES if isinstance(rules.get(call_type), Mapping)]
    found += [PlanRule(each, "", _schema(rules[each], inside.child(each))) for each in others]
    name = value.get("display_name") or value.get("name")
    return _plan(RUDDERTYPER if rudder else CONFIG_API, inside, found, name, checkable=not rudder)


# --- Terraform -----------------------------------------------------------------------------------------------------


def _terraform(value: Mapping[str, Any], location: SchemaLocation) -> Iterator[Plan]:
    """Yield the plans of `terraform show -json`: of the planned values, or else of the state."""
    for key in ("planned_values", "values"):
        root = as_mapping(value.get(key)).get("root_module")
        if isinstance(root, Mapping):
            yield from _module(root, location.child(key, "root_module"))
            return


def _module(module: Mapping[str, Any], location: SchemaLocation) -> Iterator[Plan]:
    waiting = [(module, location)]
    while waiting:
        module, location = waiting.pop()
        for index, resource in enumerate(as_list(module.get("resources"))):
            if as_mapping(resource).get("type") == "segment_tracking_plan":
                values = as_mapping(resource.get("values"))
                rules = location.child("resources", index, "values", "rules")
                yield _plan(TERRAFORM, rules, _listed_rules(as_list(values.get("rules")), rules), values.get("name"))
        children = enumerate(as_list(module.get("child_modules")))
        waiting.extend(
            (child, location.child("child_modules", index))
            for index, child in reversed(list(children))
            if isinstance(child, Mapping)
        )


# --- all formats ---------------------------------------------------------------------------------------------------


def _plan(
    name_of_format: str,
    location: SchemaLocation,
    rules: Iterable[PlanRule],
    name: Any,
    *,
    checkable: bool = True,
    page: Page | None = None,
) -> Plan:
    kept = tuple(rules)
    return Plan(
        name_of_format,
        location,
        rules=tuple(rule for rule in kept if rule.call_type != COMMON),
        commons=tuple(rule for rule in kept if rule.call_type == COMMON),
        name=as_text(name),
        checkable=checkable,
        page=page,
    )


def _schema(value: Any, location: SchemaLocation) -> Schema:
    if not isinstance(value, str):
        return Schema(value, location)
    try:
        return Schema(json.loads(value), location, in_string=True)
    except (ValueError, RecursionError):
        return Schema(None, location, in_string=True)


def _version(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 1
