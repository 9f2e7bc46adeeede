"""Nothing that a run reads is overwritten by what it writes, whatever the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from segkoch_lint.reporting import FORMATS, reporter
from tests.conftest import IOS_CALL, Ran
from tests.plans.plan_files import ORDER, config_api, guard

Program = Callable[..., Ran]

CALL = json.dumps(IOS_CALL)
PLAN = json.dumps(config_api(guard(), {"A": ORDER}))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Calls and plans, each in a folder and outside of it, and other names for them."""
    monkeypatch.chdir(tmp_path)
    for name, content in (
        ("call.json", CALL),
        ("plan.json", PLAN),
        ("events/call.json", CALL),
        ("events/log.txt", CALL),
        ("events/broken.json", "{"),
        ("plans/plan.json", PLAN),
        ("plans/plan.csv", "Name,Description,Status\nA,,\n"),
        ("rules/mine.json", "{}"),
        ("segkoch-lint.toml", 'ignore = ["KCH116"]\n'),
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    (tmp_path / "link.json").symlink_to("plan.json")
    (tmp_path / "plans-by-another-name").symlink_to("plans")
    os.link("plan.json", "twin.json")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "output", "what"),
    [
        ("check call.json", "call.json", "an input"),
        ("check call.json", "./events/../call.json", "an input"),
        ("check call.json none.json", "none.json", "an input"),
        ("check events", "events/call.json", "a file of events, which is read"),
        ("check events/", "events/log.txt", "a file of events/, which is read"),
        ("check .", "events/broken.json", "a file of ., which is read"),
        ("check", "events/call.json", "a file of ., which is read"),
        ("check events/*.json", "events/call.json", "a file of events/*.json, which is read"),
        ("check **", "events/call.json", "a file of **, which is read"),
        ("check call.json", "segkoch-lint.toml", "the configuration file"),
        ("check call.json --config segkoch-lint.toml", "segkoch-lint.toml", "the configuration file"),
        ("plan check plan.json", "plan.json", "an input"),
        ("plan check plan.json", "link.json", "an input"),
        ("plan check link.json", "plan.json", "an input"),
        ("plan check plan.json", "twin.json", "an input"),
        ("plan check plans", "plans/plan.json", "a file of plans, which is read"),
        ("plan check plans", "plans/plan.csv", "a file of plans, which is read"),
        ("plan check plans", "plans-by-another-name/plan.json", "a file of plans, which is read"),
        ("plan check plans-by-another-name", "plans/plan.json", "a file of plans-by-another-name, which is read"),
        ("plan check plan.json", "segkoch-lint.toml", "the configuration file"),
        ("plan diff plan.json plans/plan.json", "plan.json", "an input"),
        ("plan diff plan.json plans/plan.json", "plans/plan.json", "an input"),
        ("plan diff plan.json plans/plan.json --replay call.json", "call.json", "an input"),
        ("plan diff plan.json plans/plan.json --replay events", "events/call.json", "a file of events, which is read"),
        ("plan diff --against git:HEAD plan.json", "plan.json", "an input"),
        ("plan diff --against plans/plan.json plan.json", "plans/plan.json", "an input"),
    ],
)
def test_a_report_never_takes_the_place_of_what_is_read(
    command: str, output: str, what: str, folder: Path, program: Program
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ran = program(*command.split(), "--output", f"json:{output}")
    assert ran.status == 2
    assert f"--output json:{output} would overwrite {what}." in ran.err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_rule_file_is_not_overwritten(folder: Path, program: Program) -> None:
    (folder / "rules" / "mine.json").unlink()
    rule = program("schema", "KCH106").out.replace("KCH106", "MINE1").replace("limited-ad-tracking", "mine")
    (folder / "rules" / "mine.json").write_text(rule)
    ran = program("check", "call.json", "--rules", "rules", "--output", "json:rules/mine.json")
    assert (ran.status, (folder / "rules" / "mine.json").read_text()) == (2, rule)
    assert "would overwrite a rule file" in ran.err


@pytest.mark.parametrize("configured", [True, False])
def test_an_envelope_file_is_not_overwritten(configured: bool, folder: Path, program: Program) -> None:
    (folder / "envelopes").mkdir()
    mine = folder / "envelopes" / "mine.json"
    mine.write_text("{}")
    options = ["--envelopes", "envelopes"]
    if configured:
        (folder / "segkoch-lint.toml").write_text('envelopes = ["envelopes"]\n')
        options = ["--config", "segkoch-lint.toml"]
    ran = program("check", "call.json", *options, "--output", "json:envelopes/mine.json")
    assert (ran.status, mine.read_text()) == (2, "{}")
    assert "--output json:envelopes/mine.json would overwrite an envelope file." in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", ["check .", "check", "check events", "plan check .", "plan check plans"])
def test_the_report_of_an_earlier_run_is_replaced_in_a_folder_that_is_read(
    form: str, command: str, folder: Path, program: Program
) -> None:
    place = command.rpartition(" ")[2] if command.endswith(("events", "plans")) else "."
    output = f"{place}/report.{'json' if reporter(form).traits.beginning else 'txt'}"
    first = program(*command.split(), "--output", f"{form}:{output}")
    second = program(*command.split(), "--output", f"{form}:{output}")
    assert first.status in (0, 1)
    assert (second.status, second.err) == (first.status, first.err)


def test_two_reports_do_not_go_to_one_file_under_two_names(folder: Path, program: Program) -> None:
    Path("a.txt").write_text("")
    os.link("a.txt", "b.txt")
    ran = program("check", "call.json", "--output", "text:a.txt", "--output", "json:b.txt")
    assert ran.status == 2
    assert "same file" in ran.err


def test_any_number_of_reports_can_go_to_a_device(folder: Path, program: Program) -> None:
    assert program("check", "call.json", "-o", "json:/dev/null", "-o", "text:/dev/null").status == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "command"), [*((form, "check .") for form in FORMATS), ("json", "plan check ."), ("text", "plan check .")]
)
def test_a_run_does_not_read_what_it_writes(form: str, command: str, folder: Path) -> None:
    (folder / "events" / "broken.json").unlink()
    for number in range(100):
        (folder / f"bad-{number}.json").write_text('{"type":"track","event":"A","userId":"u"}')
        (folder / f"plan-{number}.json").write_text(json.dumps(config_api(None, {"A": {}})))
    (folder / "z").mkdir()
    arguments = [sys.executable, "-m", "segkoch_lint", *command.split(), "--format", form]
    with (folder / "z" / "out.json").open("w") as out:
        subprocess.run([*arguments, "--output", f"{form}:z/z.json"], stdout=out, check=False)
    for name in ("out.json", "z.json"):
        text = (folder / "z" / name).read_text()
        assert len(text) > 8192 or form in {"github", "grouped"}  # more than is held back until the end
        assert "z/" not in text


