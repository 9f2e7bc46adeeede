"""Chromium without a window, driven through a pipe by the DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

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

    def page(self) -> Page:
        """Open an empty page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, session)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._answers.fileno(), 1 << 16)
            assert chunk, "the browser ended"
            self._buffer += chunk
        text, self._buffer = self._buffer.split(b"\0", 1)
        answer: dict[str, Any] = json.loads(text)
        return answer


class Page:
    """A page in a browser."""

    def __init__(self, browser: Browser, session: str) -> None:
        self.browser = browser
        self._session = session
        self.call("Page.enable")

    def call(self, method: str, /, **parameters: Any) -> dict[str, Any]:
        """Carry a command for this page out and return its result."""
        return self.browser.call(method, self._session, **parameters)

    def open(self, url: str) -> None:
        """Go to a URL."""
        self.call("Page.navigate", url=url)

    def value(self, script: str) -> Any:
        """Return what a script is worth; a promise is awaited."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")


@contextmanager
def started(chromium: str, profile: Path) -> Iterator[Browser]:
    """Run a browser without a window.

    Args:
        chromium: the program.
        profile: an empty folder for it.
    """
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
