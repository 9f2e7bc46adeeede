"""The one error of a build."""

from __future__ import annotations


class SiteError(Exception):
    """The site cannot be built: a page is not in the navigation, a link is broken, or Zensical failed."""
