"""The rules that validators decide, compiled for ours and for the reference."""

from __future__ import annotations

from segkoch_lint.rules.catalogue import DECIDED_BY_CODE, built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.validator import compile_schema
from tests.rules.reference import reference_validator

VALIDATED = [rule for rule in built_in() if rule.applies_to not in DECIDED_BY_CODE]
SCHEMAS = {rule.code: RuleSet([], Delivery()).schema_of(rule) for rule in VALIDATED}
VALIDATORS = {code: (compile_schema(schema), reference_validator(schema)) for code, schema in SCHEMAS.items()}
