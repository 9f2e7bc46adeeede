"""The requirements that plans are probed for, and the severity of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Severity
from segkoch_lint.plans.probe.probes import REQUIREMENTS, TRACKING_REFUSALS
from segkoch_lint.rules.catalogue import Rule, matching

COST_OF_BLOCKING = (
    "blocking calls of users who refused tracking keeps their events from every destination and warehouse, "
    "and Kochava is only one of them"
)
"""The cost of guarding one of `TRACKING_REFUSALS`. Source: Segment blocks an event for all destinations of a source."""


def requirements(settings: Settings) -> Mapping[Rule, Severity]:
    """Return the requirements with their configured severities, by code.

    ``ignore`` removes a requirement. ``select`` removes none, and is needed for those of `TRACKING_REFUSALS`, which it
    has to name by code or name.

    Raises:
        UsageError: a selector means no rule, or a rule file is broken.
    """
    selection = Selection(dataclasses.replace(settings, select=("ALL", *settings.select)))
    named = {selector.lower() for selector in settings.select}
    return {
        rule: selection.severity(rule)
        for rule in selection.rules
        if rule.code in REQUIREMENTS
        and (rule.code not in TRACKING_REFUSALS or not named.isdisjoint({rule.code.lower(), rule.name}))
    }


def plan_settings(settings: Settings) -> Settings:
    """Return the settings for the selection of findings about plans, without selectors that mean none of these.

    ``--select KCH106`` adds a requirement; it does not deselect the findings about it.
    """
    catalogue = Selection(settings).catalogue
    selected = tuple(selector for selector in settings.select if _means_plans(catalogue, selector))
    return dataclasses.replace(settings, select=selected or ("ALL",))


def _means_plans(catalogue: Sequence[Rule], selector: str) -> bool:
    return any(rule.applies_to in {"plan", "input"} for rule in matching(catalogue, selector))
