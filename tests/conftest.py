"""Calls and ways to lint them that the tests share."""

from __future__ import annotations

import copy
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import hypothesis
import pytest

from segkoch_lint.cli.entry import run
from segkoch_lint.cli.run_options import AGENT_VARIABLES
from segkoch_lint.findings.finding import Finding
from segkoch_lint.linter import Linter

# How long an example takes says nothing about whether it is right.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

IOS_CALL: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "userId": "user-4711",
    "context": {
        "device": {
            "type": "ios",
            "id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64",
            "advertisingId": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954",
            "adTrackingEnabled": True,
            "manufacturer": "Apple",
            "model": "iPhone15,2",
        },
        "os": {"name": "iOS", "version": "17.4"},
        "library": {"name": "analytics-swift", "version": "1.6.2"},
    },
}


_PROGRAMS_START = frozenset({"subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec", "os.system"})
_started: list[str] = []


def _note_start(event: str, _arguments: object) -> None:
    if event in _PROGRAMS_START:
        _started.append(event)


sys.addaudithook(_note_start)


@pytest.fixture(autouse=True)
def only_slow_tests_start_programs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test fail that starts a program and is not marked `slow`: `scripts/test --fast` is fast without them."""
    _started.clear()
    yield
    if _started and request.node.get_closest_marker("slow") is None:
        pytest.fail(f"a test that starts a program is to be marked slow: {_started[0]}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage of slow property tests: it takes most of their time, and other tests run the same lines."""
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_property and item.get_closest_marker("slow") is not None:
            item.add_marker("no_cover")


@pytest.fixture(autouse=True, scope="session")
def signals_arrive() -> None:
    """Undo what ``nohup`` and the background of a shell do: signals that are ignored there are to be told of here."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def unmeasured_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure no coverage in the programs that a test starts: other tests run their lines, in half the time."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let text have its lines whole, and its format, wherever the tests run."""
    monkeypatch.setenv("COLUMNS", "1000")
    for name in AGENT_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def good_call() -> dict[str, Any]:
    """A call that breaks no rule; the test may change it."""
    return copy.deepcopy(IOS_CALL)


@pytest.fixture
def findings_in() -> Callable[[bytes | str], list[Finding]]:
    """Lint the content of an input with the default settings."""

    def lint_text(content: bytes | str) -> list[Finding]:
        return list(Linter().bytes(content.encode() if isinstance(content, str) else content))

    return lint_text


class Ran(NamedTuple):
    """What a run of the program left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run the program in this process."""
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    def run_program(*arguments: str) -> Ran:
        status = run(arguments)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run_program
