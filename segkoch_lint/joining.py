"""The results of the parts of an input, in order, to the findings and figures of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from segkoch_lint.calls import CALL_TYPES
from segkoch_lint.findings import Finding, Location
from segkoch_lint.identity.collecting import Collector, Source
from segkoch_lint.inspecting import Inspector
from segkoch_lint.parts import NEITHER, Lost, Part, Result, Stranger
from segkoch_lint.reading.inputs import Input
from segkoch_lint.reading.pieces import lines_in
from segkoch_lint.reading.recognising import OTHER_TABLE
from segkoch_lint.reading.unwrapping import MISSPELLED
from segkoch_lint.tallies import Summary

NOT_A_CALL = "KCH002"

REMARKS = {
    "tracking plan": "a tracking plan, not events; `segkoch-lint plan check` checks it",
    "HAR capture": "a HAR capture; these are not read yet, so nothing in it was checked",
}

_TYPES = ", ".join(CALL_TYPES)
_EXPECTED = f"an object with `type` ({_TYPES}) or `event` is expected"

_PROBLEMS = {
    MISSPELLED: f"`type` has to be one of {_TYPES}, in lower case and without blanks",
    OTHER_TABLE: "a table without columns of Segment's, such as context_device_id, anonymous_id and event",
    NEITHER: "the file is neither JSON nor YAML, nor a table",
}
"""By the kind of a value that is no call, what is wrong with it; of all others a call is expected."""

_MOST_HELD = 10_000
"""Values before the first call of an input that are remembered, should a call follow."""


class Joint:
    """Joins the results of one input, part by part.

    Args:
        source: the input.
        inspector: makes findings about values that are no calls.
        ignored: codes that do not count in this input.
        summary: the figures to add to.
        collected: who is told what calls say of their users, and as calls of what; None when no rule asks.

    Attributes:
        lines: ends of lines in the parts that are finished.
    """

    def __init__(
        self,
        source: Input,
        inspector: Inspector,
        ignored: frozenset[str],
        summary: Summary,
        *,
        collected: tuple[Collector, Source] | None = None,
    ) -> None:
        self.lines = 0
        self._collected = collected
        self._source = source
        self._inspector = inspector
        self._ignored = ignored
        self._summary = summary
        self._held: list[Stranger] = []
        self._holds_calls = False
        self._whole = True

    def add(self, result: Result) -> Iterator[Finding]:
        """Add a result of the part whose turn it is."""
        figures = result.summary
        self._whole = self._whole and not figures.failed
        figures.internal_errors = [each.moved(self.lines) for each in figures.internal_errors]
        if figures.unread:
            self._whole = False
            # What keeps an input from being read is met in each of its parts.
            figures.unread = [each for each in figures.unread if each not in self._summary.unread]
        self._summary.add(figures)
        if result.observed is not None and self._collected is not None:
            collector, collected_as = self._collected
            collector.add(result.observed, collected_as, lines=self.lines)
        for entry in result.entries:
            if isinstance(entry, Finding):
                yield entry.moved(self.lines) if self.lines else entry
            elif isinstance(entry, Stranger):
                yield from self._stranger(entry)
            elif not self._holds_calls:
                # A file that holds a call is expected to hold nothing else.
                self._holds_calls = True
                held, self._held = self._held, []
                for stranger in held:
                    yield from self._not_a_call(stranger)
        self.lines += result.lines

    def miss(self, part: Part, lost: Lost) -> None:
        """Note that a part was not checked, or not to its end."""
        self._whole = False
        what = "not checked"
        if part.piece is not None:
            first = self.lines + 1
            self.lines += lines_in(part.source, part.piece)  # places after it are to be right
            what = f"lines {first:,} to {max(first, self.lines):,} were not checked"
        end = " to the end" if lost.partly else ""
        if lost.failure is not None:
            self._summary.fail(replace(lost.failure, consequence=f"{what}{end}"))
        else:
            self._summary.unread.append((part.source.path, f"{what}{end}: the process that read it {lost.reason}"))
        if part.first and not lost.partly:
            self._summary.inputs += 1

    def end(self, *, allow_empty: bool) -> Iterator[Finding]:
        """Say what an input is that holds no call at all: an error when it was named as one that should.

        Args:
            allow_empty: such files are counted, not reported.
        """
        if self._holds_calls or not self._whole:
            return
        for kind in sorted({stranger.kind for stranger in self._held} & set(REMARKS)):
            self._summary.remarks.append((self._source.path, REMARKS[kind]))
        if self._source.named and not allow_empty:
            for stranger in self._held[:1]:
                yield from self._not_a_call(stranger)

    def _stranger(self, stranger: Stranger) -> Iterator[Finding]:
        if self.lines and stranger.span:
            stranger = Stranger(stranger.kind, stranger.pointer, stranger.span.moved(self.lines))
        if self._holds_calls or stranger.kind == MISSPELLED:
            yield from self._not_a_call(stranger)
        elif len(self._held) < _MOST_HELD:
            self._held.append(stranger)

    def _not_a_call(self, stranger: Stranger) -> Iterator[Finding]:
        if stranger.kind in REMARKS:
            return
        place = Location(self._source.path, stranger.span, stranger.pointer)
        problem = _PROBLEMS.get(stranger.kind, _EXPECTED)
        finding = self._inspector.about_input(NOT_A_CALL, place, self._ignored, self._summary, problem=problem)
        if finding is not None:
            yield finding
