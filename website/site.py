"""The build: pages and the files that they link to are copied, and Zensical makes the site from the copy."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from website import navigation
from website.errors import SiteError
from website.links import broken_links

_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")


def pages_of(root: Path) -> list[str]:
    """Return the pages of the repository: all Markdown in docs/, and those that it shares with people who read code."""
    others = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "core/README.md", "examples/README.md")
    return sorted([*others, *(path.relative_to(root).as_posix() for path in (root / "docs").rglob("*.md"))])


def build(root: Path, destination: Path) -> int:
    """Build the site of the repository *root*, replace the folder *destination* by it, and return its number of pages.

    Raises:
        SiteError: a page is not in the navigation, a link is broken, or Zensical failed. The old folder is then kept.
    """
    configuration = navigation.expanded((root / "website" / "zensical.toml").read_text(encoding="utf-8"), root)
    pages = pages_of(root)
    navigation.check(navigation.pages(configuration), pages)
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        (stage / "zensical.toml").write_text(configuration, encoding="utf-8")
        # The copy keeps the paths of the repository, so that a link is the same there, here and on the site.
        for name in {*pages, *navigation.styles(configuration), *_linked_files(root, pages)}:
            (stage / "pages" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, stage / "pages" / name)
        ran = subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=stage, check=False)
        if ran.returncode:
            raise SiteError("Zensical failed; what it printed says why.")
        if broken := list(broken_links(stage / "site")):
            raise SiteError("\n".join(["Broken links:", *broken]))
        shutil.rmtree(destination, ignore_errors=True)
        shutil.copytree(stage / "site", destination)
    return len(pages)


def _linked_files(root: Path, pages: list[str]) -> Iterator[str]:
    """Yield the files of the repository that pages link to, for example schemas."""
    for page in pages:
        text = _CODE.sub("", (root / page).read_text(encoding="utf-8"))
        for target in _LINK.findall(text):
            path = (root / page).parent / target
            if "://" not in target and path.is_file():
                yield path.resolve().relative_to(root.resolve()).as_posix()
