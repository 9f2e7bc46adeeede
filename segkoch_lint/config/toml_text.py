"""Values as TOML, without anything that a terminal or a CI runner would interpret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'["\\]|#(?=#)')


def toml_value(value: Any) -> str:
    """Return a value on one line; tables are inline.

    Raises:
        TypeError: it is not a string, a number, a boolean, a list or a mapping of them.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        members = ", ".join(f"{toml_key(key)} = {toml_value(each)}" for key, each in value.items())
        return f"{{ {members} }}" if members else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    raise TypeError(f"{type(value).__name__} is not a value of a configuration")


def toml_key(key: str) -> str:
    """Return a key, in quotes if it needs them."""
    return key if _BARE_KEY.fullmatch(key) else quoted(key)


def quoted(text: str) -> str:
    """Return a string in double quotes, with escapes that YAML has, too."""
    escaped = _ESCAPED.sub(lambda found: "\\u0023" if found[0] == "#" else f"\\{found[0]}", text)
    return f'"{"".join(each if each.isprintable() else _escape(each) for each in escaped)}"'


def _escape(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
