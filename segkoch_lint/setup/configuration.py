"""The configuration file of a repository."""

from __future__ import annotations

import tomllib

from segkoch_lint.config.file_search import OWN_FILE, PYPROJECT, find_configuration
from segkoch_lint.config.toml_text import toml_value
from segkoch_lint.setup.file_change import FileChange, NoChange, read_text, with_line_ends_of
from segkoch_lint.setup.survey import Survey

_EXAMPLE = ["/fixtures/events/"]


def configuration_change(found: Survey) -> FileChange | NoChange:
    """Return the change that gives a repository a configuration: a table in pyproject.toml, or a file.

    Raises:
        UsageError: a pyproject.toml is not valid.
        OutputError: a file cannot be read.
    """
    existing = find_configuration(found.root)
    if existing is not None:
        return NoChange(existing.name, "there is a configuration")
    project = read_text(found.root / PYPROJECT)
    if project is None:
        return FileChange(OWN_FILE, None, _keys(found))
    table = with_line_ends_of(f"[tool.segkoch-lint]\n{_keys(found)}", project)
    gap = with_line_ends_of("\n" if project.endswith("\n") else "\n\n", project) if project else ""
    after = f"{project}{gap}{table}"
    tomllib.loads(after)
    return FileChange(PYPROJECT, project, after)


def _keys(found: Survey) -> str:
    patterns = [f"/{folder}/" for folder in found.event_folders]
    shown = f"events = {toml_value(patterns)}" if patterns else f"# events = {toml_value(_EXAMPLE)}"
    return (
        "# `segkoch-lint config show` prints all settings in force, with their defaults.\n"
        "# Files that must hold Segment calls and nothing else:\n"
        f"{shown}\n"
    )
