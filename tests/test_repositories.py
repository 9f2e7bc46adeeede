"""Repositories that hold much besides calls: quiet about everything else, loud about a call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.repository import write as write_repository
from segkoch_lint.linter import Linter
from tests.conftest import Ran

Program = Callable[..., Ran]


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


OTHERS: Mapping[str, str] = {
    "tsconfig.json": '{\n  // strict, as everywhere\n  "compilerOptions": {\n    "strict": true, /* yes */\n  },\n}\n',
    ".vscode/settings.json": '{\n  "editor.tabSize": 2, // two\n}\n',
    "empty.json": "",
    "chart/values.yaml": "image:\n  repository: shop\n  tag: latest\n",
    "chart/templates/deployment.yaml": "{{- if .Values.enabled }}\nkind: Deployment\nmetadata:\n"
    '  name: {{ .Release.Name }}\n  labels: {{ include "shop.labels" . | nindent 4 }}\n{{- end }}\n',
    "stack.yaml": "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n"
    "      TopicName: !Sub '${AWS::StackName}-events'\n"
    "      Subscription: [{Endpoint: !GetAtt Queue.Arn, Protocol: sqs}]\n",
    "webhooks/push.json": json.dumps(
        {"event": "push", "action": "created", "repository": {"id": 1, "name": "shop"}, "sender": {"login": "kim"}}
    ),
    "webhooks/pull_request.json": json.dumps({"event": "pull_request", "type": "PullRequestEvent", "payload": {}}),
    "pages/home.json": json.dumps({"type": "page", "title": "Home", "slug": "/", "properties": {"theme": "dark"}}),
    "pages/all.json": json.dumps([{"type": "page", "title": "A"}, {"type": "screen", "title": "B"}, {"type": "group"}]),
    "okta/events.json": json.dumps(
        [
            {"type": "identify", "provider": {"name": "saml", "type": "SAML2"}, "traits": {"role": "admin"}},
            {"eventType": "user.session.start", "actor": {"id": "00u1"}, "client": {"device": "Computer"}},
        ]
    ),
    "edx/tracking.log": lines(
        {
            "username": "kim", "event_type": "problem_check", "event_source": "server", "page": "x_module",
            "event": {"problem_id": "block-v1:x"}, "context": {"user_id": 5, "course_id": "course-v1:x"},
        },
        {
            "username": "kim", "event_type": "play_video", "event_source": "browser", "event": '{"id": "i4x"}',
            "context": {"user_id": 5, "org_id": "x"}, "session": "s", "time": "2026-11-02T08:15:04Z",
        },
    ),
    "logs/app.log": lines(
        {"level": "info", "event": "login", "userId": "u-1", "timestamp": "2026-11-02T08:15:04Z"},
        {"severity": "ERROR", "event": "payment failed", "user_id": 7, "messageId": "m-1"},
        {"logger": "shop.cart", "event": "item added", "anonymousId": "a-1"},
    )
    + '{"level": "info", "msg": "cut o\n',
    "logs/jobs.json": lines({"msg": "started", "event": "job", "groupId": 3}, {"msg": "ended", "event": "job"}),
    "exports/mixpanel.json": lines(
        {"event": "Order Completed", "properties": {"distinct_id": "d-1", "time": 1761984904, "token": "t"}},
        {"event": "Sign Up", "properties": {"distinct_id": "d-2", "time": 1761984905, "$insert_id": "i"}},
    ),
    "locales/de.json": json.dumps({"event": "Ereignis", "type": "Art", "page": "Seite", "traits": "Merkmale"}),
    "locales/en.json": json.dumps({"type": "page", "event": "Event", "group": "Group", "context": "Context"}),
    "metrics/body.json": json.dumps({"series": [{"type": "Counter", "metric": "invoke", "value": 1, "tags": {}}]}),
    "queue/batch.json": json.dumps({"batch": [{"type": "page", "name": "cover"}, {"id": 5}]}),
    "queue/large.json": json.dumps({"batch": [{"id": number, "body": "x" * 500} for number in range(2000)]}),
    "api/objects.json": json.dumps([{"type": "groups", "name": "x"}, {"type": "delete", "id": 5}, {"type": "Page"}]),
    "api/openapi.yml": "openapi: 3.1.0\ninfo: {title: shop, version: '1'}\npaths:\n  /track: {post: {}}\n",
    "package.json": json.dumps({"name": "shop", "type": "module", "version": "1.0.0"}),
    "table.csv": "id,name\n1,kim\n",
    "notes.md": "# Notes\n\n- `type: track`\n",
}  # fmt: skip
"""Files with the words that calls use, of which none is a call."""

UNREADABLE = {
    "tsconfig.json",
    ".vscode/settings.json",
    "empty.json",
    "chart/templates/deployment.yaml",
    "stack.yaml",
    "logs/app.log",
}
"""Those of them that cannot be parsed."""

CALL = {"type": "track", "event": "Order Completed", "userId": "user-4711"}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository without a call; the working directory."""
    for name, text in OTHERS.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(program: Program, *arguments: str) -> tuple[int, list[tuple[str, str]], dict[str, Any]]:
    """The exit status, the findings as code and path, and the figures."""
    ran = program("check", "--isolated", "-f", "json", *arguments)
    whole = json.loads(ran.out)
    return ran.status, [(each["code"], each["path"]) for each in whole["findings"]], whole["summary"]


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.usefixtures("repository")
def test_a_repository_without_calls_has_no_findings(program: Program, jobs: str) -> None:
    status, found, summary = report(program, ".", "-j", jobs)
    assert (status, found) == (3, [])
    assert set(summary["unreadable"]) == UNREADABLE
    assert (summary["calls"], summary["malformed"]) == (0, 0)
    assert summary["not_calls"]["line of an application's log"] == 5
    assert summary["not_calls"]["event of Mixpanel"] == 2
    assert summary["not_calls"]["metrics of an SDK"] == 1
    assert report(program, ".", "--allow-empty")[0] == 0
    assert report(program, "--allow-empty", *OTHERS)[:2] == (0, [])


