"""The settings of a run: those of the configuration file, changed by the options of the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.calls.facets import FACETS, Facet
from segkoch_lint.config.baseline import BaselineUse
from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.expectations import Expectation, counted_grouping
from segkoch_lint.config.former_report import FormerReport
from segkoch_lint.config.sizes import LEAST_MEMORY
from segkoch_lint.config.written_suppressions import ConfiguredSuppression
from segkoch_lint.errors import UsageError, nearest
from segkoch_lint.findings.finding import Severity
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import WAIT_SECONDS
from segkoch_lint.rules.delivery import ACCEPTED_TYPES, ORIGINS, Delivery

PLATFORMS = ("ios", "android")
"""The device types that Kochava accepts."""

DEFAULT_MEMORY = 1 << 30
"""Bytes."""

_POINTER = re.compile(r"(/([^~/]|~[01])*)+")
_POINTER_FORMS = "Write /segment, or /records/*/body for all items of a list."


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run. The defaults are those of `schemas/configuration.json`.

    Attributes:
        select, ignore: selectors of rules (`segkoch_lint.rules.catalogue.matching`).
        severity: selector to severity.
        per_file_ignores: gitignore pattern, relative to ``root``, to selectors.
        suppress: findings that do not count.
        baseline: the findings that were accepted before; None if there are none.
        exclude: gitignore patterns, relative to ``root``, of files that are not read.
        events: gitignore patterns, relative to ``root``, of files that are expected to hold calls.
        fail_on: the least severity that fails the run; None if no severity does.
        budgets: selector to the budget of each rule that it matches.
        expect: groups of delivered calls that must not be missing.
        expect_like: a former run, of which no group may have fallen too far; None if there is none.
        accepted_types, ignored_events, libraries: see `segkoch_lint.rules.delivery.Delivery`.
        platforms: the device types of the calls that tracking plans are probed with.
        rules: folders of the user's rule files.
        envelopes: folders of the user's envelope files.
        at: pointer patterns of the locations of calls in each document; they are tried before any envelope.
        capture_hosts: hosts that take calls as Segment does; one that begins with a dot means all hosts of a domain.
        group_by: the groupings of calls, each with the facets of its groups.
        limits: see `segkoch_lint.inputs.limits.Limits`.
        rule_limits: name of a limit of rule files (`segkoch_lint.rules.catalogue.Rule.limits`) to its value.
        memory: about how many bytes the run may use.
        wait: seconds to wait for a writer of a named pipe.
        root: the folder of the configuration file, or else the working directory.
        origins: where the selectors of a field (key ``severity``), or one of them (key ``severity.KCH1``), come from,
            in words for messages.

    Raises:
        UsageError: a field has a value of the wrong type, or one that is not allowed.
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suppress: tuple[ConfiguredSuppression, ...] = ()
    baseline: BaselineUse | None = None
    exclude: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    fail_on: Severity | None = Severity.ERROR
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()
    expect_like: FormerReport | None = None
    accepted_types: tuple[str, ...] = ACCEPTED_TYPES
    ignored_events: tuple[str, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = PLATFORMS
    rules: tuple[Path, ...] = ()
    envelopes: tuple[Path, ...] = ()
    at: tuple[str, ...] = ()
    capture_hosts: tuple[str, ...] = ()
    group_by: tuple[tuple[Facet, ...], ...] = ()
    limits: Limits = field(default_factory=Limits)
    rule_limits: Mapping[str, int] = field(default_factory=dict)
    memory: int = DEFAULT_MEMORY
    wait: float = WAIT_SECONDS
    root: Path = field(default_factory=Path.cwd)
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in (
            *("select", "ignore", "exclude", "events", "accepted_types", "ignored_events", "platforms"),
            *("at", "capture_hosts"),
        ):
            _expect_all(name, getattr(self, name), str, "a tuple of strings")
        for name, kind, words in (
            ("per_file_ignores", (tuple, list), "a mapping of strings to tuples of strings"),
            ("severity", Severity, "a mapping of strings to `Severity`"),
            ("budgets", Budget, "a mapping of strings to `Budget`"),
            ("libraries", str, "a mapping of strings to strings"),
            ("rule_limits", int, "a mapping of strings to whole numbers"),
        ):
            mapping = getattr(self, name)
            _expect(name, mapping, Mapping, words)
            _expect_all(name, mapping, str, words)
            _expect_all(name, mapping.values(), kind, words)
        for name in ("rules", "envelopes"):
            _expect_all(name, getattr(self, name), Path, "a tuple of `pathlib.Path`")
        for pointer in self.at:
            if not _POINTER.fullmatch(pointer):
                raise UsageError(f'"{pointer}" is not a JSON Pointer.', _POINTER_FORMS)
        _expect("baseline", self.baseline, (BaselineUse, type(None)), "`BaselineUse` or None")
        _expect_all("suppress", self.suppress, ConfiguredSuppression, "a tuple of `ConfiguredSuppression`")
        words = "a tuple of tuples of `Facet`"
        _expect_all("group_by", self.group_by, (tuple, list), words)
        for facets in self.group_by:
            _expect_all("group_by", facets, Facet, words)
        _expect_all("expect", self.expect, Expectation, "a tuple of `Expectation`")
        _expect("expect_like", self.expect_like, (FormerReport, type(None)), "a `FormerReport` or None")
        _expect("fail_on", self.fail_on, (Severity, type(None)), "a `Severity` or None")
        _expect("limits", self.limits, Limits, "`Limits`")
        _expect("memory", self.memory, int, "a number of bytes")
        _expect("wait", self.wait, (int, float), "a number of seconds")
        _expect("root", self.root, Path, "a `pathlib.Path`")
        _expect_known("accepted_types", self.accepted_types, CALL_TYPES)
        _expect_known("libraries", self.libraries.values(), ORIGINS)
        _expect_known("platforms", self.platforms, PLATFORMS)
        if not self.platforms:
            raise UsageError(f"Settings.platforms: at least one of {', '.join(PLATFORMS)} is expected.")
        if self.memory < LEAST_MEMORY:
            raise UsageError(
                f"Settings.memory: {self.memory} is less than the {LEAST_MEMORY} bytes that the program needs."
            )

    def origin(self, key: str, selector: str) -> str:
        """Return where a selector of a field comes from, in words for messages."""
        return self.origins.get(f"{key}.{selector}") or self.origins.get(key) or key

    @property
    def groupings(self) -> tuple[tuple[Facet, ...], ...]:
        """The groupings that calls are counted in: those of ``group_by``, and those that expectations are about."""
        counted = {tuple(facet.name for facet in facets): facets for facets in self.group_by}
        expected = [each.grouping for each in self.expect]
        if self.expect_like is not None:
            expected += self.expect_like.groupings
        for names in filter(None, expected):
            counted.setdefault(counted_grouping(names, counted), tuple(FACETS[name] for name in names))
        return tuple(counted.values())

    @property
    def delivery(self) -> Delivery:
        """The settings that decide whether a call reaches Kochava."""
        return Delivery(self.accepted_types, self.ignored_events, self.libraries)


def _expect_all(name: str, values: Any, kind: Any, words: str) -> None:
    # As a tuple of strings, a string would be read letter by letter.
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        raise UsageError(_expected(name, values, words))
    for value in values:
        _expect(name, value, kind, words)


def _expect_known(name: str, values: Iterable[str], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            raise UsageError(f'Settings.{name}: "{value}" is not one of {", ".join(known)}.', nearest(value, known))


def _expect(name: str, value: Any, kind: Any, words: str) -> None:
    if not isinstance(value, kind):
        raise UsageError(_expected(name, value, words))


def _expected(name: str, value: Any, words: str) -> str:
    return f"Settings.{name}: {words} is expected, and {type(value).__name__} {value!r:.60} was found."
