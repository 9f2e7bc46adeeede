"""The lines of a configuration file at which its keys are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from segkoch_lint.config.file_search import PYPROJECT, TABLE_IN_PYPROJECT
from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.findings.position import Path

# A string or a comment of TOML, in which brackets and line ends mean nothing; a bracket; a line end.
_TOKEN = re.compile(
    r'''
    """(?:\\.|[^\\])*?"""(?:"{0,2}) | \'\'\'.*?\'\'\'(?:'{0,2}) | "(?:\\.|[^"\\\n])*" | '[^'\n]*' | \#[^\n]*
    | (?P<open>[\[{]) | (?P<close>[\]}]) | (?P<end>\n)
    ''',
    re.VERBOSE | re.DOTALL,
)

_MAX_YAML_DEPTH = 20


def key_lines(file: FilePath) -> Mapping[Path, int]:
    """Return the 1-based line of each key, and of each item of a list of tables, by its path in the configuration.

    Args:
        file: a configuration file that was read without an error.
    """
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix != ".toml":
        return dict(_yaml_lines(text))
    lines: dict[Path, int] = {}
    for path, line in _toml_lines(text):
        lines.setdefault(path, line)
    if file.name != PYPROJECT:
        return lines
    depth = len(TABLE_IN_PYPROJECT)
    return {path[depth:]: line for path, line in lines.items() if path[:depth] == TABLE_IN_PYPROJECT}


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """Return the line of a key, or of the nearest key around it; None if there is none."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


def _toml_lines(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    items: dict[Path, int] = {}
    for statement, line in _statements(text):
        try:
            value = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:  # the file has changed since it was read
            return
        if not statement.startswith("["):
            yield from ((path, line) for path in _paths(value, table))
            continue
        named, is_item = _heading(value)
        table = ()
        for step in named[:-1]:
            table = _last_item((*table, step), items)
        table = (*table, named[-1])
        if is_item:
            items[table] = items.get(table, 0) + 1
        table = _last_item(table, items)
        yield from ((table[:end], line) for end in range(1, len(table) + 1))


def _statements(text: str) -> Iterator[tuple[str, int]]:
    """Yield the headings and the assignments of a TOML document, each with its line."""
    start = depth = 0
    line = 1
    for token in _TOKEN.finditer(text + "\n"):
        depth += (token["open"] is not None) - (token["close"] is not None)
        if token["end"] is not None and depth == 0:
            statement = text[start : token.start()]
            if statement.strip() and not statement.lstrip().startswith("#"):
                yield statement.strip(), line
            line += text.count("\n", start, token.end())
            start = token.end()


def _heading(value: Any) -> tuple[list[str], bool]:
    """Return the keys of a heading that was parsed by itself, and whether it begins an item of a list of tables."""
    keys: list[str] = []
    while isinstance(value, dict) and value:
        ((key, value),) = value.items()
        keys.append(key)
    return keys, isinstance(value, list)


def _last_item(table: Path, items: Mapping[Path, int]) -> Path:
    return (*table, items[table] - 1) if table in items else table


def _paths(value: Any, path: Path) -> Iterator[Path]:
    """Yield the paths of all keys in a value, and of all items of lists in it."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step)
        yield from _paths(inner, (*path, step))


def _yaml_lines(text: str) -> Iterator[tuple[Path, int]]:
    from segkoch_lint.documents.yaml.document import parse_yaml  # noqa: PLC0415 - only a YAML configuration needs it

    for document in parse_yaml(text.encode(), depth=_MAX_YAML_DEPTH):
        if isinstance(document, ParseError | InternalFailure):  # the file has changed since it was read
            return
        for path in _paths(document.value, ()):
            spans = document.keys(path) if isinstance(path[-1], str) else list(document.locate([path]).values())
            if spans:
                yield path, spans[-1].line
