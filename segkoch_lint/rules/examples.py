"""The examples of rule files: values that pass, and values that break, made by changing the first of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segkoch_lint.places import path_of
from segkoch_lint.rules.catalogue import Counterexample, Rule


def broken_examples(rule: Rule) -> Iterator[tuple[Counterexample, Any]]:
    """Yield each counterexample of a rule with the value that it makes."""
    for each in rule.counterexamples:
        yield each, apply_patch(rule.examples[0], each.patch)


def apply_patch(document: Any, patch: Sequence[Mapping[str, Any]]) -> Any:
    """Return *document* changed by a JSON Patch (RFC 6902) of ``add`` and ``remove``; *document* itself stays.

    Raises:
        LookupError: the patch changes something that is not there.
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
