"""The envelopes of a run, loaded when the first document is met that may be in one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from segkoch_lint.documents.document import Document
from segkoch_lint.inputs.limits import Limits

if TYPE_CHECKING:
    from segkoch_lint.envelopes.contents import Opened
    from segkoch_lint.envelopes.reader import EnvelopeReader


class EnvelopeCatalogue:
    """The envelopes that a run knows. They are loaded when the first document that may be in one is opened.

    Args:
        folders: of envelope files of the user, which are checked at once.
        at: pointer patterns to calls, which count before any envelope.
        hosts: hosts of the configuration that take calls, beside Segment's.
        limits: the depth and the size of what is decoded.

    Raises:
        UsageError: an envelope file is wrong.
    """

    def __init__(
        self,
        folders: Sequence[Path] = (),
        at: Sequence[str] = (),
        hosts: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> None:
        self._folders = folders
        self._at = at
        self._hosts = hosts
        self._limits = limits
        if folders:
            _ = self._reader

    @cached_property
    def _reader(self) -> EnvelopeReader:
        from segkoch_lint.envelopes.loader import load_envelopes  # noqa: PLC0415 - most runs meet no envelope
        from segkoch_lint.envelopes.reader import EnvelopeReader  # noqa: PLC0415

        return EnvelopeReader(load_envelopes(self._folders), self._at, self._hosts, self._limits)

    @property
    def is_extended(self) -> bool:
        """Whether the user has envelopes, whose encodings hide calls from a search of the text."""
        return bool(self._folders)

    def open(self, document: Document, table: str, *, may_be_known: bool) -> Opened | None:
        """Return what is in an envelope; None if the document is not one.

        Args:
            document: what was read.
            table: the name of its input.
            may_be_known: whether it may be one of the envelopes that are known: it holds something that is not a call.
        """
        return self._reader.open(document, table) if self._at or may_be_known else None
