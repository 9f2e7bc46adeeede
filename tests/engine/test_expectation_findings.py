"""Expected calls are counted the same in every way to read a log."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.expectations import Expectation
from segkoch_lint.config.settings import Settings
from segkoch_lint.engine.lines.core import has_core
from tests.engine.lines.logs import BAD, GOOD, LOG_LINES, NATIVE, READ, is_found_the_same, linted

NEVER = 10**9
"""More calls than a log has, so that each expectation is a finding with the number of calls."""

EXPECTING = Settings(
    expect=tuple(
        Expectation.of({**group, "min": NEVER})
        for group in (
            {},
            {"platform": "ios"},
            {"platform": "android", "library": "analytics-kotlin"},
            {"event": "Order Completed"},
            {"event": "(identify)", "platform": "ios"},
            {"source": "exampleProject7"},
        )
    )
)


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(LOG_LINES, max_size=30))
def test_every_way_to_read_a_log_counts_the_same(lines: list[bytes]) -> None:
    findings, summary = is_found_the_same(b"\n".join([GOOD, *lines, BAD, GOOD]), EXPECTING)
    missing = [finding for finding in findings if finding.code == "KCH601"]
    assert len(missing) == len(EXPECTING.expect)
    assert missing[0].properties["delivered"] == summary.checked


@pytest.mark.skipif(not has_core(), reason="the native core is not installed")
def test_threads_count_the_same() -> None:
    content = b"\n".join([GOOD, BAD, GOOD] * 400)
    findings, _ = linted(content, EXPECTING, by=NATIVE, jobs=2)
    assert [each for each in findings if each.code == "KCH601"] == [
        each for each in linted(content, EXPECTING, by=READ)[0] if each.code == "KCH601"
    ]
    assert [each.properties["delivered"] for each in findings if each.code == "KCH601"] == [1200, 800, 0, 1200, 0, 0]
