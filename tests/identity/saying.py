"""Calls that say something of users, and what a run finds in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from segkoch_lint import Finding, Linter, Settings
from segkoch_lint.engine.input_linter import InputLinter
from segkoch_lint.identity.database import IdentityDatabase, Source
from segkoch_lint.identity.records import RecordBatch
from segkoch_lint.identity.sql_engines import DuckDB, Engine, SQLite
from segkoch_lint.inputs.input import Input
from segkoch_lint.inputs.opener import open_bytes

D1, D2, D3 = (f"5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F6{n}" for n in "123")
A1, A2, A3 = (f"A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A95{n}" for n in "123")
ZERO = "00000000-0000-0000-0000-000000000000"
ONLY = Settings(select=("KCH2",))


def call(library: str, device: str | None = None, advertising: str | None = None, **more: Any) -> dict[str, Any]:
    platform = more.pop("platform", "ios")
    ids = {"id": device, "advertisingId": advertising}
    held = {"type": platform, **{key: value for key, value in ids.items() if value}}
    users = {} if "userId" in more or "anonymousId" in more else {"userId": "u"}
    context = {"device": held, "library": {"name": library}}
    return {"type": "track", "event": "x", **users, "context": context, **more}


def app(*ids: str | None, **more: Any) -> dict[str, Any]:
    return call("analytics-swift", *ids, **more)


def server(*ids: str | None, **more: Any) -> dict[str, Any]:
    return call("analytics-ruby", *ids, **more)


IDS = st.sampled_from([None, D1, D1.lower(), D2, D3, ZERO, "unknown", "\u00c4\u00df-1", "\u00e4ss-1"])
ADS = st.sampled_from([None, A1, A1.lower(), A1.replace("-", ""), A1.lower().replace("-", ""), A2, A3, ZERO, D1])
USERS = st.sampled_from(
    [
        {"userId": "u"},
        {"userId": "v"},
        {"anonymousId": "a"},
        {"anonymousId": "b"},
        {"userId": ""},
        {"userId": "guest"},
        {"userId": "v", "anonymousId": "a"},
    ]
)
LIBRARIES = st.sampled_from(["analytics-swift", "analytics-ruby", "analytics-go", "analytics.js", "other"])
SAID = st.builds(
    lambda library, device, advertising, user, platform, event: call(
        library, device, advertising, platform=platform, event=event, **user
    ),
    LIBRARIES,
    IDS,
    ADS,
    USERS,
    st.sampled_from(["ios", "ios", "android", "iOS"]),
    st.sampled_from(["Order Completed", "order_completed", "OrderCompleted", "x", "X", "y\0", 'y"\n', " "]),
)
LINKS = st.builds(
    lambda kind, user, before: {"type": kind, "userId": user, "anonymousId": before, "previousId": before},
    st.sampled_from(["identify", "alias", "alias", "screen", "delete"]),
    st.sampled_from(["u", "v", "w", "guest"]),
    st.sampled_from(["a", "b", "u", "v", ""]),
)
LIMITS = {"shared-device-users": 2, "many-devices": 1}
SETTINGS = Settings(select=("KCH2", "KCH307"), rule_limits=LIMITS)


def told(linter: Linter) -> tuple[list[Finding], Any]:
    """What is found across calls, and the figures."""
    findings = list(linter.identity_findings())
    rules = {code: (tally.findings, tally.calls) for code, tally in linter.summary.rules.items()}
    return findings, (linter.summary.identity, rules)


def sqlite(memory: int) -> Engine:
    return SQLite(memory // 2)


def spilled(make_engine: Callable[[int], Engine], most_rows: int = 1, at_once: int | None = 1) -> IdentityDatabase:
    """A database that holds hardly anything in memory, with partitions of *at_once* bytes; None for few of them."""
    return IdentityDatabase(
        512 << 20, most_rows=most_rows, most_kept=most_rows, make_engine=make_engine, buckets=3, at_once=at_once
    )


DATABASES: dict[str, Callable[[], IdentityDatabase]] = {
    "memory": lambda: IdentityDatabase(64 << 20),
    "one partition": lambda: spilled(sqlite, at_once=None),
    "partitions": lambda: spilled(sqlite),
    "duckdb": lambda: spilled(DuckDB, 5),
}
"""The ways that records can take: few rows in memory, and many in partitions, in either engine."""


def records_in(content: bytes, name: str, worker: InputLinter) -> list[RecordBatch]:
    """What the calls of an input say."""
    with open_bytes(content, name) as stream:
        return [each for each in worker.stream(stream, Input(name, named=True)) if isinstance(each, RecordBatch)]


def told_of_files(
    calls: Sequence[Any], database: IdentityDatabase, order: Sequence[int] | None = None
) -> tuple[list[Finding], Any]:
    """What is found in calls of which each is a file of its own, read in any order."""
    whole, worker = Linter(SETTINGS), InputLinter(SETTINGS)
    whole.identity = database
    for number in range(len(calls)) if order is None else order:
        for batch in records_in(json.dumps(calls[number]).encode(), f"{number}.json", worker):
            database.add(batch, Source(f"{number}.json", number + 1))
    return told(whole)
