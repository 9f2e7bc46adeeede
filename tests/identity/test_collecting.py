"""That neither the order of calls nor how they are shared out, nor memory, matters."""

from __future__ import annotations

import json
import pickle
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint import Finding, Linter
from segkoch_lint.identity import observing
from segkoch_lint.identity.collecting import Collector, Source
from segkoch_lint.identity.observing import Observed
from segkoch_lint.parts import PartLinter
from segkoch_lint.places import Path, Span
from segkoch_lint.reading.inputs import Input
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.opening import open_bytes
from tests.identity.saying import A1, D1, D2, D3, LINKS, ONLY, SAID, SETTINGS, app, server, told


def together(calls: Sequence[Any]) -> tuple[list[Finding], Any]:
    linter = Linter(SETTINGS)
    for number, each in enumerate(calls):
        list(linter.bytes(json.dumps(each).encode(), f"{number}.json"))
    return told(linter)


def observed_in(content: bytes, name: str, worker: PartLinter) -> Iterator[Observed]:
    """What another process hands over."""
    with open_bytes(content, name) as stream:
        for result in worker.stream(stream, Input(name)):
            if result.observed is not None:
                yield pickle.loads(pickle.dumps(result.observed))


@given(st.lists(SAID | LINKS, max_size=12), st.data())
def test_neither_order_nor_splitting_nor_memory_changes_what_is_found(calls: list[Any], data: st.DataObject) -> None:
    expected = together(calls)
    order = data.draw(st.permutations(range(len(calls))))
    parts = data.draw(st.lists(st.integers(0, 2), min_size=len(calls), max_size=len(calls)))
    tiny, most = data.draw(st.booleans()), data.draw(st.sampled_from([0, 1, observing.MOST_KNOWN]))
    whole = Linter(SETTINGS)
    assert whole.collector is not None
    if tiny:
        whole.collector = Collector(1)
    workers = [PartLinter(SETTINGS) for _ in range(3)]
    queues = [iter(sorted(number for number in order if parts[number] == worker)) for worker in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(observing, "MOST_KNOWN", most)
        for turn in order:
            number = next(queues[parts[turn]])
            name = f"{number}.json"
            for observed in observed_in(json.dumps(calls[number]).encode(), name, workers[parts[number]]):
                whole.collector.add(observed, Source(name, (number + 1,)))
    assert told(whole) == expected


@given(st.lists(SAID | LINKS, max_size=12), st.integers(0, 12))
def test_pieces_of_one_log_give_what_the_whole_does(calls: list[Any], cut: int) -> None:
    lines = [json.dumps(each).encode() + b"\n" for each in calls]
    whole = Linter(SETTINGS)
    list(whole.bytes(b"".join(lines), "log.ndjson"))
    pieces = Linter(SETTINGS)
    assert pieces.collector is not None
    cut = min(cut, len(lines))
    for before, piece in ((cut, lines[cut:]), (0, lines[:cut])):
        for observed in observed_in(b"".join(piece), "log.ndjson", PartLinter(SETTINGS)):
            pieces.collector.add(observed, Source("log.ndjson", (1,)), lines=before)
    assert told(pieces) == told(whole)


def test_numbers_begin_anew_when_an_observer_has_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "MOST_KNOWN", 1)
    parts = [[app(D1, A1), server(D2, A1)], [server(D3, A1)], [server(D3, A1), server(D3, A1)]]
    whole, worker = Linter(ONLY), PartLinter(ONLY)
    assert whole.collector is not None
    for number, part in enumerate(parts, 1):
        for observed in observed_in(json.dumps(part).encode(), "x.json", worker):
            whole.collector.add(observed, Source("x.json", (number,)))
    assert [(f.code, f.properties["calls"]) for f in told(whole)[0]] == [("KCH201", 1), ("KCH201", 3)]


def test_calls_met_again_before_an_observer_forgets_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "MOST_KNOWN", 2)
    parts = [[app(D1, A1), server(D2, A1)], [server(D2, A1)], [server(D3, A1)], [server(D2, A1)]]
    whole, worker = Linter(ONLY), PartLinter(ONLY)
    assert whole.collector is not None
    anew = []
    for number, part in enumerate(parts, 1):
        for observed in observed_in(json.dumps(part).encode(), "x.json", worker):
            anew.append((observed.anew, observed.again))
            whole.collector.add(observed, Source("x.json", (number,)))
    assert anew == [(True, []), (False, [1]), (False, []), (True, [])]
    assert [(f.code, f.properties["calls"]) for f in told(whole)[0]] == [("KCH201", 3), ("KCH201", 1)]


def test_the_places_of_all_calls_of_a_document_are_looked_for_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    locate = JsonDocument.locate

    def counted(document: JsonDocument, paths: Collection[Path]) -> dict[Path, Span]:
        looks.append(len(paths))
        return locate(document, paths)

    monkeypatch.setattr(JsonDocument, "locate", counted)
    calls = [app(f"{number:08X}-93A4-4B7D-8E21-0C7D5A9B3F61", A1, userId=f"u{number}") for number in range(30)]
    linter = Linter(ONLY)
    assert list(linter.bytes(json.dumps({"batch": calls}).encode())) == []
    assert looks == [60]
