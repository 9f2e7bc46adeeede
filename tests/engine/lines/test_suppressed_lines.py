"""Suppressed findings of lines: the same however the lines are read, and not counted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.calls.facets import FACETS
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.written_suppressions import ConfiguredSuppression
from tests.engine.lines.logs import changed, is_found_the_same

DEVICE = ("context", "device")

CALLS = [
    changed((*DEVICE, "id"), ...),
    changed((*DEVICE, "type"), " ios "),
    changed((*DEVICE, "advertisingId"), "00000000-0000-0000-0000-000000000000"),
    changed((*DEVICE,), {"type": "Ios", "id": " x ", "advertisingId": " y "}),
    changed(("userId",), ...),
    changed(("event",), "Order Completed"),
]


def entry(codes: str, pointer: str = "", path: str = "") -> ConfiguredSuppression:
    return ConfiguredSuppression(tuple(codes.split()), "reason", path, pointer)


@pytest.mark.slow
@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(CALLS), min_size=1, max_size=20),
    st.lists(st.sampled_from(["KCH104", "KCH103", "KCH115", "KCH106", "KCH1", "ALL"]), min_size=1, max_size=2),
    st.sampled_from(["", "/context/device/id", "/context/*/type"]),
)
def test_lines_are_suppressed_the_same_however_they_are_read(
    calls: list[dict[str, object]], codes: list[str], pointer: str
) -> None:
    content = "".join(json.dumps(each) + "\n" for each in calls).encode()
    grouped = Settings(group_by=((FACETS["event"],),))
    all_findings, figures = is_found_the_same(content, grouped)
    suppressing = Settings(group_by=grouped.group_by, suppress=(entry(" ".join(codes), pointer),))
    findings, summary = is_found_the_same(content, suppressing)
    counting = [each for each in findings if each.suppression is None]
    assert [each.location for each in findings] == [each.location for each in all_findings]
    assert summary.suppressed.total() == len(findings) - len(counting)
    assert summary.severities.total() == len(counting) == sum(each.findings for each in summary.rules.values())
    assert {each.code for each in counting} == set(summary.rules)
    groups = [group for grouping in summary.groupings.values() for group in grouping.values()]
    for code, tally in summary.rules.items():
        lines = {each.location.span.line for each in counting if each.code == code and each.location.span}
        assert tally.calls == len(lines) == sum(group.rules[code] for group in groups)
    assert (summary.readiness, summary.checked) == (figures.readiness, figures.checked)


def test_a_finding_keeps_its_fix_if_the_one_before_with_the_same_fix_is_suppressed() -> None:
    bare: dict[str, Any] = {"type": "track", "event": "x", "userId": "u", "context": {"device": {"type": "ios"}}}
    library = {"name": "analytics-swift", "version": "1.6.2"}
    content = json.dumps({**bare, "context": {**bare["context"], "library": library}}).encode() + b"\n"
    before, _ = is_found_the_same(content)
    assert [bool(each.remedy) for each in before] == [True, False, False]
    after, _ = is_found_the_same(content, Settings(suppress=(entry("KCH104"),)))
    assert [bool(each.remedy) for each in after] == [True, True, False]
