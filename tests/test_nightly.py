"""The nightly job of docs/nightly.md: its configuration and its script, run over nights made by chance."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Ran
from tests.documentation import ROOT, blocks
from tests.nights import FAULTS, SDKS, Night

pytestmark = pytest.mark.slow

PAGE = {block.title: block.text for block in blocks(ROOT / "docs" / "nightly.md", "toml", "sh") if block.title}
NORMAL = {code: rate for code, (rate, _) in FAULTS.items()}


class Verdict(NamedTuple):
    """What the job says of a night.

    Attributes:
        status: its exit status.
        over: the rules that are over their budgets.
        missing: the groups whose calls are missing; ``all`` for all calls.
    """

    status: int
    over: set[str]
    missing: set[str]


PASSED = Verdict(0, set(), set())

Judge = Callable[[Night], Verdict]


def arguments(script: str) -> list[str]:
    """Return the arguments of the command of a script, for the log of a night."""
    command = PAGE[script].splitlines()[0].replace('"$1"', "night.ndjson")
    program, *given = shlex.split(command)
    assert program == "segkoch-lint"
    return given


def verdict(status: int, report: Any) -> Verdict:
    budgets = {code: rule["budget"] for code, rule in report["summary"]["rules"].items()}
    groups = [each["properties"] for each in report["findings"] if each["code"] == "KCH601"]
    return Verdict(
        status,
        {code for code, budget in budgets.items() if budget and budget["exceeded"]},
        {
            " ".join(str(value) for key, value in group.items() if key not in {"delivered", "expected"}) or "all"
            for group in groups
        },
    )


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Callable[..., Ran]) -> Judge:
    """Run the job after a good night, each time in the same state."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nightly.toml").write_text(PAGE["nightly.toml"])
    (tmp_path / "night.ndjson").write_text(Night(seed=1).log())
    assert program(*arguments("first.sh")).status == 0

    def judge(night: Night) -> Verdict:
        (tmp_path / "night.ndjson").write_text(night.log())
        status = program(*arguments("nightly.sh")).status
        return verdict(status, json.loads((tmp_path / "night.json").read_text()))

    return judge


def test_a_night_fails_where_an_sdk_is_missing_or_a_rate_has_doubled_and_nowhere_else(job: Judge) -> None:
    nights = [
        *((Night(seed, without=sdk), Verdict(1, set(), {sdk})) for seed, sdk in enumerate(SDKS, 100)),
        *(
            (Night(seed, rates={**NORMAL, code: 2 * NORMAL[code]}), Verdict(1, {code}, set()))
            for seed, code in enumerate(FAULTS, 200)
        ),
    ]
    assert len(nights) == 10
    assert [(night, job(night)) for night, _ in nights] == nights


def test_nights_that_differ_by_chance_or_are_quiet_or_busy_pass(job: Judge) -> None:
    nights = [*(Night(seed) for seed in range(2, 6)), Night(seed=7, calls=6_000), Night(seed=8, calls=15_000)]
    assert [job(night) for night in nights] == [PASSED] * len(nights)


def test_a_night_with_three_calls_fails_for_its_calls_and_not_for_a_rate(job: Judge) -> None:
    rates = {**dict.fromkeys(FAULTS, 0.0), "KCH105": 1.0}
    assert job(Night(seed=9, calls=3, rates=rates)) == Verdict(1, set(), {"all"})


@pytest.mark.usefixtures("unmeasured_programs")
def test_the_script_keeps_the_report_of_the_last_night_that_passed(tmp_path: Path) -> None:
    for name, text in PAGE.items():
        (tmp_path / name).write_text(text)
    nights = {
        "monday": Night(seed=1),
        "tuesday": Night(seed=2),
        "wednesday": Night(seed=3, without="analytics-kotlin"),
        "thursday": Night(seed=4, without="analytics-kotlin"),
        "friday": Night(seed=5),
    }
    for name, night in nights.items():
        (tmp_path / f"{name}.ndjson").write_text(night.log())
    assert script("first.sh", "monday", tmp_path) == 0
    assert {name: script("nightly.sh", name, tmp_path) for name in nights} == {
        "monday": 0,
        "tuesday": 0,
        "wednesday": 1,
        "thursday": 1,
        "friday": 0,
    }
    (tmp_path / "passed.json").unlink()
    assert script("nightly.sh", "friday", tmp_path) == 2


def script(name: str, night: str, folder: Path) -> int:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = ["sh", name, f"{night}.ndjson"]
    return subprocess.run(command, cwd=folder, check=False, env={**os.environ, "PATH": path}).returncode
