"""A log with broken lines of many kinds is counted to the line, by one process and by several.

By hand with a log of any size, in megabytes:

    COUNTED_MB=1000 .venv/bin/pytest tests/test_counting.py
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.summary import FileTally
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.linter import Linter
from tests.conftest import IOS_CALL

MEGABYTES = int(os.environ.get("COUNTED_MB", "20"))

LIMITS = Limits(line_bytes=5_000)

BROKEN = [
    b'{"type":"track","event":"x","userId":',
    b'{"type":"track","event":"x","userId":"u',
    b'{"type":"track","event":"x","userId":"u",}',
    b'{"type":"track","event":"x","\xff":"u"}',
    b'{"type":"track","event":"x","context":{"device":{"\xc3\x28":"u"}}}',
    b'{"type":"track","event":"x","userId":"\xff"}',
    b"{'type':'track','event':'x','userId':'u'}",
    b'{"type":"track","event":"x","userId":"u","properties":{"n":NaN}}',
    b'{"type":"track","event":"x","userId":"\\ud800"}',
    b'{"type":"track","event":"x","userId":"a\tb"}',
    b'{"type":"track","event":"x","userId":"u"} and more',
    b'{"type":"track","event":"x","userId":"u","properties":' + b"[" * 250 + b"]" * 250 + b"}",
    b'{"type":"track","event":"x","userId":"u","properties":{"n":01}}',
    b'{"type":"track","event":"x","userId":"u","properties":{"n":"' + b"x" * 5_000 + b'"}}',
    b'\0\0{"type":"track","event":"x","userId":"u"}',
    b"// a comment",
]


class Log(NamedTuple):
    """A log and what is in it: the number of lines by kind, and where the broken ones are."""

    file: Path
    lines: Counter[str]
    broken: list[int]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    chance = random.Random(7)
    bad = {**IOS_CALL, "context": {"library": {"name": "analytics-ruby"}}}
    kinds = {
        "good": [
            json.dumps({**IOS_CALL, "properties": {"n": n, "note": "é" * n}}, ensure_ascii=n % 2 == 0).encode()
            for n in range(40)
        ],
        "bad": [
            json.dumps({**bad, "properties": {"n": n, "big": 1e999 if n % 7 == 0 else 1}}).encode() for n in range(20)
        ],
        "undelivered": [json.dumps({**IOS_CALL, "integrations": {"All": False}}).encode()],
        "stranger": [b'{"x":1}', b"[]", b'{"batch":[]}'],
        "blank": [b"", b"  "],
        "broken": BROKEN,
    }
    kinds["bad"] = [line.replace(b"Infinity", b"1e999") for line in kinds["bad"]]
    names = list(kinds)
    weights = [800, 100, 50, 20, 20, 10]
    file = tmp_path_factory.mktemp("log") / "log.ndjson"
    lines: Counter[str] = Counter()
    broken: list[int] = []
    number = 0
    with file.open("wb") as stream:
        while stream.tell() < MEGABYTES << 20:
            chosen = chance.choices(names, weights, k=1000)
            stream.writelines(chance.choice(kinds[name]) + b"\n" for name in chosen)
            broken += [number + place for place, name in enumerate(chosen, 1) if name == "broken"]
            number += len(chosen)
            lines.update(chosen)
    return Log(file, lines, broken)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_line_of_a_large_log_is_counted_as_what_it_is(jobs: int, log: Log) -> None:
    linter = Linter(Settings(limits=LIMITS, select=("KCH001", "KCH101")), jobs=jobs)
    broken: list[int] = []
    faulty = 0
    for finding in linter.paths([str(log.file)]):
        assert finding.location.span is not None
        if finding.code == "KCH001":
            broken.append(finding.location.span.line)
        else:
            faulty += 1
    summary = linter.summary
    assert broken == log.broken
    assert summary.malformed == log.lines["broken"]
    assert faulty == log.lines["bad"]
    assert summary.checked == log.lines["good"] + log.lines["bad"]
    assert summary.not_delivered.total() == log.lines["undelivered"]
    assert summary.not_calls.total() == log.lines["stranger"]
    assert summary.calls == summary.checked + log.lines["undelivered"] + log.lines["broken"]
    assert summary.files == {str(log.file): FileTally(1, summary.calls, len(broken) + faulty)}
    assert (summary.failed, summary.unread, summary.adds_up()) == (0, [], True)
