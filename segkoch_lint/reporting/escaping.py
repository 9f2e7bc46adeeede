"""Makes foreign text safe to print: what would steer a terminal or a CI runner is shown instead of obeyed."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, bidirectional
    "\ud800-\udfff]"  # surrogates: no encoding can write them
)

# GitHub's runner obeys `##[…]` anywhere in a line and `::…::` at its start; Azure's and TeamCity's have the like.
_COMMAND = re.compile(r"##(?=\[|vso\[|teamcity\[)|^(\s*):(?=:)")


def visible(text: str) -> str:
    """Return *text* as one line that does nothing but show; control characters become escapes such as `u{1b}`."""
    if text.isprintable() and "##" not in text and "::" not in text:
        return text  # nearly always
    shown = _UNSAFE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)
    return _COMMAND.sub(
        lambda found: (found[1] or "") + f"\\u{{{ord(found[0].lstrip()[0]):x}}}" + found[0].lstrip()[1:], shown
    )
