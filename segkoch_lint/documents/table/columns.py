"""The columns of an exported table, which convert its rows to calls in Segment's shape: see `schemas/columns.json`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from segkoch_lint import resources
from segkoch_lint.calls.call import CALL_TYPES, merge
from segkoch_lint.documents.table.call_types import type_of_rows
from segkoch_lint.documents.table.cells import CONVERSIONS, Convert, as_it_is, text_of
from segkoch_lint.findings.position import Path
from segkoch_lint.findings.redaction.sensitive_keys import fold

_NAME = re.compile(r"(?!\s*[-#])[^{}\[\]\"<>\n]{0,200}")
"""A name that a column may have: JSON, YAML and HTML begin otherwise. The index column of pandas has no name."""

_OBJECTS = ("properties", "traits", "integrations")
_TYPES = frozenset(CALL_TYPES)
_SEGMENTS_OWN = frozenset({"anonymousId", "originalTimestamp", "receivedAt", "sentAt"})
_WITH_TRAITS = frozenset({"identify", "group"})

_NEEDED = {
    "context_device_type": ("context", "device", "type"),
    "context_device_id": ("context", "device", "id"),
    "context_device_advertising_id": ("context", "device", "advertisingId"),
}


@dataclass(frozen=True, slots=True)
class _ColumnTable:
    """`schemas/columns.json`, indexed by folded names."""

    members: dict[str, tuple[Path, str]]
    objects: dict[str, str]
    left_out: frozenset[str]
    events: dict[str, str]


@cache
def _known() -> _ColumnTable:
    table = resources.load("columns")
    members = {fold(name): (tuple(name.split(".")), kind) for name, kind in table["members"].items()}
    members |= {fold(name): members[fold(meant)] for name, meant in table["otherwise-called"].items()}
    inner = [path[1] for path, _ in members.values() if path[0] == "context" and len(path) > 2]
    return _ColumnTable(
        members,
        {fold(str(name)): str(name) for name in inner},
        frozenset(map(fold, table["not-of-the-call"])),
        table["events"],
    )


@dataclass(frozen=True, slots=True)
class _ObjectColumns:
    """An object of a call, and the columns of its members.

    Attributes:
        path: of the object.
        plain: members whose cells are values as they are: key and column.
        converted: other members, and other columns for the same members, which count if the first ones are null.
        inner: objects in it: key and path.
    """

    path: Path
    plain: list[tuple[str, int]] = field(default_factory=list)
    converted: list[tuple[str, int, Convert]] = field(default_factory=list)
    inner: list[tuple[str, Path]] = field(default_factory=list)


class Columns:
    """The columns of one table.

    Args:
        names: the header as it is written; Segment's columns (`are_call_columns`).
        table: the name of the input, which may give the type of its calls.
        typed: whether cells have types; otherwise all are text.

    Attributes:
        names: as given.
        missing: columns that Kochava needs and the table lacks, spelled as the others are.
        repeated: paths for which several columns have the same name.
        is_dotted: whether columns are spelled as for Segment's S3 source (``context.device.id``), and not as in a
            warehouse.
    """

    def __init__(self, names: Sequence[str], table: str, *, typed: bool = False) -> None:
        self.names = tuple(names)
        self.is_dotted = any(_is_dotted(name) for name in names)
        self._upper = not any(map(str.islower, "".join(names)))
        placed = [self._place(name) for name in names]
        self._paths: list[Path] = [path for path, _ in placed]
        self._sources: dict[Path, list[int]] = {}
        for index in _by_precedence(self.names):
            if self._paths[index]:
                self._sources.setdefault(self._paths[index], []).append(index)
        members = {str(path[0]) for path in self._sources}
        self._type = type_of_rows(table, members, event_text="eventtext" in map(fold, names), dotted=self.is_dotted)
        self._nodes = self._planned([kind for _, kind in placed], typed=typed)
        self._slugs = _known().events if not self.is_dotted else {}
        lacking = [(name, path) for name, path in _NEEDED.items() if not self.holds(path)]
        self.missing = tuple(".".join(path) if self.is_dotted else name for name, path in lacking)
        counted = Counter((fold(name), self._paths[index]) for index, name in enumerate(names))
        self.repeated: tuple[Path, ...] = tuple(path for (_, path), times in counted.items() if times > 1 and path)

    def holds(self, path: tuple[str, ...]) -> bool:
        """Return whether a column holds a member of a call, its last step in any spelling, or a value around it."""
        spelled = (*path[:-1], fold(path[-1]))
        return any(each == path[: len(each)] or (*each[:-1], fold(str(each[-1]))) == spelled for each in self._sources)

    def call(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Return the call of a row; nulls (None) are left out.

        Args:
            cells: one for each column.
        """
        objects: dict[Path, dict[str, Any]] = {}
        for node in self._nodes:
            held = {key: cells[index] for key, index in node.plain if cells[index] is not None}
            for key, index, convert in node.converted:
                cell = cells[index]
                if cell is not None and key not in held:
                    held[key] = convert(cell)
            for key, path in node.inner:
                if path in objects:
                    around = held.get(key)
                    held[key] = merge(around, objects[path]) if isinstance(around, dict) else objects[path]
            if held or not node.path:
                objects[node.path] = held
        message = objects[()]
        self._tell_type(message)
        return message

    def index_of(self, path: Path, cells: Sequence[Any]) -> int | None:
        """Return the column of the value at *path* of a row's call; None if it has several."""
        for length in range(len(path), 0, -1):
            for inner in self._written(path[:length]):
                for index in self._sources.get(inner, ()):
                    if cells[index] is not None:
                        return index
        return None

    def indices(self, path: Path) -> list[int]:
        """Return the columns of *path*, in the order of the table."""
        return sorted(index for inner in self._written(path) for index in self._sources.get(inner, ()))

    def path(self, index: int) -> Path:
        """Return the path of a column in a call; empty if it has none."""
        return self._paths[index]

    def _written(self, path: Path) -> tuple[Path, ...]:
        """Return the paths that columns may have for a path of a call: some hold traits as properties."""
        return (path, ("properties", *path[1:])) if path[0] == "traits" else (path,)

    def _place(self, name: str) -> tuple[Path, str]:
        known = _known()
        folded = fold(name)
        if not folded or folded in known.left_out:
            return (), ""
        steps = name.split(".")
        exactly = folded in known.members and (
            len(steps) < 2 or tuple(map(str.lower, steps)) == tuple(map(str.lower, map(str, known.members[folded][0])))
        )
        if exactly:
            return known.members[folded]
        if len(steps) > 1:
            return tuple(steps), "boolean" if steps[0] == "integrations" else known.members.get(folded, ((), ""))[1]
        words = [word for word in (name.lower() if self._upper else name).split("_") if word]
        first = words[0].lower() if len(words) > 1 else ""
        if first == "context":
            inner = known.objects.get(fold(words[1])) if words[2:] else None
            return ("context", inner, "_".join(words[2:])) if inner else ("context", "_".join(words[1:])), ""
        if first in _OBJECTS:
            return (first, "_".join(words[1:])), "boolean" if first == "integrations" else ""
        return (name,) if self.is_dotted else ("properties", "_".join(words) or name), ""

    def _planned(self, kinds: Sequence[str], *, typed: bool) -> list[_ObjectColumns]:
        """Return the objects of a call, inner ones first."""
        nodes: dict[Path, _ObjectColumns] = {(): _ObjectColumns(())}
        for path, sources in self._sources.items():
            for length in range(1, len(path)):
                if path[:length] not in nodes:
                    nodes[path[:length]] = _ObjectColumns(path[:length])
                    nodes[path[: length - 1]].inner.append((str(path[length - 1]), path[:length]))
            node, key = nodes[path[:-1]], str(path[-1])
            for index in sources:
                convert = CONVERSIONS.get(kinds[index])
                if index == sources[0] and (convert is None or (convert is text_of and not typed)):
                    node.plain.append((key, index))
                else:
                    node.converted.append((key, index, convert or as_it_is))
        return sorted(nodes.values(), key=lambda node: -len(node.path))

    def _tell_type(self, message: dict[str, Any]) -> None:
        named = message.get("type")
        if not isinstance(named, str) or named not in _TYPES:
            if named is not None:
                _add(message, "properties", {"type": named})
            message["type"] = named = self._type
        event = message.get("event")
        if isinstance(event, str) and event in self._slugs:
            message["event"] = self._slugs[event]
        if named in _WITH_TRAITS and not self.is_dotted and "properties" in message:
            _add(message, "traits", message.pop("properties"))