@pytest.mark.usefixtures("repository")
def test_unreadable_files_are_counted_by_their_ending_and_named_with_the_statistics(program: Program) -> None:
    ran = program("check", "--isolated", ".")
    assert "1 unreadable .log without Segment keys." in ran.out
    assert "3 unreadable .json without Segment keys." in ran.out
    assert "malformed" not in ran.out
    assert "tsconfig.json" not in ran.out
    ran = program("check", "--isolated", "--statistics", ".")
    for path in UNREADABLE:
        assert f"Unreadable, without Segment keys: {path}\n" in ran.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("fixtures/order.json", json.dumps(CALL), "KCH101"),
        ("fixtures/order.json", json.dumps({**CALL, "type": "trak"}), "KCH002"),
        ("fixtures/order.json", json.dumps([{"type": "page", "title": "x"}, CALL]), "KCH101"),
        ("fixtures/order.json", json.dumps(CALL, indent=2)[:-2] + ",\n}", "KCH001"),
        ("fixtures/order.json", str({**CALL, "ok": True}), "KCH001"),
        ("fixtures/order.yaml", "type: track\nevent: Order Completed\nuserId: user-4711\n", "KCH101"),
        ("fixtures/orders.ndjson", "{}\n{\n", "KCH001"),
        ("fixtures/orders.jsonl", "cut off\n", "KCH001"),
        ("logs/app2.log", lines({"level": "info", "event": "x", "userId": "u"}, CALL), "KCH101"),
        ("exports/tracks.json", lines({"context_device_type": "iOS", "user_id": "u", "event": "x"}), "KCH103"),
        ("exports/tracks.csv", "context_device_type,user_id,event\niOS,u,x\n", "KCH103"),
        ("queue/ours.json", json.dumps({"batch": [{"type": "page", "name": "x"}], "writeKey": "k"}), "KCH101"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_a_call_in_the_midst_of_it_is_found(program: Program, name: str, text: str, code: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text)
    for arguments in (["."], ["--allow-empty", ".", *OTHERS, name], [".", "-j", "2"]):
        status, found, summary = report(program, *arguments)
        assert status == 1
        assert (code, name) in found
        assert {path for _, path in found} == {name}
        assert name not in summary["unreadable"]


@pytest.mark.usefixtures("repository")
def test_naming_a_file_claims_that_it_holds_calls(program: Program) -> None:
    codes = {
        "tsconfig.json": ["KCH001"],
        "webhooks/push.json": ["KCH101", "KCH301"],
        "pages/home.json": ["KCH101", "KCH301"],
        "package.json": ["KCH002"],
        "logs/jobs.json": ["KCH002"],
        "exports/mixpanel.json": ["KCH002"],
        "metrics/body.json": [],
    }
    for name, expected in codes.items():
        status, found, _ = report(program, name)
        assert sorted(code for code, _ in found) == expected, name
        assert status == (1 if expected else 3)


def test_events_of_the_configuration_claim_files_in_folders_and_in_the_hook(repository: Path, program: Program) -> None:
    (repository / "segkoch-lint.toml").write_text('events = ["/pages/", "*.jsonl", "!pages/all.json", "/notes.md"]\n')
    (repository / "fixtures").mkdir()
    (repository / "fixtures" / "none.jsonl").write_text('{"x": 1}\n{"x": 2}\n')
    expected = {"pages/home.json": {"KCH101", "KCH301"}, "fixtures/none.jsonl": {"KCH002"}, "notes.md": {"KCH002"}}
    for arguments in (["."], ["--allow-empty", *OTHERS, "fixtures/none.jsonl"]):
        ran = program("check", "-f", "json", *arguments)
        found: dict[str, set[str]] = {}
        for each in json.loads(ran.out)["findings"]:
            found.setdefault(each["path"], set()).add(each["code"])
        assert (ran.status, found) == (1, expected)


def test_what_comes_after_a_call_is_held_to_be_one(repository: Path, program: Program) -> None:
    weak, other = {"type": "page", "name": "Home"}, {"x": 1}
    (repository / "mixed.log").write_text(lines(weak, other, CALL, weak, other) + "cut off\n")
    _, found, summary = report(program, "mixed.log", "--allow-empty")
    assert [code for code, _ in found] == ["KCH101", "KCH101", "KCH301", "KCH002", "KCH001"]
    assert (summary["calls"], summary["not_calls"]) == (3, {"other": 3})


def test_broken_text_before_a_call_is_reported_with_it(repository: Path, program: Program) -> None:
    (repository / "torn.log").write_text(lines(CALL)[-20:] + lines(CALL, CALL))
    _, found, summary = report(program, "torn.log", "--allow-empty")
    assert [code for code, _ in found] == ["KCH001", "KCH101", "KCH101"]
    assert (summary["calls"], summary["malformed"], summary["unreadable"]) == (3, 1, [])


WORDS = st.sampled_from(["page", "identify", "trak", "push", "x", ""])
WEAK: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "type": WORDS | st.none() | st.integers(),
        "event": st.just({}) | st.none() | WORDS,
        "timestamp": WORDS,
        "properties": st.dictionaries(WORDS, WORDS) | WORDS,
        "traits": st.just({}) | WORDS,
        "context": st.sampled_from([None, "x", {}, {"app": {}, "id": 5}]),
        "name": WORDS,
        "message_id": WORDS,
        "level": WORDS,
        "rules": st.just([]),
        "integrations": st.just({"kochava": False}),
    },
)


