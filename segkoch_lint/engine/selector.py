"""Which way the lines of a log are gone through: with the native core, if it is installed, or without."""

from __future__ import annotations

from collections.abc import Iterator

from segkoch_lint.engine.checked_line import Count, LineSelector
from segkoch_lint.engine.core import has_core
from segkoch_lint.engine.read_set import ReadSet, compares_members, is_divisible
from segkoch_lint.engine.verdict_cache import CachingSelector
from segkoch_lint.facets import Facet
from segkoch_lint.identity.observing import Observer
from segkoch_lint.reading.documents import Flaw
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.splitting import Block, NumberedLine
from segkoch_lint.rules.ruleset import RuleSet


def line_selector(
    ruleset: RuleSet, limits: Limits, count: Count, facets: tuple[Facet, ...], observer: Observer | None
) -> LineSelector:
    """Return the fastest selector that there is.

    Args:
        ruleset: the rules of the run.
        limits: depth and length of what is read.
        count: is told of the calls that are only counted.
        facets: what calls are grouped by.
        observer: is told what calls say of their users; None when nobody asks.
    """
    reads = ReadSet.of(ruleset.likeness.footprint, facets, identity=observer is not None)
    # The core cannot tell whether a name holds an id of its call.
    if is_divisible(reads.footprint) and has_core() and not any(facet.named for facet in facets):
        from segkoch_lint.engine.native import NativeSelector  # noqa: PLC0415 - it needs the core

        return NativeSelector(ruleset, reads, limits, count, facets=facets, observer=observer)
    if is_divisible(reads.footprint) and not compares_members(reads.footprint):
        return CachingSelector(ruleset, reads, limits, count, facets=facets, observer=observer)
    return ReadingSelector(limits)


class ReadingSelector:
    """Hands every line on; see `segkoch_lint.engine.checked_line.LineSelector`.

    Args:
        limits: the length of a line.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def select(self, block: Block, *, leave_first: bool) -> Iterator[NumberedLine | Flaw]:  # noqa: ARG002
        """Return the lines of a block."""
        return block.lines(self._limits)
