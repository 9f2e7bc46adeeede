"""mitmproxy between an SDK and a server, and what went through it as a HAR."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SECONDS_TO_START = 60


@contextmanager
def recording(mitmdump: Path, folder: Path, upstream: int) -> Iterator[tuple[int, Path]]:
    """Run the proxy in front of a port of this machine; give its own port, and the HAR that is there afterwards."""
    har = folder / "mitmproxy.har"
    port = _free_port()
    command = [str(mitmdump), "--quiet", "--mode", f"reverse:http://127.0.0.1:{upstream}", "--listen-host", "127.0.0.1"]
    command += ["--listen-port", str(port), "--set", f"hardump={har}", "--set", f"confdir={folder / 'mitmproxy'}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port, har
    finally:
        process.send_signal(signal.SIGINT)  # it writes the HAR when it ends
        process.wait(timeout=_SECONDS_TO_START)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, "mitmdump ended"
        with socket.socket() as connecting:
            if connecting.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)  # there is nothing to wait on
    raise TimeoutError("mitmdump does not listen")
