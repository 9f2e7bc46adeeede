"""The processes of a run, from the outside: parts are handed out, results come back in order, the dead are replaced.

Not a pool of `concurrent.futures`: that loses all its work with one process, holds whole results in memory, and runs
threads, beside which no process can be forked safely. Here each process has a connection of its own, so it is
known which part a dead one had before it, and results stream.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self

from segkoch_lint.jobs.worker import OUT_OF_MEMORY, SIGNALS, Message, work
from segkoch_lint.parts import PartLinter
from segkoch_lint.reading.inputs import Unread
from segkoch_lint.results import Lost, Part, Result

_AHEAD = 4
"""Parts per process that are begun before the results of the first are taken."""

_AT_A_PROCESS = 2
"""Parts that a process has been given: one that it lints, one that it need not wait for."""

_MOST_HELD = 4 << 20
"""Bytes of results per process that wait for their turn; beyond them, processes wait instead."""

_ATTEMPTS = 2

_PATIENCE = 2.0
"""Seconds in which a process that has nothing to do should have ended."""

_CAN_WAIT = hasattr(signal, "pthread_sigmask")
"""Whether signals can be made to wait here."""


Results = Iterator[Result | Lost]


@dataclass(slots=True, eq=False)
class _Task:
    """A part on its way.

    Attributes:
        results: pickled, not taken yet.
        taken: whether some were taken, so that it cannot be begun anew.
        done: whether no more of them will come.
        attempts: processes that died of it.
        lost: what became of it, if there is no hope.
    """

    part: Part
    results: deque[bytes] = field(default_factory=deque)
    taken: bool = False
    done: bool = False
    attempts: int = 0
    lost: Lost | None = None


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, and the tasks that it was given, in order."""

    process: BaseProcess
    connection: Connection
    tasks: deque[_Task] = field(default_factory=deque)
    bytes_read: int = 0
    calls_read: int = 0


