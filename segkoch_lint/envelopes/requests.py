"""HTTP requests in captures: what they are called, which type of call their path stands for, and which go to Segment.

`schemas/segment-endpoints.json` holds the hosts and paths of Segment's HTTP API.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import msgspec

from segkoch_lint import resources
from segkoch_lint.envelopes.envelope import RequestParts, text_at
from segkoch_lint.findings.redaction.masking import mask_name

BATCH = "batch"
"""The type of a path to which batch bodies are posted."""

_ENDPOINT = re.compile(r"/v1/([a-z]+)/?\Z")
_WITHOUT_BODY = frozenset({"OPTIONS", "GET", "HEAD"})
_LONGEST_NAME = 200

_TOKEN = re.compile(r"(?=\D*[0-9])(?=[^A-Za-z]*[A-Za-z])[\w~.%+=-]{16,}")
"""A step of a path that may be a write key or another secret: long, with letters and digits."""


class Request(msgspec.Struct, frozen=True):
    """An HTTP request.

    Attributes:
        method: in upper case.
        host: in lower case, without a port and without the dot that may end it.
        path: without the query.
    """

    method: str
    host: str
    path: str

    @classmethod
    def of(cls, parts: RequestParts, entry: Any) -> Request | None:
        """Return the request that an entry holds; None if the entry has no method."""
        method = text_at(entry, parts.method).upper()
        if not method:
            return None
        host, path = text_at(entry, parts.host), text_at(entry, parts.path)
        if url := text_at(entry, parts.url):
            host, path = _host_and_path(url)
        return cls(method, host.partition(":")[0].lower().removesuffix("."), path.partition("?")[0])

    @property
    def carries_calls(self) -> bool:
        """Whether a request with this method is expected to have a body."""
        return self.method not in _WITHOUT_BODY

    @property
    def call_type(self) -> str:
        """The type of call that the path stands for, `BATCH`, or an empty string if it is none of Segment's."""
        found = _ENDPOINT.search(self.path)
        return _endpoints()["types"].get(found[1], "") if found else ""

    @property
    def name(self) -> str:
        """Method, host and path as they are shown; what looks like personal data is masked."""
        path = "/".join("…" if _TOKEN.fullmatch(step) else mask_name(step) for step in self.path.split("/"))
        return f"{mask_name(self.method)} {mask_name(self.host)}{path}"[:_LONGEST_NAME]


def _host_and_path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        host = parts.hostname or ""
    except ValueError:  # a broken address of IPv6
        host, slash, path = url.partition("://")[2].partition("/")
        return host, slash + path
    return host, parts.path


class SegmentHosts:
    """The hosts that take calls.

    Args:
        further: hosts of the configuration; one that begins with a dot stands for every host below it.
    """

    def __init__(self, further: Iterable[str] = ()) -> None:
        hosts = [*_endpoints()["hosts"], *(each.lower() for each in further)]
        self._exact = frozenset(each for each in hosts if not each.startswith("."))
        self._below = tuple(each for each in hosts if each.startswith("."))

    def __contains__(self, host: str) -> bool:
        """Return whether a host is one of them."""
        return host in self._exact or host.endswith(self._below)


@cache
def _endpoints() -> Mapping[str, Any]:
    endpoints: Mapping[str, Any] = resources.load("segment-endpoints")
    return endpoints
