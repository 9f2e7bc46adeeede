"""What messages say of a value that is not right: missing, null, empty, blank or of another type."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from segkoch_lint import Linter
from segkoch_lint.findings.position import path_of
from tests.conftest import IOS_CALL

MISSING = object()


def message(code: str, pointer: str, value: Any) -> str:
    call = copy.deepcopy(IOS_CALL)
    *way, last = map(str, path_of(pointer))
    holder: Any = call
    for step in way:
        holder = holder[step]
    if value is MISSING:
        del holder[last]
    else:
        holder[last] = value
    (found,) = [finding.message for finding in Linter().value(call) if finding.code == code]
    return found


@pytest.mark.parametrize(
    ("code", "pointer", "start"),
    [
        ("KCH101", "/context/device", "context.device is "),
        ("KCH102", "/context/device/type", "context.device.type is "),
        ("KCH104", "/context/device/id", "context.device.id is "),
        ("KCH302", "/event", "the event name is "),
    ],
)
def test_missing_null_empty_and_blank_are_distinguished(code: str, pointer: str, start: str) -> None:
    assert message(code, pointer, MISSING).startswith(f"{start}missing")
    assert message(code, pointer, None).startswith(f"{start}null")
    if code != "KCH101":  # an object is wanted there; a text is of another type
        assert message(code, pointer, "").startswith(f"{start}empty")
        assert message(code, pointer, " \t").startswith(f"{start}blank")


@pytest.mark.parametrize(
    ("code", "pointer", "value", "words"),
    [
        ("KCH101", "/context/device", [], "an empty list, not an object"),
        ("KCH101", "/context/device", "ios", 'is "ios", not an object'),
        ("KCH103", "/context/device/type", 5, "context.device.type is 5"),
        ("KCH104", "/context/device/id", {"a": 1}, "an object, not a string"),
        ("KCH105", "/context/device/advertisingId", [], "an empty list, not a string"),
        ("KCH302", "/event", 5, "the event name is 5, not a string"),
        ("KCH301", "/userId", MISSING, "there is neither userId nor anonymousId"),
        ("KCH301", "/userId", None, "userId is null"),
        ("KCH301", "/userId", "", "userId is empty"),
        ("KCH301", "/userId", " ", "userId is blank"),
        ("KCH301", "/userId", {}, "an empty object, not a string"),
        ("KCH310", "/userId", "Guest", 'userId "Guest" is a placeholder'),
    ],
)
def test_the_message_shows_the_value_that_is_there_instead(code: str, pointer: str, value: Any, words: str) -> None:
    assert words in message(code, pointer, value)
