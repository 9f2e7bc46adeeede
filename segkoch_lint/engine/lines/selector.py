"""Which way the lines of a log are gone through: with the native core, if it is installed, or without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from segkoch_lint.calls.facets import Facet
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.lines import Block, NumberedLine
from segkoch_lint.engine.lines.checked_line import CheckedLine, Count, LineSelector
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.identity.recorder import Recorder
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.rules.ruleset import RuleSet

FEW_BYTES = 64 << 10
"""Lines of inputs that are read as documents before anything else is tried."""


def line_selector(
    ruleset: RuleSet,
    limits: Limits,
    count: Count,
    facets: tuple[Facet, ...],
    recorder: Recorder | None,
    *,
    threads: int = 1,
) -> LineSelector:
    """Return what goes through the lines of inputs; see `selector_for`."""
    return LazySelector(lambda: selector_for(ruleset, limits, count, facets, recorder, threads=threads), limits)


def selector_for(
    ruleset: RuleSet,
    limits: Limits,
    count: Count,
    facets: tuple[Facet, ...],
    recorder: Recorder | None,
    *,
    threads: int = 1,
) -> LineSelector:
    """Return the fastest selector that there is.

    Args:
        ruleset: the rules of the run.
        limits: depth and length of what is read.
        count: is told of the calls that are only counted.
        facets: what calls are grouped by.
        recorder: records what calls say of their users and event names; None if no rule asks.
        threads: how many the native core may use.
    """
    from segkoch_lint.engine.lines.run_read_set import RunReadSet  # noqa: PLC0415 - only large inputs need it

    reads = RunReadSet.of(
        ruleset.read_set,
        facets,
        users=recorder is not None and recorder.users,
        events=recorder is not None and recorder.events,
    )
    if reads.read_set.is_divisible and has_core():
        from segkoch_lint.engine.lines.native_selector import NativeSelector  # noqa: PLC0415 - it needs the core

        return NativeSelector(ruleset, reads, limits, count, facets=facets, recorder=recorder, threads=threads)
    if reads.read_set.is_divisible and not reads.read_set.compares_members:
        from segkoch_lint.engine.lines.verdict_cache import CachingSelector  # noqa: PLC0415

        return CachingSelector(ruleset, reads, limits, count, facets=facets, recorder=recorder)
    return ReadingSelector(limits)


class LazySelector:
    """Hands the first lines on, and makes a selector when there are many: it takes a while until one saves time.

    Args:
        make: makes the selector.
        limits: the length of a line.
    """

    def __init__(self, make: Callable[[], LineSelector], limits: Limits) -> None:
        self._make = make
        self._few = ReadingSelector(limits)
        self._selector: LineSelector | None = None
        self._bytes = 0

    @property
    def ahead(self) -> int:
        """How many blocks it can work on before they are selected from."""
        return (self._selector or self._few).ahead

    def announce(self, block: Block) -> None:
        """Begin to work on a block."""
        (self._selector or self._few).announce(block)

    def select(self, block: Block, *, leave_first: bool) -> Iterable[NumberedLine | ParseError | CheckedLine]:
        """Return, in order, the lines of a block that are not only counted."""
        self._bytes += len(block.text)
        if self._selector is None and self._bytes > FEW_BYTES:
            self._selector = self._make()
        return (self._selector or self._few).select(block, leave_first=leave_first)


class ReadingSelector:
    """Hands every line on; see `segkoch_lint.engine.lines.checked_line.LineSelector`.

    Args:
        limits: the length of a line.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.ahead = 0

    def announce(self, block: Block) -> None:
        """Take no notice of a block."""

    def select(self, block: Block, *, leave_first: bool) -> Iterator[NumberedLine | ParseError]:  # noqa: ARG002
        """Return the lines of a block."""
        return block.lines(self._limits)
