"""Paths that git ignores, and paths that the patterns of the configuration match."""

# Paths stay text, as given: `Path` would rewrite them.
# ruff: noqa: PTH100, PTH110
from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from segkoch_lint.errors import UsageError
from segkoch_lint.inputs.remote import is_remote

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class GitIgnores:
    """The ignore files that apply in one folder: its own, and those of the folders above it.

    Args:
        layers: (folder, patterns) from the outermost to the innermost; the folders are absolute.
    """

    def __init__(self, layers: Sequence[tuple[str, GitIgnoreSpec]] = ()) -> None:
        self._layers = tuple(layers)

    @classmethod
    def around(cls, folder: str) -> GitIgnores:
        """Return the ignore files above a folder that apply to it: up to its repository's root, ``info/exclude`` first.

        If git ignores the folder itself, the user named it on purpose: then none of them applies.
        """
        chain = [Path(folder), *Path(folder).parents]
        depth = next((i for i, each in enumerate(chain) if os.path.exists(each / ".git")), None)
        if depth is None:
            return cls()
        inwards = [str(each) for each in chain[depth::-1]]
        ignores = cls(_layer(inwards[0], Path(inwards[0], ".git", "info", "exclude")))
        for parent, child in itertools.pairwise(inwards):
            ignores = ignores.inside(parent)
            if ignores.match(child, folder=True):
                return cls()
        return ignores

    def inside(self, folder: str) -> GitIgnores:
        """Return the ignore files that apply to the entries of *folder*, one of the entries here."""
        own = _layer(folder, Path(folder, ".gitignore"))
        return GitIgnores((*self._layers, *own)) if own else self

    def match(self, path: str, *, folder: bool) -> bool:
        """Return whether an entry, given by its absolute path, is ignored; the innermost file that matches decides."""
        for base, spec in reversed(self._layers):
            verdict = spec.check_file(_relative(path, base, folder=folder)).include
            if verdict is not None:
                return verdict
        return False


class PathPatterns:
    """Patterns of the configuration: its ``exclude``, or its ``events``.

    Args:
        patterns: as in a ``.gitignore`` in *root*.
        root: the folder they are relative to. Outside of it, patterns without a folder also apply.
        key: of the configuration.

    Raises:
        UsageError: a pattern is invalid.
    """

    def __init__(self, patterns: Sequence[str], root: Path, key: str = "exclude") -> None:
        for pattern in patterns:
            if _spec([pattern]) is None:
                message = f"The {key} pattern {pattern!r} cannot be understood."
                raise UsageError(message, "Write it as in a .gitignore.")
        self._spec = _spec(map(url_as_path, patterns)) if patterns else None
        self._roots = tuple(dict.fromkeys((os.path.abspath(root), os.path.realpath(root))))

    def match(self, path: str, *, folder: bool) -> bool:
        """Return whether a path, or a folder above it, matches."""
        if self._spec is None:
            return False
        if is_remote(path):
            return self._spec.match_file(url_as_path(path))
        whole = os.path.abspath(path)
        base = next((root for root in self._roots if whole.startswith(root.rstrip(os.sep) + os.sep)), os.sep)
        return self._spec.match_file(_relative(whole, base, folder=folder))


def url_as_path(url: str) -> str:
    """Return a URL, or a pattern of URLs, as a path below its scheme, for gitignore patterns to match."""
    return url.replace("://", ":/", 1)


def _relative(path: str, base: str, *, folder: bool) -> str:
    inner = path[len(base.rstrip(os.sep)) + 1 :]
    return inner + "/" if folder else inner


def _layer(folder: str, file: Path) -> tuple[tuple[str, GitIgnoreSpec], ...]:
    try:
        lines = file.read_text("utf-8", "surrogateescape").split("\n")
    except OSError:
        return ()  # most folders have none
    spec = _spec(lines) or _spec(each for each in lines if _spec([each]) is not None)
    return ((folder, spec),) if spec else ()


def _spec(lines: Iterable[str]) -> GitIgnoreSpec | None:
    """Return the patterns of an ignore file, or None if one of them is invalid (git skips such a line)."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - runs without any pattern do not need it

    try:
        return GitIgnoreSpec.from_lines(each.removesuffix("\r") for each in lines)
    except ValueError:
        return None