@given(
    st.recursive(WEAK | WORDS | st.none() | st.integers(), lambda inner: st.lists(inner, max_size=4))
    | st.builds(lambda items, more: {**more, "batch": items}, st.lists(WEAK, max_size=3), WEAK),
    st.sampled_from(["a.json", "a.yaml", "a.log", "a.txt"]),
    st.integers(0, 4),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_shows_no_sign_of_a_call_is_never_a_finding_whole_or_cut_off(
    tmp_path: Path, value: Any, name: str, cut: int
) -> None:
    text = json.dumps(value)
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / name).write_text(text[: len(text) - cut])
    linter = Linter(allow_empty=True)
    assert list(linter.paths([str(tmp_path)])) == []
    assert linter.summary.calls == 0
    assert linter.summary.adds_up()


def test_messages_about_what_was_deleted_claim_nothing(repository: Path, program: Program) -> None:
    operations = [
        {"type": "create", "userId": "u"},
        {"type": "delete", "userId": "u"},
        {"type": "update", "userId": "v"},
    ]
    (repository / "operations.json").write_text(json.dumps(operations))
    (repository / "operations.log").write_text(lines(*operations, {"type": "page", "title": "x"}))
    for name in ("operations.json", "operations.log"):
        status, found, summary = report(program, name, "--allow-empty")
        assert (status, found) == (0, [])
        assert (summary["calls"], summary["not_delivered"]) == (1, {"type not accepted": 1})


def test_of_a_document_without_end_all_values_are_counted_and_few_remembered(
    repository: Path, program: Program
) -> None:
    (repository / "numbers.json").write_text(json.dumps([*range(15_000), CALL]))
    _, found, summary = report(program, "numbers.json")
    assert [code for code, _ in found].count("KCH002") == 10_000
    assert [code for code, _ in found].count("KCH101") == 1
    assert (summary["calls"], summary["not_calls"]) == (1, {"other": 15_000})


def test_a_large_repository_without_calls_has_no_findings(tmp_path: Path, program: Program) -> None:
    write_repository(tmp_path, 5_000)

    status, found, summary = report(program, str(tmp_path))

    assert (status, found) == (3, [])
    assert (summary["inputs"], summary["calls"], summary["malformed"]) == (5_000, 0, 0)
