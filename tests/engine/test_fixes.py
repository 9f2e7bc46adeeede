"""A change of a value becomes edits of the input, or a reason why it does not."""

from __future__ import annotations

import pytest

from segkoch_lint.documents.document import ValueDocument
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.engine.fixes import fix_at, fix_in, fix_in_text, protection
from segkoch_lint.findings.fix import COMPRESSED, PLACE, Fix
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.findings.text_edits import TextEdit
from segkoch_lint.rules.fixes import Change

LOWER = Change("Write it in lower case", "IOS", (TextEdit(0, 3, "ios"),))


def document(text: str) -> JsonDocument:
    made = parse_json(text.encode(), depth=9)
    assert isinstance(made, JsonDocument)
    return made


def test_a_change_becomes_an_edit() -> None:
    (edit,) = fix_in(document('{"a": "IOS"}'), ("a",), LOWER).edits

    assert (edit.span, edit.text) == (Span(1, 8, 1, 11), "ios")


def test_a_value_that_the_document_has_not_is_not_edited() -> None:
    """A rule may see a value that was made from the one in the document, as in tables."""
    assert fix_in(document('{"a": "iOS"}'), ("a",), LOWER) == Fix(LOWER.title, obstacle=PLACE)


def test_a_value_without_text_is_not_edited() -> None:
    assert fix_in(ValueDocument({"a": "IOS"}), ("a",), LOWER) == Fix(LOWER.title, obstacle=PLACE)


def test_an_input_that_is_never_rewritten_is_not_edited() -> None:
    assert fix_in(document('{"a": "IOS"}'), ("a",), LOWER, COMPRESSED) == Fix(LOWER.title, obstacle=COMPRESSED)


@pytest.mark.parametrize(
    ("path", "text", "is_secret"),
    [
        (("userId",), "ios", True),
        (("context", "device", "id"), '"c9a3"', True),
        (("note",), "ios", False),
        (("note",), "mail me: a@example.com", True),
        (("note",), "jane", True),
        (("userId",), "-", False),
        (("userId",), "", False),
    ],
)
def test_new_text_that_is_personal_data_is_a_secret(path: tuple[str, ...], text: str, *, is_secret: bool) -> None:
    protect = protection(document('{"userId": "jane", "note": "hello"}'), path)

    assert isinstance(protect(text), Secret) == is_secret


def test_a_fix_is_found_once_for_the_same_text_in_other_lines() -> None:
    fix = fix_in_text('"IOS"', LOWER, lambda text: text)
    (edit,) = fix_at(fix, 7, 10, 12).edits

    assert (edit.span, edit.text, edit.byte_columns) == (Span(7, 12, 7, 15), "ios", (14, 17))
