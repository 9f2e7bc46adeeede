"""The hooks in `.pre-commit-config.yaml`: added to the text, so that comments and order remain."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import indent
from typing import Any

import yaml

from segkoch_lint.setup.file_change import FileChange, NoChange, read_text, with_line_ends_of
from segkoch_lint.setup.program_source import ProgramSource
from segkoch_lint.setup.survey import Survey
from segkoch_lint.setup.yaml_text import yaml_list, yaml_string

PATH = ".pre-commit-config.yaml"

_HOOK = "segkoch-lint"
_PLAN_HOOK = "segkoch-lint-plan-diff"


def pre_commit_change(found: Survey, source: Callable[[], ProgramSource]) -> FileChange | NoChange:
    """Return the change that adds the hooks.

    Raises:
        UsageError: the source of the program is needed and not known.
        OutputError: the file cannot be read.
    """
    before = read_text(found.root / PATH)
    if before is not None and _has_hook(before):
        return NoChange(PATH, "it has a hook of segkoch-lint")
    entry = _entry(found, source())
    if before is None or not before.strip():
        return FileChange(PATH, before, f"repos:\n{indent(entry, '  ')}")
    after = _added(before, entry)
    if after is None:
        return NoChange(PATH, "its repos are not written as a list of lines", entry)
    return FileChange(PATH, before, after)


def _entry(found: Survey, source: ProgramSource) -> str:
    lines = [f"- repo: {source.url}", f"  rev: {yaml_string(source.revision)}", "  hooks:", f"    - id: {_HOOK}"]
    if found.checked != (".",):
        folders = [re.escape(each.removeprefix("./")) for each in found.checked]
        pattern = folders[0] if len(folders) == 1 else f"({'|'.join(folders)})"
        lines.append(f"      files: {yaml_string(f'^{pattern}')}")
    if found.plans:
        lines += [f"    - id: {_PLAN_HOOK}", f"      args: {yaml_list(found.plans)}"]
    return "\n".join(lines) + "\n"


def _has_hook(text: str) -> bool:
    """Return whether a hook of ours is configured; what cannot be parsed has none."""
    document = _parsed(text)
    repos = document.get("repos") if isinstance(document, dict) else None
    hooks = [
        hook
        for repo in (repos if isinstance(repos, list) else [])
        if isinstance(repo, dict) and isinstance(repo.get("hooks"), list)
        for hook in repo["hooks"]
    ]
    return any(isinstance(hook, dict) and str(hook.get("id")).startswith(_HOOK) for hook in hooks)


def _added(before: str, entry: str) -> str | None:
    """Return the text with an item added to its ``repos``; None if that list cannot be extended."""
    place = _end_of_repos(before)
    if place is None:
        return None
    offset, column = place
    begun, rest = before[:offset], before[offset:]
    text = with_line_ends_of(indent(entry, " " * column), before)
    gap = "" if begun.endswith("\n") else with_line_ends_of("\n", before)
    after = f"{begun}{gap}{text}{rest}"
    document, changed = _parsed(before), _parsed(after)
    expected = {**document, "repos": [*document["repos"], *yaml.safe_load(entry)]}
    return after if changed == expected else None


def _end_of_repos(text: str) -> tuple[int, int] | None:
    """Return the offset after the last line of the list ``repos``, and the column of its items."""
    if _parsed(text) is None:
        return None
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    repos = next((value for key, value in pairs if key.value == "repos"), None)
    if not isinstance(repos, yaml.SequenceNode) or not repos.value:
        return None
    # The end of a block scalar is the start of the line after it; that of any other scalar is in its line.
    end = len(text[: _last_scalar(repos).end_mark.index].rstrip())
    line_end = text.find("\n", end)
    return (len(text) if line_end < 0 else line_end + 1), repos.start_mark.column


def _last_scalar(node: Any) -> yaml.Node:
    """Return the last node with text in a node; a list in flow style ends with its bracket."""
    last: yaml.Node = node
    while isinstance(last, yaml.CollectionNode) and last.value and not last.flow_style:
        inner = last.value[-1]
        last = inner[1] if isinstance(inner, tuple) else inner
    return last


def _parsed(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):  # a date that does not exist is a ValueError
        return None
