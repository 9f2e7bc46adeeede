"""The README as a package index shows it: hatchling calls this hook when it builds the package.

An index shows the README alone, so a link to another file of the repository leads nowhere there. If `[project.urls]` in
pyproject.toml has the address of the repository (`Source`), such a link gets it in front; if not, only its text stays.
The plugin hatch-fancy-pypi-readme could do the first, with the address written once more, and not the second.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\((?![a-z]+:)([^)\s]+)\)")


class ReadmeHook(MetadataHookInterface):
    """Sets the description of the package."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the field `readme`; hatchling has read the version already."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        source = metadata["urls"].get("Source", "").rstrip("/")
        base = f"{source}/blob/v{metadata['version']}/" if source else ""
        metadata["readme"] = {"content-type": "text/markdown", "text": with_absolute_links(text, base)}


def with_absolute_links(markdown: str, base: str) -> str:
    """Return a text whose links to files begin with the address *base*; without one, they are replaced by their text.

    Links within the text stay. Code blocks stay as they are.
    """

    def absolute(link: re.Match[str]) -> str:
        if link[2].startswith("#"):
            return link[0]
        return f"[{link[1]}]({base}{link[2]})" if base else link[1]

    # The split gives text and code blocks in turns.
    return "".join(
        _LINK.sub(absolute, part) if number % 2 == 0 else part for number, part in enumerate(_FENCE.split(markdown))
    )
