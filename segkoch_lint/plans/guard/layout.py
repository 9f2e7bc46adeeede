"""JSON for people to read: what is short is on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WIDTH = 128
"""Columns of a line, unless a value cannot be split."""


def format_json(value: Any, *, unit: str = "  ", colon: str = ": ") -> str:
    """Return a value as JSON in few lines, with *unit* as the indentation of each level.

    A line holds what fits on it: a whole container, or several members. An object that is too long shares the lines of
    its first and its last member, unless the first one is an object, too. One with a single member is not a level.
    """
    return _Writer(unit, colon).text(value, "", loose=True)


@dataclass(frozen=True, slots=True)
class _Writer:
    unit: str
    colon: str

    def text(self, value: Any, before: str, *, loose: bool = False) -> str:
        """Return a value that follows *before* on its line; a *loose* object has lines for its braces."""
        flat = self._flat(value)
        if not isinstance(value, Mapping | list) or not value or len(before) + len(flat) <= _WIDTH:
            return flat
        indent = before[: len(before) - len(before.lstrip())]
        inner = indent + self.unit
        if isinstance(value, list):
            return f"[\n{self._filled([('', each) for each in value], inner)}\n{indent}]"
        members = [(self._flat(key) + self.colon, each) for key, each in value.items()]
        if len(members) == 1:
            head, each = members[0]
            return f"{{{head}{self.text(each, before + '{' + head, loose=True)}}}"
        if loose or isinstance(members[0][1], Mapping):
            return f"{{\n{self._filled(members, inner)}\n{indent}}}"
        opening = before + "{"
        return self._filled(members, indent + " ", opening)[len(before) :] + "}"

    def _filled(self, members: Sequence[tuple[str, Any]], indent: str, opening: str = "") -> str:
        """Return members in lines that begin with *indent*, the first one with *opening*."""
        lines: list[str] = []
        full = True  # whether the last line can hold no more
        for head, value in members:
            beside = "" if full or not self._goes_beside(head, value, lines[-1], indent) else f"{lines.pop()} "
            start = (beside or ("" if lines else opening) or indent) + head
            first, *rest = f"{start}{self.text(value, start)},".split("\n")
            lines += [first, *rest]
            full = bool(rest) or (not head and isinstance(value, Mapping))
        return "\n".join(lines).removesuffix(",")

    def _goes_beside(self, head: str, value: Any, line: str, indent: str) -> bool:
        """Return whether a member fits on a line with others."""
        if not head and isinstance(value, Mapping):
            return False  # an object in an array has lines of its own
        taken, flat = len(line) + 1 + len(head), self._flat(value)
        if taken + len(flat) < _WIDTH:
            return True
        splittable = isinstance(value, list) or (isinstance(value, Mapping) and len(value) == 1)
        return splittable and len(indent) + len(head) + len(flat) > _WIDTH > taken + len('{"properties": {')

    def _flat(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(", ", self.colon))
