"""The page of a run: its figures, its examples, and that nothing in it is obeyed."""

from __future__ import annotations

import copy
import json
import re
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from segkoch_lint.findings.finding import Finding, Location, Severity
from segkoch_lint.reporting import is_report
from segkoch_lint.reporting.html_report.examples import MOST_OF_FILE, MOST_OF_RULE, RuleExamples
from segkoch_lint.rules.catalogue import built_in, find
from tests.conftest import Ran
from tests.plans.plan_files import guard, public_api
from tests.reporting.html_report.pages import HOSTILE, Elements, call, calls, hostile_calls, page_of, written

Program = Callable[..., Ran]


def test_the_page_says_how_many_calls_are_ready_limited_and_faulty(program: Program, tmp_path: Path) -> None:
    text = Elements(page_of(program, "check", str(written(tmp_path, calls(100))))).text
    assert "Calls of 2026-03-01 to 2026-03-20" in text
    assert "ready 40 40.0% Kochava can use the call." in text
    assert "limited 20 20.0%" in text
    assert "faulty 40 40.0%" in text


def test_one_run_has_tables_by_day_version_event_platform_and_what_the_user_asks_for(
    program: Program, tmp_path: Path
) -> None:
    file, report, json_report = written(tmp_path, calls(100)), tmp_path / "report.html", tmp_path / "report.json"
    outputs = ("--output", f"html:{report}", "--output", f"json:{json_report}")
    text = program("check", "-q", "--isolated", "--group-by=library", *outputs, str(file)).out
    assert [line.split()[0] for line in text.splitlines() if "share ready" in line] == ["library", "library"]
    groups = json.loads(json_report.read_text())["summary"]["groups"]
    assert {tuple(each["group"]) for each in groups} == {("library",)}
    page = Elements(report.read_text())
    headings = ["by-day", "by-version", "by-event", "by-platform", "by-library"]
    assert [each["id"] for tag, each in page.found if tag == "h2" and str(each["id"]).startswith("by-")] == headings
    assert "2026-03-01 5 5 0 0 5 0.0% KCH103 100.0%" in page.text
    assert "analytics-kotlin 1.19.1 34 34" in page.text
    assert "iOS 20 20 0 0 20 0.0%" in page.text


def test_of_many_groups_the_largest_are_shown_and_the_others_added_up(program: Program, tmp_path: Path) -> None:
    messages = (call(event=f"Event {min(number, 130)}") for number in range(140))
    page = Elements(page_of(program, "check", str(written(tmp_path, messages))))
    assert "Event 130 10 10 10 0 0 100.0%" in page.text
    assert "(31 more) 31 31 31 0 0 100.0%" in page.text


def test_the_examples_are_the_first_findings_of_each_file() -> None:
    found = RuleExamples()
    for number in range(3 * MOST_OF_RULE):
        path = "a" if number < MOST_OF_RULE else f"b{number % 20}"
        found.add(Finding("KCH101", "missing-device", Severity.ERROR, str(number), Location(path)))
    assert found.findings == 3 * MOST_OF_RULE
    assert len(found.examples) == MOST_OF_RULE
    assert [each.template for each in found.examples if each.location.path == "a"] == list(
        map(str, range(MOST_OF_FILE))
    )


def test_the_page_says_how_many_findings_it_does_not_show(program: Program, tmp_path: Path) -> None:
    text = Elements(page_of(program, "check", str(written(tmp_path, calls(200))), "--select=KCH103")).text
    assert f"Shown as examples: {MOST_OF_FILE} of 40 findings." in text
    assert f"{MOST_OF_FILE} examples; not shown: 30 findings" in text


