"""Old versions of plan files: what paths stood for in a revision, submodules included."""

# Paths stay text, as they were given: git is to see the names that files have there, and follow no link.
# ruff: noqa: PTH100, PTH112, PTH118, PTH120
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from segkoch_lint.errors import UsageError
from segkoch_lint.plans.diff.git_repository import Entry, Repository
from segkoch_lint.reading.globbing import is_glob, matches
from segkoch_lint.reading.ignoring import PathPatterns
from segkoch_lint.reading.sniffing import Claim, claim_of

_SHORT = 12
"""Digits that a commit is named by."""

_LINKS = 10
"""Links from one to the next that are followed."""


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file as it was in a revision.

    Attributes:
        name: to show: the revision, and the path from the top of its repository.
        place: where it would be now (`place_of`).
        content: of it.
        named: whether a path that was given is its own, not that of a folder or a glob.
    """

    name: str
    place: str
    content: bytes
    named: bool


def place_of(path: str) -> str:
    """Return the one name by which the two versions of a file are known: absolute, without links to folders."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


class History:
    """What files were in a revision.

    A revision is one of the repository that the working directory is in. For a path in one of its submodules, the
    commit counts that the repository recorded for the submodule. For any other path, the revision is one of the
    path's own repository.

    Args:
        revision: as git understands it: a branch, a tag, a commit, ``HEAD~1``, ``A...B`` for the merge base.
        excludes: paths that are not read in folders.
    """

    def __init__(self, revision: str, excludes: PathPatterns) -> None:
        self._revision = revision
        self._excludes = excludes
        self._snapshots: dict[str, Snapshot] = {}
        self._yielded: set[str] = set()

    @property
    def label(self) -> str:
        """What the revision is called in sentences."""
        one, dots, other = self._revision.partition("...")
        return f"the merge base of {one or 'HEAD'} and {other or 'HEAD'}" if dots else self._revision

    def files(self, path: str) -> Iterator[OldFile]:
        """Yield the files that a path stood for: itself, or those in a folder, or those that a glob matches.

        Raises:
            UsageError: git is not installed, there is no repository or no such revision, or a content is not here.
        """
        snapshot = self._snapshot(path)
        place = place_of(path)
        snapshot.expect(place)
        if snapshot.target(place) is not None:
            yield from self._read(snapshot, [place], named=True)
        elif is_glob(path) and not os.path.lexists(path):
            yield from self._read(snapshot, self._plan_like(snapshot, _Glob.of(path).leads_to))
        else:
            folder = os.path.realpath(path).rstrip(os.sep) + os.sep
            yield from self._read(snapshot, self._plan_like(snapshot, lambda each: each.startswith(folder)))

    def lost(self) -> Iterator[OldFile]:
        """Yield the other files of the repositories that were looked into which are not there any more.

        The old names of files that were renamed are among them.
        """
        for snapshot in self._snapshots.values():
            yield from self._read(snapshot, self._plan_like(snapshot, lambda each: not os.path.lexists(each)))

    def _plan_like(self, snapshot: Snapshot, wanted: Callable[[str], bool]) -> Iterator[str]:
        for place in snapshot.places:
            if wanted(place) and claim_of(place) is not Claim.NOTHING and not self._excludes.match(place, folder=False):
                yield place

    def _read(self, snapshot: Snapshot, places: Iterable[str], *, named: bool = False) -> Iterator[OldFile]:
        # In a folder, a link and the file that it leads to are one file, as they are when the folder is walked.
        wanted: dict[str, str] = {}
        for place in places:
            target = snapshot.target(place)
            if target is not None and target not in self._yielded:
                self._yielded.add(target)
                wanted[target] = place
        for target, content in snapshot.contents(wanted, needed=named):
            yield OldFile(snapshot.name(wanted[target]), wanted[target], content, named)

    def _snapshot(self, path: str) -> Snapshot:
        folder = os.path.abspath(path) if os.path.isdir(path) else os.path.dirname(place_of(path))
        chain = [Repository.around(folder, path)]
        while (outer := chain[-1].superproject) is not None:
            chain.append(Repository.around(outer, path))
        here = _top_of_working_directory()
        base = next((each for each in chain if each.top == here), chain[0])
        if base.top not in self._snapshots:
            commit = base.commit(self._revision)
            # A range has no files by its own name.
            name = commit[:_SHORT] if "..." in self._revision else self._revision
            self._snapshots[base.top] = Snapshot(base, commit, name)
        return self._snapshots[base.top]


