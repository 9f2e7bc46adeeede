"""The fixes of findings: changes of values as edits of the input."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from segkoch_lint.documents.document import Document
from segkoch_lint.documents.json.json_strings import JSON_STRINGS
from segkoch_lint.documents.written_text import WrittenText
from segkoch_lint.findings.fix import CAPTURE, PLACE, Edit, Fix, new_text
from segkoch_lint.findings.position import OffsetRange, Path, Span, value_at
from segkoch_lint.findings.redaction.masking import Secret, redacted
from segkoch_lint.findings.redaction.personal_data import is_id, key_of, parent_of
from segkoch_lint.rules.fixes import Change

Protect = Callable[[str], str | Secret]
"""Returns the new text of an edit, as a `Secret` if it holds personal data."""


def fix_in(document: Document, path: Path, change: Change, obstacle: str = "") -> Fix:
    """Return the fix that changes the value at *path* of a document, or its key.

    Args:
        document: the document.
        path: of the value.
        change: of the value or its key.
        obstacle: why the input is never rewritten; empty if it may be.
    """
    if obstacle or document.origin is not None:
        return Fix(change.title, obstacle=obstacle or CAPTURE)
    before = path[-1] if change.on_key else value_at(document.value, path)
    written = document.written_text(path, key=change.on_key) if before == change.before else None
    return fix_of(written, change, protection(document, path))


def protection(document: Document, path: Path) -> Protect:
    """Return what protects the new text of the value at *path* of a document, or of its key."""

    def protect(text: str) -> str | Secret:
        if not text.strip("-"):
            return text
        return Secret(text) if is_id(key_of(path), text, parent_of(path)) else redacted(text, document.ids.ranges(text))

    return protect


def fix_of(written: WrittenText | None, change: Change, protect: Protect) -> Fix:
    """Return the fix that changes a text.

    Args:
        written: the text as it is written; None if it must not be edited.
        change: of the text.
        protect: see `Protect`.
    """
    edits = None if written is None else written.edits(change.before, change.edits)
    if edits is None:
        return Fix(change.title, obstacle=PLACE)
    if change.on_key:  # the rule file gives the new key
        return Fix(change.title, edits)
    return Fix(change.title, tuple(replace(edit, text=protect(new_text(edit))) for edit in edits))


def fix_in_text(text: str, change: Change, protect: Protect) -> Fix:
    """Return the fix that changes a string of JSON, with its places in *text*, which is all of the string."""

    def span(extent: OffsetRange) -> Span:
        return Span(1, extent[0] + 1, 1, extent[1] + 1)

    return fix_of(WrittenText(text, (0, len(text)), JSON_STRINGS, span), change, protect)


def fix_at(fix: Fix, line: int, start: int, first_byte: int) -> Fix:
    """Return the fix of a string that begins in a line at an offset, which is given in code points and in bytes.

    Args:
        fix: with its places in the string (`fix_in_text`).
        line: the number of the line.
        start, first_byte: the offset.
    """
    return Fix(fix.title, tuple(_edit_at(edit, line, start, first_byte) for edit in fix.edits), fix.obstacle)


def _edit_at(edit: Edit, line: int, start: int, first_byte: int) -> Edit:
    span, (first, last) = edit.span, edit.byte_columns or (0, 0)
    place = Span(line, span.column + start, line, span.end_column + start)
    return Edit(place, edit.text, (first + first_byte, last + first_byte))
