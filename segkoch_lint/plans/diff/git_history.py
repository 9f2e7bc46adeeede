"""Old versions of plan files: the files that paths meant in a revision, submodules included."""

# Paths remain text, as they were given, since `Path` would rewrite the names that git knows.
# ruff: noqa: PTH100, PTH112, PTH118, PTH120
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from segkoch_lint.errors import UsageError
from segkoch_lint.inputs.file_types import ClaimedFormat, claimed_format
from segkoch_lint.inputs.gitignore import PathPatterns
from segkoch_lint.inputs.globs import is_glob, matches
from segkoch_lint.plans.diff.git_repository import Repository, TreeEntry

_SHORT = 12
"""Digits of a commit in messages."""

_MAX_LINKS = 10


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file of a revision.

    Attributes:
        name: for messages: the revision, and the path from the top of its repository.
        place: the path that it would have now (`place_of`).
        content: of the file.
        named: whether the path of the file itself was given, not that of a folder or a glob.
    """

    name: str
    place: str
    content: bytes
    named: bool


def place_of(path: str) -> str:
    """Return what identifies both versions of a file: its absolute path, with links to folders resolved."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def is_revision(name: str) -> bool:
    """Return whether the repository of the working directory has a revision of this name."""
    try:
        Repository.around(os.getcwd(), name).commit(name)  # noqa: PTH109
    except UsageError:
        return False
    return True


class GitHistory:
    """The files of a revision.

    A revision belongs to the repository of the working directory. For a path in one of its submodules, the commit is
    used that the repository records for the submodule. For other paths, it is a revision of the path's repository.

    Args:
        revision: a branch, a tag, a commit, ``HEAD~1``, or ``A...B`` for the merge base.
        excludes: paths that are left out of folders.
    """

    def __init__(self, revision: str, excludes: PathPatterns) -> None:
        self._revision = revision
        self._excludes = excludes
        self._snapshots: dict[str, Snapshot] = {}
        self._yielded: set[str] = set()

    @property
    def label(self) -> str:
        """The revision in sentences."""
        one, dots, other = self._revision.partition("...")
        return f"the merge base of {one or 'HEAD'} and {other or 'HEAD'}" if dots else self._revision

    def files(self, path: str) -> Iterator[OldFile]:
        """Yield the files that a path meant: the file, or those in the folder, or those that match the glob.

        Raises:
            UsageError: git is not installed, there is no repository or no such revision, or a content was not fetched.
        """
        snapshot = self._snapshot(path)
        place = place_of(path)
        snapshot.require(place)
        if snapshot.target(place) is not None:
            yield from self._read(snapshot, [place], named=True)
        elif is_glob(path) and not os.path.lexists(path):
            yield from self._read(snapshot, self._candidates(snapshot, _Glob.of(path).covers))
        else:
            folder = os.path.realpath(path).rstrip(os.sep) + os.sep
            yield from self._read(snapshot, self._candidates(snapshot, lambda each: each.startswith(folder)))

    def removed_files(self) -> Iterator[OldFile]:
        """Yield the other files, of the repositories that paths were in, that do not exist any more.

        They include the old names of renamed files.
        """
        for snapshot in self._snapshots.values():
            yield from self._read(snapshot, self._candidates(snapshot, lambda each: not os.path.lexists(each)))

    def _candidates(self, snapshot: Snapshot, wanted: Callable[[str], bool]) -> Iterator[str]:
        for place in snapshot.places:
            if (
                wanted(place)
                and claimed_format(place) is not ClaimedFormat.NOTHING
                and not self._excludes.match(place, folder=False)
            ):
                yield place

    def _read(self, snapshot: Snapshot, places: Iterable[str], *, named: bool = False) -> Iterator[OldFile]:
        # A link in a folder and the file that it leads to are one file, as they are when the folder is walked.
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
        try:
            here = Repository.around(os.getcwd(), os.curdir).top  # noqa: PTH109
        except UsageError:
            here = ""
        base = next((each for each in chain if each.top == here), chain[0])
        if base.top not in self._snapshots:
            commit = base.commit(self._revision)
            # `git show` does not take a range.
            name = commit[:_SHORT] if "..." in self._revision else self._revision
            self._snapshots[base.top] = Snapshot(base, commit, name)
        return self._snapshots[base.top]


@dataclass(frozen=True, slots=True)
class _Glob:
    """A glob, split into the folder that it names and the pattern for names below."""

    folder: str
    pattern: str

    @classmethod
    def of(cls, path: str) -> _Glob:
        steps = path.split("/")
        plain = next(number for number, step in enumerate(steps) if is_glob(step))
        folder = "/".join(steps[:plain]) + "/" if plain else os.curdir
        return cls(os.path.realpath(folder).rstrip(os.sep) + os.sep, "/".join(steps[plain:]))

    def covers(self, place: str) -> bool:
        """Return whether the glob matches a file, or a folder around it."""
        if not place.startswith(self.folder):
            return False
        names = place[len(self.folder) :].replace(os.sep, "/").split("/")
        return any(matches("/".join(names[: taken + 1]), self.pattern) for taken in range(len(names)))


class Snapshot:
    """All files of a commit by their places, including those of submodules that are checked out.

    Args:
        repository: of the commit.
        commit: the commit.
        name: of the commit in messages.
    """

    def __init__(self, repository: Repository, commit: str, name: str) -> None:
        self._top = repository.top
        self._name = name
        self._files: dict[str, tuple[Repository, TreeEntry]] = {}
        self._unknown: dict[str, UsageError] = {}
        self._add(repository, commit)

    @property
    def places(self) -> Iterable[str]:
        """The places of all files."""
        return self._files.keys()

    def name(self, place: str) -> str:
        """Return the name of a file in messages; `git show` takes it, except for files of submodules."""
        return f"{self._name}:{place[len(self._top) + 1 :].replace(os.sep, '/')}"

    def require(self, place: str) -> None:
        """Make sure that the files at a place are known.

        Raises:
            UsageError: they are in a submodule that is not checked out.
        """
        for top, problem in self._unknown.items():
            inside = f"{place}{os.sep}".startswith(f"{top}{os.sep}")
            if inside or (top.startswith(f"{place}{os.sep}") and _is_checked_out(top)):
                raise problem

    def target(self, place: str) -> str | None:
        """Return the place of the file that a path leads to, links followed; None if there is none."""
        for _ in range(_MAX_LINKS):
            if place not in self._files:
                return None
            repository, entry = self._files[place]
            if not entry.is_link:
                return place
            (content,) = repository.contents([entry])
            place = os.path.normpath(os.path.join(os.path.dirname(place), os.fsdecode(content)))
        return None

    def contents(self, places: Iterable[str], *, needed: bool) -> Iterator[tuple[str, bytes]]:
        """Yield places with the contents of the files.

        Raises:
            UsageError: a content is *needed* and was not fetched.
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

    def _add_submodule(self, place: str, entry: TreeEntry) -> None:
        shown = self.name(place)
        if not _is_checked_out(place):
            problem = UsageError(f"{shown}: the submodule is not checked out.", "Run `git submodule update --init`.")
        elif (inner := Repository.around(place, shown)).holds(entry.object_id):
            self._add(inner, entry.object_id)
            return
        else:
            missing = f"{shown}: the submodule has no commit {entry.object_id[:_SHORT]}."
            problem = UsageError(missing, f"Run `git -C {place} fetch`.")
        self._unknown[place] = problem


def _is_checked_out(submodule: str) -> bool:
    return os.path.lexists(os.path.join(submodule, ".git"))
