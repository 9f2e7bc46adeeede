from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from typing import Any

import pytest

from segkoch_lint.findings.redaction.escapes import unescaped
from segkoch_lint.pseudonyms.rewriter import RefusedError
from tests.pseudonyms.copies import copy_of, found_in, left_in

IDS = ["jane.roe@shop.example", "4E8A2B71-D90C-4F36-8B15-A7C3E06F92D4", "91D7C3E5-0A4F-4B28-9E6D-5F82B1A70C3E"]

CALL: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "userId": IDS[0],
    "context": {
        "device": {"type": "iOS", "id": IDS[1], "advertisingId": IDS[2], "name": "Jane Roes iPhone"},
        "library": {"name": "analytics-swift", "version": "1.6.2"},
        "os": {"name": "iOS", "version": "17.4"},
    },
    "properties": {"total": 12.5, "note": "for Jane Roe", "quantity": 2, "paid": True},
}
TEXT = json.dumps(CALL)


def gzipped(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def har(body: str, url: str = "https://api.segment.io/v1/t") -> str:
    headers = [{"name": "Authorization", "value": "Basic c2VjcmV0LXdyaXRlLWtleTo="}]
    request = {"method": "POST", "url": url, "headers": headers, "postData": {"mimeType": "text/plain", "text": body}}
    other = {"request": {"method": "GET", "url": f"https://shop.example/?user={IDS[0]}"}}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": request}, other]}})


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


INPUTS: dict[str, tuple[str, str]] = {
    "a call": ("call.json", json.dumps(CALL, indent=2)),
    "json lines": ("calls.ndjson", f"{TEXT}\n\n{TEXT}\r\n"),
    "a batch": ("batch.json", json.dumps({"batch": [CALL, CALL], "writeKey": "s3cr3t-write-key-0001"})),
    "several documents": ("calls.json", f"{json.dumps(CALL, indent=1)}\n{json.dumps(CALL, indent=1)}"),
    "escapes": ("call.json", TEXT.replace("@", "\\u0040").replace("jane", "\\u006aane").replace("Jane", "\\u004Aane")),
    "comments": ("call.jsonc", TEXT.replace('"userId"', '// Jane Roe\n"userId" /* 4E8A2B71 */ ') + "// Roe"),
    "json5": ("call.json5", TEXT.replace('"userId"', "userId").replace('"Jane Roes iPhone"', "'Jane Roe\\'s iPhone'")),
    "json5 escapes": ("call.json5", TEXT.replace("jane", "\\x6aane").replace('"total"', "total")),
    "text in a message": ("sqs.json", json.dumps({"Records": [{"messageId": "m-1", "body": TEXT}]})),
    "text in a text": (
        "sqs.json",
        json.dumps(
            {
                "Records": [
                    {"messageId": "m-1", "body": json.dumps({"Type": "Notification", "Message": TEXT, "TopicArn": "t"})}
                ]
            }
        ),
    ),
    "base64": (
        "kinesis.json",
        json.dumps({"Records": [{"kinesis": {"data": base64.b64encode(TEXT.encode()).decode()}}]}),
    ),
    "base64 and gzip": ("kinesis.json", json.dumps({"Records": [{"kinesis": {"data": gzipped(TEXT)}}]})),
    "base64 over several lines": (
        "kinesis.json",
        json.dumps({"Records": [{"kinesis": {"data": base64.encodebytes(TEXT.encode()).decode()}}]}),
    ),
    "base64 and deflate": ("x.har", har(base64.b64encode(zlib.compress(TEXT.encode())).decode())),
    "base64 and raw deflate": ("x.har", har(base64.b64encode(zlib.compress(TEXT.encode(), wbits=-15)).decode())),
    "gzip": ("x.har", har(gzip.compress(TEXT.encode(), mtime=0).decode("latin-1"))),
    "har": ("x.har", har(TEXT)),
    "form": ("x.har", har(f"user={percent(IDS[0])}&data={percent(TEXT)}&x=1")),
    "a request without its type": ("x.har", har(json.dumps({**CALL, "type": None}))),
    "curl": ("post.sh", f"# for Jane Roe\ncurl https://api.segment.io/v1/track -u {IDS[1]}: -d '{TEXT}'\n"),
    "curl in double quotes": (
        "post.sh",
        f'curl https://api.segment.io/v1/track -XPOST --data-raw "{TEXT.replace(chr(34), chr(92) + chr(34))}"\n',
    ),
    "curl with a here-document": (
        "post.sh",
        f"curl https://api.segment.io/v1/track -H 'X-User: {IDS[0]}' --json @- <<'EOF'\n{TEXT}\nEOF\n",
    ),
    "a log": ("app.log", f"2026-11-27T22:00:00Z INFO {IDS[0]} sent {TEXT} for Jane Roe\nJane Roe {IDS[1]}\n" * 3),
    "lines in a message": (
        "sqs.json",
        json.dumps({"job": {"lines": f"{TEXT}\n{TEXT}\n"}, "Records": [{"messageId": "m-1", "body": TEXT}]}),
    ),
    "a log in a log": (
        "logs.json",
        json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": f"{IDS[1]} got {TEXT}"}]}),
    ),
    "an unknown envelope": ("queue.json", json.dumps({"job": {"user": IDS[0], "payload": CALL}})),
    "csv": (
        "tracks.csv",
        f"""\
id,received_at,user_id,event_text,context_device_type,context_device_id,context_device_advertising_id,note
m-1,2026-11-02 08:15:04.117 UTC,{IDS[0]},Order Completed,iOS,{IDS[1]},{IDS[2]},"Jane ""J"" Roe, here"
""",
    ),
    "yaml": (
        "calls.yaml",
        f"""\
# Jane Roe, {IDS[0]}
type: track   # of {IDS[1]}
event: Order Completed
userId: &user {IDS[0]}
context:
  device: {{type: iOS, id: '{IDS[1]}', advertisingId: "{IDS[2][:4]}\\x{ord(IDS[2][4]):02x}{IDS[2][5:]}"}}
properties:
  again: *user
  note: |  # for Jane Roe
    Jane Roe is here.
    It''s {IDS[0]}.
  folded: >-
    Jane
    Roe
  plain: it is
    Jane Roe
  quoted: 'Jane''s
    phone'
---
type: track
event: Order Completed
userId: {IDS[0]}
""",
    ),
    "text in yaml": ("sqs.yaml", f"Records:\n- messageId: m-1\n  body: '{TEXT}'\n"),
}


@pytest.mark.parametrize("given", INPUTS)
def test_a_copy_gives_the_same_findings(given: str) -> None:
    name, text = INPUTS[given]
    found = found_in(text.encode(), name)
    assert len(found) > 1
    assert found_in(copy_of(text.encode(), name), name) == found


@pytest.mark.parametrize("given", INPUTS)
def test_no_id_and_no_name_is_left_in_a_copy(given: str) -> None:
    name, text = INPUTS[given]
    copy = copy_of(text.encode(), name)
    assert left_in(copy, [*IDS, "s3cr3t-write-key-0001", "c2VjcmV0LXdyaXRlLWtleTo=", "Jane Roe", "4E8A2B71"]) == []
    assert b"Jane" not in copy
    assert b"Roe" not in copy


@pytest.mark.parametrize("given", [each for each in INPUTS if "gzip" not in each and "deflate" not in each])
def test_a_copy_has_the_same_text_but_for_letters_and_digits(given: str) -> None:
    name, text = INPUTS[given]
    copy = copy_of(text.encode(), name).decode()
    assert len(copy) == len(text)
    if "base64" not in given:
        assert [each if not each.isalnum() else "" for each in copy] == [
            each if not each.isalnum() else "" for each in text
        ]


def test_what_explains_a_finding_stays() -> None:
    copy = json.loads(copy_of(TEXT.encode(), "call.json"))
    assert (copy["type"], copy["event"], copy["properties"]["total"]) == ("track", "Order Completed", 12.5)
    assert copy["context"]["library"] == CALL["context"]["library"]
    assert copy["context"]["os"] == CALL["context"]["os"]
    assert copy["context"]["device"]["type"] == "iOS"
    assert copy["properties"]["paid"] is True


def test_an_id_is_replaced_in_the_same_way_wherever_it_is() -> None:
    call = {
        **CALL,
        "event": f"Seen {IDS[0]}",
        "properties": {"url": f"https://shop.example/?u={percent(IDS[1])}", IDS[1]: 1},
    }
    copy = json.loads(copy_of(json.dumps(call).encode(), "call.json"))
    assert copy["event"] == f"Seen {copy['userId']}"
    assert copy["context"]["device"]["id"] in copy["properties"]
    assert copy["properties"]["url"].endswith(f"=%{percent(copy['context']['device']['id'])[1:]}")


def test_an_id_of_an_unusual_form_is_replaced_in_event_names_and_keys_too() -> None:
    call = {**CALL, "userId": "Ann Other", "event": "Ann Other bought", "properties": {"Ann Other": True}}
    copy = copy_of(json.dumps(call).encode(), "call.json")
    assert b"Ann" not in copy
    assert json.loads(copy)["event"].endswith(" bought")


@pytest.mark.parametrize("name", ["call.json", "call.yaml", "call.json5"])
@pytest.mark.parametrize(
    "members",
    [
        {"event": "annother bought"},
        {"event": "ANNOTHER bought"},
        {"event": "annother wrote to jane.roe@shop.example"},
        {"properties": {"AnnOther": True}},
        {"userId": "\u00c4nn-Other", "event": "\u00c4nn-Other bought"},
        {"userId": "x1", "event": "annother bought", "properties": {"sent": json.dumps({"userId": "annother"})}},
        {"properties": {"sent": json.dumps({**CALL, "userId": "y2", "event": "annother bought"})}},
        {"userId": "x1", "properties": {"sent": json.dumps({"event": "annother bought", "userId": "annother"})}},
        {"userId": "x1", "event": "annother bought", "properties": {"sent": "userId=annother&data=%7B%22a%22%3A1%7D"}},
    ],
)
def test_an_id_is_found_in_names_in_any_case_with_escapes_and_across_texts_inside_texts(
    members: dict[str, Any], name: str
) -> None:
    text = json.dumps({**CALL, "userId": "annother", **members})
    copy = copy_of(text.encode(), name)
    for level in (copy.decode(), *(each.text for each in unescaped(copy.decode()))):
        assert "nnother" not in level.replace("-", "").lower()
    assert found_in(copy, name) == found_in(text.encode(), name)


def test_an_id_in_a_text_inside_a_table_is_found_in_its_names() -> None:
    inner = json.dumps({"event": "annother bought", "userId": "annother"}).replace('"', '""')
    text = f'id,user_id,event_text,context_device_id,sent\nm,u,annother bought,d,"{inner}"\n'
    assert b"annother" not in copy_of(text.encode(), "tracks.csv")


@pytest.mark.parametrize("user", [4711234567, "4711234567"])
@pytest.mark.parametrize("name", ["call.json", "call.yaml"])
def test_an_amount_that_is_an_id_is_replaced(user: str | int, name: str) -> None:
    text = json.dumps({**CALL, "userId": user, "properties": {"value": 4711234567, "total": 4711234568}})
    copy = copy_of(text.encode(), name)
    assert b"4711234567" not in copy
    assert b"4711234568" in copy


def test_an_id_is_searched_for_in_other_texts_in_linear_time() -> None:
    calls = [{**CALL, "userId": f"user-{number}-x", "event": f"user-{number}-x bought"} for number in range(400)]
    assert b"user-" not in copy_of(json.dumps(calls).encode(), "calls.json")


@pytest.mark.parametrize(
    ("name", "member"),
    [
        *(("call.json", member) for member in ('"coordinates": [48.85837]', '"location": [48.85837, 2.29448]')),
        *(("call.json", f'"{key}": 48.85837') for key in ("userLat", "gps_lat", "geo_latitude", "lat_1")),
        *(("call.json", f'"customer": {number}') for number in ("4885837123.0", "4.885837123e9", "4885837E6")),
        *(("call.yaml", f"customer: {number}") for number in ("4_885_837", "4885837.5e3", "+4885837.0", "0x4885837")),
        *(("call.yaml", f"userId: {number}") for number in ("0x4885837", "0xABCDEF4885837", "48_85837")),
        ("call.json5", "customer: +4885837123."),
        ("call.json", '"birthdayMs": 4885837123'),
        ("call.json", '"bornDate": "4885-83-7"'),
    ],
)
def test_a_number_is_replaced_however_it_is_written(name: str, member: str) -> None:
    text = {
        "call.json": f'{{"type": "track", "event": "Seen", "userId": "u-9", "properties": {{{member}}}}}',
        "call.json5": f"{{type: 'track', event: 'Seen', userId: 'u-9', properties: {{{member}}}}}",
        "call.yaml": f"type: track\nevent: Seen\nanonymousId: u-9\nproperties:\n  {member}\n",
    }[name]
    copy = copy_of(text.encode(), name)
    assert re.search(rb"4.?8.?8.?5.?8.?3.?7", copy) is None
    assert b"ABCDEF" not in copy
    assert len(copy) == len(text)
    assert found_in(copy, name) == found_in(text.encode(), name)


def test_a_numeric_id_stays_a_number_and_matches_the_same_digits_in_a_text() -> None:
    copy = json.loads(copy_of(json.dumps({**CALL, "userId": 4711234, "traits": {"userId": "4711234"}}).encode()))
    assert isinstance(copy["userId"], int)
    assert str(copy["userId"]) == copy["traits"]["userId"] != "4711234"


@pytest.mark.parametrize(
    ("key", "number"),
    [("latitude", 52.5163), ("phone", 491701234567), ("orderNumber", 123456789), ("zip", 10117), ("sessionId", 12)],
)
def test_a_number_that_is_personal_is_replaced(key: str, number: float) -> None:
    copy = json.loads(copy_of(json.dumps({**CALL, "properties": {key: number}}).encode()))["properties"][key]
    assert copy != number
    assert len(str(copy)) == len(str(number))
    assert type(copy) is type(number)


@pytest.mark.parametrize(
    ("key", "number"), [("total", 12345678), ("timestamp", 1764280800000), ("quantity", 3), ("width", 1170), ("x", 1.5)]
)
def test_another_number_stays(key: str, number: float) -> None:
    assert json.loads(copy_of(json.dumps({**CALL, "properties": {key: number}}).encode()))["properties"][key] == number


def test_a_birthday_is_replaced_and_a_time_stays() -> None:
    traits = {"birthday": "1987-05-12T00:00:00Z", "createdAt": "2026-11-27T22:00:00Z", "signupDate": "2026-11-27"}
    copy = json.loads(copy_of(json.dumps({**CALL, "traits": traits}).encode()))["traits"]
    assert copy["birthday"] != traits["birthday"]
    assert (copy["createdAt"], copy["signupDate"]) == (traits["createdAt"], traits["signupDate"])


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("call.json", '{\n"type": "track",,\n}', 2),
        ("calls.ndjson", f'{TEXT}\n{TEXT}\n{{"userId": "jane\n{TEXT}\n', 3),
        ("calls.yaml", "type: track\nevent: [\n", 2),
        ("call.json", TEXT.encode()[:-20].decode(), 1),
        ("app.log", f"INFO {TEXT}\nINFO {TEXT[:-30]}\n", 2),
        ("tracks.csv", "id,user_id,event_text,context_device_id\nm,u,Order,d\nm,u\n", 3),
        ("post.sh", 'curl https://api.segment.io/v1/track -d \'{"userId": "jane",}\'\n', 1),
        ("sqs.json", json.dumps({"Records": [{"messageId": "m", "body": TEXT[:-20]}]}, indent=1), 5),
        ("sqs.jsonc", json.dumps({"Records": [{"messageId": "m", "body": TEXT[:-20]}]}, indent=1) + "//", 5),
        ("sqs.yaml", f"Records:\n- messageId: m\n  body: '{TEXT[:-20]}'\n", 3),
        ("sqs.ndjson", f"{TEXT}\n{json.dumps({'Records': [{'messageId': 'm', 'body': TEXT[:-20]}]})}\n", 2),
        ("events.md", "# Events\n\nJane Roe sends events.\n", None),
        ("main.tf", 'resource "x" "y" {}', None),
        ("empty.json", "", None),
    ],
)
def test_text_that_cannot_be_parsed_is_refused_with_its_line(name: str, text: str, line: int | None) -> None:
    with pytest.raises(RefusedError) as refused:
        copy_of(text.encode(), name)
    assert (refused.value.span.line if refused.value.span else None) == line
    assert "jane" not in refused.value.message