class Crew:
    """Processes that lint parts. To be used as a context: they end with it.

    Args:
        jobs: how many processes at most.
        make: makes what lints, in each process; has to be pickled where processes are not forked.
        context: how processes are started; the best way when None.
        on_progress: called now and then while results are waited for.

    Attributes:
        bytes_read, calls_read: what all processes have read.
    """

    def __init__(
        self,
        jobs: int,
        make: Callable[[], PartLinter],
        *,
        context: BaseContext | None = None,
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self.bytes_read = 0
        self.calls_read = 0
        self._jobs = jobs
        self._make = make
        self._context = context or best_context()
        self._on_progress = on_progress
        self._workers: list[_Worker] = []
        self._waiting: deque[_Task] = deque()
        self._held = 0

    def __enter__(self) -> Self:
        """Start the first process.

        Raises:
            OSError: the system gives no process, or no file descriptors for it.
        """
        self._workers.append(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _undisturbed():
            for worker in self._workers:
                if kind is None:
                    with suppress(OSError):
                        worker.connection.send(None)
                else:
                    worker.process.kill()
            for worker in self._workers:
                _end(worker)

    def lint(self, parts: Iterable[Part | Unread]) -> Iterator[tuple[Part | Unread, Results | None]]:
        """Yield each part in turn with its results, which are to be taken before the next part is asked for.

        What is not for other processes comes back in its turn as it is, with None.
        """
        ahead: deque[tuple[Part | Unread, Results | None]] = deque()
        for part in parts:
            if isinstance(part, Unread) or part.here:
                ahead.append((part, None))
            else:
                task = _Task(part)
                self._waiting.append(task)
                self._hand_out()
                ahead.append((part, self._results(task)))
            if len(ahead) > _AHEAD * self._jobs:
                yield ahead.popleft()
        yield from ahead

    def _results(self, task: _Task) -> Results:
        """Yield the results of a part, once it is finished, so that it could be begun anew; or when they are many."""
        while True:
            while task.results and (task.done or self._is_full()):
                task.taken = True
                pickled = task.results.popleft()
                self._held -= len(pickled)
                yield pickle.loads(pickled)  # noqa: S301 - from a process of ours
            if task.done:
                break
            self._receive(task)
        if task.lost is not None:
            yield task.lost

    def _is_full(self) -> bool:
        return self._held > _MOST_HELD * self._jobs

    def _receive(self, first: _Task) -> None:
        """Take in what processes have sent; when too much is held, only from the one that works on the *first* part."""
        self._hand_out()
        workers = {
            worker.connection: worker
            for worker in self._workers
            if not self._is_full() or (worker.tasks and worker.tasks[0] is first)
        }
        for connection in wait(list(workers)):
            worker = workers[connection]  # type: ignore[index]  # they are the connections that were given
            try:
                self._take(worker, worker.connection.recv())
            except (EOFError, OSError):
                self._replace(worker)
        self._on_progress()

    def _take(self, worker: _Worker, message: Message) -> None:
        self.bytes_read += message.bytes_read - worker.bytes_read
        self.calls_read += message.calls_read - worker.calls_read
        worker.bytes_read, worker.calls_read = message.bytes_read, message.calls_read
        task = worker.tasks[0]
        if message.result:
            task.results.append(message.result)
            self._held += len(message.result)
        if message.failure:
            task.lost = Lost("failed", failure=message.failure)
        if message.done:
            task.done = True
            worker.tasks.popleft()

    def _hand_out(self) -> None:
        """Give waiting tasks to processes: to a new one while there may be more, else to one that has the fewest."""
        while self._waiting:
            if len(self._workers) < self._jobs and all(worker.tasks for worker in self._workers):
                self._grow()
            worker = min(self._workers, key=lambda each: len(each.tasks))
            if len(worker.tasks) >= _AT_A_PROCESS:
                break
            _give(worker, self._waiting.popleft())

    def _grow(self) -> None:
        """Start one more process, or make do with those that there are."""
        try:
            self._workers.append(self._start())
        except OSError:
            self._jobs = len(self._workers)

    def _replace(self, worker: _Worker) -> None:
        """Go on with the parts of a process that died; the one before it may have been what it died of."""
        _end(worker)
        if worker.tasks:
            task = worker.tasks[0]
            task.attempts += 1
            if task.taken or task.attempts == _ATTEMPTS:
                task.lost = Lost(_death_of(worker.process), task.taken)
                task.done = True
                worker.tasks.popleft()
            if not task.taken:
                self._held -= sum(map(len, task.results))
                task.results.clear()
        self._workers.remove(worker)
        if worker.tasks:
            # The same order as before: the part whose turn it is must not come to wait behind later ones.
            try:
                successor = self._start()
            except OSError:
                self._give_up(worker.tasks)
                return
            self._workers.append(successor)
            for task in worker.tasks:
                _give(successor, task)

    @staticmethod
    def _give_up(tasks: Iterable[_Task]) -> None:
        for task in tasks:
            task.lost = Lost("ended before its time, and no other could be started", task.taken)
            task.done = True

    def _start(self) -> _Worker:
        if _CAN_WAIT and self._context.get_start_method() == "spawn":
            resource_tracker.ensure_running()  # it would lift the block on signals in the midst of the start
        # A signal between the start of a process and our knowing of it would leave it behind.
        with _undisturbed():
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=work, args=(theirs, self._make), daemon=True)  # type: ignore[attr-defined]  # each context has it
            process.start()
            theirs.close()
            return _Worker(process, ours)


def best_context(*, threads: bool = False) -> BaseContext:
    """Return the fastest safe way to start processes: forking, where nothing but us could be cut in two by it.

    Args:
        threads: whether there will be threads by the time that a process is started.
    """
    forking = sys.platform == "linux" and threading.active_count() == 1 and not threads
    return multiprocessing.get_context("fork" if forking else "spawn")


def ready_made(linter: PartLinter, make: Callable[[], PartLinter], context: BaseContext) -> Callable[[], PartLinter]:
    """Return what makes the linter in a process: a forked one has it already."""
    return partial(_itself, linter) if context.get_start_method() == "fork" else make


def _itself(linter: PartLinter) -> PartLinter:
    return linter


def _give(worker: _Worker, task: _Task) -> None:
    worker.tasks.append(task)
    with suppress(OSError):  # it has died: that is met when its connection is read
        worker.connection.send(task.part)


def _end(worker: _Worker) -> None:
    """See to it that a process has ended."""
    worker.process.join(_PATIENCE if worker.process.exitcode is None else None)
    if worker.process.exitcode is None:
        worker.process.kill()
        worker.process.join()
    worker.connection.close()


def _death_of(process: BaseProcess) -> str:
    code = process.exitcode or 0
    if code == OUT_OF_MEMORY:
        return "ran out of memory"
    return f"was ended by signal {-code}" if code < 0 else "ended before its time"


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let the signals that end a run wait."""
    if not _CAN_WAIT:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
