"""Ids that are planted anywhere in any input appear in no output."""

from __future__ import annotations

import copy
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segkoch_lint.calls.facets import FACETS
from segkoch_lint.config.settings import Settings
from segkoch_lint.linter import Linter
from segkoch_lint.reporting import FORMATS, ReportOptions, RunResult, open_report
from segkoch_lint.reporting.snippets import error_snippet, snippet
from tests.conftest import IOS_CALL, Ran

GROUPINGS = (("event", "platform"), ("source",))
GROUPED = Settings(group_by=tuple(tuple(FACETS[name] for name in names) for names in GROUPINGS))

# Letters that make no word of ours, and ids of which the ends may be shown.
NAMES = st.text("qxzjwkv", min_size=7, max_size=12)
LONG = st.uuids().map(str) | st.uuids().map(lambda each: each.hex)


def leaks(planted: str, output: str) -> bool:
    """Whether more of an id is shown than the ends of a long one."""
    size = 5 if len(planted) < 16 else 9
    return any(planted[start : start + size] in output for start in range(len(planted) - size + 1))


def reported(content: bytes, name: str) -> Iterator[str]:
    """All that the reports of a run say, in every format."""
    linter = Linter(GROUPED, snippets=partial(snippet, width=300), error_snippets=partial(error_snippet, width=300))
    findings = [*linter.bytes(content, name), *linter.identity_findings()]
    for form in FORMATS:
        stream = io.StringIO()
        report = open_report(form, stream, ReportOptions(statistics=True))
        for finding in findings:
            report.finding(finding)
        report.end(linter.summary, RunResult(1, groupings=GROUPINGS))
        yield stream.getvalue()
    yield repr(findings)
    yield from map(str, findings)


def device(**members: Any) -> dict[str, Any]:
    return {"context": {"device": {**IOS_CALL["context"]["device"], **members}}}


PLACES: list[Callable[[str], dict[str, Any]]] = [
    lambda planted: {"userId": planted},
    lambda planted: {"userId": [planted, 1, {"v": planted}]},
    lambda planted: {"userId": {"a": {"b": [{"v": planted}]}}},
    lambda planted: {"traits": {"email": f"{planted}@example.com", "name": planted}},
    lambda planted: {"properties": {"note": f"mail {planted}@example.com", "firstName": planted}},
    lambda planted: {"properties": {"url": f"https://shop.test/?user_id={planted}&page=1"}},
    lambda planted: {"properties": {"url": f"https://shop.test/?x=1&u={quote(f'user_id={planted}', safe='')}"}},
    lambda planted: {"properties": {"note": json.dumps({"userId": planted, "x": [1]})}},
    lambda planted: {"properties": {"note": json.dumps(json.dumps({"deviceId": {"v": planted}}))}},
    lambda planted: {"event": f"Login password: {planted}"},
    lambda planted: {"type": f"?user_id={planted}"},
    lambda planted: {"session": {"type": "identify", "userId": 1, "traits": {"x": planted}}},
    lambda planted: {"batch": [{**IOS_CALL, "type": "trak", "userId": planted}, planted]},
    lambda planted: device(id=planted),
    lambda planted: device(id=f" {planted} "),
    lambda planted: device(id=[planted]),
    lambda planted: device(advertisingId=planted, type=f"?deviceId={planted}"),
    lambda planted: device(advertisingId="{" + planted + "}"),
    lambda planted: device(type=f"password={planted}", name=planted),
    lambda planted: device(type=f"{planted}@example.com"),
]

AGAIN: list[Callable[[str], dict[str, Any]]] = [
    lambda planted: {"anonymousId": planted, "event": planted},
    lambda planted: {"userId": planted, "event": f"Order by {planted}", "buyer": f"/u/{planted}/x"},
    lambda planted: {"userId": planted, "properties": {planted: {"type": 1}, "note": f'say "{planted}"'}},
]
"""The id stands under its key, and again where nothing tells of it."""


def escaped(data: st.DataObject, text: str, planted: str) -> str:
    """A JSON text with characters of the id and of keys written as escapes."""
    kind = data.draw(st.sampled_from(["no", "id", "keys", "both"]))
    if kind in {"id", "both"}:
        place = data.draw(st.integers(0, len(planted) - 1))
        text = text.replace(planted, f"{planted[:place]}\\u{ord(planted[place]):04x}{planted[place + 1 :]}")
    if kind in {"keys", "both"}:
        text = re.sub('"(user|anonymous|device|advertising)Id"', r'"\1\\u0049d"', text)
    return text


KINDS = ["json", "pretty", "lines", "list", "yaml", "flow", "csv", "broken"]


def written(data: st.DataObject, call: dict[str, Any], planted: str, kind: str) -> tuple[str, str]:
    """The call as a file of some kind, and the file's name."""
    other = {**IOS_CALL, "context": {**IOS_CALL["context"], "device": {"type": "ios"}}}
    if kind == "yaml":
        return yaml.safe_dump(call, width=data.draw(st.sampled_from([20, 999]))), "call.yaml"
    if kind == "flow":
        return yaml.safe_dump(call, default_flow_style=True, width=999), "call.yaml"
    if kind == "csv":
        return table(call), "calls.csv"
    if kind == "pretty":
        return escaped(data, json.dumps(call, indent=2), planted), "call.json"
    if kind == "list":
        return escaped(data, json.dumps([other, call, 5]), planted), "calls.json"
    line = escaped(data, json.dumps(call), planted)
    if kind == "json":
        return line, "call.json"
    if kind == "broken":
        cut = data.draw(st.integers(0, len(line)))
        line = data.draw(st.sampled_from([line[:cut], line[cut:], line[:-1] + ",}", line.replace('"', "'")]))
    return f"{json.dumps(other)}\n{line}\n{line}\n", "calls.ndjson"


