"""Calls out of their envelopes, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.calls.call import Call, was_sent
from segkoch_lint.envelopes.unwrap import Batch, DestinationSettings, NotACall, place_in_document, unwrap

TRACK = {"type": "track", "event": "x"}


def kinds(value: Any) -> list[tuple[str, Any]]:
    return [(type(unit).__name__, unit.path) for unit in unwrap(value)]


def test_a_call_a_list_and_a_batch_hold_calls() -> None:
    assert kinds(TRACK) == [("Call", ())]
    assert kinds([TRACK, 5]) == [("Call", (0,)), ("NotACall", (1,))]
    assert kinds({"batch": [TRACK, None]}) == [("Batch", ()), ("Call", ("batch", 0)), ("NotACall", ("batch", 1))]
    assert kinds([{"batch": [TRACK]}]) == [("Batch", (0,)), ("Call", (0, "batch", 0))]
    assert kinds({"batch": []}) == [("Batch", ())]


@pytest.mark.parametrize(
    ("value", "call_type"),
    [
        ({"type": None, "event": "x", "messageId": "m"}, "track"),
        ({"userId": "u", "traits": {}}, "identify"),
        ({"anonymous_id": "u", "groupId": "g", "traits": {}}, "group"),
        ({"user_id": "u", "previousId": "p", "traits": {}}, "alias"),
        ({"userId": "u", "context": {"device": {}}, "properties": {}}, "page"),
    ],
)
def test_a_call_without_a_type_is_what_segment_would_take_it_for(value: Any, call_type: str) -> None:
    (unit,) = unwrap(value)
    assert isinstance(unit, Call)
    assert unit.message["type"] == call_type


@pytest.mark.parametrize(
    "value",
    [{}, [], 1, "x", None, {"userId": "u"}, {"context": {}}, {"traits": {}}, {"batch": "x"}, {"batch": {}}]
    + [{"type": "Track", "event": "x"}, {"type": "delete"}, {"event": None, "userId": "u"}],
)
def test_anything_else_is_no_call(value: Any) -> None:
    assert all(isinstance(unit, NotACall) for unit in unwrap(value))


@pytest.mark.parametrize("wrong", ["Track", "trak", " track "])
def test_a_misspelled_type_is_blamed_where_it_stands_with_what_was_meant(wrong: str) -> None:
    value = {"type": wrong, "event": "x", "userId": "u"}
    assert list(unwrap(value)) == [NotACall("type of call misspelled", ("type",), "track")]
    assert list(unwrap([value])) == [NotACall("type of call misspelled", (0, "type"), "track")]
    assert list(unwrap({"batch": [value]}))[1:] == [NotACall("type of call misspelled", ("batch", 0, "type"), "track")]


def test_calls_that_show_too_few_signs_are_uncertain() -> None:
    units = list(unwrap([{"type": "page"}, {"event": "x"}, TRACK]))
    assert [(type(unit), unit.certain) for unit in units if isinstance(unit, Call)] == [
        (Call, False),
        (Call, False),
        (Call, True),
    ]


@pytest.mark.parametrize(
    "batch",
    [{"context": {"library": {"name": "x"}}}, {"context": {"device": None}}, {"writeKey": "k"}],
)
def test_the_signs_of_a_batch_are_those_of_its_calls(batch: Any) -> None:
    _, page, event, other = unwrap({"batch": [{"type": "page"}, {"event": "x"}, {"x": 1}], **batch})
    assert isinstance(page, Call)
    assert isinstance(event, Call)
    assert (page.certain, event.certain, event.message["type"]) == (True, True, "track")
    assert "writeKey" not in page.message
    assert other == NotACall("other", ("batch", 2))


def test_a_call_in_a_batch_was_sent() -> None:
    def message(item: Any, **batch: Any) -> Any:
        _, call = unwrap({"batch": [item], **batch})
        assert isinstance(call, Call)
        return call.message

    snake = {"type": "identify", "user_id": "u"}
    assert was_sent(message(snake))
    assert message(snake, sentAt="2026-11-01T00:00:00Z")["sentAt"] == "2026-11-01T00:00:00Z"
    assert "sentAt" not in message({**snake, "messageId": "m"})
    assert "sentAt" not in message({"type": "identify", "userId": "u"})
    (alone,) = unwrap(snake)
    assert isinstance(alone, Call)
    assert not was_sent(alone.message)


def test_a_batch_may_name_a_type_that_no_call_has() -> None:
    assert kinds({"type": "batch", "batch": [TRACK]}) == [("Batch", ()), ("Call", ("batch", 0))]


def test_a_batchs_context_and_integrations_are_merged_into_its_calls() -> None:
    batch = {
        "batch": [
            {**TRACK, "context": {"device": {"id": "own"}}, "integrations": {"All": True}},
            {**TRACK, "context": "not an object"},
            TRACK,
        ],
        "context": {"device": {"id": "shared", "type": "ios"}, "library": {"name": "analytics-go"}},
        "integrations": {"All": False, "Kochava": True},
        "writeKey": "not merged",
    }
    calls = [unit.message for unit in unwrap(batch) if isinstance(unit, Call)]
    assert calls[0]["context"] == {"device": {"id": "own", "type": "ios"}, "library": {"name": "analytics-go"}}
    assert calls[0]["integrations"] == {"All": True, "Kochava": True}
    assert calls[1]["context"] == "not an object"
    assert calls[2]["context"] == batch["context"]
    assert "writeKey" not in calls[0]


def test_a_batch_with_a_context_that_is_no_object_merges_nothing() -> None:
    (_, call) = unwrap({"batch": [TRACK], "context": None, "integrations": []})
    assert isinstance(call, Call)
    assert call.message == TRACK


def test_values_are_placed_in_the_call_or_else_in_its_batch() -> None:
    document = {"batch": [{**TRACK, "context": {"os": {}}}], "context": {"device": {"type": "iOS"}}}
    (_, call) = unwrap(document)
    assert isinstance(call, Call)
    assert place_in_document(call, ("context", "device", "type"), document) == ("context", "device", "type")
    assert place_in_document(call, ("context",), document) == ("batch", 0, "context")
    assert place_in_document(call, ("event",), document) == ("batch", 0, "event")
    assert place_in_document(call, ("type",), document) == ("batch", 0, "type")
    (inferred,) = unwrap([{"event": "x", "userId": "u"}])
    assert isinstance(inferred, Call)
    assert place_in_document(inferred, ("type",), [{"event": "x", "userId": "u"}]) == (0,)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"data": {"trackingPlan": {}}}, "tracking plan"),
        ({"data": {"rules": [{"type": "TRACK", "key": "x", "jsonSchema": {}}]}}, "tracking plan"),
        ({"rules": {"global": {}, "events": []}}, "tracking plan"),
        ({"rules": {"events": []}}, "tracking plan"),
        ({"tracking_plans": []}, "tracking plan"),
        ({"rules": [{"jsonSchema": {}, "key": "x"}]}, "tracking plan"),
        ({"format_version": "1.0", "values": {}}, "tracking plan"),
        ({"log": {"entries": []}}, "HAR capture"),
        ({"rules": []}, "other"),
        ({"rules": [1]}, "other"),
        ({"data": 5}, "other"),
        ({"log": []}, "other"),
    ],
)
def test_plans_and_captures_are_recognised_by_content(value: Any, kind: str) -> None:
    (unit,) = unwrap(value)
    assert isinstance(unit, NotACall)
    assert unit.kind == kind


KOCHAVA = {"settings": {"apiKey": "x"}, "metadata": {"slug": "kochava"}}


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (KOCHAVA, ()),
        ({"data": {"destination": KOCHAVA}}, ("data", "destination")),
        ({"data": {"destinations": [{"settings": {}}, KOCHAVA]}}, ("data", "destinations", 1)),
        ({"destination": {"settings": {}, "metadata": {"id": "5695db50e954a874ca44ce63"}}}, ("destination",)),
        ({"destination": {"settings": {}, "metadata": {"name": "Kochava"}}}, ("destination",)),
    ],
)
def test_settings_of_a_kochava_destination_are_recognised(value: Any, path: Any) -> None:
    (unit,) = unwrap(value)
    assert isinstance(unit, DestinationSettings)
    assert unit.path == path


@pytest.mark.parametrize(
    "value", [{"settings": {}, "metadata": {"slug": "braze"}}, {"settings": {}}, {"metadata": {"slug": "kochava"}}]
)
def test_other_settings_are_not(value: Any) -> None:
    assert kinds(value) == [("NotACall", ())]


def test_a_batch_is_told_before_its_calls() -> None:
    first, *_ = unwrap({"batch": [TRACK]})
    assert isinstance(first, Batch)
