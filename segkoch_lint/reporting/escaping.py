"""Escaping of foreign text: what a terminal or a CI runner would obey becomes visible text.

A line is always escaped as a whole, since a command could arise where two escaped parts meet.
"""

from __future__ import annotations

import json
import re
from typing import Any

# GitHub's runner obeys `##[…]` anywhere in a line, and `::…::` at its start; Azure's and TeamCity's have the like.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, bidirectional
    "\ud800-\udfff]"  # surrogates: no encoding can write them
    r"|\#(?=\#\w*\[)"
    r"|:(?=:)"  # counts where the line begins with it, white space aside
)

_HASH_BEFORE_HASH = re.compile("#(?=#)")


def visible(text: str) -> str:
    r"""Return *text* as one line in which control characters and the like are escapes such as ``\u{1b}``."""
    if text.isprintable() and "##" not in text and "::" not in text:
        return text
    return escaped(text)[0]


def escaped(text: str, *offsets: int) -> tuple[str, list[int]]:
    """Return a line as `visible` does, and the new positions of *offsets*.

    Args:
        text: a line without its end.
        offsets: offsets in *text*, in ascending order.
    """
    pieces: list[str] = []
    places: list[int] = []
    at = length = 0
    waiting = list(offsets)
    margin = len(text) - len(text.lstrip())
    for found in _STEERING.finditer(text):
        start = found.start()
        if found[0] == ":" and start != margin:
            continue
        while waiting and waiting[0] <= start:
            places.append(length + waiting.pop(0) - at)
        piece = f"{text[at:start]}\\u{{{ord(found[0]):x}}}"
        pieces.append(piece)
        length += len(piece)
        at = start + 1
    places.extend(length + offset - at for offset in waiting)
    return "".join(pieces) + text[at:], places


def json_text(value: Any, **options: Any) -> str:
    """Return JSON, as `json.dumps` does with *options*, in which no string contains ``##``."""
    return safe_json(json.dumps(value, **options))


def safe_json(text: str) -> str:
    """Return a JSON text with the ``##`` in its strings escaped."""
    return _HASH_BEFORE_HASH.sub(r"\\u0023", text) if "##" in text else text
