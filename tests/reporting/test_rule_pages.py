"""The page of a rule."""

from __future__ import annotations

import msgspec

from segkoch_lint.reporting.rule_pages import page
from segkoch_lint.rules.catalogue import built_in, find


def test_a_page_lists_each_remedy_once_with_its_calls() -> None:
    remedy = {
        "default": "general",
        "server": "of servers",
        "mobile ios": "on phones",
        "mobile replaced-device analytics-swift": "of swift",
        "analytics-flutter empty": "shared",
        "analytics_flutter empty": "shared",
    }
    lines = page(msgspec.structs.replace(find(built_in(), "KCH104"), remedy=remedy)).splitlines()
    start = lines.index("## How to fix it") + 2
    assert lines[start : start + 6] == [
        "- In general: general",
        "- Server libraries: of servers",
        "- Mobile libraries, on iOS: on phones",
        "- `analytics-swift`, if code replaced the device: of swift",
        "- `analytics-flutter`, if the value is empty; `analytics_flutter`, if the value is empty: shared",
        "",
    ]


def test_a_counterexample_without_a_summary_is_described_by_its_changes() -> None:
    rule = find(built_in(), "KCH104")
    bare = [msgspec.structs.replace(each, summary="") for each in rule.counterexamples]
    lines = page(msgspec.structs.replace(rule, counterexamples=tuple(bare))).splitlines()
    assert "Without `/context/device/id` (reported at `/context/device`):" in lines
    assert not [line for line in lines if line.startswith((" (", "- :"))]


def test_text_is_wrapped_and_code_is_not_broken() -> None:
    rule = find(built_in(), "KCH104")
    words = f"{'word ' * 18}`code with blanks` {'word ' * 30}".strip()
    text = page(msgspec.structs.replace(rule, description=words, remedy={"default": words}))
    paragraph = next(line for line in text.split("\n\n") if line.startswith("word")).splitlines()
    assert " ".join(paragraph) == words
    assert max(map(len, paragraph)) <= 100
    assert [line for line in paragraph if "`code with blanks`" in line]
    item = text[text.index("- In general") :].split("\n\n")[0].splitlines()
    assert len(item) > 1
    assert all(line.startswith("  word") for line in item[1:])
