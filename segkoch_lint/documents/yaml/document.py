"""YAML documents: PyYAML's nodes behind guards, with values as readers of YAML 1.1 and 1.2 see them.

Deep nesting crashes PyYAML's C loader, its constructor raises many exceptions besides its own, and a few hundred bytes
of merge keys keep it busy for minutes. So its events are counted first, and nodes are converted to values here.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from operator import itemgetter
from typing import Any

import yaml

from segkoch_lint.documents.document import Boundary, InternalFailure, Note, Origin, ParseError, Scalar
from segkoch_lint.documents.line_table import LineTable, parse_error_at
from segkoch_lint.documents.text_line import TextLine
from segkoch_lint.documents.written_text import WrittenText
from segkoch_lint.documents.yaml.comments import Comment, comments_in
from segkoch_lint.documents.yaml.nodes import (
    TAG,
    RefusedError,
    Values,
    key_text,
    kind_of,
    node_at,
    nodes_of_aliases,
    repeated_in,
)
from segkoch_lint.documents.yaml.yaml_strings import YAML_STRINGS
from segkoch_lint.findings.position import OffsetRange, Path, Span
from segkoch_lint.findings.redaction.known_ids import KnownIds
from segkoch_lint.findings.redaction.sensitive_keys import is_sensitive_key

_KINDS = {"int": "a number", "float": "a number", "bool": "a boolean", "null": "null"}
NUMBER_1_2 = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+")
_MARKER = re.compile(r"^((?:%[^\n]*\n)*)---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_PROLOGUE = re.compile(r"(?:[ \t]*(?:[#%][^\n]*)?\r?\n)*[ \t]*(?:[#%][^\n]*)?")
_BLOCK_HEADER = re.compile(r"[|>][0-9+-]*[ \t]*\r?\n")
_BYTE_ORDER_MARK = "\ufeff"
_DEEPEST = 200
_MOST_ALIASES = 100


def _resolve(loader: Any, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
    """Return the tag of a node without one.

    `1e5` is a string to PyYAML (YAML 1.1) and a number to most other readers (YAML 1.2). A value that one reader takes
    for a string and another for a number is not a string.
    """
    tag: str = yaml.resolver.Resolver.resolve(loader, kind, value, implicit)  # type: ignore[no-untyped-call]  # the stubs leave it out
    if kind is yaml.ScalarNode and implicit[0] and tag == TAG + "str" and NUMBER_1_2.fullmatch(value):
        return TAG + "float"
    return tag


class _SlowLoader(yaml.SafeLoader):
    """A loader with limits on depth."""

    resolve = _resolve


_LOADER: Any = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {"resolve": _resolve})

_TOO_DEEP_FOR_C = "exceeded maximum nesting depth"


class YamlDocument:
    """One YAML document of an input.

    Args:
        root: its root node.
        table: the lines of the text that the nodes' marks refer to.
        text: that text.
        comments: the comments of the text that are addressed to this program, if it is the first document of the text.

    Attributes:
        root, text, comments: as given.

    Raises:
        RefusedError: the document has no value that JSON could hold.
    """

    origin: Origin | None = None

    def __init__(self, root: yaml.Node, table: LineTable, text: str, comments: Sequence[Comment] = ()) -> None:
        self.comments = comments
        self.root = root
        self._table = table
        self.text = text
        reader = Values()
        self.value = reader.read(root)
        self.start = table.position(root.start_mark.index)
        self.repeated: Sequence[Path] = list(repeated_in(root)) if reader.repeats else ()

    @cached_property
    def ids(self) -> KnownIds:
        """The values that are personal data because of their keys."""
        return KnownIds(self.value)

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the value at each path; paths that do not exist are left out."""
        nodes = ((path, node_at(self.root, path)) for path in paths)
        return {path: self._table.span(self._extent(node)) for path, node in nodes if node is not None}

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of all keys of *path* in its object."""
        parent = node_at(self.root, path[:-1])
        if not isinstance(parent, yaml.MappingNode):
            return []
        return [self._table.span(self._extent(key)) for key, _ in parent.value if key_text(key) == path[-1]]

    def written_text(self, path: Path, *, key: bool = False) -> WrittenText | None:
        """Return how the string at *path*, or its key, is written.

        None if it is repeated, at several paths through an alias, or has an anchor, a tag or a comment in it.
        """
        node = self._key_node(path) if key else node_at(self.root, path)
        if not isinstance(node, yaml.ScalarNode) or id(node) in self._nodes_of_aliases or _BYTE_ORDER_MARK in self.text:
            return None  # PyYAML does not count a mark, so that its offsets are wrong
        extent = self._extent(node)
        written = self.text[slice(*extent)]
        if written[:1] in {"&", "!", "*"} or (node.style in {"|", ">"} and not _BLOCK_HEADER.match(written)):
            return None
        return WrittenText(self.text, extent, YAML_STRINGS, self._table.span)

    def _key_node(self, path: Path) -> yaml.Node | None:
        """Return the node of the key of *path* in its object; None if it is merged from another one, or repeated."""
        parent = node_at(self.root, path[:-1])
        members = parent.value if isinstance(parent, yaml.MappingNode) else []
        keys: list[yaml.Node] = [name for name, _ in members if key_text(name) == path[-1]]
        return keys[0] if len(keys) == 1 else None

    @cached_property
    def _nodes_of_aliases(self) -> frozenset[int]:
        return nodes_of_aliases(self.root)

    def note(self, path: Path) -> Note | None:
        """Return a note if YAML reads an unquoted text as something other than a string."""
        node = node_at(self.root, path)
        if not isinstance(node, yaml.ScalarNode) or node.style or self.text.startswith("!", node.start_mark.index):
            return None
        kind = _KINDS.get(kind_of(node))
        remark = f"YAML reads this unquoted text as {kind}: put it in quotes."
        return Note(remark, node.value) if kind and node.value else None

    def lines(self, first: int, last: int) -> list[TextLine]:
        """Return lines *first* to *last* of the input."""
        return self._table.lines(first, last)

    def scalars(self, line: int, start: int, end: int) -> Sequence[Scalar | Boundary]:
        """Return the scalar values near a range of a line."""
        scalars = self._scalars.get(line, [])
        first = bisect_right(scalars, start, key=lambda scalar: scalar.end)
        last = bisect_left(scalars, end, key=lambda scalar: scalar.start)
        return scalars[max(0, first - 1) : last + 1]

    @cached_property
    def _scalars(self) -> Mapping[int, list[Scalar]]:
        """The scalar values by line; one of several lines is on each of them."""
        scalars: list[tuple[Span, str | None, str, str | None]] = []
        seen: set[int] = set()
        waiting: list[tuple[yaml.Node, str | None, str | None]] = [(self.root, None, None)]
        while waiting:
            node, key, parent = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, yaml.ScalarNode):
                if kind_of(node) not in {"null", "bool"}:
                    scalars.append((self._table.span(self._extent(node)), key, node.value, parent))
            elif isinstance(node, yaml.SequenceNode):
                waiting.extend((item, key, parent) for item in reversed(node.value))
            else:
                # A sensitive key applies at any depth below it.
                around = parent if parent is not None and is_sensitive_key(parent) else key
                waiting.extend((value, key_text(name), around) for name, value in reversed(node.value))
        by_line: dict[int, list[Scalar]] = {}
        for span, key, text, parent in sorted(scalars, key=itemgetter(0)):
            for line in range(span.line, span.end_line + 1):
                start = span.column - 1 if line == span.line else 0
                end = span.end_column - 1 if line == span.end_line else sys.maxsize
                by_line.setdefault(line, []).append(Scalar(key, start, end, text, parent))
        return by_line

    def _extent(self, node: yaml.Node) -> OffsetRange:
        """Return a node's extent; a block collection ends with its last value, not before the next token."""
        last = node
        while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
            last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
        start, end = node.start_mark.index, max(last.end_mark.index, node.start_mark.index)
        while end > start and self.text[end - 1] in " \t\r\n":
            end -= 1
        # An empty value at the end of the text is directly after the value before it, not on a line of its own.
        return (start, end) if end > start or self.text[start:].strip() else _end_of(self.text, start)


