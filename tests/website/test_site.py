"""The build of the documentation site, by Zensical."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clone import copy_repository
from website.errors import SiteError
from website.site import build, pages_of

pytest.importorskip("zensical", reason="Zensical is not installed: scripts/docs installs it")
pytestmark = pytest.mark.slow


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return copy_repository(tmp_path)


def append(page: Path, text: str) -> None:
    page.write_text(page.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_the_site_has_every_page_and_needs_no_other_host(clone: Path) -> None:
    site = clone / "built" / "site"
    (clone / "built").mkdir()
    site.mkdir()
    (site / "old.html").touch()
    assert build(clone, site) == len(pages_of(clone))
    assert not (site / "old.html").exists()
    assert (site / "schemas" / "report.json").is_file()
    for page in pages_of(clone):
        place = site / (page.removesuffix("README.md") if page.endswith("README.md") else page.removesuffix(".md"))
        text = (place / "index.html").read_text(encoding="utf-8")
        assert "<h1" in text
        assert not [part for part in ("fonts.g", "cdn", "unpkg") if f"//{part}" in text]


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("[a](nope.md)", "Zensical failed"),
        ("[a](reports.md#nope)", "Zensical failed"),
        ("[a](../schemas/nope.json)", r"docs/plans/index\.html: \.\./\.\./schemas/nope\.json"),
    ],
)
def test_a_broken_link_is_an_error_and_the_last_site_stays(link: str, problem: str, clone: Path) -> None:
    append(clone / "docs" / "plans.md", f"\n{link}\n")
    (clone / "site").mkdir()
    with pytest.raises(SiteError, match=problem):
        build(clone, clone / "site")
    assert list((clone / "site").iterdir()) == []


def test_a_page_that_is_not_in_the_navigation_is_an_error(clone: Path) -> None:
    (clone / "docs" / "new.md").write_text("# New\n", encoding="utf-8")
    with pytest.raises(SiteError, match=r"docs/new\.md is not in the navigation"):
        build(clone, clone / "site")
