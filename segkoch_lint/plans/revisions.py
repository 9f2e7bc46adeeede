"""Old versions of files, read through git itself."""

# Paths stay text, as they were given: git is to see the names that files have there, and follow no link.
# ruff: noqa: PTH100, PTH118
from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from segkoch_lint.errors import UsageError
from segkoch_lint.reading.globbing import is_glob

_ABOUT_REVISIONS = "In CI, a shallow clone holds its own revision only: fetch the other one first."

_RENAMED = b"R"


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file as it was in a revision.

    Attributes:
        path: as it was named; when it had another name then, that one, from the top of the repository.
        content: of it.
        renamed: whether it had another name.
    """

    path: str
    content: bytes
    renamed: bool = False


def old_file(path: str, revision: str) -> OldFile | None:
    """Return a file as it was in a revision, under the name that it had there, or None when it did not exist.

    Args:
        path: of the file as it is now; it need not exist any more.
        revision: as git understands it: a branch, a tag, a commit, ``HEAD~1``.

    Raises:
        UsageError: git is not installed, the file is in no repository, or there is no such revision; or it is a folder.
    """
    folder, name = os.path.split(os.path.abspath(path))
    tree = _tree(folder, path, revision)
    if tree.holds(f"./{name}"):
        content = tree.content(f"./{name}")
        if content is None:
            raise UsageError(f"{path}: is no file in {revision}.")
        return OldFile(path, content)
    before = tree.name_before(name)
    content = tree.content(before) if before else None
    return OldFile(before, content, renamed=True) if before and content is not None else None


def old_folder(path: str, revision: str) -> Iterator[OldFile]:
    """Yield the files of a folder as they were in a revision, those below its subfolders, too.

    Raises:
        UsageError: see `old_file`.
    """
    yield from _tree(os.path.abspath(path), path, revision).files(".", path)


def old_globbed(pattern: str, revision: str) -> Iterator[OldFile]:
    """Yield the files that a glob stands for as they were in a revision.

    Raises:
        UsageError: see `old_file`.
    """
    steps = pattern.split("/")
    plain = next(number for number, step in enumerate(steps) if is_glob(step))
    folder = "/".join(steps[:plain]) + "/" if plain else ""
    tree = _tree(os.path.abspath(folder), pattern, revision)
    yield from tree.files(f":(glob){'/'.join(steps[plain:])}", folder)


@dataclass(frozen=True, slots=True)
class _Tree:
    """What a repository held in a revision.

    Attributes:
        git: the program.
        folder: what names that begin with a dot are relative to.
        commit: the revision.
    """

    git: str
    folder: str
    commit: str

    def holds(self, name: str) -> bool:
        return not self._run("cat-file", "-e", f"{self.commit}:{name}").returncode

    def content(self, name: str) -> bytes | None:
        """Return the content of a file, or None when it is none."""
        found = self._run("cat-file", "blob", f"{self.commit}:{name}")
        return None if found.returncode else found.stdout

    def name_before(self, name: str) -> str | None:
        """Return what a file was called then, from the top of the repository, when git sees that it was renamed."""
        prefix = self._run("rev-parse", "--show-prefix").stdout.decode(errors="surrogateescape").rstrip("\n")
        listed = self._run("diff", "--name-status", "-z", "--find-renames", "--diff-filter=R", self.commit, "--")
        fields = listed.stdout.decode(errors="surrogateescape").split("\0")
        renamed = {now: before for _, before, now in zip(fields[0::3], fields[1::3], fields[2::3], strict=False)}
        return renamed.get(prefix + name)

    def files(self, pathspec: str, shown: str) -> Iterator[OldFile]:
        """Yield the files that git's *pathspec* stands for, named as they are found below the folder *shown*."""
        listed = self._run("ls-files", "-z", f"--with-tree={self.commit}", "--", pathspec)
        for name in dict.fromkeys(listed.stdout.decode(errors="surrogateescape").split("\0")):
            content = self.content(f"./{name}") if name else None
            if content is not None:  # of the files that there are now, some are new
                yield OldFile(os.path.join(shown, name), content)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return _git(self.git, self.folder, *arguments)


def _tree(folder: str, path: str, revision: str) -> _Tree:
    git = shutil.which("git")
    if git is None:
        raise UsageError("git is not installed, and it is what reads old versions.", "Compare two files instead.")
    inside = _git(git, folder, "rev-parse", "--is-inside-work-tree")
    if inside.returncode or inside.stdout.strip() != b"true":
        raise UsageError(f"{path}: {_why_not(inside.stderr)}.")
    if not revision or revision.startswith("-"):
        raise UsageError(f'"{revision}" is no revision.', "Write for example --against git:main.")
    commit = _git(git, folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit.returncode:
        raise UsageError(f'The repository has no revision "{revision}".', _ABOUT_REVISIONS)
    return _Tree(git, folder, commit.stdout.decode().strip())


def _git(git: str, folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603 - no shell; nothing that begins with a hyphen comes from outside
            [git, "-C", folder, *arguments], capture_output=True, check=False, env=environment
        )
    except OSError as error:
        raise UsageError(f"git cannot be run: {error.strerror}.") from error


def _why_not(complaint: bytes) -> str:
    if b"dubious ownership" in complaint:
        return "git does not trust the repository, which belongs to somebody else (see git's `safe.directory`)"
    return "is in no git repository"
