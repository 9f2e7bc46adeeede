"""Chromium without a window, driven through a pipe by the DevTools protocol, and what it sent as a HAR.

The protocol (https://chromedevtools.github.io/devtools-protocol/) has no command that exports a HAR: the developer
tools make it of the events of the domain Network. So does this module, with the members that Chrome writes.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

_LONGEST_BODY = 1 << 20

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--remote-debugging-pipe",
)


class Browser:
    """A connection to a browser: commands go out on one pipe, answers and events come in on the other."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        self._commands = commands
        self._answers = answers
        self._last = 0
        self._buffer = b""
        self.events: list[tuple[str, dict[str, Any]]] = []

    def call(self, method: str, session: str = "", /, **parameters: Any) -> dict[str, Any]:
        """Carry a command out and return its result; events that come before that are kept."""
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters}
        self._commands.write(json.dumps({**command, "sessionId": session} if session else command).encode() + b"\0")
        self._commands.flush()
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            if "method" in answer:
                self.events.append((answer["method"], answer["params"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._answers.fileno(), 1 << 16)
            assert chunk, "the browser ended"
            self._buffer += chunk
        text, self._buffer = self._buffer.split(b"\0", 1)
        answer: dict[str, Any] = json.loads(text)
        return answer


@contextmanager
def _started(chromium: str, profile: Path) -> Iterator[Browser]:
    read_commands, write_commands = os.pipe()
    read_answers, write_answers = os.pipe()
    # The browser reads commands from file 3 and writes answers to file 4.
    redirected = f'exec "$@" 3<&{read_commands} 4>&{write_answers}'
    command = ["bash", "-c", redirected, "bash", chromium, *_OPTIONS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        command, pass_fds=(read_commands, write_answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(read_commands)
    os.close(write_answers)
    with os.fdopen(write_commands, "wb") as commands, os.fdopen(read_answers, "rb", buffering=0) as answers:
        browser = Browser(commands, answers)
        try:
            yield browser
            browser.call("Browser.close")
        finally:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def record(chromium: str, profile: Path, url: str) -> dict[str, Any]:
    """Load a page, wait for its promise ``window.finished``, and return what it sent meanwhile as a HAR.

    Args:
        chromium: the program.
        profile: an empty folder for it.
        url: the page.
    """
    with _started(chromium, profile) as browser:
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.call("Network.enable", session, maxPostDataSize=_LONGEST_BODY)
        browser.call("Page.enable", session)
        browser.call("Page.navigate", session, url=url)
        script = """new Promise(done => {
            const wait = () => window.finished ? window.finished.then(() => done(true), e => done(String(e)))
                                               : setTimeout(wait, 20);
            wait();
        })"""
        finished = browser.call("Runtime.evaluate", session, expression=script, awaitPromise=True, returnByValue=True)[
            "result"
        ].get("value")
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
