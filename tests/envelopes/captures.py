"""Captures for tests, with made-up ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

DEVICE = {
    "type": "ios",
    "id": "5D6A7B8C-9D0E-4F1A-8B2C-3D4E5F6A7B8C",
    "advertisingId": "0A1B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D",
}
"""A device that every rule accepts."""


def call(**members: Any) -> dict[str, Any]:
    """Return a call that every rule accepts, with members added or replaced."""
    context = {"device": DEVICE, "library": {"name": "analytics-swift", "version": "1.5.11"}}
    return {
        "type": "track",
        "event": "Order Completed",
        "anonymousId": "a7c1e9d0-52f3-4b18-9f60-3e8d7c2b1a09",
        "messageId": "made-up-message",
        "context": context,
        **members,
    }


def wrong_call(**members: Any) -> dict[str, Any]:
    """Return a call whose device has a type that Kochava does not take (KCH103)."""
    context = {"device": {**DEVICE, "type": "iOS"}, "library": {"name": "analytics-swift", "version": "1.5.11"}}
    return call(context=context, **members)


def request(body: Any = None, url: str = "https://api.segment.io/v1/b", method: str = "POST") -> dict[str, Any]:
    """Return an entry of a HAR; a body is JSON text, or the whole of ``postData``; None leaves it out."""
    sent: dict[str, Any] = {
        "method": method,
        "url": url,
        "headers": [
            {"name": "Authorization", "value": "Basic bWFkZS11cC13cml0ZS1rZXk6"},
            {"name": "Cookie", "value": "session=made-up-cookie"},
        ],
        "cookies": [{"name": "session", "value": "made-up-cookie"}],
    }
    if body is not None:
        sent["postData"] = body if isinstance(body, Mapping) else {"mimeType": "text/plain", "text": body}
    return {"request": sent, "response": {"status": 200, "content": {"text": "{}"}}}


def har(*entries: Mapping[str, Any], indent: int | None = None) -> str:
    """Return a HAR file."""
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "made-up"}, "entries": entries}}, indent=indent)


def batch(*calls: Mapping[str, Any], **members: Any) -> str:
    """Return a batch body."""
    return json.dumps({"batch": calls, "writeKey": "made-up-write-key", **members})
