"""The notation of scalars in YAML that are strings."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from segkoch_lint.documents.json.json_strings import JSON_STRINGS

_QUOTES = frozenset("\"'")

_PLAIN = re.compile(r"[A-Za-z_][\w-]*|[0-9A-Fa-f]+(?:-[0-9A-Fa-f]+){4}", re.ASCII)
"""Plain scalars that mean the same at any place, unless they are words for other values."""

_SINGLE_QUOTED = re.compile("'(?:[^']|'')*+'")

_OTHER_VALUES = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Plain scalars in lower case that some reader of YAML takes for null or a boolean."""

_ON_ONE_LINE = re.compile("[\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
"""Characters that YAML allows in quotes, but for ends of lines."""


class YamlNotation:
    """Scalars of YAML that are strings."""

    def offsets(self, written: str) -> Sequence[int]:
        margin = int(written[:1] in _QUOTES)
        return range(margin, len(written) - margin + 1)

    def read(self, written: str) -> str | None:
        if written[:1] == "'":
            is_whole = _SINGLE_QUOTED.fullmatch(written) and _ON_ONE_LINE.fullmatch(written)
            return written[1:-1].replace("''", "'") if is_whole else None
        if written[:1] == '"':
            return JSON_STRINGS.read(written) if _ON_ONE_LINE.fullmatch(written) else None
        is_plain = _PLAIN.fullmatch(written) and written.lower() not in _OTHER_VALUES
        return written if is_plain else None

    def write(self, text: str, written: str) -> str:  # noqa: ARG002 - double quotes can express every text
        return json.dumps(text, ensure_ascii=False)


YAML_STRINGS = YamlNotation()
