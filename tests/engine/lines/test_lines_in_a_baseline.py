"""Lines in a baseline: the same are new however the lines are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.baseline import BaselineUse
from segkoch_lint.config.settings import Settings
from segkoch_lint.linter import Linter
from tests.engine.lines.logs import READ, WAYS, changed, is_found_the_same, way

DEVICE = ("context", "device")

CALLS = [
    changed((*DEVICE, "id"), ...),
    changed((*DEVICE, "id"), None),
    changed((*DEVICE, "id"), ""),
    changed((*DEVICE, "id"), "unknown"),
    changed((*DEVICE, "type"), " ios "),
    changed((*DEVICE, "type"), "I\u00f6s"),
    changed((*DEVICE, "type"), 1.50),
    changed((*DEVICE, "advertisingId"), "00000000-0000-0000-0000-000000000000"),
    changed((*DEVICE, "advertisingId"), "12345678"),
    changed(DEVICE, {"type": "Ios", "id": " x ", "advertisingId": " y "}),
    changed(DEVICE, ["x"]),
    changed(("userId",), ...),
    changed(("event",), "Order Completed"),
]


def log(calls: list[dict[str, Any]], *, ascii_only: bool) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=ascii_only) + "\n" for each in calls).encode()


def write(file: Path, content: bytes, by: str) -> None:
    with way(by):
        linter = Linter(Settings(baseline=BaselineUse(file, "write")))
        findings = [*linter.bytes(content, "log.ndjson"), *linter.identity_findings()]
        assert all(each.suppression for each in findings)
        assert linter.summary.suppressed.total() == len(findings)
        file.write_text(linter.suppressions.updated_baseline()[0].text())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("baselines") / "b.json"


@pytest.mark.slow
@settings(max_examples=20)
@given(st.lists(st.sampled_from(CALLS), min_size=1, max_size=12), st.sampled_from(CALLS), st.booleans(), st.booleans())
def test_what_was_written_in_one_way_is_old_in_all_ways_and_one_more_is_new(
    file: Path, calls: list[dict[str, Any]], new: dict[str, Any], before_ascii: bool, now_ascii: bool
) -> None:
    file.unlink(missing_ok=True)
    write(file, log(calls, ascii_only=before_ascii), READ)
    texts = {file.read_text()}
    for each in WAYS:
        write(file, log(calls[::-1], ascii_only=before_ascii), each)
        texts.add(file.read_text())
    assert len(texts) == 1
    baseline = Settings(baseline=BaselineUse(file))
    findings, summary = is_found_the_same(log(calls[::-1], ascii_only=now_ascii), baseline)
    assert not [each for each in findings if each.suppression is None]
    assert not {*summary.rules, *summary.severities}
    alone, _ = is_found_the_same(log([new], ascii_only=now_ascii))
    findings, summary = is_found_the_same(log([*calls, new], ascii_only=now_ascii), baseline)
    single = [each for each in alone if not each.code.startswith("KCH2") and each.code != "KCH307"]
    counting = [each for each in findings if each.suppression is None]
    assert sorted(each.code for each in counting if each.code in {e.code for e in single}) == sorted(
        each.code for each in single
    )
