"""The entry point of the command line and the Python API: inputs to findings and figures."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import chain
from operator import sub
from typing import Any

import msgspec

from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.documents.detection import may_hold_calls
from segkoch_lint.documents.document import ValueDocument
from segkoch_lint.engine.entries import NEITHER, Entry
from segkoch_lint.engine.entry_resolver import NOT_A_CALL, UNKNOWN_ENVELOPE, EntryResolver
from segkoch_lint.engine.expectation_findings import expectation_findings
from segkoch_lint.engine.finding_locator import SnippetMaker
from segkoch_lint.engine.input_entries import ErrorSnippetMaker
from segkoch_lint.engine.input_linter import InputLinter
from segkoch_lint.engine.snippet_reader import SnippetReader
from segkoch_lint.errors import InternalError, OutputError, UsageError, raise_all
from segkoch_lint.findings.finding import Finding, Location, Snippet
from segkoch_lint.findings.redaction.masking import Secret, is_like_a_document, shown_path
from segkoch_lint.findings.summary import Summary
from segkoch_lint.identity.analysis import analyse
from segkoch_lint.identity.database import IdentityDatabase, Source, record_memory
from segkoch_lint.identity.identity_findings import IdentityFinding
from segkoch_lint.inputs.ahead_opener import open_ahead
from segkoch_lint.inputs.discovery import Discovery, discover
from segkoch_lint.inputs.input import MISSING, Input, UnreadableInput
from segkoch_lint.inputs.opener import open_bytes, open_input
from segkoch_lint.rules.remedies import best_remedy


class _ProgressError(BaseException):
    """An error that ``on_progress`` raised to end the run. The handlers of internal errors must not catch it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


