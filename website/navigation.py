"""The navigation: which pages the site has, and in which order."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from website.errors import SiteError


def expanded(configuration: str, root: Path) -> str:
    """Return the text of the configuration with the files that match it for each quoted name with a `*`.

    Zensical knows no such names. With them, the page of a new rule is on the site without a line here.

    Raises:
        SiteError: a name matches no file.
    """

    def files(pattern: re.Match[str]) -> str:
        names = [path.relative_to(root).as_posix() for path in sorted(root.glob(pattern[1]))]
        if not names:
            raise SiteError(f"nav: {pattern[1]} matches no file.")
        return ", ".join(f'"{name}"' for name in names)

    return re.sub(r'"([^"\n]*\*[^"\n]*)"', files, configuration)


def pages(configuration: str) -> list[str]:
    """Return the files of the pages in `nav`, in order."""
    return list(_pages(tomllib.loads(configuration)["project"]["nav"]))


def styles(configuration: str) -> list[str]:
    """Return the files in `extra_css`."""
    files: list[str] = tomllib.loads(configuration)["project"].get("extra_css", [])
    return files


def _pages(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        yield from _pages(list(entry.values()))
    else:
        for each in entry:
            yield from _pages(each)


def check(listed: list[str], present: list[str]) -> None:
    """Compare the pages in the navigation with the pages that the repository has.

    Raises:
        SiteError: they differ, or the navigation has a page twice.
    """
    problems = [
        *(f"{page} is not in the navigation (website/zensical.toml)" for page in present if page not in listed),
        *(f"{page} is in the navigation, but does not exist" for page in listed if page not in present),
        *(f"{page} is in the navigation twice" for page in sorted(set(listed)) if listed.count(page) > 1),
    ]
    if problems:
        raise SiteError("\n".join(problems))
