"""What a report may show of a fix."""

from __future__ import annotations

from segkoch_lint.findings.fix import Edit, Fix, new_text
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret

HERE = Span(1, 1, 1, 5)


def test_edits_with_an_id_are_not_shown_without_show_ids() -> None:
    fix = Fix("Write it in lower case", (Edit(HERE, Secret("a1d4e8b7-2c35")),))

    assert fix.shown_edits(show_ids=False) == ()
    assert fix.shown_edits(show_ids=True) == fix.edits
    assert new_text(fix.edits[0]) == "a1d4e8b7-2c35"


def test_edits_without_an_id_are_shown() -> None:
    fix = Fix("Write it in lower case", (Edit(HERE, "ios"),))

    assert fix.shown_edits(show_ids=False) == fix.edits


def test_a_fix_with_an_obstacle_is_not_made() -> None:
    assert Fix("Strip the white space", (Edit(HERE, ""),)).is_safe
    assert not Fix("Strip the white space", obstacle="a capture is never rewritten").is_safe