def knows(revision: str) -> bool:
    """Tell whether the repository of the working directory has a revision."""
    try:
        Repository.around(os.getcwd(), revision).commit(revision)  # noqa: PTH109
    except UsageError:
        return False
    return True


def _top_of_working_directory() -> str | None:
    try:
        return Repository.around(os.getcwd(), os.curdir).top  # noqa: PTH109
    except UsageError:
        return None


@dataclass(frozen=True, slots=True)
class _Glob:
    """A glob, parted into the folder that it names and what it wants of the names below."""

    folder: str
    pattern: str

    @classmethod
    def of(cls, path: str) -> _Glob:
        steps = path.split("/")
        plain = next(number for number, step in enumerate(steps) if is_glob(step))
        folder = "/".join(steps[:plain]) + "/" if plain else os.curdir
        return cls(os.path.realpath(folder).rstrip(os.sep) + os.sep, "/".join(steps[plain:]))

    def leads_to(self, place: str) -> bool:
        """Tell whether the glob matches a file, or a folder around it, which is walked then."""
        if not place.startswith(self.folder):
            return False
        names = place[len(self.folder) :].replace(os.sep, "/").split("/")
        return any(matches("/".join(names[: taken + 1]), self.pattern) for taken in range(len(names)))


class Snapshot:
    """All files of a commit by their places, those of submodules that are checked out included.

    Args:
        repository: whose commit it is.
        commit: the commit.
        name: what it is called.
    """

    def __init__(self, repository: Repository, commit: str, name: str) -> None:
        self._top = repository.top
        self._name = name
        self._files: dict[str, tuple[Repository, Entry]] = {}
        self._unknown: dict[str, UsageError] = {}
        self._add(repository, commit)

    @property
    def places(self) -> Iterable[str]:
        """The places of all files."""
        return self._files.keys()

    def name(self, place: str) -> str:
        """Return what to call a file: as ``git show`` takes it, but for files of submodules."""
        return f"{self._name}:{place[len(self._top) + 1 :].replace(os.sep, '/')}"

    def expect(self, place: str) -> None:
        """Make sure that the files of a file or folder are known.

        Raises:
            UsageError: they are in a submodule whose files are not here.
        """
        for top, problem in self._unknown.items():
            if f"{place}{os.sep}".startswith(f"{top}{os.sep}") or (
                top.startswith(f"{place}{os.sep}") and _is_filled(top)
            ):
                raise problem

    def target(self, place: str) -> str | None:
        """Return the place of the file that a path leads to: its own, or, of a link, another one; None for none."""
        for _ in range(_LINKS):
            repository, entry = self._files.get(place, (None, None))
            if repository is None or entry is None:
                return None
            if not entry.is_link:
                return place
            (content,) = repository.contents([entry])
            place = os.path.normpath(os.path.join(os.path.dirname(place), os.fsdecode(content)))
        return None

    def contents(self, places: Iterable[str], *, needed: bool) -> Iterator[tuple[str, bytes]]:
        """Yield places with the contents of the files; *needed*, a content that is not here is an error.

        Raises:
            UsageError: one is not here.
        """
        for repository, group in groupby(places, key=lambda place: self._files[place][0]):
            here = list(group)
            entries = (self._files[place][1] for place in here)
            yield from zip(here, repository.contents(entries, needed=needed), strict=True)

    def _add(self, repository: Repository, commit: str) -> None:
        left_out = repository.not_checked_out()
        for entry in repository.entries(commit):
            place = os.path.join(repository.top, *entry.path.split("/"))
            if entry.is_submodule:
                self._add_submodule(place, entry)
            elif entry.path not in left_out:
                self._files[place] = (repository, entry)

    def _add_submodule(self, place: str, entry: Entry) -> None:
        shown = self.name(place)
        if not _is_filled(place):
            problem = UsageError(f"{shown}: the submodule is not checked out.", "Run `git submodule update --init`.")
        else:
            inner = Repository.around(place, shown)
            if inner.holds(entry.identity):
                self._add(inner, entry.identity)
                return
            problem = UsageError(
                f"{shown}: the submodule has no commit {entry.identity[:_SHORT]}.", f"Run `git -C {place} fetch`."
            )
        self._unknown[place] = problem


def _is_filled(submodule: str) -> bool:
    return os.path.lexists(os.path.join(submodule, ".git"))
