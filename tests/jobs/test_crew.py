"""Processes that lint parts, and every way that they can fail."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

import pytest

from segkoch_lint.findings import Finding
from segkoch_lint.jobs import crew as crew_module
from segkoch_lint.jobs.crew import Crew, best_context, ready_made
from segkoch_lint.parts import PartLinter
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading.inputs import Input, Unread
from segkoch_lint.results import Lost, Part, Result

BROKEN = '{"type":"track","event":"x","userId":"u"}\n'
MAKE = partial(PartLinter, Settings())


class Failing(PartLinter):
    """Does something bad when it comes to a file that is called for it."""

    def lint(self, part: Part) -> Iterator[Result]:
        name = Path(part.source.path).name
        if name.startswith("late-"):
            yield from super().lint(part)
        match name.removeprefix("late-"):
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "once" if not Path(part.source.path + ".met").exists():
                Path(part.source.path + ".met").touch()
                os.kill(os.getpid(), signal.SIGKILL)
            case "exit":
                os._exit(7)
            case "memory":
                raise MemoryError
            case "fault":
                raise ZeroDivisionError("of ours")
        yield from super().lint(part)


FAILING = partial(Failing, Settings())


def parts(folder: Path, *names: str, lines: int = 1) -> list[Part]:
    for name in names:
        (folder / name).write_text(BROKEN * lines)
    return [Part(Input(str(folder / name))) for name in names]


def taken(crew: Crew, given: list[Part | Unread] | list[Part]) -> list[tuple[str, int, list[Lost]]]:
    """Per part: its name, how many findings it gave, and what is missing."""
    told = []
    for part, results in crew.lint(given):
        assert isinstance(part, Part)
        assert results is not None
        gathered = list(results)
        lost = [each for each in gathered if isinstance(each, Lost)]
        entries = chain.from_iterable(each.entries for each in gathered if isinstance(each, Result))
        told.append((Path(part.source.path).name, sum(isinstance(each, Finding) for each in entries), lost))
    return told


def no_process_is_left() -> bool:
    return not multiprocessing.active_children()


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_the_order_of_the_parts(jobs: int, tmp_path: Path) -> None:
    names = [f"{number:02}" for number in range(40)]
    with Crew(jobs, MAKE) as crew:
        given = [part for number, name in enumerate(names) for part in parts(tmp_path, name, lines=1 + number % 7)]
        assert taken(crew, given) == [(name, 1 + number % 7, []) for number, name in enumerate(names)]
        assert crew.calls_read == sum(1 + number % 7 for number in range(40))
        assert crew.bytes_read == crew.calls_read * len(BROKEN)
    assert no_process_is_left()


def test_what_is_not_for_other_processes_comes_back_in_its_turn(tmp_path: Path) -> None:
    one, two = parts(tmp_path, "one", "two")
    given: list[Part | Unread] = [Unread("gone", "it is"), one, Part(Input("-", stdin=True), here=True), two]
    with Crew(2, MAKE) as crew:
        order = [(part, results and len(list(results))) for part, results in crew.lint(given)]
    assert [part for part, _ in order] == given
    assert [results for _, results in order] == [None, 1, None, 1]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_may_be_started_in_any_way(method: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context(method)
    with Crew(2, ready_made(MAKE(), MAKE, context), context=context) as crew:
        assert taken(crew, parts(tmp_path, "a", "b")) == [("a", 1, []), ("b", 1, [])]
    assert no_process_is_left()


def test_beside_a_thread_nothing_is_forked() -> None:
    # Another test may have left a thread behind.
    assert best_context().get_start_method() == ("fork" if threading.active_count() == 1 else "spawn")
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert best_context().get_start_method() == "spawn"
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize(
    ("name", "reason"),
    [("kill", "was ended by signal 9"), ("exit", "ended before its time"), ("memory", "ran out of memory")],
)
@pytest.mark.parametrize("jobs", [1, 3])
def test_of_the_parts_of_a_process_that_dies_only_the_guilty_one_is_lost(
    name: str, reason: str, jobs: int, tmp_path: Path
) -> None:
    given = parts(tmp_path, "a", name, "b", "c", "d")
    with Crew(jobs, FAILING) as crew:
        assert taken(crew, given) == [
            ("a", 1, []),
            (name, 0, [Lost(reason)]),
            ("b", 1, []),
            ("c", 1, []),
            ("d", 1, []),
        ]
    assert no_process_is_left()


def test_a_part_that_a_process_died_of_by_chance_is_linted_by_another(tmp_path: Path) -> None:
    with Crew(2, FAILING) as crew:
        assert taken(crew, parts(tmp_path, "a", "once", "b")) == [("a", 1, []), ("once", 1, []), ("b", 1, [])]


def test_what_was_told_of_a_part_that_was_given_up_is_dropped(tmp_path: Path) -> None:
    with Crew(2, FAILING) as crew:
        (told,) = taken(crew, parts(tmp_path, "late-kill", lines=1000))
    assert told == ("late-kill", 0, [Lost("was ended by signal 9")])


def test_of_a_part_too_large_to_be_held_what_was_taken_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "_MOST_HELD", 1000)
    with Crew(2, FAILING) as crew:
        (told, other) = taken(crew, parts(tmp_path, "late-kill", "b", lines=1000))
    assert told[2] == [Lost("was ended by signal 9", partly=True)]
    assert told[1] == 1000
    assert other == ("b", 1000, [])


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_much_more_than_may_be_held_comes_through_all_the_same(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew_module, "_MOST_HELD", 1000)
    names = list("abcdefghi")
    with Crew(jobs, FAILING) as crew:
        given = parts(tmp_path, *names, "once", lines=700)
        assert taken(crew, given) == [(name, 700, []) for name in [*names, "once"]]


def test_a_part_on_which_our_own_code_fails_is_lost_alone_and_says_why(tmp_path: Path) -> None:
    with Crew(2, FAILING) as crew:
        before, failed, after = taken(crew, parts(tmp_path, "a", "fault", "b"))
    assert (before, after) == (("a", 1, []), ("b", 1, []))
    (lost,) = failed[2]
    assert lost.failure is not None
    assert lost.failure.error == "ZeroDivisionError"
    assert "of ours" in lost.failure.trace
    assert no_process_is_left()


def test_processes_that_cannot_even_begin_are_given_up(tmp_path: Path) -> None:
    def die() -> PartLinter:
        os._exit(1)

    with Crew(2, die, context=multiprocessing.get_context("fork")) as crew:
        told = taken(crew, parts(tmp_path, "a", "b", "c"))
    assert [lost for _, _, lost in told] == [[Lost("ended before its time")]] * 3


def test_whatever_ends_the_run_ends_the_processes(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Crew(2, FAILING) as crew:
            for _, results in crew.lint(parts(tmp_path, *"abcdefgh", lines=2000)):
                assert results is not None
                next(results)
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert no_process_is_left()


def test_a_process_that_does_not_end_by_itself_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "_PATIENCE", 0.0)
    with Crew(2, MAKE) as crew:
        taken(crew, parts(tmp_path, "a", "b"))
        for process in multiprocessing.active_children():
            assert process.pid is not None
            os.kill(process.pid, signal.SIGSTOP)
    assert no_process_is_left()
