"""Devices are told apart whatever stands around them."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.inputs import opener
from tests.conftest import IOS_CALL
from tests.engine.lines.logs import GOOD, is_found_the_same, line, written

DEVICE = IOS_CALL["context"]["device"]
WRONG = {**DEVICE, "id": "unknown"}


def other(device: Any) -> Any:
    """A device that differs from another in nothing but who has it, and in what is not there at all."""
    if isinstance(device, str):
        return "analytics-swift"
    if not isinstance(device, dict) or not isinstance(device.get("id"), str):
        return device
    last = {"é": "ó", "7": "8"}.get(device["id"][-1:], "7")
    return {**{key: device[key] for key in device if device[key] is not None}, "id": device["id"][:-1] + last}


@pytest.mark.slow
@pytest.mark.parametrize(
    "context",
    [
        pytest.param({"device": WRONG, "copy": DEVICE}, id="another device after it"),
        pytest.param({"copy": DEVICE, "device": WRONG}, id="another device before it"),
        pytest.param({"device": WRONG, "copy": WRONG}, id="its text twice"),
        pytest.param({"copy": {"device": WRONG}, "device": DEVICE}, id="another device inside a member"),
        pytest.param({"device": None, "copy": None}, id="none, twice"),
        pytest.param({"device": None}, id="none"),
        pytest.param({"device": {}, "copy": {}}, id="an empty one twice"),
        pytest.param({"device": "null"}, id="a text"),
        pytest.param({"device": ":"}, id="a text that stands at its own beginning, too"),
        pytest.param({"device": {**DEVICE, "id": "a b", "advertisingId": "A B"}}, id="ids with spaces"),
        pytest.param(
            {"device": {**DEVICE, "id": "a-b-c", "advertisingId": "ABC"}}, id="ids alike but for case and hyphens"
        ),
        pytest.param(
            {"device": {**DEVICE, "id": "é", "advertisingId": "É"}}, id="ids alike but for the case of a letter"
        ),
        pytest.param({"device": {**DEVICE, "id": "a", "advertisingId": "\t"}}, id="a blank id"),
        pytest.param({"device": {**DEVICE, "advertising_id": DEVICE["advertisingId"].lower()}}, id="one id twice"),
        pytest.param({"device": {**DEVICE, "advertising_id": DEVICE["id"]}}, id="one spelling holds the other id"),
        pytest.param({"device": {**DEVICE, "id": DEVICE["advertisingId"].lower()}}, id="one id for both"),
        pytest.param(
            {"device": {**DEVICE, "id": DEVICE["advertisingId"].replace("-", "")}},
            id="one id for both, but for hyphens",
        ),
        pytest.param({"device": {**DEVICE, "adTrackingEnabled": None}}, id="null, which is not the same as absent"),
        pytest.param({"library": {"name": "analytics-ruby"}, "device": "analytics-ruby"}, id="the text of a library"),
        pytest.param({"device": {**DEVICE, "id": 5, "advertisingId": 5}}, id="numbers for ids"),
        pytest.param({"device": {**DEVICE, "id": "1e999"}}, id="a number too large for an id"),
        pytest.param({"device": {**DEVICE, "id": "", "advertisingId": ""}}, id="empty ids"),
        pytest.param({"device": DEVICE, "library": {"name": 5}}, id="a library without a name"),
        pytest.param({"device": DEVICE, "library": "analytics-swift"}, id="a library that is no object"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_devices_are_distinguished_whatever_is_around_them(
    context: dict[str, Any], order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opener, "READ_BYTES", 4000)
    lines = [GOOD]
    # The keys of the first round are new; in the later ones the same comes in texts that were not met before.
    for number in range(3):
        device = context["device"]
        context["device"] = {**device, "model": f"model {number}"} if device and isinstance(device, dict) else device
        around = {**IOS_CALL["context"], "timezone": f"zone {number}"}
        variants = [{**around, **context}, {**context, **{key: around[key] for key in around if key not in context}}]
        variants += [around, {**around, **context, "device": other(context["device"])}]
        variants += [{**around, "device": WRONG}, {key: around[key] for key in around if key != "device"}]
        lines += [written({**IOS_CALL, "context": each}, 0) for each in variants[::order]]
    content = b"\n".join(lines).replace(b'"1e999"', b"1e999")
    is_found_the_same(content)


def test_the_text_of_a_device_is_not_taken_from_the_members_before_it() -> None:
    lines = [
        line({"type": "track", "event": "x", "userId": "u", "context": {"library": {"name": name}, "device": name}})
        for name in ("one", "two", "one", "two")
    ]
    content, settings = b"\n".join([GOOD, *lines]), Settings(select=("KCH3",))
    found = is_found_the_same(content, settings)
    assert {name: tally.calls for name, tally in found[1].libraries.items()} == {
        "analytics-swift": 1,
        "one": 2,
        "two": 2,
    }
