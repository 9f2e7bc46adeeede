"""Old versions of a file, read through git itself."""

from __future__ import annotations

import os
import shutil
import subprocess

from segkoch_lint.errors import UsageError

_ABOUT_REVISIONS = "In CI, a shallow clone holds its own revision only: fetch the other one first."


def old_version(path: str, revision: str) -> bytes | None:
    """Return the content that a file had in a revision, or None when it did not exist there.

    Args:
        path: of the file as it is now; it need not exist any more.
        revision: as git understands it: a branch, a tag, a commit, ``HEAD~1``.

    Raises:
        UsageError: git is not installed, the file is in no repository, or there is no such revision.
    """
    git = shutil.which("git")
    if git is None:
        raise UsageError("git is not installed, and it is what reads old versions.", "Compare two files instead.")
    # Only where the name is made absolute is a link followed: git knows the file by the name it has there.
    folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 - a path that git is to see as it was given
    inside = _git(git, folder, "rev-parse", "--is-inside-work-tree")
    if inside.returncode or inside.stdout.strip() != b"true":
        raise UsageError(f"{path}: {_why_not(inside.stderr)}.")
    if not revision or revision.startswith("-"):
        raise UsageError(f'"{revision}" is no revision.', "Write for example --against git:main.")
    commit = _git(git, folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit.returncode:
        raise UsageError(f'The repository has no revision "{revision}".', _ABOUT_REVISIONS)
    there = f"{commit.stdout.decode().strip()}:./{name}"
    if _git(git, folder, "cat-file", "-e", there).returncode:
        return None
    content = _git(git, folder, "cat-file", "blob", there)
    if content.returncode:
        raise UsageError(f"{path}: is no file in {revision}.")
    return content.stdout


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
