"""The nodes of YAML: their values, and the node at the path of a value."""

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
"""Digits of the longest integer that Python converts or prints."""

_MOST_GROWTH = 10
"""How many times larger than its text aliases may make a document."""


class RefusedError(Exception):
    """A node that cannot be read: the problem, and the node."""

    def __init__(self, message: str, mark: Any) -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark


class Values:
    """A converter of nodes to values. Aliases share values, and their total size is limited.

    Attributes:
        repeats: whether an object repeats a key.
    """

    def __init__(self) -> None:
        self.repeats = False
        self._values: dict[int, Any] = {}
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def read(self, root: yaml.Node) -> Any:
        """Return the value of a document.

        Raises:
            RefusedError: it has no value that JSON could hold.
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
    """Return the type of a scalar: str, int, float, bool, null, timestamp or binary."""
    kind: str = node.tag.removeprefix(TAG)
    return kind


def _scalar(node: yaml.ScalarNode) -> Any:
    kind = kind_of(node)
    _check_tag(node, "str", "int", "float", "bool", "null", "timestamp", "binary", "value")
    if kind in {"str", "value", "binary", "timestamp"}:
        # JSON has no bytes: they become base64, a text. Recorded HTTP bodies are written like that.
        # Nor has it times: they stay text as written.
        return node.value
    if kind == "int" and len(node.value) > _LONGEST_INT:
        return math.inf
    try:
        value = yaml.constructor.SafeConstructor.yaml_constructors[TAG + kind](yaml.constructor.SafeConstructor(), node)
    except Exception:  # noqa: BLE001 - a KeyError for `!!bool foo`, a ValueError for a 30th of February, and more
        raise RefusedError(f"no value of the type {kind} that it claims to be", node.start_mark) from None
    return math.inf if isinstance(value, float) and math.isnan(value) else value


def key_text(key: yaml.Node) -> str:
    """Return a key as text, as in JSON."""
    if isinstance(key, yaml.ScalarNode):
        text: str = key.value
        return text
    return "(a list)" if isinstance(key, yaml.SequenceNode) else "(a mapping)"


def node_at(node: yaml.Node, path: Path) -> yaml.Node | None:
    """Return the node at *path*, also through merge keys; None if there is none."""
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
    """Yield the paths of the members whose key is repeated in its object, in the order of the text."""
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
            # The last value of a repeated key counts; members in the other one are lost.
            counting = {key_text(key): value for key, value in node.value if key.tag != _MERGE}
            waiting.extend(reversed([(value, (*path, name)) for name, value in counting.items()]))


def nodes_of_aliases(root: yaml.Node) -> frozenset[int]:
    """Return the identities of the nodes that are at several paths, through aliases, with all that is in them."""
    seen: set[int] = set()
    shared: list[yaml.Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            shared.append(node)
            continue
        seen.add(id(node))
        waiting.extend(_inner(node))
    found: set[int] = set()
    while shared:
        node = shared.pop()
        if id(node) not in found:
            found.add(id(node))
            shared.extend(_inner(node))
    return frozenset(found)


def _inner(node: yaml.Node) -> Iterator[yaml.Node]:
    """Yield the nodes in a node: the items of a sequence, the keys and values of a mapping."""
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
