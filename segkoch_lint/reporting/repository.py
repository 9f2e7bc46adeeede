"""Paths of inputs as code review wants them: relative to the root of the repository."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path, PurePath
from urllib.parse import quote

from segkoch_lint.config.file_search import folders_up
from segkoch_lint.findings.redaction.masking import shown_path

_IN_URLS = ":/?#[]@!$&'()*+,;=%"
"""Characters of a URL that are not escaped again."""


class Repository:
    """The repository that the run is in: the nearest folder with ``.git``, or else the folder itself.

    Args:
        folder: the working directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(os.path.realpath(folder))
        *_, top = folders_up(self._folder)
        self._root = top if (top / ".git").exists() else self._folder
        self.relative = lru_cache(maxsize=64)(self._relative)

    def _relative(self, path: str) -> PurePath | None:
        """Return the path of an input below the root; None if it is not a file below it."""
        if not path or path == "-" or "://" in path:
            return None
        whole = Path(os.path.normpath(self._folder / path))
        if not whole.is_relative_to(self._root):
            whole = Path(os.path.realpath(whole))
        return whole.relative_to(self._root) if whole.is_relative_to(self._root) else None

    def holds(self, path: str) -> bool:
        """Return whether an input is a file in the repository."""
        return self.relative(path) is not None

    def path(self, path: str) -> str:
        """Return the path of an input below the root, with slashes; that of another input as it is shown."""
        relative = self.relative(path)
        return shown_path(path) if relative is None else shown_path(relative.as_posix())

    def uri(self, path: str) -> str:
        """Return the path of an input as a relative URI; for an input outside of the repository, the whole URI."""
        shown = self.path(path)
        if "://" in shown:
            return quote(shown, safe=_IN_URLS)
        if not self.holds(path) and shown and path != "-":
            return "file://" + quote(os.fsencode(Path(os.path.normpath(self._folder / shown)).as_posix()))
        return quote(os.fsencode(shown))
