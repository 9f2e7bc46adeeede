"""The settings of a run: the configuration file with the command line on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from segkoch_lint.budgets import Budget
from segkoch_lint.facets import Facet
from segkoch_lint.findings import Severity
from segkoch_lint.reading.limits import Limits
from segkoch_lint.rules.delivery import ACCEPTED_TYPES, Delivery

DEFAULT_MEMORY = 1 << 30
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run goes by. The defaults are those of `schemas/configuration.json`.

    Attributes:
        select, ignore: selectors of rules (`segkoch_lint.rules.catalogue.matching`).
        severity: selector to severity.
        per_file_ignores: gitignore pattern to selectors, relative to ``root``.
        exclude: gitignore patterns, relative to ``root``.
        fail_on: the least severity that fails the run, or None for none.
        budgets: selector to the calls whose findings do not fail the run, for each rule by itself.
        accepted_types, ignored_events, libraries: see `segkoch_lint.rules.delivery.Delivery`.
        rules: folders of the user's rule files.
        group_by: facets that the closing table is broken down by.
        limits: see `segkoch_lint.reading.limits.Limits`.
        rule_limits: by name, the limits that rule files name (`segkoch_lint.rules.catalogue.Rule.limits`).
        memory: about how many bytes a run may take.
        root: the folder that the patterns are relative to: that of the configuration, else the working directory.
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    fail_on: Severity | None = Severity.ERROR
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    accepted_types: tuple[str, ...] = ACCEPTED_TYPES
    ignored_events: tuple[str, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Path, ...] = ()
    group_by: tuple[Facet, ...] = ()
    limits: Limits = field(default_factory=Limits)
    rule_limits: Mapping[str, int] = field(default_factory=dict)
    memory: int = DEFAULT_MEMORY
    root: Path = field(default_factory=Path.cwd)

    @property
    def delivery(self) -> Delivery:
        """What of the settings decides whether a call reaches Kochava."""
        return Delivery(self.accepted_types, self.ignored_events, self.libraries)
