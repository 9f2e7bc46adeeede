"""The page in a real browser: it is accessible, its filter works, and it runs and loads nothing foreign."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Browser, Page, started
from tests.captures.tools import accessibility_tools
from tests.conftest import Ran
from tests.plans.plan_files import guard, public_api
from tests.reporting.html_report.pages import calls, hostile_calls, page_of, written

pytestmark = pytest.mark.slow

Program = Callable[..., Ran]

AXE = "axe.run({resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"


COUNT = "document.getElementById('match-count').textContent"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    chromium, _ = accessibility_tools()
    with started(chromium, tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Callable[[str], Page]:
    """Open a page from a file; what it asks the network for is in the browser's events."""

    def open_page(text: str) -> Page:
        file = tmp_path / "report.html"
        file.write_text(text)
        browser.events.clear()
        page = browser.page()
        page.call("Network.enable")
        page.call("Runtime.enable")
        page.call("Log.enable")
        page.open(file.as_uri())
        assert page.value(
            "document.readyState === 'complete' || new Promise(done => addEventListener('load', () => done(true)))"
        )
        return page

    return open_page


def violations(page: Page) -> list[str]:
    """Return what axe-core finds that is serious."""
    _, script = accessibility_tools()
    page.value(script.read_text() + "; true")
    found = json.loads(page.value(f"{AXE}.then(found => JSON.stringify(found.violations))"))
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found
        if each["impact"] in {"serious", "critical", "moderate"}
        for node in each["nodes"]
    ]


def emulate(page: Page, scheme: str, media: str = "") -> None:
    page.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_a_page_of_calls_is_accessible(
    program: Program, tmp_path: Path, opened: Callable[[str], Page], scheme: str, width: int
) -> None:
    page = opened(page_of(program, "check", str(written(tmp_path, calls(200))), "--budget", "KCH103=1%"))
    emulate(page, scheme)
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    page.value("for (const each of document.querySelectorAll('details')) each.open = true")
    assert violations(page) == []
    assert page.value("document.documentElement.scrollWidth <= innerWidth")
    dark = page.value("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")


def test_a_page_of_tracking_plans_is_accessible(
    program: Program, tmp_path: Path, opened: Callable[[str], Page]
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(public_api({}, {"Order Completed": guard(), "Left": {}})))
    page = opened(page_of(program, "plan", "check", str(tmp_path / "plan.json")))
    page.value("for (const each of document.querySelectorAll('details')) each.open = true")
    assert violations(page) == []


def shown(page: Page, selector: str) -> int:
    """Return how many elements are shown, where their sections are open."""
    return int(
        page.value(f"[...document.querySelectorAll('{selector}')].filter(each => each.checkVisibility()).length")
    )


def enter(page: Page, selector: str, value: Any) -> None:
    """Set the value of a control as a user does."""
    page.value(f"""(() => {{
        const control = document.querySelector('{selector}');
        if (typeof {json.dumps(value)} === 'boolean') control.checked = {json.dumps(value)};
        else control.value = {json.dumps(value)};
        control.dispatchEvent(new Event('input', {{bubbles: true}}));
    }})()""")


def test_the_filter_shows_the_examples_that_match(
    program: Program, tmp_path: Path, opened: Callable[[str], Page]
) -> None:
    page = opened(page_of(program, "check", str(written(tmp_path, calls(200)))))
    total = page.value("document.querySelectorAll('.example').length")
    assert page.value(COUNT) == f"{total} of {total} examples match"
    assert shown(page, ".example") == 0  # the sections are closed

    enter(page, "#search", "KCH103  event 5”")
    matching = shown(page, ".example")
    assert 0 < matching < total
    assert page.value(COUNT) == f"{matching} of {total} examples match"
    assert page.value("[...document.querySelectorAll('.rule')].filter(each => !each.hidden).length") == 1
    assert shown(page, "#KCH103") == 1
    assert page.value(
        "[...document.querySelectorAll('.example')].filter(each => each.checkVisibility())"
        ".every(each => each.textContent.includes('5”'))"
    )

    enter(page, "#search", "")
    enter(page, "#library", "analytics-kotlin")
    of_library = shown(page, ".example")
    assert 0 < of_library < total
    assert of_library == page.value("document.querySelectorAll('.example[data-library=analytics-kotlin]').length")

    enter(page, "[name=severity][value=error]", False)
    assert shown(page, ".rule[data-severity=error]") == 0

    page.value("document.querySelector('[type=reset]').click()")
    page.value("new Promise(done => setTimeout(done))")
    assert page.value(COUNT) == f"{total} of {total} examples match"
    assert page.value("[...document.querySelectorAll('.rule')].every(each => !each.hidden)")


