"""A server on this machine that stands in for Segment, and serves the page that a browser loads."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_JSON = "application/json"


class _Handler(BaseHTTPRequestHandler):
    """Answers every request as Segment does."""

    protocol_version = "HTTP/1.1"
    page = b""
    scripts = Path()

    def do_GET(self) -> None:
        script = self.scripts / Path(self.path).name
        if self.path.startswith("/umd/") and script.is_file():
            self._answer(script.read_bytes(), "text/javascript")
        elif self.path.endswith("/settings"):
            settings = {"integrations": {"Segment.io": {"apiKey": "made-up-write-key"}}, "plan": {"track": {}}}
            self._answer(json.dumps(settings).encode(), _JSON)
        else:
            self._answer(self.page, "text/html")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer(b'{"success": true}', _JSON)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the base class's
        """Write no log."""

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def receiver(page: str = "", scripts: Path | None = None) -> Iterator[int]:
    """Serve on a free port of this machine, and give its number.

    Args:
        page: what a browser gets.
        scripts: the folder of the scripts that it loads from ``/umd/``.
    """
    handler = type("Handler", (_Handler,), {"page": page.encode(), "scripts": scripts or Path()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
