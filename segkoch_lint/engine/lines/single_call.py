"""Documents that are one call and nothing else."""

from __future__ import annotations

from segkoch_lint.calls.call import CALL_TYPES, Call
from segkoch_lint.calls.signs import has_sign
from segkoch_lint.documents.document import Document, ParseError
from segkoch_lint.envelopes.unwrap import unwrap


def call_of(document: Document | ParseError) -> Call | None:
    """Return the call that a document is and nothing else, if that is beyond doubt for what a run reads of it."""
    if isinstance(document, ParseError):
        return None
    units = list(unwrap(document.value))
    unit = units[0] if len(units) == 1 else None
    if not isinstance(unit, Call) or unit.message is not document.value or not unit.certain:
        return None
    return unit if unit.message.get("type") in CALL_TYPES and has_sign(unit.message) else None
