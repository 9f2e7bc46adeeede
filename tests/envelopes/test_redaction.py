"""Cookies, headers, write keys and ids of a capture never appear in a report."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.envelopes.captures import DEVICE, batch, call, har, request, wrong_call

HEADERS = ("made-up-cookie", "bWFkZS11cC13cml0ZS1rZXk6", "Authorization", "Cookie")
"""What is around a body in each capture here; nobody asked for it."""

IDS = (DEVICE["id"], DEVICE["advertisingId"], "a7c1e9d0-52f3-4b18-9f60-3e8d7c2b1a09", "made-up-write-key")

SENT = batch(wrong_call(), call(event=None), call(type="trak"))

ENCODED = base64.b64encode(SENT.encode()).decode()

FORMATS = ("text", "json", "json-lines")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("body", [SENT, ENCODED], ids=["text", "base64"])
def test_a_report_of_a_capture_shows_neither_ids_nor_what_is_around_a_body(
    form: str, body: str, tmp_path: Path, program: Callable[..., Ran]
) -> None:
    url = "https://api.segment.io/v1/b?writeKey=made-up-write-key"
    file = tmp_path / "capture.har"
    file.write_text(har(request(None, url), request(body, url), indent=1))

    ran = program("check", "--isolated", "-f", form, str(file))

    assert all(code in ran.out for code in ("KCH002", "KCH004", "KCH103", "KCH302"))
    for secret in (*HEADERS, *IDS, body[:60], "example.com"):
        assert secret not in ran.out


@pytest.mark.parametrize("body", [SENT, ENCODED], ids=["text", "base64"])
def test_ids_that_are_asked_for_bring_nothing_else_of_a_capture(
    body: str, tmp_path: Path, program: Callable[..., Ran]
) -> None:
    file = tmp_path / "capture.har"
    file.write_text(har(request(None), request(body), indent=1))

    ran = program("check", "--isolated", "--show-ids", str(file))

    assert not any(secret in ran.out for secret in HEADERS)


@pytest.mark.parametrize("indent", [None, 1])
def test_snippets_show_nothing_of_what_is_beside_the_body(
    indent: int | None, tmp_path: Path, program: Callable[..., Ran]
) -> None:
    around = {"before": "made-up-cookie", "text": json.dumps({"type": "track", "event": 3}), "after": "made-up-cookie"}
    file = tmp_path / "capture.har"
    file.write_text(har(request(around, "https://api.segment.io/v1/track"), indent=indent))

    ran = program("check", "--isolated", "--show-ids", str(file))

    assert "KCH301" in ran.out
    assert '\\"event\\": 3' in ran.out
    assert "made-up-cookie" not in ran.out


def test_snippets_of_several_places_are_each_from_its_own(tmp_path: Path, program: Callable[..., Ran]) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"a": {"not": "this"}, "b": call(), "c": {"nor": "that"}}, indent=1))

    ran = program("check", "--isolated", "--at", "/c", "--at", "/b", "--at", "/a", str(file))

    assert ran.out.count("KCH002 not-a-call") == 2
    assert '"not": "this"' in ran.out
    assert '"nor": "that"' in ran.out


@pytest.mark.parametrize("key", ["Xk3vTq9LmZ0bRw7YcH2nPdGf5sJa8uEe", "a1b2c3d4e5f6a7b8", "key-1234567890abcdef"])
@pytest.mark.parametrize("body", [None, "{"])
def test_the_name_of_a_request_hides_keys_in_its_path(
    tmp_path: Path, program: Callable[..., Ran], key: str, body: str | None
) -> None:
    (tmp_path / "a.har").write_text(har(request(body, f"https://api.segment.io/checkout-service/{key}/v1/t")))

    out = program("check", "--isolated", str(tmp_path / "a.har")).out

    assert key not in out
    assert "api.segment.io/checkout-service/…/v1/t" in out


def test_the_name_of_a_request_hides_ids_in_its_path(tmp_path: Path, program: Callable[..., Ran]) -> None:
    url = "https://user:secret@t.example.com/jane.doe@example.org/v1/track?email=jane@example.org"
    file = tmp_path / "capture.har"
    file.write_text(har(request(json.dumps(wrong_call()), url)))

    ran = program("check", "--isolated", str(file))

    assert "POST t.example.com/" in ran.out
    assert "jane" not in ran.out
    assert "secret" not in ran.out


def test_a_call_found_in_an_unknown_envelope_hides_its_ids(tmp_path: Path, program: Callable[..., Ran]) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"one": {"call": call()}, "two": json.dumps(call()), "three": ENCODED}, indent=1))

    ran = program("check", "--isolated", str(file))

    assert ran.out.count("KCH005") > 2
    for secret in (*IDS, ENCODED[:60]):
        assert secret not in ran.out
