"""Headers to columns, rows to calls."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.documents.table.columns import Columns, are_call_columns

WAREHOUSE = (
    "id,received_at,anonymous_id,user_id,event,event_text,context_library_name,context_device_type,context_device_id,"
    "context_device_advertising_id,context_device_ad_tracking_enabled,context_traits_email,revenue"
)
S3_SOURCE = (
    "userId,event,context.device.advertisingId,context.device.adTrackingEnabled,properties.plan,integrations.All"
)


def call(header: str, *cells: Any, table: str = "export.csv", typed: bool = False) -> dict[str, Any]:
    return Columns(header.split(","), table, typed=typed).call([None if cell == "" else cell for cell in cells])


def test_a_row_of_a_warehouse_becomes_a_call_in_segments_shape() -> None:
    row = ("m-1", "2026-11-02 08:15:04 UTC", "a-1", "u-1", "order_completed", "Order Completed", "analytics-swift")
    device = ("ios", "D-1", "AD-1", "t", "jo@example.com", "9.99")
    expected = {
        "type": "track",
        "messageId": "m-1",
        "receivedAt": "2026-11-02 08:15:04 UTC",
        "anonymousId": "a-1",
        "userId": "u-1",
        "event": "Order Completed",
        "context": {
            "library": {"name": "analytics-swift"},
            "device": {"type": "ios", "id": "D-1", "advertisingId": "AD-1", "adTrackingEnabled": True},
            "traits": {"email": "jo@example.com"},
        },
        "properties": {"revenue": "9.99"},
    }
    assert call(WAREHOUSE, *row, *device) == expected
    assert call(WAREHOUSE.upper(), *row, *device) == expected


def test_a_row_for_the_s3_source_becomes_the_call_that_it_posts() -> None:
    assert call(S3_SOURCE, "u-1", "Order Completed", "AD-1", "TRUE", "gold", "false") == {
        "type": "track",
        "userId": "u-1",
        "event": "Order Completed",
        "context": {"device": {"advertisingId": "AD-1", "adTrackingEnabled": True}},
        "properties": {"plan": "gold"},
        "integrations": {"All": False},
    }


def test_nulls_are_left_out_and_objects_of_nulls_too() -> None:
    assert call(WAREHOUSE, *[""] * 13) == {"type": "track"}


@pytest.mark.parametrize(
    ("cell", "value"),
    [("t", True), ("true", True), ("TRUE", True), ("1", True), (1, True), (True, True)]
    + [("f", False), ("False", False), ("0", False), (0, False), ("maybe", "maybe"), (2, 2)],
)
def test_booleans_are_read_as_warehouses_write_them(cell: object, value: object) -> None:
    header = "user_id,context_device_ad_tracking_enabled"
    assert call(header, "u", cell, typed=True)["context"]["device"]["adTrackingEnabled"] is value


def test_ids_that_a_warehouse_takes_for_numbers_are_text() -> None:
    header = "user_id,anonymous_id,context_device_id"
    assert call(header, 4711, 12.0, 0.5, typed=True) == {
        "type": "track",
        "userId": "4711",
        "anonymousId": "12",
        "context": {"device": {"id": "0.5"}},
    }


def test_a_tracking_status_is_a_number_where_it_looks_like_one() -> None:
    header = "user_id,context_device_att_tracking_status,context_device_tracking_status"
    device = call(header, "u", "2", "denied")["context"]["device"]
    assert device == {"attTrackingStatus": 2, "trackingStatus": "denied"}


def test_the_name_of_an_event_counts_before_its_slug() -> None:
    header = "context_ip,event_text,event"
    assert call(header, "", "Order Completed", "order_completed")["event"] == "Order Completed"
    assert call(header, "", "", "order_completed")["event"] == "order_completed"
    assert call("context_ip,event", "", "install_attributed")["event"] == "Install Attributed"
    assert call("context.ip,event", "", "install_attributed")["event"] == "install_attributed"


def test_spellings_that_rules_tell_apart_stay_apart_in_dotted_headers() -> None:
    header = "userId,context.device.advertising_id,context.device.advertisingId"
    assert call(header, "u", "A", "B")["context"]["device"] == {"advertising_id": "A", "advertisingId": "B"}
    assert Columns(header.split(","), "x").repeated == ()


def test_of_two_columns_with_the_same_name_the_last_one_with_a_value_counts() -> None:
    columns = Columns("context_device_id,USER_ID,Context_Device_Id".split(","), "x")
    assert columns.repeated == (("context", "device", "id"),)
    assert columns.call(["A", "u", "B"])["context"]["device"]["id"] == "B"
    assert columns.call(["A", "u", None])["context"]["device"]["id"] == "A"
    assert columns.index_of(("context", "device", "id"), ["A", "u", None]) == 0
    assert columns.indices(("context", "device", "id")) == [0, 2]


def test_unknown_columns_of_a_context_stay_in_the_object_they_name() -> None:
    header = "user_id,context_device_brand_name,context_foo_bar,context_os,context_os_name"
    assert call(header, "u", "b", "c", "linux", "")["context"] == {
        "device": {"brand_name": "b"},
        "foo_bar": "c",
        "os": "linux",
    }
    assert call(header, "u", "", "", "linux", "Android")["context"] == {"os": {"name": "Android"}}


def test_objects_in_json_are_taken_apart_and_columns_for_their_members_count_more() -> None:
    header = "userId,context,context_device_type,properties"
    value = call(header, "u", '{"device": {"id": "D", "type": "x"}, "ip": "i"}', "ios", "{broken")
    assert value["context"] == {"device": {"id": "D", "type": "ios"}, "ip": "i"}
    assert value["properties"] == "{broken"
    columns = Columns(header.split(","), "x")
    cells = ["u", '{"device": {"id": "D"}}', None, None]
    assert columns.index_of(("context", "device", "id"), cells) == 1


def test_columns_of_traits_have_no_prefix() -> None:
    columns = Columns(["user_id", "context_ip", "email"], "identifies.csv")
    assert columns.call(["u", None, "jo@example.com"]) == {
        "type": "identify",
        "userId": "u",
        "traits": {"email": "jo@example.com"},
    }
    assert columns.index_of(("traits", "email"), ["u", None, "jo@example.com"]) == 2
    assert call("user_id,context_ip,traits,email", "u", "", "text", "e", table="identifies.csv")["traits"] == "text"


def test_a_prefix_says_where_a_column_belongs() -> None:
    header = "user_id,context_ip,traits_plan,properties_revenue"
    assert call(header, "u", "", "gold", "9.99") == {
        "type": "track",
        "userId": "u",
        "traits": {"plan": "gold"},
        "properties": {"revenue": "9.99"},
    }


def test_a_type_that_is_none_of_a_call_is_a_property() -> None:
    header = "type,user_id,context_ip"
    assert call(header, "screen", "u", "")["type"] == "screen"
    assert call(header, "premium", "u", "") == {"type": "track", "userId": "u", "properties": {"type": "premium"}}


def test_bookkeeping_and_columns_without_a_name_are_no_part_of_the_call() -> None:
    assert call("uuid_ts,user_id,,context_ip", "x", "u", "0", "i") == {
        "type": "track",
        "userId": "u",
        "context": {"ip": "i"},
    }


def test_what_a_table_lacks_is_known() -> None:
    columns = Columns(["user_id", "context_device_type", "context_device_id"], "x")
    assert columns.missing == ("context_device_advertising_id",)
    assert Columns(["userId", "context"], "x").missing == ()
    assert Columns("context.device.type,context.device.id,context.device.advertising_id".split(","), "x").missing == ()


@pytest.mark.parametrize(
    "header",
    [
        WAREHOUSE,
        WAREHOUSE.upper(),
        S3_SOURCE,
        "context_device_id,id",
        ",user_id,context_device_type",
        "userId,traits.name",
        "anonymous_id,event",
        "user_id,event_text",
        "userId,context.ip",
        "user_id,received_at,event",
        "userId,type,event,messageId,timestamp,context",
        "user_id,event,context,properties",
    ],
)
def test_segments_columns_are_known(header: str) -> None:
    assert are_call_columns(header.split(","))


@pytest.mark.parametrize(
    "header",
    [
        "name,price",
        "user_id,event,time",
        "id,type,event",
        "context_id,question,answer",
        "properties.name,type,geometry.coordinates",
        "anonymous_id,user_id",
        "user_id,context",
        "received_at,event",
        "context_device_id",
        '{"context.ip",anonymousId',
        "- context_ip,anonymous_id",
        "",
    ],
)
def test_columns_of_others_are_left_alone(header: str) -> None:
    assert not are_call_columns(header.split(","))
