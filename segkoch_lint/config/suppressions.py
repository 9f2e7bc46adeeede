"""The suppressions of a run: which findings do not count, and which suppressions are unused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from segkoch_lint.config.applied_rules import AppliedRules
from segkoch_lint.config.baseline import Baseline, BaselineChange, BaselineMatcher
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.written_suppressions import COMMENT_FORMS, CommentedSuppression, ConfiguredSuppression
from segkoch_lint.errors import UsageError, raise_all
from segkoch_lint.findings.finding import Finding, Suppression
from segkoch_lint.findings.redaction.masking import mask_shapes, shown_path
from segkoch_lint.findings.summary import SuppressionNote
from segkoch_lint.inputs.gitignore import PathPatterns
from segkoch_lint.rules.catalogue import matching

if TYPE_CHECKING:
    from segkoch_lint.documents.yaml.comments import Comment  # it imports the YAML parser, and few inputs are YAML

_KEPT_PATHS = 1024

_ALL_LINES = 0
"""The key of comments that apply to a whole input, in place of a line."""


class _Configured(msgspec.Struct, eq=False):
    """An entry of the configuration, and how often it was used.

    Attributes:
        entry: the entry.
        place: where it is, in words.
        codes: of its rules.
        paths: the paths that it applies to; None for all.
        pointers: the pointers that it applies to; None for all.
        suppression: of its findings; None if it is expired.
        read: whether an input that it applies to was read.
        claimed: whether one of these was expected to hold calls.
        findings: how many it applies to.
    """

    entry: ConfiguredSuppression
    place: str
    codes: frozenset[str]
    paths: PathPatterns | None
    pointers: re.Pattern[str] | None
    suppression: Suppression | None
    read: bool = False
    claimed: bool = False
    findings: int = 0


class _Commented(msgspec.Struct, eq=False):
    """A comment in an input, and how often it was used.

    Attributes:
        comment: the comment.
        codes: of its rules.
        lines: that it applies to; `_ALL_LINES` for the whole input.
        suppression: of its findings.
        claimed: whether the input is expected to hold calls.
        findings: how many it applies to.
    """

    comment: Comment
    codes: frozenset[str]
    lines: frozenset[int]
    suppression: Suppression
    claimed: bool
    findings: int = 0


class Suppressions:
    """Finds the suppressions of findings, and notes which are used.

    Args:
        selection: the rules of the run.
        settings: the configuration.
        applied: the codes of the rules that this run applies, if they are selected.
        today: decides which entries of the configuration are expired.

    Attributes:
        baseline: the baseline; None if there is none.

    Raises:
        UsageError: an entry of the configuration names a rule that does not exist, or its pattern is invalid; or the
            baseline cannot be read.
    """

    def __init__(
        self, selection: Selection, settings: Settings, applied: Collection[str], today: date | None = None
    ) -> None:
        self._selection = selection
        self._applied = AppliedRules.of(selection.rules, applied)
        self._is_claimed = False  # the input that is read
        self._comments: dict[str, list[_Commented]] = {}
        self._by_line: dict[tuple[str, int], list[_Commented]] = {}
        self._invalid: list[SuppressionNote] = []
        self._configured = _configured(selection, settings, today or date.today())  # noqa: DTZ011 - the author's day
        self.baseline = BaselineMatcher(settings.baseline) if settings.baseline else None
        self._configured_in = lru_cache(maxsize=_KEPT_PATHS)(self._find_configured)
        self._configured_for = lru_cache(maxsize=_KEPT_PATHS)(self._find_configured_of_rule)

    def __bool__(self) -> bool:
        """Return whether any finding may be suppressed."""
        return bool(self._configured or self._comments or self.baseline)

    def begin(self, path: str, *, claimed: bool) -> None:
        """Note that an input is read, maybe again; *claimed* says whether it is expected to hold calls."""
        self._is_claimed = claimed
        for commented in self._comments.pop(path, ()):
            for line in commented.lines:
                self._by_line.pop((path, line), None)
        if self.baseline is not None:
            self.baseline.begin(path, claimed=claimed)
        for each in self._configured_in(path):
            each.read = True
            each.claimed = each.claimed or claimed

    def add_comments(self, path: str, comments: Sequence[Comment]) -> None:
        """Add the comments of an input."""
        for each in comments:
            try:
                commented = self._commented(each)
            except ValueError as problem:
                place = f"{shown_path(path)}:{each.line}:{each.column}"
                self._invalid.append(SuppressionNote("invalid", place, f"{problem}.", COMMENT_FORMS))
                continue
            self._comments.setdefault(path, []).append(commented)
            for line in commented.lines:
                self._by_line.setdefault((path, line), []).append(commented)

    def applied(self, finding: Finding, content: str = "") -> Finding:
        """Return a finding with its suppression, if it has one.

        Args:
            finding: the finding, located.
            content: what identifies the finding besides its rule and place: the offending value, or the message.
        """
        if not self:
            return finding
        suppression = self._of(finding, content)
        return finding if suppression is None else msgspec.structs.replace(finding, suppression=suppression)

    def notes(self) -> Iterator[SuppressionNote]:
        """Yield what is wrong with comments, and which suppressions are expired or suppress nothing.

        A suppression is unused only if an input that it applies to was read and one of its rules was applied, and a
        finding in the baseline is gone only under the same conditions.
        """
        yield from self._invalid
        for each in self._configured:
            until = each.entry.until
            if each.findings and each.suppression is None:
                number = "1 finding is" if each.findings == 1 else f"{each.findings:,} findings are"
                yield SuppressionNote("expired", each.place, f"expired after {until}: {number} back")
            elif each.read and self._is_unused(each):
                expired = f"expired after {until} and " if each.suppression is None else ""
                yield SuppressionNote("unused", each.place, f"{expired}suppresses nothing; remove it")
        for path, comments in self._comments.items():
            for commented in filter(self._is_unused, comments):
                place = f"{shown_path(path)}:{commented.comment.line}:{commented.comment.column}"
                yield SuppressionNote("unused", place, "this comment suppresses nothing; remove it")
        if self.baseline is not None and self.baseline.mode == "apply":
            yield from self._stale(self.baseline)

    def updated_baseline(self) -> tuple[Baseline, BaselineChange]:
        """Return the baseline after the run, which has one, and what changes in it.

        Raises:
            UsageError: it would have too many entries.
        """
        assert self.baseline is not None
        return self.baseline.update(self._applied)

    def _is_unused(self, suppression: _Configured | _Commented) -> bool:
        """Return whether the run would have found something that a suppression applies to, and there is nothing."""
        applied = self._applied.in_input(claimed=suppression.claimed)
        return not suppression.findings and not suppression.codes.isdisjoint(applied)

    def _stale(self, baseline: BaselineMatcher) -> Iterator[SuppressionNote]:
        # Other inputs, without findings of their own, may have been part of findings about all inputs.
        if gone := baseline.gone(self._applied.of_single_inputs()).total():
            number = "1 finding in it is" if gone == 1 else f"{gone:,} findings in it are"
            message = f"{number} gone; `segkoch-lint baseline update` removes what is gone"
            yield SuppressionNote("stale", str(baseline.file), message)

    def _of(self, finding: Finding, content: str) -> Suppression | None:
        location = finding.location
        for each in self._configured_for(location.path, finding.code):
            if each.pointers is None or each.pointers.match(location.pointer_text(show_ids=True)):
                each.findings += 1
                if each.suppression is not None:
                    return each.suppression
        for line in (location.span.line if location.span else _ALL_LINES, _ALL_LINES):
            for commented in self._by_line.get((location.path, line), ()):
                if finding.code in commented.codes:
                    commented.findings += 1
                    return commented.suppression
        if self.baseline is not None and self.baseline.holds(finding, content):
            return Suppression("baseline", self.baseline.file.name)
        return None

    def _find_configured(self, path: str) -> tuple[_Configured, ...]:
        return tuple(each for each in self._configured if each.paths is None or each.paths.match(path, folder=False))

    def _find_configured_of_rule(self, path: str, code: str) -> tuple[_Configured, ...]:
        return tuple(each for each in self._configured_in(path) if code in each.codes)

    def _commented(self, comment: Comment) -> _Commented:
        """Return what a comment means.

        Raises:
            ValueError: it means nothing; the message says why.
        """
        wanted = CommentedSuppression.of(comment.text)
        if wanted.whole_file and not comment.at_head:
            raise ValueError("`ignore-file` is only allowed before the first value of the file")
        try:
            codes = _codes(self._selection, wanted.codes)
        except UsageError as error:
            raise ValueError(error.message.removesuffix(".")) from None
        suppression = Suppression("comment", mask_shapes(wanted.reason))
        lines = frozenset([_ALL_LINES]) if wanted.whole_file else comment.lines
        return _Commented(comment, codes, lines, suppression, self._is_claimed)


def _configured(selection: Selection, settings: Settings, today: date) -> tuple[_Configured, ...]:
    """Return the entries of the configuration, ready to match.

    Raises:
        UsageError: an entry names a rule that does not exist, or its pattern is invalid.
    """
    errors: list[UsageError] = []
    found = []
    for number, entry in enumerate(settings.suppress):
        place = settings.origins.get(f"suppress.{number}", f"suppress[{number}]")
        try:
            codes = _codes(selection, entry.codes)
            paths = PathPatterns([entry.path], settings.root, "suppress") if entry.path else None
        except UsageError as error:
            errors.append(UsageError(f"{place}: {error.message}", error.hint))
            continue
        expired = entry.until is not None and today > entry.until
        suppression = None if expired else Suppression("configuration", entry.reason)
        found.append(_Configured(entry, place, codes, paths, entry.pattern(), suppression))
    raise_all(errors)
    return tuple(found)


def _codes(selection: Selection, selectors: Sequence[str]) -> frozenset[str]:
    """Return the codes that selectors match, of selected rules and others.

    Raises:
        UsageError: a selector matches no rule.
    """
    return frozenset(rule.code for selector in selectors for rule in matching(selection.known, selector))
