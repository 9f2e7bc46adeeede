"""The search for the configuration file, and for files that look like one and are not read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from segkoch_lint.errors import UsageError
from segkoch_lint.rules.schema_errors import kind_of

OWN_FILE, YAML_FILE, PYPROJECT = "segkoch-lint.toml", ".segkoch-lint.yaml", "pyproject.toml"

FILES = (OWN_FILE, YAML_FILE, PYPROJECT)
"""Names of configuration files. If a folder has several, the first of these is used."""

TABLE_IN_PYPROJECT = ("tool", "segkoch-lint")
"""The keys of the configuration in pyproject.toml."""

_MISTAKEN = (
    *("segkoch-lint.yaml", "segkoch-lint.yml", ".segkoch-lint.yml", ".segkoch-lint.toml", ".segkoch-lint.json"),
    *("segkoch-lint.json", "segkoch_lint.toml", ".segkoch_lint.yaml", ".segkoch-lint"),
)
"""File names that users mistake for those of `FILES`."""

_MISTAKEN_TABLES = ("segkoch_lint", "segkochlint")

_RIGHT_NAMES = f"a configuration is named {YAML_FILE} or {OWN_FILE}, or is the table [tool.segkoch-lint] of {PYPROJECT}"


def find_configuration(start: str | Path) -> Path | None:
    """Return the configuration file nearest to the folder *start*, or None if there is none.

    The search goes up to the root of the repository.
    """
    for folder in folders_up(start):
        for name in FILES:
            if _is_configuration(folder / name):
                return folder / name
    return None


def path_from_here(file: Path) -> str:
    """Return the path of a file as messages show it: relative to the working directory if it is in that."""
    return os.path.relpath(file) if file.is_relative_to(Path.cwd()) else str(file)


def ignored_configurations(start: str | Path, used: Path | None) -> Iterator[tuple[Path, str]]:
    """Yield files that look like a configuration and are not read, each with the reason.

    Args:
        start: the folder where the search begins.
        used: the configuration that is used, or None.
    """
    for folder in folders_up(start):
        yield from ((folder / name, f"not read: {_RIGHT_NAMES}") for name in _MISTAKEN if (folder / name).is_file())
        for table in _mistaken_tables(folder / PYPROJECT):
            yield folder / PYPROJECT, f"[tool.{table}] is not read: the table is named [tool.segkoch-lint]"
        if used is not None and used.parent == folder:
            others = (folder / name for name in FILES[FILES.index(used.name) + 1 :])
            reason = f"not read: {used.name} in the same folder takes precedence"
            yield from ((other, reason) for other in others if _is_configuration(other))
            return


def configuration_table(file: Path) -> Any:
    """Return the configuration in a TOML file; None for a pyproject.toml without one.

    Raises:
        UsageError: the file cannot be read, is not valid TOML, or has its table in the wrong place.
    """
    try:
        document = _parse(file.read_text(encoding="utf-8"))
    except _InvalidTomlError as error:
        raise UsageError(f"{file}: {error}.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read: {error}.") from error
    tools = document.get("tool", {})
    if file.name != PYPROJECT:
        if isinstance(tools, dict) and "segkoch-lint" in tools:
            raise UsageError(
                f"{file}: the table [tool.segkoch-lint] is for pyproject.toml; here, keys are at the top of the file.",
                "Remove `tool.segkoch-lint` from the headings of tables.",
            )
        return document
    if not isinstance(tools, dict):
        raise UsageError(f"{file}: tool is {kind_of(tools)}; a table is expected.", "Write [tool.segkoch-lint].")
    return tools.get("segkoch-lint")


class _InvalidTomlError(ValueError):
    """A text is not valid TOML."""


def folders_up(start: str | Path) -> Iterator[Path]:
    """Yield the folder *start* and its parents, up to the root of the repository."""
    start = Path(start).absolute()
    for folder in (start, *start.parents):
        yield folder
        if (folder / ".git").exists():
            return


def _is_configuration(file: Path) -> bool:
    return file.is_file() and (file.name != PYPROJECT or configuration_table(file) is not None)


def _mistaken_tables(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
        if not any(name in text for name in _MISTAKEN_TABLES):
            return []
        tools = _parse(text).get("tool", {})
    except (OSError, ValueError):
        return []
    return [name for name in _MISTAKEN_TABLES if isinstance(tools, dict) and name in tools]


def _parse(text: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - many runs have no configuration

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _InvalidTomlError(f"not valid TOML: {error}") from error
