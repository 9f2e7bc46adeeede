"""Discovery of the inputs of paths, folders and globs."""

# Paths stay text, as given: `Path` would rewrite them.
# ruff: noqa: PTH100, PTH114, PTH116, PTH118, PTH123
from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from segkoch_lint.inputs.file_types import (
    GZIP_ENDINGS,
    ZSTD_ENDINGS,
    ClaimedFormat,
    claimed_format,
)
from segkoch_lint.inputs.gitignore import GitIgnores, PathPatterns
from segkoch_lint.inputs.globs import expand, is_glob
from segkoch_lint.inputs.input import (
    LEADS_NOWHERE,
    STDIN_PATHS,
    UNFINISHED_ENDING,
    Input,
    SkippedPath,
    SkipReason,
    UnreadableInput,
)
from segkoch_lint.inputs.remote import RemoteError, find_remote, is_remote, open_remote

# Endings of files with text of any kind, which may be calls; their content decides, and they are not broken JSON.
_LOG_ENDINGS = (".log", ".txt", ".sh", ".curl")

_PASSED_OVER = frozenset({SkipReason.NO_CALLS, SkipReason.NOT_REGULAR})
"""Reasons that are guesses, so the skipped files are counted."""

_STDOUT = 1

_SNIFFED_ELSEWHERE = 1 << 16


def discover(
    paths: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    events: Sequence[str] = (),
    allow_empty: bool = False,
    root: Path,
    stdin_filename: str | None = None,
    may_hold_calls: Callable[[BinaryIO], bool],
    on_skipped: Callable[[SkippedPath], None] = lambda _: None,
) -> Discovery:
    """Return the inputs, to be iterated once.

    Args:
        paths: files, folders, globs that no shell expanded, and ``-`` for standard input.
        exclude: gitignore patterns, relative to *root*; they also apply to files named on the command line.
        events: gitignore patterns, relative to *root*, of files that are claimed to hold calls.
        allow_empty: whether named files may hold no call: then naming a file claims nothing.
        root: the folder of the configuration.
        stdin_filename: the path to show for standard input.
        may_hold_calls: returns whether a file may hold calls if its name does not show its format
            (`segkoch_lint.documents.detection.may_hold_calls`).
        on_skipped: called with each file and folder that is not read, before the next input is yielded.

    Raises:
        UsageError: a pattern is invalid.
    """
    claims = ClaimedInputs(PathPatterns(events, root, "events"), named=not allow_empty)
    excludes = PathPatterns(exclude, root)
    return Discovery(paths, excludes, claims, stdin_filename, may_hold_calls=may_hold_calls, on_skipped=on_skipped)


class ClaimedInputs(msgspec.Struct, frozen=True):
    """The inputs that are claimed to hold calls.

    Attributes:
        events: patterns of the paths of such files.
        named: whether naming a file claims it.
    """

    events: PathPatterns
    named: bool

    def hold(self, path: str, *, named: bool) -> bool:
        """Return whether a file is claimed to hold calls."""
        return path in STDIN_PATHS or (named and self.named) or self.events.match(path, folder=False)


