"""The pages of the documentation, taken apart for the tests: code blocks, commands, prose, links."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
RULE_PAGES = ROOT / "docs" / "rules"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "core" / "README.md",
    ROOT / "examples" / "README.md",
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent != RULE_PAGES),
]

WILDCARD = "..."
_END_OF_OUTPUT = "\0"


@dataclass(frozen=True)
class Block:
    """A fenced code block.

    Attributes:
        language: the first word after the fence.
        title: the file that the block is the content of: ```` ```json title="order.json" ````.
        text: what is between the fences.
    """

    language: str
    title: str | None
    text: str


@dataclass(frozen=True)
class Command:
    """A command of a `console` block, and the output that the page shows."""

    line: str
    output: str


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *languages: str) -> list[Block]:
    """Return the code blocks of a page in these languages, or all of them."""
    found = re.findall(
        r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    every = [Block(language, title or None, text) for language, title, text in found]
    return [block for block in every if not languages or block.language in languages]


def commands(block: Block) -> list[Command]:
    """Return the commands of a `console` block: the lines after `$ `, each with the lines up to the next one."""
    _, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    pairs = (part.partition("\n") for part in parts)
    return [Command(line, output) for line, _, output in pairs]


def run(shown: list[Command], folder: Path, **variables: str) -> list[str]:
    """Run commands in one shell, as a reader would type them, and return the output of each, errors included."""
    # The status of a command is kept, so that a page can show it with `echo $?`.
    script = "end() { local status=$?; printf '\\0'; return $status; }\n" + "".join(
        f"{each.line}\nend\n" for each in shown
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return ran.stdout.split(_END_OF_OUTPUT)[: len(shown)]


def matches(shown: str, output: str) -> bool:
    """Return whether an output is what a page shows, where `...` is any text, and on a line of its own any lines."""
    lines = shown.strip("\n").split("\n")
    patterns = [
        r"(?:.*\n)*" if line.strip() == WILDCARD else ".*".join(map(re.escape, line.split(WILDCARD))) + r"[ ]*\n"
        for line in lines
    ]
    return re.fullmatch("".join(patterns), output.strip("\n") + "\n") is not None


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a page that are wrapped, with their numbers: no code, tables, messages or figures."""
    inside = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if re.match(r"\s*(```|<!-- figures)", line):
            inside = not inside
        elif not inside and not line.startswith(("|", ">", "    ")):
            yield number, line


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    """Return the targets of the links of a page that lead into the repository."""
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
