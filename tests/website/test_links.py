"""The links of a built site."""

from __future__ import annotations

from pathlib import Path

import pytest

from website.links import broken_links

PAGES = {
    "index.html": '<h1 id="top">Start</h1>',
    "docs/plans/index.html": '<h2 id="diff">Diff</h2> <a name="old">before</a>',
    "schemas/report.json": "{}",
}


@pytest.mark.parametrize(
    ("link", "broken"),
    [
        ("../", False),
        ("../plans/", True),
        ("plans/", False),
        ("plans/#diff", False),
        ("plans/#old", False),
        ("plans/index.html#diff", False),
        ("plans/#nope", True),
        ("#here", False),
        ("#nope", True),
        ("../schemas/report.json", False),
        ("../schemas/nope.json", True),
        ("../schemas/", True),
        ("/docs/plans/", False),
        ("/plans/", True),
        ("%70lans/#%64iff", False),
        ("https://segment.com/nope", False),
        ("mailto:somebody@example.com", False),
    ],
)
def test_links_to_missing_files_and_anchors_are_found(link: str, broken: bool, tmp_path: Path) -> None:
    for name, text in {**PAGES, "docs/index.html": f'<p id="here"><a href="{link}">a link</a>'}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(broken_links(tmp_path)) == ([f"docs/index.html: {link}"] if broken else [])


def test_scripts_and_images_are_links(tmp_path: Path) -> None:
    (tmp_path / "404.html").write_text('<script src="gone.js"></script><img src="gone.png">', encoding="utf-8")
    assert list(broken_links(tmp_path)) == ["404.html: gone.js", "404.html: gone.png"]
