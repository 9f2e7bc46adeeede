"""Images of the page for its documentation, of a made-up log: `scripts/screenshots`."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.browser import Page, started
from tests.captures.tools import accessibility_tools
from tests.reporting.html_report.pages import call

WIDTH = 1100

EVENTS = {
    "Application Opened": 900,
    "Product Viewed": 700,
    "Product Added": 300,
    "Checkout Started": 120,
    "Order Completed": 80,
    "Order Refunded": 6,
}

LIBRARIES = (
    ("analytics-swift", "1.6.2", "ios", 0.02),
    ("analytics-swift", "1.7.0", "ios", 0.01),
    ("analytics-kotlin", "1.19.1", "android", 0.04),
    ("analytics-react-native", "2.20.1", "android", 0.3),
)
"""Name, version, platform, and the share of faulty calls."""

IMAGES = {"light": ("h1", 935), "dark": ("#findings", 605)}
"""By the colour scheme of an image, the heading that it begins with, and its height."""


def messages() -> Iterator[dict[str, Any]]:
    """Yield the calls of two weeks, in which a new version brings faults."""
    drawn = random.Random(7)
    for number in range(12_000):
        day = 1 + number * 14 // 12_000
        name, version, platform, share = LIBRARIES[drawn.choices(range(4), (6, 3, 5, 3 if day > 9 else 1))[0]]
        made = call(event=drawn.choices(list(EVENTS), list(EVENTS.values()))[0])
        device = made["context"]["device"]
        made["context"]["library"] = {"name": name, "version": version}
        made["timestamp"] = f"2026-03-{day:02}T{number % 24:02}:00:00.000Z"
        made["userId"] = f"user-{number % 900}"
        device["type"] = platform
        if platform == "android":
            device["manufacturer"], device["model"] = "Google", "Pixel 9"
            made["context"]["os"] = {"name": "Android", "version": "15"}
        # Nothing but single calls is to be shown: each has a device of its own.
        device["id"], device["advertisingId"] = (str(UUID(int=drawn.getrandbits(128))).upper() for _ in range(2))
        if drawn.random() < 0.25:
            device["advertisingId"] = "00000000-0000-0000-0000-000000000000"
            device["adTrackingEnabled"] = False
        if drawn.random() < share:
            if drawn.random() < 0.6:
                device["type"] = {"ios": "iOS", "android": "Android"}[platform]
            else:
                del device["id"]
        yield made


def page_text(folder: Path) -> str:
    """Return the page of the log."""
    (folder / "log.ndjson").write_text("".join(json.dumps(each) + "\n" for each in messages()))
    options = ("--isolated", "--ignore=KCH2", "--budget=KCH106=40%", "--budget=KCH104=1%", "--format=html")
    command = [sys.executable, "-m", "segkoch_lint", "check", "log.ndjson", *options]
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False).stdout


def image(page: Page, scheme: str, heading: str, height: int) -> bytes:
    """Return an image of the page from a heading on."""
    page.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=height, deviceScaleFactor=1, mobile=False)
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    page.value("document.querySelector('.rule details').open = true")
    page.call("Emulation.setScrollbarsHidden", hidden=True)
    page.value(f"document.querySelector('{heading}').scrollIntoView()")
    page.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return b64decode(page.call("Page.captureScreenshot", format="png", optimizeForSpeed=False)["data"])


def main(destination: Path) -> None:
    """Write the images into a folder."""
    chromium, _ = accessibility_tools()
    destination.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, started(chromium, Path(name) / "profile") as browser:
        file = Path(name) / "report.html"
        file.write_text(page_text(Path(name)))
        page = browser.page()
        page.open(file.as_uri())
        page.value("document.readyState === 'complete' || new Promise(done => addEventListener('load', done))")
        for scheme, (heading, height) in IMAGES.items():
            (destination / f"html-report-{scheme}.png").write_bytes(image(page, scheme, heading, height))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
