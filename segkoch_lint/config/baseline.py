"""Baselines: the findings that a team has accepted, so that only new ones fail a run.

A finding is identified by its input, its rule, its pointer and its offending value, not by its line. A baseline counts
equal ones. The value is stored as three hexadecimal digits of a keyed hash: one of 4,096 values has the same digits, so
that an id cannot be read from a baseline, nor found by trying a list of users.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec

from segkoch_lint.config.applied_rules import AppliedRules
from segkoch_lint.config.json_file import decoded
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.position import without_indexes
from segkoch_lint.findings.redaction.masking import mask_shapes, shown_path
from segkoch_lint.inputs.remote import is_remote

VERSION = 1

MOST_ENTRIES = 200_000
"""Entries that a baseline may have."""

_UNREADABLE = "KCH001"
"""The rule whose findings say that a part of an input could not be read."""

_DIGITS = 3
"""Hexadecimal digits of the hash of a value."""

_MISSING_HINT = "`segkoch-lint baseline write` makes a new one."
_DAMAGED_HINT = "Restore it, or remove it; `segkoch-lint baseline write` makes a new one."

Mode = Literal["apply", "update", "accept", "write"]
"""What a run does with a baseline: find what is new; also remove what is gone; also add what is new; make it anew."""


class Entry(NamedTuple):
    """What identifies a finding.

    Attributes:
        path: of the input, relative to the folder of the baseline, with `/`; or its URL, or ``-``.
        rule: the code.
        pointer: of the value, with ``*`` for indexes; keys that are personal data are masked.
        value: digits of the keyed hash of the value; empty if there is no value.
    """

    path: str
    rule: str
    pointer: str
    value: str


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    path: str
    rule: Annotated[str, msgspec.Meta(min_length=1)]
    pointer: str
    value: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{3})?$")]
    count: Annotated[int, msgspec.Meta(ge=1)]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    tool: Literal["segkoch-lint baseline"]
    version: int
    key: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    findings: list[_Line]


class _Head(msgspec.Struct):
    tool: Literal["segkoch-lint baseline"]
    version: int


class Baseline(msgspec.Struct):
    """The content of a baseline file.

    Attributes:
        key: of the hashes of values: 32 random hexadecimal digits.
        counts: by entry, the number of accepted findings.
    """

    key: str = msgspec.field(default_factory=lambda: os.urandom(16).hex())
    counts: Counter[Entry] = msgspec.field(default_factory=Counter)

    @classmethod
    def load(cls, file: Path) -> Baseline:
        """Return the baseline in a file.

        Raises:
            UsageError: it cannot be read, is damaged, or is of a newer version.
        """
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            raise UsageError(f"{file}: there is no such baseline.", _MISSING_HINT) from None
        except OSError as error:
            raise UsageError(f"{file}: the baseline cannot be read: {error.strerror}.") from error
        try:
            version = decoded(content, _Head).version
            if version > VERSION:
                problem = f"{file}: the baseline is of version {version}, and this program reads version {VERSION}."
                raise UsageError(problem, "Install a newer segkoch-lint.")
            found = decoded(content, _File)
        except (ValueError, RecursionError) as error:
            raise UsageError(
                f"{file}: not a baseline, or a damaged one: {mask_shapes(str(error))}.", _DAMAGED_HINT
            ) from error
        lines = found.findings
        counts = Counter({Entry(each.path, each.rule, each.pointer, each.value): each.count for each in lines})
        if len(counts) < len(lines):
            raise UsageError(f"{file}: the baseline is damaged: it has an entry twice.", _DAMAGED_HINT)
        return cls(found.key, counts)

    def text(self) -> str:
        """Return the content of the file: a line an entry, in a fixed order, so that reviews show what has changed."""
        lines = (json.dumps({**entry._asdict(), "count": count}) for entry, count in sorted(self.counts.items()))
        listed = ",".join(f"\n    {line}" for line in lines)
        findings = f"[{listed}\n  ]" if listed else "[]"
        head = f'{{\n  "tool": "segkoch-lint baseline",\n  "version": {VERSION},\n  "key": "{self.key}",\n'
        return f'{head}  "findings": {findings}\n}}\n'

    def digits(self, rule: str, pointer: str, content: str) -> str:
        """Return the digits for a value; the same value has others under another rule or pointer."""
        import hmac  # noqa: PLC0415 - few runs have a baseline

        text = f"{rule}\0{pointer}\0{content}".encode("utf-8", "surrogatepass")
        return hmac.digest(bytes.fromhex(self.key), text, "sha256").hex()[:_DIGITS] if content else ""


class BaselineUse(msgspec.Struct, frozen=True):
    """The baseline of a run.

    Attributes:
        file: where it is.
        mode: what the run does with it.
    """

    file: Path
    mode: Mode = "apply"

    def is_at(self, path: str) -> bool:
        """Return whether a path leads to the baseline, which is never read as an input."""
        return os.path.realpath(path) == os.path.realpath(self.file)


class BaselineChange(NamedTuple):
    """What a run changes in a baseline, in findings."""

    kept: int
    removed: int
    added: int
    not_added: int

    def __str__(self) -> str:
        text = f"{self.kept:,} kept, {self.removed:,} removed, {self.added:,} added"
        return f"{text}; {self.not_added:,} new not added (--accept adds what is new)" if self.not_added else text


class BaselineMatcher:
    """Matches the findings of a run with a baseline.

    Args:
        use: the baseline, and what to do with it.

    Attributes:
        file, mode: of the baseline.

    Raises:
        UsageError: the file cannot be read, is not a baseline, or does not exist, unless it is made anew.
    """

    def __init__(self, use: BaselineUse) -> None:
        self.file = use.file
        self.mode = use.mode
        self._baseline = _load(use) if os.path.lexists(use.file) or use.mode != "write" else Baseline()
        self._before = before = self._baseline.counts
        self._left = Counter() if use.mode == "write" else before.copy()
        self._used: Counter[Entry] = Counter()
        self._found: Counter[Entry] = Counter()
        self._paths = {entry.path for entry in before}
        self._read: dict[str, bool] = {}
        self._unread: set[str] = set()
        self._folder = os.path.realpath(use.file.parent)
        self._path_of = lru_cache(maxsize=64)(self._relative)

    def begin(self, path: str, *, claimed: bool) -> None:
        """Note that an input is read; if it was read before, as when it is fixed, its findings are looked for anew.

        Args:
            path: of the input.
            claimed: whether it is expected to hold calls.
        """
        relative = self._path_of(path)
        if relative in self._read:
            self._left.update({entry: self._used.pop(entry) for entry in [*self._used] if entry.path == relative})
            self._unread.discard(relative)
        if relative in self._paths:
            self._read[relative] = claimed

    def holds(self, finding: Finding, content: str) -> bool:
        """Return whether a finding is in the baseline, and use it up: of equal findings only the counted ones are."""
        pointer = without_indexes(finding.location.pointer_text(show_ids=True))
        entry = Entry(
            self._path_of(finding.location.path),
            finding.code,
            without_indexes(finding.location.pointer),
            self._baseline.digits(finding.code, pointer, content),
        )
        if self.mode != "apply" and len(self._found) <= MOST_ENTRIES:
            self._found[entry] += 1
        if self._left[entry] > 0:
            self._left[entry] -= 1
            self._used[entry] += 1
            return True
        if entry.rule == _UNREADABLE:
            self._unread.add(entry.path)
        return self.mode in {"write", "accept"}

    def gone(self, rules: AppliedRules) -> Counter[Entry]:
        """Return the accepted findings that do not exist any more.

        Only a run can say this that applied their rule, and read their file or cannot find it; of a rule about all
        inputs, only a run that read all files of the baseline. A file with new broken text was not read.
        """
        judged = {path: self._judged_in(path, rules) for path in self._paths}
        everywhere = frozenset.intersection(rules.codes, *judged.values())
        return Counter(
            {
                entry: count
                for entry, count in self._left.items()
                if count > 0 and entry.rule in (everywhere if entry.rule in rules.of_all else judged[entry.path])
            }
        )

    def _judged_in(self, path: str, rules: AppliedRules) -> frozenset[str]:
        """Return the codes of the rules whose findings in an input the run could find, if there were any."""
        if path in self._unread:
            return frozenset()
        if path in self._read:
            return rules.in_input(claimed=self._read[path])
        return rules.codes if self._is_deleted(path) else frozenset()

    def update(self, rules: AppliedRules) -> tuple[Baseline, BaselineChange]:
        """Return the baseline after the run, which applied these rules, and what changes in it.

        Raises:
            UsageError: it would have more than `MOST_ENTRIES` entries.
        """
        if len(self._found) > MOST_ENTRIES:
            problem = f"{self.file}: over {MOST_ENTRIES:,} different findings are too many for a baseline."
            raise UsageError(problem, "Set budgets for what logs always have.")
        if self.mode == "write":
            counts = self._found
        else:
            counts = self._before - self.gone(rules)
            if self.mode == "accept":
                counts |= self._found
        added, new = (counts - self._before).total(), (self._found - self._before).total()
        kept, removed = (counts & self._before).total(), (self._before - counts).total()
        change = BaselineChange(kept, removed, added, new - added)
        return Baseline(self._baseline.key, counts), change

    def _relative(self, path: str) -> str:
        if path == "-" or is_remote(path):
            return shown_path(path)
        try:
            return Path(os.path.relpath(os.path.realpath(path), self._folder)).as_posix()
        except ValueError:  # Windows: it is on another drive
            return Path(path).as_posix()

    def _is_deleted(self, path: str) -> bool:
        return path != "-" and not is_remote(path) and not os.path.lexists(Path(self._folder, path))


def _load(use: BaselineUse) -> Baseline:
    try:
        return Baseline.load(use.file)
    except UsageError as error:
        if use.mode != "write":
            raise
        raise UsageError(error.message, "Name another file, or remove this one.") from error


def counted(entries: Iterable[tuple[Entry, int]], by: Literal["rule", "path"]) -> Iterator[tuple[str, int, int]]:
    """Yield by rule or path the number of findings, and the number of paths or rules that they are spread over."""
    findings: Counter[str] = Counter()
    others: dict[str, set[str]] = {}
    for entry, count in entries:
        group, other = (entry.rule, entry.path) if by == "rule" else (entry.path, entry.rule)
        findings[group] += count
        others.setdefault(group, set()).add(other)
    yield from ((group, findings[group], len(others[group])) for group in sorted(findings))
