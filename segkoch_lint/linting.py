"""The hall that every door leads into: inputs in, findings and figures out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from segkoch_lint.findings import Excerpt, Finding, Location
from segkoch_lint.identity.collecting import Collector, share_of
from segkoch_lint.identity.judging import Disagreement, Identity
from segkoch_lint.identity.observing import Observer
from segkoch_lint.identity.seen import Order
from segkoch_lint.inspecting import Excerpts, Inspector, Observe, count, remedy_for
from segkoch_lint.places import Span, pointer_of
from segkoch_lint.policy.selection import Selection
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading.discovering import Input, Unread, discover
from segkoch_lint.reading.documents import Document, Flaw, ValueDocument
from segkoch_lint.reading.opening import Stream, open_bytes, open_input
from segkoch_lint.reading.recognising import Foreign, read_documents
from segkoch_lint.reading.splitting import Block, NumberedLine
from segkoch_lint.reading.unwrapping import NotACall
from segkoch_lint.rules.ruleset import Opinion, RuleSet
from segkoch_lint.skimming.skimmer import Skimmer
from segkoch_lint.tallies import RuleTally, Summary

INVALID_SYNTAX = "KCH001"
NOT_A_CALL = "KCH002"

FlawExcerpts = Callable[[Flaw], Excerpt | None]
"""Makes the lines to show around broken text."""

_REMARKS = {
    "tracking plan": "a tracking plan, not events; `segkoch-lint plan check` checks it",
    "HAR capture": "a HAR capture; these are not read yet, so nothing in it was checked",
}

_NEITHER = "neither JSON nor YAML"

_PROGRESS_EVERY = 500
"""Documents between two looks at the clock."""

_MOST_HELD = 10_000
"""Values before the first call of an input that are remembered, should a call follow."""


class Linter:
    """One run: lints inputs one after the other and counts as it goes.

    Args:
        settings: the configuration of the run.
        allow_empty: files that hold no call are counted, not reported.
        excerpts, flaw_excerpts: make the lines to show; None when nobody shows them.

    Attributes:
        summary: the figures so far.
        collector: what the calls say of their users; None when no rule about users is selected.
        on_progress: called now and then while inputs are read.

    Raises:
        UsageError: a selector means no rule, or a rule file is broken.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        allow_empty: bool = False,
        excerpts: Excerpts | None = None,
        flaw_excerpts: FlawExcerpts | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.summary = Summary()
        self._selection = Selection(self.settings)
        ruleset = RuleSet(self._selection.rules, self.settings.delivery, self._selection.catalogue)
        self._ruleset = ruleset
        self._inspector = Inspector(self._selection, ruleset, excerpts)
        self._about_users = [rule.code for rule in self._selection.rules if rule.applies_to in {"user", "device"}]
        self.collector = Collector(share_of(self.settings.memory)) if self._about_users else None
        observed = self.collector is not None
        self._skimmer = Skimmer(ruleset, self.settings.limits, self._count_clean, observed=observed)
        self._inputs = 0
        self._allow_empty = allow_empty
        self._flaw_excerpts = flaw_excerpts
        self._read_before = 0
        self._stream_now: Stream | None = None
        self.on_progress: Callable[[], None] = lambda: None

    def paths(self, paths: Sequence[str], *, stdin_filename: str | None = None) -> Iterator[Finding]:
        """Lint files, folders, globs and ``-``; what cannot be read is noted in ``summary.unread``."""
        found = discover(paths, exclude=self.settings.exclude, root=self.settings.root, stdin_filename=stdin_filename)
        for each in found:
            if isinstance(each, Unread):
                self.summary.unread.append((each.path, each.reason))
            else:
                yield from self.input(each)
        if found.passed_over:
            self.summary.not_calls[_NEITHER] += found.passed_over

    @property
    def selection(self) -> Selection:
        """The rules of the run, and what they weigh."""
        return self._selection

    @property
    def bytes_read(self) -> int:
        """Stored (compressed) bytes read so far."""
        return self._read_before + (self._stream_now.consumed if self._stream_now else 0)

    def input(self, source: Input, order: Order | None = None) -> Iterator[Finding]:
        """Lint one input.

        Args:
            source: the input.
            order: sorts it among the inputs of the run; by default they count in the order in which they come.
        """
        opened = open_input(source)
        if isinstance(opened, Unread):
            self.summary.unread.append((opened.path, opened.reason))
            return
        with opened as stream:
            yield from self._stream(stream, source, order)

    def bytes(self, content: bytes, name: str = "-", order: Order | None = None) -> Iterator[Finding]:
        """Lint the content of an input, whatever it is: compressed, JSON, JSON Lines or YAML. See `input`."""
        with open_bytes(content, name) as stream:
            yield from self._stream(stream, Input(name, stdin=True, named=True), order)

    def value(self, value: Any) -> Iterator[Finding]:
        """Lint a call, a list of calls or a batch body that was parsed already; its findings have no span."""
        observer = self._observer("", frozenset(), None)
        observe = observer.call if observer else None
        inspection = self._inspector.inspect(ValueDocument(value), "", frozenset(), self.summary, observe)
        yield from inspection.findings
        for value_of_no_call in inspection.not_calls:
            yield from self._not_a_call("", None, value_of_no_call, frozenset())
            self.summary.not_calls[value_of_no_call.kind] += 1

    def identity_findings(self) -> Iterator[Finding]:
        """Yield what is wrong across all inputs, once they were read; afterwards nothing is remembered of users.

        Raises:
            OutputError: there is no space left for what is remembered.
        """
        if self.collector is None:
            return
        try:
            identity = Identity.of(self.collector, self._ruleset.violations)
            self.summary.identity = identity.tally
            for code, calls in identity.calls.items():
                self.summary.rules.setdefault(code, RuleTally()).calls += calls
            for each in identity.disagreements():
                yield self._across(each)
        finally:
            self.collector.close()

    def _across(self, each: Disagreement) -> Finding:
        rule = self._selection.by_code[each.code]
        severity = self._selection.severity(rule)
        self.summary.rules[each.code].findings += 1
        self.summary.severities[str(severity)] += 1
        remedy = remedy_for(rule, each.libraries[0] if len(each.libraries) == 1 else "", each.origin)
        properties = {"calls": each.calls, "libraries": list(each.libraries)}
        return Finding(
            rule.code,
            rule.name,
            severity,
            each.template,
            each.location,
            each.values,
            remedy,
            each.related,
            properties=properties,
        )

    def _observer(self, path: str, ignored: frozenset[str], order: Order | None) -> Observer | None:
        """Return what tells the collector of the calls of the next input."""
        self._inputs += 1
        if self.collector is None:
            return None
        codes = ",".join(code for code in self._about_users if code in ignored)
        return Observer(self.collector, path, order or (self._inputs,), codes)

    def _stream(self, stream: Stream, source: Input, order: Order | None = None) -> Iterator[Finding]:
        summary = self.summary
        summary.inputs += 1
        self._stream_now = stream
        ignored = self._selection.ignored_in(source.path)
        strangers = _Strangers()
        observer = self._observer(source.path, ignored, order)
        observe = observer.call if observer else None

        def sieve(block: Block) -> Iterator[NumberedLine | Flaw]:
            # The first call lets strangers in at its place, so it is always read.
            return self._skimmer.sieve(block, passing=strangers.welcome, observer=observer)

        try:
            found = read_documents(stream, name=source.path, limits=self.settings.limits, sieve=sieve)
            for number, each in enumerate(found):
                if number % _PROGRESS_EVERY == 0:
                    self.on_progress()
                if isinstance(each, Foreign):
                    summary.not_calls[_NEITHER] += 1
                    strangers.hold(Span(1, 1, 1, 1), NotACall("other", ()))
                elif isinstance(each, Flaw):
                    summary.calls += 1
                    summary.malformed += 1
                    yield from self._flaw(each, source.path, ignored)
                else:
                    yield from self._document(each, source.path, ignored, strangers, observe)
        except OSError as error:
            summary.unread.append((source.path, error.strerror or str(error)))
        summary.bytes += stream.inflated
        self._read_before += stream.consumed
        self._stream_now = None
        if not strangers.welcome:
            yield from self._no_calls(source, strangers, ignored)

    def _count_clean(self, opinion: Opinion, library: str, calls: int) -> None:
        count(self.summary, opinion, library, calls)

    def _document(
        self,
        document: Document,
        path: str,
        ignored: frozenset[str],
        strangers: _Strangers,
        observe: Observe | None,
    ) -> Iterator[Finding]:
        inspection = self._inspector.inspect(document, path, ignored, self.summary, observe)
        for unit in inspection.not_calls:
            self.summary.not_calls[unit.kind] += 1
            strangers.hold(document.locate([unit.path]).get(unit.path), unit)
        if inspection.holds_calls or strangers.welcome:
            # A file that holds a call is expected to hold nothing else.
            for span, unit in strangers.let_in():
                yield from self._not_a_call(path, span, unit, ignored)
        yield from inspection.findings

    def _no_calls(self, source: Input, strangers: _Strangers, ignored: frozenset[str]) -> Iterator[Finding]:
        """Say what an input is that holds no call at all: an error when it was named as one that should."""
        kinds = {unit.kind for _, unit in strangers.held}
        for kind in sorted(kinds & set(_REMARKS)):
            self.summary.remarks.append((source.path, _REMARKS[kind]))
        if source.named and not self._allow_empty:
            for span, unit in strangers.held[:1]:
                yield from self._not_a_call(source.path, span, unit, ignored)

    def _flaw(self, flaw: Flaw, path: str, ignored: frozenset[str]) -> Iterator[Finding]:
        excerpt = self._flaw_excerpts(flaw) if self._flaw_excerpts else None
        yield from self._about_input(INVALID_SYNTAX, Location(path, flaw.span), ignored, flaw.message, excerpt)

    def _not_a_call(self, path: str, span: Span | None, unit: NotACall, ignored: frozenset[str]) -> Iterator[Finding]:
        if unit.kind not in _REMARKS:
            yield from self._about_input(NOT_A_CALL, Location(path, span, pointer_of(unit.path)), ignored)

    def _about_input(
        self,
        code: str,
        location: Location,
        ignored: frozenset[str],
        problem: str = "",
        excerpt: Excerpt | None = None,
    ) -> Iterator[Finding]:
        rule = self._selection.by_code.get(code)
        if rule is None or code in ignored:
            return
        severity = self._selection.severity(rule)
        tally = self.summary.rules.setdefault(code, RuleTally())
        tally.findings += 1
        tally.calls += 1
        self.summary.severities[str(severity)] += 1
        values = {"problem": problem}
        yield Finding(
            code, rule.name, severity, rule.message, location, values, remedy_for(rule, "", None), excerpt=excerpt
        )


