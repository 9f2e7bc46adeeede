"""Documents to tracking plans: each format known by its content, and where its rules keep their schemas.

Sources: Segment's Public API (rules of a tracking plan), its Config API v1, the provider `segmentio/segment` of
Terraform, and the plan files of Typewriter and RudderTyper.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segkoch_lint.calls import CALL_TYPES
from segkoch_lint.plans.model.plan import COMMON, Found, Page, Plan, PlanRule, Schema, Site

PUBLIC_API = "Segment Public API"
CONFIG_API = "Segment Config API v1"
TERRAFORM = "Terraform"
TYPEWRITER = "Typewriter"
RUDDERTYPER = "RudderTyper"
CSV = "Segment CSV download"

_NEVER = "0001-01-01"
"""How the Public API writes that a rule was never deprecated."""

_CSV_NAMES = frozenset({"name", "event name", "property name"})
_CSV_OTHERS = frozenset(
    {
        "description", "status", "data type", "type", "permitted values", "labels", "required", "version",
        "event description", "property description", "property type", "property status", "property data type",
    }
)  # fmt: skip


def find_plans(site: Site) -> Found:
    """Return the tracking plans that a document holds; *site* is its root."""
    found = Found()
    _find(site.document.value, site, found)
    return found


def is_plan_csv(head: str) -> bool:
    """Tell whether a text begins with the columns of Segment's plan download.

    The columns are those of the plan's editor: Name, Description, Status, Data Type, Permitted Values.
    """
    cells = [cell.strip().strip('"').lower() for cell in head.split("\n", 1)[0].strip("\r\ufeff").split(",")]
    return not _CSV_NAMES.isdisjoint(cells) and len(_CSV_OTHERS.intersection(cells)) >= 2


def _find(value: Any, site: Site, found: Found) -> None:
    if isinstance(value, list):
        if value and all(map(_is_rule, value)):
            found.plans.append(_listed(value, site))
            return
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                _find(item, site.inside(index), found)
    elif isinstance(value, Mapping):
        _find_in_object(value, site, found)


def _find_in_object(value: Mapping[str, Any], site: Site, found: Found) -> None:
    rules = value.get("rules")
    for key in ("tracking_plans", "trackingPlans"):
        if isinstance(value.get(key), list):
            for index, item in enumerate(value[key]):
                _find(item, site.inside(key, index), found)
            return
    if isinstance(rules, Mapping) and _is_keyed(rules):
        found.plans.append(_keyed(value, rules, site))
    elif isinstance(rules, list) and all(map(_is_rule, rules)) and (rules or "pagination" in value or "id" in value):
        found.plans.append(_listed(rules, site.inside("rules"), value))
    elif isinstance(value.get("trackingPlan"), Mapping):
        before = len(found.plans)
        _find(value["trackingPlan"], site.inside("trackingPlan"), found)
        if len(found.plans) == before:
            found.heads.append(site.inside("trackingPlan"))
    elif isinstance(value.get("data"), Mapping | list):
        _find(value["data"], site.inside("data"), found)
    elif "format_version" in value or "terraform_version" in value:
        found.plans.extend(_terraform(value, site))


# --- rules in a list: Public API and Typewriter --------------------------------------------------------------------


def _is_rule(value: Any) -> bool:
    return isinstance(value, Mapping) and ("jsonSchema" in value or "json_schema" in value)


def _listed(rules: Sequence[Any], site: Site, around: Mapping[str, Any] | None = None) -> Plan:
    around = around or {}
    schemas = [rule.get("jsonSchema") for rule in rules]
    # Typewriter keeps what a schema says of `properties` and drops what it says of `context`.
    typewriter = bool(schemas) and all(isinstance(each, Mapping) and "eventMetadata" in each for each in schemas)
    head = around.get("trackingPlan")
    name = around.get("name") or (head.get("name") if isinstance(head, Mapping) else "")
    return _plan(
        TYPEWRITER if typewriter else PUBLIC_API,
        site,
        [_listed_rule(rule, site.inside(index)) for index, rule in enumerate(rules)],
        name,
        checkable=not typewriter,
        page=_page(around.get("pagination")),
    )


def _listed_rule(rule: Mapping[str, Any], site: Site) -> PlanRule:
    key = "jsonSchema" if "jsonSchema" in rule else "json_schema"
    deprecated = rule.get("deprecatedAt")
    return PlanRule(
        _call_type(rule.get("type")),
        _text(rule.get("key")),
        _schema(rule.get(key), site.inside(key)),
        _version(rule.get("version")),
        deprecated=isinstance(deprecated, str) and bool(deprecated) and not deprecated.startswith(_NEVER),
    )


def _page(pagination: Any) -> Page | None:
    if not isinstance(pagination, Mapping):
        return None
    total = pagination.get("totalEntries")
    known = isinstance(total, int) and not isinstance(total, bool)
    current, following, previous = (_text(pagination.get(key)) for key in ("current", "next", "previous"))
    return Page(current, following, total if known else None, previous)


# --- rules under names: Config API v1 and RudderTyper --------------------------------------------------------------


def _is_keyed(rules: Mapping[str, Any]) -> bool:
    return isinstance(rules.get("events"), list) or any(
        isinstance(rules.get(name), Mapping) for name in ("global", "identify", "group", "page", "screen")
    )


def _keyed(value: Mapping[str, Any], rules: Mapping[str, Any], site: Site) -> Plan:
    inside = site.inside("rules")
    rudder = "workspaceId" in value or "creationType" in value
    found: list[PlanRule] = []
    if rules.get("global") is not None:
        found.append(PlanRule(COMMON, "", _schema(rules["global"], inside.inside("global"))))
    events = rules.get("events")
    for index, event in enumerate(events if isinstance(events, list) else ()):
        if isinstance(event, Mapping):
            at = inside.inside("events", index, "rules")
            schema = _schema(event.get("rules"), at)
            found.append(PlanRule("track", _text(event.get("name")), schema, _version(event.get("version"))))
    found.extend(
        PlanRule(call_type, "", _schema(rules[call_type], inside.inside(call_type)))
        for call_type in CALL_TYPES
        if isinstance(rules.get(call_type), Mapping)
    )
    name = value.get("display_name") or value.get("name")
    return _plan(RUDDERTYPER if rudder else CONFIG_API, inside, found, name, checkable=not rudder)


# --- Terraform -----------------------------------------------------------------------------------------------------


def _terraform(value: Mapping[str, Any], site: Site) -> Iterator[Plan]:
    """Yield the plans of `terraform show -json`: of what is planned, or else of the state."""
    for key in ("planned_values", "values"):
        state = value.get(key)
        if isinstance(state, Mapping) and isinstance(state.get("root_module"), Mapping):
            yield from _module(state["root_module"], site.inside(key, "root_module"))
            return


def _module(module: Mapping[str, Any], site: Site) -> Iterator[Plan]:
    waiting = [(module, site)]
    while waiting:
        module, site = waiting.pop()
        for index, resource in enumerate(_list(module.get("resources"))):
            if isinstance(resource, Mapping) and resource.get("type") == "segment_tracking_plan":
                values = resource.get("values")
                rules = values.get("rules") if isinstance(values, Mapping) else None
                at = site.inside("resources", index, "values", "rules")
                found = [
                    _listed_rule(rule, at.inside(number))
                    for number, rule in enumerate(_list(rules))
                    if isinstance(rule, Mapping)
                ]
                name = values.get("name") if isinstance(values, Mapping) else ""
                yield _plan(TERRAFORM, at, found, name)
        for index, child in reversed(list(enumerate(_list(module.get("child_modules"))))):
            if isinstance(child, Mapping):
                waiting.append((child, site.inside("child_modules", index)))


# --- what they share -----------------------------------------------------------------------------------------------


def _plan(
    kind: str, site: Site, rules: Sequence[PlanRule], name: Any, *, checkable: bool = True, page: Page | None = None
) -> Plan:
    return Plan(
        kind,
        site,
        rules=tuple(rule for rule in rules if rule.call_type != COMMON),
        commons=tuple(rule for rule in rules if rule.call_type == COMMON),
        name=_text(name),
        checkable=checkable,
        page=page,
    )


def _schema(value: Any, site: Site) -> Schema:
    if not isinstance(value, str):
        return Schema(value, site)
    try:
        return Schema(json.loads(value), site, in_string=True)
    except (ValueError, RecursionError):
        return Schema(None, site, in_string=True)


def _call_type(value: Any) -> str:
    return value.lower() if isinstance(value, str) else "track"


def _version(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 1


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
