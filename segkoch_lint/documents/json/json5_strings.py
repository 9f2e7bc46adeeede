"""The notation of strings and keys in JSON5."""

from __future__ import annotations

from collections.abc import Sequence

from segkoch_lint.documents.json.json_strings import JsonNotation
from segkoch_lint.documents.json.relaxed import IDENTIFIER, to_strict_json

_QUOTES = frozenset("\"'")


class Json5Notation(JsonNotation):
    """Strings and keys of JSON5."""

    def offsets(self, written: str) -> Sequence[int]:
        return super().offsets(written) if written[:1] in _QUOTES else range(len(written) + 1)

    def read(self, written: str) -> str | None:
        if written[:1] not in _QUOTES:
            return written if IDENTIFIER.fullmatch(written) and "\\" not in written else None
        return super().read(to_strict_json(written, json5=True)[0])


JSON5_STRINGS = Json5Notation()
