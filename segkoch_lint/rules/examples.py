"""The examples of rule files: values that pass, and changes to the first of them that break the rule."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from segkoch_lint.findings.position import path_of, pointer_of
from segkoch_lint.rules.catalogue import BreakingChange, Rule
from segkoch_lint.rules.fixes import change_of, changed

if TYPE_CHECKING:
    from segkoch_lint.rules.ruleset import RuleSet

_DECIDED_BY_CONSTRAINT = frozenset({"delivered", "call", "request", "destination"})
"""What rules apply to whose constraint alone decides: no code does."""


def broken_examples(rule: Rule) -> Iterator[tuple[BreakingChange, Any]]:
    """Yield each counterexample of a rule with the value that it produces."""
    for each in rule.counterexamples:
        yield each, apply_patch(rule.examples[0], each.patch)


def problem_of_examples(rule: Rule) -> str:
    """Return in what a rule contradicts its examples, or an empty string."""
    if rule.applies_to not in _DECIDED_BY_CONSTRAINT:
        return ""
    from segkoch_lint.rules.delivery import Delivery  # noqa: PLC0415 - validators are heavy
    from segkoch_lint.rules.ruleset import RuleSet  # noqa: PLC0415

    by_rule = RuleSet([rule], Delivery())
    for number, example in enumerate(rule.examples):
        for violation in by_rule.violations(rule.applies_to, example):
            return f"examples[{number}] is to pass, but breaks the rule at {pointer_of(violation.path) or 'its top'}."
    # The origin of a library is configured, so it must not decide whether a counterexample breaks the constraint.
    by_constraint = RuleSet([msgspec.structs.replace(rule, sent_by=())], Delivery())
    for number, counterexample in enumerate(rule.counterexamples):
        name = f"counterexamples[{number}]"
        try:
            value = apply_patch(rule.examples[0], counterexample.patch)
        except (LookupError, ValueError, TypeError):
            return f"{name}: its patch changes something that is not in examples[0]."
        found = sorted(pointer_of(each.path) for each in by_constraint.violations(rule.applies_to, value))
        if not found:
            return f"{name} is to break the rule, but passes."
        if found != sorted(counterexample.places):
            places = ", ".join(each or "its top" for each in found)
            return f"{name} breaks the rule at {places}, and not where its place says."
    return _problem_of_fix(rule, by_constraint) if rule.fix is not None else ""


def _problem_of_fix(rule: Rule, ruleset: RuleSet) -> str:
    """Return what is wrong with the fix of a rule, by its counterexamples; an empty string if it fixes some of them."""
    has_fixed = False
    for number, (_, value) in enumerate(broken_examples(rule)):
        for path in [each.path for each in ruleset.violations(rule.applies_to, value)]:
            change = change_of(rule, value, path)
            if change is None:
                continue
            has_fixed = True
            fixed_path = (*path[:-1], change.after) if change.on_key else path
            left = [each.path for each in ruleset.violations(rule.applies_to, changed(value, path, change))]
            if fixed_path in left:
                return f"counterexamples[{number}] still breaks the rule at {pointer_of(fixed_path)} after its fix."
    return "" if has_fixed else "its fix changes none of the counterexamples."


def apply_patch(document: Any, patch: Sequence[Mapping[str, Any]]) -> Any:
    """Return a copy of *document*, changed by a JSON Patch (RFC 6902) of ``add`` and ``remove``.

    Raises:
        LookupError: the patch changes something that does not exist.
    """
    changed = copy.deepcopy(document)
    for operation in patch:
        *way, last = map(str, path_of(operation["path"]))
        holder = changed
        for step in way:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        if isinstance(holder, list):
            _change_list(holder, last, operation)
        elif operation["op"] == "add":
            holder[last] = copy.deepcopy(operation["value"])
        else:
            del holder[last]
    return changed


def _change_list(holder: list[Any], last: str, operation: Mapping[str, Any]) -> None:
    index = len(holder) if last == "-" else int(last)
    if index > len(holder):
        raise IndexError(f"no item {index} to change")
    if operation["op"] == "add":
        holder.insert(index, copy.deepcopy(operation["value"]))
    else:
        del holder[index]
