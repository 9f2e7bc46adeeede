"""Captures of real SDKs, made anew by a real browser and a real proxy, and linted."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.captures.browser import record
from tests.captures.proxy import recording
from tests.captures.receiver import receiver
from tests.captures.tools import Tools, capture_tools
from tests.conftest import Ran

pytestmark = pytest.mark.slow

DEVICE = {
    "type": "iOS",
    "id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64",
    "advertisingId": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954",
    "adTrackingEnabled": True,
}

PAGE = """<!doctype html><title>Shop</title><script src="/umd/index.js"></script><script>
const host = location.host;
const device = %s;
window.finished = (async () => {
    const analytics = AnalyticsNext.AnalyticsBrowser.load(
        {writeKey: 'made-up-write-key', cdnURL: location.origin},
        {integrations: {'Segment.io': {apiHost: host + '/v1', protocol: 'http'}}});
    await analytics.identify('user-4711', {plan: 'pro'});
    await analytics.track('Order Completed', {note: 'a "quoted" \\u00e9'}, {context: {device}});
    const call = {type: 'track', event: 'Left', userId: 'user-4711', messageId: 'made-up-1', context: {device}};
    navigator.sendBeacon('/v1/t', JSON.stringify(call));
    navigator.sendBeacon('/v1/t', new Blob([JSON.stringify(call)], {type: 'text/plain'}));
    await fetch('/');  // requests are reported in their order
})();
</script>"""

# Two calls make a batch; the SDK waits for the second one, also on a slow machine.
SDK = """
import json, sys
from segment.analytics.client import Client
host, device = sys.argv[1], json.loads(sys.argv[2])
client = Client("made-up-write-key", host=host, gzip=True, on_error=print, upload_size=2, upload_interval=2)
for event in ("Order Completed", "Order Refunded"):
    client.track("user-4711", event, {"note": 'a "quoted" \\u00e9'}, context={"device": device})
client.shutdown()
"""


@pytest.fixture(scope="module")
def tools() -> Tools:
    return capture_tools()


@pytest.fixture(scope="module")
def of_browser(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HAR of a page that uses Segment's SDK for browsers."""
    folder = tmp_path_factory.mktemp("browser")
    with receiver(PAGE % json.dumps(DEVICE), tools.analytics) as port:
        har = record(tools.chromium, folder / "profile", f"http://127.0.0.1:{port}/")
    path = folder / "browser.har"
    path.write_text(json.dumps(har, indent=2))
    return path


@pytest.fixture(scope="module")
def of_proxy(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HAR that mitmproxy writes of Segment's SDK for Python."""
    folder = tmp_path_factory.mktemp("proxy")
    with receiver() as port, recording(tools.mitmdump, folder, port) as (listening, har):
        command = [str(tools.python), "-c", SDK, f"http://127.0.0.1:{listening}", json.dumps(DEVICE)]
        subprocess.run(command, check=True, timeout=60)
    return har


def entries(har: Path) -> list[dict[str, Any]]:
    """Return the requests of a HAR."""
    return [entry["request"] for entry in json.loads(har.read_text())["log"]["entries"]]


def posts(har: Path) -> list[tuple[str, Any]]:
    """Return the path of each posted request, and what it holds as JSON; None where the capture has no body."""
    requests = [request for request in entries(har) if request["method"] == "POST"]
    bodies = [(request.get("postData") or {}).get("text") for request in requests]
    return [
        (urlsplit(request["url"]).path, body and json.loads(body))
        for request, body in zip(requests, bodies, strict=True)
    ]


def test_a_browser_records_what_the_page_sent_but_for_a_beacon_with_a_blob(of_browser: Path) -> None:
    (identify, track, beacon, blob) = posts(of_browser)

    assert (identify[0], track[0], beacon[0], blob) == ("/v1/i", "/v1/t", "/v1/t", ("/v1/t", None))
    assert (identify[1]["type"], track[1]["event"], beacon[1]["event"]) == ("identify", "Order Completed", "Left")


def test_a_proxy_records_a_compressed_batch(of_proxy: Path) -> None:
    ((path, body),) = posts(of_proxy)

    assert path == "/v1/batch"
    assert [call["event"] for call in body["batch"]] == ["Order Completed", "Order Refunded"]


def places_of(written: str, har: Path) -> list[tuple[int, int]]:
    """Return line and column, from 1, of every place of a text in a file."""
    lines = har.read_text().split("\n")
    return [
        (number, found.start() + 1)
        for number, line in enumerate(lines, 1)
        for found in re.finditer(re.escape(written), line)
    ]


def test_what_a_browser_recorded_is_checked_where_it_is(of_browser: Path, program: Callable[..., Ran]) -> None:
    ran = program("check", "--isolated", "-f", "json", str(of_browser))

    report = json.loads(ran.out)
    found = [(each["code"], each["pointer"]) for each in report["findings"]]
    track, beacon, blob = (number for number, entry in enumerate(entries(of_browser)) if entry["url"].endswith("/v1/t"))
    body = "/log/entries/{}/request/postData/text → /context/device/type"
    assert sorted(found) == [
        ("KCH004", f"/log/entries/{blob}"),
        ("KCH103", body.format(track)),
        ("KCH103", body.format(beacon)),
    ]
    places = [(each["line"], each["column"]) for each in report["findings"] if each["code"] == "KCH103"]
    assert places == places_of(r"\"iOS\"", of_browser)
    assert ran.status == 1


def test_what_a_proxy_recorded_is_checked_where_it_is(of_proxy: Path, program: Callable[..., Ran]) -> None:
    ran = program("check", "--isolated", "-f", "json", str(of_proxy))

    findings = json.loads(ran.out)["findings"]
    body = "/log/entries/0/request/postData/text → /batch/{}/context/device/type"
    assert [(each["code"], each["pointer"]) for each in findings] == [
        ("KCH103", body.format(0)),
        ("KCH103", body.format(1)),
    ]
    assert [(each["line"], each["column"]) for each in findings] == places_of(r"\"iOS\"", of_proxy)
    assert ran.status == 1


@pytest.mark.parametrize("output", ["text", "json", "json-lines"])
def test_a_report_on_captures_shows_no_key_and_no_id(
    output: str, of_browser: Path, of_proxy: Path, program: Callable[..., Ran]
) -> None:
    ran = program("check", "--isolated", "-f", output, str(of_browser), str(of_proxy))

    assert "KCH103" in ran.out
    key = "made-up-write-key"
    for secret in (key, b64encode(f"{key}:".encode()).decode()[:-4], str(DEVICE["id"]), str(DEVICE["advertisingId"])):
        assert secret not in ran.out + ran.err
    assert key in of_browser.read_text() + of_proxy.read_text()
