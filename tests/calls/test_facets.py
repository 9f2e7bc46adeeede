"""What calls are grouped by."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.calls.facets import FACETS
from segkoch_lint.findings.redaction.masking import Secret
from tests.conftest import IOS_CALL, Ran

LIBRARY = {"context": {"library": {"name": "analytics-kotlin", "version": "1.19.1"}, "device": {"type": "android"}}}


@pytest.mark.parametrize(
    ("facet", "message", "value"),
    [
        ("library", LIBRARY, "analytics-kotlin"),
        ("library", {"context": None}, ""),
        ("version", LIBRARY, "analytics-kotlin 1.19.1"),
        ("version", {"context": {"library": {"name": "own"}}}, "own"),
        ("platform", LIBRARY, "android"),
        ("platform", {"context": {"device": {"type": 1}}}, ""),
        ("event", {"type": "track", "event": "Order Completed"}, "Order Completed"),
        ("event", {"type": "track", "event": 17}, ""),
        ("event", {"type": "identify", "event": "Order Completed"}, "(identify)"),
        ("event", {"type": "track", "event": "mail ada@example.com"}, "mail …@…"),
        ("day", {"timestamp": "2026-03-01T23:59:59.123Z"}, "2026-03-01"),
        ("day", {"timestamp": "2026-03-01T23:59:59-02:00"}, "2026-03-02"),
        ("day", {"timestamp": "yesterday", "originalTimestamp": 5, "receivedAt": "2026-03-03T00:00:00Z"}, "2026-03-03"),
        ("day", {"timestamp": "0001-01-01T00:00:00+09:00", "sentAt": "2026-03-04"}, "2026-03-04"),
        ("day", {}, ""),
        ("source", {"projectId": "exampleProject7", "writeKey": "EXAMPLEKEY"}, "exampleProject7"),
        ("source", {"writeKey": "EXAMPLEKEY"}, Secret("EXAMPLEKEY")),
        ("source", {}, ""),
    ],
)
def test_a_facet_groups_calls_by_its_value(facet: str, message: dict[str, Any], value: str | Secret) -> None:
    assert FACETS[facet].value(message) == value


def log(folder: Path) -> Path:
    good = {**IOS_CALL, "writeKey": "EXAMPLEWRITEKEY7"}
    bad = json.loads(json.dumps(good))
    del bad["context"]["device"]["id"]
    other = {**IOS_CALL, "type": "identify", "context": {**IOS_CALL["context"], "library": {"name": "own"}}}
    file = folder / "log.ndjson"
    file.write_text("".join(json.dumps(call) + "\n" for call in (good, good, good, bad, other)))
    return file


def test_groups_break_the_closing_table_down(program: Callable[..., Ran], tmp_path: Path) -> None:
    report = tmp_path / "out.json"
    run = program("check", "-q", "--group-by", "version,platform", str(log(tmp_path)), "--output", f"json:{report}")
    lines = [line.split() for line in run.out.splitlines()]
    assert ["version", "platform", "calls", "checked", "ready", "limited", "faulty", "share", "ready"] in lines
    assert ["KCH104", "missing-device-id", "1", "25.0%"] in lines
    first, second = json.loads(report.read_text())["summary"]["groups"]
    assert (first["calls"], first["checked"], first["usable"]) == (4, 4, 3)
    assert (first["ready"], first["limited"], first["faulty"]) == (3, 0, 1)
    assert first["rules"]["KCH104"] == {"calls": 1, "rate": 0.25}
    assert second["group"] == {"version": "own", "platform": "ios"}


def test_one_run_has_a_table_for_each_grouping(program: Callable[..., Ran], tmp_path: Path) -> None:
    run = program("check", "-q", "--group-by", "event", "--group-by", "platform,version", str(log(tmp_path)))
    tables = {table.split("\n")[0].split("  ")[0]: table for table in run.out.split("\n\n")}
    by_event = [line.split() for line in tables["event"].splitlines()]
    assert by_event[1][:3] == ["Order", "Completed", "4"]
    assert by_event[-1][:2] == ["(identify)", "1"]
    by_both = [line.split() for line in tables["platform"].splitlines()]
    assert by_both[0][:2] == ["platform", "version"]
    assert [line[-6] for line in by_both if line[0] == "ios"] == ["4", "1"]
    report = json.loads(
        program("check", "--group-by=event", "--group-by=platform, version", "--format=json", str(log(tmp_path))).out
    )
    groups = report["summary"]["groups"]
    assert [list(each["group"]) for each in groups] == [["event"]] * 2 + [["platform", "version"]] * 2
    assert [each["calls"] for each in groups] == [4, 1, 4, 1]
    assert [each["rules"].get("KCH104", {}).get("calls") for each in groups] == [1, None, 1, None]


def test_a_grouping_that_is_given_twice_is_one_table(program: Callable[..., Ran], tmp_path: Path) -> None:
    run = program("check", "-q", "--group-by=event,event", "--group-by", " event ", "--group-by=", str(log(tmp_path)))
    assert sum(line.startswith("event ") for line in run.out.splitlines()) == 1


def test_write_keys_in_groups_are_masked_unless_they_are_revealed(program: Callable[..., Ran], tmp_path: Path) -> None:
    file = str(log(tmp_path))
    for form in ("text", "json", "json-lines"):
        masked = program("check", "-q", "--group-by", "source", "--format", form, file).out
        assert "EXAMPLEWRITEKEY7" not in masked
        assert "EXAMPLEWRITEKEY7" in program("check", "-q", "--group-by=source", "--show-ids", "-f", form, file).out
    assert "(none)" in program("check", "-q", "--group-by", "source", file).out


def test_the_error_about_an_unknown_facet_names_the_most_similar_one(
    program: Callable[..., Ran], tmp_path: Path
) -> None:
    run = program("check", "--group-by", "platfrom", str(log(tmp_path)))
    assert run.status == 2
    assert "platform" in run.err
