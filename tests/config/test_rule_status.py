"""Rules in preview, deprecated and removed rules: what selecting them does."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import Linter, lint
from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Severity
from segkoch_lint.plans.check.checker import PlanChecker
from segkoch_lint.rules.catalogue import built_in, find
from segkoch_lint.rules.loader import load_catalogue, problems_of
from tests.conftest import Ran

Program = Callable[..., Ran]

STATUSES: Mapping[str, Mapping[str, Any]] = {
    "SHOP001": {},
    "SHOP002": {"status": "preview", "since": "1.2"},
    "SHOP003": {"status": "deprecated", "replaced-by": ["SHOP001"]},
    "SHOP004": {"status": "removed", "replaced-by": ["SHOP001", "KCH309"], "since": "0.9"},
    "SHOP005": {"status": "removed"},
    "NEW001": {"status": "preview"},
}
CALL = {"type": "track", "event": "Order Completed", "userId": "user-4711", "properties": {}}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with a rule of each status; every rule wants a currency."""
    for code, about in STATUSES.items():
        write(tmp_path, code, about)
    return tmp_path


def write(folder: Path, code: str, about: Mapping[str, Any]) -> None:
    document = {
        "$schema": "urn:segkoch-lint:rule",
        "title": f"currency-{code.lower()}",
        "description": "An order needs a currency, since finance adds up the revenue by currency.",
        "rule": {
            "code": code,
            "severity": "error",
            "origin": "beyond",
            "applies-to": "call",
            "message": "properties.currency is {state}",
            "source": ["https://wiki.example.com/tracking#orders"],
            **about,
        },
        "remedy": {"default": "Send `currency`."},
        "properties": {"properties": {"required": ["currency"]}},
        "examples": [{**CALL, "properties": {"currency": "EUR"}}],
        "counterexamples": [{"patch": [{"op": "remove", "path": "/properties/currency"}], "place": "/properties"}],
    }
    (folder / f"{code}.json").write_text(json.dumps(document), encoding="utf-8")


def own_codes(folder: Path, **settings: Any) -> list[str]:
    return [rule.code for rule in Selection(Settings(rules=(folder,), **settings)).rules if rule.code[0] != "K"]


@pytest.mark.parametrize(
    ("select", "codes"),
    [
        (("ALL",), ["SHOP001", "SHOP003"]),
        (("SHOP",), ["SHOP001", "SHOP003"]),
        (("SHOP", "SHOP002"), ["SHOP001", "SHOP002", "SHOP003"]),
        (("currency-shop002",), ["SHOP002"]),
        (("new001",), ["NEW001"]),
    ],
)
def test_only_its_code_or_name_selects_a_rule_in_preview(
    select: tuple[str, ...], codes: list[str], rules: Path
) -> None:
    assert own_codes(rules, select=select) == codes


def test_a_rule_in_preview_can_be_ignored_again(rules: Path) -> None:
    assert own_codes(rules, select=("SHOP002",), ignore=("SHOP002",)) == []


def test_a_prefix_of_rules_in_preview_only_is_an_error_that_names_them(rules: Path) -> None:
    with pytest.raises(UsageError, match='"NEW" matches only rules in preview') as error:
        own_codes(rules, select=("NEW",))
    assert error.value.hint == "Select them by their codes: NEW001."


@pytest.mark.parametrize("selector", ["SHOP003", "shop003", "currency-shop003"])
def test_selecting_a_deprecated_rule_gives_a_remark_that_names_the_new_one(selector: str, rules: Path) -> None:
    settings = Settings(rules=(rules,), select=(selector,))
    remark = ("select", "SHOP003 is deprecated and will be removed; select SHOP001 instead")
    assert Selection(settings).remarks == [remark]
    assert remark in Linter(settings).summary.remarks
    assert remark in PlanChecker(settings).summary.remarks
    assert [finding.code for finding in lint(CALL, settings=settings)] == ["SHOP003"]
    with pytest.raises(FileNotFoundError, match="no file matches"):
        list(lint(str(rules / "*.nope"), settings=settings))


@pytest.mark.parametrize("selectors", [{"select": ("ALL",)}, {"select": ("SHOP",)}, {"ignore": ("SHOP003",)}])
def test_a_deprecated_rule_that_is_not_named_to_be_selected_gives_none(selectors: dict[str, Any], rules: Path) -> None:
    assert Selection(Settings(rules=(rules,), **selectors)).remarks == []


@pytest.mark.parametrize(
    "selectors",
    [
        {"select": ("SHOP004",)},
        {"select": ("ALL", "currency-shop004")},
        {"severity": {"SHOP004": Severity.INFO}},
        {"budgets": {"SHOP004": Budget.of("1%")}},
    ],
)
def test_selecting_a_removed_rule_is_an_error_that_names_what_replaces_it(
    selectors: dict[str, Any], rules: Path
) -> None:
    with pytest.raises(UsageError, match=r": SHOP004 was removed\.") as error:
        own_codes(rules, **selectors)
    assert error.value.hint == "Select SHOP001 and KCH309 instead."


def test_a_removed_rule_that_nothing_replaces_has_no_hint(rules: Path) -> None:
    with pytest.raises(UsageError, match="SHOP005 was removed") as error:
        own_codes(rules, select=("SHOP005",))
    assert error.value.hint == ""


@pytest.mark.parametrize("selectors", [{"ignore": ("SHOP004",)}, {"per_file_ignores": {"*.json": ("SHOP004",)}}])
def test_ignoring_a_removed_rule_gives_a_remark(selectors: dict[str, Any], rules: Path) -> None:
    ((_, remark),) = Selection(Settings(rules=(rules,), **selectors)).remarks
    assert remark == "SHOP004 was removed; nothing is left to ignore"


