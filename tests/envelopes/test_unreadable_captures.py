"""KCH004: requests to Segment in a capture whose bodies cannot be read."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Finding, Settings
from segkoch_lint.linter import Linter
from tests.envelopes.captures import batch, call, har, request


def check(content: str, *, hosts: tuple[str, ...] = ()) -> tuple[list[Finding], Linter]:
    linter = Linter(Settings(select=("KCH0",), capture_hosts=hosts))
    return list(linter.bytes(content.encode(), "capture.har")), linter


COMPRESSED = gzip.compress(batch(call()).encode())


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (None, "the capture does not have its body"),
        ({"mimeType": "text/plain", "text": ""}, "the capture does not have its body"),
        ({"mimeType": "text/plain", "params": []}, "the capture does not have its body"),
        (COMPRESSED.decode("utf-8", "replace"), "it may be compressed, and was damaged by the tool that recorded it"),
        (base64.b64encode(COMPRESSED[:-20]).decode(), "gzip that is cut off"),
        (base64.b64encode(gzip.compress(b" " * (5 << 20))).decode(), "larger than 4,194,304 bytes"),
        ('{"batch": [', "the text ends before the document does"),
    ],
    ids=["missing", "empty", "no parameters", "damaged", "cut off", "bomb", "cut-off JSON"],
)
def test_a_request_to_segment_without_a_readable_body_is_a_finding_that_names_it(body: Any, problem: str) -> None:
    found, linter = check(har(request('{"a": 1}', "https://www.example.com/"), request(body), indent=1))

    (finding,) = found
    assert finding.code == "KCH004"
    assert finding.message.startswith("POST api.segment.io/v1/b: ")
    assert problem in finding.message
    assert finding.location.pointer == "/log/entries/1"
    assert finding.properties["entry"] == "POST api.segment.io/v1/b"
    assert finding.location.span is not None
    assert linter.summary.calls == 0


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("OPTIONS", "https://api.segment.io/v1/b"),
        ("GET", "https://api.segment.io/v1/projects/x/settings"),
        ("HEAD", "https://api.segment.io/v1/b"),
        ("POST", "https://api.segment.io/v1/m"),
        ("POST", "https://www.example.com/v1/b"),
        ("POST", "https://api.segment.io.example.com/v1/b"),
    ],
)
def test_requests_that_carry_no_calls_or_go_elsewhere_need_no_body(method: str, url: str) -> None:
    found, _ = check(har(request(None, url, method)))

    assert found == []


@pytest.mark.parametrize(
    "url",
    [
        "https://api.segment.io/v1/b",
        "https://events.eu1.segmentapis.com/v1/track",
        "HTTPS://API.SEGMENT.IO:443/v1/import?writeKey=x",
    ],
)
def test_the_hosts_of_segment_are_known(url: str) -> None:
    found, _ = check(har(request(None, url)))

    assert [each.code for each in found] == ["KCH004"]


def test_a_broken_body_with_a_call_that_went_to_another_host_is_an_error_at_its_fault() -> None:
    body = json.dumps(call())[:-1] + ', "properties": {"total": {{total}}}}'
    content = har(request(body, "https://t.example.com/v1/track"), request("{", "https://www.example.com/v1/track"))

    (finding,), linter = check(content)

    assert finding.code == "KCH001"
    assert "(in the value at /log/entries/0/request/postData/text)" in finding.message
    assert finding.location.span is not None
    assert content[finding.location.span.column - 1 :].startswith("{total}}")
    assert linter.summary.malformed == 1


def test_a_broken_body_without_the_path_of_a_call_is_passed_over() -> None:
    found, _ = check(har(request(json.dumps(call())[:-1], "https://t.example.com/collect")))

    assert found == []


@pytest.mark.parametrize("host", ["t.example.com", ".example.com"])
def test_hosts_of_the_configuration_count_as_segments(host: str) -> None:
    found, _ = check(har(request(None, "https://t.example.com/v1/t")), hosts=(host,))

    assert [each.code for each in found] == ["KCH004"]


def test_a_host_that_sent_a_call_counts_as_segments_in_the_whole_capture() -> None:
    content = har(
        request(None, "https://t.example.com/v1/t"),
        request(batch(call()), "https://t.example.com/v1/b"),
        request(None, "https://t.example.com/v1/i"),
        request(None, "https://t.example.com/upload"),
    )

    found, _ = check(content)

    assert [(each.code, each.location.pointer) for each in found] == [
        ("KCH004", "/log/entries/0"),
        ("KCH004", "/log/entries/2"),
    ]
    assert all(each.location.span for each in found)


def test_a_folder_reports_it_as_an_error_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(har(request(None)))
    linter = Linter(allow_empty=True)

    (finding,) = linter.paths([str(tmp_path)])

    assert (finding.code, str(finding.severity)) == ("KCH004", "error")


def test_a_session_of_charles_is_held_to_the_same() -> None:
    session = [{"method": "POST", "host": "api.segment.io", "path": "/v1/b", "request": {"sizes": {"body": 10}}}]

    found, _ = check(json.dumps(session))

    assert [(each.code, each.location.pointer) for each in found] == [("KCH004", "/0")]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://[broken/v1/t?x=1", "POST [broken/v1/t"),
        ("{{base}}/v1/track", "POST {{base}}/v1/track"),
        ("api.segment.io/v1/track", "POST api.segment.io/v1/track"),
    ],
)
def test_an_address_that_is_none_still_names_the_request(url: str, name: str) -> None:
    linter = Linter(Settings(select=("KCH1",)))

    found = list(linter.bytes(har(request(json.dumps({"event": "x", "userId": "u"}), url)).encode(), "capture.har"))

    assert {each.properties["entry"] for each in found} == {name}
    assert {each.properties["type"] for each in found} == {"track"}
