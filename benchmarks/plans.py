"""Checks a made-up tracking plan of 2,000 rules, and compares the time with what jsonschema takes to parse its schemas.

python benchmarks/plans.py --rules 2000
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from segkoch_lint.plans.check.checker import PlanChecker
from segkoch_lint.plans.guard.exact import DRAFT, exact_schema
from segkoch_lint.plans.probe.probes import REQUIREMENTS
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery

PROPERTIES: dict[str, Any] = {
    "order_id": {"type": "string", "pattern": "^o-[0-9]+$"},
    "revenue": {"type": "number", "minimum": 0},
    "currency": {"type": "string", "enum": ["EUR", "USD", "GBP"]},
    "quantity": {"type": "integer", "minimum": 1, "maximum": 1000},
    "coupon": {"type": ["string", "null"], "maxLength": 40},
    "created_at": {"type": "string", "format": "date-time"},
    "is_gift": {"type": "boolean"},
    "products": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["sku"],
            "properties": {"sku": {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"}, "price": {"type": "number"}},
        },
    },
    "level": {"type": "integer"},
    "screen": {"type": "string"},
}


def plan(rules: int, common: Any, seed: int) -> dict[str, Any]:
    """Return a plan of so many rules, each with some properties of which some are required."""
    pick = random.Random(seed)
    events = []
    for number in range(rules):
        names = pick.sample(list(PROPERTIES), pick.randint(3, 8))
        own = {"type": "object", "properties": {name: PROPERTIES[name] for name in names}, "required": names[::2]}
        members = {"context": {}, "traits": {"type": "object"}, "properties": own}
        schema = {"$schema": DRAFT, "type": "object", "properties": members, "required": ["properties"]}
        events.append({"type": "TRACK", "key": f"Event {number}", "version": 1, "jsonSchema": schema})
    first = [{"type": "COMMON", "version": 1, "jsonSchema": common}] if common else []
    return {"data": {"rules": [*first, *events]}}


def main() -> None:
    """Measure, with a guard in the common schema and without."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    guard = exact_schema([rule for rule in built_in() if rule.code in REQUIREMENTS], Delivery())
    for what, common in (("without a guard", None), ("guarded by the common schema", guard)):
        made = plan(given.rules, common, given.seed)
        started = time.perf_counter()
        for rule in made["data"]["rules"]:
            Draft7Validator.check_schema(rule["jsonSchema"])
            Draft7Validator(rule["jsonSchema"])
        parsing = time.perf_counter() - started
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "plan.json"
            path.write_text(json.dumps(made, indent=2), encoding="utf-8")
            checker = PlanChecker()
            started = time.perf_counter()
            findings = list(checker.paths([str(path)]))
            checking = time.perf_counter() - started
        print(
            f"{what}: {checker.tally.checked:,} rules checked in {checking:.2f} s, {len(findings)} findings; "
            f"jsonschema parses their schemas in {parsing:.2f} s; {checking / parsing:.1f} times that"
        )


if __name__ == "__main__":
    main()
