"""What a Segment call is, and what only looks like one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.calls.signs import SIGN_KEYS, Classification, ObjectKind, classify, shows_signs

SIGNS: list[dict[str, Any]] = [
    *({key: "x"} for key in SIGN_KEYS),
    {"userId": None},
    {"context": {"device": None}},
    {"context": {"library": {"name": "analytics-ios"}}},
]


@pytest.mark.parametrize("call_type", CALL_TYPES)
@pytest.mark.parametrize("sign", SIGNS)
def test_a_type_and_a_strong_sign_make_a_call(call_type: str, sign: dict[str, Any]) -> None:
    assert classify({"type": call_type, **sign}) == Classification(ObjectKind.CALL, call_type)


@pytest.mark.parametrize("call_type", CALL_TYPES)
@pytest.mark.parametrize(
    "more",
    [{}, {"timestamp": "x", "properties": {}, "traits": {}, "context": {}}, {"message_id": "x"}, {"context": "device"}],
)
def test_a_type_and_weak_signs_make_a_call_where_calls_are_expected(call_type: str, more: dict[str, Any]) -> None:
    assert classify({"type": call_type, **more}) == Classification(ObjectKind.CALL_IF_CLAIMED, call_type)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ({"type": "track", "event": "Order"}, Classification(ObjectKind.CALL, "track")),
        ({"type": "track", "event": {"name": "Order"}}, Classification(ObjectKind.CALL_IF_CLAIMED, "track")),
        ({"type": "page", "event": "Order"}, Classification(ObjectKind.CALL_IF_CLAIMED, "page")),
        # messages about deleted users
        ({"type": "delete", "userId": "u"}, Classification(ObjectKind.CALL, "delete")),
        ({"type": "delete", "userId": 5}, Classification(ObjectKind.OTHER)),
        ({"type": "delete", "user_id": "u"}, Classification(ObjectKind.OTHER)),
        # no type, or none that is one
        ({"event": "Order", "userId": "u"}, Classification(ObjectKind.CALL, "track")),
        ({"type": None, "event": "Order", "messageId": "m"}, Classification(ObjectKind.CALL, "track")),
        ({"type": " ", "event": "Order", "anonymous_id": "a"}, Classification(ObjectKind.CALL, "track")),
        ({"type": 5, "event": "Order", "context": {"device": {}}}, Classification(ObjectKind.CALL, "track")),
        ({"event": "Order"}, Classification(ObjectKind.CALL_IF_CLAIMED, "track")),
        ({"userId": "u", "traits": {}}, Classification(ObjectKind.CALL, "identify")),
        ({"user_id": "u", "context": {"device": {}}}, Classification(ObjectKind.CALL, "identify")),
        ({"userId": "u", "context": {"device": {}}, "properties": {}}, Classification(ObjectKind.CALL, "page")),
        ({"userId": "u", "traits": {}, "groupId": "g"}, Classification(ObjectKind.CALL, "group")),
        ({"userId": "u", "traits": {}, "groupId": "g", "previousId": "p"}, Classification(ObjectKind.CALL, "alias")),
        ({"userId": "u", "groupId": "g"}, Classification(ObjectKind.CALL_IF_CLAIMED, "group")),
        ({"userId": "u", "previousId": "p"}, Classification(ObjectKind.CALL_IF_CLAIMED, "alias")),
        ({"userId": "u", "properties": {}}, Classification(ObjectKind.OTHER)),
        ({"groupId": "g", "previousId": "p"}, Classification(ObjectKind.OTHER)),
        ({"context": {"device": {}}, "traits": {}}, Classification(ObjectKind.OTHER)),
        # lines of applications' logs
        ({"event": "login", "userId": "u", "level": "info"}, Classification(ObjectKind.LOG_LINE)),
        ({"event": "login", "messageId": "m", "severity": 3}, Classification(ObjectKind.LOG_LINE)),
        ({"event": "login", "logger": "app"}, Classification(ObjectKind.LOG_LINE)),
        ({"type": "page", "msg": "x"}, Classification(ObjectKind.LOG_LINE)),
        ({"type": "track", "event": "Order", "level": 3}, Classification(ObjectKind.CALL, "track")),
        (
            {"event": "x", "level": 3, "userId": "u", "context": {"device": {}}},
            Classification(ObjectKind.CALL, "track"),
        ),
        # other products
        ({"event": "Order", "properties": {"distinct_id": "d", "token": "t"}}, Classification(ObjectKind.MIXPANEL)),
        ({"type": "track", "properties": {"distinct_id": "d"}}, Classification(ObjectKind.MIXPANEL)),
        (
            {"type": "track", "event": "Order", "properties": {"distinct_id": "d"}},
            Classification(ObjectKind.CALL, "track"),
        ),
        ({"event": "push", "repository": {}}, Classification(ObjectKind.CALL_IF_CLAIMED, "track")),
        # an object is not an event's name
        ({"event": {"type": "track", "userId": "u"}}, Classification(ObjectKind.EVENT_OBJECT)),
        ({"event": {}, "userId": "u"}, Classification(ObjectKind.EVENT_OBJECT)),
        ({"event": {}, "userId": "u", "traits": {}}, Classification(ObjectKind.CALL, "identify")),
        # what SDKs say of themselves
        ({"series": [{"type": "Counter", "metric": "x"}]}, Classification(ObjectKind.METRICS)),
        ({"series": [{"type": "line"}]}, Classification(ObjectKind.OTHER)),
        ({"series": []}, Classification(ObjectKind.OTHER)),
        # bodies for /v1/page
        ({"name": "Home", "userId": "u", "timestamp": "x"}, Classification(ObjectKind.NO_TYPE)),
        ({"name": "Home", "anonymous_id": "u", "writeKey": "x"}, Classification(ObjectKind.NO_TYPE)),
        ({"name": "Home", "userId": "u"}, Classification(ObjectKind.OTHER)),
        ({"name": "Home", "timestamp": "x"}, Classification(ObjectKind.OTHER)),
        ({}, Classification(ObjectKind.OTHER)),
    ],
)
def test_the_first_description_that_fits_decides(value: dict[str, Any], shape: Classification) -> None:
    assert classify(value) == shape


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        *((call_type.upper(), call_type) for call_type in CALL_TYPES),
        *((f" {call_type}\n", call_type) for call_type in CALL_TYPES),
        ("trak", "track"),
        ("trck", "track"),
        ("Tracks", "track"),
        ("tarck", "track"),
        ("pag", "page"),
        ("grupo", ""),
        ("grup", "group"),
        ("allias", "alias"),
        ("identity", "identify"),
        ("Indentfy", "identify"),
        ("identifies", ""),
        ("sreen", "screen"),
        ("screnn", "screen"),
        ("scrren view", ""),
        ("trace log", ""),
        ("purchase", ""),
        ("x" * 5000, ""),
    ],
)
def test_a_misspelled_type_is_recognised_by_its_letters(wrong: str, meant: str) -> None:
    expected = Classification(ObjectKind.WRONG_TYPE, meant) if meant else Classification(ObjectKind.OTHER)
    assert classify({"type": wrong, "event": "x", "userId": "u"}) == expected
    assert classify({"type": wrong, "messageId": "x"}) == expected
    assert classify({"type": wrong, "context": {"library": {}}}) == expected


@pytest.mark.parametrize("more", [{}, {"userId": "u"}, {"event": "x"}, {"userId": "u", "event": {}}, {"context": {}}])
def test_a_misspelled_type_alone_is_no_sign(more: dict[str, Any]) -> None:
    assert classify({"type": "Trak", **more}) == Classification(ObjectKind.OTHER)


@given(st.sampled_from(CALL_TYPES), st.data())
def test_one_wrong_letter_anywhere_is_recognised(call_type: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(call_type) - 1))
    letter = data.draw(st.sampled_from("abcxyz_-é"))
    edits = [
        call_type[:at] + call_type[at + 1 :],
        call_type[:at] + letter + call_type[at:],
        call_type[:at] + letter + call_type[at + 1 :],
        call_type[:at] + call_type[at : at + 2][::-1] + call_type[at + 2 :],
    ]
    for wrong in set(edits) - {call_type}:
        assert classify({"type": wrong, "messageId": "m"}) == Classification(ObjectKind.WRONG_TYPE, call_type)


@pytest.mark.parametrize(
    "text",
    [
        b'{"messageId": }',
        b"{'anonymousId': 'a', 'ok': True}",
        b'{"body": "{\\"writeKey\\": \\"k\\"}",}',
        b'{"advertisingId": "x",}',
        b'{"advertising_id": "x",}',
        b'{"type": "track", "event": "Order",}',
        b'{"event": "Order", "type":"track",}',
        b'{"context": {"device": {},}}',
    ],
)
def test_quoted_keys_in_broken_text_are_signs(text: bytes) -> None:
    assert shows_signs(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b'{"compilerOptions": {"strict": true,}}',
        b"{{ .Values.messageId }}",
        b'{"type": "track", "geometry": []}',
        b'{"event": "push", "type": "page",}',
        b'{"context": {"user": 1,}}',
        b"userId: x\n  - y",
        b"\xff\xfe\x00",
    ],
)
def test_other_broken_text_has_no_signs(text: bytes) -> None:
    assert not shows_signs(text)


@given(
    st.dictionaries(
        st.sampled_from([*SIGN_KEYS, "type", "event", "context", "traits", "properties", "level", "name", "series"]),
        st.none() | st.sampled_from(["track", "delete", "trak", ""]) | st.just({"device": {}}) | st.just([{}]),
    )
)
def test_a_truncated_call_shows_its_signs(value: dict[str, Any]) -> None:
    """What is a call when it is whole is not passed over when it is broken."""
    shape = classify(value)
    assert shape.type or shape.kind not in {ObjectKind.CALL, ObjectKind.CALL_IF_CLAIMED, ObjectKind.WRONG_TYPE}
    if shape.kind is ObjectKind.CALL:
        assert shows_signs(json.dumps(value).encode()[:-1])
