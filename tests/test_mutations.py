"""Mutants of fixtures and logs: whatever they hold, no exception ends a run, the figures add up, and no id is shown.

A mutant is made of its number alone. To try more than CI does, or other ones:

    MUTANTS=1000000 FIRST_MUTANT=20000 .venv/bin/pytest tests/test_mutations.py -n auto
"""

from __future__ import annotations

import copy
import csv
import gzip
import io
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import yaml

from segkoch_lint.config.exit_status import exit_status
from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Severity
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.linter import Linter
from segkoch_lint.reporting import FORMATS, Report, ReportOptions, RunResult, open_report
from segkoch_lint.reporting.snippets import error_snippet, snippet

MUTANTS = int(os.environ.get("MUTANTS", "20000"))
FIRST = int(os.environ.get("FIRST_MUTANT", "0"))
AT_ONCE = 1000
"""Mutants of one test, which share a linter."""

SETTINGS = Settings(limits=Limits(line_bytes=20_000, file_bytes=100_000, yaml_bytes=50_000, values=5_000, depth=60))

CANARIES = {
    "advertising": "c0ffee11-2233-4455-6677-8899aabbccdd",
    "device": "0ddba11d-eeee-4fff-8abc-0123456789ab",
    "android": "9f8e7d6c5b4a3928",
    "email": "canary.person@mail.example.org",
    "address": "203.0.113.77",
}
"""What is personal data by its looks, whatever stands around it (but for further digits)."""

_IOS: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "userId": CANARIES["email"],
    "anonymousId": "7e57ab1e-1234-4bcd-9876-1234567890ff",
    "messageId": "m-1",
    "timestamp": "2026-05-01T10:00:00.000Z",
    "properties": {"revenue": 12.5, "currency": "EUR", "items": [{"sku": "a"}, {"sku": "b"}], "network": "x"},
    "context": {
        "device": {"type": "ios", "id": CANARIES["device"], "advertisingId": CANARIES["advertising"]},
        "library": {"name": "analytics-swift", "version": "1.6.2"},
        "ip": CANARIES["address"],
    },
    "integrations": {"All": True, "kochava": {}},
}
_ANDROID: dict[str, Any] = {
    "type": "identify",
    "userId": CANARIES["email"],
    "traits": {"email": CANARIES["email"], "plan": "pro"},
    "context": {
        "device": {"type": "Android", "id": CANARIES["android"], "advertising_id": "0000-0000", "adTrackingEnabled": 0},
        "library": {"name": "analytics-ruby"},
    },
}
_BATCH = {"batch": [_IOS, _ANDROID, {"type": "page", "name": "Home"}], "context": {"locale": "de"}, "sentAt": "x"}
_ROWS = [
    ["type", "user_id", "event", "context_device_id", "context_device_type", "context_device_advertising_id", "note"],
    ["track", CANARIES["email"], "A, b", CANARIES["device"], "ios", CANARIES["advertising"], 'says "x"'],
    ["track", "", "A", CANARIES["android"], "android", "", "{}"],
]

_ODD_VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 10**30, "", " ", "undefined", "\ud83d\ude00", "\u2028", [], {}, [[]], [{}],
    {"": ""}, "A" * 300, {"a": {"a": {"a": []}}}, "2026-02-30", "00000000", "NO", ["ios"], "\x00\x1b[31m",
    "##[error]x", "::error::x",
]  # fmt: skip

_PIECES = [
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"\xc3",
    b"\xed\xa0\x80", b"\\ud800", b"1e999", b"NaN", b"-", b"---\n", b"...\n", b"- ", b"? ", b"&a ", b"*a",
    b"<<: ", b"!!int ", b"|\n", b"#", b"//", b"/*", b"'", b"null", b"true", b"\x1e", b"\xef\xbb\xbf",
    b"\xe2\x80\xa8", b"\t", b'"\xff":1,', b'"type":"track",', b'"context":{},', b"%YAML 1.1\n", b'"userId":',
    b"[" * 70, b'{"a":' * 70, b"9" * 5000, b" " * 300, b'""', b"\\u0040", b"1 1", b'{"batch":[]}', b"[]\n",
]  # fmt: skip

Mutation = Callable[[bytes, random.Random], bytes]


def flip(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text))
    return text[:at] + bytes([text[at] ^ (1 << chance.randrange(8))]) + text[at + 1 :]


def delete(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text))
    return text[:at] + text[at + chance.choice([1, 1, 2, 5, 40]) :]


def insert(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_PIECES) + text[at:]


def overwrite(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text))
    piece = chance.choice(_PIECES)
    return text[:at] + piece + text[at + len(piece) :]


def repeat(text: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(text))
    end = min(len(text), start + chance.choice([1, 10, 100, 1000]))
    return text[:end] + text[start:end] * chance.choice([1, 1, 3]) + text[end:]


def cut(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text))
    return chance.choice([text[:at], text[at:]])


def move(text: bytes, chance: random.Random) -> bytes:
    start, end, to = sorted(chance.randrange(len(text) + 1) for _ in range(3))
    return text[:start] + text[end:to] + text[start:end] + text[to:]


def encode(text: bytes, chance: random.Random) -> bytes:
    return text.decode("utf-8", "replace").encode(
        chance.choice(["utf-16", "utf-32", "utf-8-sig", "latin-1"]), "replace"
    )


def end_lines_otherwise(text: bytes, chance: random.Random) -> bytes:
    return text.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n", b" "]))