def test_a_fix_is_beside_the_libraries_that_need_it(program: Program, tmp_path: Path) -> None:
    file = str(written(tmp_path, calls(40)))
    text = Elements(page_of(program, "check", file, "--select=KCH106")).text
    report = json.loads(program("check", "--isolated", "-f", "json", "--select=KCH106", file).out)
    needed = Counter((each["remedy"].replace("`", ""), each["properties"]["library"]) for each in report["findings"])
    assert {library for _, library in needed} == {"analytics-kotlin", "analytics-swift"}
    for fix, library in needed:
        assert re.search(re.escape(fix) + rf" \(\d+ findings?: [^)]*{library}", text)
    assert sum(map(int, re.findall(r"\((\d+) findings?: ", text))) == needed.total()


def test_a_rule_has_a_fix_even_if_another_finding_of_each_call_has_the_same(program: Program, tmp_path: Path) -> None:
    file = str(written(tmp_path, iter([call(context={**call()["context"], "device": {"type": "ios"}})])))
    findings = json.loads(program("check", "--isolated", "-f", "json", file).out)["findings"]
    without = {each["code"] for each in findings if not each["remedy"]}
    assert without == {"KCH105", "KCH117"}
    (remedy,) = (each["remedy"].replace("`", "") for each in findings if each["code"] == "KCH104")
    page = page_of(program, "check", file)
    for code in without:
        section = page[page.index(f'<h3 id="{code}"') :].partition("</section>")[0]
        assert Elements(section).text.count(f"{remedy} (1 finding: analytics-kotlin)") == 1


def test_budgets_are_beside_the_rates(program: Program, tmp_path: Path) -> None:
    budgets = ("--budget", "KCH103=1%", "--budget", "KCH106=60%,min-calls=1000")
    page = Elements(page_of(program, "check", str(written(tmp_path, calls(100))), *budgets))
    assert "KCH103 invalid-device-type error 20 20 20.0% 1%, over" in page.text
    assert "KCH106 limited-ad-tracking error 20 20 20.0% 60%, not judged" in page.text
    assert [each["class"] for tag, each in page.found if tag == "td" and each.get("class") == "over"] == ["over"]


def test_ids_are_masked_unless_they_are_asked_for(program: Program, tmp_path: Path) -> None:
    file = str(written(tmp_path, iter([call(context={**call()["context"], "device": {"id": "7Q8R9S7T8U9V7W8X"}})])))
    assert "7Q8R9S7T8U9V7W8X" not in page_of(program, "check", file)
    assert "7Q8R9S7T8U9V7W8X" in page_of(program, "check", file, "--show-ids")


def test_hostile_texts_are_text(program: Program, tmp_path: Path) -> None:
    page = page_of(program, "check", str(written(tmp_path, hostile_calls())))
    elements = Elements(page)
    assert [tag for tag, _ in elements.found if tag in {"script", "style"}] == ["style", "script"]
    assert not {"img", "iframe", "object", "link", "base"} & {tag for tag, _ in elements.found}
    attributes = {(tag, name) for tag, each in elements.found for name in each}
    assert not {(tag, name) for tag, name in attributes if name.startswith("on") or name in {"src", "style", "srcset"}}
    links = {str(each["href"]) for tag, each in elements.found if tag == "a"}
    assert all(link.startswith(("#", "https://")) for link in links)
    for text in HOSTILE[:5]:
        assert text in elements.text
    assert "\\u{202e}\\u{0}\\u{1b}[31m" in elements.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", page)


def test_a_page_runs_its_own_script_only_and_loads_nothing(program: Program, tmp_path: Path) -> None:
    page = page_of(program, "check", str(written(tmp_path, calls(3))))
    policy = next(each["content"] for tag, each in Elements(page).found if "Policy" in str(each.get("http-equiv")))
    directives = dict(each.strip().split(" ", 1) for each in str(policy).split(";"))
    assert directives.pop("default-src") == "'none'"
    for tag in ("style", "script"):
        inline = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(inline) == 1
        digest = b64encode(sha256(inline[0].encode()).digest()).decode()
        assert directives.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert directives == {"base-uri": "'none'", "form-action": "'none'"}


