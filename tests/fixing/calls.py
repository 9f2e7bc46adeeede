"""A call with faults that can be fixed, and what it is after they are."""

from __future__ import annotations

import copy
from typing import Any

from tests.conftest import IOS_CALL

UUID = "7C2D90E1-4B6A-4F38-9D15-E0A3B8C6F274"
HEX = UUID.replace("-", "")


def call(*, fixed: bool = False) -> dict[str, Any]:
    """Return the call, with its faults or *fixed*."""
    made: dict[str, Any] = copy.deepcopy(IOS_CALL)
    made["messageId"] = "m-0001"
    device = made["context"]["device"]
    device["type"] = "ios" if fixed else " iOS"
    device["advertisingId"] = UUID if fixed else HEX
    device["id"] = device["id"] if fixed else device["id"] + "\t"
    made["integrations"] = {"Kochava" if fixed else "kochava": True}
    return made


CODES = {"KCH103": 1, "KCH107": 1, "KCH115": 2, "KCH304": 1}
"""How many findings of each rule the call has that can be fixed."""
