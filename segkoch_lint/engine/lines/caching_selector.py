"""A line selector in Python: it looks up the members of a call by their texts, and the verdict by their numbers.

The text of each member that is read gets a number, equal for two texts only if the rules read the same of both. Calls
whose members have the same numbers are validated once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from segkoch_lint.calls.call import library_of
from segkoch_lint.calls.facets import own_texts
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.members import compact_members, value_extents
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.lines import Block, NumberedLine
from segkoch_lint.documents.table.json_rows import is_column
from segkoch_lint.engine.lines.block_records import BlockRecords
from segkoch_lint.engine.lines.checked_line import CheckedLine, single_call
from segkoch_lint.engine.lines.json_size import fits
from segkoch_lint.engine.lines.run_read_set import DEVICE, EVENT, USER_IDS, RunReadSet
from segkoch_lint.engine.lines.selector import LineContext
from segkoch_lint.findings.position import Path, object_with, value_at
from segkoch_lint.findings.redaction.known_ids import shows_no_id
from segkoch_lint.findings.summary import Group
from segkoch_lint.identity.recorder import Event
from segkoch_lint.identity.records import IdMembers, members_of
from segkoch_lint.rules.fingerprint import Fingerprinter
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.ruleset import Verdict

MOST_ENTRIES = 10_000
"""Entries of the largest cache; with more, all caches are cleared."""

MOST_BYTES = 8 << 20
"""Bytes of the texts and values of one member that are cached."""

_LONGEST_KEY = 1_000
"""Characters of the longest key that is cached; a line with a longer one is read as a document."""

_ENTRY_BYTES = 600
"""About how many bytes an entry takes, its text aside."""


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """What is cached of a member's text.

    Attributes:
        number: equal for two texts only if the rules read the same of both; texts of ids and groups do not count.
        value: the parts of the value that decide ids and groups. Entries are equal to themselves only.
    """

    number: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class _KnownLine:
    """A line that is found in the caches.

    Attributes:
        verdict: on its call.
        members: those that identify its user.
        entries: of its members that are read, by key.
    """

    verdict: Verdict
    members: IdMembers
    entries: Mapping[str, _Entry]

    @property
    def message(self) -> dict[str, Any]:
        """The parts of the call that decide ids and groups."""
        return {key: entry.value for key, entry in self.entries.items()}


class CachingSelector:
    """A selector (`segkoch_lint.engine.lines.selector.LineSelector`) that caches verdicts, in Python.

    Args:
        context: the run.
        reads: what the run reads of a call.
    """

    def __init__(self, context: LineContext, reads: RunReadSet) -> None:
        self._ruleset = context.ruleset
        self._limits = context.limits
        self._count = context.count
        self._facets = context.facets
        self._recorder = context.recorder
        self.ahead = 0
        self._has_named_facets = any(facet.named for facet in context.facets)
        self._fingerprinter = Fingerprinter(reads.read_set)
        self._longest = min(context.limits.line_bytes, reads.read_set.longest)
        self._members: dict[str, _CachedMember | None] = {}
        self._numbers: dict[Hashable, int] = {}
        self._verdicts: dict[tuple[int, ...], tuple[Verdict, IdMembers] | None] = {}
        self._groups: dict[tuple[_Entry | None, ...], tuple[str, Group, Event | None]] = {}
        grouping: list[Path] = [*reads.columns, *([("type",), EVENT] if reads.events else [])]
        identifying: list[Path] = [DEVICE, *USER_IDS] if reads.identity else []
        self._paths = [*grouping, *identifying]
        self._grouping_keys = list(dict.fromkeys(str(path[0]) for path in grouping))

    def announce(self, block: Block) -> None:
        """Do nothing: a block is read when it is selected from."""

    def select(self, block: Block, *, leave_first: bool) -> Sequence[NumberedLine | ParseError | CheckedLine]:
        """Return, in order, the lines of a block that are not only counted."""
        self._clear_when_full()
        selected: list[NumberedLine | ParseError | CheckedLine] = []
        counted: Counter[tuple[Verdict, str, Group]] = Counter()
        records = BlockRecords(block)
        for number, line in enumerate(block.text.split(b"\n")):
            if not line or line.isspace():
                continue
            known = self._known(line)
            if known is None or (leave_first and not known.verdict.violations):
                selected += Block(block.number + number, line).lines(self._limits)
                leave_first = leave_first and known is None
                continue
            if self._recorder is not None and self._recorder.users:
                records.add(known.members, known.message, known.verdict.origin, number)
            library, group, event = self._group(known)
            if event is not None and known.verdict.not_delivered is None:
                records.add_event(event, number)
            if known.verdict.violations:
                extents = value_extents(line, known.verdict.reads)
                selected.append(CheckedLine(line, block.number + number, known.verdict, number, group, extents))
            else:
                counted[known.verdict, library, group] += 1
        for (verdict, library, group), calls in counted.items():
            self._count(verdict, library, group, calls)
        if self._recorder is not None:
            records.record(self._recorder)
        return selected

    def _known(self, line: bytes) -> _KnownLine | None:
        """Return what the caches have of a line, or None if it has to be read as a document."""
        members = self._members_of(line)
        if members is None:
            return None
        entries: dict[str, _Entry] = {}
        for key, raw in members.items():
            if len(key) > _LONGEST_KEY:
                return None
            member = self._members[key] if key in self._members else self._member(key)
            if member is not None:
                entry = member.entry(bytes(raw))
                if entry is None:
                    return None
                entries[key] = entry
        numbers = tuple([entry.number for entry in entries.values()])
        verdict = self._verdicts[numbers] if numbers in self._verdicts else self._verdict(numbers, line)
        known = None if verdict is None else _KnownLine(*verdict, entries)
        return None if known is None or (self._has_named_facets and self._may_hold_ids(known, line)) else known

    def _members_of(self, line: bytes) -> dict[str, msgspec.Raw] | None:
        """Return the texts of the members of an object that is one line; None if anything about it is unusual."""
        if not fits(line, self._longest) or not _is_utf8(line):
            return None
        if line.count(b"{") + line.count(b"[") > self._limits.depth:
            return None
        members = compact_members(line)
        if members is not None:
            return members
        try:
            return compact_members(msgspec.json.format(line, indent=-1))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def _member(self, key: str) -> _CachedMember | None:
        """Return the cache of the member with a key, or None if the run does not read it."""
        fingerprinter = Fingerprinter(ReadSet(all=True)) if is_column(key) else self._fingerprinter.member(key)
        paths = [path[1:] for path in self._paths if path[0] == key]
        member = None
        if fingerprinter is not None:
            member = _CachedMember(key, fingerprinter, paths, self._numbers, self._limits.depth - 1)
        self._members[key] = member
        return member

    def _verdict(self, numbers: tuple[int, ...], line: bytes) -> tuple[Verdict, IdMembers] | None:
        """Return the verdict on a call and the members that identify its user; None if it must be read as a document.

        Args:
            numbers: of its members.
            line: its text.
        """
        call = single_call(parse_json(line, depth=self._limits.depth))
        if call is None:
            self._verdicts[numbers] = None
            return None
        verdict = self._ruleset.verdict(call.message)
        members = members_of(call.message, delivered=verdict.not_delivered is None)
        self._verdicts[numbers] = verdict, members
        return verdict, members

    def _group(self, known: _KnownLine) -> tuple[str, Group, Event | None]:
        """Return the library, the group and the event of a call; ids are not masked in the names of the group."""
        entries = tuple([known.entries.get(key) for key in self._grouping_keys])
        found = self._groups.get(entries)
        if found is None:
            message = known.message
            event = self._recorder.event_of(message) if self._recorder else None
            values = tuple(facet.value(message) for facet in self._facets)
            found = self._groups[entries] = (library_of(message), values, event)
        return found

    def _may_hold_ids(self, known: _KnownLine, line: bytes) -> bool:
        """Return whether an id of the call may have to be masked in the name of its group."""
        _, values, _ = self._group(known)
        return any(
            isinstance(value, str) and not shows_no_id(value, line, own_texts(facet, known.message))
            for facet, value in zip(self._facets, values, strict=True)
            if facet.named
        )

    def _clear_when_full(self) -> None:
        """Keep the caches bounded; `_CachedMember` does so for the texts of a member."""
        if max(len(self._members), len(self._numbers), len(self._verdicts), len(self._groups)) > MOST_ENTRIES:
            self._members.clear()
            self._numbers.clear()
            self._verdicts.clear()
            self._groups.clear()


class _CachedMember:
    """The cached texts of a member of calls.

    Args:
        key: of the member.
        fingerprinter: of its values.
        paths: the paths inside it of values that decide ids and groups.
        numbers: the numbers of the fingerprints of all members.
        depth: how many levels a text may have.
    """

    def __init__(
        self, key: str, fingerprinter: Fingerprinter, paths: Sequence[Path], numbers: dict[Hashable, int], depth: int
    ) -> None:
        self._key = key
        self._fingerprinter = fingerprinter
        self._paths = paths
        self._numbers = numbers
        self._depth = depth
        self._entries: dict[bytes, _Entry | None] = {}
        self._bytes = 0
        read_set = fingerprinter.read_set
        self._reads_named_members_only = not (read_set.all or read_set.comparisons or read_set.patterns)
        self._is_divisible = read_set.is_divisible
        self._longest = read_set.longest
        self._nothing_read: _Entry | None = None

    def entry(self, text: bytes) -> _Entry | None:
        """Return the entry of a text, or None if its line has to be read as a document."""
        if text in self._entries:
            return self._entries[text]
        if self._reads_named_members_only and text.startswith(b"{"):
            members = compact_members(text)
            if members is not None and self._fingerprinter.read_set.members.keys().isdisjoint(members):
                if self._nothing_read is None:
                    self._nothing_read = _Entry(self._number(self._fingerprinter.of({})), {})
                return self._nothing_read  # not cached by text: such texts hardly ever repeat
        self._bytes += len(text) + _ENTRY_BYTES
        if self._bytes > MOST_BYTES:
            self._entries.clear()
            self._bytes = 0
        entry = self._entries[text] = self._parse(text)
        return entry

    def _parse(self, text: bytes) -> _Entry | None:
        document = parse_json(text, depth=self._depth)
        if not self._is_divisible or not isinstance(document, JsonDocument) or document.repeated:
            return None
        if not fits(text, self._longest):
            return None
        return _Entry(self._number(self._fingerprinter.of(document.value)), self._kept(document.value))

    def _number(self, fingerprint: Hashable) -> int:
        return self._numbers.setdefault((self._key, fingerprint), len(self._numbers))

    def _kept(self, value: Any) -> Any:
        """Return the parts of a value that decide ids and groups."""
        if () in self._paths:
            return value
        found = ((path, value_at(value, path)) for path in self._paths)
        return object_with((path, inner) for path, inner in found if inner is not None)


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
