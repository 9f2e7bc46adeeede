"""Rows in a temporary file, divided into partitions by the hash of a text."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from segkoch_lint.identity.records import share_of_text
from segkoch_lint.identity.sql_engines import TEMPORARY_FILE, disk_errors

Row = Sequence[Any]

_encode = msgspec.json.Encoder().encode_lines


class Spill:
    """A temporary file of rows. It has no name, so it is deleted when the process ends, however it ends.

    Args:
        partitions: the number of partitions.

    Raises:
        OutputError: by any method: there is no space left for the file, or it cannot be written.
    """

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        with disk_errors(TEMPORARY_FILE):
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `close`
        self._end = 0
        self._chunks: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._bytes: Counter[str] = Counter()

    def add(self, table: str, rows: Sequence[Row], text_of: Callable[[Row], str] | None = None) -> None:
        """Write rows.

        Args:
            table: their table.
            rows: the rows: texts and numbers.
            text_of: returns the text whose hash chooses the partition of a row; None for partition 0.
        """
        parts: dict[int, list[Row]] = {}
        if text_of is None:
            parts[0] = list(rows)
        else:
            for row in rows:
                parts.setdefault(share_of_text(text_of(row), self._partitions), []).append(row)
        for number, part in parts.items():
            self.write(table, number, _encode(part))

    def write(self, table: str, partition: int, lines: bytes) -> None:
        """Write rows of a table in a partition, each a line of JSON."""
        with disk_errors(TEMPORARY_FILE):
            self._write(lines)
        self._chunks.setdefault((table, partition), []).append((self._end, len(lines)))
        self._end += len(lines)
        self._bytes[table] += len(lines)

    def bytes_of(self, *tables: str) -> int:
        """Return how many bytes of tables were written."""
        return sum(self._bytes[table] for table in tables)

    def read(self, table: str, partition: int) -> Iterator[bytes]:
        """Yield the rows of a table in a partition, each as a line of JSON, many lines at a time."""
        for start, size in self._chunks.get((table, partition), ()):
            with disk_errors(TEMPORARY_FILE):
                yield self._read(start, size)

    def drop(self, table: str, partition: int) -> None:
        """Drop the rows of a table in a partition."""
        self._chunks.pop((table, partition), None)

    def close(self) -> None:
        """Delete the file."""
        self._file.close()

    def _write(self, text: bytes) -> None:
        rest = memoryview(text)
        while rest:
            rest = rest[self._file.write(rest) :]

    def _read(self, start: int, size: int) -> bytes:
        parts: list[bytes] = []
        while size and (part := os.pread(self._file.fileno(), size, start)):
            parts.append(part)
            start, size = start + len(part), size - len(part)
        return b"".join(parts)
