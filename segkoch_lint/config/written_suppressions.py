"""Suppressions as they are written: entries of ``suppress`` in the configuration, and comments in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

POINTER_FORMS = "Write /context/device/id, or /batch/*/context/device/id for all items of a list."
"""The forms of a pointer, for hints."""

COMMENT_FORMS = "Write `# segkoch-lint: ignore[KCH104] reason`, or ignore-file in place of ignore."
"""The forms of a comment, for hints."""

_DATE_FORMS = "Write the last day on which it suppresses: 2027-01-31."
_POINTER = re.compile(r"(/([^~/]|~[01])*)+")
_COMMENT = re.compile(r"(?P<word>ignore(?:-file)?)(?![\w-])\s*(?:\[(?P<codes>[^\]]*)\])?(?P<rest>.*)", re.DOTALL)
_BEFORE_REASON = " \t:-\N{EN DASH}\N{EM DASH}"


class ConfiguredSuppression(msgspec.Struct, frozen=True):
    """An entry of ``suppress``: findings of some rules at some places do not count.

    Attributes:
        codes: selectors of the rules (`segkoch_lint.rules.catalogue.matching`).
        reason: why, in one line.
        path: a gitignore pattern, relative to the folder of the configuration; empty for all inputs.
        pointer: a JSON Pointer to the values, or to something around them, with ``*`` for one step and ``**`` for any
            number of steps; empty for all values.
        until: the last day on which it applies; None for no end.
    """

    codes: tuple[str, ...]
    reason: str
    path: str = ""
    pointer: str = ""
    until: date | None = None

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> ConfiguredSuppression:
        """Return the entry that a table of the configuration describes; `table_errors` is empty for it."""
        until = date.fromisoformat(table["until"]) if "until" in table else None
        path, pointer = table.get("path", ""), table.get("pointer", "")
        return cls(tuple(table["codes"]), " ".join(table["reason"].split()), path, pointer, until)

    def pattern(self) -> re.Pattern[str] | None:
        """Return the pattern of the pointers that the entry applies to; None if it applies to all."""
        if not self.pointer:
            return None
        steps = ("(?:/[^/]+)*" if s == "**" else "/[^/]+" if s == "*" else f"/{re.escape(s)}" for s in self._steps)
        return re.compile("".join(steps) + r"(?:\Z|/| → )")

    @property
    def _steps(self) -> list[str]:
        return self.pointer.split("/")[1:]


def table_errors(table: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a table of ``suppress`` that its schema does not describe, each with a hint."""
    pointer, until = table.get("pointer"), table.get("until")
    if isinstance(pointer, str) and not _POINTER.fullmatch(pointer):
        yield f'{place}.pointer is "{pointer}", which is not a JSON Pointer.', POINTER_FORMS
    if isinstance(until, str):
        try:
            date.fromisoformat(until)
        except ValueError:
            yield f'{place}.until is "{until}", which is not a date.', _DATE_FORMS


class CommentedSuppression(msgspec.Struct, frozen=True):
    """What a comment suppresses.

    Attributes:
        codes: selectors of the rules.
        reason: why.
        whole_file: whether it applies to the whole input, and not only to the lines that the comment is about.
    """

    codes: tuple[str, ...]
    reason: str
    whole_file: bool

    @classmethod
    def of(cls, text: str) -> CommentedSuppression:
        """Return the suppression that a comment means.

        Args:
            text: the comment, behind ``segkoch-lint:``.

        Raises:
            ValueError: it means none; the message says why.
        """
        read = _COMMENT.fullmatch(text)
        if read is None:
            raise ValueError("this comment is neither `ignore[…]` nor `ignore-file`")
        whole_file = read["word"] == "ignore-file"
        codes = tuple(code.strip() for code in (read["codes"] or "").split(",") if code.strip())
        if not codes and (read["codes"] is not None or not whole_file):
            raise ValueError("this comment names no rule to ignore")
        reason = read["rest"].strip(_BEFORE_REASON)
        if not reason:
            raise ValueError("this comment gives no reason")
        return cls(codes or ("ALL",), reason, whole_file)
