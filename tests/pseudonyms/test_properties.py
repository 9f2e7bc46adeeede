"""Copies of anything: the same findings, and nothing left of an id that was planted anywhere."""

from __future__ import annotations

import base64
import copy
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segkoch_lint.pseudonyms.rewriter import RefusedError
from tests.conftest import IOS_CALL
from tests.pseudonyms.copies import copy_of, found_in, left_in
from tests.test_leaks import AGAIN, KINDS, LONG, NAMES, PLACES, device, written

FAULTS: list[Callable[[str], dict[str, Any]]] = [
    lambda _: device(type="iOS"),
    lambda _: device(type=None),
    lambda planted: device(id=planted.upper(), advertisingId=planted.replace("-", "")),
    lambda planted: device(id=planted, advertisingId=planted.upper()),
    lambda planted: device(advertisingId=planted[:-1] + "g"),
    lambda planted: device(advertisingId=planted, advertising_id=planted.upper()),
    lambda planted: device(advertisingId=planted, advertising_id=planted[::-1]),
    lambda _: device(advertisingId="00000000-0000-0000-0000-000000000000"),
    lambda _: device(advertisingId="{idfa}", id="unknown"),
    lambda _: device(advertisingId="017d76b5-85f8-4e3c-8cce-8b29cceacb1d"),
    lambda _: device(adTrackingEnabled=False, advertisingId="", attTrackingStatus="denied"),
    lambda _: {"userId": "Guest", "context": {**IOS_CALL["context"], "os": {"name": "Android"}}},
    lambda planted: {"messageId": planted * 20, "event": "order completed"},
    lambda planted: {"integrations": {"kochava": {"apiKey": planted}}, "user_id": planted},
    lambda planted: {"type": "identify", "traits": {f"{planted}@shop.example": [planted, 1234567, 1.5, None, True]}},
    lambda planted: {"type": "alias", "previousId": planted},
    lambda planted: {"anonymousId": planted, "properties": {"source": planted, "revenue": 1}},
]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _notification(text: str) -> str:
    return json.dumps({"Type": "Notification", "TopicArn": "t", "Message": text})


def _capture(text: str) -> str:
    request = {"method": "POST", "url": "https://events.shop.example/v1/track?x=1", "postData": {"text": text}}
    return json.dumps({"log": {"entries": [{"request": request}]}})


def _queue(text: str) -> str:
    return json.dumps({"Records": [{"messageId": "m-1", "body": text}]}, indent=1)


def _stream(data: bytes) -> str:
    return json.dumps({"Records": [{"kinesis": {"data": _base64(data), "sequenceNumber": "1"}}]})


WRAPPED: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "queue": _queue,
    "queue of notifications": lambda text: _queue(_notification(text)),
    "stream": lambda text: _stream(text.encode()),
    "compressed stream": lambda text: _stream(gzip.compress(text.encode(), mtime=0)),
    "capture": _capture,
    "unknown envelope": lambda text: json.dumps({"job": {"payload": json.loads(text)}}),
}


def call_with(data: st.DataObject, planted: str) -> dict[str, Any]:
    call = copy.deepcopy(IOS_CALL)
    for place in data.draw(st.lists(st.sampled_from([*PLACES, *AGAIN, *FAULTS]), min_size=1, max_size=4)):
        call |= place(planted)
    return call


def check(content: bytes, name: str, planted: str, key: bytes) -> None:
    found = found_in(content, name)
    try:
        made = copy_of(content, name, key)
    except RefusedError:
        assert "KCH001" in {each[0] for each in found[:-1]}
        return
    assert found_in(made, name) == found
    assert left_in(made, [planted]) == []


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_copy_in_any_format_gives_the_same_findings_and_holds_no_id(data: st.DataObject) -> None:
    planted = data.draw(NAMES | LONG)
    call = call_with(data, planted)
    content, name = written(data, call, planted, data.draw(st.sampled_from(KINDS)))
    check(content.encode(), name, planted, data.draw(st.binary(min_size=32, max_size=32)))


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_copy_of_any_envelope_gives_the_same_findings_and_holds_no_id(data: st.DataObject) -> None:
    planted = data.draw(NAMES | LONG)
    text = json.dumps(call_with(data, planted), ensure_ascii=data.draw(st.booleans()))
    kind = data.draw(st.sampled_from(list(WRAPPED)))
    check(WRAPPED[kind](text).encode(), "x.json", planted, data.draw(st.binary(min_size=32, max_size=32)))


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_copy_of_a_log_of_users_gives_the_same_findings(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.uuids().map(str), min_size=2, max_size=4, unique=True))
    spelled = st.sampled_from([*ids, *(each.upper() for each in ids)])
    calls = []
    for _ in range(data.draw(st.integers(2, 8))):
        library = data.draw(st.sampled_from(["analytics-swift", "analytics-node", "analytics-kotlin"]))
        context = {
            "device": {"type": data.draw(st.sampled_from(["ios", "android"])), "id": data.draw(spelled)},
            "library": {"name": library},
        }
        context["device"]["advertisingId"] = data.draw(spelled)
        user = {"userId": data.draw(st.sampled_from(["u-1", "U-1", "u-2", "user@shop.example", "guest"]))}
        event = data.draw(st.sampled_from(["Order Completed", "order_completed", "Order 4711", "order-4711"]))
        calls.append({"type": "track", "event": event, "anonymousId": data.draw(spelled), "context": context, **user})
    content = "".join(f"{json.dumps(each)}\n" for each in calls).encode()
    assert found_in(copy_of(content, "x.ndjson"), "x.ndjson") == found_in(content, "x.ndjson")
