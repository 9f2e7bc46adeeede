"""Calls out of their envelopes, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.calls import Call
from segkoch_lint.reading.unwrapping import MISSPELLED, Batch, Destination, NotACall, place_in_document, unwrap

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
        ({"type": "alias"}, "alias"),
        ({"event": None}, "track"),
        ({"type": None, "event": "x"}, "track"),
        ({"userId": "u", "traits": {}}, "identify"),
        ({"anonymous_id": "u", "groupId": "g", "traits": {}}, "group"),
        ({"user_id": "u", "previousId": "p", "traits": {}}, "alias"),
        ({"context": {}, "properties": {}}, "page"),
    ],
)
def test_a_call_without_a_type_is_what_segment_would_take_it_for(value: Any, call_type: str) -> None:
    (unit,) = unwrap(value)
    assert isinstance(unit, Call)
    assert unit.message["type"] == call_type


@pytest.mark.parametrize(
    "value",
    [{}, [], 1, "x", None, {"userId": "u"}, {"context": {}}, {"traits": {}}, {"batch": "x"}, {"batch": {}}]
    + [{"type": "Track", "event": "x"}, {"type": "delete", "userId": "u"}, {"type": 5, "event": "x"}],
)
def test_anything_else_is_no_call(value: Any) -> None:
    assert all(isinstance(unit, NotACall) for unit in unwrap(value))


@pytest.mark.parametrize("type_", ["Track", "SCREEN", " identify", "page\n"])
@pytest.mark.parametrize("more", [{"event": "x"}, {"context": {}}, {"userId": "u"}, {"anonymous_id": "a"}])
def test_a_call_whose_type_is_only_written_in_another_way_is_told_from_what_is_none(type_: str, more: Any) -> None:
    value = {"type": type_, **more}
    assert list(unwrap(value)) == [NotACall(MISSPELLED, ("type",))]
    assert list(unwrap([value])) == [NotACall(MISSPELLED, (0, "type"))]
    assert list(unwrap({"batch": [value]}))[1:] == [NotACall(MISSPELLED, ("batch", 0, "type"))]
    assert list(unwrap({"type": type_, "name": "x"})) == [NotACall("other", ())]


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
    (inferred,) = unwrap([{"event": "x"}])
    assert isinstance(inferred, Call)
    assert place_in_document(inferred, ("type",), [{"event": "x"}]) == (0,)


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
    assert isinstance(unit, Destination)
    assert unit.path == path


@pytest.mark.parametrize(
    "value", [{"settings": {}, "metadata": {"slug": "braze"}}, {"settings": {}}, {"metadata": {"slug": "kochava"}}]
)
def test_other_settings_are_not(value: Any) -> None:
    assert kinds(value) == [("NotACall", ())]


def test_a_batch_is_told_before_its_calls() -> None:
    first, *_ = unwrap({"batch": [TRACK]})
    assert isinstance(first, Batch)
