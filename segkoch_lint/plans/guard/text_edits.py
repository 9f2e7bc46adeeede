"""Edits of one value of a JSON text: all other text, indentation and line ends remain."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segkoch_lint.documents.json.scanner import locate
from segkoch_lint.findings.position import Path
from segkoch_lint.findings.text_edits import TextEdit
from segkoch_lint.plans.guard.layout import format_json

_WHITE_SPACE = " \t\r\n"


def replace(text: str, path: Path, new: Any) -> TextEdit:
    """Return the edit that replaces the value at *path*."""
    start, end = locate(text, [path])[path]
    if path:
        return TextEdit(start, end, _Layout.of(text, locate(text, [path[:-1]])[path[:-1]]).written(new))
    unit = _first_indent(text) if "\n" in text.strip() else None
    return TextEdit(start, end, _Layout("\n", "", "", unit, ": ", " ").written(new))


def prepend(text: str, path: Path, item: Any) -> TextEdit:
    """Return the edit that puts an item before those of the array at *path*."""
    extent = locate(text, [path])[path]
    layout = _Layout.of(text, extent)
    return layout.first(text, extent, layout.written(item))


def append(text: str, path: Path, items: int, item: Any) -> TextEdit:
    """Return the edit that puts an item after the *items* ones of the array at *path*."""
    if not items:
        return prepend(text, path, item)
    layout = _Layout.of(text, locate(text, [path])[path])
    last = (*path, items - 1)
    end = locate(text, [last])[last][1]
    return TextEdit(end, end, layout.separator + layout.written(item))


def add_member(text: str, path: Path, value: Mapping[str, Any], key: str, new: Any) -> TextEdit:
    """Return the edit that adds a member to the object *value* at *path*, after the others."""
    extent = locate(text, [path])[path]
    layout = _Layout.of(text, extent)
    written = f"{json.dumps(key)}{layout.colon}{layout.written(new)}"
    if not value:
        return layout.first(text, extent, written)
    end = max(end for _, end in locate(text, [(*path, name) for name in value]).values())
    return TextEdit(end, end, layout.separator + written)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the members of an object or array are laid out.

    Attributes:
        newline: the line end; empty if everything is on one line.
        outer, inner: the indentation of the container's end, and of each member.
        unit: the indentation of each further level; None if everything is on one line.
        colon: between key and value.
        space: after a comma, if everything is on one line.
    """

    newline: str
    outer: str
    inner: str
    unit: str | None
    colon: str
    space: str

    @classmethod
    def of(cls, text: str, extent: tuple[int, int]) -> _Layout:
        """Return the layout of the object or array with this *extent*."""
        start, end = extent
        inside = text[start + 1 : end - 1]
        leading = inside[: len(inside) - len(inside.lstrip(_WHITE_SPACE))]
        colon = ":" if '":' in text and '": ' not in text else ": "
        newline = "\r\n" if "\r\n" in text else "\n"
        line = text[text.rfind("\n", 0, start) + 1 : end]
        outer = line[: len(line) - len(line.lstrip(" \t"))]
        if "\n" in leading and leading != inside:
            inner = leading[leading.rindex("\n") + 1 :]
            indented = inner.startswith(outer) and inner != outer
            return cls(newline, outer, inner, inner.removeprefix(outer) if indented else "  ", colon, "")
        if leading == inside and "\n" in text.strip():
            unit = _first_indent(text)
            return cls(newline, outer, outer + unit, unit, colon, "")
        return cls("", "", "", None, colon, " " if colon == ": " else "")

    @property
    def separator(self) -> str:
        """The text between two members."""
        return f",{self.newline}{self.inner}" if self.newline else f",{self.space}"

    def written(self, value: Any) -> str:
        """Return a value as it is written in this container."""
        if self.unit is None:
            return json.dumps(value, ensure_ascii=False, separators=("," + self.space, self.colon))
        lines = format_json(value, unit=self.unit, colon=self.colon).split("\n")
        return (self.newline + self.inner).join(lines)

    def first(self, text: str, extent: tuple[int, int], written: str) -> TextEdit:
        """Return the edit that puts a member before the others of the container with this *extent*."""
        start, end = extent
        if text[start + 1 : end - 1].strip(_WHITE_SPACE):
            return TextEdit(start + 1, start + 1, f"{self.newline}{self.inner}{written},{self.space}")
        return TextEdit(start + 1, end - 1, f"{self.newline}{self.inner}{written}{self.newline}{self.outer}")


def _first_indent(text: str) -> str:
    """Return the white space before the first indented line of a text."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else "  "
