"""A survey of a repository: which folders hold calls and tracking plans, and which services run its checks."""

from __future__ import annotations

import configparser
import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from segkoch_lint.config.file import load_settings
from segkoch_lint.config.file_search import find_configuration, folders_up
from segkoch_lint.engine.input_listing import ListedInput, Status, list_inputs

_PLAN = "tracking plan"

_MOST_FOLDERS = 8
"""Folders that are named one by one; if there are more, the whole repository is checked."""

GITLAB_FILE = ".gitlab-ci.yml"


class Survey(msgspec.Struct, frozen=True):
    """What is in a repository.

    Attributes:
        root: its top folder; the working directory if that is in no repository.
        call_folders: folders with calls, relative to the root; none is inside another one.
        event_folders: those in which every file that would be read holds calls.
        plan_folders: folders with tracking plans.
        services: the CI services to write jobs for: ``github``, ``gitlab``.
    """

    root: Path
    call_folders: Sequence[str]
    event_folders: Sequence[str]
    plan_folders: Sequence[str]
    services: Sequence[str]

    @property
    def checked(self) -> Sequence[str]:
        """The folders to check, as arguments; the whole repository if there are no calls yet, or too many folders."""
        return _arguments(self.call_folders)

    @property
    def plans(self) -> Sequence[str]:
        """The folders with tracking plans, as arguments."""
        return _arguments(self.plan_folders) if self.plan_folders else ()


def survey(folder: Path) -> Survey:
    """Return what is in the repository around *folder*.

    Raises:
        UsageError: the configuration is wrong.
    """
    root = _root_of(folder)
    listed = list(list_inputs([str(root)], load_settings(find_configuration(root))))
    read = {PurePosixPath(Path(each.path).relative_to(root)): each for each in listed if each.status is Status.READ}
    calls = _outermost(path.parent for path, each in read.items() if each.calls)
    plans = _outermost(path.parent for path, each in read.items() if _PLAN in each.contents)
    events = [folder for folder in calls if folder != "." and _only_calls(folder, read)]
    return Survey(root, calls, events, plans, _services(root))


def _root_of(folder: Path) -> Path:
    *_, top = folders_up(folder)
    return top if (top / ".git").exists() else folder


def _outermost(folders: Iterable[PurePosixPath]) -> list[str]:
    every = set(folders)
    return sorted(str(each) for each in every if every.isdisjoint(each.parents))


def _only_calls(folder: str, read: dict[PurePosixPath, ListedInput]) -> bool:
    return all(each.calls for path, each in read.items() if path.is_relative_to(folder))


def _arguments(folders: Sequence[str]) -> Sequence[str]:
    # A name that a shell, YAML or a runner could take for something else is not worth the risk.
    plain = all(all(each.isalnum() or each in "/._- " for each in folder) for folder in folders)
    if not folders or "." in folders or len(folders) > _MOST_FOLDERS or not plain:
        return (".",)
    return [f"{'./' if each.startswith('-') else ''}{each}/" for each in folders]


def _services(root: Path) -> Sequence[str]:
    remotes = _remotes(root)
    gitlab = (root / GITLAB_FILE).exists() or any("gitlab" in each for each in remotes)
    github = (root / ".github").is_dir() or any("github" in each for each in remotes)
    return [*(["github"] if github or not gitlab else []), *(["gitlab"] if gitlab else [])]


def _remotes(root: Path) -> list[str]:
    """Return the URLs of the remotes of a repository; none if its configuration cannot be read."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read(os.path.join(root, ".git", "config"), encoding="utf-8")  # noqa: PTH118 - `.git` may be a file
    except (configparser.Error, OSError, UnicodeDecodeError):
        return []
    return [parser[each].get("url") or "" for each in parser.sections() if each.startswith("remote ")]
