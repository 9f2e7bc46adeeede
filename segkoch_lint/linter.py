"""The hall that every door leads into: inputs in, findings and figures out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any

import msgspec

from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.documents.detection import may_hold_calls
from segkoch_lint.documents.document import ValueDocument
from segkoch_lint.engine.document_checker import remedy_for
from segkoch_lint.engine.entries import NEITHER, Entry
from segkoch_lint.engine.entry_resolver import NOT_A_CALL, UNKNOWN_ENVELOPE, EntryResolver
from segkoch_lint.engine.finding_locator import SnippetMaker
from segkoch_lint.engine.input_linter import ErrorSnippetMaker, InputLinter
from segkoch_lint.engine.snippet_reader import SnippetReader
from segkoch_lint.errors import InternalError, OutputError, UsageError
from segkoch_lint.findings.finding import Finding, Location, Snippet
from segkoch_lint.findings.redaction.masking import is_like_a_document, shown_path
from segkoch_lint.findings.summary import RuleTally, Summary
from segkoch_lint.identity.analysis import analyse
from segkoch_lint.identity.database import IdentityDatabase, Source, share_of
from segkoch_lint.identity.identity_findings import IdentityFinding
from segkoch_lint.inputs.ahead_opener import open_ahead
from segkoch_lint.inputs.discovery import discover
from segkoch_lint.inputs.input import MISSING, Input, UnreadableInput
from segkoch_lint.inputs.opener import open_bytes, open_input


class _StoppedError(BaseException):
    """Whoever is told of the progress raised *error* to end the run; no guard for failures of ours may catch it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


