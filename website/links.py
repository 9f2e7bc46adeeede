"""The links of a built site, checked in its HTML."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LINKS = {"href", "src"}


class _Page(HTMLParser):
    """The links and anchors of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = {"", "__skip"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is not None and name in _LINKS:
                self.links.add(value)
            elif value is not None and (name == "id" or (name == "name" and tag == "a")):
                self.anchors.add(value)


def broken_links(site: Path) -> Iterator[str]:
    """Yield "PAGE: LINK" for each link to a file or an anchor that is not in the folder *site*.

    Zensical checks the links between Markdown files. This also finds links to other files, and those of the navigation.
    Links to other hosts are not followed.
    """
    parsed = cache(lambda path: _Page(path.read_text(encoding="utf-8")))
    for file in sorted(site.rglob("*.html")):
        for link in sorted(parsed(file).links):
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            base = site if target.path.startswith("/") else file.parent
            path = (base / unquote(target.path).lstrip("/")).resolve() if target.path else file
            path = path / "index.html" if path.is_dir() else path
            anchor = unquote(target.fragment)
            if not path.is_file() or (path.suffix == ".html" and anchor not in parsed(path).anchors):
                yield f"{file.relative_to(site).as_posix()}: {link}"