def are_call_columns(names: Sequence[str]) -> bool:
    """Return whether a table with these columns holds Segment's calls.

    It does if it has a column of a call's context and another of Segment's columns; or a user, an event, and a column
    that only Segment has; or a context, a user and one more column.
    """
    known = _known().members
    if not all(map(_NAME.fullmatch, names)):
        return False
    folded = {fold(name): name for name in names}
    paths = {known[each][0] for each in folded if each in known}
    if any(path[0] == "context" and len(path) > 1 for path in paths):
        return len(paths) > 1
    first = {path[0] for path in paths}
    is_known = "eventtext" in folded or any(_is_dotted(name) for name in names)
    is_known = is_known or (bool(first & _SEGMENTS_OWN) and bool(first & {"event", "type"}))
    is_known = is_known or ("context" in first and len(first) > 2)
    return is_known and bool(first & {"userId", "anonymousId"})


def _is_dotted(name: str) -> bool:
    return name.lower().startswith(("context.", *(each + "." for each in _OBJECTS)))


def _by_precedence(names: Sequence[str]) -> Iterator[int]:
    """Yield the columns; of several for the same member, the one that counts is first.

    That is `event_text` before `event`, its slug, and the last of two with the same name, as with two keys in JSON.
    """
    yield from sorted(range(len(names)), key=lambda index: (fold(names[index]) != "eventtext", -index))


def _add(message: dict[str, Any], key: str, members: Any) -> None:
    """Add members to an object of a call; a value there that is not an object stays."""
    around = message.setdefault(key, {})
    if isinstance(around, dict) and isinstance(members, dict):
        message[key] = {**members, **around}