def test_nothing_of_a_log_is_written_from_the_block_with_the_broken_line_on() -> None:
    with pytest.raises(RefusedError):
        copy_of(f"{TEXT}\n{TEXT[:-9]}\n".encode(), "calls.ndjson")


def test_users_of_app_and_server_are_still_compared() -> None:
    def call(library: str, device: str) -> dict[str, Any]:
        context = {"device": {"type": "ios", "id": device, "advertisingId": IDS[2]}, "library": {"name": library}}
        return {**CALL, "context": context}

    calls = [
        *(call("analytics-swift", IDS[1]), call("analytics-node", IDS[2])),
        *(call("analytics-node", IDS[1].lower()), call("analytics-python", IDS[1])),
    ]
    text = "".join(f"{json.dumps(each)}\n" for each in calls).encode()
    found = found_in(text, "calls.ndjson")
    assert {"KCH201", "KCH203"} <= {each[0] for each in found[:-1]}
    assert found_in(copy_of(text, "calls.ndjson"), "calls.ndjson") == found


@pytest.mark.parametrize(
    "macro", ["%7Bidfa%7D", "%24%7BJane%7D", "{Jane Roe}", "$JANE", "%%ROE%%", "[Jane]", "__ROE__"]
)
def test_a_macro_that_was_not_replaced_stays_one(macro: str) -> None:
    call = {**CALL, "context": {**CALL["context"], "device": {**CALL["context"]["device"], "advertisingId": macro}}}
    text = json.dumps(call).encode()
    assert "KCH108" in [each[0] for each in found_in(text)[:-1]]
    assert found_in(copy_of(text)) == found_in(text)


