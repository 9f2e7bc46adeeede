"""The settings in force, key by key, and where each comes from: a default, the configuration file, an option."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

import msgspec

from segkoch_lint import resources
from segkoch_lint.config.file import read_configuration
from segkoch_lint.config.key_lines import key_lines, line_of
from segkoch_lint.findings.position import Path


class Source(msgspec.Struct, frozen=True):
    """Where a setting comes from: by default, nowhere.

    Attributes:
        option: an option of the command line.
        file: a configuration file.
        line: the line of the key in that file, from 1; None if it is not known.
    """

    option: str = ""
    file: str = ""
    line: int | None = None

    @property
    def kind(self) -> str:
        """What it is: ``option``, ``file`` or ``default``."""
        return "option" if self.option else "file" if self.file else "default"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return self.option or place or self.kind


class EffectiveSetting(msgspec.Struct, frozen=True):
    """A setting in force.

    Attributes:
        path: of its key in a configuration: one step, or two for an entry of a table or an item of a list of tables.
        value: as a configuration has it.
        sources: where it comes from; two if an option adds to the items of the file.
    """

    path: Path
    value: Any
    sources: Sequence[Source]


class Override(msgspec.Struct, frozen=True):
    """A setting of the command line.

    Attributes:
        option: that gives it.
        path: of its key in a configuration.
        value: as a configuration has it.
        adds: whether the items of a list are added to those of the configuration, which they replace otherwise.
    """

    option: str
    path: Path
    value: Any
    adds: bool = False


def effective_settings(file: FilePath | None, overrides: Sequence[Override], name: str) -> Iterator[EffectiveSetting]:
    """Yield the settings in force, in the order of the schema of the configuration.

    Args:
        file: the configuration file, which `load_settings` has accepted; None if there is none.
        overrides: the settings of the command line.
        name: of the file, as it is shown.
    """
    configured: Mapping[str, Any] = {} if file is None else read_configuration(file)
    lines = {} if file is None else key_lines(file)
    for key, schema in resources.load("configuration")["properties"].items():
        found = _Found(key, schema, [each for each in overrides if each.path[0] == key])
        if key in configured:
            found.configure(configured[key], name, lines)
        yield from found.settings()


class _Found:
    """The values of one key, those of higher precedence replacing the others."""

    def __init__(self, key: str, schema: Mapping[str, Any], overrides: Sequence[Override]) -> None:
        self._key = key
        self._overrides = overrides
        default = {name: each["default"] for name, each in schema.get("properties", {}).items()} or schema["default"]
        self._values: dict[Path, tuple[Any, list[Source]]] = {
            path: (value, [Source()]) for path, value in _entries((key,), default)
        }

    def configure(self, value: Any, file: str, lines: Mapping[Path, int]) -> None:
        """Add the value of the configuration file."""
        for path, each in _entries((self._key,), value):
            self._put(path, each, Source(file=file, line=line_of(path, lines)))

    def settings(self) -> Iterator[EffectiveSetting]:
        """Yield what is in force."""
        for each in self._overrides:
            before, sources = self._values.get(each.path, ([], []))
            if each.adds and before:
                self._values[each.path] = [*before, *each.value], [*sources, Source(option=each.option)]
            else:
                self._put(each.path, each.value, Source(option=each.option))
        yield from (EffectiveSetting(path, value, sources) for path, (value, sources) in self._values.items())

    def _put(self, path: Path, value: Any, source: Source) -> None:
        if len(path) > 1:
            self._values.pop((self._key,), None)  # the table was empty
        # It becomes the last one: if two selectors are equally exact, the last one decides.
        self._values.pop(path, None)
        self._values[path] = value, [source]


def _entries(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """Yield the entries of a table, or the items of a list of tables; any other value as it is."""
    if isinstance(value, Mapping) and value:
        yield from (((*path, key), each) for key, each in value.items())
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        yield from (((*path, number), each) for number, each in enumerate(value))
    else:
        yield path, value


def path_in_configuration(path: FilePath, file: FilePath | None) -> str:
    """Return a path of the command line as a configuration would name it: relative to the folder of *file*."""
    return os.path.relpath(path, file.parent if file is not None else FilePath.cwd())
