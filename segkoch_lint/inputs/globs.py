"""Expansion of globs that no shell expanded: ``*``, ``?``, ``[…]`` within a name, and ``**`` for any folders."""

# Paths stay text, as given: `Path` would rewrite them.
# ruff: noqa: PTH112, PTH118
from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Iterator

_MAGIC = frozenset("*?[")


def is_glob(path: str) -> bool:
    """Return whether a path that does not exist is a glob."""
    return not _MAGIC.isdisjoint(path)


def expand(pattern: str, failed: Callable[[str, OSError], None]) -> Iterator[str]:
    """Yield the paths that match, in a stable order; as in a shell, a hidden name matches only a written dot.

    ``**`` does not follow links to folders, and does not enter ``.git``.

    Args:
        pattern: relative or absolute.
        failed: called with the error of every folder that could not be read.
    """
    base = os.sep if pattern.startswith(os.sep) else ""
    yield from _Expansion(failed).under(base, _parts(pattern))


def matches(path: str, pattern: str) -> bool:
    """Return whether `expand` would yield a path if it existed, with both as written."""
    if path.startswith(os.sep) != pattern.startswith(os.sep):
        return False
    return _fit([part for part in path.split("/") if part], _parts(pattern))


def _fit(names: list[str], parts: list[str]) -> bool:
    if not parts:
        return not names
    if parts[0] == "**":
        rest = parts[1:] or ["*"]
        hidden = next((number for number, name in enumerate(names) if name.startswith(".")), len(names))
        return any(_fit(names[taken:], rest) for taken in range(hidden + 1))
    return bool(names) and _is_like(names[0], parts[0]) and _fit(names[1:], parts[1:])


def _is_like(name: str, part: str) -> bool:
    """Return whether a name matches a part of a pattern; the dot of a hidden name must be written."""
    if not is_glob(part):
        return name == part
    return fnmatch.fnmatchcase(name, part) and (part.startswith(".") or not name.startswith("."))


def _parts(pattern: str) -> list[str]:
    parts = [part for part in pattern.split("/") if part]
    return [part for i, part in enumerate(parts) if part != "**" or parts[i - 1 : i] != ["**"]]


class _Expansion:
    def __init__(self, failed: Callable[[str, OSError], None]) -> None:
        self._failed = failed

    def under(self, base: str, parts: list[str]) -> Iterator[str]:
        if not parts:
            yield base
        elif parts[0] == "**":
            for folder in self._below(base):
                yield from self.under(folder, parts[1:] or ["*"])
        elif is_glob(parts[0]):
            for entry in self._entries(base):
                path = os.path.join(base, entry.name)
                if _is_like(entry.name, parts[0]) and (len(parts) == 1 or os.path.isdir(path)):
                    yield from self.under(path, parts[1:])
        elif os.path.lexists(os.path.join(base, parts[0])):
            yield from self.under(os.path.join(base, parts[0]), parts[1:])

    def _below(self, base: str) -> Iterator[str]:
        pending = [base]
        while pending:
            folder = pending.pop()
            yield folder
            entries = (entry for entry in self._entries(folder) if not entry.name.startswith("."))
            inner = [os.path.join(folder, entry.name) for entry in entries if entry.is_dir(follow_symlinks=False)]
            pending.extend(reversed(inner))

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder or os.curdir) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except NotADirectoryError:
            return []
        except OSError as error:
            self._failed(folder, error)
            return []
