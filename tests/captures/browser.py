"""What Chromium sent, as a HAR.

The DevTools protocol has no command that exports a HAR: the developer tools make it of the events of the domain
Network. So does this module, with the members that Chrome writes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.browser import started

_LONGEST_BODY = 1 << 20


def record(chromium: str, profile: Path, url: str) -> dict[str, Any]:
    """Load a page, wait for its promise ``window.finished``, and return what it sent meanwhile as a HAR.

    Args:
        chromium: the program.
        profile: an empty folder for it.
        url: the page.
    """
    with started(chromium, profile) as browser:
        page = browser.page()
        page.call("Network.enable", maxPostDataSize=_LONGEST_BODY)
        page.open(url)
        script = """new Promise(done => {
            const wait = () => window.finished ? window.finished.then(() => done(true), e => done(String(e)))
                                               : setTimeout(wait, 20);
            wait();
        })"""
        finished = page.value(script)
        assert finished is True, finished
        version = browser.call("Browser.getVersion")["product"]
        return _har(browser.events, version)


def _har(events: list[tuple[str, dict[str, Any]]], version: str) -> dict[str, Any]:
    responses = {each["requestId"]: each["response"] for method, each in events if method == "Network.responseReceived"}
    sent = [each for method, each in events if method == "Network.requestWillBeSent"]
    entries = [_entry(each, responses.get(each["requestId"], {})) for each in sent]
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "WebInspector", "version": version},
            "pages": [],
            "entries": entries,
        }
    }


def _entry(sent: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    request = sent["request"]
    headers = [{"name": name, "value": value} for name, value in request["headers"].items()]
    made: dict[str, Any] = {
        "method": request["method"],
        "url": request["url"],
        "httpVersion": response.get("protocol", "http/1.1"),
        "headers": headers,
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": len(request.get("postData", "")),
    }
    if "postData" in request:
        kind = next((each["value"] for each in headers if each["name"].lower() == "content-type"), "")
        made["postData"] = {"mimeType": kind, "text": request["postData"]}
    return {
        "_initiator": {"type": sent["initiator"]["type"]},
        "_resourceType": sent.get("type", "Other").lower(),
        "startedDateTime": datetime.fromtimestamp(sent["wallTime"], UTC).isoformat(),
        "time": 0,
        "request": made,
        "response": {
            "status": response.get("status", 0),
            "statusText": response.get("statusText", ""),
            "httpVersion": response.get("protocol", ""),
            "headers": [{"name": name, "value": value} for name, value in response.get("headers", {}).items()],
            "cookies": [],
            "content": {"size": 0, "mimeType": response.get("mimeType", "")},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }
