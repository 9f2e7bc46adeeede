"""Event names that are alike: KCH307."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Linter, Settings, lint, resources
from segkoch_lint.identity.database import folded_event
from segkoch_lint.identity.event_names import EventCalls, EventSet
from tests.identity.saying import DATABASES, app, server, told

ONLY = Settings(select=("KCH307",))


def track(event: Any, library: str = "swift", **more: Any) -> dict[str, Any]:
    return {**(app if library == "swift" else server)(None), "event": event, **more}


def found(calls: list[dict[str, Any]], settings: Settings = ONLY) -> list[tuple[str, str]]:
    return [(finding.location.pointer, finding.message) for finding in lint(calls, settings=settings)]


@pytest.mark.parametrize("name", ["order completed", "ORDER_COMPLETED", "Order-Completed", " orderCompleted\t"])
def test_names_are_alike_but_for_case_white_space_underscores_and_hyphens(name: str) -> None:
    assert folded_event(name) == folded_event("Order Completed")


def test_the_rarer_name_is_blamed_and_the_commonest_shown() -> None:
    calls = [track("order_completed", "ruby"), track("Order Completed"), track("Order Completed"), track("Other")]
    (finding,) = lint(calls, settings=ONLY)
    assert (finding.code, finding.location.pointer) == ("KCH307", "/0/event")
    assert [(place.pointer, place.message) for place in finding.related] == [("/1/event", "the commonest name")]
    assert '"order_completed" differs from "Order Completed" only in case' in finding.message
    assert finding.message.endswith("; 1 call of analytics-ruby")
    assert finding.properties == {"calls": 1, "libraries": ["analytics-ruby"]}


def test_there_is_one_finding_for_each_set_whatever_the_number_of_its_names() -> None:
    names = ["a b", "a b", "a b", "A B", "A B", "a_b", "ab", "c", "C"]
    linter = Linter(ONLY)
    list(linter.value([track(name) for name in names]))
    findings, (_, rules) = told(linter)
    assert [finding.location.pointer for finding in findings] == ["/6/event", "/8/event"]
    assert [finding.properties["calls"] for finding in findings] == [4, 1]
    assert rules["KCH307"] == (2, 5)
    assert linter.summary.identity is None


@pytest.mark.parametrize(
    "call",
    [
        {"type": "page", "event": "X"},
        track("X", integrations={"Kochava": False}),
        track("X", type="screen"),
        track(7),
        track(" "),
    ],
)
def test_only_delivered_track_calls_count(call: dict[str, Any]) -> None:
    assert found([track("x"), call]) == []


@pytest.mark.parametrize("way", DATABASES)
def test_files_in_which_the_rule_is_ignored_are_compared_with_but_not_blamed(way: str, tmp_path: Path) -> None:
    for name, events in {"old": ["a_b", "AB"], "new": ["A B", "A B", "A B", "a-b", "a-b"]}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps([track(event) for event in events]))
    settings = Settings(select=("KCH307",), per_file_ignores={"old*": ("KCH307",)}, root=tmp_path)
    linter = Linter(settings)
    linter.identity = DATABASES[way]()
    list(linter.paths([str(tmp_path)]))
    (finding,) = linter.identity_findings()
    assert (Path(finding.location.path).name, finding.location.pointer) == ("new.json", "/3/event")
    assert '"a-b" differs from "A B" only in case' in finding.message
    assert finding.properties["calls"] == 2


def test_a_rule_of_your_own_judges_every_name(tmp_path: Path) -> None:
    rule = json.loads((resources.directory() / "rules" / "KCH307-event-name-variants.json").read_text())
    rule["title"], rule["rule"]["code"] = "title-case", "ACME001"
    rule["rule"]["message"] = "the event name {/name} is not in title case; {calls}"
    rule["properties"] = {"name": {"pattern": "^[A-Z]"}}
    rule["counterexamples"] = [{"patch": [{"op": "add", "path": "/name", "value": "x"}], "place": "/name"}]
    (tmp_path / "ACME001.json").write_text(json.dumps(rule))
    calls = [track("Fine"), track("wrong"), track("wrong"), track("fine")]
    assert found(calls, Settings(select=("ACME001",), rules=(tmp_path,))) == [
        ("/1/event", 'the event name "wrong" is not in title case; 2 calls'),
        ("/3/event", 'the event name "fine" is not in title case; 1 call'),
    ]


def test_names_that_look_like_personal_data_are_masked() -> None:
    (finding,) = lint([track("Mail to jane@example.com"), track("mail to jane@example.com")], settings=ONLY)
    assert "jane@" not in finding.message


def test_a_name_is_placed_in_a_log_a_table_and_a_document(tmp_path: Path) -> None:
    log = tmp_path / "log.ndjson"
    log.write_text("".join(json.dumps(track(event)) + "\n" for event in ["A B"] * 9 + ["a_b"]))
    table = tmp_path / "table.csv"
    table.write_text(
        "type,event,context_device_type,context_device_id,context_library_name\n"
        "track,A B,ios,x,analytics-swift\ntrack,a-b,ios,x,analytics-swift\n"
    )
    for file, line in ((log, 10), (table, 3)):
        (finding,) = lint(file, settings=ONLY)
        assert finding.location.span is not None
        assert finding.location.span.line == line


@pytest.mark.parametrize(("number", "listed"), [(99, 99), (100, 100), (101, 100), (250, 100)])
def test_a_summary_lists_the_hundred_commonest_names(number: int, listed: int) -> None:
    names = [f"{'_' * (each % 16)}order{'_' * (each // 16)}" for each in range(number)]
    calls = [EventCalls("order", name, 300 - rank, "analytics-swift", "", "0", 1) for rank, name in enumerate(names)]
    summary = EventSet(calls).summary()
    assert summary == {"name": names[-1], "commonest": names[0], "names": names[:listed]}
