"""A line selector that uses the native core, and answers what the core asks about keys, texts and calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.lines import Block, NumberedLine
from segkoch_lint.engine.lines.checked_line import CheckedLine, single_call
from segkoch_lint.engine.lines.core_plan import CorePlan
from segkoch_lint.engine.lines.core_records import CoreRecords
from segkoch_lint.engine.lines.group_texts import GroupTexts, LibraryAndGroup
from segkoch_lint.engine.lines.run_read_set import RunReadSet
from segkoch_lint.engine.lines.selector import LineContext
from segkoch_lint.rules.ruleset import Verdict

if TYPE_CHECKING:
    from segkoch_lint_core import Found

MOST_ANSWERS = 100_000
"""Answers that the core may have cached (some 20 MB); with more, a new core is created."""

_MOST_THREADS = 32
"""With more threads, reading cannot keep up with them, and blocks that wait only take memory."""

_MOST_AHEAD = 64
"""Blocks of a megabyte that are held while the core reads them or waits for verdicts."""

_REUSED_BYTES = 31 << 20
"""Size of a block of memory: after its release glibc keeps the memory of smaller blocks, and reuses it. Otherwise it
returns each megabyte that was read to the system, and gets it back page by page. Other C libraries ignore this."""

MOST_GROUPS = 20_000
"""Groups that are cached; with more, they are cleared."""


class NativeSelector:
    """A selector (`segkoch_lint.engine.lines.selector.LineSelector`) that uses the native core.

    Args:
        context: the run.
        reads: what the run reads of a call.

    Attributes:
        ahead: how many blocks the core can work on before `select` is called for them.
    """

    def __init__(self, context: LineContext, reads: RunReadSet) -> None:
        bytes(_REUSED_BYTES)  # is freed at once, and never written to
        self._threads = min(context.threads, _MOST_THREADS)
        self.ahead = 0 if context.threads == 1 else min(4 * self._threads, _MOST_AHEAD)
        self._ruleset = context.ruleset
        self._limits = context.limits
        self._count = context.count
        self._has_named_facets = any(facet.named for facet in context.facets)
        self._texts = GroupTexts(context.facets, tuple(reads.columns))
        self._recorder = context.recorder
        self._reads = reads
        self._records: CoreRecords | None = None
        self._begin()

    def _begin(self, announced: Iterable[Block] = ()) -> None:
        """Create a core with empty caches, and announce blocks to it."""
        self._plan = CorePlan(self._reads, self._limits, self._threads)
        if self._has_named_facets:
            self._plan.core.watch_groups()
        self._verdicts: list[Verdict | None] = []
        self._groups: list[LibraryAndGroup] = []
        if self._records is not None:
            self._records.use(self._plan)
        elif self._recorder is not None:
            self._records = CoreRecords(self._recorder, self._plan)
        self._announced: deque[Block] = deque()
        for block in announced:
            self.announce(block)

    def announce(self, block: Block) -> None:
        """Start work on a block. `select` is called later, for the announced blocks in their order."""
        self._plan.core.submit(block.text, leave_first=False)
        self._announced.append(block)

    def select(self, block: Block, *, leave_first: bool) -> Sequence[NumberedLine | ParseError | CheckedLine]:
        """Return, in order, the lines of a block that are not only counted."""
        self._clear_when_full()
        try:
            found = self._read_block(block, leave_first=leave_first)
            self._groups += map(self._texts.group, found.groups)
            selected = list(self._selected(found, block))
        except BaseException:
            self._begin(self._announced)  # what the core found in this block must not be counted with the next one
            raise
        block.ends = found.ends
        self._count_found(found, block)
        return selected

    def _read_block(self, block: Block, *, leave_first: bool) -> Found:
        """Let the core read a block, and answer what it asks."""
        if not self._announced:
            self._plan.core.submit(block.text, leave_first=leave_first)
        elif self._announced.popleft() is not block:
            self._begin()  # the reading of an input was stopped: its announced blocks are dropped
            return self._read_block(block, leave_first=leave_first)
        core = self._plan.core
        while isinstance(event := core.next(), tuple):
            kind, about, unknown = event
            if kind == "key":
                self._plan.answer_key(about, unknown)
            elif kind == "text":
                self._plan.answer_text(about, unknown)
            elif kind == "group":
                core.answer_group(unknown, self._texts.watched(core.group(unknown)))
            else:
                self._answer_row(unknown)
        assert event is not None
        return event

    def _selected(self, found: Found, block: Block) -> Iterator[NumberedLine | ParseError | CheckedLine]:
        for number, start, end, row, group, extents in found.lines:
            text, line = block.text[start:end], block.number + number
            verdict = None if row is None else self._verdicts[row]
            if verdict is None:
                yield from Block(line, text).lines(self._limits)
            else:
                yield CheckedLine(text, line, verdict, number, self._groups[group].group, extents or None)

    def _count_found(self, found: Found, block: Block) -> None:
        for row, group, calls in found.calls:
            verdict = self._verdicts[row]
            assert verdict is not None
            library, grouped = self._groups[group]
            if not verdict.violations:
                self._count(verdict, library, grouped, calls)
        if self._records is not None:
            self._records.keep(block)

    def _clear_when_full(self) -> None:
        core = self._plan.core
        if self._plan.answers > MOST_ANSWERS:
            self._begin(self._announced)
        elif len(self._groups) > MOST_GROUPS:
            core.forget_groups()
            self._groups.clear()

    def _answer_row(self, text: bytes) -> None:
        self._plan.answers += 1
        document = parse_json(text, depth=self._limits.depth)
        call = single_call(document)
        if call is None:
            self._verdicts.append(None)
            self._plan.core.answer_row("left")
            return
        message = call.message
        verdict = self._ruleset.verdict(message)
        self._verdicts.append(verdict)
        kinds = (None, None) if self._records is None else self._records.kinds(message, verdict)
        if verdict.violations:
            self._plan.core.answer_row("shown", kinds, self._plan.members(verdict.reads))
        else:
            self._plan.core.answer_row("counted", kinds)
