"""Pages for tests: of a log, of hostile calls, and of a tracking plan."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.conftest import IOS_CALL, Ran

HOSTILE = (
    "</script><script>window.hacked=1</script>",
    "</style><img src=x onerror='window.hacked=1'>",
    '"><svg onload=window.hacked=1>',
    "javascript:window.hacked=1",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "&lt;b&gt;\u202e\x00\x1b[31m",
)
"""Texts that a careless page would obey."""


def call(number: int = 0, **members: Any) -> dict[str, Any]:
    """Return a good call."""
    library = ("analytics-swift", "1.6.2") if number % 3 else ("analytics-kotlin", "1.19.1")
    made = copy.deepcopy(IOS_CALL)
    made["context"]["library"] = dict(zip(("name", "version"), library, strict=True))
    made["timestamp"] = f"2026-03-{1 + number % 20:02}T10:00:00.000Z"
    return {**made, **members}


def calls(number: int) -> Iterator[dict[str, Any]]:
    """Yield calls with several faults and events."""
    for each in range(number):
        made = call(each, event=f"Event {each % 30}")
        device = made["context"]["device"]
        if each % 5 == 0:
            device["type"] = "iOS"
        elif each % 5 == 1:
            device["advertisingId"] = "00000000-0000-0000-0000-000000000000"
        elif each % 5 == 2:
            del device["id"]
        yield made


def hostile_calls() -> Iterator[dict[str, Any]]:
    """Yield calls with hostile texts wherever the page shows one."""
    for text in HOSTILE:
        made = call(event=text)
        made["context"]["library"] = {"name": text, "version": text}
        made["context"]["device"]["type"] = text
        yield made
        yield call(type=text)


def written(folder: Path, messages: Iterator[dict[str, Any]], name: str = "log.ndjson") -> Path:
    """Write a log."""
    file = folder / name
    file.write_text("".join(json.dumps(each) + "\n" for each in messages))
    return file


def page_of(program: Callable[..., Ran], *arguments: str) -> str:
    """Return the page of a run."""
    ran = program(*arguments, "--isolated", "--format", "html")
    assert ran.err == "" or ran.err.startswith("Note: ")
    return ran.out


class Elements(HTMLParser):
    """The elements of a page: their names and attributes, and the text in them."""

    VOID = frozenset({"meta", "input", "rect", "line"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if not {"style", "script"}.intersection(self.open):
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, with single blanks."""
        return " ".join(" ".join(self.texts).split())
