"""The rules of a run and their severities: select, ignore, severity, budgets and per-file-ignores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.rule_status import check_selector, is_active
from segkoch_lint.config.settings import Settings
from segkoch_lint.errors import UsageError, nearest, raise_all
from segkoch_lint.findings.finding import Severity
from segkoch_lint.inputs.gitignore import url_as_path
from segkoch_lint.inputs.remote import is_remote
from segkoch_lint.rules.catalogue import Rule, matching, with_limits
from segkoch_lint.rules.loader import load_catalogue_and_removed

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

T = TypeVar("T")


class Selection:
    """The rules of a run.

    Attributes:
        known: all rules, selected or not, ordered by code.
        catalogue: those of them that are not removed.
        rules: the selected ones.
        documented: the rules that the selectors match, with those that are removed, or in preview and not selected.
        remarks: on selectors of deprecated and removed rules, as (where the selector is, sentence).
        budgets: by code, the budget of each rule that has one.

    Raises:
        UsageError: a selector matches no rule, or only removed ones; or a rule file is broken.
    """

    def __init__(self, settings: Settings) -> None:
        self.known = tuple(
            with_limits(rule, settings.rule_limits) for rule in load_catalogue_and_removed(settings.rules)
        )
        self.catalogue = tuple(rule for rule in self.known if rule.status != "removed")
        self.remarks: list[tuple[str, str]] = []
        self._settings = settings
        self._errors = list(_limit_errors(self.catalogue, settings.rule_limits))
        selected = _most_exact(
            [
                *self._choices("select", dict.fromkeys(settings.select, True)),
                *self._choices("ignore", dict.fromkeys(settings.ignore, False)),
            ]
        )
        self.documented = tuple(rule for rule in self.known if selected.get(rule.code, False))
        self.rules = tuple(rule for rule in self.documented if is_active(rule, settings.select))
        self._severities = _most_exact(self._choices("severity", settings.severity))
        self.budgets: Mapping[str, Budget] = _most_exact(self._budgets(settings.budgets))
        self._per_file = [
            (
                self._spec_of(pattern),
                {rule.code for each in selectors for rule in self._matched("per-file-ignores", each)},
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
        """The codes of the selected rules about the whole input: about users, devices and event names."""
        return tuple(rule.code for rule in self.rules if rule.applies_to in {"user", "device", "event-name"})

    def severity(self, rule: Rule, *, claimed: bool = True) -> Severity:
        """Return the configured severity of a rule; *claimed* says whether the input is expected to hold calls."""
        return self._severities.get(rule.code, rule.severity if claimed else rule.severity_elsewhere)

    def ignored_in(self, path: str) -> frozenset[str]:
        """Return the codes that ``per-file-ignores`` ignores in an input."""
        if not self._per_file:
            return frozenset()
        relative = _relative(path, self._settings)
        return frozenset(code for spec, codes in self._per_file if spec and spec.match_file(relative) for code in codes)

    def _choices(self, key: str, choices: Mapping[str, T]) -> list[tuple[str, tuple[Rule, ...], T]]:
        return [(selector, self._matched(key, selector), choice) for selector, choice in choices.items()]

    def _budgets(self, budgets: Mapping[str, Budget]) -> list[tuple[str, tuple[Rule, ...], Budget]]:
        """Return the budgets with their rules. No call breaks a rule about the run, so any budget would silence it."""
        choices = self._choices("budgets", budgets)
        of_calls = [
            (selector, tuple(rule for rule in rules if rule.applies_to != "run"), budget)
            for selector, rules, budget in choices
        ]
        for (selector, rules, _), (_, kept, _) in zip(choices, of_calls, strict=True):
            if rules and not kept:
                origin = self._settings.origin("budgets", selector)
                self._errors.append(
                    UsageError(f"{origin}: {selector} is about a whole run, and no call can be within a budget of it.")
                )
        return of_calls

    def _matched(self, key: str, selector: str) -> tuple[Rule, ...]:
        """Return the rules that a selector matches; if there are none, note the error and where the selector is."""
        origin = self._settings.origin(key, selector)
        try:
            found = matching(self.known, selector)
        except UsageError as unknown:
            self._errors.append(UsageError(f'{origin}: no rule is called "{selector}".', unknown.hint))
            return ()
        try:
            remark = check_selector(key, selector, found)
        except UsageError as unfit:
            self._errors.append(UsageError(f"{origin}: {unfit.message}", unfit.hint))
            return ()
        if remark:
            self.remarks.append((origin, remark))
        return found

    def _spec_of(self, pattern: str) -> GitIgnoreSpec | None:
        """Return a pattern of ``per-file-ignores``, ready to match; if it is not valid, note the error."""
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - few runs have such patterns

        try:
            return GitIgnoreSpec.from_lines([url_as_path(pattern)])
        except ValueError:
            origin = self._settings.origin("per-file-ignores", pattern)
            self._errors.append(UsageError(f'{origin}: "{pattern}" is not a gitignore pattern.'))
            return None


def _limit_errors(catalogue: Sequence[Rule], limits: Mapping[str, int]) -> Iterator[UsageError]:
    known = {name for rule in catalogue for name in rule.limits}
    for name, number in limits.items():
        if name not in known:
            yield UsageError(f'No rule has a limit called "{name}".', nearest(name, known))
        elif number < 1:
            yield UsageError(f"The limit {name} is {number}; at least 1 is expected.")


def _relative(path: str, settings: Settings) -> str:
    if is_remote(path):
        return url_as_path(path)
    try:
        # `Path.resolve` fails if links form a circle.
        return Path(os.path.realpath(path)).relative_to(os.path.realpath(settings.root)).as_posix()
    except ValueError:
        return path


def _most_exact(choices: Sequence[tuple[str, tuple[Rule, ...], T]]) -> dict[str, T]:
    """Return by rule code the choice of the most exact selector; if several are equally exact, the last one decides.

    A name is as exact as a whole code, and `ALL` is the least exact: `--select KCH106 --ignore KCH1` keeps KCH106.
    """
    chosen: dict[str, tuple[int, T]] = {}
    for selector, matched, choice in choices:
        for rule in matched:
            length = len(rule.code if rule.name == selector.lower() else selector)
            exactness = 0 if selector.upper() == "ALL" else length
            if rule.code not in chosen or exactness >= chosen[rule.code][0]:
                chosen[rule.code] = (exactness, choice)
    return {code: choice for code, (_, choice) in chosen.items()}
