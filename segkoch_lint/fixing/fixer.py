"""Files to fixed files: each is linted and edited until nothing is left that can be fixed."""

# Paths stay text, as given.
# ruff: noqa: PTH116, PTH123
from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.fix import Edit
from segkoch_lint.findings.position import Span
from segkoch_lint.fixing.stored_text import StoredText
from segkoch_lint.inputs.file_types import is_compressed
from segkoch_lint.inputs.input import STDIN_PATHS, Input, UnreadableInput
from segkoch_lint.inputs.remote import is_remote
from segkoch_lint.linter import Linter

MOST_BYTES = 1 << 28
"""The largest file that is fixed: all of it is held in memory, several times."""

_TOO_LARGE = f"a file of over {MOST_BYTES >> 20} MiB is never rewritten"
_NOT_AGAIN = "its text is not valid in the encoding of its byte order mark"
_BROKEN = "segkoch-lint itself failed: the fixed text would be broken"

_MOST_ROUNDS = 10
"""How often a file is edited. One round is enough unless one fix makes another possible."""


class FixedFile(msgspec.Struct, frozen=True):
    """A file in which findings can be fixed.

    Attributes:
        path: of the file, as findings name it.
        before, after: its text.
        fixed: by code, how many findings are fixed.
    """

    path: str
    before: StoredText
    after: StoredText
    fixed: Counter[str]


class UnfixedFile(msgspec.Struct, frozen=True):
    """A file that is not fixed, although it may have findings that can be.

    Attributes:
        path: of the file, as findings name it.
        reason: why.
        is_unread: whether it could not be read.
        is_failure: whether the program itself failed on it.
    """

    path: str
    reason: str
    is_unread: bool = False
    is_failure: bool = False


class Fixer:
    """Finds what is certain to be meant in the files of a run, and fixes it.

    Args:
        settings: the configuration of the run.
        allow_empty: whether naming a file claims nothing (`segkoch_lint.linter.Linter`).
        on_progress: called regularly while files are read. If it raises an exception, the run ends with that.

    Attributes:
        unmade: the number of findings whose fixes have an obstacle, by path and obstacle.
    """

    def __init__(
        self, settings: Settings, *, allow_empty: bool = False, on_progress: Callable[[], None] = lambda: None
    ) -> None:
        codes = tuple(rule.code for rule in Selection(settings).rules if rule.fix is not None)
        chosen = replace(settings, select=codes, ignore=(), group_by=(), expect=(), expect_like=None)
        self._linter = Linter(chosen, allow_empty=allow_empty)
        self._linter.on_progress = on_progress
        self._has_fixes = bool(codes)
        self.unmade: Counter[tuple[str, str]] = Counter()

    @property
    def checked_anything(self) -> bool:
        """Whether a call was read."""
        return self._linter.summary.checked_anything

    def files(self, paths: Sequence[str]) -> Iterator[FixedFile | UnfixedFile]:
        """Yield the files of a run in which findings can be fixed, with their fixed text; nothing is written.

        Standard input, pipes and files on other machines are not read.

        Args:
            paths: files, folders and globs, as `Linter.paths` takes them.
        """
        if not self._has_fixes:
            return
        for source in self._linter.inputs([path for path in paths if path != "-"]):
            if isinstance(source, UnreadableInput):
                yield UnfixedFile(source.path, source.reason, is_unread=True)
            elif source.path not in STDIN_PATHS and not is_remote(source.path):
                found = self._of_file(source)
                if found is not None:
                    yield found

    def _of_file(self, source: Input) -> FixedFile | UnfixedFile | None:
        try:
            status = os.stat(source.path)
            if not stat.S_ISREG(status.st_mode):
                return None
            if status.st_size > MOST_BYTES:
                return UnfixedFile(source.path, _TOO_LARGE)
            with open(source.path, "rb") as file:
                content = file.read()
        except OSError as error:
            unreadable = UnreadableInput.because(source.path, error)
            return UnfixedFile(source.path, unreadable.reason, is_unread=True)
        before = StoredText.of(content)
        if before is None:
            return UnfixedFile(source.path, _NOT_AGAIN)
        if is_compressed(content):
            self._note_obstacles(source, list(self._linter.content(content, source)))
            return None
        return self._fixed(source, before)

    def _fixed(self, source: Input, before: StoredText) -> FixedFile | UnfixedFile | None:
        """Return a file with its fixed text; None if there is nothing to fix."""
        text = before
        fixed: Counter[str] = Counter()
        figures = None
        summary = self._linter.summary
        for _ in range(_MOST_ROUNDS):
            malformed, failed = summary.malformed, summary.failed
            findings = list(self._linter.content(text.text, source))
            found = (summary.malformed - malformed, summary.failed - failed)
            if figures is not None and found != figures:
                return UnfixedFile(source.path, _BROKEN, is_failure=True)
            figures = found
            made, edits = _compatible(filter(_is_fixable, findings))
            if not made:
                self._note_obstacles(source, findings)
                break
            fixed.update(finding.code for finding in made)
            text = text.edited(edits)
        return FixedFile(source.path, before, text, fixed) if fixed else None

    def _note_obstacles(self, source: Input, findings: Iterable[Finding]) -> None:
        obstacles = (each.fix.obstacle for each in findings if each.fix is not None and not each.is_right)
        self.unmade.update((source.path, obstacle) for obstacle in obstacles if obstacle)


def _is_fixable(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.is_safe and not finding.is_right


def _compatible(findings: Iterable[Finding]) -> tuple[list[Finding], list[Edit]]:
    """Return findings whose fixes can be made at once, and their edits.

    A fix waits for the next round if one of its edits touches an edit before it, unless the two are the same.
    """
    made: list[Finding] = []
    chosen: dict[Span, Edit] = {}
    taken: dict[int, list[Span]] = {}
    for finding in findings:
        edits = finding.fix.edits if finding.fix is not None else ()
        if all(chosen.get(edit.span) == edit or not _touches(edit.span, taken) for edit in edits):
            made.append(finding)
            for edit in edits:
                if edit.span not in chosen:
                    chosen[edit.span] = edit
                    for line in range(edit.span.line, edit.span.end_line + 1):
                        taken.setdefault(line, []).append(edit.span)
    return made, list(chosen.values())


def _touches(span: Span, taken: dict[int, list[Span]]) -> bool:
    """Return whether a span overlaps one that is taken, or begins where that one begins."""
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    return any(
        (other.line, other.column) == start
        or ((other.line, other.column) < end and start < (other.end_line, other.end_column))
        for line in range(span.line, span.end_line + 1)
        for other in taken.get(line, ())
    )
