"""What is too large or too deep to be read."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Sizes beyond which a document is a finding (KCH001) instead of being read.

    Attributes:
        line_bytes: one line of JSON Lines, or one row of CSV.
        file_bytes: one JSON document that is not JSON Lines, inflated.
        yaml_bytes: one YAML file: PyYAML takes fifty times as long as a JSON parser, and fifty times the memory.
        values: values in one JSON document, or on one line: each takes some hundred bytes when it is read. In YAML,
            where each takes ten times as much, a tenth of it.
        depth: levels of nesting; parsers and validators give up at about a thousand.
    """

    line_bytes: int = 4 << 20
    file_bytes: int = 64 << 20
    yaml_bytes: int = 16 << 20
    values: int = 2_000_000
    depth: int = 200
