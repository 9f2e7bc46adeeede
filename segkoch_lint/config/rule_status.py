"""What selecting a rule means if it is in preview, deprecated or removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from segkoch_lint.errors import UsageError
from segkoch_lint.rules.catalogue import Rule

_WITHOUT_EFFECT = frozenset({"ignore", "per-file-ignores"})
"""Keys of the configuration that may still name a removed rule: what they ask for is so."""


def is_named(rule: Rule, selectors: Collection[str]) -> bool:
    """Return whether one of the selectors is the code or the name of the rule, and not a prefix."""
    return any(selector.upper() == rule.code or selector.lower() == rule.name for selector in selectors)


def is_active(rule: Rule, select: Collection[str]) -> bool:
    """Return whether a rule that the selectors *select* match is checked."""
    if rule.status == "removed":
        return False
    return rule.status != "preview" or is_named(rule, select)


def check_selector(key: str, selector: str, matched: Sequence[Rule]) -> str:
    """Return a note on a selector because of the status of the rules that it matches; it is empty if there is none.

    Raises:
        UsageError: the selector chooses only removed rules, or only preview rules without naming them.
    """
    if all(rule.status == "removed" for rule in matched):
        codes = _and(rule.code for rule in matched)
        removed = f"{codes} {'was' if len(matched) == 1 else 'were'} removed"
        if key in _WITHOUT_EFFECT:
            return f"{removed}; nothing is left to ignore"
        replacement = _replacement(matched)
        raise UsageError(f"{removed}.", f"{replacement[0].upper()}{replacement[1:]}." if replacement else "")
    if key != "select":
        return ""
    if not any(is_active(rule, [selector]) for rule in matched) and selector.upper() != "ALL":
        codes = _and(rule.code for rule in matched if rule.status == "preview")
        raise UsageError(f'"{selector}" matches only rules in preview.', f"Select them by their codes: {codes}.")
    deprecated = [rule for rule in matched if rule.status == "deprecated" and is_named(rule, [selector])]
    if not deprecated:
        return ""
    return "; ".join(
        filter(None, [f"{deprecated[0].code} is deprecated and will be removed", _replacement(deprecated)])
    )


def _replacement(rules: Iterable[Rule]) -> str:
    """Return what to select instead; empty if nothing replaces the rules."""
    codes = dict.fromkeys(code for rule in rules for code in rule.replaced_by)
    return f"select {_and(codes)} instead" if codes else ""


def _and(codes: Iterable[str]) -> str:
    *others, last = codes
    return f"{', '.join(others)} and {last}" if others else last
