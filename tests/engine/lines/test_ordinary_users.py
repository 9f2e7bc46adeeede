"""Users about whom nothing can be found are only counted by the core; all findings and figures stay the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.settings import Settings
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.linter import Linter
from tests.engine.lines.logs import NATIVE, is_found_the_same, linted, way
from tests.identity.saying import app, call, server

LIMITED = Settings(select=("KCH2",), rule_limits={"shared-device-users": 2, "many-devices": 2})


def device_id(number: int) -> str:
    return f"5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F{number:02X}"


def advertising_id(number: int) -> str:
    return f"A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A9{number:02X}"


def lines_of(calls: Sequence[Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in calls)


@st.composite
def populations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Calls of some users, most of them ordinary: sometimes one has an id of another, or another platform."""
    calls: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(0, 25))):
        user = draw(st.integers(0, 5))
        other = draw(st.sampled_from([user] * 12 + [0, 1, 2]))
        number = 2 * other + draw(st.sampled_from([0, 0, 0, 1]))
        ids = (
            draw(st.sampled_from([device_id(number)] * 4 + [None, device_id(number).lower()])),
            draw(st.sampled_from([advertising_id(number)] * 4 + [None, advertising_id(number).replace("-", "")])),
        )
        who = draw(
            st.sampled_from(
                [
                    {"userId": f"u{user}"},
                    {"userId": f"u{user}", "anonymousId": f"a{user}"},
                    {"anonymousId": f"a{user}"},
                    {"anonymousId": f"u{user}"},
                    {"userId": "guest"},
                ]
            )
        )
        library = draw(st.sampled_from(["analytics-swift", "analytics-swift", "analytics-ruby", "analytics.js"]))
        platform = "android" if user % 2 else "ios"
        calls.append(call(library, *ids, platform=draw(st.sampled_from([platform] * 9 + ["ios"])), **who))
        if draw(st.integers(0, 12)) == 0:
            calls.append({"type": "alias", "previousId": f"{draw(st.sampled_from('au'))}{other}", "userId": f"u{user}"})
        if draw(st.integers(0, 12)) == 0:
            calls.append({"type": "identify", "anonymousId": f"a{other}", "userId": f"u{user}"})
    return calls


@pytest.mark.slow
@settings(max_examples=80)
@given(populations(), st.sampled_from([LIMITED, Settings(select=("KCH2",))]))
def test_findings_and_counts_of_users_are_the_same(calls: list[dict[str, Any]], chosen: Settings) -> None:
    is_found_the_same(lines_of([app(device_id(99)), *calls]), chosen)


@pytest.mark.skipif(not has_core(), reason="the core leaves these users out")
def test_only_users_that_may_have_findings_are_compared() -> None:
    calls = [
        side(device_id(number), advertising_id(number), userId=f"u{number}", anonymousId=f"a{number}")
        for number, side in product(range(20), (app, server))
    ]
    calls += [server(device_id(77), userId="u7"), app(device_id(8), userId="u5")]
    with way(NATIVE):
        linter = Linter(LIMITED)
        findings = list(linter.bytes(lines_of(calls), "log.ndjson"))
        assert linter.identity is not None
        # The first line is always read in Python, so the user of it is compared, too.
        assert linter.identity.leave_out_ordinary(2) == [(True, True, True, True, 16)]
        linter.identity.close()
    assert not findings
    found, summary = linted(lines_of(calls), LIMITED, by=NATIVE)
    assert {each.code for each in found} == {"KCH201", "KCH204"}
    assert (summary.identity.users, summary.identity.compared) == (20, 20)


def test_ids_in_lines_that_the_core_cannot_read_belong_to_the_same_users() -> None:
    calls = [app(device_id(1), userId="u1"), app(device_id(2), userId="u2"), app(device_id(3), userId="u3")]
    odd = [server(device_id(4), userId="u1"), server(device_id(2).lower(), userId="u4")]
    lines = lines_of(calls) + lines_of(odd).replace(b'"userId"', b'"user\\u0049d"')
    found, _ = is_found_the_same(lines, LIMITED)
    assert {each.code for each in found} == {"KCH201", "KCH204"}
