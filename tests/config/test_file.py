"""Configuration files: which is taken, what they say, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from segkoch_lint import resources
from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.file import load_settings
from segkoch_lint.config.file_search import find_configuration
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.sizes import bytes_of
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Severity
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.schema_errors import Wording, dotted, messages_of


def test_the_nearest_file_wins_up_to_the_repositorys_root(tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text("")
    repository = tmp_path / "repository"
    deep = repository / "a" / "b"
    deep.mkdir(parents=True)
    assert find_configuration(deep) == tmp_path / "segkoch-lint.toml"
    (repository / ".git").mkdir()
    assert find_configuration(deep) is None
    (repository / "pyproject.toml").write_text("[tool.segkoch-lint]\n")
    assert find_configuration(deep) == repository / "pyproject.toml"
    (repository / "a" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert find_configuration(deep) == repository / "pyproject.toml"
    (repository / "a" / ".segkoch-lint.yaml").write_text("")
    assert find_configuration(deep) == repository / "a" / ".segkoch-lint.yaml"
    (repository / "a" / "segkoch-lint.toml").write_text("")
    assert find_configuration(deep) == repository / "a" / "segkoch-lint.toml"


TOML = """
select = ["KCH1", "missing-user"]
ignore = ["KCH116"]
exclude = ["vendor/"]
fail-on = "warning"
calls = ["track", "screen"]
ignored-events = ["Debug"]
platforms = ["ios"]
rules = ["own"]

[severity]
KCH106 = "info"

[budgets]
KCH105 = "0.1%"
KCH1 = 20

[per-file-ignores]
"tests/**" = ["KCH106"]

[libraries]
our-own = "mobile"