class Discovery:
    """The inputs of a run, in the order of the paths, each once; folders in the order of their names.

    Attributes:
        passed_over: number of files in walked folders that appear to hold no calls: source code, images, and the like.
        unmatched: globs without a match.
    """

    def __init__(
        self,
        paths: Sequence[str],
        excludes: PathPatterns,
        claims: ClaimedInputs,
        stdin_filename: str | None,
        *,
        may_hold_calls: Callable[[BinaryIO], bool],
        on_skipped: Callable[[SkippedPath], None],
    ) -> None:
        self.passed_over = 0
        self.unmatched: list[str] = []
        self._paths = paths
        self._excludes = excludes
        self._claims = claims
        self._stdin = stdin_filename or "-"
        self._seen: set[tuple[int, int]] = set()
        self._urls: set[str] = set()
        self._named: set[tuple[int, int]] = set()
        self._written = _written_now()
        self._may_hold_calls = may_hold_calls
        self._on_skipped = on_skipped

    def __iter__(self) -> Iterator[Input | UnreadableInput]:
        # A named file counts as named also if a folder before it contains it.
        self._named = {identity for path in self._paths if path != "-" and (identity := _identity(path))}
        for path in dict.fromkeys(self._paths):
            if path == "-":
                yield Input(self._stdin, stdin=True)
            elif is_remote(path):
                yield from self._elsewhere(path)
            else:
                yield from self._given(path)

    def _given(self, path: str) -> Iterator[Input | UnreadableInput]:
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            if isinstance(error, FileNotFoundError) and is_glob(path) and not os.path.lexists(path):
                yield from self._globbed(path)
            else:
                yield _missing(path, error)
            return
        yield from self._found(path, status, named=True)

    def _elsewhere(self, url: str) -> Iterator[Input | UnreadableInput]:
        try:
            for found in find_remote(url):
                if found.url in self._urls:
                    continue
                self._urls.add(found.url)
                if self._excludes.match(found.url, folder=False):
                    self._skip(found.url, SkipReason.EXCLUDED)
                    continue
                claimed = self._claims.hold(found.url, named=found.named)
                if found.named or claimed or self._is_worthwhile(found.url):
                    yield Input(found.url, named=found.named, claimed=claimed)
                else:
                    self._skip(found.url, SkipReason.NO_CALLS)
        except RemoteError as error:
            yield UnreadableInput.because(url, error)

    def _is_worthwhile(self, url: str) -> bool:
        # Detection in each of thousands of logs would take longer than reading them.
        if claimed_format(url) is not ClaimedFormat.NOTHING or url.lower().endswith(
            (*_LOG_ENDINGS, *GZIP_ENDINGS, *ZSTD_ENDINGS)
        ):
            return True
        with open_remote(url, _SNIFFED_ELSEWHERE)[0] as file:
            return self._may_hold_calls(file)

    def _looks_worthwhile(self, path: str) -> bool:
        with open(path, "rb") as file:
            return self._may_hold_calls(file)

    def _globbed(self, pattern: str) -> Iterator[Input | UnreadableInput]:
        failures: list[UnreadableInput] = []
        matched = False
        for path in expand(pattern, lambda folder, error: failures.append(UnreadableInput.because(folder, error))):
            matched = True
            try:
                status = os.stat(path)
            except OSError as error:
                yield _missing(path, error)
            else:
                yield from self._found(path, status, named=False)
        if not (matched or failures):
            self.unmatched.append(pattern)
        yield from dict.fromkeys(failures)  # several parts of a glob may have read the same folder

    def _found(self, path: str, status: os.stat_result, *, named: bool) -> Iterator[Input | UnreadableInput]:
        """Yield the inputs of a path that was given, not found in a folder."""
        is_folder = stat.S_ISDIR(status.st_mode)
        if self._excludes.match(path, folder=is_folder):
            self._skip(path, SkipReason.EXCLUDED, folder=is_folder)
        elif stat.S_ISDIR(status.st_mode):
            yield from self._walk(path)
        elif stat.S_ISREG(status.st_mode) or (named and (stat.S_ISFIFO(status.st_mode) or path in STDIN_PATHS)):
            yield from self._once(path, status, named=named)
        elif named:
            yield UnreadableInput(path, "not a regular file")

    def _walk(self, top: str) -> Iterator[Input | UnreadableInput]:
        """Yield the files below a folder that may hold calls: a folder's files before its subfolders."""
        whole = os.path.abspath(top)
        pending = [("" if top == os.curdir else top, whole, GitIgnores.around(whole))]
        while pending:
            shown, folder, ignores = pending.pop()
            try:
                with os.scandir(folder) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                yield UnreadableInput.because(shown or os.curdir, error)
                continue
            ignores = ignores.inside(folder)
            subfolders = []
            for entry in entries:
                if entry.name == ".git" or entry.name.endswith(UNFINISHED_ENDING):
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
                path = os.path.join(shown, entry.name)
                if ignores.match(entry.path, folder=is_folder):
                    self._skip(path, SkipReason.GIT_IGNORED, folder=is_folder)
                elif self._excludes.match(entry.path, folder=is_folder):
                    self._skip(path, SkipReason.EXCLUDED, folder=is_folder)
                elif is_folder:
                    subfolders.append((path, entry.path, ignores))
                else:
                    yield from self._walked(path)
            pending.extend(reversed(subfolders))

    def _walked(self, path: str) -> Iterator[Input | UnreadableInput]:
        by_name = claimed_format(path) is not ClaimedFormat.NOTHING or path.lower().endswith(_LOG_ENDINGS)
        try:
            status = os.stat(path)
            if stat.S_ISDIR(status.st_mode):
                self._skip(path, SkipReason.LINK)  # not followed, to avoid loops
                return
            # A file that was also named is read as a named one, and not counted as passed over before.
            named = (status.st_dev, status.st_ino) in self._named
            expected = named or self._claims.hold(path, named=False)
            taken = stat.S_ISREG(status.st_mode) and (by_name or expected or self._looks_worthwhile(path))
        except OSError as error:
            if by_name or not isinstance(error, FileNotFoundError):
                yield _missing(path, error)
            return  # editors use dangling links as locks
        if taken:
            yield from self._once(path, status, named=False)
        else:
            self._skip(path, SkipReason.NO_CALLS if stat.S_ISREG(status.st_mode) else SkipReason.NOT_REGULAR)

    def _skip(self, path: str, reason: SkipReason, *, folder: bool = False) -> None:
        self.passed_over += reason in _PASSED_OVER
        self._on_skipped(SkippedPath(path + os.sep if folder and not path.endswith(os.sep) else path, reason))

    def _once(self, path: str, status: os.stat_result, *, named: bool) -> Iterator[Input | UnreadableInput]:
        identity = (status.st_dev, status.st_ino)
        if identity == self._written:
            if named:
                yield UnreadableInput(path, "standard output goes there")
        elif identity not in self._seen:
            self._seen.add(identity)
            named = named or identity in self._named
            yield Input(path, named=named, claimed=self._claims.hold(path, named=named))


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _written_now() -> tuple[int, int] | None:
    """Return the file of standard output (``check . > report.json``), or None if it is not a file."""
    try:
        status = os.fstat(_STDOUT)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def _missing(path: str, error: OSError | ValueError) -> UnreadableInput:
    if isinstance(error, FileNotFoundError) and os.path.islink(path):
        return UnreadableInput(path, LEADS_NOWHERE)
    return UnreadableInput.because(path, error)