BY_BYTES: list[Mutation] = [flip, delete, insert, insert, overwrite, repeat, cut, move, encode, end_lines_otherwise]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every member and item, as what holds it and its key or index."""
    for key, inner in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def with_other_values(value: Any, chance: random.Random) -> Any:
    changed = copy.deepcopy(value)
    for _ in range(chance.choice([1, 1, 2, 4])):
        holder, key = chance.choice(list(places(changed)) or [([None], 0)])
        match chance.randrange(4):
            case 0 if isinstance(holder, dict):
                renamed = chance.choice([str(key).upper(), str(key) + "_", f" {key}", "", "type", "__proto__"])
                holder[renamed] = holder.pop(key)
            case 1 if isinstance(holder, dict):
                del holder[key]
            case 2:
                holder[key] = [holder[key]]
            case _:
                holder[key] = copy.deepcopy(chance.choice([*_ODD_VALUES, *CANARIES.values()]))
    return changed


def written(value: Any, chance: random.Random) -> tuple[str, bytes]:
    """Write a value in one of the formats."""
    items = value if isinstance(value, list) else value.get("batch", [value]) if isinstance(value, dict) else [value]
    items = items if isinstance(items, list) and items else [value]
    compact = partial(json.dumps, separators=(",", ":"), ensure_ascii=chance.random() < 0.5)
    lines = "".join(f"{compact(each)}\n" for each in items * chance.choice([1, 1, 3]))
    match chance.randrange(6):
        case 0:
            return "call.json", json.dumps(value, indent=chance.choice([None, 1, 2])).encode()
        case 1:
            return "log.ndjson", lines.encode("utf-8", "surrogatepass")
        case 2:
            return "calls.yaml", yaml.safe_dump_all(items, sort_keys=False).encode("utf-8", "surrogatepass")
        case 3:
            return "rows.csv", rows(chance)
        case 4:
            return "log.ndjson.gz", gzip.compress(lines.encode("utf-8", "surrogatepass"), 1, mtime=0)
        case _:
            return chance.choice(["log", "log.txt", "calls.yml", "log.jsonl"]), lines.encode("utf-8", "surrogatepass")


def rows(chance: random.Random) -> bytes:
    table = copy.deepcopy(_ROWS)
    for _ in range(chance.randrange(3)):
        row = chance.choice(table)
        row[chance.randrange(len(row))] = chance.choice(
            ["", "NULL", "ios", '{"id":1}', "a\nb", CANARIES["device"], "1e5"]
        )
    text = io.StringIO()
    csv.writer(text, delimiter=chance.choice(",,;\t"), lineterminator="\n").writerows(table)
    return text.getvalue().encode()


def mutant(number: int) -> tuple[str, bytes]:
    """Return the name and the content of a mutant."""
    chance = random.Random(number)
    value = copy.deepcopy(chance.choice([_IOS, _ANDROID, _BATCH, [_IOS, _ANDROID], [_ANDROID, _BATCH]]))
    if chance.random() < 0.6:
        value = with_other_values(value, chance)
    name, content = written(value, chance)
    packed = name.endswith(".gz") and chance.random() < 0.7
    if packed:  # else what is packed is changed
        content = gzip.decompress(content)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 5])):
        content = chance.choice(BY_BYTES)(content, chance) if content else b" "
    return name, gzip.compress(content, 1, mtime=0) if packed else content


class Pages:
    """A report in each format, of which what was written since can be looked at."""

    def __init__(self) -> None:
        self._streams = {form: io.StringIO() for form in FORMATS}
        self.reports: list[Report] = [open_report(form, self._streams[form], ReportOptions()) for form in FORMATS]

    def taken(self) -> str:
        text = "".join(stream.getvalue() for stream in self._streams.values())
        for stream in self._streams.values():
            stream.seek(0)
            stream.truncate()
        return text


@pytest.mark.slow
@pytest.mark.no_cover  # a mutant runs no line that no other test does
@pytest.mark.parametrize("first", range(FIRST, FIRST + MUTANTS, AT_ONCE))
def test_no_mutant_ends_a_run_or_shows_an_id(first: int) -> None:
    linter = Linter(SETTINGS, snippets=snippet, error_snippets=error_snippet)
    pages = Pages()
    for number in range(first, min(first + AT_ONCE, FIRST + MUTANTS)):
        name, content = mutant(number)
        for finding in linter.bytes(content, name):
            for report in pages.reports:
                report.finding(finding)
        check(linter, pages, f"mutant {number}, {name}: {content[:3000]!r}")
    for finding in linter.identity_findings():
        for report in pages.reports:
            report.finding(finding)
    check(linter, pages, f"users of the mutants from {first}")
    status = exit_status(linter.summary, Severity.ERROR, allow_empty=False)
    for report in pages.reports:
        report.end(linter.summary, RunResult(status))
    check(linter, pages, f"figures of the mutants from {first}")
    assert status in {0, 1, 3, 4}


def check(linter: Linter, pages: Pages, about: str) -> None:
    summary = linter.summary
    assert summary.internal_errors == [], f"{about}\n{summary.internal_errors[-1].trace}"
    assert not any("failed" in remark for _, remark in summary.remarks), about
    assert summary.adds_up(), about
    text = pages.taken()
    found = [kind for kind, canary in CANARIES.items() if canary in text]
    shown = [kind for kind in found if re.search(rf"(?<![\d.]){re.escape(CANARIES[kind])}(?![\d.])", text)]
    assert shown == [], f"{about}\n{text}"


def test_a_mutant_is_made_of_its_number_alone() -> None:
    assert [mutant(number) for number in range(50)] == [mutant(number) for number in range(50)]
    assert len({mutant(number) for number in range(1000)}) > 950
