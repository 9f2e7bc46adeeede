"""Snippets from small files that are read again, for findings that depend on the whole run."""

# Paths stay texts, as the user wrote them: `Path` would normalise them.
# ruff: noqa: PTH116
from __future__ import annotations

import os
import stat
from bisect import bisect_right
from functools import lru_cache

from segkoch_lint.documents.document import Document, InternalFailure, ParseError
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.reader import UnsupportedInput, read_documents
from segkoch_lint.engine.finding_locator import SnippetMaker
from segkoch_lint.envelopes.catalogue import EnvelopeCatalogue
from segkoch_lint.envelopes.contents import UnreadableRequest
from segkoch_lint.findings.finding import Location, Snippet
from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import Stream, open_input

_MOST_BYTES = 1 << 20
"""The largest file that is read again. Fixtures are smaller; reading a log again would take as long as the run."""


class SnippetReader:
    """Creates snippets of inputs that were read before.

    Args:
        snippets: returns the snippet of a span of a document.
        limits: the limits of depth and length.
        envelopes: opens the envelopes that calls are wrapped in.
    """

    def __init__(self, snippets: SnippetMaker, limits: Limits, envelopes: EnvelopeCatalogue) -> None:
        self._snippets = snippets
        self._envelopes = envelopes
        self._limits = limits
        self._documents = lru_cache(maxsize=2)(self._read)

    def snippet(self, location: Location) -> Snippet | None:
        """Return the snippet at a location, or None if the input is too large or cannot be read again."""
        span = location.span
        if span is None:
            return None
        documents = self._documents(location.path)
        number = bisect_right(documents, (span.line, span.column), key=lambda document: document.start)
        document = documents[number - 1] if number else None
        # The line may be missing if the file was changed meanwhile.
        return self._snippets(document, span) if document and document.lines(span.line, span.line) else None

    def _read(self, path: str) -> list[Document]:
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
                return []
            opened = open_input(Input(path))
            if isinstance(opened, UnreadableInput):
                return []
            with opened as stream:
                return self._documents_of(stream, path)
        except (OSError, ValueError):
            return []

    def _documents_of(self, stream: Stream, path: str) -> list[Document]:
        documents: list[Document] = []
        for each in read_documents(stream, name=path, limits=self._limits):
            if stream.inflated > _MOST_BYTES:
                return []
            if isinstance(each, Embedded):
                documents.extend(self._opened(each.document, path))
            elif not isinstance(each, ParseError | InternalFailure | UnsupportedInput):
                documents.extend(self._opened(each, path))
        return sorted(documents, key=lambda document: document.start)

    def _opened(self, document: Document, path: str) -> list[Document]:
        """Return the documents in an envelope, the only parts of it that are shown; or else the document itself."""
        opened = self._envelopes.open(document, path, may_be_known=True)
        if opened is None:
            return [document]
        return [each for each in opened.contents if not isinstance(each, ParseError | UnreadableRequest)]
