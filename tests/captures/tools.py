"""The programs that captures are made with and pages are tested in: `scripts/captures` installs them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

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


def accessibility_tools() -> tuple[str, Path]:
    """Return the browser, and the script that checks pages for accessibility. Without them, see `capture_tools`."""
    chromium = shutil.which("chromium")
    script = _FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    if chromium is None or not script.exists():
        _give_up("chromium and axe-core")
    return chromium, script


def capture_tools() -> Tools:
    """Return the programs. Where they are not installed, the test is skipped; in CI it fails."""
    chromium = shutil.which("chromium")
    tools = Tools(
        chromium or "chromium",
        _FOLDER / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd",
        _FOLDER / "bin" / "python",
        _FOLDER / "bin" / "mitmdump",
    )
    if chromium is None or not all(path.exists() for path in (tools.analytics, tools.python, tools.mitmdump)):
        _give_up("chromium, mitmproxy and the SDKs")
    return tools


def _give_up(missing: str) -> NoReturn:
    reason = f"{missing} are not installed: run scripts/captures"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
