"""The requirements that plans are asked about, and how much each weighs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from segkoch_lint.findings import Severity
from segkoch_lint.plans.probes import REQUIREMENTS
from segkoch_lint.policy.selection import Selection
from segkoch_lint.policy.settings import Settings
from segkoch_lint.rules.catalogue import Rule


def requirements(settings: Settings) -> Mapping[Rule, Severity]:
    """Return the requirements, by code, each with its configured severity: those that are not switched off.

    ``--select KCH4`` chooses among findings and leaves the requirements alone; ``--ignore KCH106`` takes one away.

    Raises:
        UsageError: a selector means no rule, or a rule file is broken.
    """
    selection = Selection(dataclasses.replace(settings, select=("ALL", *settings.select)))
    return {rule: selection.severity(rule) for rule in selection.rules if rule.code in REQUIREMENTS}
