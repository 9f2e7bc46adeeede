"""The hall that every door leads into: inputs in, findings and figures out."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from segkoch_lint.findings import Finding
from segkoch_lint.inspecting import Excerpts
from segkoch_lint.joining import Joint
from segkoch_lint.parts import NEITHER, FlawExcerpts, Lost, Mark, Part, PartLinter, Result, Stranger
from segkoch_lint.places import pointer_of
from segkoch_lint.policy.selection import Selection
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading.discovering import Input, Unread, discover
from segkoch_lint.reading.documents import ValueDocument
from segkoch_lint.reading.opening import open_bytes
from segkoch_lint.tallies import Summary

if TYPE_CHECKING:
    from segkoch_lint.jobs.crew import Crew


class Linter:
    """One run: lints inputs one after the other and counts as it goes.

    Args:
        settings: the configuration of the run.
        allow_empty: files that hold no call are counted, not reported.
        excerpts, flaw_excerpts: make the lines to show; None when nobody shows them.
        jobs: how many processes `paths` may use; findings and figures are the same for any number.

    Attributes:
        summary: the figures so far.
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
        jobs: int = 1,
    ) -> None:
        self.settings = settings or Settings()
        self.summary = Summary()
        self.on_progress: Callable[[], None] = lambda: None
        self._make = partial(PartLinter, self.settings, excerpts, flaw_excerpts)
        self._parts = self._make()
        self._parts.on_progress = self._tell
        self._allow_empty = allow_empty
        self._jobs = jobs
        self._crew: Crew | None = None
        self._joint = self._new_joint(Input(""))

    def paths(self, paths: Sequence[str], *, stdin_filename: str | None = None) -> Generator[Finding, None, None]:
        """Lint files, folders, globs and ``-``; what cannot be read is noted in ``summary.unread``.

        The processes that it uses end with the iterator: close it if it is not taken to its end.
        """
        found = discover(paths, exclude=self.settings.exclude, root=self.settings.root, stdin_filename=stdin_filename)
        yield from self._shared(iter(found)) if self._jobs > 1 else self._one_by_one(found)
        if found.passed_over:
            self.summary.not_calls[NEITHER] += found.passed_over

    @property
    def selection(self) -> Selection:
        """The rules of the run, and what they weigh."""
        return self._parts.selection

    @property
    def bytes_read(self) -> int:
        """Stored (compressed) bytes read so far."""
        return self._parts.bytes_read + (self._crew.bytes_read if self._crew else 0)

    @property
    def calls_read(self) -> int:
        """Calls read so far; other processes are ahead of what ``summary`` says."""
        return self._parts.calls_read + (self._crew.calls_read if self._crew else 0)

    def input(self, source: Input) -> Iterator[Finding]:
        """Lint one input."""
        part = Part(source)
        yield from self._joined(part, self._parts.lint(part))

    def bytes(self, content: bytes, name: str = "-") -> Iterator[Finding]:
        """Lint the content of an input, whatever it is: compressed, JSON, JSON Lines or YAML."""
        with open_bytes(content, name) as stream:
            yield from self._joined(Part(Input(name, stdin=True)), self._parts.stream(stream, name))

    def value(self, value: Any) -> Iterator[Finding]:
        """Lint a call, a list of calls or a batch body that was parsed already; its findings have no span."""
        inspection = self._parts.inspector.inspect(ValueDocument(value), "", frozenset(), self.summary)
        yield from inspection.findings
        strangers = [Stranger(unit.kind, pointer_of(unit.path), None) for unit in inspection.not_calls]
        self.summary.not_calls.update(stranger.kind for stranger in strangers)
        # Whoever gives a value means it as calls.
        yield from self._new_joint(Input("")).add(Result([Mark.FIRST_CALL, *strangers]))

    def _one_by_one(self, found: Iterable[Input | Unread]) -> Iterator[Finding]:
        for each in found:
            if isinstance(each, Unread):
                self.summary.unread.append((each.path, each.reason))
            else:
                yield from self.input(each)

    def _shared(self, found: Iterator[Input | Unread]) -> Iterator[Finding]:
        from segkoch_lint.jobs.crew import Crew, best_context, ready_made  # noqa: PLC0415 - few runs need it
        from segkoch_lint.jobs.sharing import look_ahead, parts_of  # noqa: PLC0415

        taken, worthwhile = look_ahead(found)
        everything = chain(taken, found)
        if not worthwhile:
            yield from self._one_by_one(everything)
            return
        context = best_context()
        make = ready_made(self._parts, self._make, context)
        with Crew(self._jobs, make, context=context, on_progress=self._tell) as crew:
            self._crew = crew
            for part, results in crew.lint(parts_of(everything, self.settings.limits)):
                if isinstance(part, Unread):
                    self.summary.unread.append((part.path, part.reason))
                else:
                    yield from self._joined(part, results or self._parts.lint(part))

    def _joined(self, part: Part, results: Iterable[Result | Lost]) -> Iterator[Finding]:
        if part.first:
            self._joint = self._new_joint(part.source)
        for result in results:
            if isinstance(result, Lost):
                self._joint.miss(part, result)
            else:
                yield from self._joint.add(result)
        if part.last:
            yield from self._joint.end(allow_empty=self._allow_empty)

    def _tell(self) -> None:
        self.on_progress()  # whichever it is by now

    def _new_joint(self, source: Input) -> Joint:
        ignored = self.selection.ignored_in(source.path)
        return Joint(source, self._parts.inspector, ignored, self.summary)


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
        findings in the order of the input. Those of a parsed value have no span.

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
        yield from linter.paths([os.fspath(source)])  # type: ignore[arg-type]  # nothing else is left
        for path, reason in linter.summary.unread:
            raise OSError(f"{path}: {reason}")
