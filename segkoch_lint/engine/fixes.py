"""The fixes of findings: changes of values as edits of the input."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from segkoch_lint.documents.document import Document
from segkoch_lint.documents.written_text import WrittenText
from segkoch_lint.findings.fix import CAPTURE, PLACE, Fix, new_text
from segkoch_lint.findings.position import Path, value_at
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