def test_a_comment_that_suppresses_a_finding_stays_without_its_reason() -> None:
    text = "type: track\nevent: Seen\nuserId: jane\ncontext:  # segkoch-lint: ignore[KCH101] for Jane\n  app: {}\n"
    copy = copy_of(text.encode(), "call.yaml").decode()
    assert "# segkoch-lint: ignore[KCH101] " in copy
    assert "Jane" not in copy
    assert found_in(copy.encode(), "call.yaml") == found_in(text.encode(), "call.yaml")


@pytest.mark.parametrize(
    "head",
    [
        "%TAG !j! tag:jane.roe@shop.example,2014:\n---\n",
        "# segkoch-lint: ignore[jane.roe@shop.example] for jane\n",
        "# segkoch-lint: jane\n",
    ],
)
def test_a_directive_and_a_comment_with_names_are_replaced(head: str) -> None:
    text = f"{head}type: track\nevent: !!str Seen\nuserId: u-9\n"
    copy = copy_of(text.encode(), "call.yaml")
    assert b"jane" not in copy
    assert len(copy) == len(text)


def test_an_option_of_a_script_begins_after_space() -> None:
    script = f"curl https://api.segment.io/v1/track -d '{TEXT}' # (-jane) ${{X:-jane}}\n"
    assert b"-j" not in copy_of(script.encode(), "post.sh")


