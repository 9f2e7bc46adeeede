"""The type of a table's rows."""

from __future__ import annotations

import pytest

from segkoch_lint.documents.table.columns import Columns

PLAIN = "user_id,context_device_id"
DOTTED = "userId,context.device.id"


@pytest.mark.parametrize(
    ("name", "header", "kind"),
    [
        ("export.csv", PLAIN, "track"),
        ("identifies.csv", PLAIN, "identify"),
        ("prod.screens_2026-11-01.csv.gz", PLAIN, "screen"),
        ("TRACKS_000.PARQUET", PLAIN, "track"),
        ("out/users.csv", PLAIN, "identify"),
        ("/home/users/export.csv", PLAIN, "track"),
        ("pages_and_screens.csv", PLAIN, "track"),
        ("lake/segment_type=screen/day=2026-11-01/hr=07/part-0.parquet", PLAIN, "screen"),
        ("lake/segment_type=identifies/part-0.parquet", PLAIN, "identify"),
        ("lake/segment_type=order_completed/part-0.parquet", PLAIN, "track"),
        # An event called "Screens Shown" has a table, too.
        ("screens_shown.csv", "event,event_text," + PLAIN, "track"),
        ("screen_views.csv", PLAIN, "track"),
        ("identify_1.csv", DOTTED, "identify"),
        ("in/screen_2026.csv", DOTTED, "screen"),
        ("alias_1.csv", "userId,previousId,context.ip", "alias"),
        ("export.csv", "user_id,previous_id,context_ip", "alias"),
        ("export.csv", "group_id,context_ip", "group"),
        ("export.csv", "event,group_id,context_ip", "track"),
        ("export.csv", "userId,traits.name", "identify"),
        ("export.csv", "userId,properties.name", "page"),
        ("-", PLAIN, "track"),
    ],
)
def test_the_table_gives_the_call_type(name: str, header: str, kind: str) -> None:
    columns = Columns(header.split(","), name)
    assert columns.call(["x"] * len(columns.names))["type"] == kind
