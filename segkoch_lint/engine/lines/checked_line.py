"""Lines and rows whose verdict is known, and the call that a document is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from segkoch_lint.calls.call import CALL_TYPES, Call
from segkoch_lint.calls.signs import has_sign
from segkoch_lint.documents.document import Document, ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.envelopes.unwrap import unwrap
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.summary import Group
from segkoch_lint.rules.ruleset import Verdict


class CheckedLine(msgspec.Struct, frozen=True):
    """A line that is a call and nothing else, with the verdict on it, which has violations.

    No key that a rule reads is in it twice.

    Attributes:
        text: the line.
        line: its number in the input.
        verdict: on the call.
        number: the number of the line in its block, from 0.
        group: of the call, if calls are grouped.
        extents: the byte ranges of the values in `Verdict.reads`, empty for a value that is not there; None if only a
            scanner can find one of them.
    """

    text: bytes
    line: int
    verdict: Verdict
    number: int
    group: Group
    extents: Sequence[OffsetRange] | None

    @property
    def document(self) -> JsonDocument:
        """The line, parsed."""
        document = parse_json(self.text, line=self.line, depth=len(self.text))  # its depth was checked before
        assert isinstance(document, JsonDocument)
        return document


class CheckedRow(msgspec.Struct, frozen=True):
    """A row of a table that is a call, with the verdict on it, which has violations."""

    document: Document
    verdict: Verdict


def single_call(document: Document | ParseError) -> Call | None:
    """Return the call that a document is and nothing else; None if what a run reads of it leaves that in doubt."""
    if isinstance(document, ParseError):
        return None
    units = list(unwrap(document.value))
    unit = units[0] if len(units) == 1 else None
    if not isinstance(unit, Call) or unit.message is not document.value or not unit.certain:
        return None
    return unit if unit.message.get("type") in CALL_TYPES and has_sign(unit.message) else None
