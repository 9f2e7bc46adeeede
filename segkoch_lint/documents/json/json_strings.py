"""The notation of strings in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
"""A character as it is written."""


class JsonNotation:
    """Strings of JSON."""

    def offsets(self, written: str) -> Sequence[int]:
        end = len(written) - 1
        return [*(found.start() for found in _CHARACTER.finditer(written, 1, end)), end]

    def read(self, written: str) -> str | None:
        try:
            text = json.loads(written)
        except ValueError:
            return None
        return text if isinstance(text, str) else None

    def write(self, text: str, written: str) -> str:
        return json.dumps(text, ensure_ascii=written.isascii())


JSON_STRINGS = JsonNotation()
