"""A git repository, read through the program git: revisions, the files of a commit, and their contents."""

# Paths remain text, since `Path` would rewrite the names that git knows.
from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from segkoch_lint.errors import UsageError

_LOCATION_VARIABLES = frozenset(
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_DIR GIT_GRAFT_FILE GIT_IMPLICIT_WORK_TREE GIT_INDEX_FILE "
    "GIT_NAMESPACE GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_SHALLOW_FILE GIT_WORK_TREE".split()
)
"""Variables that git sets for its hooks. In a linked work tree they name a folder without files, so that git would take
any folder for the top of the work tree."""

_ABOUT_REVISIONS = "In CI, a shallow clone holds its own revision only: fetch the other one first."
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_LINK, _SUBMODULE = "120000", "160000"


class UnknownRevision(UsageError):  # noqa: N818 - named like its base
    """There is no such revision, or no repository."""


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file, a symbolic link or a submodule in a commit.

    Attributes:
        path: from the top of the repository, with slashes.
        mode: as git writes it.
        object_id: of the content, or of the commit of a submodule.
    """

    path: str
    mode: str
    object_id: str

    @property
    def is_link(self) -> bool:
        """Whether its content is the path of another file."""
        return self.mode == _LINK

    @property
    def is_submodule(self) -> bool:
        """Whether its files are in another repository."""
        return self.mode == _SUBMODULE


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with a work tree.

    Attributes:
        top: the top folder of the work tree, without links in it.
    """

    top: str
    _git: str = field(repr=False, compare=False)
    _environment: Mapping[str, str] = field(repr=False, compare=False)

    @classmethod
    def around(cls, folder: str, subject: str) -> Repository:
        """Return the repository that a folder is in.

        Args:
            folder: an absolute path; if it does not exist, the nearest folder around it is used.
            subject: the path that the user gave, for messages.

        Raises:
            UnknownRevision: there is none, or git does not trust it.
            UsageError: git is not installed.
        """
        git = shutil.which("git")
        if git is None:
            raise UsageError("git is not installed, and is needed to read old versions.", "Compare two files instead.")
        while not os.path.isdir(folder) and folder != os.path.dirname(folder):  # noqa: PTH112, PTH120
            folder = os.path.dirname(folder)  # noqa: PTH120
        problem = b""
        for environment in _environments():
            found = _run(git, folder, environment, "rev-parse", "--show-toplevel")
            if not found.returncode and found.stdout.strip():
                return cls(os.path.realpath(_line(found.stdout)), git, environment)
            problem = problem or found.stderr
        raise UnknownRevision(f"{subject}: {_why_not(problem)}.")

    @property
    def superproject(self) -> str | None:
        """The top folder of the repository that this one is a submodule of, or None."""
        path = _line(self._run("rev-parse", "--show-superproject-working-tree").stdout)
        return os.path.realpath(path) if path else None

    def commit(self, revision: str) -> str:
        """Return the commit that a revision names; before the first commit, the empty tree for ``HEAD``.

        Args:
            revision: a branch, a tag, ``HEAD~1``, or ``A...B`` for the merge base.

        Raises:
            UnknownRevision: there is none.
        """
        if "..." in revision:
            one, _, other = revision.partition("...")
            commits = [self.commit(each or "HEAD") for each in (one, other)]
            base = _line(self._run("merge-base", *commits).stdout)
            if not base:
                raise UnknownRevision(f'The repository has no merge base of "{revision}".', _ABOUT_REVISIONS)
            return base
        if not revision or revision.startswith("-"):
            raise UnknownRevision(f'"{revision}" is not a revision.', "Write for example --against git:main.")
        if ".." in revision:
            raise UnknownRevision(f'"{revision}" is a range of revisions.', "Write A...B for the merge base of two.")
        found = self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if found.returncode and revision == "HEAD":
            found = self._run("hash-object", "-t", "tree", "--stdin")
        if found.returncode:
            raise UnknownRevision(f'The repository has no revision "{revision}".', _ABOUT_REVISIONS)
        return _line(found.stdout)

    def holds(self, commit: str) -> bool:
        """Return whether a commit is in the repository."""
        return not self._run("cat-file", "-e", f"{commit}^{{commit}}").returncode

    def entries(self, commit: str) -> Iterator[TreeEntry]:
        """Yield all files of a commit, in the order of their paths."""
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", commit)
        for line in os.fsdecode(listed.stdout).split("\0"):
            if line:
                facts, _, path = line.partition("\t")
                mode, _, object_id = facts.split(" ")
                yield TreeEntry(path, mode, object_id)

    def not_checked_out(self) -> frozenset[str]:
        """Return the paths that a sparse checkout leaves out of the work tree."""
        if _line(self._run("config", "--type=bool", "core.sparseCheckout").stdout) != "true":
            return frozenset()
        listed = os.fsdecode(self._run("ls-files", "-z", "-t", "--full-name", ":/").stdout)
        return frozenset(line[2:] for line in listed.split("\0") if line.startswith("S "))

    def contents(self, entries: Iterable[TreeEntry], *, needed: bool = True) -> Iterator[bytes]:
        """Yield the contents of files; of a link, the path that it leads to.

        Args:
            entries: the files.
            needed: whether it is an error if a content was not fetched; else it is empty, or the pointer of Git LFS.

        Raises:
            UsageError: a needed content is in Git LFS, or missing in a partial clone.
        """
        command = [self._git, "-C", self.top, "cat-file", "--batch"]
        with subprocess.Popen(  # noqa: S603 - no shell; nothing that begins with a hyphen comes from outside
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self._environment
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for entry in entries:
                process.stdin.write(f"{entry.object_id}\n".encode())
                process.stdin.flush()
                _, kind, *size = process.stdout.readline().split()
                if kind == b"missing" and not needed:
                    yield b""
                    continue
                if kind == b"missing":
                    problem = f"{entry.path}: its old content is not in the repository."
                    raise UsageError(problem, "A partial clone fetches it when its remote can be reached.")
                content = process.stdout.read(int(size[0]))
                process.stdout.readline()
                yield self._fetched(entry, content, needed) if content.startswith(_LFS_POINTER) else content

    def _fetched(self, entry: TreeEntry, pointer: bytes, needed: bool) -> bytes:
        """Return the content of a file that Git LFS stores."""
        found = self._run("cat-file", "--filters", f"--path={entry.path}", entry.object_id)
        if (found.returncode or found.stdout == pointer) and needed:
            raise UsageError(f"{entry.path}: its old version is in Git LFS and not here.", "Run `git lfs fetch --all`.")
        return pointer if found.returncode else found.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return _run(self._git, self.top, self._environment, *arguments)


def _environments() -> Iterator[Mapping[str, str]]:
    """Yield the environments to find a repository with: first without git's variables, then with them."""
    plain = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    yield {name: value for name, value in plain.items() if name not in _LOCATION_VARIABLES}
    if "GIT_DIR" in plain and "GIT_WORK_TREE" in plain:
        yield plain


def _run(git: str, folder: str, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - no shell; nothing that begins with a hyphen comes from outside
            [git, "-C", folder, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=environment,
        )
    except OSError as error:
        raise UsageError(f"git cannot be run: {error.strerror}.") from error


def _line(output: bytes) -> str:
    """Return the one line that git printed; a path may hold other line ends."""
    return os.fsdecode(output).removesuffix("\n")


def _why_not(stderr: bytes) -> str:
    if b"dubious ownership" in stderr:
        return "git does not trust the repository, which belongs to another user (see git's `safe.directory`)"
    return "is not in a git repository"