class _Strangers:
    """Values of an input that are no calls, held back until it is known whether the input holds calls."""

    def __init__(self) -> None:
        self.held: list[tuple[Span | None, NotACall]] = []
        self.welcome = False

    def hold(self, span: Span | None, unit: NotACall) -> None:
        if self.welcome or len(self.held) < _MOST_HELD:
            self.held.append((span, unit))

    def let_in(self) -> list[tuple[Span | None, NotACall]]:
        """Return what was held, now that a call was seen; from now on nothing is held back."""
        self.welcome = True
        held, self.held = self.held, []
        return held


def lint(
    source: Mapping[str, Any] | list[Any] | bytes | str | os.PathLike[str] | Iterable[str],
    *,
    settings: Settings | None = None,
) -> Iterator[Finding]:
    """Lint calls and yield what is wrong with them.

    Args:
        source: a call, a list of calls or a batch body (parsed JSON); bytes: the content of a file; a string or
            path: a file, folder or glob.
        settings: a configuration; the defaults when None. No configuration file is looked for.

    Yields:
        findings in the order of the input, and then those across calls. Those of a parsed value have no span.

    Raises:
        UsageError: a setting is wrong.
        OSError: an input is missing or unreadable.
    """
    linter = Linter(settings)
    if isinstance(source, bytes):
        yield from linter.bytes(source)
    elif isinstance(source, Mapping | list):
        yield from linter.value(source)
    else:
        yield from linter.paths([os.fspath(source)])  # type: ignore[arg-type]
    yield from linter.identity_findings()
    for path, reason in linter.summary.unread:
        raise OSError(f"{path}: {reason}")
