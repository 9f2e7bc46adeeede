"""Types of files, by the endings of their names and their first bytes."""

# Paths stay text, as given.
# ruff: noqa: PTH122

from __future__ import annotations

import os
import re
from enum import Enum

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
PARQUET_MAGIC = b"PAR1"
# RFC 8878, 3.1.2: sixteen magic numbers announce a skippable frame, which may come first (parallel writers do so).
ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")

# Zlib has no magic number, so the name decides: mitmproxy compresses HAR files so.
ZLIB_ENDINGS = (".zhar",)
ZLIB_HEAD = re.compile(rb"\x78[\x01\x5e\x9c\xda]")

GZIP_ENDINGS = (".gz", ".gzip")
ZSTD_ENDINGS = (".zst", ".zstd")
_COMPRESSED_ENDINGS = frozenset({*GZIP_ENDINGS, *ZSTD_ENDINGS})

# UTF-32 before UTF-16: its little-endian mark begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

BETWEEN_DOCUMENTS = b" \t\r\n\x1e"
"""White space, and RS (RFC 7464), which may be before, between and after JSON documents."""

# An object, or a list of objects, as calls are. `[section]` (INI, TOML) and `[2024-05-01 …]` (program logs) do not
# match. Text that is cut off matches up to its end.
_OBJECT_START = re.compile(rb"""[\s\x1e]*+(?:\[\s*+)*+(?:\{\s*+(?:["}]|\Z)|\]|\Z)""")


# The first statement of a program, or the first command of a shell, after comments.
_SOURCE_CODE = re.compile(
    r"""\s*+(?:(?:(?://|\#)[^\n]*+\n|/\*(?:[^*]|\*(?!/))*+\*/)\s*+)*+
    (?:\#!|\$?[ ]?curl[ ]|(?:const|let|var|import|export|await|async|function|return|from|package|using|def|class)[ ]
    |[A-Za-z_$][\w$]*+(?:\.[A-Za-z_$][\w$]*+)*+[ ]?\()""",
    re.VERBOSE,
)


def is_source_code(text: str, start: int = 0) -> bool:
    """Return whether a text that is not JSON begins as a program or a shell command."""
    return _SOURCE_CODE.match(text, start) is not None


class ClaimedFormat(Enum):
    """The content that the ending of a name claims."""

    JSON = "json"
    JSONC = "json with comments"
    JSON5 = "json5"
    JSON_LINES = "json lines"
    YAML = "yaml"
    NOTHING = "nothing"

    @property
    def is_one_document(self) -> bool:
        """Whether the content is one JSON document, of any dialect."""
        return self in {ClaimedFormat.JSON, ClaimedFormat.JSONC, ClaimedFormat.JSON5}


_CLAIMS = {
    ".json": ClaimedFormat.JSON,
    ".har": ClaimedFormat.JSON,
    ".zhar": ClaimedFormat.JSON,
    ".chlsj": ClaimedFormat.JSON,
    ".jsonc": ClaimedFormat.JSONC,
    ".json5": ClaimedFormat.JSON5,
    ".jsonl": ClaimedFormat.JSON_LINES,
    ".jsonlines": ClaimedFormat.JSON_LINES,
    ".ndjson": ClaimedFormat.JSON_LINES,
    ".yaml": ClaimedFormat.YAML,
    ".yml": ClaimedFormat.YAML,
}

_TABLE_ENDINGS = (".csv", ".tsv", ".parquet")


def claimed_format(name: str) -> ClaimedFormat:
    """Return the claim of a name's ending; for a compressed file, of the ending before ``.gz`` or ``.zst``."""
    return _CLAIMS.get(ending_of(name), ClaimedFormat.NOTHING)


def is_table(name: str) -> bool:
    """Return whether a name's ending is that of a table; its columns decide whether it is Segment's."""
    return ending_of(name) in _TABLE_ENDINGS


def ending_of(name: str) -> str:
    """Return the ending of a name in lower case, before that of a compression; empty if there is none."""
    stem, ending = os.path.splitext(name.lower())
    return os.path.splitext(stem)[1] if ending in _COMPRESSED_ENDINGS else ending


_UNSUPPORTED = {
    b"BZh": "bzip2",
    b"PK\x03\x04": "zip",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x04\x22\x4d\x18": "lz4",
    b"Rar!\x1a\x07": "rar",
}
"""Compressions that are recognised but not read, by their first bytes."""


def unsupported_compression(head: bytes) -> str:
    """Return why an input that begins with *head* cannot be read, if its compression is not read; else nothing."""
    found = next((name for magic, name in _UNSUPPORTED.items() if head.startswith(magic)), "")
    return found and f"unsupported compression: {found}; decompress it, or use gzip or zstandard"


def compression_of(head: bytes, name: str = "") -> str:
    """Return the name of the compression of an input that is read; empty if it is not compressed.

    Args:
        head: the first bytes.
        name: of the input; its ending is needed to recognise zlib.
    """
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    if head.startswith(ZSTD_MAGIC) or ZSTD_SKIPPABLE.match(head):
        return "zstandard"
    return "zlib" if name.lower().endswith(ZLIB_ENDINGS) and ZLIB_HEAD.match(head) else ""


def is_compressed(head: bytes) -> bool:
    """Return whether an input that begins with *head* is gzip or zstandard."""
    return compression_of(head) != ""


def encoding_of(head: bytes) -> tuple[str, int] | None:
    """Return the encoding of a byte order mark and the mark's length, or None if there is no mark."""
    return next(((name, len(mark)) for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)


def starts_like_calls(head: bytes) -> bool:
    """Return whether UTF-8 text that begins with *head* may be JSON calls or lists of calls."""
    return bool(head.strip(BETWEEN_DOCUMENTS)) and _OBJECT_START.match(head) is not None
