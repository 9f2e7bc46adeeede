"""Passing over clean calls changes nothing but the time it takes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segkoch_lint.facets import FACETS, Group
from segkoch_lint.linting import Linter
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading import opening
from segkoch_lint.reading.documents import Flaw
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.splitting import Block, NumberedLine
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.loading import problem_of
from segkoch_lint.rules.ruleset import Opinion, RuleSet
from segkoch_lint.skimming import comparing, numbers, skimmer
from segkoch_lint.skimming.skimmer import Judged, Skimmer
from tests.conftest import IOS_CALL
from tests.rules.test_ruleset import calls


def linted(content: bytes, settings: Settings | None = None) -> Any:
    """The findings and the figures of a log."""
    linter = Linter(settings)
    findings = [*linter.bytes(content, "log.ndjson"), *linter.identity_findings()]
    return findings, linter.summary


def read_throughout(content: bytes, settings: Settings | None = None) -> Any:
    """The same with every line read as a document."""

    def read_all(skimmer: Skimmer, block: Block, **_options: Any) -> Iterator[NumberedLine | Flaw]:
        return block.lines(skimmer._limits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Skimmer, "sieve", read_all)
        return linted(content, settings)


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    call = copy.deepcopy(IOS_CALL)
    holder: Any = call
    for step in path[:-1]:
        holder = holder[step]
    if value is ...:
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = value
    return call


PLACES = [
    ("type",),
    ("event",),
    ("userId",),
    ("user_id",),
    ("messageId",),
    ("message_id",),
    ("integrations",),
    ("properties",),
    ("traits",),
    ("context",),
    ("context", "os"),
    ("context", "app"),
    ("context", "library"),
    ("context", "library", "name"),
    ("context", "device"),
    ("context", "device", "id"),
    ("context", "device", "advertisingId"),
    ("context", "device", "advertising_id"),
    ("context", "device", "adTrackingEnabled"),
    ("context", "device", "Type"),
    ("new key",),
    ("schlüssel",),
]
VALUES = [
    ...,
    None,
    "",
    " ",
    "iOS",
    "android",
    "screen",
    "Install Attributed",
    "unknown",
    "0000-0000",
    "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954",
    "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64",
    "ü",
    0,
    1.5,
    True,
    [],
    [1],
    {},
    {"Kochava": False},
    {"kochava": True},
    {"source": 1},
    {"name": "analytics.js"},
    "x" * 9000,
]
users = st.sampled_from(["u", "v", " ", "ü", 'q"', None, 5, ...])


def said(library: str, who: tuple[Any, Any], more: tuple[str, Any], device: str, advertising: str) -> dict[str, Any]:
    """A call for the rules about users: clean by itself, as most are."""
    user, before = who
    call = copy.deepcopy(IOS_CALL)
    call["context"]["library"]["name"] = library
    call["context"]["device"] |= {"id": device, "advertisingId": advertising}
    for key, value in (("userId", user), ("anonymousId", before), more):
        call[key] = value
        if value is ...:
            del call[key]
    return call


IDS = [IOS_CALL["context"]["device"][key][:-1] for key in ("id", "advertisingId")]
people = st.builds(
    said,
    st.sampled_from(["analytics-swift", "analytics-ruby", "@segment/analytics-next", "ö"]),
    st.tuples(users, users),
    st.sampled_from(
        [("type", "track"), ("type", "alias"), ("previousId", "v"), ("user_id", "w"), ("anonymous_id", ...)]
        + [("integrations", {"All": False}), ("a", "b")]
    ),
    st.sampled_from([IDS[0] + each for each in "1234f"] + [IDS[0].lower() + "1"]),
    st.sampled_from([IDS[1] + each for each in "1234f"] + [IDS[1].lower() + "1"]),
)
mutants = st.builds(changed, st.sampled_from(PLACES), st.sampled_from(VALUES)) | calls | st.just(IOS_CALL) | people
deep = "[" * 250 + "]" * 250
odd_lines = st.sampled_from(
    [
        b"",
        b"  ",
        b"\r",
        b"{}",
        b"17",
        b"[]",
        b'{"type":"track"',
        b'{"type":"track","event":"\xff","userId":"u"}',
        b'{"type":"track","event":"x","userId":NaN}',
        b'{"type":"track","type":"page","userId":"u","context":{"device":{}}}',
        b'{"type":"track","event":"x","userId":"u","context":{},"context":{"device":{}}}',
        b'{"type":"track","event":"x","userId":"u","con\\u0074ext":{},"context":{"device":{}}}',
        b'{"type":"track","event":"x","userId":"u","context":{"device":{"id":"a","id":"b"}}}',
        b'{"type":"track","event":"x","userId":"u","properties":{"source":1,"source":2}}',
        b'{"type":"track","event":"x","userId":"u","properties":{"a":1,"a":2}}',
        b'{"batch":[{"type":"track","event":"x","userId":"u"}]}',
        b'{"type":"track","event":"x","userId":"u","properties":{"a":[1,\n2]}}',
        json.dumps({**IOS_CALL, "more": json.loads(deep)}).encode(),
        json.dumps({**IOS_CALL, "properties": {"a": json.loads(deep)}}).encode(),
        json.dumps({**IOS_CALL, "context": {**IOS_CALL["context"], "a": json.loads(deep)}}).encode(),
    ]
)


def written(call: dict[str, Any], style: int) -> bytes:
    if style == 0:
        return json.dumps(call, separators=(",", ":")).encode()
    if style == 1:
        return json.dumps(call, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
    return json.dumps(call).encode() + b" \r"


log_lines = odd_lines | st.builds(written, mutants, st.sampled_from([0, 0, 0, 1, 2]))
GOOD = written(IOS_CALL, 0)


@settings(max_examples=40)
@given(st.lists(log_lines, max_size=30), st.booleans())
@example([GOOD, GOOD, b'{"type":"track","event":"x","userId":"u","context":{},"context":{"device":{}}}'], True)
def test_a_log_is_found_the_same_as_when_every_line_is_read(lines: list[bytes], ended: bool) -> None:
    content = b"\n".join([GOOD, *lines, GOOD]) + (b"\n" if ended else b"")
    assert linted(content) == read_throughout(content)


@pytest.mark.parametrize("order", [1, -1])
def test_every_odd_value_at_every_place_is_found_beside_all_the_others(order: int) -> None:
    lines = [written(changed(path, value), 0) for path in PLACES for value in VALUES][::order]
    content = b"\n".join([GOOD, *lines, GOOD])
    assert linted(content) == read_throughout(content)


BAD = written(changed(("context", "device", "type"), "iOS"), 0)
DEVICE = IOS_CALL["context"]["device"]
WRONG = {**DEVICE, "id": "unknown"}


def other(device: Any) -> Any:
    """A device that differs from another in nothing but who has it, and in what is not there at all."""
    if isinstance(device, str):
        return "analytics-swift"
    if not isinstance(device, dict) or not isinstance(device.get("id"), str):
        return device
    last = {"é": "ó", "7": "8"}.get(device["id"][-1:], "7")
    return {**{key: device[key] for key in device if device[key] is not None}, "id": device["id"][:-1] + last}


@pytest.mark.parametrize(
    "context",
    [
        pytest.param({"device": WRONG, "copy": DEVICE}, id="another device after it"),
        pytest.param({"copy": DEVICE, "device": WRONG}, id="another device before it"),
        pytest.param({"device": WRONG, "copy": WRONG}, id="its text twice"),
        pytest.param({"copy": {"device": WRONG}, "device": DEVICE}, id="another device inside a member"),
        pytest.param({"device": None, "copy": None}, id="none, twice"),
        pytest.param({"device": None}, id="none"),
        pytest.param({"device": {}, "copy": {}}, id="an empty one twice"),
        pytest.param({"device": "null"}, id="a text"),
        pytest.param({"device": ":"}, id="a text that stands at its own beginning, too"),
        pytest.param({"device": {**DEVICE, "id": "a b", "advertisingId": "A B"}}, id="ids with spaces"),
        pytest.param(
            {"device": {**DEVICE, "id": "a-b-c", "advertisingId": "ABC"}}, id="ids alike but for case and hyphens"
        ),
        pytest.param(
            {"device": {**DEVICE, "id": "é", "advertisingId": "É"}}, id="ids alike but for the case of a letter"
        ),
        pytest.param({"device": {**DEVICE, "id": "a", "advertisingId": "\t"}}, id="a blank id"),
        pytest.param({"device": {**DEVICE, "advertising_id": DEVICE["advertisingId"].lower()}}, id="one id twice"),
        pytest.param({"device": {**DEVICE, "advertising_id": DEVICE["id"]}}, id="one spelling holds the other id"),
        pytest.param({"device": {**DEVICE, "id": DEVICE["advertisingId"].lower()}}, id="one id for both"),
        pytest.param(
            {"device": {**DEVICE, "id": DEVICE["advertisingId"].replace("-", "")}},
            id="one id for both, but for hyphens",
        ),
        pytest.param({"device": {**DEVICE, "adTrackingEnabled": None}}, id="null, which is not the same as absent"),
        pytest.param({"library": {"name": "analytics-ruby"}, "device": "analytics-ruby"}, id="the text of a library"),
        pytest.param({"device": {**DEVICE, "id": 5, "advertisingId": 5}}, id="numbers for ids"),
        pytest.param({"device": {**DEVICE, "id": "1e999"}}, id="a number too large for an id"),
        pytest.param({"device": {**DEVICE, "id": "", "advertisingId": ""}}, id="empty ids"),
        pytest.param({"device": DEVICE, "library": {"name": 5}}, id="a library without a name"),
        pytest.param({"device": DEVICE, "library": "analytics-swift"}, id="a library that is no object"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_devices_are_told_apart_whatever_stands_around_them(
    context: dict[str, Any], order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_READ_BYTES", 4000)
    lines = [GOOD]
    # The keys of the first round are new; in the later ones the same comes in texts that were not met before.
    for number in range(3):
        device = context["device"]
        context["device"] = {**device, "model": f"model {number}"} if device and isinstance(device, dict) else device
        around = {**IOS_CALL["context"], "timezone": f"zone {number}"}
        variants = [{**around, **context}, {**context, **{key: around[key] for key in around if key not in context}}]
        variants += [around, {**around, **context, "device": other(context["device"])}]
        variants += [{**around, "device": WRONG}, {key: around[key] for key in around if key != "device"}]
        lines += [written({**IOS_CALL, "context": each}, 0) for each in variants[::order]]
    content = b"\n".join(lines).replace(b'"1e999"', b"1e999")
    assert linted(content) == read_throughout(content)


VERSIONED = GOOD[:-1] + b',"version":"%b"}'


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD + BAD + b"\n\n" + BAD, id="two calls on a line, and a line without any"),
        # The last line is split by itself, when its keys are known already.
        pytest.param(VERSIONED % b"2" + b"\n" + VERSIONED % b"\xff", id="no UTF-8 where no rule reads"),
        pytest.param(VERSIONED % b"2" + b"\n" + VERSIONED % "é".encode(), id="UTF-8 where no rule reads"),
        pytest.param(GOOD + b"\n" + GOOD.replace(b",", b",\n", 1) + b"\n" + BAD, id="an end of a line between members"),
        pytest.param(
            GOOD + b"\n" + GOOD.replace(b'"device":{', b'"device":{\n', 1) + b"\n" + BAD,
            id="an end of a line in a member",
        ),
        pytest.param(
            GOOD + b"\n" + GOOD.replace(b'"user-4711"', deep.encode()) + b"\n" + BAD,
            id="too deep where a text should be",
        ),
        pytest.param((GOOD + b"\n") * 3000 + BAD + b"\n" + GOOD + b"\n" + BAD, id="more than is read in one go"),
    ],
)
def test_what_is_passed_over_keeps_its_lines(content: bytes) -> None:
    assert linted(content) == read_throughout(content)


@settings(max_examples=20)
@given(st.lists(log_lines, max_size=10))
def test_groups_are_found_the_same_as_when_every_line_is_read(lines: list[bytes]) -> None:
    times = b'{"type":"track","event":"x","userId":"u","timestamp":"2026-03-01T23:59:59-02:00","projectId":"p-1"}'
    grouped = Settings(group_by=tuple(FACETS.values()))
    content = b"\n".join([GOOD, *lines, times, GOOD])
    _, summary = linted(content, grouped)
    assert summary == read_throughout(content, grouped)[1]
    assert sum(tally.calls for tally in summary.groups.values()) == summary.calls - summary.malformed
    assert any("2026-03-02" in group and "p-1" in group for group in summary.groups)


@settings(max_examples=60)
@given(
    st.lists(
        st.builds(written, people, st.sampled_from([0, 0, 0, 1, 2]))
        | st.just(written(IOS_CALL, 0).replace(b"user-4711", b"\\ud800")),
        max_size=30,
    ),
    st.booleans(),
)
def test_users_are_the_same_as_when_every_line_is_read(lines: list[bytes], only: bool) -> None:
    chosen = Settings(select=("KCH2",) if only else ("ALL",), rule_limits={"shared-device-users": 2, "many-devices": 1})
    content = b"\n".join([GOOD, *lines])
    found, summary = linted(content, chosen)
    assert (found, summary) == read_throughout(content, chosen)
    assert summary.identity.users > 0


def other_device(**more: Any) -> dict[str, Any]:
    """A clean server call that names a device which the app never sent."""
    call = said("analytics-ruby", ("user-4711", ...), ("a", "b"), IDS[0] + "f", IDS[1] + "f")
    call["context"]["device"] = {**more, **call["context"]["device"]}
    return call


@pytest.mark.parametrize(
    "call",
    [
        pytest.param({"copy": other_device()["context"]["device"], **other_device()}, id="the device's text before it"),
        pytest.param(other_device(name={"id": "x", "advertisingId": "y"}), id="members of the same name inside"),
        pytest.param(other_device(name='"id":"x","advertisingId":"y"'), id="what reads like members"),
        pytest.param({"letter": "é", **other_device(name="ü😀")}, id="letters of several bytes before them"),
    ],
)
@pytest.mark.parametrize("spaces", [0, 1])
def test_ids_of_lines_that_are_passed_over_are_placed_exactly(call: dict[str, Any], spaces: int) -> None:
    chosen = Settings(select=("KCH2",))
    line = json.dumps(call, ensure_ascii=False, separators=(", ", ": ") if spaces else (",", ":")).encode()
    # Its keys come up in the block before; the last line is split by itself.
    content = b"\n".join([GOOD, line.replace(IDS[0].encode() + b"f", IDS[0].encode() + b"e"), line])
    found, _ = linted(content, chosen)
    assert [finding.location.span.line for finding in found if finding.code == "KCH201"] == [2, 3]
    assert found == read_throughout(content, chosen)[0]


@settings(max_examples=15)
@given(st.lists(log_lines, max_size=8))
def test_the_first_call_lets_what_is_no_call_in_at_its_place(lines: list[bytes]) -> None:
    content = b"\n".join([b'{"a":1}', *lines])
    assert linted(content) == read_throughout(content)


RULE = {
    "$schema": "urn:segkoch-lint:rule",
    "title": "odd",
    "description": "A rule that somebody made for a test of their own calls.",
    "rule": {
        "code": "OWN001",
        "severity": "error",
        "origin": "beyond",
        "applies-to": "call",
        "message": "this is odd: {value}",
        "source": ["https://example.com"],
    },
    "remedy": {"default": "mend it"},
    "examples": [{"type": "track"}],
}


def with_counterexample(constraint: dict[str, Any]) -> str:
    """The rule file of a constraint; it has to show what breaks it."""
    for changes, place in (
        ({"event": "bad"}, "/event"),
        ({"event": "a", "userId": "a"}, ""),
        ({"properties": {"event": 2}}, "/properties/event"),
        ({"context": {"event": "a", "userId": "a"}}, "/context"),
        ({"context": {"event": "x" * 2000}}, "/context"),
        ({"properties": 1}, "/properties"),
    ):
        patch = [{"op": "add", "path": f"/{key}", "value": value} for key, value in changes.items()]
        document = {**RULE, **constraint, "counterexamples": [{"patch": patch, "place": place}]}
        if not problem_of(document):
            return json.dumps(document)
    raise AssertionError("nothing breaks this constraint")


@pytest.mark.parametrize(
    "constraint",
    [
        {"properties": {"event": {"not": {"const": "bad"}}}},
        {"patternProperties": {"^eve": {"not": {"const": "bad"}}}},
        {"additionalProperties": {"not": {"const": "bad"}}},
        {"distinctValues": ["event", "userId"]},
        {"properties": {"properties": {"additionalProperties": {"type": "string"}}}},
        {"properties": {"properties": {"properties": {"event": {"const": 1}}}}},
        {"properties": {"context": {"distinctValues": ["event", "userId"]}}},
        {"properties": {"properties": {"type": "object"}}},
        {"properties": {"context": {"maxBytes": 1000}}},
    ],
)
@settings(max_examples=10)
@given(data=st.data())
def test_own_rules_find_the_same_in_what_is_passed_over(constraint: dict[str, Any], data: st.DataObject) -> None:
    folder = _FOLDERS[json.dumps(constraint)]
    settings = Settings(rules=(folder,))
    names = st.sampled_from(
        ["bad", "user-4711", 1, "good", [1], {"event": 2}, {"event": "1", "userId": "1"}, None, "x" * 1000]
    )
    keys = st.sampled_from(
        [("event",), ("events",), ("properties",), ("context",), ("context", "event"), ("context", "device", "name")]
    )
    lines = data.draw(st.lists(st.builds(written, st.builds(changed, keys, names), st.just(0)), max_size=6))
    content = b"\n".join([GOOD, GOOD, *lines])
    assert linted(content, settings) == read_throughout(content, settings)


_FOLDERS: dict[str, Path] = {}


@pytest.fixture(autouse=True)
def _rule_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    constraint = getattr(request.node, "callspec", None)
    if constraint is not None and "constraint" in constraint.params:
        rule = with_counterexample(constraint.params["constraint"])
        folder = tmp_path_factory.mktemp("rules")
        (folder / "OWN001.json").write_text(rule)
        _FOLDERS[json.dumps(constraint.params["constraint"])] = folder


def sieved(counted: list[tuple[str, int]] | None = None) -> Callable[[bytes], list[NumberedLine | Flaw | Judged]]:
    def count(opinion: Opinion, library: str, group: Group, calls: int) -> None:
        (counted if counted is not None else []).append((library, calls))

    sieving = Skimmer(RuleSet(built_in(), Delivery(), built_in()), Limits(), count)
    return lambda text: list(sieving.sieve(Block(1, text)))


def line(call: dict[str, Any]) -> bytes:
    return json.dumps(call, separators=(",", ":")).encode()


def test_the_text_of_a_device_is_not_taken_out_of_what_stands_before_it() -> None:
    lines = [
        line({"type": "track", "event": "x", "userId": "u", "context": {"library": {"name": name}, "device": name}})
        for name in ("one", "two", "one", "two")
    ]
    content, settings = b"\n".join([GOOD, *lines]), Settings(select=("KCH3",))
    found = linted(content, settings)
    assert found == read_throughout(content, settings)
    assert {name: tally.calls for name, tally in found[1].libraries.items()} == {
        "analytics-swift": 1,
        "one": 2,
        "two": 2,
    }


def test_what_is_absent_is_told_from_what_is_null(tmp_path: Path) -> None:
    constraint = {"properties": {"context": {"properties": {"locale": {"not": {"type": "null"}}}}}}
    patch = [{"op": "add", "path": "/context", "value": {"locale": None}}]
    rule = {**RULE, **constraint, "counterexamples": [{"patch": patch, "place": "/context/locale"}]}
    (tmp_path / "OWN001.json").write_text(json.dumps(rule))
    settings = Settings(rules=(tmp_path,), select=("OWN001",))
    lines = [line(changed(("context", "locale"), value)) for value in (..., None, "de", None, ...)]
    found, _ = linted(b"\n".join(lines), settings)
    assert [finding.location.span.line for finding in found if finding.location.span] == [2, 4]


def test_clean_calls_are_counted_and_only_the_others_are_left() -> None:
    counted: list[tuple[str, int]] = []
    bad = written(changed(("context", "device", "type"), "iOS"), 0)
    judged, left = sieved(counted)(b"\n".join([GOOD, bad, GOOD, b"17", GOOD, b""]))
    assert isinstance(judged, Judged)
    assert judged.document.value == json.loads(bad)
    assert [blame.rule.code for blame in judged.opinion.blames] == ["KCH103"]
    assert left == (4, b"17")
    assert counted == [("analytics-swift", 3)]


def test_spaces_between_tokens_and_other_scripts_are_passed_over_too() -> None:
    call = {**IOS_CALL, "event": "Bestellung übermittelt"}
    assert sieved()(written(call, 2) + b"\n" + written(call, 1)) == []


@pytest.mark.parametrize("most", [1, 2000])
def test_no_more_is_remembered_than_is_allowed(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "_MOST_HELD", most)
    monkeypatch.setattr(skimmer, "MOST_REMEMBERED", 1)
    monkeypatch.setattr(comparing, "MOST_REMEMBERED", 1)
    lines = [written(changed(("context", "device", "model"), f"model {number % 3}"), 0) for number in range(9)]
    lines += [written(changed(("context", "device", "id"), None), 0) for _ in range(2)]
    lines += [written(changed(("event",), event), 0) for event in ("a", "", "b", " ")]
    counted: list[tuple[str, int]] = []
    assert len(sieved(counted)(b"\n".join(lines))) == 4
    assert sum(calls for _, calls in counted) == 11
