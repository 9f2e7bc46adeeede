"""The rules that a run applies, by what their findings depend on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import Rule

_OF_ALL_INPUTS = frozenset({"user", "device", "event-name", "run"})
"""What a rule applies to if its findings depend on all inputs."""


class AppliedRules(msgspec.Struct, frozen=True):
    """The codes of the rules that a run applies.

    Attributes:
        codes: all of them.
        of_all: those whose findings depend on all inputs.
        of_inputs: those about inputs, some of which find nothing in an input that is not expected to hold calls.
    """

    codes: frozenset[str]
    of_all: frozenset[str] = frozenset()
    of_inputs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, selected: Iterable[Rule], applied: Collection[str]) -> AppliedRules:
        """Return the selected ones of the rules that a run applies."""
        rules = [rule for rule in selected if rule.code in applied]
        return cls(
            frozenset(rule.code for rule in rules),
            frozenset(rule.code for rule in rules if rule.applies_to in _OF_ALL_INPUTS),
            frozenset(rule.code for rule in rules if rule.applies_to == "input"),
        )

    def in_input(self, *, claimed: bool) -> frozenset[str]:
        """Return the codes of the rules that find all they can find in an input; *claimed* says what is expected."""
        return self.codes if claimed else self.codes - self.of_inputs

    def of_single_inputs(self) -> AppliedRules:
        """Return the rules whose findings do not depend on other inputs."""
        return msgspec.structs.replace(self, codes=self.codes - self.of_all)
