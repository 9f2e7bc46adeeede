"""Where others install segkoch-lint from: the git repository and the commit of this installation, or as given."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

import msgspec

from segkoch_lint.errors import UsageError

# Nothing that a shell or YAML would interpret. A user without a password is allowed: ssh needs one.
_URL = re.compile(r"(?:https|ssh|file)://[\w.~:/@+-]+")
_PASSWORD = re.compile(r"//[^/@]*:[^/@]*@")
_REVISION = re.compile(r"[\w][\w./+-]*")


class ProgramSource(msgspec.Struct, frozen=True):
    """A commit of the repository of segkoch-lint.

    Attributes:
        url: of the git repository.
        revision: a commit or a tag.
    """

    url: str
    revision: str

    @property
    def requirement(self) -> str:
        """The requirement that pip installs."""
        return f"segkoch-lint @ git+{self.url}@{self.revision}"


def program_source(url: str | None, revision: str | None) -> ProgramSource:
    """Return where segkoch-lint is to be installed from.

    Args:
        url: of the repository; None for that of this installation: pip notes it if it installs from git (PEP 610), and
            a release names it in its metadata.
        revision: a commit or a tag; None for that of this installation.

    Raises:
        UsageError: the repository or the commit is not known, or cannot be written into a configuration.
    """
    installed = _installed()
    chosen = url or (installed.url if installed else None)
    if chosen is None:
        raise UsageError(
            "The repository that segkoch-lint is installed from is not known.",
            "Give --repository URL and --rev COMMIT.",
        )
    if not _URL.fullmatch(chosen):
        raise UsageError(
            f"--repository: {chosen!r} is not a URL that pip and pre-commit take.", "Write https://… or ssh://…."
        )
    if _PASSWORD.search(chosen):
        raise UsageError("--repository: the URL has a password, which would be committed.", "Leave it out.")
    known = installed.revision if installed and installed.url == chosen else None
    commit = revision or known
    if commit is None:
        raise UsageError("--repository needs --rev.", f"`git ls-remote {chosen} HEAD` shows the last commit.")
    if not _REVISION.fullmatch(commit):
        raise UsageError(f"--rev: {commit!r} is not a commit or a tag.")
    return ProgramSource(chosen, commit)


def _installed() -> ProgramSource | None:
    """Return the commit that pip installed, or the tag of the release; None if neither is known."""
    try:
        installed = distribution("segkoch-lint")
        noted: Any = json.loads(installed.read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    commit = noted.get("vcs_info", {}).get("commit_id")
    if commit:
        return ProgramSource(noted["url"], commit)
    urls = (each.partition(", ") for each in installed.metadata.get_all("Project-URL") or [])
    source = next((url for label, _, url in urls if label == "Source"), None)
    return ProgramSource(source, f"v{installed.version}") if source and not noted else None
