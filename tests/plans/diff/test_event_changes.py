"""Renamed events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.documents.document import ValueDocument
from segkoch_lint.findings.position import Path as Place
from segkoch_lint.plans.diff.event_changes import renamed_events
from segkoch_lint.plans.model.plan import PlanRule, Schema, SchemaLocation
from tests.plans.plan_files import ORDER


def events(schemas: dict[str, Any]) -> dict[str, PlanRule]:
    root: Place = ()
    site = SchemaLocation(str(Path("plan.json")), ValueDocument(None), root)
    return {name: PlanRule("track", name, Schema(schema, site)) for name, schema in schemas.items()}


OTHER = {"properties": {"properties": {"properties": {"level": {"type": "integer"}}}}}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"order_completed": {}}, {"Order Completed": {}}, [("order_completed", "Order Completed")]),
        ({"Order Completed": {}}, {"Order Complete": {}}, [("Order Completed", "Order Complete")]),
        ({"Bought": ORDER}, {"Order Completed": ORDER}, [("Bought", "Order Completed")]),
        ({"Bought": ORDER, "A": {}}, {"Paid": {**ORDER, "title": "Paid"}, "A": {}}, [("Bought", "Paid")]),
        # The same schema tells nothing where other events have it, too.
        ({"Bought": ORDER, "Sold": ORDER}, {"Refunded": ORDER, "Sold": ORDER}, []),
        ({"Bought": ORDER}, {"Refunded": ORDER, "Level Up": ORDER}, []),
        # Nor does one that names no property.
        ({"Bought": {"type": "object"}}, {"Refunded": {"type": "object"}}, []),
        ({"Bought": True}, {"Refunded": True}, []),
        # The schema decides between names that are as alike.
        (
            {"Item Viewed": OTHER},
            {"Items Viewed": ORDER, "Item Viewed 2": OTHER},
            [("Item Viewed", "Item Viewed 2")],
        ),
        # Each is the new name of one event only.
        ({"Item 1": {}, "Item 2": {}}, {"Item 3": {}}, [("Item 1", "Item 3")]),
        ({"A": {}}, {"A": {}, "B": {}}, []),
    ],
)
def test_a_renaming_is_reported_by_the_name_or_the_schema(
    old: dict[str, Any], new: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert list(renamed_events(events(old), events(new))) == found


def test_of_thousands_of_events_only_those_are_reported_that_are_the_same_but_for_their_spelling() -> None:
    old: dict[str, Any] = {f"Event Number {n}": {} for n in range(2000)}
    new: dict[str, Any] = {f"event_number_{n}": {} for n in range(1, 2000)} | {"event_number_0_old": {}}
    pairs = list(renamed_events(events(old), events(new)))
    assert len(pairs) == 1999
    assert ("Event Number 0", "event_number_0_old") not in pairs
    assert all(one.casefold().replace(" ", "_") == other for one, other in pairs)
