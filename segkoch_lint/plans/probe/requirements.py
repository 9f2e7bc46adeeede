"""The requirements that plans are asked about, and how much each weighs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from segkoch_lint.findings import Severity
from segkoch_lint.plans.probe.probes import REFUSALS, REQUIREMENTS
from segkoch_lint.policy.selection import Selection
from segkoch_lint.policy.settings import Settings
from segkoch_lint.rules.catalogue import Rule, matching

COST_OF_BLOCKING = (
    "blocking calls of users who refused tracking keeps their events from every destination and warehouse, "
    "and Kochava is only one of them"
)
"""What a plan does that guards one of `REFUSALS`. Source: Segment blocks an event for all destinations of a source."""


def requirements(settings: Settings) -> Mapping[Rule, Severity]:
    """Return the requirements, by code, each with its configured severity.

    ``ignore`` takes a requirement away. ``select`` chooses among findings and takes none away, but those that
    refusals break (`REFUSALS`) are asked about only if it names them, by code or name.

    Raises:
        UsageError: a selector means no rule, or a rule file is broken.
    """
    selection = Selection(dataclasses.replace(settings, select=("ALL", *settings.select)))
    named = {selector.lower() for selector in settings.select}
    asked = [rule for rule in selection.rules if rule.code in REQUIREMENTS]
    return {
        rule: selection.severity(rule)
        for rule in asked
        if rule.code not in REFUSALS or not named.isdisjoint({rule.code.lower(), rule.name})
    }


def about_plans(settings: Settings) -> Settings:
    """Return the settings for choosing findings about plans: selectors that mean none of these are left out.

    ``--select KCH106`` asks plans about one more requirement; it does not drop the findings that say what came of it.
    """
    catalogue = Selection(settings).catalogue
    selected = tuple(selector for selector in settings.select if _means_plans(catalogue, selector))
    return dataclasses.replace(settings, select=selected or ("ALL",))


def _means_plans(catalogue: Sequence[Rule], selector: str) -> bool:
    return any(rule.applies_to in {"plan", "input"} for rule in matching(catalogue, selector))
