"""Strings as YAML: always in double quotes, unless they are plain."""

from __future__ import annotations

import re
from collections.abc import Iterable

from segkoch_lint.config.toml_text import quoted

_PLAIN = re.compile(r"[A-Za-z^][\w./ -]*[\w./]")
_OTHER_TYPES = frozenset({"true", "false", "yes", "no", "on", "off", "null"})


def yaml_string(text: str) -> str:
    """Return a string as YAML reads it again."""
    if _PLAIN.fullmatch(text) and text.isascii() and text.lower() not in _OTHER_TYPES:
        return text
    return quoted(text)


def yaml_list(texts: Iterable[str]) -> str:
    """Return a list of strings on one line."""
    return f"[{', '.join(map(yaml_string, texts))}]"
