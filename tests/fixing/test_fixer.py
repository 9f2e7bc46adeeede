"""Files are fixed in every format that may be edited; all else stays as it is."""

from __future__ import annotations

import base64
import copy
import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.position import value_at
from segkoch_lint.fixing.fixer import FixedFile, Fixer, UnfixedFile
from segkoch_lint.fixing.stored_text import StoredText
from segkoch_lint.fixing.writer import write
from segkoch_lint.inputs.input import Input
from segkoch_lint.linter import Linter
from tests.conftest import IOS_CALL
from tests.fixing.calls import CODES, HEX, UUID, call

Found = list[FixedFile | UnfixedFile]


def found_in(path: Path, configured: Settings | None = None) -> Found:
    return list(Fixer(configured or Settings()).files([str(path)]))


def fixed(tmp_path: Path, name: str, content: str | bytes) -> FixedFile | None:
    """Return a file with its fixes, or None if it has none."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = found_in(path)
    assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert all(isinstance(each, FixedFile) for each in found), found
    return found[0] if found and isinstance(found[0], FixedFile) else None


def after(tmp_path: Path, name: str, content: str) -> str:
    file = fixed(tmp_path, name, content)
    assert file is not None
    return file.after.stored.decode()


def test_a_call_in_json_is_fixed(tmp_path: Path) -> None:
    text = json.dumps(call(), indent=2) + "\n"
    file = fixed(tmp_path, "call.json", text)

    assert file is not None
    assert file.after.stored.decode() == json.dumps(call(fixed=True), indent=2) + "\n"
    assert file.fixed == Counter(CODES)


def test_the_layout_and_the_order_stay(tmp_path: Path) -> None:
    text = json.dumps(call(), ensure_ascii=False, separators=(" ,", ":\t")).replace("Order Completed", "Caf\\u00e9 é")
    expected = text.replace(" iOS", "ios").replace(HEX, UUID).replace("\\t", "").replace("kochava", "Kochava")

    assert after(tmp_path, "call.json", text) == expected


def test_a_batch_with_one_context_is_fixed_once(tmp_path: Path) -> None:
    whole = call()
    context = whole.pop("context")
    text = json.dumps({"context": context, "batch": [whole, {**whole, "messageId": "m-2"}]})
    fixed_text = after(tmp_path, "batch.json", text)

    assert json.loads(fixed_text)["context"] == call(fixed=True)["context"]
    assert fixed_text.count("Kochava") == 2


def test_json_lines_are_fixed_and_broken_ones_stay(tmp_path: Path) -> None:
    faulty, good = json.dumps(call()), json.dumps(IOS_CALL)
    text = f"{good}\r\n{faulty}\r\n{faulty[:-9]}\r\n\r\n{faulty}"
    expected = json.dumps(call(fixed=True))

    assert after(tmp_path, "log.jsonl", text) == f"{good}\r\n{expected}\r\n{faulty[:-9]}\r\n\r\n{expected}"


def test_many_lines_are_fixed(tmp_path: Path) -> None:
    """They take the fast path."""
    lines = [json.dumps({**call(), "messageId": f"m-{number}"}) for number in range(300)]
    expected = [json.dumps({**call(fixed=True), "messageId": f"m-{number}"}) for number in range(300)]

    assert after(tmp_path, "log.jsonl", "\n".join(lines)) == "\n".join(expected)


def test_comments_and_trailing_commas_stay(tmp_path: Path) -> None:
    text = json.dumps(call(), indent=2).replace("\n}", ",\n} // the end")
    expected = json.dumps(call(fixed=True), indent=2).replace("\n}", ",\n} // the end")

    assert after(tmp_path, "call.jsonc", text) == expected
    assert after(tmp_path, "call.json5", text) == expected


def test_yaml_is_fixed(tmp_path: Path) -> None:
    text = (
        "# a fixture\n---\ntype: track\nevent: A\nuser_id: user-1 # me\nmessageId: m-1\ncontext:\n  device:\n"
        f"    type: iOS\n    id: ' c9a3f1d27b5e8460'\n    advertisingId: {HEX}\n...\n"
    )
    expected = text.replace("iOS", "ios").replace(HEX, UUID).replace("' c", "'c").replace("user_id", "userId")

    assert after(tmp_path, "call.yaml", text) == expected


def test_a_table_is_fixed(tmp_path: Path) -> None:
    head = "context_device_type;context_device_id;context_device_advertising_id;user_id;event\r\n"
    row = 'iOS;c9a3f1d27b5e8460;"{}";u-1;"a ""b"""\r\n'

    assert after(tmp_path, "tracks.csv", head + row.format(f" {HEX}")) == head + row.format(UUID).replace("iOS", "ios")


