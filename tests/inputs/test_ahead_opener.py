"""Inputs elsewhere are opened side by side, and come in their order."""

from __future__ import annotations

import threading
from collections.abc import Callable

from segkoch_lint.inputs.ahead_opener import open_ahead
from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.opener import Stream


def input_of(path: str, closed: list[str], text: bytes = b"{}") -> Stream:
    left = [text]
    return Stream(path, lambda _: left.pop() if left else b"", close=lambda: closed.append(path))


def test_inputs_come_in_their_order_and_those_elsewhere_open() -> None:
    found: list[Input | UnreadableInput] = [
        Input("a.json"),
        *[Input(f"s3://b/{number}") for number in range(10)],
        UnreadableInput("gone", "no such file or folder"),
        Input("s3://b/none"),
    ]

    def open_one(source: Input) -> Stream | UnreadableInput:
        return UnreadableInput(source.path, "gone") if source.path.endswith("none") else input_of(source.path, [])

    inputs = list(open_ahead(found, open_one))
    assert [source for source, _ in inputs] == found
    opened = [each for _, each in inputs]
    assert (opened[0], opened[11], opened[12]) == (None, None, UnreadableInput("s3://b/none", "gone"))
    assert [each.name for each in opened[1:11] if isinstance(each, Stream)] == [f"s3://b/{n}" for n in range(10)]


def test_several_are_opened_at_once() -> None:
    together = threading.Barrier(3, timeout=20)

    def open_one(source: Input) -> Stream:
        together.wait()
        return input_of(source.path, [])

    assert len(list(open_ahead([Input(f"s3://b/{number}") for number in range(3)], open_one))) == 3


def test_inputs_that_are_not_used_are_closed() -> None:
    opened: list[str] = []
    closed: list[str] = []
    found = [Input(f"s3://b/{number}") for number in range(5)]
    started = threading.Event()

    def open_one(source: Input) -> Stream:
        opened.append(source.path)
        if source.path.endswith("4"):
            started.wait(20)
        return input_of(source.path, closed)

    inputs = open_ahead(found, open_one)
    _, first = next(inputs)
    assert isinstance(first, Stream)
    inputs.close()
    started.set()
    until(lambda: not [each for each in threading.enumerate() if each.name.startswith("ThreadPool")])
    assert sorted(closed) == sorted(set(opened) - {first.name})


def until(condition: Callable[[], object]) -> None:
    """Wait for threads that end by themselves."""
    for each in threading.enumerate():
        if each is not threading.current_thread() and each.name.startswith("ThreadPool"):
            each.join(20)
    assert condition()
