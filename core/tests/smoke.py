"""Tries an installed core: it is imported, goes through lines, is taught, and counts. Needs nothing else."""

from __future__ import annotations

import segkoch_lint_core
from segkoch_lint_core import Core, Found

LINES = 10_000
BROKEN = b'{"type":'
TEXT = b'{"type":"track","n":17}\n' * LINES + BROKEN


def main() -> None:
    """Let two threads go through the same text twice, and check what they give."""
    core = Core(depth=10, longest=1000, asks=True, threads=2)
    core.add_key(0, b"type", core.add_member(asked=True))
    for _ in range(2):
        core.submit(TEXT, leave_first=False)
    found: list[Found] = []
    while (event := core.next()) is not None:
        if isinstance(event, Found):
            found.append(event)
            continue
        kind, about, text = event
        if kind == "key":
            core.add_key(about, text)
        elif kind == "text":
            core.answer_text(about, text, 1)
        else:
            core.answer_row("counted")
    for each in found:
        if [calls for _, _, calls in each.calls] != [LINES]:
            raise SystemExit(f"{each.calls} calls were counted, not {LINES}")
        if [(line[0], line[3]) for line in each.lines] != [(LINES, None)]:
            raise SystemExit(f"the broken line is not handed out, but {each.lines}")
    if len(found) != 2:
        raise SystemExit(f"2 texts were handed in, and {len(found)} came back")
    print(f"segkoch_lint_core {segkoch_lint_core.__version__}, ABI {segkoch_lint_core.ABI}: it counts")  # noqa: T201 - a program


main()