def table(call: dict[str, Any]) -> str:
    stream = io.StringIO()
    row = {
        "anonymous_id": call.get("anonymousId", "someone"),
        "user_id": call.get("userId"),
        "event": call.get("event"),
        "context_device_type": call["context"]["device"]["type"],
        "context_device_id": call["context"]["device"]["id"],
        "context_traits": json.dumps(call.get("traits")),
        "note": json.dumps(call.get("properties")),
    }
    writer = csv.DictWriter(stream, row)
    writer.writeheader()
    writer.writerows([row, row])
    return stream.getvalue()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_report_shows_a_planted_id(data: st.DataObject) -> None:
    planted = data.draw(NAMES | LONG)
    call = copy.deepcopy(IOS_CALL)
    kind = data.draw(st.sampled_from(KINDS))
    places = PLACES if kind == "broken" else PLACES + AGAIN  # what is cut off cannot tell
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        call |= place(planted)
    content, name = written(data, call, planted, kind)
    for output in reported(content.encode(), name):
        assert not leaks(planted, output)


def test_with_its_ids_shown_a_report_leaks() -> None:
    call = {**copy.deepcopy(IOS_CALL), **device(id=None), "userId": "qxzjwkv"}
    linter = Linter(snippets=partial(snippet, show_ids=True, width=999))
    (finding,) = linter.bytes(json.dumps(call).encode(), "call.json")
    assert finding.snippet
    assert leaks("qxzjwkv", finding.snippet.lines[0])


def commands(output: str) -> Iterable[str]:
    """The lines that GitHub's runner, or one like it, would obey: a port of how it parses them.

    Source: actions/runner, src/Runner.Common/ActionCommand.cs: `TryParseV2` wants `::` at the beginning of the trimmed
    line, and `TryParse` finds `##[` anywhere in it.
    """
    for line in re.split("\r\n|\r|\n", output):
        if line.strip().startswith("::") or re.search(r"##(?:\[|vso\[|teamcity\[)", line, re.IGNORECASE):
            yield line


ANNOTATION = re.compile(r"::(?:error|warning|notice) [a-zA-Z]+=[^,:]*(?:,[a-zA-Z]+=[^,:]*)*::.*")
"""An annotation: a colon in a property is escaped, so that the first `::` after the command ends the properties."""

AZURE_ISSUE = re.compile(r"##vso\[task\.logissue type=(?:error|warning)(?:;[a-z]+=[^;\]]*)*\](?:(?!##\w*\[).)*")

PARTS = ["#", "##", "[error]", "##[add-mask]x", "##[stop-commands]", "##vso[task]", "##teamcity[x]", "::error::x", "::"]
PARTS += [" ", "\\", '"', "x", "\n", "\t", "\x1b[31m", "\u2028", "#\u200b#[error]"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_report_holds_a_command(data: st.DataObject) -> None:
    evil = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join)
    call = copy.deepcopy(IOS_CALL)
    call |= {data.draw(evil): data.draw(evil), "event": data.draw(evil), "type": data.draw(evil | st.just("track"))}
    call["context"] |= {
        "device": {"type": data.draw(evil), "id": data.draw(evil)},
        "library": {"name": data.draw(evil)},
    }
    text = json.dumps(call, indent=data.draw(st.sampled_from([None, 1])), ensure_ascii=data.draw(st.booleans()))
    text = data.draw(st.sampled_from([text, text[:-1] + ",}", data.draw(evil) + text, f"[{text}, {text}, 5]"]))
    outputs = reported(text.encode(), f"{data.draw(evil)}.json")
    for form, output in zip(FORMATS, outputs, strict=False):
        obeyed = list(commands(output))
        if form == "github":
            assert obeyed == output.splitlines()
            assert all(ANNOTATION.fullmatch(line) and "##[" not in line for line in obeyed)
        elif form == "azure":
            assert all(AZURE_ISSUE.fullmatch(line) for line in obeyed)
        else:
            assert obeyed == []


def test_standard_error_shows_no_id_and_holds_no_command(program: Callable[..., Ran], tmp_path: Path) -> None:
    secret = "qxzjwkv"
    paths = [f'{{"userId":"{secret}"}}', f"userId: {secret}\nx: 1", f"s9://u:{secret}@h/x?token={secret}"]
    evil = ["##[error]x", "::error::x", "a\n::add-mask::x", "\r##vso[x]"]
    for arguments in (
        ["check", *paths, *evil],
        ["check", str(tmp_path), "--format", evil[0]],
        ["check", "--fail-on", evil[2], "."],
        [evil[1]],
        ["rule", evil[0]],
        ["check", "--select", evil[2]],
        ["check", "--config", evil[3]],
        ["check", "-o", f"json:{tmp_path}/{evil[0]}/x", str(tmp_path)],
    ):
        ran = program(*arguments)
        assert secret not in ran.out + ran.err
        assert list(commands(ran.out + ran.err)) == []
        assert ran.status in {2, 4}
        assert ran.err