[limits]
line-bytes = 2048
depth = 32
"""


def expected(root: Path) -> Settings:
    return Settings(
        select=("KCH1", "missing-user"),
        ignore=("KCH116",),
        severity={"KCH106": Severity.INFO},
        budgets={"KCH105": Budget.of("0.1%"), "KCH1": Budget.of("20")},
        per_file_ignores={"tests/**": ("KCH106",)},
        exclude=("vendor/",),
        fail_on=Severity.WARNING,
        accepted_types=("track", "screen"),
        ignored_events=("Debug",),
        platforms=("ios",),
        libraries={"our-own": "mobile"},
        rules=(root / "own",),
        limits=Limits(line_bytes=2048, depth=32),
        root=root,
    )


def test_a_toml_file_sets_everything(tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text(TOML)
    assert load_settings(file) == expected(tmp_path)


def test_pyproject_sets_the_same_in_its_table(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.segkoch-lint]" + TOML.replace("\n[", "\n[tool.segkoch-lint."))
    assert load_settings(file) == expected(tmp_path)


def test_yaml_sets_the_same(tmp_path: Path) -> None:
    file = tmp_path / ".segkoch-lint.yaml"
    configuration = {
        "select": ["KCH1", "missing-user"],
        "ignore": ["KCH116"],
        "severity": {"KCH106": "info"},
        "budgets": {"KCH105": "0.1%", "KCH1": 20},
        "per-file-ignores": {"tests/**": ["KCH106"]},
        "exclude": ["vendor/"],
        "fail-on": "warning",
        "calls": ["track", "screen"],
        "ignored-events": ["Debug"],
        "platforms": ["ios"],
        "libraries": {"our-own": "mobile"},
        "rules": ["own"],
        "limits": {"line-bytes": 2048, "depth": 32},
    }
    file.write_text(json.dumps(configuration))
    assert load_settings(file) == expected(tmp_path)


@pytest.mark.parametrize("name", ["segkoch-lint.toml", ".segkoch-lint.yaml"])
def test_an_empty_file_changes_nothing_but_the_root(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("")
    assert load_settings(tmp_path / name) == Settings(root=tmp_path)


@pytest.mark.parametrize(
    "line",
    ['select = ["KCH999"]', 'ignore = ["KCH999"]', 'severity = {KCH999 = "info"}', 'budgets = {KCH999 = "1%"}']
    + ['per-file-ignores = {"*.json" = ["KCH999"]}'],
)
def test_an_unknown_rule_is_reported_with_file_and_key(line: str, tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text(line)
    key = line.partition(" ")[0]
    with pytest.raises(UsageError) as raised:
        Selection(load_settings(file))
    assert raised.value.message == f'{file}: in {key}: no rule is called "KCH999".'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("select: [KCH1]\nselect: [KCH2]\n", ":2:1: select appears twice."),
        ("limits:\n  depth: 3\n  depth: 4\n", ":3:3: limits.depth appears twice."),
        ("select: [KCH1\n", ":1:14: not valid YAML: "),
        ("a: {b: [" * 30, ":1:56: not valid YAML: nested deeper than 20 levels"),
        ("select: [KCH1]\n---\nselect: [KCH2]\n", ": 2 YAML documents; one is expected."),
        ("- select\n", ": the configuration is a list; a table is expected."),
    ],
)
def test_an_error_in_yaml_is_reported_at_its_place(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / ".segkoch-lint.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as raised:
        load_settings(file)
    assert f"{file}{problem}" in raised.value.message


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "null\n", "\ufeffselect: [ALL]\n"])
def test_an_empty_yaml_file_changes_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / ".segkoch-lint.yaml").write_text(text, encoding="utf-8")
    assert load_settings(tmp_path / ".segkoch-lint.yaml") == Settings(root=tmp_path)


def test_a_configuration_file_may_be_named_by_a_string(tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text('select = ["KCH1"]')
    assert load_settings(str(tmp_path / "segkoch-lint.toml")).select == ("KCH1",)


def test_fail_on_never_is_no_severity(tmp_path: Path) -> None:
    (tmp_path / "segkoch-lint.toml").write_text('fail-on = "never"')
    assert load_settings(tmp_path / "segkoch-lint.toml").fail_on is None


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('selct = ["KCH1"]', 'unknown key "selct"', 'Did you mean "select"?'),
        ("zzz = 1", 'unknown key "zzz"', "Known are select, ignore"),
        ("[limits]\ndeph = 3", 'in limits: unknown key "deph"', 'Did you mean "depth"?'),
        ('fail-on = "fatal"', 'fail-on is "fatal"; one of error, warning, info, never is expected.', "schema --config"),
        ('select = "KCH1"', "select is a string; a list is expected.", "schema --configuration"),
        ("[severity]\nKCH1 = 3", "severity.KCH1 is 3; one of error, warning, info is expected.", ""),
        ('[budgets]\nKCH106 = "6o%"', 'in budgets.KCH106: "6o%" is not a budget', "60%"),
        ('[budgets]\nKCH106 = {max = "6o%"}', 'in budgets.KCH106: "6o%" is not a budget', "60%"),
        ("[budgets]\nKCH106 = {max = 20, min-calls = 9}", "in budgets.KCH106: only a share takes min-calls", "60%"),
        ('[budgets]\nKCH106 = {max = "6%", min-calls = 0}', "budgets.KCH106.min-calls is 0; at least 1", ""),
        ('[budgets]\nKCH106 = {max = "6%", min-calls = "9"}', "budgets.KCH106.min-calls is a string", ""),
        ("[budgets]\nKCH106 = {min-calls = 9}", 'budgets.KCH106 lacks "max"', ""),
        ('[budgets]\nKCH106 = {max = "6%", min = 9}', 'in budgets.KCH106: unknown key "min"', ""),
        ("[budgets]\nKCH106 = -5", "in budgets.KCH106: a budget cannot be negative", "60%"),
        ("[budgets]\nKCH106 = 20.0", "in budgets.KCH106: a number of calls has to be whole", "60%"),
        (
            "[budgets]\nKCH106 = 0.6",
            "budgets.KCH106 is a number; a string or a whole number or a table is expected.",
            "schema --config",
        ),
        ('fail-on = "Eror"', 'fail-on is "Eror"; one of', 'Did you mean "error"?'),
        ('calls = ["trakc"]', 'calls[0] is "trakc"; one of track, identify,', 'Did you mean "track"?'),
        ('calls = ["track", "track"]', 'calls has "track" twice.', ""),
        ("calls = []", "calls is an empty list; leave it out, or name at least one.", ""),
        ('exclude = ["a", ""]', "exclude[1] is an empty string.", ""),
        ("exclude = [2020-01-01]", "exclude[0] is a date or time; a string is expected.", ""),
        ("[limits]\ndepth = 7", "limits.depth is 7; at least 8 is expected.", ""),
        ("[limits]\ndepth = 1000", "limits.depth is 1000; at most 900 is expected.", ""),
        ("[limits]\ndepth = true", "limits.depth is a boolean; a whole number is expected.", ""),
        ("limits = 4", "limits is a whole number; a table is expected.", ""),
        ('[per-file-ignores]\n"tests/*.json" = "KCH1"', "per-file-ignores.tests/*.json is a string; a list", ""),
        ('fail-on = "' + "x" * 99 + '"', "fail-on is a string; one of error, warning", ""),
        ("fail-on = []", "fail-on is a list; one of error, warning", ""),
        ('memory = "much"', 'memory is "much"; a text like "512MB" or "2GiB" is expected.', ""),
        ("select = [", "not valid TOML", ""),
        (
            "[tool.segkoch-lint]\nselect = []",
            "is for pyproject.toml; here, keys are at the top",
            "Remove `tool.segkoch",
        ),
    ],
)
def test_an_error_is_reported_with_its_place(text: str, message: str, hint: str, tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as raised:
        load_settings(file)
    assert raised.value.message.count(str(file)) == 1
    assert "YAML" not in raised.value.message
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_a_named_file_has_to_hold_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(UsageError, match=r"there is no table \[tool.segkoch-lint\]"):
        load_settings(tmp_path / "pyproject.toml")


def test_there_is_a_message_for_every_keyword_of_the_schema() -> None:
    broken: dict[str, tuple[Any, Any]] = {
        "additionalProperties": (False, {"x": 1}),
        "enum": (["a"], "b"),
        "maximum": (1, 2),
        "minItems": (1, []),
        "minLength": (1, ""),
        "minimum": (1, 0),
        "pattern": ("^a$", "b"),
        "required": (["a"], {}),
        "type": ("string", 1),
        "uniqueItems": (True, ["a", "a"]),
    }
    others = {"properties", "items", "$schema", "$id", "$ref", "$defs", "title", "description", "default", "examples"}
    assert _keywords(resources.load("configuration")) - others == set(broken)
    for keyword, (allowed, value) in broken.items():
        schema = {"properties": {}, keyword: allowed}
        (error,) = jsonschema.Draft202012Validator(schema).iter_errors(value)
        ((message, _),) = messages_of(error, Wording(dotted, "a table", ""))
        assert "not what is expected" not in message


def _keywords(schema: dict[str, Any]) -> set[str]:
    found = set(schema)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        found |= _keywords(inner) if isinstance(inner, dict) else set()
    for holder in ("properties", "$defs"):
        for inner in schema.get(holder, {}).values():
            found |= _keywords(inner)
    return found


def test_a_null_in_yaml_is_reported_as_nothing(tmp_path: Path) -> None:
    (tmp_path / ".segkoch-lint.yaml").write_text("select:\n")
    with pytest.raises(UsageError, match=r"select is nothing \(null\); a list is expected"):
        load_settings(tmp_path / ".segkoch-lint.yaml")
    (tmp_path / ".segkoch-lint.yaml").write_text("- select\n")
    with pytest.raises(UsageError, match="the configuration is a list; a table is expected"):
        load_settings(tmp_path / ".segkoch-lint.yaml")


@pytest.mark.parametrize("text", ['tool = "x"', "[[tool]]\na = 1"])
def test_a_tool_that_is_not_a_table_is_a_usage_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match=r"pyproject.toml: tool is a (string|list); a table is expected"):
        find_configuration(tmp_path)


@pytest.mark.parametrize("text", ["a: [", "- x", "a: !!timestamp foo", "just text"])
def test_broken_yaml_is_a_usage_error(text: str, tmp_path: Path) -> None:
    file = tmp_path / ".segkoch-lint.yaml"
    file.write_text(text)
    with pytest.raises(UsageError):
        load_settings(file)


@pytest.mark.parametrize("name", ["segkoch-lint.toml", ".segkoch-lint.yaml"])
def test_a_file_that_cannot_be_read_is_a_usage_error(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UsageError, match=r"cannot be read|not valid"):
        load_settings(tmp_path / name)


def test_the_schema_is_a_schema_and_its_defaults_are_the_settings_own() -> None:
    schema: Any = resources.load("configuration")
    jsonschema.Draft202012Validator.check_schema(schema)
    defaults = {key: member["default"] for key, member in schema["properties"].items()}
    settings = Settings()
    assert tuple(defaults["select"]) == settings.select
    assert tuple(defaults["calls"]) == settings.accepted_types
    assert defaults["fail-on"] == str(settings.fail_on)
    limits = {key: m["default"] for key, m in schema["properties"]["limits"]["properties"].items()}
    of_rules = {name: limits.pop(name) for rule in built_in() for name in rule.limits}
    assert Limits(**{key.replace("-", "_"): value for key, value in limits.items()}) == settings.limits
    assert of_rules == {"shared-device-users": 5, "many-devices": 10}
    assert bytes_of(defaults["memory"]) == settings.memory


def test_limits_of_rules_reach_the_rules_that_name_them(tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text("[limits]\nmany-devices = 3\ndepth = 50\n")
    settings = load_settings(file)
    assert (settings.limits.depth, settings.rule_limits) == (50, {"many-devices": 3})
    rules = {rule.code: rule.constraint for rule in Selection(settings).rules}
    assert rules["KCH206"]["properties"]["devices"]["maximum"] == 3
    assert rules["KCH204"]["properties"]["users"]["exclusiveMaximum"] == 5


def test_memory_is_configured_with_a_unit(tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text('memory = "512MB"\n')
    assert load_settings(file).memory == 512_000_000
    file.write_text('memory = "1KB"\n')
    with pytest.raises(UsageError, match="less than"):
        load_settings(file)


def test_selectors_are_checked_although_the_form_of_other_keys_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text(
        'selct = []\nselect = ["KCH999"]\nfail-on = "eror"\n[budgets]\nKCH1 = "many"\n[severity]\nKC1 = "info"\n'
    )
    with pytest.raises(UsageError) as raised:
        load_settings(file)
    messages = [each.message.removeprefix(f"{file}: ") for each in raised.value.all()]
    assert messages == [
        'unknown key "selct".',
        'fail-on is "eror"; one of error, warning, info, never is expected.',
        'in budgets.KCH1: "many" is not a budget.',
        'in select: no rule is called "KCH999".',
        'in severity: no rule is called "KC1".',
    ]


def test_selectors_of_rules_in_folders_that_are_not_known_are_not_called_unknown(tmp_path: Path) -> None:
    file = tmp_path / "segkoch-lint.toml"
    file.write_text('rules = "own"\nselect = ["OWN001"]\n')
    with pytest.raises(UsageError) as raised:
        load_settings(file)
    (error,) = raised.value.all()
    assert error.message == f"{file}: rules is a string; a list is expected."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("segkoch-lint.toml", 'fail-on = "error"\n[[expect]]\nmin = 1\n  [[ "expect" ]] # why\nmin = 2\n'),
        ("pyproject.toml", '\n[[tool.segkoch-lint.expect]]\nmin = 1\n  [[ tool."segkoch-lint".expect ]]\nmin = 2\n'),
        (".segkoch-lint.yaml", "expect:\n- min: 1\n\n- {min: 2}\n"),
    ],
)
def test_each_expectation_has_its_place(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    expected = load_settings(tmp_path / name).expect
    assert [each.min for each in expected] == [1, 2]
    assert [each.location.span.line for each in expected if each.location.span] == [2, 4]
    assert {each.location.path for each in expected} == {str(tmp_path / name)}
    inside = "/tool/segkoch-lint" if name == "pyproject.toml" else ""
    assert [each.location.pointer for each in expected] == [f"{inside}/expect/0", f"{inside}/expect/1"]
