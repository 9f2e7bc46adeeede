"""The nodes of YAML to values, and back from the path of a value to its node."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml

from segkoch_lint.findings.position import Path

TAG = "tag:yaml.org,2002:"

_MERGE = TAG + "merge"

_LONGEST_INT = 4000
"""Digits beyond which Python refuses to convert an integer, or to print one."""

_MOST_GROWTH = 10
"""How many times larger aliases may make a document."""


class RefusedError(Exception):
    """A node that cannot be read: what is wrong, and the node."""

    def __init__(self, message: str, mark: Any) -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark


class Values:
    """Turns nodes into values; what an alias repeats is shared, and must not grow beyond measure.

    Attributes:
        repeats: whether a key stood twice in an object.
    """

    def __init__(self) -> None:
        self.repeats = False
        self._values: dict[int, Any] = {}
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def read(self, root: yaml.Node) -> Any:
        """Return the value of a document.

        Raises:
            RefusedError: it means nothing that JSON could hold.
        """
        value = self._read(root)
        if self._sizes[id(root)] > _MOST_GROWTH * len(self._sizes) + 1000:
            raise RefusedError("aliases make the document many times larger than it is", root.start_mark)
        return value

    def _read(self, node: yaml.Node) -> Any:
        if id(node) in self._open:
            raise RefusedError("an alias to the object around it", node.start_mark)
        if id(node) not in self._values:
            self._open.add(id(node))
            self._values[id(node)] = self._new(node)
            self._open.discard(id(node))
        return self._values[id(node)]

    def _new(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            self._sizes[id(node)] = 1
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            _check_tag(node, "seq")
            items = [self._read(item) for item in node.value]
            self._sizes[id(node)] = 1 + sum(self._sizes[id(item)] for item in node.value)
            return items
        _check_tag(node, "map")
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == _MERGE:
                sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
                for source in reversed(sources):
                    held = self._read(source)
                    if not isinstance(held, dict):
                        raise RefusedError("only mappings can be merged with <<", source.start_mark)
                    merged.update(held)
                self._sizes.setdefault(id(value), sum(self._sizes.get(id(source), 1) for source in sources))
            else:
                name = key_text(key)
                self.repeats = self.repeats or name in own
                own[name] = self._read(value)
        self._sizes[id(node)] = 1 + sum(self._sizes[id(value)] for _, value in node.value)
        return {**merged, **own}


def _check_tag(node: yaml.Node, *allowed: str) -> None:
    if node.tag.removeprefix(TAG) not in allowed:
        raise RefusedError("a tag that means nothing to JSON", node.start_mark)


def kind_of(node: yaml.ScalarNode) -> str:
    """Return what a scalar is: str, int, float, bool, null, timestamp or binary."""
    kind: str = node.tag.removeprefix(TAG)
    return kind


def _scalar(node: yaml.ScalarNode) -> Any:
    kind = kind_of(node)
    _check_tag(node, "str", "int", "float", "bool", "null", "timestamp", "binary", "value")
    if kind in {"str", "value", "binary", "timestamp"}:
        # JSON has no bytes: what becomes of them is their base64, a text. Recorded HTTP bodies are written like that.
        # Nor has it times: they stay the text that they are written as.
        return node.value
    if kind == "int" and len(node.value) > _LONGEST_INT:
        return math.inf
    try:
        value = yaml.constructor.SafeConstructor.yaml_constructors[TAG + kind](yaml.constructor.SafeConstructor(), node)
    except Exception:  # noqa: BLE001 - a KeyError for `!!bool foo`, a ValueError for a 30th of February, and more
        raise RefusedError(f"no value of the type {kind} that it claims to be", node.start_mark) from None
    return math.inf if isinstance(value, float) and math.isnan(value) else value


def key_text(key: yaml.Node) -> str:
    """Return a key as JSON would have it: as text."""
    if isinstance(key, yaml.ScalarNode):
        text: str = key.value
        return text
    return "(a list)" if isinstance(key, yaml.SequenceNode) else "(a mapping)"


def node_at(node: yaml.Node, path: Path) -> yaml.Node | None:
    """Return the node at *path*, also through merge keys; None when there is none."""
    current: yaml.Node | None = node
    for step in path:
        if isinstance(current, yaml.MappingNode):
            current = _member(current, str(step))
        elif isinstance(current, yaml.SequenceNode) and isinstance(step, int) and step < len(current.value):
            current = current.value[step]
        else:
            return None
    return current


def _member(node: yaml.MappingNode, name: str) -> yaml.Node | None:
    for key, value in reversed(node.value):
        if key.tag != _MERGE and key_text(key) == name:
            found: yaml.Node = value
            return found
    for key, value in node.value:
        if key.tag == _MERGE:
            for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                merged = _member(source, name)
                if merged is not None:
                    return merged
    return None


def repeated_in(root: yaml.Node) -> Iterator[Path]:
    """Yield the paths of the members whose key stands more than once in its object, in the text's order."""
    waiting: list[tuple[yaml.Node, Path]] = [(root, ())]
    visited: set[int] = set()
    while waiting:
        node, path = waiting.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed([(item, (*path, index)) for index, item in enumerate(node.value)]))
        elif isinstance(node, yaml.MappingNode):
            names = Counter(key_text(key) for key, _ in node.value if key.tag != _MERGE)
            yield from ((*path, name) for name, times in names.items() if times > 1)
            # Of a key that stands twice the last value counts; what stands in the other one is lost anyway.
            counting = {key_text(key): value for key, value in node.value if key.tag != _MERGE}
            waiting.extend(reversed([(value, (*path, name)) for name, value in counting.items()]))
