"""`config show`: the settings in force are those of a run, and each has its source."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import resources
from segkoch_lint.cli.options import settings_of, with_budgets, with_envelopes, with_memory
from segkoch_lint.cli.run_options import with_fail_on
from segkoch_lint.config.file import load_settings
from segkoch_lint.config.selection import Selection
from tests.conftest import Ran

Program = Callable[..., Ran]

CONFIGURATION = """\
# A comment
ignore = [
  "KCH115",  # ] is no end
  "sample-id",
]
memory = "512MB"
exclude = ['old "]" files/']

[severity]
KCH104 = "warning"
KCH1 = "info"

[budgets]
KCH106 = { max = "60%", min-calls = 1000 }

[limits]
depth = 100

[per-file-ignores]
"examples/logs/" = ["KCH001"]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def sources(program: Program, *arguments: str) -> dict[str, tuple[Any, list[str]]]:
    """Return the value and the sources of each setting, without the folder of the file."""
    document = json.loads(program("config", "show", "--format", "json", *arguments).out)
    return {
        ".".join(map(str, each["path"])): (
            each["value"],
            [
                source["option"] or (f"{Path(source['file']).name}:{source['line']}" if source["file"] else "default")
                for source in each["sources"]
            ],
        )
        for each in document["settings"]
    }


def test_every_key_of_the_configuration_is_shown_with_its_default(program: Program) -> None:
    schema = resources.load("configuration")["properties"]
    keys = {*schema, *(f"limits.{each}" for each in schema["limits"]["properties"])} - {"limits"}
    shown = sources(program)
    assert set(shown) == keys
    assert {tuple(where) for _, where in shown.values()} == {("default",)}
    assert shown["fail-on"][0] == "error"


def test_a_setting_of_the_file_has_its_line(program: Program) -> None:
    Path("segkoch-lint.toml").write_text(CONFIGURATION)
    shown = sources(program)
    assert {key: where for key, (_, where) in shown.items() if where != ["default"]} == {
        "ignore": ["segkoch-lint.toml:2"],
        "memory": ["segkoch-lint.toml:6"],
        "exclude": ["segkoch-lint.toml:7"],
        "severity.KCH104": ["segkoch-lint.toml:10"],
        "severity.KCH1": ["segkoch-lint.toml:11"],
        "budgets.KCH106": ["segkoch-lint.toml:14"],
        "limits.depth": ["segkoch-lint.toml:17"],
        "per-file-ignores.examples/logs/": ["segkoch-lint.toml:20"],
    }
    assert shown["ignore"][0] == ["KCH115", "sample-id"]


def test_an_option_takes_precedence(program: Program) -> None:
    Path("segkoch-lint.toml").write_text(CONFIGURATION)
    shown = sources(
        program, "--ignore", "KCH2", "--severity", "KCH104=error,KCH3=info", "--budget", "KCH106=10", "--memory", "1GB"
    )
    assert shown["ignore"] == (["KCH2"], ["--ignore"])
    assert shown["severity.KCH104"] == ("error", ["--severity"])
    assert shown["severity.KCH1"] == ("info", ["segkoch-lint.toml:11"])
    assert shown["severity.KCH3"] == ("info", ["--severity"])
    assert shown["budgets.KCH106"] == ("10", ["--budget"])
    assert shown["memory"] == ("1GB", ["--memory"])


def test_folders_of_the_file_and_of_options_are_both_in_force(program: Program, folder: Path) -> None:
    for name, code in (("own", "ACME101"), ("more", "ACME102")):
        (folder / name).mkdir()
        rule = json.loads((resources.directory() / "rules" / "KCH115-padded-value.json").read_text())
        rule["title"], rule["rule"]["code"] = f"{name}-rule", code
        (folder / name / f"{code}.json").write_text(json.dumps(rule))
    Path("segkoch-lint.toml").write_text('rules = ["own"]\n')
    assert sources(program, "--rules", "more")["rules"] == (["own", "more"], ["segkoch-lint.toml:1", "--rules"])


