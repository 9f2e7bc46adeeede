"""Logs with calls that are good, bad and odd, and the ways to go through them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import strategies as st

from segkoch_lint.calls.facets import FACETS
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.documents import detection
from segkoch_lint.engine import input_linter
from segkoch_lint.engine.lines import selector
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.engine.lines.selector import LineContext, LineSelector, ReadingSelector, fastest_selector
from segkoch_lint.inputs import opener
from segkoch_lint.linter import Linter
from segkoch_lint.rules import fingerprint
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.validator import Validator, compile_schema
from tests.conftest import IOS_CALL
from tests.rules.test_ruleset import calls

READ = "every line read as a document"
CACHED = "by the verdict cache"
NATIVE = "by the native core"

ALL_FACETS = tuple(FACETS)
"""The names of all facets: the first grouping of `GROUPED`."""

GROUPED = Settings(group_by=(tuple(FACETS.values()), (FACETS["event"],), (FACETS["platform"], FACETS["day"])))
"""Calls in several groupings."""

WAYS = (CACHED, *([NATIVE] if has_core() else []))
"""The ways to go through lines that must find the same as `READ`."""


def selector_by(name: str) -> Callable[[LineContext], LineSelector]:
    """What makes a selector of a kind, as far as the rules allow it."""

    def make(context: LineContext) -> LineSelector:
        if name == READ:
            return ReadingSelector(context.limits)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(selector, "has_core", lambda: name == NATIVE)
            return fastest_selector(context)

    return make


@contextmanager
def way(name: str) -> Iterator[None]:
    """Let parts of inputs be gone through in a way.

    Rules are compiled once and not for each example: they are the same for all, and to compile them takes longer than
    to lint most examples.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(input_linter, "LazySelector", selector_by(name))
        patch.setattr(input_linter, "Selection", selection_of)
        patch.setattr(input_linter, "RuleSet", rule_set_of)
        patch.setattr(fingerprint, "compile_schema", compiled)
        yield


_SELECTIONS: dict[str, Selection] = {}
_RULE_SETS: dict[Any, RuleSet] = {}
_VALIDATORS: dict[str, Validator] = {}


def selection_of(settings: Settings) -> Selection:
    """The rules of a run; of rule files of somebody's own, too, which no test changes between two runs."""
    key = repr(settings)
    return _SELECTIONS.get(key) or _SELECTIONS.setdefault(key, Selection(settings))


def rule_set_of(rules: Sequence[Rule], delivery: Delivery, required: Sequence[Rule]) -> RuleSet:
    key = (tuple(rules), repr(delivery), tuple(required))
    return _RULE_SETS.get(key) or _RULE_SETS.setdefault(key, RuleSet(rules, delivery, required))


def compiled(schema: Mapping[str, Any]) -> Validator:
    key = json.dumps(schema)
    return _VALIDATORS.get(key) or _VALIDATORS.setdefault(key, compile_schema(schema))


def linted(
    content: bytes, settings: Settings | None = None, *, by: str = READ, name: str = "log.ndjson", jobs: int = 1
) -> Any:
    """The findings and the figures of a log."""
    with way(by):
        linter = Linter(settings, jobs=jobs)
        findings = [*linter.bytes(content, name), *linter.identity_findings(), *linter.expectation_findings()]
    return findings, linter.summary


def read_at_once(size: int, patch: pytest.MonkeyPatch) -> None:
    """Let so many bytes of an input be read at a time, and be looked at before."""
    patch.setattr(opener, "READ_BYTES", size)
    patch.setattr(detection, "PEEKED_BYTES", size)


def is_found_the_same(content: bytes, settings: Settings | None = None, *, name: str = "log.ndjson") -> Any:
    """Check that every way finds the same in a log; return that."""
    expected = linted(content, settings, name=name)
    for each in WAYS:
        assert linted(content, settings, by=each, name=name) == expected, each
    return expected


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
USERS = st.sampled_from(["u", "v", " ", "ü", 'q"', None, 5, ...])


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
PEOPLE = st.builds(
    said,
    st.sampled_from(["analytics-swift", "analytics-ruby", "@segment/analytics-next", "ö"]),
    st.tuples(USERS, USERS),
    st.sampled_from(
        [("type", "track"), ("type", "alias"), ("previousId", "v"), ("user_id", "w"), ("anonymous_id", ...)]
        + [("integrations", {"All": False}), ("a", "b")]
    ),
    st.sampled_from([IDS[0] + each for each in "1234f"] + [IDS[0].lower() + "1"]),
    st.sampled_from([IDS[1] + each for each in "1234f"] + [IDS[1].lower() + "1"]),
)
MUTANTS = st.builds(changed, st.sampled_from(PLACES), st.sampled_from(VALUES)) | calls | st.just(IOS_CALL) | PEOPLE
DEEP = "[" * 250 + "]" * 250
ODD_LINES = st.sampled_from(
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
        b'{"type":"track","event":"x"}',
        b'{"type":"page","name":"x"}',
        b'{"type":"page","name":"x","level":"info"}',
        b'{"type":"page","batch":[],"userId":"u"}',
        b'{"type":"trak","event":"x","userId":"u"}',
        b'{"type":"delete","userId":"u","anonymousId":"a"}',
        b'{"event":"x","userId":"u"}',
        b'{"event":"x","userId":"u","level":"info"}',
        b'{"userId":"u","groupId":"g","anonymousId":"a"}',
        b'{"type":"track","event":"x","userId":"u","context_device_id":"d","context_device_type":"iOS"}',
        b'{"type":"track","event":"x","user_id":"u","received_at":"t","context":null}',
        b'{"type":"track","event":"x","userId":"u","properties":{"a":[1,\n2]}}',
        json.dumps({**IOS_CALL, "more": json.loads(DEEP)}).encode(),
        json.dumps({**IOS_CALL, "properties": {"a": json.loads(DEEP)}}).encode(),
        json.dumps({**IOS_CALL, "context": {**IOS_CALL["context"], "a": json.loads(DEEP)}}).encode(),
    ]
)


def written(call: dict[str, Any], style: int) -> bytes:
    if style == 0:
        return json.dumps(call, separators=(",", ":")).encode()
    if style == 1:
        return json.dumps(call, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
    return json.dumps(call).encode() + b" \r"


LOG_LINES = ODD_LINES | st.builds(written, MUTANTS, st.sampled_from([0, 0, 0, 1, 2]))
GOOD = written(IOS_CALL, 0)
BAD = written(changed(("context", "device", "type"), "iOS"), 0)


def line(call: dict[str, Any]) -> bytes:
    return json.dumps(call, separators=(",", ":")).encode()
