"""JSON laid out for people: what is short stands on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WIDTH = 128
"""Columns of a line, where a value can be parted."""


def laid_out(value: Any, *, unit: str = "  ", colon: str = ": ") -> str:
    """Return a value as JSON in few lines, each level indented by a *unit*.

    What fits on a line stands on one: a whole container, or members that follow each other. An object that is too long
    begins and ends on the lines of its first and its last member, unless the first is an object, too. One with a single
    member is no level of its own.
    """
    return _Writer(unit, colon).text(value, "", loose=True)


@dataclass(frozen=True, slots=True)
class _Writer:
    unit: str
    colon: str

    def text(self, value: Any, before: str, *, loose: bool = False) -> str:
        """Return a value as it stands after *before* on its line; a *loose* object has lines for its braces."""
        flat = self._flat(value)
        if not isinstance(value, Mapping | list) or not value or len(before) + len(flat) <= _WIDTH:
            return flat
        margin = before[: len(before) - len(before.lstrip())]
        inner = margin + self.unit
        if isinstance(value, list):
            return f"[\n{self._filled([('', each) for each in value], inner)}\n{margin}]"
        members = [(self._flat(key) + self.colon, each) for key, each in value.items()]
        if len(members) == 1:
            head, each = members[0]
            return f"{{{head}{self.text(each, before + '{' + head, loose=True)}}}"
        if loose or isinstance(members[0][1], Mapping):
            return f"{{\n{self._filled(members, inner)}\n{margin}}}"
        opening = before + "{"
        return self._filled(members, margin + " ", opening)[len(before) :] + "}"

    def _filled(self, members: Sequence[tuple[str, Any]], margin: str, opening: str = "") -> str:
        """Return members in lines that begin with *margin*, the first one with *opening*; as many on one as fit."""
        lines: list[str] = []
        full = True  # whether nothing more goes on the last line
        for head, value in members:
            beside = "" if full or not self._goes_beside(head, value, lines[-1], margin) else f"{lines.pop()} "
            start = (beside or ("" if lines else opening) or margin) + head
            first, *rest = f"{start}{self.text(value, start)},".split("\n")
            lines += [first, *rest]
            full = bool(rest) or (not head and isinstance(value, Mapping))
        return "\n".join(lines).removesuffix(",")

    def _goes_beside(self, head: str, value: Any, line: str, margin: str) -> bool:
        """Tell whether a member goes on a line after those before it."""
        if not head and isinstance(value, Mapping):
            return False  # one of several alternatives has lines of its own
        taken, flat = len(line) + 1 + len(head), self._flat(value)
        if taken + len(flat) < _WIDTH:
            return True
        parted = isinstance(value, list) or (isinstance(value, Mapping) and len(value) == 1)
        return parted and len(margin) + len(head) + len(flat) > _WIDTH > taken + len('{"properties": {')

    def _flat(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(", ", self.colon))
