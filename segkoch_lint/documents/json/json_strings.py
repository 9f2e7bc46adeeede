"""The notation of strings in JSON."""

from __future__ import annotations

import json


class JsonNotation:
    """Strings of JSON."""

    def quotes(self, written: str) -> int:  # noqa: ARG002 - all strings have them
        return 1

    def read(self, written: str) -> str | None:
        try:
            text = json.loads(written)
        except ValueError:
            return None
        return text if isinstance(text, str) else None

    def write(self, text: str, written: str) -> str:
        return json.dumps(text, ensure_ascii=written.isascii())


JSON_STRINGS = JsonNotation()