def parse_yaml(
    text: bytes, *, depth: int, values: int = 200_000
) -> Iterator[YamlDocument | ParseError | InternalFailure]:
    """Yield the documents of a YAML stream, and an error for each broken one; reading resumes after the next ``---``.

    If the program itself fails on a document, the failure takes its place.

    Args:
        text: UTF-8 without a byte order mark.
        depth: levels of nesting allowed; never more than 200.
        values: values allowed in all documents between two ``---`` lines.
    """
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        good = text[: error.start].decode("utf-8")
        yield parse_error_at(good, "not valid UTF-8", (len(good), len(good)), 1)
        return
    line = 1
    for piece in _pieces(decoded):
        try:
            yield from _documents(piece, line, min(depth, _DEEPEST), values)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the documents after this one can be read
            yield InternalFailure(error, line)
        line += piece.count("\n")


def _pieces(text: str) -> Iterator[str]:
    """Split a stream before its ``---`` lines, which separate documents; directives stay with their document."""
    start = 0
    for found in _MARKER.finditer(text):
        if not _PROLOGUE.fullmatch(text, start, found.start()):
            yield text[start : found.start(1)]
            start = found.start(1)
    if text[start:].strip():
        yield text[start:]


def _documents(text: str, line: int, depth: int, values: int) -> Iterator[YamlDocument | ParseError]:
    table = LineTable(text, line)
    try:
        with _errors_of_pyyaml():
            _guard(text, depth, values)
        loader = _LOADER(text)
        try:
            comments = list(comments_in(text, table))
            while (root := _next_node(loader)) is not None:
                yield YamlDocument(root, table, text, comments)
                comments = []
        finally:
            loader.dispose()
    except RefusedError as refused:
        yield _error(text, line, refused.message, refused.mark)
    except yaml.MarkedYAMLError as error:
        problem = " ".join((error.problem or error.context or "broken").split())
        yield _error(text, line, f"invalid YAML: {_without_quotes(problem)}", error.problem_mark or error.context_mark)
    except yaml.reader.ReaderError as error:
        at = min(error.position, len(text))
        yield parse_error_at(
            text,
            f"invalid YAML: the character U+{ord(text[at]):04X} is not allowed" if at < len(text) else "invalid YAML",
            (at, min(at + 1, len(text))),
            line,
        )


