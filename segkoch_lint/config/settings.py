"""The settings of a run: the configuration file with the command line on top."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.calls.facets import Facet
from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.sizes import LEAST_MEMORY
from segkoch_lint.errors import UsageError, nearest
from segkoch_lint.findings.finding import Severity
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import WAIT_SECONDS
from segkoch_lint.rules.delivery import ACCEPTED_TYPES, ORIGINS, Delivery

PLATFORMS = ("ios", "android")
"""The device types that Kochava knows."""

DEFAULT_MEMORY = 1 << 30
"""Bytes."""

_POINTER = re.compile(r"(/([^~/]|~[01])*)+")
_POINTERS = "Write /segment, or /records/*/body for all items of a list."


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run goes by. The defaults are those of `schemas/configuration.json`.

    Attributes:
        select, ignore: selectors of rules (`segkoch_lint.rules.catalogue.matching`).
        severity: selector to severity.
        per_file_ignores: gitignore pattern to selectors, relative to ``root``.
        exclude: gitignore patterns, relative to ``root``.
        events: gitignore patterns, relative to ``root``, of files that are claimed to hold calls.
        fail_on: the least severity that fails the run, or None for none.
        budgets: selector to the calls whose findings do not fail the run, for each rule by itself.
        accepted_types, ignored_events, libraries: see `segkoch_lint.rules.delivery.Delivery`.
        platforms: the device types of the calls that tracking plans are asked with.
        rules: folders of the user's rule files.
        envelopes: folders of the user's envelope files.
        at: pointer patterns that lead to calls in each document, before any envelope.
        capture_hosts: hosts that take calls as Segment does; one that begins with a dot stands for all below it.
        group_by: facets that the closing table is broken down by.
        limits: see `segkoch_lint.inputs.limits.Limits`.
        rule_limits: by name, the limits that rule files name (`segkoch_lint.rules.catalogue.Rule.limits`).
        memory: about how many bytes a run may take.
        wait: seconds in which somebody has to begin to write to a named pipe.
        root: the folder that the patterns are relative to: that of the configuration, else the working directory.
        origins: who named the selectors of a field (``severity``), or one of them (``severity.KCH1``), in words for
            messages.

    Raises:
        UsageError: a field holds something else than what is expected of it.
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    fail_on: Severity | None = Severity.ERROR
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    accepted_types: tuple[str, ...] = ACCEPTED_TYPES
    ignored_events: tuple[str, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = PLATFORMS
    rules: tuple[Path, ...] = ()
    envelopes: tuple[Path, ...] = ()
    at: tuple[str, ...] = ()
    capture_hosts: tuple[str, ...] = ()
    group_by: tuple[Facet, ...] = ()
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
                raise UsageError(f'"{pointer}" is not a JSON Pointer.', _POINTERS)
        _expect_all("group_by", self.group_by, Facet, "a tuple of `Facet`")
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
            raise UsageError(f"Settings.memory: {self.memory} bytes are fewer than the {LEAST_MEMORY} that it takes.")

    def origin(self, key: str, selector: str) -> str:
        """Return who named a selector of a field, in words for messages."""
        return self.origins.get(f"{key}.{selector}") or self.origins.get(key) or key

    @property
    def delivery(self) -> Delivery:
        """What of the settings decides whether a call reaches Kochava."""
        return Delivery(self.accepted_types, self.ignored_events, self.libraries)


def _expect_all(name: str, values: Any, kind: Any, words: str) -> None:
    # Taken for a tuple, a string would be read letter by letter.
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        raise UsageError(_expected(name, values, words))
    for value in values:
        _expect(name, value, kind, words)


def _expect_known(name: str, values: Iterable[str], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            raise UsageError(f'Settings.{name}: "{value}" is none of {", ".join(known)}.', nearest(value, known))


def _expect(name: str, value: Any, kind: Any, words: str) -> None:
    if not isinstance(value, kind):
        raise UsageError(_expected(name, value, words))


def _expected(name: str, value: Any, words: str) -> str:
    return f"Settings.{name}: {words} is expected, and {type(value).__name__} {value!r:.60} was found."
