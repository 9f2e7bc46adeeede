"""Captured calls, replayed against two versions of a plan."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.errors import UsageError
from tests.conftest import IOS_CALL
from tests.plans.plan_files import (
    DEVICE,
    config_api,
    diff,
    guard,
    rule,
)

pytestmark = pytest.mark.slow


def call(event: str = "A", **device: Any) -> dict[str, Any]:
    made = copy.deepcopy(IOS_CALL)
    made["event"] = event
    made["context"]["device"] = {
        name: value for name, value in {**made["context"]["device"], **device}.items() if value != "DROP"
    }
    return made


def logged(tmp_path: Path, *calls: Any) -> str:
    path = tmp_path / "log.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in calls))
    return str(path)


OPEN_GUARD = guard({key: value for key, value in DEVICE.items() if key != "additionalProperties"})


def test_a_replay_counts_what_the_new_version_blocks_and_lets_through(tmp_path: Path) -> None:
    screen = {**call(id="DROP"), "type": "screen"}
    calls = [call(), call(id="DROP"), call(type="iOS"), call(event="B"), call(event="B", id="DROP"), screen]
    old = config_api(None, {"A": {}, "B": {"required": ["nothing"]}})
    new = config_api(OPEN_GUARD, {"A": {}, "B": {}})
    _, checker = diff(tmp_path, old, new, logged(tmp_path, *calls))
    replay = checker.tally.replay
    assert replay is not None
    assert (replay.calls, replay.blocked, replay.useless_blocked, replay.useful_blocked) == (6, 3, 2, 0)
    assert (replay.let_through, replay.useless_left) == (1, 0)


def test_good_calls_that_would_be_blocked_are_counted_apart(tmp_path: Path) -> None:
    log = logged(tmp_path, call(), call(event="B"))
    _, checker = diff(tmp_path, config_api(None, {"A": {}}), config_api(None, {"A": {"required": ["x"]}}), log)
    replay = checker.tally.replay
    assert replay is not None
    assert (replay.blocked, replay.useful_blocked, replay.useless_blocked) == (1, 1, 0)


def test_calls_in_envelopes_are_replayed(tmp_path: Path) -> None:
    message = {"messageId": "made-up", "body": json.dumps(call(event="B"))}
    capture = {"Records": [message, {**message, "body": "no call"}]}
    log = logged(tmp_path, {"payload": call()}, capture, {"unknown": call()})
    _, checker = diff(tmp_path, config_api(None, {"A": {}}), config_api(None, {"A": {"required": ["x"]}}), log)
    replay = checker.tally.replay
    assert replay is not None
    assert (replay.calls, replay.blocked) == (2, 1)


def test_calls_are_validated_against_the_version_of_the_event_that_they_name_or_else_the_oldest(tmp_path: Path) -> None:
    plan = [rule("A", {"required": ["x"]}, version=2), rule("A", {})]
    log = [call(), call(), call(), call(event="C")]
    log[1]["context"]["protocols"] = {"event_version": 2}
    log[2]["context"]["protocols"] = {"event_version": 3.2}
    _, checker = diff(tmp_path, [rule("A", {}), rule("A", {}, version=2)], plan, logged(tmp_path, *log))
    replay = checker.tally.replay
    assert replay is not None
    assert (replay.calls, replay.blocked) == (4, 1)


def test_inputs_of_a_replay_that_cannot_be_read_are_reported(tmp_path: Path) -> None:
    log = Path(logged(tmp_path, call()))
    log.write_text(log.read_text() + '{"type": "tra\n')
    plan = config_api(guard(), {"A": {"$ref": "urn:x"}})
    _, checker = diff(tmp_path, plan, plan, str(log), str(tmp_path / "none"))
    assert checker.summary.unread == [(str(tmp_path / "none"), "no such file or folder")]
    assert checker.summary.remarks == [(str(log), "broken documents or lines that were not replayed: 1")]
    assert checker.tally.replay is not None
    assert checker.tally.replay.calls == 1


def test_a_replay_that_takes_too_long_makes_the_run_incomplete(tmp_path: Path) -> None:
    from tests.plans.probe.test_validators import bomb

    plan = config_api(None, {"B": bomb()})
    log = logged(tmp_path, call(event="B"))
    _, checker = diff(tmp_path, config_api(None, {"B": {}}), plan, log, seconds=1)
    assert "takes too long" in checker.summary.unread[-1][1]


def test_a_replay_is_of_one_plan(tmp_path: Path) -> None:
    several = {"tracking_plans": [config_api(None, {}), {**config_api(None, {}), "display_name": "Other"}]}
    with pytest.raises(UsageError, match="of one plan, not of 2 plans"):
        diff(tmp_path, several, several, logged(tmp_path, call()))


def test_a_replay_counts_by_event_what_each_version_blocks_and_what_has_no_rule(tmp_path: Path) -> None:
    zeros = "00000000-0000-0000-0000-000000000000"
    calls = [
        *[call("A")] * 3,
        call("A", id="DROP"),
        call("A", advertisingId=zeros, adTrackingEnabled=False),
        *[call("B")] * 2,
        call("C"),
        {**call("x"), "type": "identify"},
    ]
    old = config_api(None, {"A": {}, "B": {"required": ["nothing"]}})
    new = config_api(None, {"A": {"required": ["more"]}, "B": {"required": ["nothing"]}})
    _, checker = diff(tmp_path, old, new, logged(tmp_path, *calls))
    replay = checker.tally.replay
    assert replay is not None
    events = {
        name: (each.calls, each.blocked, each.blocked_by_both, each.without_rule)
        for name, each in replay.events.items()
    }
    assert events == {
        ("track", "A"): (5, 5, 0, 0),
        ("track", "B"): (2, 0, 2, 0),
        ("track", "C"): (1, 0, 0, 1),
        ("identify", ""): (1, 0, 0, 1),
    }
    first = replay.events["track", "A"]
    assert (first.useful, first.useful_blocked, first.limited_blocked, first.useless_blocked) == (3, 3, 1, 1)
    assert (replay.calls, replay.useful, replay.blocked_by_both, replay.without_rule) == (9, 7, 2, 2)


@pytest.mark.parametrize("version", ["old", "new", "common"])
def test_calls_whose_schema_cannot_be_probed_are_counted_apart(version: str, tmp_path: Path) -> None:
    unusable = {"$ref": "urn:x"}
    plans = {name: config_api(None, {"A": unusable if name == version else {}, "B": {}}) for name in ("old", "new")}
    if version == "common":
        plans["new"]["rules"]["global"] = unusable
    _, checker = diff(tmp_path, plans["old"], plans["new"], logged(tmp_path, call("A"), call("B")))
    replay = checker.tally.replay
    assert replay is not None
    assert (replay.calls, replay.unasked, replay.useful) == ((2, 2, 0) if version == "common" else (2, 1, 1))


def test_names_of_events_that_are_ids_are_masked(tmp_path: Path) -> None:
    name = "b7e41c09-55d2-4f3a-8a60-17c2d9e0f384"
    plan = config_api(None, {"A": {}})
    _, checker = diff(tmp_path, plan, plan, logged(tmp_path, call(name)))
    assert checker.tally.replay is not None
    assert name not in repr(checker.tally.replay.events)
