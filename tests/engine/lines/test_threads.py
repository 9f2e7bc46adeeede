"""However many threads go through a log, and however it comes in blocks: the same is found."""

from __future__ import annotations

import gc
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.config.settings import Settings
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.linter import Linter
from tests.conftest import IOS_CALL
from tests.engine.lines.logs import (
    BAD,
    GOOD,
    GROUPED,
    LOG_LINES,
    NATIVE,
    READ,
    changed,
    linted,
    read_at_once,
    way,
    written,
)

pytestmark = pytest.mark.skipif(not has_core(), reason="the native core is not installed")


def in_blocks(
    content: bytes, size: int, chosen: Settings | None = None, *, jobs: int, by: str = NATIVE, name: str = "log.ndjson"
) -> Any:
    """What is found in a log that is read so many bytes at a time."""
    with pytest.MonkeyPatch.context() as patch:
        read_at_once(size, patch)
        return linted(content, chosen, by=by, name=name, jobs=jobs)


@settings(max_examples=25, deadline=None)
@given(st.lists(LOG_LINES, max_size=40), st.integers(300, 6000), st.sampled_from([2, 4]), st.booleans())
def test_a_log_has_the_same_findings_with_any_number_of_threads(
    lines: list[bytes], size: int, threads: int, grouped: bool
) -> None:
    content = b"\n".join([b'{"a":1}', *lines, GOOD, *lines])
    chosen = GROUPED if grouped else None
    assert in_blocks(content, size, chosen, jobs=threads) == in_blocks(content, size, chosen, jobs=1, by=READ)


def different(number: int) -> bytes:
    """One of many lines that differ in all that may differ, so that there is much to learn."""
    path = [("context", "device", "id"), ("event",), ("userId",), (f"key {number}",)][number % 4]
    return written(changed(path, f"value {number % 37}" if number % 3 else None), number % 2)


def test_a_log_of_many_blocks_has_the_same_findings_whenever_the_core_gets_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = b"\n".join(BAD if number % 50 == 7 else different(number) for number in range(1500))
    expected = in_blocks(content, 1 << 20, jobs=1)
    assert {line for line, _ in places(expected)} > {8, 58, 108}
    for threads in (1, 2, 5):
        assert in_blocks(content, 20_000, jobs=threads) == expected
    # What was learned is forgotten again and again, also of blocks that are under way.
    for name, number in (("MOST_ANSWERS", 40), ("MOST_GROUPS", 3)):
        monkeypatch.setattr(f"segkoch_lint.engine.lines.native_selector.{name}", number)
    assert in_blocks(content, 20_000, jobs=2) == expected


def places(found: Any) -> list[tuple[int, str]]:
    return [(each.location.span.line, each.code) for each in found[0] if each.location.span]


def test_lines_are_read_one_by_one_if_an_answer_to_the_core_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = b"\n".join(BAD if number % 10 == 3 else different(number) for number in range(300))
    native = pytest.importorskip("segkoch_lint.engine.lines.native_selector")
    findings, summary = in_blocks(content, 5000, jobs=1)
    learn = iter([True, False, False, True, True, False, True])

    call_of = native.single_call

    def failing(*arguments: Any) -> Any:
        if next(learn, False):
            raise ZeroDivisionError
        return call_of(*arguments)

    monkeypatch.setattr(native, "single_call", failing)
    again, told = in_blocks(content, 5000, jobs=3)
    assert [remark for _, remark in told.remarks] == [
        "segkoch-lint failed on many lines at once (ZeroDivisionError), and read them one by one"
    ]
    assert told.failed == 0
    assert (again, told.calls, told.rules) == (findings, summary.calls, summary.rules)


def test_lines_before_the_end_of_truncated_data_count() -> None:
    content = b"\n".join(BAD if number % 10 == 3 else different(number) for number in range(3000))
    packed = gzip.compress(content)[:-4000]
    alone = in_blocks(packed, 4096, jobs=1, name="log.ndjson.gz")
    assert "KCH001" in {code for _, code in places(alone)}
    assert 100 < alone[1].calls < 3000
    assert in_blocks(packed, 4096, jobs=3, name="log.ndjson.gz") == alone


def test_many_small_logs_have_the_same_findings(tmp_path: Path) -> None:
    for number in range(150):
        lines = [BAD if place % 4 == 1 else different(number * 7 + place) for place in range(number % 6)]
        (tmp_path / f"{number:03}.ndjson").write_bytes(b"\n".join(lines))

    def found(by: str, jobs: int) -> Any:
        with way(by):
            linter = Linter(jobs=jobs)
            return [*linter.paths([str(tmp_path)]), *linter.identity_findings()], linter.summary

    assert found(NATIVE, 3) == found(NATIVE, 1) == found(READ, 1)


def test_the_next_input_is_read_as_usual_if_one_was_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at_once(5000, monkeypatch)
    content = b"\n".join([GOOD, *map(different, range(200))])
    file = tmp_path / "a.ndjson"
    file.write_bytes(content)
    linter = Linter(jobs=2)
    given_up = linter.paths([str(file)])
    assert isinstance(given_up, Iterator)
    next(given_up)
    given_up.close()
    counted = linter.summary.calls
    again = list(linter.bytes(content, str(file)))
    assert again == linted(content, by=NATIVE, name=str(file))[0][: len(again)]
    assert linter.summary.calls > counted + 150


def threads_of_the_system() -> int:
    """How many threads this process has that are not known to be garbage."""
    gc.collect()
    return len(list(Path("/proc/self/task").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux says how many threads there are")
def test_a_run_that_on_progress_ends_leaves_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_at_once(5000, monkeypatch)
    file = tmp_path / "a.ndjson"
    file.write_bytes((json.dumps(IOS_CALL).encode() + b"\n") * 500)
    before = threads_of_the_system()
    told = iter(range(20))
    linter = Linter(jobs=3)

    def cancel() -> None:
        if next(told, None) is None:
            raise LookupError("enough")

    linter.on_progress = cancel
    with pytest.raises(LookupError, match="enough"):
        list(linter.paths([str(file)]))
    assert threads_of_the_system() > before
    del linter, cancel
    assert threads_of_the_system() == before