def test_a_suppression_of_a_removed_rule_is_no_error(rules: Path, program: Program) -> None:
    (rules / "calls").mkdir()
    (rules / "calls" / "call.json").write_text(json.dumps(CALL), encoding="utf-8")
    configuration = rules / "segkoch-lint.toml"
    configuration.write_text('[[suppress]]\ncodes = ["SHOP004"]\nreason = "as agreed"\n', encoding="utf-8")
    arguments = [
        "check",
        "--config",
        str(configuration),
        "--rules",
        str(rules),
        "--select",
        "SHOP",
        str(rules / "calls"),
    ]
    ran = program(*arguments)
    assert (ran.status, ran.err) == (1, "")


def test_a_removed_rule_is_known_and_documented_but_in_no_catalogue(rules: Path) -> None:
    selection = Selection(Settings(rules=(rules,)))
    catalogues = [selection.rules, selection.catalogue, load_catalogue([rules])]
    assert ["SHOP004" in {rule.code for rule in each} for each in catalogues] == [False, False, False]
    assert {"SHOP002", "SHOP004"} <= {rule.code for rule in selection.documented}
    assert find(selection.known, "SHOP004").status == "removed"


def test_a_replacement_has_to_be_a_rule_that_is_not_removed(rules: Path) -> None:
    write(rules, "SHOP006", {"status": "deprecated", "replaced-by": ["SHOP005"]})
    write(rules, "SHOP007", {"status": "deprecated", "replaced-by": ["SHOP999"]})
    with pytest.raises(UsageError, match="SHOP006 is replaced by SHOP005, and there is no such rule") as error:
        Selection(Settings(rules=(rules,)))
    assert len(error.value.all()) == 2


@pytest.mark.parametrize(
    ("about", "place"),
    [
        ({"status": "old"}, "/rule/status"),
        ({"since": "next"}, "/rule/since"),
        ({"replaced-by": ["KCH101"]}, "/rule"),
        ({"status": "preview", "replaced-by": ["KCH101"]}, "/rule/status"),
        ({"status": "removed", "replaced-by": []}, "/rule/replaced-by"),
    ],
)
def test_members_that_make_no_sense_are_refused(about: Mapping[str, Any], place: str) -> None:
    document = copy.deepcopy(dict(find(built_in(), "KCH103").document))
    assert problems_of(document) == []
    document["rule"] |= about
    assert place in [message.partition(":")[0].split(" ")[0] for message, _ in problems_of(document)]


@pytest.mark.parametrize("rule", built_in(), ids=lambda rule: rule.code)
def test_every_built_in_rule_says_since_when_it_is_there(rule: Any) -> None:
    assert rule.since


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("SHOP001", "Error; beyond Kochava's page; applies to every call.\n"),
        ("SHOP002", "Since version 1.2. In preview: it may still change, and is checked only if it is"),
        ("SHOP003", "Deprecated: it will be removed. Use SHOP001"),
        ("SHOP004", "Since version 0.9. Removed: it is not checked any more."),
    ],
)
def test_the_page_of_a_rule_tells_its_status(code: str, status: str, rules: Path, program: Program) -> None:
    out = program("rule", code, "--rules", str(rules)).out
    assert status in out.replace("\n", " ") or status in out
    assert ("How to change it" in out) == (code != "SHOP004")


def test_lists_and_json_of_rules_have_the_status(rules: Path, program: Program) -> None:
    listed = program("rule", "--rules", str(rules)).out
    assert "SHOP002  currency-shop002              error (preview)\n" in listed
    assert "SHOP001  currency-shop001              error\n" in listed
    (facts,) = json.loads(program("rule", "SHOP004", "--format", "json", "--rules", str(rules)).out)
    assert (facts["since"], facts["status"], facts["replaced_by"]) == ("0.9", "removed", ["SHOP001", "KCH309"])
    table = program("rule", "--format", "markdown", "--rules", str(rules)).out
    assert "| [SHOP004](SHOP004-currency-shop004.md) | currency-shop004 | removed |  |" in table


def test_the_command_line_warns_or_refuses(rules: Path, program: Program) -> None:
    call = rules / "calls" / "call.json"
    call.parent.mkdir()
    call.write_text(json.dumps(CALL), encoding="utf-8")
    deprecated = program("check", "--rules", str(rules), "--select", "SHOP003", str(call))
    assert deprecated.status == 1
    assert "--select: SHOP003 is deprecated and will be removed; select SHOP001 instead" in deprecated.err
    removed = program("check", "--rules", str(rules), "--select", "SHOP004", str(call))
    assert removed.status == 2
    assert "--select: SHOP004 was removed.\n  Select SHOP001 and KCH309 instead.\n" in removed.err


def test_sarif_has_the_status_as_a_property(rules: Path, program: Program) -> None:
    call = rules / "calls" / "call.json"
    call.parent.mkdir()
    call.write_text(json.dumps(CALL), encoding="utf-8")
    ran = program("check", "--rules", str(rules), "--select", "SHOP", "--format", "sarif", str(call))
    (log,) = json.loads(ran.out)["runs"]
    properties = {rule["id"]: rule["properties"] for rule in log["tool"]["driver"]["rules"]}
    assert properties["SHOP003"].items() >= {"status": "deprecated", "replacedBy": ["SHOP001"]}.items()
    assert properties["KCH101"].items() >= {"status": "stable", "since": "0.1.0"}.items()
    assert "SHOP004" not in properties
