"""The one exception for what a user asked wrongly; everything else is a finding or our own fault."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UsageError(Exception):
    """The user asked for something that cannot be done: a bad option, configuration, rule file or baseline.

    Args:
        message: what is wrong, in one sentence.
        hint: what to do about it, or an empty string.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class OutputError(Exception):
    """An output cannot be written; the run is incomplete."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean "…"?`` for the known word most like *word*, or an empty string."""
    match = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f'Did you mean "{match[0]}"?' if match else ""
