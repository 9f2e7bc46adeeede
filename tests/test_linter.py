"""`Linter`: places, figures and remedies of what it finds in inputs of all kinds."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Finding, Linter, Settings, Span, lint
from tests.conftest import IOS_CALL

FindingsIn = Callable[[bytes | str], list[Finding]]


def codes(findings: Any) -> list[str]:
    return [finding.code for finding in findings]


def test_messages_show_yaml_scalars_as_they_are_written(findings_in: FindingsIn) -> None:
    text = "type: track\nevent: 1e5\nuserId: NO\ncontext: {device: {type: 010, id: 20260101, advertisingId: 0x1F}}\n"
    messages = {(f.code, f.location.pointer): f.text(show_ids=True) for f in findings_in(text)}
    assert messages["KCH302", "/event"].startswith("the event name is 1e5, not a string")
    assert messages["KCH301", "/userId"].startswith("the user is NO, not a string")
    assert messages["KCH103", "/context/device/type"].startswith("context.device.type is 010;")
    assert messages["KCH104", "/context/device/id"].startswith("context.device.id is 20260101, not a string")
    masked = [f.message for f in findings_in(text)]
    assert not any("20260101" in message or "0x1F" in message for message in masked)


def pretty(call: Any) -> str:
    return json.dumps(call, indent=2)


def places(findings: list[Finding]) -> list[tuple[str, Span | None, str]]:
    return [(f.code, f.location.span, f.location.pointer) for f in findings]


def test_places_in_pretty_printed_json(findings_in: FindingsIn, good_call: dict[str, Any]) -> None:
    good_call["context"]["device"]["type"] = "Android"
    del good_call["context"]["device"]["id"]
    assert places(findings_in(pretty(good_call))) == [
        ("KCH104", Span(6, 15, 12, 6), "/context/device"),
        ("KCH103", Span(7, 15, 7, 24), "/context/device/type"),
    ]


def test_places_in_a_late_line_of_gzipped_json_lines(findings_in: FindingsIn, good_call: dict[str, Any]) -> None:
    good = json.dumps(good_call)
    good_call["context"]["device"]["type"] = "iOS"
    bad = json.dumps(good_call)
    column = bad.index('"iOS"') + 1
    text = gzip.compress(f"{good}\n".encode() * 3000) + gzip.compress(f"{good}\r\n{bad}\n{good}".encode())
    assert places(findings_in(text)) == [("KCH103", Span(3002, column, 3002, column + 5), "/context/device/type")]


def test_places_in_the_third_document_of_a_yaml_stream(findings_in: FindingsIn) -> None:
    good = "type: identify\nuserId: u\nintegrations: {All: false}\n"
    text = f"{good}---\n{good}---\ntype: track\nevent: é\nuserId: u\ncontext:\n  device: {{type: 'iOS', id: 0123}}\n"
    assert places(findings_in(text))[:3] == [
        ("KCH105", Span(13, 11, 13, 34), "/context/device"),
        ("KCH103", Span(13, 18, 13, 23), "/context/device/type"),
        ("KCH104", Span(13, 29, 13, 33), "/context/device/id"),
    ]


def test_a_wrong_value_of_the_batch_is_located_in_the_batch(findings_in: FindingsIn) -> None:
    batch = {"batch": [{"type": "track", "event": "x", "userId": "u"}], "context": {"device": {"type": "phone"}}}
    found = {(f.code, f.location.pointer) for f in findings_in(pretty(batch))}
    assert found == {("KCH103", "/context/device/type"), ("KCH104", "/context/device"), ("KCH105", "/context/device")}


def test_an_unquoted_yaml_id_is_reported_as_a_number(findings_in: FindingsIn) -> None:
    (finding,) = [
        f
        for f in findings_in("type: track\nevent: x\nuserId: u\ncontext: {device: {id: 0123}}\n")
        if f.code == "KCH104"
    ]
    assert "0123" in finding.text(show_ids=True)
    assert "not a string" in finding.message
    assert finding.remedy.startswith("YAML reads this unquoted text as a number: put it in quotes.")


def test_broken_lines_are_findings_and_the_lines_after_them_are_linted(good_call: dict[str, Any]) -> None:
    good = json.dumps(good_call)
    linter = Linter()
    findings = list(linter.bytes(f"{good}\n{good[:50]}\n{good}\n{{\n{good}\n[1]\n".encode(), "x.ndjson"))
    assert [(f.code, f.location.span.line if f.location.span else 0) for f in findings] == [
        ("KCH001", 2),
        ("KCH001", 4),
        ("KCH002", 6),
    ]
    summary = linter.summary
    assert (summary.calls, summary.checked, summary.malformed, summary.not_calls.total()) == (5, 3, 2, 1)
    assert summary.adds_up()


@pytest.mark.parametrize(
    ("text", "pointer", "lines"),
    [
        ('{"type":"track","event":"x","userId":"a",\n"userId":"b","integrations":{"All":false}}', "/userId", (2, 1)),
        (
            '{"type":"track","event":"x","userId":"a","integrations":{"All":true,"All":false}}',
            "/integrations/All",
            (1, 1),
        ),
        ('[{"type":"group","groupId":"g","userId":"u","context":{},"context":null}]', "/0/context", (1, 1)),
        ('{"batch":[],"batch":[{"type":"group","userId":"u","integrations":{"All":false}}]}', "/batch", (1, 1)),
        ("type: track\nevent: x\nevent: y\nuserId: u\nintegrations: {All: false}", "/event", (3, 2)),
    ],
)
def test_a_repeated_key_that_a_rule_reads_is_found(
    text: str, pointer: str, lines: tuple[int, int], findings_in: FindingsIn
) -> None:
    (finding,) = [f for f in findings_in(text) if f.code == "KCH003"]
    assert finding.location.pointer == pointer
    assert finding.location.span is not None
    assert finding.related[0].span is not None
    assert (finding.location.span.line, finding.related[0].span.line) == lines


def test_a_repeated_key_that_no_rule_reads_is_not(findings_in: FindingsIn) -> None:
    text = '{"type":"track","event":"x","userId":"a","properties":{"a":1,"a":2},"integrations":{"All":false}}'
    assert findings_in(text) == []
    assert findings_in('[{"x":1,"x":2}, {"type":"page","userId":"a","integrations":{"All":false}}]')[0].code == "KCH002"


def linted(tmp_path: Path, name: str, text: str, **options: Any) -> tuple[list[str], Linter]:
    (tmp_path / name).write_text(text)
    linter = Linter(Settings(root=tmp_path), **options)
    return codes(linter.paths([str(tmp_path / name)])), linter


def test_a_named_file_without_a_call_is_an_error_unless_allowed(tmp_path: Path) -> None:
    assert linted(tmp_path, "a.json", '[{"x":1},{"y":2}]')[0] == ["KCH002"]
    assert linted(tmp_path, "a.json", '[{"x":1},{"y":2}]', allow_empty=True)[0] == []
    assert linted(tmp_path, "a.bin", "\x00\x01binary")[0] == ["KCH002"]


def test_a_file_found_in_a_folder_without_a_call_is_counted_only(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name":"x"}')
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    linter = Linter(Settings(root=tmp_path))
    assert codes(linter.paths([str(tmp_path)])) == []
    assert linter.summary.not_calls == {"other": 1, "neither JSON nor YAML": 1}


def test_a_file_that_holds_calls_is_expected_to_hold_nothing_else(tmp_path: Path) -> None:
    call = '{"type":"group","userId":"u","integrations":{"All":false}}'
    found, linter = linted(tmp_path, "a.ndjson", f'{{"x":1}}\n5\n{call}\n"y"\n')
    assert found == ["KCH002"] * 3
    assert linter.summary.not_calls.total() == 3


@pytest.mark.parametrize(
    ("text", "remark"),
    [('{"rules":{"events":[]}}', "a tracking plan"), ('{"log":{"entries":[]}}', "HAR capture without calls")],
)
def test_plans_and_captures_are_recognised_and_reported(text: str, remark: str, tmp_path: Path) -> None:
    found, linter = linted(tmp_path, "a.json", text)
    assert found == []
    assert linter.summary.remarks[0][1].startswith(remark)


def test_settings_of_a_kochava_destination_are_checked(findings_in: FindingsIn) -> None:
    text = '{"data":{"destination":{"metadata":{"slug":"kochava"},"settings":{"apiKey":"YOUR_APP_GUID"}}}}'
    (finding,) = findings_in(text)
    assert (finding.code, finding.location.pointer) == ("KCH503", "/data/destination/settings/apiKey")


def test_a_batch_that_is_too_large_is_found(findings_in: FindingsIn) -> None:
    call = '{"type":"group","userId":"u","integrations":{"All":false}}'
    findings = findings_in('{"batch":[' + ",".join([call] * 2501) + "]}")
    assert [(f.code, f.location.pointer) for f in findings] == [("KCH305", "/batch")]


def test_rules_are_ignored_per_file(tmp_path: Path) -> None:
    (tmp_path / "legacy.json").write_text('{"type":"track","event":"x","userId":"u"}')
    linter = Linter(Settings(per_file_ignores={"legacy.*": ("KCH1",)}, root=tmp_path))
    assert codes(linter.paths([str(tmp_path)])) == []
    assert linter.summary.rules == {}
    broken = tmp_path / "legacy.ndjson"
    broken.write_text("{")
    assert codes(Linter(Settings(per_file_ignores={"legacy.*": ("KCH001",)}, root=tmp_path)).paths([str(broken)])) == []


def test_findings_are_in_the_order_of_their_places_including_values_that_are_not_calls() -> None:
    bad = {"type": "track", "event": "x", "userId": "u", "context": {"device": {"type": "iOS"}}}
    text = json.dumps([bad, {"x": 1}, [], bad, 3], indent=1)
    places = [(each.code, each.location.span.line) for each in lint(text.encode()) if each.location.span]
    assert [line for _, line in places] == sorted(line for _, line in places)
    assert [code for code, _ in places].count("KCH002") == 3
    assert places[0][0] != "KCH002"


@pytest.mark.parametrize(("key", "code"), [("id", "KCH104"), ("advertisingId", "KCH105")])
def test_the_remedy_for_an_id_that_is_not_a_string_is_about_that_and_not_about_the_library(key: str, code: str) -> None:
    call = copy.deepcopy(IOS_CALL)
    call["context"]["library"]["name"] = "analytics-react-native"
    call["context"]["device"][key] = 42
    finding = next(each for each in lint(call) if each.code == code)
    assert "not a string" in finding.message
    assert finding.remedy.startswith("Send the id as a string")


def test_the_remedy_depends_on_the_library_or_its_kind() -> None:
    def remedy(library: str) -> str:
        call = {
            "type": "track",
            "event": "x",
            "userId": "u",
            "context": {
                "library": {"name": library},
                "device": {"type": "ios", "id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64"},
            },
        }
        (finding,) = [f for f in lint(call) if f.code == "KCH105"]
        return finding.remedy

    assert "IDFA plugin" in remedy("analytics-swift")
    assert "your server" in remedy("analytics-ruby")
    assert remedy("our-own").startswith("Send `context.device.advertisingId`")


def test_a_repeated_id_is_masked_in_messages_and_in_the_name_of_the_event(good_call: dict[str, Any]) -> None:
    good_call |= {"userId": "user-4711", "event": "Order by user-4711"}
    good_call["context"]["device"]["type"] = "user-4711"
    (finding,) = (each for each in lint(good_call) if each.code == "KCH103")
    assert "4711" not in finding.message
    assert "4711" in finding.text(show_ids=True)
    assert finding.properties["event"].startswith("Order by ")
    assert "4711" not in finding.properties["event"]
    (finding,) = (each for each in lint(good_call | {"event": "user-4711"}) if each.code == "KCH103")
    assert "4711" not in finding.properties["event"]


def test_a_repeated_placeholder_is_shown(good_call: dict[str, Any]) -> None:
    good_call |= {"userId": "0000000000000000", "event": "0000000000000000"}
    good_call["context"]["device"]["type"] = "0000000000000000"
    (finding,) = (each for each in lint(good_call) if each.code == "KCH103")
    assert '"0000000000000000"' in finding.message
    assert finding.properties["event"] == "0000000000000000"
    (finding,) = (each for each in lint(good_call | {"event": "by 0000000000000000"}) if each.code == "KCH103")
    assert finding.properties["event"] == "by 0000000000000000"


def test_names_of_libraries_are_masked_if_they_are_personal_data(good_call: dict[str, Any]) -> None:
    good_call["context"]["library"]["name"] = "anna@example.com"
    line = json.dumps(good_call, separators=(",", ":"), sort_keys=True)
    linter = Linter()
    found = list(linter.bytes(f"{line}\n{line}\n".encode()))
    del good_call["context"]["device"]["id"]
    found += linter.value(good_call)
    assert list(linter.summary.libraries) == ["…@…"]
    assert {finding.properties["library"] for finding in found} == {"…@…"}


def test_figures_per_library_count_what_kochava_can_use(good_call: dict[str, Any]) -> None:
    bad = {**good_call, "context": {**good_call["context"], "device": {"type": "ios"}}}
    odd = {"type": "track", "event": "x", "userId": "u", "context": {"library": {"name": 5}}}
    linter = Linter()
    list(linter.value([good_call, bad, {**good_call, "type": "screen"}, odd]))
    swift, none = linter.summary.libraries["analytics-swift"], linter.summary.libraries[""]
    assert (swift.calls, swift.checked, swift.usable) == (3, 2, 1)
    assert (none.calls, none.checked, none.usable) == (1, 1, 0)


@pytest.mark.parametrize(
    ("content", "underlined"),
    [
        (
            '{"type":"track","event":"E","anonymousId":"a","properties":{"plan":"x","network":"cable"}}',
            {"KCH303": (1, 72, 1, 81)},
        ),
        (
            '{"type": "track", "event": "E", "user_id": "u-4711",\n "properties": {"source":\n "mail"}}',
            {"KCH303": (2, 17, 2, 25), "KCH306": (1, 33, 1, 42)},
        ),
        (
            "type: track\nevent: E\nanonymousId: a\nintegrations:\n  kochava: false\n",
            {"KCH304": (5, 3, 5, 10)},
        ),
    ],
)
def test_a_finding_about_a_key_underlines_the_key(
    content: str, underlined: dict[str, tuple[int, ...]], findings_in: Callable[[bytes | str], list[Finding]]
) -> None:
    found = {f.code: f.location.span for f in findings_in(content) if f.code in {"KCH303", "KCH304", "KCH306"}}
    assert {
        code: span and (span.line, span.column, span.end_line, span.end_column) for code, span in found.items()
    } == (underlined)


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        ('{"type": "track", "event": "E", "userId": "u-4711",}', "invalid JSON: trailing comma", "Fix the text"),
        ('{"type": "track", "event": "E", "userId": "u-4', "invalid JSON: the text ends", "cut off or damaged"),
        ('{"userId": ' + "[" * 300 + "]" * 300 + "}", "nested deeper than 200 levels", "Raise the limit"),
        ("analytics.track({\n  userId: 'u-4711',\n});", "invalid JSON: this is source code", "Save the call as JSON"),
        ('{"type": "track", "event": "E", "userId": "u", "userId": "u"}', 'duplicate key "userId"', "Keep one"),
    ],
)
def test_broken_text_is_described_in_usual_words_with_a_fitting_remedy(content: str, message: str, remedy: str) -> None:
    found = [f for f in Linter().bytes(content.encode(), "call.json") if f.code in {"KCH001", "KCH003"}]
    assert [(message in f.message, remedy in f.remedy) for f in found] == [(True, True)]


SHARED = Path(__file__).parents[2] / "shared"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real inputs is not here")
@pytest.mark.parametrize(
    ("name", "found", "figures"),
    [
        ("analytics-python-2.4.0.json", {"KCH101": 1, "KCH103": 1, "KCH116": 4, "KCH309": 1}, (4, 3)),
        ("segment-analytics-node-3.1.0.json", {"KCH101": 1, "KCH105": 1, "KCH116": 2, "KCH309": 1}, (3, 3)),
        ("analytics-node-6.2.0.json", {"KCH106": 1, "KCH118": 1}, (1, 1)),
    ],
)
def test_bodies_that_real_sdks_posted(name: str, found: dict[str, int], figures: tuple[int, int]) -> None:
    linter = Linter()
    list(linter.paths([str(SHARED / "payloads" / name)]))
    summary = linter.summary
    assert {code: tally.findings for code, tally in summary.rules.items()} == found
    assert (summary.calls, summary.checked) == figures


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real inputs is not here")
def test_real_plans_are_not_events() -> None:
    linter = Linter()
    assert list(linter.paths([str(SHARED / "plans")])) == []
    assert linter.summary.not_calls == {"tracking plan": 3}


def test_every_finding_is_counted_in_its_file(tmp_path: Path, good_call: dict[str, Any]) -> None:
    server = copy.deepcopy(good_call)
    server["context"]["device"]["advertisingId"] = "7C0D93BE-51A6-4E28-9F4B-3A6218D5E07F"  # KCH2xx
    server["context"]["library"]["name"] = "analytics-ruby"
    bad = copy.deepcopy(good_call)
    bad["context"]["device"]["type"] = "iOS"
    for name, calls in {"app.json": [good_call], "server.json": [server, bad], "other.json": {"a": 1}}.items():
        (tmp_path / name).write_text(json.dumps(calls))
    linter = Linter()
    findings = [*linter.paths([str(tmp_path)]), *linter.identity_findings()]
    files = {Path(path).name: (file.inputs, file.checked) for path, file in linter.summary.files.items()}
    assert files == {"app.json": (1, 1), "server.json": (1, 2), "other.json": (1, 0)}
    assert any(code.startswith("KCH2") for code in codes(findings))
    for path, file in linter.summary.files.items():
        assert file.findings == sum(each.location.path == path for each in findings)
