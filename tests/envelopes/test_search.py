"""KCH005: calls in envelopes that are not known."""

from __future__ import annotations

import base64
import gzip
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Finding, Settings
from segkoch_lint.linter import Linter
from tests.envelopes.captures import batch, call


def check(content: Any, name: str = "x.json", **settings: Any) -> list[Finding]:
    text = content if isinstance(content, str) else json.dumps(content)
    return list(Linter(Settings(select=("KCH0",), **settings)).bytes(text.encode(), name))


def nested(levels: int, value: Any) -> Any:
    for _ in range(levels):
        value = {"inner": value}
    return value


def chained(key: str, value: Any) -> str:
    return base64.b64encode(json.dumps({key: value}).encode()).decode()


BODY = json.dumps(call())
LONG = json.dumps(call(properties={"note": "x" * 30_000}))
ENCODED = base64.b64encode(BODY.encode()).decode()
COMPRESSED = base64.b64encode(gzip.compress(BODY.encode())).decode()


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"segment": call()}, "/segment"),
        ({"segment": json.loads(batch(call()))}, "/segment"),
        ({"rows": [{"x": 1}, {"x": call()}]}, "/rows/*/x"),
        ([{"id": 1}, {"x": call()}], "/*/x"),
        ({"text": BODY}, "/text"),
        ({"text": ENCODED}, "/text"),
        ({"text": COMPRESSED}, "/text"),
        ({"text": json.dumps({"more": json.dumps({"call": call()})})}, "/text/more/call"),
        ({"x": {"event": "Order Completed", "userId": "user-4711"}}, "/x"),
        ({"x": {"type": "Trak", "event": "x", "messageId": "made-up"}}, "/x"),
        ({"level": "info", "event": "sent", "body": call()}, "/body"),
        (nested(8, call()), "/inner" * 8),
        ({"a": chained("b", chained("c", chained("d", call())))}, "/a/b/c/d"),
        ({"texts": [f'{{"anonymousId": "{"x" * 20_000}"}}'] * 40, "last": LONG}, "/last"),
    ],
    ids=[
        *("object", "batch", "list", "list of documents", "text", "base64", "gzip", "texts", "event and user", "typo"),
        *("log line", "deep", "base64 in base64", "much"),
    ],
)
def test_a_call_in_an_unknown_envelope_is_named_with_the_option_that_reads_it(document: Any, pointer: str) -> None:
    (finding,) = check(document)

    assert (finding.code, str(finding.severity)) == ("KCH005", "error")
    assert f"--at {shlex.quote(pointer)} reads it" in finding.message
    assert [each.code for each in check(document, at=(pointer,))] in ([], ["KCH002"])
    linter = Linter(Settings(at=(pointer,)))
    list(linter.bytes(json.dumps(document).encode(), "x.json"))
    assert linter.summary.calls or "Trak" in str(document)


@pytest.mark.parametrize(
    "document",
    [
        {"x": {"type": "track", "event": "Order Completed"}},
        {"x": {"type": "page", "userId": "u"}},
        {"x": {"timestamp": "2026-01-01", "properties": {}, "traits": {}, "context": {}}},
        {"openapi": "3.1.0", "x": {"example": call()}},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "examples": [call()]},
        nested(9, call()),
        {"a": json.dumps({"b": json.dumps({"c": json.dumps({"d": BODY})})})},
        {"a": chained("b", chained("c", chained("d", chained("e", call()))))},
        {"texts": [f'{{"anonymousId": "{"x" * 20_000}"}}'] * 60, "last": LONG},
        {"text": BODY[:-1]},
        {"image": base64.b64encode(gzip.compress(b" " * (2 << 20) + BODY.encode())).decode()},
    ],
    ids=[
        *("type and event", "type and user", "weak signs", "OpenAPI", "schema", "too deep", "texts", "base64", "much"),
        *("broken", "bomb"),
    ],
)
def test_what_is_not_certainly_a_call_is_not_named(document: Any) -> None:
    assert [each.code for each in check(document)] == ["KCH002"]


def test_calls_at_one_place_of_a_log_are_one_finding_with_their_number() -> None:
    content = "\n".join(json.dumps({"shop": number, "segment": call()}) for number in range(300))

    (finding,) = check(content, "log.ndjson")

    assert "300 calls were not checked" in finding.message
    assert finding.location.pointer == "/segment"
    assert finding.location.span is not None
    assert finding.location.span.line == 1


def test_places_beyond_the_first_ten_are_counted() -> None:
    linter = Linter()
    document = "\n".join(json.dumps({f"key{number}": call()}) for number in range(15))

    found = list(linter.bytes(document.encode(), "x.ndjson"))

    assert len(found) == 10
    assert ("x.ndjson", "5 more calls, at other places, are in envelopes that are not known") in linter.summary.remarks


def test_it_is_a_warning_in_a_folder_and_where_files_may_hold_no_call(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"segment": call()}))

    in_folder = list(Linter().paths([str(tmp_path)]))
    allowed = list(Linter(allow_empty=True).paths([str(file)]))
    named = list(Linter().paths([str(file)]))

    assert [str(each.severity) for each in (*in_folder, *allowed, *named)] == ["warning", "warning", "error"]


def test_it_is_an_error_after_a_call_in_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text(f"{BODY}\n{json.dumps({'segment': call()})}\n")

    (finding,) = Linter().paths([str(tmp_path)])

    assert (finding.code, str(finding.severity)) == ("KCH005", "error")


def test_the_severity_of_the_configuration_counts_everywhere(tmp_path: Path) -> None:
    from segkoch_lint import Severity

    (tmp_path / "a.json").write_text(json.dumps({"segment": call()}))

    (finding,) = Linter(Settings(severity={"KCH005": Severity.INFO})).paths([str(tmp_path)])

    assert str(finding.severity) == "info"


def test_keys_that_are_personal_data_are_masked_in_pointers() -> None:
    (finding,) = check({"people": {"jane.doe@example.com": call()}})

    assert "jane" not in finding.message
    assert "jane" not in finding.location.pointer


def test_a_document_that_looks_like_an_envelope_is_searched_if_no_call_is_where_it_should_be() -> None:
    (finding,) = check({"payload": {"id": 3}, "segment": call()})

    assert finding.code == "KCH005"
    assert finding.location.pointer == "/segment"


def test_an_unknown_envelope_inside_a_known_one_is_named_with_the_whole_way() -> None:
    body = json.dumps({"wrapped": call()})

    (finding,) = check({"Records": [{"messageId": "m", "body": body}, {"messageId": "m", "body": body}]})

    assert finding.code == "KCH005"
    assert finding.location.pointer == "/Records/0/body → /wrapped"
    assert "2 calls" in finding.message
    assert "--at '/Records/*/body/wrapped'" in finding.message


def test_a_call_beside_a_call_in_an_unknown_envelope_of_a_queue_is_read() -> None:
    bodies = [json.dumps(call()), json.dumps({"wrapped": call()})]
    linter = Linter()

    found = list(linter.bytes(json.dumps({"Records": [{"messageId": "m", "body": b} for b in bodies]}).encode(), "x"))

    assert [each.code for each in found] == ["KCH005"]
    assert linter.summary.calls == 1
