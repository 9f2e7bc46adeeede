"""Tracking plans of every format, made of schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Finding
from segkoch_lint.plans.check.checker import PlanChecker
from segkoch_lint.plans.diff.plan_diff import compare_files

DRAFT = "http://json-schema.org/draft-07/schema#"

DEVICE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "id", "advertisingId"],
    "properties": {
        "type": {"enum": ["ios", "android"]},
        "id": {"type": "string", "pattern": "\\S"},
        "advertisingId": {"type": "string", "pattern": "[1-9A-Fa-f]"},
    },
}
"""A schema of `context.device` that guards everything."""


def guard(device: Any = DEVICE, **more: Any) -> dict[str, Any]:
    """Return the schema of calls whose device is such."""
    context = {"type": "object", "required": ["device"], "properties": {"device": device}}
    return {"$schema": DRAFT, "type": "object", "required": ["context"], "properties": {"context": context}, **more}


ORDER: dict[str, Any] = {
    "$schema": DRAFT,
    "type": "object",
    "required": ["properties"],
    "properties": {
        "properties": {
            "type": "object",
            "required": ["revenue", "currency"],
            "properties": {"revenue": {"type": "number", "minimum": 0.5}, "currency": {"pattern": "^[A-Z]{3}$"}},
        }
    },
}
"""A schema of calls that says nothing of the device."""

Events = Mapping[str, Any]


def rule(key: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "TRACK",
        "key": key,
        "version": 1,
        "jsonSchema": schema,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "deprecatedAt": "0001-01-01T00:00:00.000Z",
        **more,
    }


def rules(common: Any, events: Events) -> list[dict[str, Any]]:
    first = [{"type": "COMMON", "version": 1, "jsonSchema": common}] if common is not None else []
    return [*first, *(rule(key, schema) for key, schema in events.items())]


def public_api(common: Any, events: Events) -> Any:
    page = {"current": "MA==", "totalEntries": len(events)}
    return {"data": {"rules": rules(common, events), "pagination": page}}


def public_api_together(common: Any, events: Events) -> Any:
    return {"trackingPlan": {"id": "tp_1", "name": "Shop"}, "rules": rules(common, events)}


def public_api_inside(common: Any, events: Events) -> Any:
    return {"data": {"trackingPlan": {"id": "tp_1", "name": "Shop", "rules": rules(common, events)}}}


def bare_rules(common: Any, events: Events) -> Any:
    return rules(common, events)


def config_api(common: Any, events: Events) -> Any:
    found = [{"name": key, "description": "", "version": 1, "rules": schema} for key, schema in events.items()]
    stated = {"events": found, "identify_traits": [], "group_traits": []}
    return {
        "name": "workspaces/shop/tracking-plans/rs_1",
        "display_name": "Shop",
        "rules": stated if common is None else {"global": common, **stated},
    }


def config_api_list(common: Any, events: Events) -> Any:
    return {"tracking_plans": [config_api(common, events)]}


def terraform(common: Any, events: Events) -> Any:
    found = [
        {"key": each.get("key", ""), "type": each["type"], "version": 1, "json_schema": json.dumps(each["jsonSchema"])}
        for each in rules(common, events)
    ]
    resource = {
        "address": "segment_tracking_plan.shop",
        "mode": "managed",
        "type": "segment_tracking_plan",
        "values": {"name": "Shop", "type": "LIVE", "rules": found},
    }
    child = {"resources": [resource], "address": "module.analytics"}
    root = {"resources": [{"type": "aws_s3_bucket", "values": {}}], "child_modules": [child]}
    return {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": root}}


FORMATS: dict[str, Callable[[Any, Events], Any]] = {
    "public API": public_api,
    "public API, together": public_api_together,
    "public API, inside": public_api_inside,
    "bare rules": bare_rules,
    "config API": config_api,
    "config API, list": config_api_list,
    "terraform": terraform,
}
"""All formats that can state what Kochava needs."""


def check(
    tmp_path: Path, *contents: Any, settings: Settings | None = None, **options: Any
) -> tuple[list[Finding], PlanChecker]:
    """Write plans to files and check them in one run."""
    checker = PlanChecker(settings, **options)
    return list(checker.paths(written(tmp_path, contents))), checker


def written(tmp_path: Path, contents: Iterable[Any]) -> list[str]:
    """Write plans (or texts, or bytes) to files, and return their paths."""
    paths = []
    for number, content in enumerate(contents, 1):
        path = tmp_path / f"plan-{number}.json"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content, indent=2)
            path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return paths


def codes(findings: Iterable[Finding]) -> list[str]:
    """Return the codes of findings, those of unguarded requirements with the requirements."""
    return [" ".join(filter(None, (each.code, each.properties.get("requirements")))) for each in findings]


ALL_UNGUARDED = ["KCH401 KCH101 KCH102 KCH103 KCH104 KCH105"]
ALL_REMOVED = [each.replace("KCH401", "KCH404") for each in ALL_UNGUARDED]
"""The findings of a plan that lost all its guards, as `codes` returns them."""


def diff(tmp_path: Path, old: Any, new: Any, *logs: str, **options: Any) -> tuple[list[Finding], PlanChecker]:
    """Compare two versions of a plan; return the findings, and the checker with its figures."""
    checker = PlanChecker(**options)
    before, after = written(tmp_path, [old, new])
    return list(compare_files(checker, before, [after], logs)), checker


def changes(checker: PlanChecker) -> list[tuple[str, bool]]:
    """Return the changes of a comparison beside its findings: the kind, and whether it is a warning."""
    return [(each.kind, each.warning) for each in checker.tally.changes]


KOCHAVA_OFF = {
    "required": ["integrations"],
    "properties": {"integrations": {"required": ["Kochava"], "properties": {"Kochava": {"const": False}}}},
}
"""A schema of calls that are switched off for Kochava."""
