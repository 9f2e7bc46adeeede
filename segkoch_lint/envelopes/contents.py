"""What is in an envelope: documents, texts that are broken, and requests that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from segkoch_lint.documents.document import Document, ParseError
from segkoch_lint.envelopes.requests import Request
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret


class UnreadableRequest(msgspec.Struct, frozen=True):
    """A request to Segment in a capture, of which the body cannot be read.

    Attributes:
        request: the request.
        problem: why not.
        pointer: where the entry is.
        span: its text.
    """

    request: Request
    problem: str
    pointer: str | Secret
    span: Span | None


Content = Document | ParseError | UnreadableRequest
"""What is in an envelope."""


class Opened(msgspec.Struct, frozen=True):
    """An envelope that was opened.

    Attributes:
        noun: what it is.
        contents: what is in it, in its order: documents, texts that are broken, and requests that cannot be read.
    """

    noun: str
    contents: Sequence[Content]