def test_rows_in_json_lines_are_fixed_but_not_their_columns(tmp_path: Path) -> None:
    row = {
        "context_device_type": "iOS",
        "context_device_id": "c9a3f1d27b5e8460",
        "context_device_advertising_id": UUID,
        "user_id": "u-1",
        "event": "a",
        "integrations_kochava": True,
    }
    expected = json.dumps({**row, "context_device_type": "ios"})

    assert after(tmp_path, "rows.jsonl", json.dumps(row)) == expected


def test_utf_16_with_its_mark_is_fixed(tmp_path: Path) -> None:
    text = json.dumps(call())
    file = fixed(tmp_path, "call.json", text.encode("utf-16"))

    assert file is not None
    assert file.after.stored == json.dumps(call(fixed=True)).encode("utf-16")


def har(text: str) -> str:
    request = {"method": "POST", "url": "https://api.segment.io/v1/t", "headers": [], "postData": {"text": text}}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": request, "response": {}}]}})


CAPTURES: dict[str, tuple[str, bytes]] = {
    "HAR": ("capture.har", har(json.dumps(call())).encode()),
    "EventBridge": ("event.json", json.dumps({"detail-type": "x", "source": "y", "detail": call()}).encode()),
    "SQS": ("sqs.json", json.dumps({"Records": [{"messageId": "1", "body": json.dumps(call())}]}).encode()),
    "Kinesis": (
        "kinesis.json",
        json.dumps(
            {"Records": [{"kinesis": {"data": base64.b64encode(json.dumps(call()).encode()).decode()}}]}
        ).encode(),
    ),
    "curl": ("send.sh", f"curl https://api.segment.io/v1/track -d '{json.dumps(call())}'\n".encode()),
    "a log of text": ("app.log", f"12:00 DEBUG sent {json.dumps(call())} ok\n".encode() * 3),
    "gzip": ("log.jsonl.gz", gzip.compress(json.dumps(call()).encode())),
}


@pytest.mark.parametrize("kind", CAPTURES)
def test_a_capture_is_never_rewritten_but_counted(tmp_path: Path, kind: str) -> None:
    name, content = CAPTURES[kind]
    path = tmp_path / name
    path.write_bytes(content)
    fixer = Fixer(Settings())

    assert list(fixer.files([str(path)])) == []
    # A key is also called missing in text whose place is not known exactly.
    assert sum(fixer.unmade.values()) >= sum(CODES.values())
    assert {each for each, _ in fixer.unmade} == {str(path)}


def test_a_value_that_a_yaml_alias_repeats_is_left_to_a_person(tmp_path: Path) -> None:
    device = {"type": "iOS", "id": "c9a3f1d27b5e8460", "advertisingId": UUID}
    calls = [{"type": "track", "event": "A", "userId": "u", "messageId": f"m{n}", "context": {}} for n in range(2)]
    for each in calls:
        each["context"] = {"device": device}
    path = tmp_path / "calls.yaml"
    path.write_text(yaml.safe_dump(calls))
    assert "&id" in path.read_text()
    fixer = Fixer(Settings())

    assert list(fixer.files([str(path)])) == []
    assert fixer.unmade.total() == 2


def test_only_selected_rules_are_fixed(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(call()))
    (file,) = found_in(path, Settings(select=("KCH103", "KCH304"), ignore=("KCH304",)))

    assert isinstance(file, FixedFile)
    assert file.fixed == {"KCH103": 1}
    assert found_in(path, Settings(select=("KCH101",))) == []


def test_rules_that_are_ignored_in_a_file_are_not_fixed(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(call()))
    configured = Settings(per_file_ignores={"*.json": ("KCH1",)}, root=tmp_path)
    (file,) = found_in(path, configured)

    assert isinstance(file, FixedFile)
    assert file.fixed == {"KCH304": 1}


LOWER_CASE = {"pattern": "^[^A-Z]*$"}


def user_rule() -> dict[str, Any]:
    """Return a rule file with a fix, which lacks its constraint and its examples."""
    return {
        "$schema": "urn:segkoch-lint:rule",
        "title": "lower-case",
        "description": "Texts are written in lower case, since the warehouse joins them so.",
        "rule": {
            "code": "SHOP001",
            "severity": "error",
            "origin": "beyond",
            "applies-to": "call",
            "message": "not in lower case",
            "source": ["https://wiki.example.com"],
            "fix": {"lower-case": True},
        },
        "remedy": {"default": "Write it in lower case."},
    }


