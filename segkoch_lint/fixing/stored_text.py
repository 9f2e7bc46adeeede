"""The text of a file in its own encoding, with edits at positions of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from segkoch_lint.findings.fix import Edit, new_text
from segkoch_lint.inputs.file_types import encoding_of


class StoredText(msgspec.Struct, frozen=True):
    """The text of a file.

    Attributes:
        text: in UTF-8, without a byte order mark; bytes that are not UTF-8 are kept.
        mark: the byte order mark of the file; may be empty.
        encoding: of the file.
    """

    text: bytes
    mark: bytes = b""
    encoding: str = "utf-8"

    @classmethod
    def of(cls, stored: bytes) -> StoredText | None:
        """Return the text of a file; None if encoding it would not give the same bytes again."""
        encoding, length = encoding_of(stored) or ("utf-8", 0)
        mark, rest = stored[:length], stored[length:]
        if encoding != "utf-8":
            try:
                rest = rest.decode(encoding).encode("utf-8")
            except UnicodeError:
                return None
        found = cls(rest, mark, encoding)
        return found if found.stored == stored else None

    @property
    def stored(self) -> bytes:
        """The bytes of the file."""
        if self.encoding == "utf-8":
            return self.mark + self.text
        return self.mark + self.text.decode("utf-8").encode(self.encoding)

    def edited(self, edits: Iterable[Edit]) -> StoredText:
        """Return the text with edits that do not overlap; all other text remains as it is."""
        in_order = sorted(edits, key=lambda edit: edit.span)
        places = _Places(self.text)
        pieces: list[bytes] = []
        at = 0
        for edit in in_order:
            span = edit.span
            start, end = places.offset(span.line, span.column), places.offset(span.end_line, span.end_column)
            pieces += (self.text[at:start], new_text(edit).encode("utf-8"))
            at = end
        return msgspec.structs.replace(self, text=b"".join(pieces) + self.text[at:])


class _Places:
    """A converter of positions, which are asked for in order, to offsets of UTF-8."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts = self._line_starts()
        self._line = 0
        self._start = 0

    def _line_starts(self) -> Iterator[int]:
        start = 0
        while True:
            yield start
            start = self._text.find(b"\n", start) + 1
            if not start:
                return

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column, both from 1."""
        while self._line < line:
            self._start = next(self._starts)
            self._line += 1
        end = self._text.find(b"\n", self._start)
        whole = self._text[self._start : len(self._text) if end < 0 else end]
        if whole[: column - 1].isascii():
            return self._start + column - 1
        return self._start + len(whole.decode("utf-8")[: column - 1].encode("utf-8"))
