"""The made-up logs: the same options make the same bytes, and the shares are what they say."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.calls import SERVER_LIBRARIES, Mix, encoded_calls
from benchmarks.generate import write
from benchmarks.population import MOBILE_LIBRARIES
from segkoch_lint.linter import Linter

CLEAN = Mix(users=40, refused_share=0, fault_share=0, switched_off_share=0)


def calls_of(mix: Mix, count: int = 400) -> list[dict[str, Any]]:
    return [json.loads(line) for line in encoded_calls(mix, range(count)).splitlines()]


def by_server(call: dict[str, Any]) -> bool:
    return call["context"]["library"]["name"] in SERVER_LIBRARIES


@pytest.mark.slow
def test_the_same_options_make_the_same_bytes(tmp_path: Path) -> None:
    one, two, other = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    write(one, Mix(), 2_500)
    write(two, Mix(), 2_500)
    write(other, Mix(seed=2), 2_500)
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()
    assert one.read_bytes().count(b"\n") == 2_500
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["1", "2", "3"]


def test_logs_are_the_same_on_every_machine() -> None:
    # Another sum means that figures cannot be compared with those before: docs/benchmarks.md has to be measured anew.
    mix = Mix(server_share=0.4, fault_share=0.3)
    lines = encoded_calls(mix, range(5_000, 5_500)) + encoded_calls(replace(mix, small=True, users=9), range(500))
    assert hashlib.sha256(lines).hexdigest()[:16] == "dfd0af5cc0a66cdd"


def test_lines_are_compact_json_with_sorted_members() -> None:
    for line in encoded_calls(Mix(fault_share=0.5), range(500)).splitlines():
        call = json.loads(line)
        assert json.dumps(call, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == line


def test_200_000_calls_are_about_245_megabytes() -> None:
    assert len(encoded_calls(Mix(users=500), range(5_000))) / 5_000 == pytest.approx(1_225, rel=0.02)
    assert len(encoded_calls(Mix(users=500, small=True), range(1_000))) / 1_000 == pytest.approx(500, rel=0.1)


def test_calls_without_faults_and_refusals_break_no_rule() -> None:
    assert list(Linter().bytes(encoded_calls(CLEAN, range(1_000)))) == []


def test_faults_and_refusals_break_rules() -> None:
    faulty = list(Linter().bytes(encoded_calls(replace(CLEAN, fault_share=1), range(1_000))))
    assert {finding.code for finding in faulty} >= {
        "KCH101",
        "KCH102",
        "KCH103",
        "KCH104",
        "KCH105",
        "KCH106",
        "KCH108",
    }
    refused = replace(CLEAN, refused_share=1)
    delivered = sum(call["type"] != "screen" for call in calls_of(refused))
    findings = list(Linter().bytes(encoded_calls(refused, range(400))))
    assert {finding.code for finding in findings} == {"KCH106", "KCH119"}
    assert len(findings) == delivered


def test_servers_send_what_the_apps_of_the_same_user_send_under_another_name() -> None:
    ids: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    calls = calls_of(CLEAN, 4_000)
    for call in calls:
        if not by_server(call) and "userId" in call:
            ids[call["userId"]].add((call["context"]["device"]["id"], call["context"]["device"]["advertisingId"]))
    of_servers = [call for call in calls if by_server(call)]
    assert len(of_servers) == pytest.approx(800, rel=0.1)
    for call in of_servers:
        device = call["context"]["device"]
        assert (device["id"], device["advertising_id"]) in ids[call["userId"]]


def test_calls_before_login_carry_an_anonymous_id_that_the_log_links_to_one_user() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    calls = calls_of(CLEAN, 4_000)
    for call in calls:
        if "userId" in call and "anonymousId" in call:
            users[call["anonymousId"]].add(call["userId"])
    anonymous = [call for call in calls if "userId" not in call]
    assert anonymous
    assert not any(by_server(call) or call["type"] == "identify" for call in anonymous)
    assert all(len(users[call["anonymousId"]]) == 1 for call in anonymous)


def test_calls_vary_as_in_a_shop() -> None:
    calls = calls_of(Mix(users=300), 3_000)
    kinds = [call["type"] for call in calls]
    assert set(kinds) == {"track", "identify", "screen", "page"}
    assert kinds.count("track") / len(kinds) > 0.7
    assert {call["context"]["library"]["name"] for call in calls} == {*MOBILE_LIBRARIES, *SERVER_LIBRARIES}
    assert len({call["messageId"] for call in calls}) == len(calls)
    assert all(call["originalTimestamp"] <= call["sentAt"] <= call["receivedAt"] for call in calls)
    assert any(call["integrations"] == {"Kochava": False} for call in calls)


@pytest.mark.slow
def test_the_command_line_chooses_the_mix(tmp_path: Path) -> None:
    path = tmp_path / "log.ndjson"
    options = "--mobile-sdks analytics-swift=2,analytics-ios --server-sdks analytics-go --server-share 0.5 --users 3"
    assert main(["generate", *options.split(), "--calls", "300", str(path)]) == 0
    calls = [json.loads(line) for line in path.read_bytes().splitlines()]
    names = [call["context"]["library"]["name"] for call in calls]
    assert set(names) == {"analytics-swift", "analytics-ios", "analytics-go"}
    assert {call["userId"] for call in calls if "userId" in call} == {"user-0", "user-1", "user-2"}
    assert names.count("analytics-go") == pytest.approx(150, rel=0.2)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--mobile-sdks=analytics-cobol=1", "'analytics-cobol=1' is none of analytics-swift"),
        ("--mobile-sdks=analytics-swift=many", "is none of"),
        ("--server-sdks=analytics-go=0", "leaves no SDK"),
        ("--fault-share=1.5", "a share is from 0 to 1"),
        ("--users=0", "a number from 1 on, not '0'"),
    ],
)
def test_a_wrong_option_is_told(option: str, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["generate", option, str(tmp_path / "log")])
    assert exited.value.code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