def with_rule(folder: Path, pointer: str, good: str, bad: str) -> Settings:
    """Return settings with a rule of the user: the value at a pointer is in lower case."""
    *way, last = pointer.split("/")[1:]
    constraint: dict[str, Any] = {"properties": {last: LOWER_CASE}}
    example: dict[str, Any] = {last: good}
    for step in reversed(way):
        constraint, example = {"properties": {step: constraint}}, {step: example}
    patch = [{"op": "add", "path": pointer, "value": bad}]
    rule = {
        **user_rule(),
        **constraint,
        "examples": [{"type": "track", "event": "A", "userId": "u", **example}],
        "counterexamples": [{"patch": patch, "place": pointer}],
    }
    (folder / "rules").mkdir()
    (folder / "rules" / "SHOP001.json").write_text(json.dumps(rule))
    return Settings(rules=(folder / "rules",))


def test_a_rule_of_the_user_is_fixed(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps({**IOS_CALL, "properties": {"currency": "EUR", "note": "EUR"}}))
    (file,) = found_in(path, with_rule(tmp_path, "/properties/currency", "eur", "EUR"))

    assert isinstance(file, FixedFile)
    assert json.loads(file.after.stored)["properties"] == {"currency": "eur", "note": "EUR"}


def test_a_fix_that_overlaps_another_one_waits_for_the_next_round(tmp_path: Path) -> None:
    """This escape of YAML makes both fixes write the whole text anew, one of them in capitals."""
    text = json.dumps(call(fixed=True)).replace('"type": "ios"', r'"type": "\x69OS "')
    path = tmp_path / "call.yaml"
    path.write_text(text)
    (file,) = found_in(path)

    assert isinstance(file, FixedFile)
    assert file.fixed == {"KCH103": 1}
    assert file.after.stored.decode() == json.dumps(call(fixed=True))


def test_edits_of_two_rules_at_one_place_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(call()))
    (file,) = found_in(path, with_rule(tmp_path, "/context/device/advertisingId", "a", "A"))
    expected = call(fixed=True)
    expected["context"]["device"]["advertisingId"] = UUID.lower()

    assert isinstance(file, FixedFile)
    assert json.loads(file.after.stored) == expected


def test_a_missing_file_is_a_failure(tmp_path: Path) -> None:
    assert found_in(tmp_path / "none.json") == [
        UnfixedFile(str(tmp_path / "none.json"), "no such file or folder", is_unread=True)
    ]


def test_a_text_of_a_wrong_encoding_is_not_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_bytes(json.dumps(call()).encode("utf-16") + b"\0")
    (found,) = found_in(path)

    assert isinstance(found, UnfixedFile)
    assert not found.is_failure


PADDING = st.sampled_from(["", " ", "\t", "\u00a0", "\n "])
TYPES = st.sampled_from(["ios", "iOS", "Android", "IOS", "tvOS", None])
IDS = st.sampled_from(["c9a3f1d27b5e8460", UUID, "é" * 3, ""])
ADVERTISING_IDS = st.sampled_from([UUID, HEX, HEX.lower(), HEX[1:], "unknown", None])
SPELLINGS = st.sampled_from(["advertisingId", "advertising_id", "ADVERTISING-ID"])
SWITCHES = st.dictionaries(st.sampled_from(["Kochava", "kochava", "KOCHAVA", "All"]), st.booleans(), max_size=3)


@st.composite
def faulty_calls(draw: st.DrawFn) -> dict[str, Any]:
    """Return a call with any mixture of faults."""
    made: dict[str, Any] = {"type": "track", "event": draw(st.sampled_from(["A", "Caf\u00e9 \U0001f600", "iOS"]))}
    made |= draw(st.fixed_dictionaries({"messageId": st.just("m-1")}, optional={"sentAt": st.just("2027-01-01")}))
    made |= draw(st.dictionaries(st.sampled_from(["userId", "user_id", "anonymous_id", "anonymousId"]), IDS))
    device = {"type": draw(TYPES), "id": draw(IDS), draw(SPELLINGS): draw(ADVERTISING_IDS)}
    padded = {key: value if value is None else draw(PADDING) + value + draw(PADDING) for key, value in device.items()}
    made["context"] = {"device": padded}
    if switches := draw(SWITCHES):
        made["integrations"] = switches
    return made


