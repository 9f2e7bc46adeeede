"""The entries of an input: findings, and what becomes one depending on the rest of the input."""

from __future__ import annotations

import msgspec

from segkoch_lint.findings.finding import Finding
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.identity.records import RecordBatch

NEITHER = "neither JSON nor YAML"
"""The kind of an input that holds neither documents nor a table."""

MOST_NOT_CALLS = 10_000
"""Values that are not calls of one document, or before the first call of an input, that are entries; further ones are
only counted."""


class NotACallEntry(msgspec.Struct, frozen=True):
    """A value that is not a call. It is a finding if the input is expected or found to hold calls.

    Attributes:
        kind, meant: see `segkoch_lint.envelopes.unwrap.NotACall`.
        pointer: of the value in its document; empty if it is the document.
        span: of the value, if it is located.
        remark: a remark on the input if no call is in it; a value with a remark is never a finding.
        holder: the name of the message or request that holds it; empty if there is none.
    """

    kind: str
    pointer: str | Secret
    span: Span | None
    meant: str = ""
    remark: str = ""
    holder: str = ""


class ConditionalError(msgspec.Struct, frozen=True):
    """A parse error that counts only if a call follows in the input.

    Attributes:
        finding: about it, not counted yet, if the rule is selected.
    """

    finding: Finding | None


class UnreadCalls(msgspec.Struct, frozen=True):
    """Calls in an unknown envelope, which were not checked.

    Attributes:
        at: the pattern that leads to them, as `--at` takes it.
        shown_at: the same with keys masked that are personal data.
        pointer: of the first of them.
        span: of the first of them, or of the text around it.
        calls: how many there are.
        claimed: whether the input is expected or known to hold calls.
    """

    at: str
    shown_at: str
    pointer: str | Secret
    span: Span | None
    calls: int
    claimed: bool


class FirstCall(msgspec.Struct, frozen=True):
    """Marks the place before the entries of the first call of an input."""


Entry = Finding | NotACallEntry | ConditionalError | UnreadCalls | FirstCall | RecordBatch
"""Entries are in the order of the text. Only record batches are not: they come when they are large enough."""