class Linter:
    """One run, which lints inputs one after the other and counts.

    Args:
        settings: the configuration of the run; the defaults if None.
        allow_empty: whether a named file without a call is only counted, and not reported.
        snippets: returns the snippet of a finding; None if no report shows snippets.
        error_snippets: returns the snippet of a parse error; None if no report shows snippets.
        shows_suppressed: whether a report shows suppressed findings, so that they need snippets.
        jobs: how many threads of the native core read the lines of logs; findings and figures do not depend on it.

    Attributes:
        summary: the figures so far.
        identity: the records of users and event names; None if no selected rule is about them.
        on_progress: called regularly while inputs are read. If it raises an exception, the run ends with that.

    Raises:
        UsageError: *settings* are not `Settings`, a selector matches no rule, or a rule file is broken.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        allow_empty: bool = False,
        snippets: SnippetMaker | None = None,
        error_snippets: ErrorSnippetMaker | None = None,
        shows_suppressed: bool = True,
        jobs: int = 1,
    ) -> None:
        if settings is not None and not isinstance(settings, Settings):
            raise UsageError(f"settings: `Settings` are expected, and {type(settings).__name__} was found.")
        self.settings = settings or Settings()
        self.on_progress: Callable[[], None] = lambda: None
        self._input_linter = InputLinter(self.settings, snippets, error_snippets, jobs)
        self._input_linter.checker.locator.with_suppressed = shows_suppressed
        self.summary = self._input_linter.summary = Summary(remarks=list(self.selection.remarks))
        self._input_linter.on_progress = self._report_progress
        self.identity = IdentityDatabase(record_memory(self.settings.memory)) if self.selection.across else None
        self._inputs = 0
        envelopes = self._input_linter.envelopes
        self._snippet_reader = SnippetReader(snippets, self.settings.limits, envelopes) if snippets else None
        self._unreadable_again: set[str] = set()  # names of standard input: files of these names would be others
        self._allow_empty = allow_empty

    def paths(self, paths: Sequence[str], *, stdin_filename: str | None = None) -> Generator[Finding, None, None]:
        """Lint files, folders, globs, URLs and ``-``; ``summary.unread`` names those that cannot be read.

        Close the iterator if it is not exhausted, so that the files are closed.
        """
        found = self.inputs(paths, stdin_filename=stdin_filename)
        open_one = partial(open_input, wait=self.settings.wait)
        baseline = self.settings.baseline
        read = (each for each in found if baseline is None or not baseline.is_at(each.path))
        with closing(open_ahead(read, open_one)) as inputs:
            for each, opened in inputs:
                if isinstance(each, UnreadableInput):
                    self.summary.unread.append((each.path, each.reason))
                else:
                    yield from self._resolved(each, self._input_linter.lint(each, opened or open_one(each)))
        self.summary.remarks += [(pattern, "no file matches this pattern") for pattern in found.unmatched]
        if found.passed_over:
            self.summary.not_calls[NEITHER] += found.passed_over

    def inputs(self, paths: Sequence[str], *, stdin_filename: str | None = None) -> Discovery:
        """Return the inputs that `paths` lints, to be iterated once."""
        settings = self.settings
        return discover(
            paths,
            exclude=settings.exclude,
            events=settings.events,
            allow_empty=self._allow_empty,
            root=settings.root,
            stdin_filename=stdin_filename,
            may_hold_calls=may_hold_calls,
        )

    @property
    def selection(self) -> Selection:
        """The rules of the run and their severities."""
        return self._input_linter.selection

    @property
    def suppressions(self) -> Suppressions:
        """The suppressions of the run."""
        return self._input_linter.suppressions

    @property
    def bytes_read(self) -> int:
        """The number of bytes read so far, before decompression."""
        return self._input_linter.bytes_read

    @property
    def calls_read(self) -> int:
        """The number of calls read so far."""
        return self.summary.calls

    def content(self, content: bytes, source: Input) -> Iterator[Finding]:
        """Lint the content of an input that was read before."""
        with open_bytes(content, source.path) as stream:
            yield from self._resolved(source, self._input_linter.stream(stream, source))

    def bytes(self, content: bytes, name: str = "-") -> Iterator[Finding]:
        """Lint the content of an input, in any format that a file may have."""
        yield from self.content(content, Input(name, stdin=True))

    def value(self, value: Any) -> Iterator[Finding]:
        """Lint a parsed call, list of calls or batch body; the findings have no span.

        Raises:
            ValueError: *value* holds something that JSON cannot express: a key that is not a string, bytes, itself.
        """
        try:
            json.dumps(value, allow_nan=False)  # the validators only see what rules read
            entries = list(self._input_linter.value(ValueDocument(value)))
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"not a JSON value: {error}") from error
        resolver = self._resolver(Input(""))
        for entry in entries:
            yield from resolver.add(entry)
        yield from resolver.end()

    def identity_findings(self) -> Iterator[Finding]:
        """Yield the findings about users and event names of all inputs, then delete the records.

        It is called once, after the inputs have been read.

        Raises:
            OutputError: there is no space left for temporary files.
        """
        if self.identity is None:
            return
        try:
            result = analyse(self.identity, self._input_linter.ruleset)
            try:
                if self._input_linter.records_users:
                    self.summary.identity = result.tally
                counting: Counter[str] = Counter()
                for each in result:
                    finding = self._of_identity(each)
                    if self.summary.add_finding(finding):
                        counting[each.code] += each.calls
                        self.summary.file(each.location.path).findings += 1
                    yield finding
                for code, calls in counting.items():
                    # A call that several findings are about counts once.
                    self.summary.rules[code].calls += min(calls, result.calls[code])
            finally:
                result.findings.close()
        except (OutputError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - the findings about single calls remain valid
            self.failed(error, consequence="the comparison of users is incomplete")
        finally:
            self.identity.close()

    def expectation_findings(self) -> Iterator[Finding]:
        """Yield the findings about expected calls that are missing; it is called once, after `identity_findings`."""
        return expectation_findings(self.settings, self.selection, self.summary, self.suppressions)

    def _of_identity(self, each: IdentityFinding) -> Finding:
        rule = self.selection.by_code[each.code]
        finding = Finding(
            rule.code,
            rule.name,
            self.selection.severity(rule),
            each.template,
            each.location,
            each.values,
            best_remedy(rule, each.libraries[0] if len(each.libraries) == 1 else "", (each.origin or "",)),
            each.related,
            snippet=self._snippet_at(each.code, each.location),
            properties={"calls": each.calls, "libraries": list(each.libraries)},
        )
        content = each.values["id"]
        return self.suppressions.applied(finding, content.reveal() if isinstance(content, Secret) else content)

    def note_suppressions(self) -> None:
        """Add to the figures what is to be known of suppressions. It is called once, after all findings."""
        self.summary.add_suppression_notes(self.suppressions.notes())

    def _snippet_at(self, code: str, location: Location) -> Snippet | None:
        if self._snippet_reader is None or location.path in self._unreadable_again:
            return None
        if code in self._input_linter.checker.locator.without_snippets:
            return None
        try:
            return self._snippet_reader.snippet(location)
        except Exception as error:  # noqa: BLE001 - the finding remains valid
            line = location.span.line if location.span else None
            self.failed(error, location.path, line, consequence="a finding at this place is shown without its lines")
            return None

    @property
    def makes_snippets(self) -> bool:
        """Whether findings get snippets."""
        return self._snippet_reader is not None

    def drop_snippets(self, code: str) -> None:
        """Make no more snippets of the findings of a rule."""
        self._input_linter.checker.locator.without_snippets.add(code)

    def failed(self, error: Exception, path: str = "", line: int | None = None, *, consequence: str) -> None:
        """Record an exception of the program's own code, which makes the run incomplete.

        Args:
            error: the exception.
            path, line: the input and the line where it was raised; empty and None if it is not about an input.
            consequence: what was not done because of it.
        """
        self.summary.internal_errors.append(InternalError.of(error, path, line, consequence))

    def _resolved(self, source: Input, entries: Iterable[Entry]) -> Iterator[Finding]:
        resolver = self._resolver(source)
        before = self._counted
        try:
            for entry in entries:
                yield from map(self._with_snippet, resolver.add(entry))
            yield from map(self._with_snippet, resolver.end())
        except _ProgressError as raised:
            raise raised.error from None
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - the other inputs can be checked
            self.failed(error, source.path, consequence="the rest of this input was not checked")
        inputs, checked, findings = map(sub, self._counted, before)
        if inputs:
            file = self.summary.file(source.path)
            file.inputs += inputs
            file.checked += checked
            file.findings += findings

    @property
    def _counted(self) -> tuple[int, int, int]:
        """The inputs, the calls and destinations, and the findings so far."""
        summary = self.summary
        return summary.inputs, summary.calls + summary.destinations, summary.severities.total()

    def _with_snippet(self, finding: Finding) -> Finding:
        """Return a finding with its snippet: a value is found not to be a call after its lines have been read."""
        if finding.code not in {NOT_A_CALL, UNKNOWN_ENVELOPE}:
            return finding
        return msgspec.structs.replace(finding, snippet=self._snippet_at(finding.code, finding.location))

    def _report_progress(self) -> None:
        try:
            self.on_progress()
        except Exception as error:
            raise _ProgressError(error) from error

    def _resolver(self, source: Input) -> EntryResolver:
        self._inputs += 1
        if source.stdin:
            self._unreadable_again.add(source.path)
        ignored = self.selection.ignored_in(source.path)
        across = "".join(f",{code}," for code in self.selection.across if code in ignored)
        recorded = None if self.identity is None else (self.identity, Source(source.path, self._inputs, across))
        return EntryResolver(source, self._input_linter.checker, ignored, self.summary, recorded=recorded)


def lint(
    source: Mapping[str, Any] | list[Any] | bytes | str | os.PathLike[str],
    *,
    settings: Settings | None = None,
) -> Iterator[Finding]:
    """Lint calls and yield the findings.

    Args:
        source: a call, a list of calls or a batch body, as parsed JSON; bytes: the content of a file; a string or a
            path: a file, a folder or a glob.
        settings: the configuration; the defaults if None. Configuration files are not read.

    Yields:
        the findings about single calls in the order of the input, then those about users and event names, without
        suppressed ones. Findings in parsed JSON have no span.

    Raises:
        UsageError: a setting or a comment that is to suppress findings is wrong.
        FileNotFoundError: an input does not exist, or a glob matches nothing.
        OSError: an input cannot be read.
        RuntimeError: the program itself failed on an input; the other findings were yielded before.
        TypeError: *source* has another type.
        ValueError: *source* is empty, holds something that JSON cannot express, or holds no call, so that nothing was
            checked. Errors about *source* itself are raised at once, all others during the iteration.
    """
    if not isinstance(source, Mapping | list | bytes | str | os.PathLike):
        raise TypeError(f"a call, a list of calls, bytes or a path is expected, not {type(source).__name__}")
    if isinstance(source, bytes | list | str) and not source:
        raise ValueError(f"an empty {type(source).__name__} holds no call")
    if isinstance(source, str) and is_like_a_document(source):
        raise ValueError("a string is a path, not a document: pass `json.loads(text)` or `text.encode()`")
    return _lint(source, Linter(settings))


def _lint(source: Mapping[str, Any] | list[Any] | bytes | str | os.PathLike[str], linter: Linter) -> Iterator[Finding]:
    if isinstance(source, bytes):
        findings: Iterator[Finding] = linter.bytes(source)
    elif isinstance(source, Mapping | list):
        findings = linter.value(source)
    else:
        findings = linter.paths([os.fspath(source)])
    every = chain(findings, linter.identity_findings(), linter.expectation_findings())
    yield from (each for each in every if each.suppression is None)
    linter.note_suppressions()
    invalid = [note for note in linter.summary.suppression_notes if note.kind == "invalid"]
    raise_all([UsageError(f"{note.place}: {note.message}", note.hint) for note in invalid])
    for path, reason in linter.summary.unread:
        kind = FileNotFoundError if reason in MISSING else OSError
        raise kind(f"{shown_path(path)}: {reason}")
    for error in linter.summary.internal_errors:
        place = f"{error.path}:{error.line}" if error.line else error.path
        raise RuntimeError(f"segkoch-lint itself failed ({error.error}): {place}: {error.consequence}")
    of_inputs = linter.summary.remarks[len(linter.selection.remarks) :]
    if not linter.summary.inputs:
        for path, remark in of_inputs:  # a glob that matches nothing
            raise FileNotFoundError(f"{path}: {remark}")
    if not (linter.summary.checked_anything or linter.summary.severities or linter.summary.suppressed):
        remarks = [f"{shown_path(path)}: {remark}" for path, remark in of_inputs]
        raise ValueError("; ".join(["nothing was checked, since there is no Segment call", *remarks]))