def as_json(calls: list[dict[str, Any]]) -> str:
    return json.dumps(calls, indent=1, ensure_ascii=False)


def as_json_lines(calls: list[dict[str, Any]]) -> str:
    return "\r\n".join(map(json.dumps, calls))


def as_yaml(calls: list[dict[str, Any]]) -> str:
    return yaml.safe_dump_all(copy.deepcopy(calls), allow_unicode=True, sort_keys=False)


def as_csv(calls: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["context_device_type", "context_device_id", "context_device_advertising_id", "user_id", "event"])
    for each in calls:
        device = each["context"]["device"]
        other = [value for key, value in device.items() if key not in {"type", "id"}]
        writer.writerow([device["type"], device["id"], other[0], each.get("userId"), each["event"]])
    return text.getvalue()


FORMS: dict[str, tuple[Callable[[list[dict[str, Any]]], str], Callable[[str], Any]]] = {
    "calls.json": (as_json, json.loads),
    "calls.jsonl": (as_json_lines, lambda text: [json.loads(line) for line in text.split("\r\n")]),
    "calls.yaml": (as_yaml, lambda text: list(yaml.safe_load_all(text))),
    "calls.csv": (as_csv, lambda text: list(csv.reader(io.StringIO(text, newline="")))),
}

SILENT_BEFORE = {"KCH104", "KCH110", "KCH112", "KCH113", "KCH114", "KCH116", "KCH118"}
"""Rules that say nothing of a device as long as its type or ids have the faults that were fixed."""


def canonical(value: Any) -> Any:
    """Return a value as it is but for what fixes may change: case, white space, hyphens and keys."""
    if isinstance(value, dict):
        return [(canonical(key), canonical(each)) for key, each in value.items()]
    if isinstance(value, list):
        return list(map(canonical, value))
    return value.casefold().replace("-", "").replace("_", "").strip() if isinstance(value, str) else value


def beside_fixes(message: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a call that no fix changes."""
    return {key: value for key, value in message.items() if key in {"type", "event", "messageId", "sentAt"}}


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(faulty_calls(), min_size=1, max_size=4), name=st.sampled_from(list(FORMS)))
def test_whatever_the_faults_and_the_format(tmp_path: Path, calls: list[dict[str, Any]], name: str) -> None:
    writes, reads = FORMS[name]
    path = tmp_path / name
    path.write_bytes(writes(calls).encode())
    source = Input(str(path))
    before = list(Linter().content(path.read_bytes(), source))
    found = found_in(path)
    assert all(isinstance(each, FixedFile) for each in found)
    for file in found:
        assert isinstance(file, FixedFile)
        old, new = file.before.stored.decode(), file.after.stored.decode()
        # The value differs in what was fixed only.
        assert canonical(reads(old)) == canonical(reads(new))
        assert "csv" in name or list(map(beside_fixes, reads(old))) == list(map(beside_fixes, reads(new)))
        write(file)
        assert path.read_bytes() == file.after.stored
    # Nothing is left to fix.
    assert found_in(path) == []
    left = list(Linter().content(path.read_bytes(), source))
    assert not [each for each in left if each.fix is not None and each.fix.is_safe]
    # No finding is new but of rules that were silent before, or in a call that a key has switched on.
    if not any("integrations" in each for each in calls):
        new_codes = Counter(each.code for each in left) - Counter(each.code for each in before)
        assert set(new_codes) <= SILENT_BEFORE


def test_the_bytes_outside_of_edits_are_the_same(tmp_path: Path) -> None:
    text = as_json([call(), IOS_CALL, call()])
    file = fixed(tmp_path, "calls.json", text)
    assert file is not None
    places = [
        (f'"{value_at(call(), path)}"'.replace("\t", "\\t"), f'"{value_at(call(fixed=True), path)}"')
        for path in (("context", "device", key) for key in ("type", "advertisingId", "id"))
    ]
    expected = text.replace('"kochava"', '"Kochava"')
    for old, new in places:
        expected = expected.replace(old, new)

    assert file.after.stored.decode() == expected


def test_a_text_that_a_fix_would_break_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The edits of a fix are checked one by one; this is about a fault of the program."""
    path = tmp_path / "call.json"
    path.write_text(json.dumps(call()))
    monkeypatch.setattr(StoredText, "edited", lambda _self, _edits: StoredText(b'{"type": "track", "userId"'))
    (found,) = found_in(path)

    assert isinstance(found, UnfixedFile)
    assert found.is_failure
