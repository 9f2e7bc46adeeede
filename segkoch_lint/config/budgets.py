"""Budgets: how many of the delivered calls may break a rule before the run fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from decimal import Decimal

BUDGET_FORMS = (
    'Write a share of the delivered calls (60%, 0.1%), with min-calls if you like, or a number of calls ("20 calls").'
)
"""The forms of a budget, for hints."""

_AMOUNT = re.compile(r"([+-]?)([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*(%?|calls?)")


class Budget(msgspec.Struct, frozen=True):
    """The most calls that may break a rule without failing the run.

    Attributes:
        amount: percent of the delivered calls, 0 to 100, or a whole number of calls.
        relative: whether ``amount`` is in percent.
        min_calls: the fewest calls of which a share is judged: one call of three says nothing about a rate.
    """

    amount: Decimal
    relative: bool
    min_calls: int = 0

    @classmethod
    def of(cls, text: str, min_calls: int = 0) -> Budget:
        """Return the budget that is written as *text*: ``60%``, ``0.1%``, ``20`` or ``20 calls``.

        Raises:
            ValueError: *text* is not a budget, or a number of calls has *min_calls*; the message says why.
        """
        from decimal import Decimal  # noqa: PLC0415 - few runs have a budget

        read = _AMOUNT.fullmatch(text.strip())
        if read is None:
            raise ValueError(f'"{text}" is not a budget')
        sign, digits, unit = read.groups()
        percent = unit == "%"
        amount = Decimal(digits)
        if sign == "-" and amount:
            raise ValueError("a budget cannot be negative")
        if percent and amount > 100:
            raise ValueError("a budget cannot be over 100%")
        if not percent and "." in digits:
            raise ValueError("a number of calls has to be whole")
        if min_calls and not percent:
            raise ValueError("only a share takes min-calls, not a number of calls")
        return cls(amount, relative=percent, min_calls=min_calls)

    def judges(self, calls: int, checked: int) -> bool:
        """Return whether there are enough calls to judge a rule by this budget.

        Args:
            calls: the number of calls that break the rule. Calls that are not delivered count, too: a log of nothing
                but broken lines has no delivered calls, and is judged.
            checked: the number of delivered calls.
        """
        return max(calls, checked) >= self.min_calls

    def exceeded(self, calls: int, checked: int) -> bool:
        """Return whether a rule is over this budget, by exact arithmetic. A rule at its budget is not over it.

        A rule that cannot be judged (`judges`) is not over its budget.

        Args:
            calls: the number of calls that break the rule.
            checked: the number of delivered calls. If it is 0, one finding exceeds any share.
        """
        from fractions import Fraction  # noqa: PLC0415 - few runs have a budget

        if not self.judges(calls, checked):
            return False
        return calls * 100 > Fraction(self.amount) * checked if self.relative else calls > self.amount

    @property
    def decimals(self) -> int:
        """The decimal places with which a rate in percent can be compared with this budget."""
        _, _, exponent = self.amount.as_tuple()
        return 1 - exponent if self.relative and isinstance(exponent, int) else 1

    def __str__(self) -> str:
        """Return the amount in a form that `of` reads."""
        return f"{self.amount:f}{'%' if self.relative else ''}"
