"""What lines say of users is the same by every way to go through them."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.settings import Settings
from segkoch_lint.engine.input_linter import InputLinter
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.identity.first_seen import LINE_DIGITS, file_prefix, stored_place
from segkoch_lint.identity.records import RecordBatch, storable_name
from segkoch_lint.identity.sql_engines import DuckDB, Engine
from segkoch_lint.inputs import opener
from segkoch_lint.inputs.input import Input
from segkoch_lint.inputs.opener import open_bytes
from segkoch_lint.linter import Linter
from tests.conftest import IOS_CALL
from tests.engine.lines.logs import GOOD, IDS, NATIVE, PEOPLE, READ, WAYS, is_found_the_same, linted, said, way, written
from tests.identity.saying import spilled, sqlite

ODD_USER = written({**IOS_CALL, "userId": 'q"\n\u00fc'}, 0)


@pytest.mark.slow
@settings(max_examples=60)
@given(
    st.lists(
        st.builds(written, PEOPLE, st.sampled_from([0, 0, 0, 1, 2]))
        | st.just(written(IOS_CALL, 0).replace(b"user-4711", b"\\ud800")),
        max_size=30,
    ),
    st.booleans(),
)
def test_findings_about_users_are_the_same_as_if_every_line_is_read(lines: list[bytes], only: bool) -> None:
    chosen = Settings(select=("KCH2",) if only else ("ALL",), rule_limits={"shared-device-users": 2, "many-devices": 1})
    content = b"\n".join([GOOD, *lines])
    _, summary = is_found_the_same(content, chosen)
    assert summary.identity.users > 0


def left_or_not(call: dict[str, Any], left: bool) -> bytes:
    """A line; one with an escaped key on the way is left to the reader."""
    line = written(call, 0)
    return line.replace(b'"userId"', b'"user\\u0049d"') if left else line


@pytest.mark.slow
@pytest.mark.skipif(not has_core(), reason="the core makes these rows")
@settings(max_examples=30)
@given(
    st.lists(st.builds(left_or_not, PEOPLE, st.booleans()) | st.just(ODD_USER), max_size=30),
    st.sampled_from([sqlite, DuckDB]),
)
def test_records_in_a_temporary_file_of_the_core_are_the_same(
    lines: list[bytes], make_engine: Callable[[int], Engine]
) -> None:
    chosen = Settings(select=("KCH2", "KCH307"), rule_limits={"shared-device-users": 2, "many-devices": 1})
    content = b"\n".join([GOOD, *lines])
    with way(NATIVE):
        linter = Linter(chosen)
        linter.identity = spilled(make_engine)
        findings = [*linter.bytes(content, "log.ndjson"), *linter.identity_findings()]
    assert (findings, linter.summary) == linted(content, chosen)


ROWS = st.tuples(
    st.sampled_from(["track", "identify"]),
    st.sampled_from(["u", "v", " ", "\u00fc"]),
    st.sampled_from(["a", "b", ""]),
    st.sampled_from([IDS[0] + "1", f" {IDS[0]}1", IDS[0].lower() + "1", IDS[0] + "2"]),
    st.sampled_from([IDS[1] + "1", IDS[1].lower() + "1", "unknown", ""]),
    st.sampled_from(["analytics-swift", "analytics-ruby", "\u00f6"]),
    st.sampled_from(["Order Completed", "order_completed", ""]),
)


@settings(max_examples=30)
@given(st.lists(ROWS, max_size=20))
def test_findings_about_users_of_tables_are_the_same_as_if_every_row_is_read(rows: list[tuple[str, ...]]) -> None:
    columns = "type,user_id,anonymous_id,context_device_id,context_device_advertising_id,context_library_name,event"
    lines = [f"{columns},context_device_type", *(",".join((*row, "ios")) for row in rows)]
    chosen = Settings(select=("KCH2", "KCH307"), rule_limits={"shared-device-users": 2, "many-devices": 1})
    is_found_the_same("\n".join(lines).encode(), chosen, name="log.csv")


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
def test_ids_of_lines_that_are_only_counted_have_exact_places(call: dict[str, Any], spaces: int) -> None:
    chosen = Settings(select=("KCH2",))
    line = json.dumps(call, ensure_ascii=False, separators=(", ", ": ") if spaces else (",", ":")).encode()
    # Its keys come up in the block before; the last line is split by itself.
    content = b"\n".join([GOOD, line.replace(IDS[0].encode() + b"f", IDS[0].encode() + b"e"), line])
    found, _ = is_found_the_same(content, chosen)
    assert [finding.location.span.line for finding in found if finding.code == "KCH201"] == [2, 3]


NAMES = ["Order Completed", "order_completed", "ORDER-COMPLETED", 'a"b', 'A"B', "\u00d6", "\u00f6", "\t", 7, None, ...]


def happened(event: Any, kind: str, library: str, integrations: Any, spaces: int) -> bytes:
    """A line whose call has an event, good, bad or not delivered."""
    call = said(library, ("user-4711", "a"), ("a", "b"), IDS[0] + "1", IDS[1] + "1")
    call |= {"event": event, "type": kind, "integrations": integrations, "properties": {"name": event}}
    if event is ...:
        del call["event"], call["properties"]
    return written(call, spaces)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    st.lists(
        st.builds(
            happened,
            st.sampled_from(NAMES),
            st.sampled_from(["track", "track", "track", "page"]),
            st.sampled_from(["analytics-swift", "analytics-ruby", "analytics-android"]),
            st.sampled_from([{}, {}, {"Kochava": False}]),
            st.sampled_from([0, 0, 1, 2]),
        ),
        max_size=30,
    ),
    st.sampled_from([("KCH307",), ("ALL",)]),
)
def test_findings_about_event_names_are_the_same_as_if_every_line_is_read(
    lines: list[bytes], select: tuple[str, ...]
) -> None:
    is_found_the_same(b"\n".join([GOOD, *lines]), Settings(select=select))


def test_the_first_line_of_an_event_is_found_among_lines_that_are_only_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opener, "READ_BYTES", 4000)
    lines = [GOOD, *[happened("Order Completed", "track", "analytics-swift", {}, 0)] * 40]
    lines[17] = happened("order_completed", "track", "analytics-swift", {"Kochava": False}, 0)
    lines[23] = lines[31] = happened("order_completed", "track", "analytics-swift", {}, 0)
    found, _ = is_found_the_same(b"\n".join(lines), Settings(select=("KCH307",)))
    assert [(each.location.span.line, each.related[0].span.line) for each in found] == [(24, 1)]
    assert [each.properties["calls"] for each in found] == [2]


SENT: list[dict[str, Any]] = [{}, {"messageId": "m"}, {"sentAt": None}, {"receivedAt": "2026-03-01T00:00:00Z"}]
LIBRARIES: list[dict[str, Any]] = [{"library": {"name": "analytics-ruby"}}, {"library": {}}, {"library": None}, {}]


def test_only_calls_that_were_not_sent_name_their_user_in_snake_case() -> None:
    lines = []
    for number, (sent, library) in enumerate(product(SENT, LIBRARIES)):
        call = {**other_device(), **sent, "user_id": f"v{number % 3}", "anonymous_id": "a", "previous_id": "w"}
        del call["userId"]
        call["context"] = {"device": call["context"]["device"], **library}
        lines += [written({**call, "type": each, "anonymousId": "b"}, 0) for each in ("track", "alias")]
    is_found_the_same(b"\n".join([GOOD, *lines, *lines]), Settings(select=("KCH2",)))


BLANK = ["", " ", "\t", "\x1c", "\x85", "\xa0", "\ufeff", "\u2028"]
TEXTS: list[Any] = [*BLANK, "u", " u", "u\x1f", "\ufeffu", "\u00fc", "\U0001f600", "a/b", 'q"', "guest", " Guest "]
TEXTS += [None, 5, True, [], ...]
DEVICE = IDS[0] + "1"
DEVICE_IDS = [*BLANK, DEVICE, f" {DEVICE}", f"\x1c{DEVICE}\x85", DEVICE.lower(), "unknown", "0-0", "your ", 7, ...]
ADVERTISING_IDS = [*DEVICE_IDS, IDS[1] + "1", f"{IDS[1]}1\ufeff", IDS[1].lower() + "1", DEVICE.replace("-", "")]
SPELLINGS = ["advertisingId", "advertising_id", "ADVERTISINGID"]


def odd_call(
    ids: list[Any], device: list[tuple[str, Any]], kind: str, platform: Any, more: dict[str, Any]
) -> dict[str, Any]:
    """A call whose ids are written in any way."""
    users = dict(
        zip(("userId", "user_id", "anonymousId", "anonymous_id", "previousId", "previous_id"), ids, strict=True)
    )
    members = {"type": platform, **{key: value for key, value in device if value is not ...}}
    context = {"device": members, "library": {"name": "analytics-ruby"}}
    return {
        "type": kind,
        "event": "x" if ids[0] is ... else ids[0],
        **{k: v for k, v in users.items() if v is not ...},
        "context": context,
        **more,
    }


ODD_CALLS = st.builds(
    odd_call,
    st.lists(st.sampled_from(TEXTS), min_size=6, max_size=6),
    st.permutations(["id", "ID", *SPELLINGS]).flatmap(
        lambda keys: st.tuples(
            *[
                st.tuples(st.just(key), st.sampled_from(DEVICE_IDS if key == "id" else [..., ..., *ADVERTISING_IDS]))
                for key in keys
            ]
        )
    ),
    st.sampled_from(["track", "alias", "identify"]),
    st.sampled_from(["ios", "ios", "android", "iOS", None]),
    st.sampled_from([{}, {"messageId": "m"}, {"integrations": {"All": False}}]),
)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(st.builds(written, ODD_CALLS, st.sampled_from([0, 1, 2])), max_size=20))
def test_odd_ids_are_recorded_the_same_by_every_selector(lines: list[bytes]) -> None:
    recorded = {each: said_by(b"\n".join([GOOD, *lines]), each) for each in (READ, *WAYS)}
    assert all(each == recorded[READ] for each in recorded.values())


def said_by(content: bytes, through: str) -> Any:
    """What a log says: by record or event the first place and the number of calls; and the links."""
    with way(through), open_bytes(content, "log.ndjson") as stream:
        entries = list(InputLinter(Settings(select=("KCH2", "KCH307"))).stream(stream, Input("log.ndjson")))
    said: dict[Any, tuple[str, int]] = {}
    links: set[Any] = set()

    def add(key: Any, place: str, calls: int) -> None:
        first, before = said.get(key, (place, 0))
        said[key] = (min(first, place), before + calls)

    for batch in entries:
        if isinstance(batch, RecordBatch):
            links |= set(batch.links)
            rows: list[Any] = [*batch.records, *batch.events]
            for *record, line, place, calls in rows:
                add(tuple(record), stored_place(0, line, place), calls)
            for kept in batch.kept:
                records, linked, events = kept.rows(file_prefix(0), LINE_DIGITS, "", storable_name)
                links |= set(linked)
                for *ids, device, folded, advertising, folded_too, library, _, place, calls in records:
                    assert (folded, folded_too) == (device.casefold(), advertising.casefold())
                    add((*ids, device, advertising, library), place, calls)
                for name, library, place, calls in events:
                    add((name, library), place, calls)
    return said, links
