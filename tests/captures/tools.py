"""The programs that captures are made with: `scripts/captures` installs them, apart from the project's environment."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2] / os.environ.get("CAPTURES", ".venv-captures")


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the programs are.

    Attributes:
        chromium: the browser.
        analytics: the folder of `@segment/analytics-next` whose scripts a page loads.
        python: an interpreter that has `segment-analytics-python`.
        mitmdump: the proxy.
    """

    chromium: str
    analytics: Path
    python: Path
    mitmdump: Path


def capture_tools() -> Tools:
    """Return the programs. Where they are not installed, the test is skipped; in CI it fails."""
    chromium = shutil.which("chromium")
    tools = Tools(
        chromium or "chromium",
        _FOLDER / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd",
        _FOLDER / "bin" / "python",
        _FOLDER / "bin" / "mitmdump",
    )
    if chromium and all(path.exists() for path in (tools.analytics, tools.python, tools.mitmdump)):
        return tools
    reason = "chromium, mitmproxy and the SDKs are not installed: run scripts/captures"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
