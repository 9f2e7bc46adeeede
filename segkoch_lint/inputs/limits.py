"""Limits on the size and depth of what is read."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Sizes beyond which a document is a finding (KCH001) and is not read.

    Attributes:
        line_bytes: one line of JSON Lines, or one row of CSV.
        file_bytes: one JSON document that is not JSON Lines, decompressed.
        yaml_bytes: one YAML file: PyYAML takes fifty times the time and memory of a JSON parser.
        values: values in one JSON document or line: each takes some hundred bytes of memory. YAML takes ten times as
            much, so a tenth applies.
        depth: levels of nesting; parsers and validators fail at about a thousand.
    """

    line_bytes: int = 4 << 20
    file_bytes: int = 64 << 20
    yaml_bytes: int = 16 << 20
    values: int = 2_000_000
    depth: int = 200
