"""Suppressions of findings: by the configuration and by comments."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.config.written_suppressions import ConfiguredSuppression
from segkoch_lint.documents.yaml.comments import Comment
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.finding import Finding, Location, Severity, Suppression
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret

TODAY = date(2026, 11, 27)


def finding(code: str = "KCH104", path: str = "a.json", pointer: str | Secret = "/context", line: int = 1) -> Finding:
    return Finding(code, "n", Severity.ERROR, "m", Location.of(path, Span(line, 1, line, 2), pointer))


def suppressions(*entries: ConfiguredSuppression, root: Path = Path(), applied: str = "KCH104 KCH105") -> Suppressions:
    settings = Settings(
        suppress=entries,
        root=root.absolute(),
        origins={f"suppress.{n}": f"c.toml:{n + 7}: suppress[{n}]" for n, _ in enumerate(entries)},
    )
    return Suppressions(Selection(settings), settings, applied.split(), TODAY)


def entry(codes: str = "KCH104", until: date | None = None, path: str = "", pointer: str = "") -> ConfiguredSuppression:
    return ConfiguredSuppression(tuple(codes.split()), "the reason", path, pointer, until)


def comment(text: str, *lines: int, at_head: bool = False) -> Comment:
    return Comment(text, 1, 1, frozenset(lines), at_head)


@pytest.mark.parametrize(
    ("codes", "path", "pointer", "applies"),
    [
        ("KCH104", "", "", True),
        ("KCH1", "", "", True),
        ("missing-device-id", "", "", True),
        ("KCH105 KCH3", "", "", False),
        ("ALL", "a.json", "", True),
        ("ALL", "*.json", "/context", True),
        ("ALL", "b.json", "", False),
        ("ALL", "a.json", "/x", False),
    ],
)
def test_an_entry_applies_by_code_path_and_pointer(codes: str, path: str, pointer: str, applies: bool) -> None:
    found = suppressions(entry(codes, path=path, pointer=pointer)).applied(finding())
    assert found.suppression == (Suppression("configuration", "the reason") if applies else None)


def test_a_pointer_is_compared_with_the_whole_key_that_reports_mask() -> None:
    masked = Secret("/traits/ann@example.com", "/traits/…@…")
    assert suppressions(entry(pointer="/traits/ann@example.com")).applied(finding(pointer=masked)).suppression
    assert not suppressions(entry(pointer="/traits/bob@example.com")).applied(finding(pointer=masked)).suppression


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_an_entry_applies_up_to_and_on_its_last_day(days: int) -> None:
    found = suppressions(entry(until=TODAY + timedelta(days=days)))
    found.begin("a.json", claimed=True)
    assert bool(found.applied(finding()).suppression) is (days >= 0)
    notes = [(note.kind, note.place, note.message) for note in found.notes()]
    place, until = "c.toml:7: suppress[0]", "expired after 2026-11-26"
    assert notes == ([] if days >= 0 else [("expired", place, f"{until}: 1 finding is back")])


@pytest.mark.parametrize(
    ("codes", "applied", "read", "claimed", "is_unused"),
    [
        ("KCH104", "KCH104", "a.json", False, True),
        ("KCH104", "KCH105", "a.json", True, False),
        ("KCH104", "KCH104", "b.json", True, False),
        ("KCH002", "KCH002", "a.json", True, True),
        ("KCH002", "KCH002", "a.json", False, False),
    ],
)
def test_an_entry_is_unused_only_if_its_file_was_read_and_its_rule_applied(
    codes: str, applied: str, read: str, claimed: bool, is_unused: bool
) -> None:
    found = suppressions(entry(codes, path="a.json"), applied=applied)
    found.begin(read, claimed=claimed)
    assert [note.kind for note in found.notes()] == (["unused"] if is_unused else [])


def test_a_comment_applies_to_its_lines_and_codes_of_its_file() -> None:
    found = suppressions()
    found.add_comments("a.yaml", [comment("ignore[KCH104] why", 3)])
    suppressed = [
        found.applied(each).suppression
        for each in (
            finding(path="a.yaml", line=3),
            finding(path="a.yaml", line=4),
            finding("KCH105", path="a.yaml", line=3),
            finding(path="b.yaml", line=3),
        )
    ]
    assert suppressed == [Suppression("comment", "why"), None, None, None]
    assert list(found.notes()) == []


def test_a_comment_on_the_line_comes_before_that_of_the_file() -> None:
    found = suppressions()
    head = comment("ignore-file[KCH1] all", at_head=True)
    found.add_comments("a.yaml", [head, comment("ignore[KCH104] this", 3)])
    reasons = [found.applied(finding(path="a.yaml", line=line)).suppression for line in (3, 4)]
    assert reasons == [Suppression("comment", "this"), Suppression("comment", "all")]
    found.begin("a.yaml", claimed=True)
    assert found.applied(finding(path="a.yaml", line=3)).suppression is None


def test_a_comment_at_the_head_applies_to_the_whole_file() -> None:
    found = suppressions()
    found.add_comments("a.yaml", [comment("ignore-file[KCH104] mail ann@example.com", at_head=True)])
    assert found.applied(finding(path="a.yaml", line=9)).suppression == Suppression("comment", "mail …@…")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ignore-file[KCH104] why", "`ignore-file` is only allowed before the first value of the file."),
        ("ignore[KCH999] why", 'No rule is called "KCH999".'),
        ("ignore[KCH104]", "this comment gives no reason."),
    ],
)
def test_a_wrong_comment_is_noted_and_suppresses_nothing(text: str, problem: str) -> None:
    found = suppressions()
    found.add_comments("a.yaml", [comment(text, 1)])
    assert found.applied(finding(path="a.yaml")).suppression is None
    assert [(note.kind, note.place, note.message) for note in found.notes()] == [("invalid", "a.yaml:1:1", problem)]


def test_all_wrong_entries_are_reported_at_once() -> None:
    with pytest.raises(UsageError) as error:
        suppressions(entry("KCH999"), entry("misssing-device"))
    assert [each.message for each in error.value.all()] == [
        'c.toml:7: suppress[0]: No rule is called "KCH999".',
        'c.toml:8: suppress[1]: No rule is called "misssing-device".',
    ]
