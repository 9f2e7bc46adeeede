"""What may be shown whole although an id should stand there."""

from __future__ import annotations

import pytest

from segkoch_lint.findings.redaction.placeholders import is_placeholder


@pytest.mark.parametrize(
    "text",
    ["9774d56d682e549c", "exampleDeviceId", "IDFA_OR_GAID", "EXAMPLE-ADVERTISING-ID", "unknown", " N/A ", "(null)"]
    + ["{idfa}", "${adid}", "{{advertising_id}}", "%%ADVERTISING_ID%%", "__IDFA__", "<your advertising id>"]
    + ["00000000-0000-0000-0000-000000000000", "0" * 16, "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"]
    + ["017D76B5-85F8-4E3C-8CCE-8B29CCEACB1D", "176779b9-8c07-4e53-b3ea-abbfaa40c829"],
)
def test_the_entries_of_the_shipped_lists_are_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["johndoe", "anna", "{anna}", "%anna-smith%", "[bob]", "your anna smith", "kochava-test-anna", "a", "x" * 8]
    + ["77", "4444", "1111", "0000", "11-11", "", "   ", "unknown anna", "exampleAnna", "A1D4E8B7-2C35-4F96-B0E8"],
)
def test_nothing_is_one_because_of_its_characters_or_its_brackets(text: str) -> None:
    assert not is_placeholder(text)


def test_a_long_text_is_none() -> None:
    assert not is_placeholder("test" * 100)
