"""Calls in envelopes: found, judged, and placed where they are in the file."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Finding, Settings
from segkoch_lint.findings.summary import Summary
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.linter import Linter
from tests.envelopes.captures import batch, call, har, request, wrong_call


def check(content: str | bytes, name: str = "capture.har", **settings: Any) -> tuple[list[Finding], Summary]:
    linter = Linter(Settings(**settings))
    found = list(linter.bytes(content.encode() if isinstance(content, str) else content, name))
    found += linter.identity_findings()
    return found, linter.summary


def codes(found: Sequence[Finding]) -> list[str]:
    return [each.code for each in found]


def underlined(content: str, finding: Finding) -> str:
    """Return the text that a finding underlines."""
    span = finding.location.span
    assert span is not None
    assert span.line == span.end_line
    return content.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_finding_in_an_escaped_string_is_where_its_characters_are_in_the_file(indent: int | None) -> None:
    body = batch(call(properties={"note": 'a "quoted" word, a tab\t, ü and 🎉'}), wrong_call())
    content = har(request("{}", "https://www.example.com/"), request(body), indent=indent)

    found, summary = check(content)

    (finding,) = found
    assert finding.code == "KCH103"
    assert underlined(content, finding) == '\\"iOS\\"'
    pointer = "/log/entries/1/request/postData/text → /batch/1/context/device/type"
    assert finding.location.pointer == pointer
    assert finding.properties["entry"] == "POST api.segment.io/v1/b"
    assert (summary.calls, summary.checked) == (2, 2)


@pytest.mark.parametrize(
    "encoded",
    [
        lambda body: base64.b64encode(body).decode(),
        lambda body: base64.urlsafe_b64encode(body).decode().rstrip("="),
        lambda body: base64.b64encode(gzip.compress(body)).decode(),
        lambda body: base64.b64encode(zlib.compress(body)).decode(),
        lambda body: gzip.compress(body).decode("latin-1"),
    ],
    ids=["base64", "url-safe base64", "gzip in base64", "deflate in base64", "gzip as characters"],
)
def test_a_finding_in_an_encoded_body_is_at_the_encoded_value(encoded: Any) -> None:
    text = encoded(batch(wrong_call()).encode())
    content = har(request({"mimeType": "application/json", "text": text}))

    (finding,), _ = check(content)

    assert json.loads(underlined(content, finding)) == text
    assert finding.location.pointer == "/log/entries/0/request/postData/text → /batch/0/context/device/type"


def test_the_path_of_a_request_gives_the_type_of_a_call() -> None:
    body = json.dumps({"userId": "user-4711", "traits": {"plan": "free"}, "context": {"device": {}}})

    found, _ = check(har(request(body, "https://api.segment.io/v1/identify?x=1")), select=("KCH102",))

    (finding,) = found
    assert finding.properties["type"] == "identify"


def test_the_context_of_a_batch_is_merged_into_its_calls() -> None:
    shared = wrong_call()["context"]
    item = {key: value for key, value in call().items() if key != "context"}

    (finding,), _ = check(har(request(batch(item, context=shared))))

    assert finding.code == "KCH103"
    assert finding.location.pointer.endswith(" → /context/device/type")


def test_a_body_at_a_path_of_ones_own_is_read_if_it_is_a_call() -> None:
    found, summary = check(har(request(json.dumps(wrong_call()), "https://www.example.com/collect")))

    assert codes(found) == ["KCH103"]
    assert summary.calls == 1


def test_bodies_of_other_requests_are_passed_over() -> None:
    others = (
        request('{"query": "{ me }"}', "https://www.example.com/graphql"),
        request("a=1&b=2", "https://www.example.com/form"),
        request("{broken", "https://www.example.com/v1/track"),
        request(None, "https://www.example.com/v1/track"),
        request(json.dumps({"t": 1}), "https://www.example.com/v1/t"),
    )

    found, summary = check(har(*others, request(batch(call()))))

    assert found == []
    assert summary.calls == 1


def test_a_text_in_a_text_in_a_text_has_its_exact_place() -> None:
    event = {"detail-type": "track", "source": "made-up", "id": "made-up-event", "detail": wrong_call()}
    notification = {"Type": "Notification", "TopicArn": "made-up", "Message": json.dumps(event)}
    content = json.dumps({"Records": [{"messageId": "made-up-1", "body": json.dumps(notification)}]}, indent=1)

    (finding,), _ = check(content, "event.json")

    assert underlined(content, finding) == '\\\\\\"iOS\\\\\\"'
    assert finding.location.pointer == "/Records/0/body → /Message → /detail/context/device/type"
    assert finding.properties["entry"] == "message made-up-1, event made-up-event"


def test_a_key_that_stands_twice_in_a_text_is_found() -> None:
    text = json.dumps(call()).replace('"type": "ios"', '"type": "android", "type": "ios"')
    content = json.dumps({"topic": "t", "partition": 0, "offset": 1, "payload": text})

    (finding,), _ = check(content, "dump.json")

    assert finding.code == "KCH003"
    assert underlined(content, finding) == '\\"type\\"'


def test_a_capture_in_yaml_is_read_with_the_place_of_each_text() -> None:
    content = "\n".join(
        (
            "log:",
            "  entries:",
            "  - request:",
            "      method: POST",
            "      url: https://api.segment.io/v1/b",
            "      postData:",
            f"        text: '{batch(wrong_call())}'",
        )
    )

    (finding,), _ = check(content, "capture.yaml")

    assert finding.code == "KCH103"
    assert finding.location.span is not None
    assert finding.location.span.line == 7


def test_lines_of_a_dump_are_read_one_by_one() -> None:
    lines = [
        {
            "topic": "events",
            "partition": 0,
            "offset": number,
            "payload": json.dumps(wrong_call() if number == 2 else call()),
        }
        for number in range(4)
    ]
    content = "\n".join(map(json.dumps, lines))

    (finding,), summary = check(content, "dump.ndjson")

    assert underlined(content, finding) == '\\"iOS\\"'
    assert finding.location.span is not None
    assert finding.location.span.line == 3
    assert finding.properties["entry"] == "events, partition 0, offset 2"
    assert summary.calls == 4


def test_envelopes_in_a_list_are_read_beside_calls() -> None:
    content = json.dumps([call(), {"payload": wrong_call(), "settings": {}}])

    (finding,), summary = check(content, "list.json")

    assert finding.location.pointer == "/1/payload/context/device/type"
    assert summary.calls == 2


def test_a_call_with_a_member_of_an_envelope_is_a_call() -> None:
    content = json.dumps(wrong_call(payload={"type": "track"}, input={}, output={}))

    (finding,), _ = check(content, "call.json")

    assert finding.location.pointer == "/context/device/type"


def test_a_message_that_is_not_a_call_is_an_error_where_calls_are_expected() -> None:
    content = json.dumps({"Records": [{"messageId": "m", "body": "hello"}, {"messageId": "m", "body": '{"a": 1}'}]})

    found, summary = check(content, "event.json")

    assert codes(found) == ["KCH002"]
    assert found[0].location.pointer == "/Records/0/body"
    assert found[0].properties["entry"] == "message m"
    assert summary.calls == 0


def test_lines_of_a_lambda_log_in_json_are_read_and_those_without_a_call_are_no_error() -> None:
    line = {"timestamp": "2026-11-20T10:00:00Z", "level": "INFO", "requestId": "r-1"}
    content = "".join(
        json.dumps(each) + "\n"
        for each in (
            {"time": "2026-11-20T10:00:00Z", "type": "platform.start", "record": {"requestId": "r-1"}},
            {**line, "message": "ready"},
            {**line, "message": {"orders": 3}},
            {**line, "message": call()},
            {**line, "message": "sent " + json.dumps(wrong_call())},
        )
    )

    found, summary = check(content, "app.log")

    assert codes(found) == ["KCH103"]
    assert found[0].location.span is not None
    assert found[0].location.span.line == 5
    assert found[0].location.pointer == "/message → /context/device/type"
    assert found[0].properties["entry"] == "request r-1"
    assert (summary.calls, summary.checked) == (2, 2)


def test_a_message_of_broken_json_that_shows_a_call_is_a_finding_at_its_fault() -> None:
    body = json.dumps(call())[:-1] + ",}"
    content = json.dumps({"Records": [{"messageId": "m", "body": body}]})

    (finding,), summary = check(content, "event.json")

    assert finding.code == "KCH001"
    assert "trailing comma" in finding.message
    assert "/Records/0/body" in finding.message
    assert underlined(content, finding) == ","
    assert summary.malformed == 1


def test_users_are_compared_across_captures_with_the_place_in_the_text(tmp_path: Path) -> None:
    server = call(
        context={
            "device": {**call()["context"]["device"], "id": "7A8B9C0D-1E2F-4A3B-8C4D-5E6F7A8B9C0D"},
            "library": {"name": "analytics-python"},
        }
    )
    (tmp_path / "mobile.har").write_text(har(request(batch(call()))))
    (tmp_path / "server.har").write_text(har(request(batch(server))))
    linter = Linter(Settings(select=("KCH201",)))
    list(linter.paths([str(tmp_path)]))

    (finding,) = linter.identity_findings()

    assert finding.location.pointer == "/log/entries/0/request/postData/text → /batch/0/context/device/id"
    content = (tmp_path / "server.har").read_text()
    assert underlined(content, finding) == '\\"7A8B9C0D-1E2F-4A3B-8C4D-5E6F7A8B9C0D\\"'


@pytest.mark.parametrize("pointer", ["/wrapped/segment", "/wrapped/*"])
def test_a_pointer_of_the_user_leads_to_calls(pointer: str) -> None:
    content = json.dumps({"wrapped": {"segment": wrong_call()}})

    (finding,), _ = check(content, "x.json", at=(pointer,))

    assert finding.location.pointer == "/wrapped/segment/context/device/type"


def test_a_pointer_of_the_user_leads_through_texts() -> None:
    content = json.dumps({"rows": [{"text": json.dumps({"inner": wrong_call()})}]})

    (finding,), _ = check(content, "x.json", at=("/rows/*/text/inner",))

    assert finding.location.pointer == "/rows/0/text → /inner/context/device/type"
    assert underlined(content, finding) == '\\"iOS\\"'


def test_a_value_that_was_parsed_already_is_opened_too() -> None:
    linter = Linter()

    found = list(linter.value({"Records": [{"messageId": "m", "body": json.dumps(wrong_call())}]}))

    assert codes(found) == ["KCH103"]
    assert found[0].location.pointer == "/Records/0/body → /context/device/type"


def test_a_text_that_begins_with_a_byte_order_mark_is_read_with_its_exact_place() -> None:
    content = json.dumps(
        {"Records": [{"messageId": "m-1", "eventSource": "aws:sqs", "body": "\ufeff" + json.dumps(wrong_call())}]}
    )
    found, summary = check(content, "queue.json")
    assert (codes(found), summary.calls) == (["KCH103"], 1)
    assert underlined(content, found[0]) == '\\"iOS\\"'
    broken = json.dumps(
        {"Records": [{"messageId": "m-1", "eventSource": "aws:sqs", "body": "\ufeff" + json.dumps(wrong_call())[:-1]}]}
    )
    assert codes(check(broken, "queue.json")[0]) == ["KCH001"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("url", ["https://api.segment.io/v1/t", "https://shop.example.com/collect"])
def test_a_call_is_read_whatever_the_method_that_sent_it(method: str, url: str) -> None:
    others = request(json.dumps(call())), request(None, url, method), request('{"page": 2}', url, method)
    found, summary = check(har(*others, request(json.dumps(wrong_call()), url, method)))
    assert (codes(found), summary.calls) == (["KCH103"], 2)


def test_a_call_in_the_line_of_a_log_in_a_text_has_its_exact_place() -> None:
    message = f"2026-04-08T19:55:00.120Z\tINFO\t{json.dumps(wrong_call())} (sent)\n"
    content = json.dumps(
        {
            "events": [
                {"timestamp": 1, "message": "START"},
                {"timestamp": 1, "message": '{"level": "info"}'},
                {"timestamp": 2, "message": message},
            ]
        }
    )

    (finding,), summary = check(content, "events.json")

    assert underlined(content, finding) == '\\"iOS\\"'
    assert finding.location.pointer == "/events/2/message → /context/device/type"
    assert summary.calls == 1


@pytest.mark.parametrize("data", [gzip.compress(json.dumps(call()).encode())[:-9], gzip.compress(b" " * (5 << 20))])
def test_a_damaged_or_oversized_message_is_a_finding_at_its_value(data: bytes) -> None:
    text = base64.b64encode(data).decode()
    content = json.dumps({"Records": [{"kinesis": {"data": text}}]})

    (finding,), _ = check(content, "event.json")

    assert finding.code == "KCH001"
    assert "(in the value at /Records/0/kinesis/data)" in finding.message
    assert json.loads(underlined(content, finding)) == text


def test_compressed_records_inside_one_another_are_bounded() -> None:
    value: Any = call()
    for records in (200, 200, 20):
        data = base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()
        value = {"Records": [{"kinesis": {"data": data}}] * records}
    content = json.dumps(value)
    assert len(content) < 1 << 17

    found, summary = check(content, "event.json", limits=Limits(file_bytes=1 << 20))

    assert 0 < summary.calls < 4000
    assert {each.code for each in found} == {"KCH001"}
    assert "(limits.file-bytes)" in found[-1].message


@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(b"{" + b" " * (1 << 19)),
        gzip.compress(b"x" * (1 << 19))[:-8] + bytes(8),
        gzip.compress(b" " * (1 << 19))[:-9],
    ],
)
def test_what_is_inflated_in_vain_counts_against_the_size_of_the_file(bomb: bytes) -> None:
    good = base64.b64encode(gzip.compress(json.dumps(call()).encode())).decode()
    data = [*[base64.b64encode(bomb).decode()] * 5, good]
    content = json.dumps({"Records": [{"kinesis": {"data": each}} for each in data]})

    found, summary = check(content, "event.json", limits=Limits(file_bytes=1 << 20))

    assert summary.checked == 0
    assert any(each.code == "KCH001" and "(limits.file-bytes)" in each.message for each in found)
    assert check(content, "event.json")[1].checked == 1


def test_all_members_of_a_compressed_message_are_read() -> None:
    text = json.dumps(call()).encode()
    data = base64.b64encode(gzip.compress(text[:50]) + gzip.compress(text[50:])).decode()

    found, summary = check(json.dumps({"Records": [{"kinesis": {"data": data}}]}), "event.json")

    assert (found, summary.calls) == ([], 1)


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
@pytest.mark.parametrize("size", [(1 << 16) - 1, 1 << 16, (1 << 16) + 1, 3 << 16, 1 << 20])
def test_a_compressed_message_of_any_size_is_read(compress: Callable[[bytes], bytes], size: int) -> None:
    text = json.dumps(call()).encode()
    data = base64.b64encode(compress(text[:-1] + b" " * (size - len(text)) + text[-1:])).decode()

    found, summary = check(har(request({"text": data, "encoding": "base64"})))

    assert (found, summary.calls) == ([], 1)


@pytest.mark.parametrize("at", [("/a", "/a"), ("/a", "/*"), ("/**/**/a",), ("/**",), ("/**", "/a"), ("/a", "/**")])
def test_a_call_that_several_patterns_lead_to_counts_once(at: tuple[str, ...]) -> None:
    _, summary = check(json.dumps({"a": call()}), "a.json", at=at)

    assert (summary.calls, summary.checked) == (1, 1)


@pytest.mark.parametrize(
    "at", [("/**",), ("/batch/**",), ("/**/*",), ("/batch", "/batch/*"), ("/batch/*", "/batch"), ("/batch/1", "/**")]
)
def test_each_call_of_a_batch_counts_once(at: tuple[str, ...]) -> None:
    found, summary = check(batch(call(), wrong_call()), "a.json", at=at)

    assert [finding.code for finding in found] == ["KCH103"]
    assert (summary.calls, summary.checked, summary.not_calls.total()) == (2, 2, 0)


@pytest.mark.parametrize("at", ["/**", "/batch/**", "/**/*", "/batch/*"])
def test_each_call_in_a_text_of_a_list_counts_once(at: str) -> None:
    found, summary = check(json.dumps({"batch": [json.dumps(call()), json.dumps(wrong_call())]}), "a.json", at=(at,))

    assert [finding.code for finding in found] == ["KCH103"]
    assert (summary.calls, summary.checked, summary.not_calls.total()) == (2, 2, 0)


def test_a_search_takes_calls_wherever_they_are_and_nothing_inside_of_them() -> None:
    inside = call(properties={"first": call(), "text": '{"messageId": 1'})
    page = {"type": "page", "title": "Home"}
    document = {"x": [page, {"y": [inside]}], "z": json.dumps(wrong_call()), "w": "no call", "v": call(type="trak")}

    found, summary = check(json.dumps(document), "a.json", at=("/**",))

    assert [(finding.code, finding.location.pointer) for finding in found] == [
        ("KCH103", "/z → /context/device/type"),
        ("KCH002", "/v/type"),
    ]
    assert summary.checked == 2


def test_a_pattern_that_names_the_member_after_any_steps_is_no_search() -> None:
    document = {"x": [{"payload": {"type": "track", "event": "A", "userId": "u-1"}}, {"payload": {"order": 1}}]}

    found, summary = check(json.dumps(document), "a.json", at=("/**/payload",))

    assert {finding.code for finding in found} == {"KCH101", "KCH002"}
    assert summary.checked == 1


def test_a_broken_text_with_a_call_is_reported_by_a_search_unless_it_is_inside_a_call() -> None:
    (finding,), summary = check(json.dumps({"a": call(), "b": json.dumps(call())[:-9]}), "a.json", at=("/**",))

    assert (finding.code, summary.checked) == ("KCH001", 1)


def test_a_search_that_finds_no_call_says_so_once() -> None:
    (finding,), _ = check('{"a": {"b": [1, "x", {"c": 2}]}}', "a.json", at=("/**",))

    assert finding.code == "KCH002"


@pytest.mark.parametrize("step", ["9" * 5000, "00", "\u0660", "1"])
def test_a_step_that_is_no_index_of_a_list_leads_nowhere(step: str) -> None:
    _, summary = check(json.dumps({"a": [{"b": call()}]}), "a.json", at=(f"/a/{step}/b",))

    assert (summary.checked, summary.internal_errors) == (0, [])


def test_a_call_deep_in_the_body_of_a_request_is_reported_beside_others() -> None:
    wrapped = json.dumps({"wrap": {"x": call()}})

    (finding,), summary = check(har(request(batch(call())), request(wrapped, "https://www.example.com/collect")))

    assert (finding.code, summary.checked) == ("KCH005", 1)
    assert "--at '/log/entries/*/request/postData/text/wrap/x'" in finding.message


def test_a_host_may_end_in_a_dot() -> None:
    (finding,), _ = check(har(request(None, "https://api.segment.io./v1/t")))

    assert finding.code == "KCH004"


def test_an_envelope_without_a_call_is_said_to_be_one_where_calls_are_expected(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(har(request("a=b", "https://www.example.com/")))
    named, folder = Linter(), Linter()

    assert list(named.paths([str(tmp_path / "a.har")])) == []
    assert list(folder.paths([str(tmp_path)])) == []

    remark = "HAR capture without calls: nothing in it was checked"
    assert [remark for _, remark in named.summary.remarks] == [remark]
    assert folder.summary.remarks == []
    assert named.summary.not_calls["HAR capture"] == folder.summary.not_calls["HAR capture"] == 1


@pytest.mark.parametrize(("levels", "calls"), [(7, 1), (8, 1), (9, 0)])
def test_envelopes_inside_one_another_are_read_to_a_depth(levels: int, calls: int) -> None:
    value: Any = call()
    for _ in range(levels):
        value = {"payload": value}

    found, summary = check(json.dumps(value), "x.json")

    assert summary.calls == calls
    assert codes(found) == ([] if calls else ["KCH005"])


@pytest.mark.parametrize(("texts", "calls"), [(3, 1), (4, 0)])
def test_texts_inside_one_another_are_read_to_a_depth(texts: int, calls: int) -> None:
    value: Any = call()
    for number in range(texts):
        value = {"topic": "t", "partition": 0, "offset": number, "payload": json.dumps(value)}

    found, summary = check(json.dumps(value), "x.json")

    assert summary.calls == calls
    assert codes(found) == ([] if calls else ["KCH005"])


def test_what_was_posted_to_segment_was_meant_as_a_call(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(har(request('{"name": "Home"}', "https://api.segment.io/v1/page")))
    linter = Linter()

    found = list(linter.paths([str(tmp_path)]))

    assert linter.summary.calls == 1
    assert "KCH301" in codes(found)


def test_a_key_that_stands_twice_in_a_value_of_an_envelope_is_found() -> None:
    text = json.dumps(call()).replace('"type": "ios"', '"type": "android", "type": "ios"')
    content = f'{{"payload": {text}, "settings": {{}}}}'

    (finding,), _ = check(content, "x.json")

    assert finding.code == "KCH003"
    assert underlined(content, finding) == '"type"'


@pytest.mark.parametrize("start", ["", " ", "\n", "\r\n", "\t", "\n  ", "\r\n\t"])
@pytest.mark.parametrize("listed", [False, True], ids=["object", "list"])
def test_an_encoded_call_is_found_in_a_folder_however_its_text_begins(start: str, listed: bool, tmp_path: Path) -> None:
    text = "{" + start + json.dumps(call())[1:]
    data = base64.b64encode(("[" + start + text + "]" if listed else text).encode()).decode()
    (tmp_path / "a.json").write_text(json.dumps({"Records": [{"kinesis": {"data": data}}]}))
    linter = Linter()

    assert list(linter.paths([str(tmp_path)])) == []
    assert linter.summary.calls == 1


@pytest.mark.parametrize("level", [-1, 0, 1, 5, 6, 9])
def test_a_compressed_call_is_found_in_a_folder_however_it_was_compressed(level: int, tmp_path: Path) -> None:
    data = base64.b64encode(zlib.compress(json.dumps(call()).encode(), level)).decode()
    (tmp_path / "a.json").write_text(json.dumps({"unknown": data}))

    assert codes(list(Linter().paths([str(tmp_path)]))) == ["KCH005"]