def test_the_groups_of_a_long_table_can_be_searched(
    program: Program, tmp_path: Path, opened: Callable[[str], Page]
) -> None:
    page = opened(page_of(program, "check", str(written(tmp_path, calls(200)))))
    assert shown(page, "#by-event-rows tr") == 30
    enter(page, "[data-search=by-event-rows]", "29 event")
    assert shown(page, "#by-event-rows tr") == 1
    assert shown(page, "[data-search=by-platform-rows]") == 0


def test_every_control_is_reached_by_the_keyboard(
    program: Program, tmp_path: Path, opened: Callable[[str], Page]
) -> None:
    page = opened(page_of(program, "check", str(written(tmp_path, calls(20)))))
    reached = []
    for _ in range(200):
        for kind in ("keyDown", "keyUp"):
            page.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        reached.append(page.value("document.activeElement.id || document.activeElement.tagName"))
        if reached[-1] == "BODY":
            break
    assert page.value("document.querySelector('a').textContent") == "Skip to the report"
    assert {"search", "library", "SUMMARY", "BUTTON", "INPUT"} <= set(reached)


def test_hostile_texts_do_not_run(program: Program, tmp_path: Path, opened: Callable[[str], Page]) -> None:
    page = opened(page_of(program, "check", str(written(tmp_path, hostile_calls()))))
    page.value("for (const each of document.querySelectorAll('details')) each.open = true")
    for each in ("a:not([href^=http])", "summary", "h3"):
        page.value(f"for (const each of document.querySelectorAll('{each}')) each.click()")
    assert page.value("new Promise(done => setTimeout(() => done(window.hacked === undefined)))")
    assert page.value("document.scripts.length") == 1
    assert "window.hacked=1" in page.value("document.body.innerText")
    # If a text did get into the page as markup, the policy would stop it.
    page.value("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked=1\">')")
    assert page.value("new Promise(done => setTimeout(() => done(window.hacked === undefined), 50))")


def test_a_page_asks_the_network_for_nothing_and_has_no_error(
    program: Program, tmp_path: Path, browser: Browser, opened: Callable[[str], Page]
) -> None:
    page = opened(page_of(program, "check", str(written(tmp_path, calls(50)))))
    page.value("new Promise(done => setTimeout(done))")
    asked = [event["request"]["url"] for name, event in browser.events if name == "Network.requestWillBeSent"]
    assert [url.rpartition("/")[2] for url in asked] == ["report.html"]
    assert [name for name, _ in browser.events if name in {"Runtime.exceptionThrown", "Log.entryAdded"}] == []


def test_a_printed_page_has_neither_filter_nor_cut_tables(
    program: Program, tmp_path: Path, opened: Callable[[str], Page]
) -> None:
    page = opened(page_of(program, "check", str(written(tmp_path, calls(200)))))
    emulate(page, "dark", media="print")
    assert shown(page, "#filter") == shown(page, "nav") == 0
    assert page.value(
        "[...document.querySelectorAll('.scroll')].every(each => each.scrollHeight <= each.clientHeight + 1)"
    )
    assert page.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.call("Page.printToPDF")["data"]) > 10_000
