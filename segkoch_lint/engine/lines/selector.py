"""Line selectors count the calls of lines that violate nothing, and pass on all other lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from segkoch_lint.calls.facets import Facet
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.lines import Block, NumberedLine
from segkoch_lint.engine.lines.checked_line import CheckedLine
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.findings.summary import Group
from segkoch_lint.identity.recorder import Recorder
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.rules.ruleset import RuleSet, Verdict

FEW_BYTES = 64 << 10
"""Lines up to this many bytes are read as documents: it takes a while until a selector saves time."""

Count = Callable[[Verdict, str, Group, int], None]
"""Counts a number of calls with the same verdict, library and group."""


@dataclass(frozen=True, slots=True)
class LineContext:
    """What line selectors need to know of a run.

    Attributes:
        ruleset: the rules of the run.
        limits: the limits of depth and length.
        count: called for the calls that are only counted.
        facets: what calls are grouped by.
        recorder: records ids and event names of calls; None if no rule is about them.
        threads: how many threads the native core may use.
    """

    ruleset: RuleSet
    limits: Limits
    count: Count
    facets: tuple[Facet, ...] = ()
    recorder: Recorder | None = None
    threads: int = 1


class LineSelector(Protocol):
    """Counts the calls of lines that violate nothing, and passes on the other lines."""

    @property
    def ahead(self) -> int:
        """How many blocks it can work on before `select` is called for them."""

    def announce(self, block: Block) -> None:
        """Start work on a block. `select` is called later, for the announced blocks in their order."""

    def select(self, block: Block, *, leave_first: bool) -> Iterable[NumberedLine | ParseError | CheckedLine]:
        """Return, in order, the lines of a block that are not only counted.

        If this fails, nothing of the block is counted, so that it can be read in another way.

        Args:
            block: lines; the number of line ends in it is stored in it.
            leave_first: whether to return the first call, too, whatever its verdict.
        """


def fastest_selector(context: LineContext) -> LineSelector:
    """Return the fastest selector that is installed and can be used for the rules."""
    from segkoch_lint.engine.lines.run_read_set import RunReadSet  # noqa: PLC0415 - only large inputs need it

    recorder = context.recorder
    reads = RunReadSet.of(
        context.ruleset.read_set,
        context.facets,
        users=recorder is not None and recorder.users,
        events=recorder is not None and recorder.events,
    )
    if reads.read_set.is_divisible and has_core():
        from segkoch_lint.engine.lines.native_selector import NativeSelector  # noqa: PLC0415 - it needs the core

        return NativeSelector(context, reads)
    if reads.read_set.is_divisible and not reads.read_set.compares_members:
        from segkoch_lint.engine.lines.caching_selector import CachingSelector  # noqa: PLC0415 - as above

        return CachingSelector(context, reads)
    return ReadingSelector(context.limits)


class LazySelector:
    """Passes the first lines on, and creates the fastest selector if there are more than `FEW_BYTES`.

    Args:
        context: the run.
    """

    def __init__(self, context: LineContext) -> None:
        self._context = context
        self._selector: LineSelector = ReadingSelector(context.limits)
        self._is_fast = False
        self._bytes = 0

    @property
    def ahead(self) -> int:
        """How many blocks it can work on before `select` is called for them."""
        return self._selector.ahead

    def announce(self, block: Block) -> None:
        """Start work on a block."""
        self._selector.announce(block)

    def select(self, block: Block, *, leave_first: bool) -> Iterable[NumberedLine | ParseError | CheckedLine]:
        """Return, in order, the lines of a block that are not only counted."""
        self._bytes += len(block.text)
        if not self._is_fast and self._bytes > FEW_BYTES:
            self._selector, self._is_fast = fastest_selector(self._context), True
        return self._selector.select(block, leave_first=leave_first)


class ReadingSelector:
    """A selector that passes every line on.

    Args:
        limits: the length of a line.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.ahead = 0

    def announce(self, block: Block) -> None:
        """Do nothing: a block is read when it is selected from."""

    def select(self, block: Block, *, leave_first: bool) -> Iterator[NumberedLine | ParseError]:  # noqa: ARG002
        """Return the lines of a block."""
        return block.lines(self._limits)