def test_a_rule_has_links_to_the_pages_that_it_is_based_on(program: Program, tmp_path: Path) -> None:
    page = Elements(page_of(program, "check", str(written(tmp_path, calls(3))), "--select=KCH103"))
    external = [each["href"] for tag, each in page.found if tag == "a" and not str(each["href"]).startswith("#")]
    assert external == list(find(built_in(), "KCH103").source)


def test_a_rule_of_the_user_cannot_link_to_a_script(program: Program, tmp_path: Path) -> None:
    rule = copy.deepcopy(dict(find(built_in(), "KCH103").document))
    rule["title"], rule["rule"]["code"] = "own-device-type", "SHOP103"
    rule["rule"]["source"] = ["javascript:alert(1)", "our wiki", "https://wiki.example/devices"]
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "SHOP103.json").write_text(json.dumps(rule))
    file = str(written(tmp_path, calls(3)))
    page = Elements(page_of(program, "check", file, "--rules", str(tmp_path / "rules"), "--select=SHOP103"))
    links = {each["href"] for tag, each in page.found if tag == "a" and not str(each["href"]).startswith("#")}
    assert links == {"https://wiki.example/devices"}


def test_without_jinja2_one_line_says_how_to_install_it(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    file = str(written(tmp_path, calls(3)))
    for arguments in (("--format", "html"), ("--output", f"html:{tmp_path / 'report.html'}")):
        ran = program("check", "--isolated", file, *arguments)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == "Error: HTML is written with jinja2.\n  Install it: pip install jinja2\n"
    assert [each.name for each in tmp_path.iterdir()] == ["log.ndjson"]


def test_a_page_is_replaced_by_that_of_the_next_run(program: Program, tmp_path: Path) -> None:
    written(tmp_path, calls(3))
    report = tmp_path / "report.html"
    for _ in range(2):
        assert program("check", "--isolated", str(tmp_path), "--output", f"html:{report}").status == 1
    assert is_report(report.read_bytes()[:200])


def test_a_run_that_checks_nothing_is_no_success(program: Program, tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text("{}")
    page = Elements(page_of(program, "check", str(tmp_path)))
    assert "Failed: Nothing was checked." in page.text


def test_an_input_that_cannot_be_read_is_named(program: Program, tmp_path: Path) -> None:
    ran = program("check", "--isolated", "--format=html", str(written(tmp_path, calls(3))), str(tmp_path / "gone"))
    text = Elements(ran.out).text
    assert ran.status == 4
    assert "Incomplete: 1 input could not be read" in text
    assert "Not read" in text


@pytest.mark.slow
def test_a_page_of_tracking_plans_has_requirements_and_no_calls(program: Program, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(public_api({}, {"Order Completed": guard()})))
    page = Elements(page_of(program, "plan", "check", str(tmp_path / "plan.json")))
    assert "Tracking plans for Kochava" in page.text
    assert "Requirements that the plans guard" in page.text
    assert "KCH103 invalid-device-type" in page.text
    assert "Kochava can use the call" not in page.text
    assert not [each for tag, each in page.found if tag == "svg"]


@pytest.mark.slow
def test_a_page_of_a_change_of_a_plan_has_both_versions_and_the_replayed_calls(
    program: Program, tmp_path: Path
) -> None:
    for name, schema in (("old", guard()), ("new", {})):
        (tmp_path / f"{name}.json").write_text(json.dumps(public_api({}, {"Order Completed": schema})))
    log = written(tmp_path, iter([call(), call()]))
    plans = (str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    text = Elements(page_of(program, "plan", "diff", *plans, "--replay", str(log))).text
    assert "requirement before now rules guarded partly open" in text
    assert "KCH103 invalid-device-type guarded open 0 0 1" in text
    assert "2 calls replayed, 2 of them useful" in text
    assert "1 finding in 1 plan rule." in text


def test_the_page_is_the_same_with_the_core_and_without(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(written(tmp_path, calls(400)))
    by_core = page_of(program, "check", file)
    monkeypatch.setattr("segkoch_lint.engine.lines.selector.has_core", lambda: False)
    assert page_of(program, "check", file) == by_core
