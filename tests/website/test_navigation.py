"""The navigation of the documentation site."""

from __future__ import annotations

from pathlib import Path

import pytest

from website import navigation
from website.errors import SiteError
from website.site import pages_of

ROOT = Path(__file__).parents[2]
CONFIGURATION = (ROOT / "website" / "zensical.toml").read_text(encoding="utf-8")


def test_every_page_is_in_the_navigation_once_and_the_navigation_has_no_other() -> None:
    navigation.check(navigation.pages(navigation.expanded(CONFIGURATION, ROOT)), pages_of(ROOT))


def test_a_name_with_a_star_is_all_files_that_it_matches_in_order(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "c.txt"):
        (tmp_path / name).touch()
    text = navigation.expanded('[project]\nnav = ["x.md", { Rules = ["*.md"] }] # *', tmp_path)
    assert navigation.pages(text) == ["x.md", "a.md", "b.md"]


def test_a_name_with_a_star_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"rules/\*\.md matches no file"):
        navigation.expanded('nav = ["rules/*.md"]', tmp_path)


@pytest.mark.parametrize(
    ("listed", "present", "problem"),
    [
        (["a.md"], ["a.md", "b.md"], r"b\.md is not in the navigation"),
        (["a.md", "b.md"], ["a.md"], r"b\.md is in the navigation, but does not exist"),
        (["a.md", "a.md"], ["a.md"], r"a\.md is in the navigation twice"),
    ],
)
def test_a_difference_between_pages_and_navigation_is_an_error(
    listed: list[str], present: list[str], problem: str
) -> None:
    with pytest.raises(SiteError, match=problem):
        navigation.check(listed, present)