def _next_node(loader: Any) -> yaml.Node | None:
    """Return the root of the next document, or None at the end."""
    with _errors_of_pyyaml():
        return loader.get_node() if loader.check_node() else None


@contextmanager
def _errors_of_pyyaml() -> Iterator[None]:
    """Turn any exception of PyYAML into a RefusedError: it raises ValueError, KeyError and more on hostile text."""
    try:
        yield
    except (yaml.YAMLError, RefusedError, MemoryError):
        raise
    except Exception as error:
        raise RefusedError(f"invalid YAML ({type(error).__name__})", None) from error


def _guard(text: str, depth: int, values: int) -> None:
    """Check the events, which is cheap, before recursive code reads the text."""
    try:
        _count(yaml.parse(text, _LOADER), depth, values)
    except yaml.MarkedYAMLError as error:
        if _TOO_DEEP_FOR_C not in str(error.problem or error.context):
            raise
        # libyaml reads ahead of its events, and counts levels itself.
        _count(yaml.parse(text, _SlowLoader), depth, values)


def _count(events: Iterable[yaml.Event], depth: int, values: int) -> None:
    """Raise an error if the text is too deep, or has too many values or aliases."""
    level = aliases = nodes = 0
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            if nodes > 2 * values:  # each key is a node, too
                raise RefusedError(f"more than {values:,} values (a tenth of limits.values)", event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            if level > depth:
                raise RefusedError(f"nested deeper than {depth} levels (limits.depth)", event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
            if aliases > _MOST_ALIASES:
                raise RefusedError(f"more than {_MOST_ALIASES} aliases", event.start_mark)


def _error(text: str, line: int, message: str, mark: Any) -> ParseError:
    at = min(mark.index, len(text)) if mark is not None else 0
    if not text[at:].strip():
        return parse_error_at(text, message, _end_of(text, at), line)
    return parse_error_at(text, message, (at, min(at + 1, len(text))), line)


def _end_of(text: str, at: int) -> OffsetRange:
    """Return the empty extent after the last character of a text before *at* that is not white space."""
    end = len(text[:at].rstrip())
    return end, end


def _without_quotes(problem: str) -> str:
    """Return PyYAML's message without the text that it quotes; a single quoted character or token may stay."""
    return re.sub(r"(['\"])(?:(?!\1).){13,}\1", "a text", problem)