@pytest.mark.slow
def test_a_named_file_that_standard_output_goes_to_is_not_read(folder: Path) -> None:
    command = [sys.executable, "-m", "segkoch_lint", "check", "call.json", "out.json"]
    with (folder / "out.json").open("w") as out:
        ran = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False, text=True)
    assert ran.returncode == 4
    assert "out.json: standard output goes there" in ran.stderr
    assert "1 call read" in (folder / "out.json").read_text()


def test_pages_of_rules_take_the_place_of_pages_only(folder: Path, program: Program) -> None:
    (folder / "README.md").write_text("# Our app\n")
    (folder / "KCH999-mine.md").write_text("notes\n")
    ran = program("rule", "--all", "--isolated", "--directory", ".")
    assert ran.status == 2
    assert "--directory . would overwrite README.md, which is not a page of a rule" in ran.err
    assert (folder / "README.md").read_text() == "# Our app\n"
    assert not list(folder.glob("KCH1*.md"))
    (folder / "README.md").unlink()
    (folder / "KCH998-gone.md").write_text("# KCH998 gone\n\nError;\n")
    assert program("rule", "--all", "--isolated", "--directory", ".").status == 0
    assert program("rule", "--all", "--isolated", "--directory", ".").status == 0
    assert (folder / "KCH999-mine.md").read_text() == "notes\n"
    assert not (folder / "KCH998-gone.md").exists()
