"""A budget: in how many of the delivered calls findings of a rule are put up with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from decimal import Decimal

FORMS = 'Write a share of the delivered calls (60%, 0.1%) or a number of calls (20, or "20 calls").'
"""What a budget looks like, for hints."""

_AMOUNT = re.compile(r"([+-]?)([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*(%?|calls?)")


class Budget(msgspec.Struct, frozen=True):
    """The most calls with findings of a rule that do not fail a run.

    Attributes:
        amount: percent of the delivered calls, 0 to 100, or a whole number of calls.
        relative: whether ``amount`` is in percent.
    """

    amount: Decimal
    relative: bool

    @classmethod
    def of(cls, text: str) -> Budget:
        """Return the budget that is written as *text*: ``60%``, ``0.1%``, or ``20`` or ``20 calls``.

        Raises:
            ValueError: it is no budget; the message says why.
        """
        from decimal import Decimal  # noqa: PLC0415 - few runs have a budget

        read = _AMOUNT.fullmatch(text.strip())
        if read is None:
            raise ValueError(f'"{text}" is no budget')
        sign, digits, unit = read.groups()
        percent = unit == "%"
        amount = Decimal(digits)
        if sign == "-" and amount:
            raise ValueError("a budget cannot be negative")
        if percent and amount > 100:
            raise ValueError("a budget cannot be over 100%")
        if not percent and "." in digits:
            raise ValueError("calls are counted in whole numbers")
        return cls(amount, relative=percent)

    def exceeded(self, calls: int, checked: int) -> bool:
        """Tell whether a rule is over this budget; on it is not over it. Exact, whatever the numbers.

        Args:
            calls: calls with findings of the rule.
            checked: calls delivered. Of none, any share is exceeded by the first finding.
        """
        from fractions import Fraction  # noqa: PLC0415 - few runs have a budget

        return calls * 100 > Fraction(self.amount) * checked if self.relative else calls > self.amount

    @property
    def decimals(self) -> int:
        """The digits after the point that a rate in percent needs to be told from this budget."""
        _, _, exponent = self.amount.as_tuple()
        return 1 - exponent if self.relative and isinstance(exponent, int) else 1

    def __str__(self) -> str:
        """Return the budget as `of` reads it."""
        return f"{self.amount:f}{'%' if self.relative else ''}"
