"""Changes one value of a JSON text, and nothing else of it: indentation, line ends and all other text stay."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segkoch_lint.places import Path
from segkoch_lint.plans.guard.layout import laid_out
from segkoch_lint.reading.json_scanner import locate

_LINE_START = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a text, and what takes its place."""

    start: int
    end: int
    text: str


def apply(text: str, edits: list[Edit]) -> str:
    """Return *text* with edits, none of which touches another."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def replace(text: str, path: Path, new: Any) -> Edit:
    """Return the edit that puts another value at *path*."""
    start, end = locate(text, [path])[path]
    return Edit(start, end, _written(new, _Layout.of_value(text, path)))


def prepend(text: str, path: Path, item: Any) -> Edit:
    """Return the edit that puts an item before those of the list at *path*."""
    return _first(text, path, lambda layout: _written(item, layout))


def append(text: str, path: Path, items: int, item: Any) -> Edit:
    """Return the edit that puts an item after the *items* ones of the list at *path*."""
    if not items:
        return prepend(text, path, item)
    layout = _Layout.of_container(text, locate(text, [path])[path])
    last = (*path, items - 1)
    end = locate(text, [last])[last][1]
    return Edit(end, end, "," + layout.between + _written(item, layout))


def add_member(text: str, path: Path, value: Mapping[str, Any], key: str, new: Any) -> Edit:
    """Return the edit that adds a member to the object *value* at *path*, after those that are there."""
    layout = _Layout.of_container(text, locate(text, [path])[path])
    written = f"{json.dumps(key)}{layout.colon}{_written(new, layout)}"
    if not value:
        return _first(text, path, lambda layout: f"{json.dumps(key)}{layout.colon}{_written(new, layout)}")
    end = max(extent[1] for extent in locate(text, [(*path, name) for name in value]).values())
    return Edit(end, end, "," + layout.between + written)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the members of an object or list are laid out.

    Attributes:
        newline: the end of a line; empty where everything is on one line.
        outer, inner: white space before the container's end, and before each member.
        unit: what each further level adds; None where everything is on one line.
        colon: what stands between key and value.
        space: what stands after a comma on one line.
    """

    newline: str
    outer: str
    inner: str
    unit: str | None
    colon: str
    space: str

    @classmethod
    def of_container(cls, text: str, extent: tuple[int, int]) -> _Layout:
        start, end = extent
        inside = text[start + 1 : end - 1]
        margin = inside[: len(inside) - len(inside.lstrip(" \t\r\n"))]
        colon = ":" if '":' in text and '": ' not in text else ": "
        newline = "\r\n" if "\r\n" in text else "\n"
        outer = _indent(text, start)
        if "\n" in margin and inside.strip(" \t\r\n"):
            inner = margin[margin.rindex("\n") + 1 :]
            return cls(newline, outer, inner, _unit(outer, inner), colon, "")
        if not inside.strip(" \t\r\n") and "\n" in text.strip():
            unit = _unit_of(text)
            return cls(newline, outer, outer + unit, unit, colon, "")
        return cls("", "", "", None, colon, " " if colon == ": " else "")

    @classmethod
    def of_value(cls, text: str, path: Path) -> _Layout:
        """Return the layout around a value, so that what takes its place looks like its neighbours."""
        if path:
            return cls.of_container(text, locate(text, [path[:-1]])[path[:-1]])
        unit = _unit_of(text)
        one_line = "\n" not in text.strip()
        return cls("\n", "", "", None if one_line else unit, ": ", " ")

    @property
    def between(self) -> str:
        """What stands between the comma after a member and the next one."""
        return self.newline + self.inner if self.newline else self.space


def _first(text: str, path: Path, write: Any) -> Edit:
    start, end = locate(text, [path])[path]
    layout = _Layout.of_container(text, (start, end))
    written = write(layout)
    if text[start + 1 : end - 1].strip(" \t\r\n"):
        return Edit(start + 1, start + 1, (layout.newline + layout.inner) + written + "," + (layout.space))
    return Edit(start + 1, end - 1, layout.newline + layout.inner + written + layout.newline + layout.outer)


def _written(value: Any, layout: _Layout) -> str:
    if layout.unit is None:
        return json.dumps(value, ensure_ascii=False, separators=("," + layout.space, layout.colon))
    lines = laid_out(value, unit=layout.unit, colon=layout.colon).split("\n")
    return (layout.newline + layout.inner).join(lines)


def _indent(text: str, position: int) -> str:
    """Return the white space at the beginning of the line that *position* is on."""
    found = _LINE_START.match(text, text.rfind("\n", 0, position) + 1)
    return found[0] if found else ""


def _unit(outer: str, inner: str) -> str:
    return inner.removeprefix(outer) if inner.startswith(outer) and inner != outer else "  "


def _unit_of(text: str) -> str:
    """Return what a level of indentation is in a text: the white space before its first indented line."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else "  "
