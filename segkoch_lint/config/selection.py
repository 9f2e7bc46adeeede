"""Which rules apply, and how much their findings weigh: select, ignore, severity, budgets and per-file-ignores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.settings import Settings
from segkoch_lint.errors import UsageError, nearest, raise_all
from segkoch_lint.findings.finding import Severity
from segkoch_lint.inputs.gitignore import in_one_path
from segkoch_lint.inputs.remote import is_remote
from segkoch_lint.rules.catalogue import Rule, limited, matching
from segkoch_lint.rules.loader import load_catalogue

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

T = TypeVar("T")


class Selection:
    """The rules of a run.

    Attributes:
        catalogue: all rules, selected or not, by code.
        rules: the selected ones.
        budgets: the budget of each rule that has one, by code.

    Raises:
        UsageError: a selector means no rule, or a rule file is broken.
    """

    def __init__(self, settings: Settings) -> None:
        self.catalogue = tuple(limited(rule, settings.rule_limits) for rule in load_catalogue(settings.rules))
        self._settings = settings
        self._errors = list(_wrong_limits(self.catalogue, settings.rule_limits))
        chosen = _most_exact(
            [
                *((selector, self._meant("select", selector), True) for selector in settings.select),
                *((selector, self._meant("ignore", selector), False) for selector in settings.ignore),
            ]
        )
        self.rules = tuple(rule for rule in self.catalogue if chosen.get(rule.code, False))
        self._severities = _most_exact(self._choices("severity", settings.severity))
        self.budgets: Mapping[str, Budget] = _most_exact(self._choices("budgets", settings.budgets))
        self._per_file = [
            (
                _spec_of(pattern, settings),
                {rule.code for each in selectors for rule in self._meant("per-file-ignores", each)},
            )
            for pattern, selectors in settings.per_file_ignores.items()
        ]
        raise_all(self._errors)

    @cached_property
    def by_code(self) -> Mapping[str, Rule]:
        """The selected rules by code."""
        return {rule.code: rule for rule in self.rules}

    @cached_property
    def across(self) -> tuple[str, ...]:
        """The codes of the selected rules about what all calls say together: of users, devices and event names."""
        return tuple(rule.code for rule in self.rules if rule.applies_to in {"user", "device", "event-name"})

    def severity(self, rule: Rule, *, claimed: bool = True) -> Severity:
        """Return the rule's severity after configuration, in an input where calls are expected or not (*claimed*)."""
        return self._severities.get(rule.code, rule.severity if claimed else rule.severity_elsewhere)

    def ignored_in(self, path: str) -> frozenset[str]:
        """Return the codes that ``per-file-ignores`` switches off in an input."""
        if not self._per_file:
            return frozenset()
        relative = _relative(path, self._settings)
        return frozenset(code for spec, codes in self._per_file if spec.match_file(relative) for code in codes)

    def _choices(self, key: str, choices: Mapping[str, T]) -> list[tuple[str, tuple[Rule, ...], T]]:
        return [(selector, self._meant(key, selector), choice) for selector, choice in choices.items()]

    def _meant(self, key: str, selector: str) -> tuple[Rule, ...]:
        """Return the rules that a selector means; the error of one that means none says who named it."""
        try:
            return matching(self.catalogue, selector)
        except UsageError as unknown:
            origin = self._settings.origin(key, selector)
            self._errors.append(UsageError(f'{origin}: no rule is called "{selector}".', unknown.hint))
            return ()


def _wrong_limits(catalogue: Sequence[Rule], limits: Mapping[str, int]) -> Iterator[UsageError]:
    known = {name for rule in catalogue for name in rule.limits}
    for name, number in limits.items():
        if name not in known:
            yield UsageError(f'No rule has a limit called "{name}".', nearest(name, known))
        elif number < 1:
            yield UsageError(f"The limit {name} is {number}; at least 1 is expected.")


def _spec_of(pattern: str, settings: Settings) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - few runs have such patterns

    try:
        return GitIgnoreSpec.from_lines([in_one_path(pattern)])
    except ValueError as error:
        origin = settings.origin("per-file-ignores", pattern)
        raise UsageError(f'{origin}: "{pattern}" is not a gitignore pattern.') from error


def _relative(path: str, settings: Settings) -> str:
    if is_remote(path):
        return in_one_path(path)
    try:
        # `Path.resolve` fails on links that lead in a circle.
        return Path(os.path.realpath(path)).relative_to(os.path.realpath(settings.root)).as_posix()
    except ValueError:
        return path


def _most_exact(choices: Sequence[tuple[str, tuple[Rule, ...], T]]) -> dict[str, T]:
    """Return per rule code the choice whose selector names it most exactly; of two alike the later one.

    A name is as exact as a whole code, and `ALL` the least exact, so that `--select KCH106 --ignore KCH1` keeps KCH106.
    """
    chosen: dict[str, tuple[int, T]] = {}
    for selector, meant, choice in choices:
        for rule in meant:
            exactness = (
                0 if selector.upper() == "ALL" else len(rule.code if rule.name == selector.lower() else selector)
            )
            if rule.code not in chosen or exactness >= chosen[rule.code][0]:
                chosen[rule.code] = (exactness, choice)
    return {code: choice for code, (_, choice) in chosen.items()}