class Linter:
    """One run: lints inputs one after the other and counts as it goes.

    Args:
        settings: the configuration of the run.
        allow_empty: files that are named may hold no call; these are counted, not reported.
        snippets, error_snippets: make the lines to show; None when nobody shows them.
        jobs: how many threads of the native core may go through the lines of logs; findings and figures are the same
            for any number.

    Attributes:
        summary: the figures so far.
        identity: what the calls say of their users and event names; None when no rule about these is selected.
        on_progress: called now and then while inputs are read.

    Raises:
        UsageError: the settings are none, a selector means no rule, or a rule file is broken.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        allow_empty: bool = False,
        snippets: SnippetMaker | None = None,
        error_snippets: ErrorSnippetMaker | None = None,
        jobs: int = 1,
    ) -> None:
        if settings is not None and not isinstance(settings, Settings):
            raise UsageError(f"settings: `Settings` are expected, and {type(settings).__name__} was found.")
        self.settings = settings or Settings()
        self.summary = Summary()
        self.on_progress: Callable[[], None] = lambda: None
        self._parts = InputLinter(self.settings, snippets, error_snippets, jobs)
        self._parts.summary = self.summary
        self._parts.on_progress = self._tell
        self.identity = IdentityDatabase(share_of(self.settings.memory)) if self.selection.across else None
        self._inputs = 0
        self._looking_back = SnippetReader(snippets, self.settings.limits, self._parts.envelopes) if snippets else None
        self._gone: set[str] = set()
        self._allow_empty = allow_empty

    def paths(self, paths: Sequence[str], *, stdin_filename: str | None = None) -> Generator[Finding, None, None]:
        """Lint files, folders, globs, URLs and ``-``; what cannot be read is noted in ``summary.unread``.

        Files are closed with the iterator: close it if it is not taken to its end.
        """
        settings = self.settings
        found = discover(
            paths,
            exclude=settings.exclude,
            events=settings.events,
            allow_empty=self._allow_empty,
            root=settings.root,
            stdin_filename=stdin_filename,
            may_hold_calls=may_hold_calls,
        )
        with closing(open_ahead(found, partial(open_input, wait=settings.wait))) as inputs:
            for each, opened in inputs:
                if isinstance(each, UnreadableInput):
                    self.summary.unread.append((each.path, each.reason))
                else:
                    yield from self._joined(each, self._parts.lint(each, opened))
        self.summary.remarks += [(pattern, "no file matches this pattern") for pattern in found.unmatched]
        if found.passed_over:
            self.summary.not_calls[NEITHER] += found.passed_over

    @property
    def selection(self) -> Selection:
        """The rules of the run, and what they weigh."""
        return self._parts.selection

    @property
    def bytes_read(self) -> int:
        """Stored (compressed) bytes read so far."""
        return self._parts.bytes_read

    @property
    def calls_read(self) -> int:
        """Calls read so far."""
        return self.summary.calls

    def input(self, source: Input) -> Iterator[Finding]:
        """Lint one input."""
        yield from self._joined(source, self._parts.lint(source))

    def bytes(self, content: bytes, name: str = "-") -> Iterator[Finding]:
        """Lint the content of an input, whatever it is: compressed, JSON, JSON Lines or YAML."""
        with open_bytes(content, name) as stream:
            source = Input(name, stdin=True)
            yield from self._joined(source, self._parts.stream(stream, source))

    def value(self, value: Any) -> Iterator[Finding]:
        """Lint a call, a list of calls or a batch body that was parsed already; its findings have no span.

        Raises:
            ValueError: it holds something that JSON has not: keys that are no strings, bytes, itself.
        """
        try:
            json.dumps(value, allow_nan=False)  # the validators look only into what rules read
            entries = list(self._parts.value(ValueDocument(value)))
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"not a value that JSON has: {error}") from error
        joint = self._new_joint(Input(""))
        for entry in entries:
            yield from joint.add(entry)
        yield from joint.end()

    def identity_findings(self) -> Iterator[Finding]:
        """Yield what is wrong across all inputs, once they were read; afterwards nothing is kept of users.

        Raises:
            OutputError: there is no space left for what is cached.
        """
        if self.identity is None:
            return
        try:
            result = analyse(self.identity, self._parts.ruleset)
            try:
                if self._parts.records_users:
                    self.summary.identity = result.tally
                for code, calls in result.calls.items():
                    self.summary.rules.setdefault(code, RuleTally()).calls += calls
                yield from map(self._across, result)
            finally:
                result.findings.close()
        except (OutputError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the findings about single calls stand
            self.failed(error, consequence="what calls say of their users was not compared to the end")
        finally:
            self.identity.close()

    def _across(self, each: IdentityFinding) -> Finding:
        rule = self.selection.by_code[each.code]
        severity = self.selection.severity(rule)
        self.summary.rules[each.code].findings += 1
        self.summary.severities[str(severity)] += 1
        return Finding(
            rule.code,
            rule.name,
            severity,
            each.template,
            each.location,
            each.values,
            remedy_for(rule, each.libraries[0] if len(each.libraries) == 1 else "", each.origin),
            each.related,
            snippet=self._snippet_at(each.location),
            properties={"calls": each.calls, "libraries": list(each.libraries)},
        )

    def _snippet_at(self, location: Location) -> Snippet | None:
        if self._looking_back is None or location.path in self._gone:
            return None
        try:
            return self._looking_back.snippet(location)
        except Exception as error:  # noqa: BLE001 - whatever it is, the finding stands
            line = location.span.line if location.span else None
            self.failed(error, location.path, line, consequence="the lines of a finding are not shown")
            return None

    def drop_snippets(self) -> None:
        """Make no more lines to show; findings that were made before keep theirs."""
        self._parts.drop_snippets()
        self._looking_back = None

    def failed(self, error: Exception, path: str = "", line: int | None = None, *, consequence: str) -> None:
        """Note that our own code failed at a place, so that the run is incomplete.

        Args:
            error: what was raised.
            path, line: the input, and the line in it; empty and None where it is about neither.
            consequence: what was not done because of it.
        """
        self.summary.internal_errors.append(InternalError.of(error, path, line, consequence))

    def _joined(self, source: Input, entries: Iterable[Entry]) -> Iterator[Finding]:
        joint = self._new_joint(source)
        try:
            for entry in entries:
                yield from map(self._looked_back, joint.add(entry))
            yield from map(self._looked_back, joint.end())
        except _StoppedError as stopped:
            raise stopped.error from None
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other inputs can be checked
            self.failed(error, source.path, consequence="the rest of this input was not checked")

    def _looked_back(self, finding: Finding) -> Finding:
        """Return a finding with its lines: when it was found that a value should have been a call, they were gone."""
        if finding.code not in {NOT_A_CALL, UNKNOWN_ENVELOPE}:
            return finding
        return msgspec.structs.replace(finding, snippet=self._snippet_at(finding.location))

    def _tell(self) -> None:
        try:
            self.on_progress()  # whichever it is by now
        except Exception as error:
            raise _StoppedError(error) from error

    def _new_joint(self, source: Input) -> EntryResolver:
        self._inputs += 1
        if source.stdin:
            self._gone.add(source.path)  # a file of that name would be another one
        ignored = self.selection.ignored_in(source.path)
        across = "".join(f",{code}," for code in self.selection.across if code in ignored)
        recorded = None if self.identity is None else (self.identity, Source(source.path, self._inputs, across))
        return EntryResolver(source, self._parts.inspector, ignored, self.summary, recorded=recorded)


def lint(
    source: Mapping[str, Any] | list[Any] | bytes | str | os.PathLike[str],
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
        FileNotFoundError: an input is missing, or a glob matches nothing.
        OSError: an input is unreadable.
        RuntimeError: the program itself failed on an input; what else is wrong with the calls was yielded before.
        TypeError, ValueError: the source is nothing of all this, is empty, or holds something that JSON has not. What
            is wrong with the source itself is raised at once, all else when findings are taken.
    """
    if not isinstance(source, Mapping | list | bytes | str | os.PathLike):
        raise TypeError(f"a call, a list of calls, bytes or a path is expected, and {type(source).__name__} was found")
    if isinstance(source, bytes | list | str) and not source:
        raise ValueError(f"an empty {type(source).__name__} holds no call")
    if isinstance(source, str) and is_like_a_document(source):
        raise ValueError("a string is a path, and a document was found: pass `json.loads(text)`, or `text.encode()`")
    return _lint(source, Linter(settings))


def _lint(source: Mapping[str, Any] | list[Any] | bytes | str | os.PathLike[str], linter: Linter) -> Iterator[Finding]:
    if isinstance(source, bytes):
        yield from linter.bytes(source)
    elif isinstance(source, Mapping | list):
        yield from linter.value(source)
    else:
        yield from linter.paths([os.fspath(source)])
    yield from linter.identity_findings()
    for path, reason in linter.summary.unread:
        kind = FileNotFoundError if reason in MISSING else OSError
        raise kind(f"{shown_path(path)}: {reason}")
    for error in linter.summary.internal_errors:
        place = f"{error.path}:{error.line}" if error.line else error.path
        raise RuntimeError(f"segkoch-lint itself failed ({error.error}): {place}: {error.consequence}")
    if not linter.summary.inputs:
        for path, remark in linter.summary.remarks:  # a glob, or a path of one
            raise FileNotFoundError(f"{path}: {remark}")
