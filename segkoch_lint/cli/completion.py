"""Completion in the shell: of rule codes and names, severities, facets, files, and `--output`."""

# Paths remain text, as they were typed; `Path` would rewrite them.
# ruff: noqa: PTH118, PTH119
from __future__ import annotations

import os
from collections.abc import Iterator

import click
from click.shell_completion import CompletionItem


def complete_rules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the rules whose code or name begins with the text after the last comma."""
    from segkoch_lint.rules.catalogue import built_in  # noqa: PLC0415

    before, comma, last = incomplete.rpartition(",")
    begun = last.lower()
    items: list[CompletionItem] = []
    for rule in built_in():
        if not begun or rule.code.lower().startswith(begun):
            items.append(CompletionItem(before + comma + rule.code, help=rule.name))
        elif rule.name.startswith(begun):
            items.append(CompletionItem(before + comma + rule.name, help=rule.code))
    return items


def complete_severities(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ``CODE=LEVEL``: first the rule; if only one is left, or after the ``=``, the level."""
    from segkoch_lint.findings.finding import Severity  # noqa: PLC0415

    before, comma, last = incomplete.rpartition(",")
    selector, sign, level = last.partition("=")
    rules = complete_rules(ctx, param, before + comma + selector)
    if not sign and len(rules) != 1:
        return rules
    begun = before + comma + selector if sign else rules[0].value
    return [CompletionItem(f"{begun}={each}") for each in Severity if str(each).startswith(level)]


def complete_facets(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the facets whose name begins with the text after the last comma."""
    from segkoch_lint.calls.facets import FACETS  # noqa: PLC0415

    before, comma, last = incomplete.rpartition(",")
    return [CompletionItem(before + comma + name) for name in FACETS if name.startswith(last)]


def complete_files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete a path."""
    return [CompletionItem(incomplete, type="file")]


def complete_outputs(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ``FORMAT:PATH``: first the format, and after the colon the path.

    Bash takes the text after a colon for a word of its own, and completes it as a path anyway.
    """
    from segkoch_lint.reporting import FORMATS  # noqa: PLC0415

    name, colon, path = incomplete.partition(":")
    if colon:
        return [CompletionItem(f"{name}:{found}") for found in _paths(path)]
    begun = [each for each in FORMATS if each.startswith(name)]
    # A shell adds a space if there is only one choice, but here the path has to follow.
    endings = ("", *_paths("")) if len(begun) == 1 else ("",)
    return [CompletionItem(f"{each}:{ending}") for each in begun for ending in endings]


def _paths(begun: str) -> Iterator[str]:
    """Yield the paths that begin with *begun*; if only one folder does, also its content."""
    folder, name = os.path.split(begun)
    found = [path for path in _inside(folder) if path.startswith(begun) and (name or not _is_hidden(path))]
    yield from found
    if len(found) == 1 and found[0].endswith(os.sep):
        yield from (path for path in _inside(found[0]) if not _is_hidden(path))


def _inside(folder: str) -> list[str]:
    try:
        with os.scandir(folder or os.curdir) as entries:
            return sorted(os.path.join(folder, each.name) + (os.sep if each.is_dir() else "") for each in entries)
    except OSError:
        return []


def _is_hidden(path: str) -> bool:
    return os.path.basename(path.rstrip(os.sep)).startswith(".")