@pytest.mark.parametrize("status", ["denied", "NOT_DETERMINED", "not-authorized", "ATTrackingStatus.restricted", 2])
def test_rows_of_a_table_in_json_are_copied_by_their_columns(status: str | int) -> None:
    row: dict[str, str | int] = {
        "id": "m-1",
        "event": "order_completed",
        "user_id": IDS[0],
        "context_device_type": "iOS",
        "received_at": "2026",
    }
    row |= {
        "context_device_id": IDS[1],
        "context_library_name": "analytics-ios",
        "context_device_tracking_status": status,
    }
    text = json.dumps(row).encode()
    assert len(found_in(text, "x.json")) > 1
    assert found_in(copy_of(text, "x.json"), "x.json") == found_in(text, "x.json")
    assert left_in(copy_of(text, "x.json"), IDS) == []


@pytest.mark.parametrize("key", ["type", "model", "version", "event", "channel"])
def test_what_an_app_sends_itself_is_replaced_whatever_its_key_is(key: str) -> None:
    call = {**CALL, "properties": {key: "Jane Roe", "items": [{key: "Jane"}]}, "traits": {"pet": {key: "Roe"}}}
    for copy in (copy_of(json.dumps(call).encode()), copy_of(json.dumps(call).encode(), "call.yaml")):
        assert b"Jane" not in copy
        assert b"Roe" not in copy


@pytest.mark.parametrize(
    "note",
    ['Jane Roe says data={"a": 1}', 'data={"a": 1}&Jane Roe', 'x=1&Jane={"Roe": "Jane"} Roe', "a=b&c=Jane+Roe&d=[1]"],
)
def test_what_is_around_json_in_a_text_is_replaced(note: str) -> None:
    copy = json.loads(copy_of(json.dumps({**CALL, "properties": {"note": note}}).encode()))["properties"]["note"]
    assert "Jane " not in copy
    assert "Jane+" not in copy
    assert "says" not in copy
    assert len(copy) == len(note)


def test_copies_made_with_one_key_match() -> None:
    assert copy_of(TEXT.encode(), key=b"1" * 32) == copy_of(TEXT.encode(), key=b"1" * 32)
    assert copy_of(TEXT.encode(), key=b"1" * 32) != copy_of(TEXT.encode(), key=b"2" * 32)


def test_a_compressed_input_and_one_in_utf_16_are_copied_as_plain_text() -> None:
    plain = copy_of(TEXT.encode(), "call.json")
    assert copy_of(gzip.compress(TEXT.encode()), "call.json.gz") == plain
    assert copy_of(b"\xff\xfe" + TEXT.encode("utf-16-le"), "call.json") == plain
