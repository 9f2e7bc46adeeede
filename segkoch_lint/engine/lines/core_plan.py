"""The plan of the native core: what a run reads of a call, in the core's numbers, and the answers to its questions.

The core distinguishes calls at least as finely as `segkoch_lint.rules.fingerprint` does. A member for which it cannot
do so is marked, and lines with it are read as documents.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint_core import Core

from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.table.json_rows import is_column
from segkoch_lint.engine.lines.run_read_set import RunReadSet
from segkoch_lint.findings.position import Path
from segkoch_lint.findings.redaction.sensitive_keys import fold
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.rules.fingerprint import Fingerprinter
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.validator import matcher
from segkoch_lint.rules.vocabulary import compared_names

_LONGEST_COUNTED = 1000
"""The largest `minLength` and `maxLength` that the core checks with an automaton."""

_MOST_FINGERPRINTS = 30_000
"""Different fingerprints of one member that get a number; lines with others are read as documents."""

_LONGEST_RECORDED = 512
"""Bytes of the longest recorded id or name, so that records are small; lines with longer ones are read as documents."""

_MOST_MEMBERS = 64
"""Keys of one object that are read; a line with yet another key is read as a document."""


@dataclass(frozen=True, slots=True)
class _Member:
    path: Path
    read_set: ReadSet
    number: int


@dataclass(frozen=True, slots=True)
class _Node:
    """An object whose members are read.

    Attributes:
        members: those that the core has a number of, by key.
    """

    path: Path
    read_set: ReadSet
    members: dict[str, _Member]


class CorePlan:
    """A core, and the meaning of its numbers.

    Args:
        reads: what the run reads of a call.
        limits: the limits of depth and length.
        threads: how many threads the core may use.

    Attributes:
        core: the core.
        columns: the paths of the texts that decide groups, in order.
        answers: how many answers the core has cached; each takes some hundred bytes.
    """

    def __init__(self, reads: RunReadSet, limits: Limits, threads: int = 1) -> None:
        read_set = reads.read_set
        self.columns = list(reads.columns)
        self.answers = 0
        self._reads = reads
        self._limits = limits
        self._nodes: list[_Node] = []
        self._members: list[_Member] = []
        self._numbers: dict[Path, int] = {}
        self._questions: dict[tuple[str, ...], int | None] = {}
        self._fingerprinters: dict[int, Fingerprinter] = {}
        self._fingerprint_numbers: dict[int, dict[Hashable, int]] = {}
        longest = min(limits.line_bytes, read_set.longest)
        # Any key may be a column of a table, so the core asks about every key.
        self.core = Core(depth=limits.depth, longest=longest, asks=True, threads=threads)
        for path in self.columns:
            self.core.add_column(reads.columns[path])
        self._add_members(0, (), read_set)

    def answer_key(self, node: int, text: bytes) -> None:
        """Tell the core what is read of the member with a key that it found."""
        self.answers += 1
        holder = self._nodes[node]
        key = text.decode("utf-8", "replace")
        read_set = ReadSet(all=True) if node == 0 and is_column(key) else holder.read_set.member(key)
        if read_set is None:
            self.core.add_key(node, text)
            return
        self._add(node, holder, key, text, read_set)

    def answer_text(self, member: int, text: bytes) -> None:
        """Tell the core the number of the fingerprint of a text that it found."""
        self.answers += 1
        self.core.answer_text(member, text, self._fingerprint_number(member, text))

    def number(self, path: Path) -> int | None:
        """Return the core's number of the member at a path, if it is read."""
        return self._numbers.get(path)

    def members(self, paths: Sequence[Path]) -> list[int | None] | None:
        """Return the core's numbers of members, with None for the call itself; only None if one of them is not read."""
        numbers = [self._numbers.get(path) for path in paths]
        known = all(number is not None or not path for number, path in zip(numbers, paths, strict=True))
        return numbers if known else None

    def _fingerprint_number(self, member: int, text: bytes) -> int | None:
        if self._reads.is_device_id(self._members[member].path) and not (text.isascii() and b"\\" not in text):
            return None  # the core folds the case of ASCII only
        document = parse_json(text, depth=1)
        if not isinstance(document, JsonDocument):
            return None
        numbers = self._fingerprint_numbers.setdefault(member, {})
        if member not in self._fingerprinters:
            self._fingerprinters[member] = Fingerprinter(self._members[member].read_set)
        fingerprint = self._fingerprinters[member].of(document.value)
        if len(numbers) >= _MOST_FINGERPRINTS and fingerprint not in numbers:
            return None
        return numbers.setdefault(fingerprint, len(numbers))

    def _add_members(self, node: int, path: Path, read_set: ReadSet) -> None:
        holder = _Node(path, read_set, {})
        self._nodes.append(holder)
        for key in read_set.members:
            inner = read_set.member(key)
            if inner is not None and key.isprintable() and not {'"', "\\"}.intersection(key):
                self._add(node, holder, key, key.encode(), inner)

    def _add(self, node: int, holder: _Node, key: str, text: bytes, read_set: ReadSet) -> None:
        if len(holder.members) >= _MOST_MEMBERS:
            read_set = ReadSet(all=True)
        member = self._add_member((*holder.path, key), read_set)
        self.core.add_key(node, text, member.number)
        if len(holder.members) < _MOST_MEMBERS:
            for other in holder.members.values():
                self._compare(holder.read_set, other, member)
            holder.members[key] = member

    def _add_member(self, path: Path, read_set: ReadSet) -> _Member:
        member = _Member(path, read_set, len(self._members))
        self._members.append(member)
        self._numbers[path] = member.number
        longest = read_set.longest
        if self._reads.is_recorded(path):
            longest = min(longest, _LONGEST_RECORDED)
        inside = bool(read_set.members or read_set.patterns)
        # The core numbers nodes and members in the order in which they are added, like the lists here.
        node = self.core.add_node(asks=bool(read_set.patterns)) if inside else None
        self.core.add_member(
            node=node,
            asked=bool(read_set.questions),
            questions=self._questions_of(read_set),
            numbers_by_kind=not any(map(_asks_of_numbers, read_set.questions.values())),
            column=self.columns.index(path) if path in self._reads.columns else None,
            left=not read_set.is_divisible,
            longest=longest,
        )
        if node is not None:
            self._add_members(node, path, read_set)
        return member

    def _questions_of(self, read_set: ReadSet) -> int | None:
        """Return the core's number of the questions about strings; None if it cannot answer them, or none is asked."""
        if not read_set.questions:
            return None
        patterns: list[str] = []
        for asked in read_set.questions.values():
            ((keyword, value),) = asked.items()
            pattern = _pattern_of(keyword, value)
            if pattern is None:
                return None
            patterns += [pattern] if pattern else []
        key = tuple(sorted(set(patterns)))
        if key not in self._questions:
            try:
                self._questions[key] = self.core.add_questions(list(key))
            except ValueError:
                self._questions[key] = None
        return self._questions[key]

    def _compare(self, around: ReadSet, one: _Member, other: _Member) -> None:
        """Let the core compare two members of an object if a rule does, or if their order may decide which is used."""
        names = {fold(name) for keyword, value in around.comparisons for name in compared_names(keyword, value) or ()}
        keys = [str(each.path[-1]) for each in (one, other)]
        if all(fold(key) in names for key in keys):
            self.core.add_pair(one.number, other.number, order=False)
        if any(all(map(matcher(pattern), keys)) for pattern in around.patterns):
            self.core.add_pair(one.number, other.number, order=True)


def _asks_of_numbers(asked: Mapping[str, Any]) -> bool:
    """Return whether a question may have different answers for two numbers that are both whole, or both not."""
    ((keyword, value),) = asked.items()
    if keyword in {"const", "enum"}:
        return any(isinstance(each, int | float) for each in (value if keyword == "enum" else [value]))
    return keyword not in {"type", "pattern", "minLength", "maxLength"}


def _pattern_of(keyword: str, value: Any) -> str | None:
    """Return a pattern that matches the strings of printable ASCII that a keyword accepts.

    Returns:
        the pattern; an empty string if the answer is the same for all strings; None if no pattern can express it.
    """
    if keyword == "pattern":
        return str(value)
    if keyword in {"const", "enum"}:
        words = [word for word in (value if keyword == "enum" else [value]) if isinstance(word, str)]
        return f"^(?:{'|'.join(map(re.escape, words))})$" if words else ""
    if keyword in {"minLength", "maxLength"}:
        if not isinstance(value, int) or value > _LONGEST_COUNTED:
            return None
        return f"^.{{{value}}}" if keyword == "minLength" else f"^.{{0,{value}}}$"
    return None if keyword == "format" else ""