def test_a_baseline_is_named_from_the_folder_of_the_configuration(
    program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("segkoch-lint.toml").write_text('baseline = "old.json"\n')
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    shown, origin = sources(program, "--baseline", "new.json")["baseline"]
    assert (shown, origin) == ("inner/new.json", ["--baseline"])
    assert sources(program)["baseline"][0] == "old.json"


def test_a_configuration_in_yaml_has_lines_too(program: Program) -> None:
    Path(".segkoch-lint.yaml").write_text("---\nignore:\n  - KCH115\nseverity:\n  KCH104: warning\n")
    shown = sources(program)
    assert shown["ignore"] == (["KCH115"], [".segkoch-lint.yaml:2"])
    assert shown["severity.KCH104"] == ("warning", [".segkoch-lint.yaml:5"])


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"select": ["KCH1,KCH2"], "ignore": ["KCH115"]},
        {"severity": ["KCH1=error", "KCH104=info"], "budgets": ["KCH1=0.1%,min-calls=30", "KCH106=5"]},
        {"memory": "2GiB", "fail_on": "never"},
    ],
)
@pytest.mark.parametrize("configuration", ["", CONFIGURATION])
def test_the_text_is_a_configuration_with_the_settings_of_a_run(
    program: Program, arguments: dict[str, Any], configuration: str, folder: Path
) -> None:
    Path("segkoch-lint.toml").write_text(configuration)
    words = [
        word
        for name, given in arguments.items()
        for value in (given if isinstance(given, list) else [given])
        for word in (f"--{name.removesuffix('s').replace('_', '-')}", value)
    ]
    ran = program("config", "show", *words)
    assert (ran.status, ran.err) == (0, "")
    selecting = {key: arguments[key] for key in ("select", "ignore", "severity") if key in arguments}
    expected = with_memory(
        with_budgets(settings_of(config=None, **selecting), arguments.get("budgets", [])), arguments.get("memory")
    )
    expected = with_envelopes(with_fail_on(expected, arguments.get("fail_on")), [], [])
    Path("segkoch-lint.toml").write_text(ran.out)
    shown = load_settings(folder / "segkoch-lint.toml")
    # That the rules' own limits are written out changes nothing.
    assert dataclasses.replace(shown, rule_limits={}) == dataclasses.replace(expected, rule_limits={})
    assert [rule.document for rule in Selection(shown).catalogue] == [
        rule.document for rule in Selection(expected).catalogue
    ]
    assert list(shown.severity) == list(expected.severity)  # of two that are equally exact, the last one decides


def test_only_the_table_of_a_pyproject_counts(program: Program) -> None:
    Path("pyproject.toml").write_text(
        '[project]\nname = "x"\nignore = 1\n\n[tool.other]\nignore = []\n\n[tool.segkoch-lint]\nignore = ["KCH115"]\n'
        '[tool."segkoch-lint".severity]\nKCH104 = "warning"\n'
    )
    shown = sources(program)
    assert shown["ignore"] == (["KCH115"], ["pyproject.toml:9"])
    assert shown["severity.KCH104"] == ("warning", ["pyproject.toml:11"])


def test_without_a_file_the_text_says_so(program: Program) -> None:
    out = program("config", "show", "--isolated").out
    assert out.startswith("# Configuration file: none\n")
    assert tomllib.loads(out)["select"] == ["ALL"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "KCH999"], 'no rule is called "KCH999"'),
        (["--memory", "1"], "--memory 1"),
        (["--config", "gone.toml"], "there is no such configuration file"),
        (["--envelopes", "gone"], "gone"),
    ],
)
def test_what_a_run_refuses_is_refused(program: Program, arguments: list[str], message: str) -> None:
    ran = program("config", "show", *arguments)
    assert ran.status == 2
    assert message in ran.err
    assert ran.out == ""


def test_ids_in_values_are_masked_and_nothing_is_obeyed(program: Program) -> None:
    Path("segkoch-lint.toml").write_text(
        'events = ["5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64/", "##[error]x", "a\\u001b[31m"]\n'
        'ignored-events = ["mail someone@example.com"]\n'
    )
    for form in ("text", "json"):
        out = program("config", "show", "--format", form).out
        assert "93A4" not in out
        assert "someone" not in out
        assert "##[" not in out
        assert "\x1b" not in out
    assert tomllib.loads(program("config", "show").out)["events"][1] == "##[error]x"
