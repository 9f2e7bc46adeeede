"""The folders and modules, against `docs/architecture.md` and their own first lines."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "segkoch_lint"
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def named_in(part: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, part))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_first_line_of_a_module_says_in_a_sentence_what_it_is(module: Path) -> None:
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    assert docstring is not None
    first_paragraph = docstring.split("\n\n")[0]
    assert re.fullmatch(r".+[.!?]", first_paragraph, re.DOTALL)
    assert len(first_paragraph.split()) > 3


def test_the_page_names_every_folder_and_none_that_is_gone() -> None:
    folders = {f"{path.parent.relative_to(PACKAGE)}/" for path in PACKAGE.rglob("__init__.py")} - {"./"}
    table = PAGE[PAGE.index("## Folders") : PAGE.index("## Decisions")]
    named = named_in(table, r"`([a-z_/]+/)`")
    nested = {f"documents/{each}" for each in ("json/", "yaml/", "table/")}  # written `json/` after `documents/`
    assert named - {"core/", "schemas/", "json/", "yaml/", "table/"} | nested == folders


def test_every_module_that_the_page_names_is_there() -> None:
    named = named_in(PAGE, r"`([a-z_/]+\.py)`")
    there = [path.relative_to(ROOT).as_posix() for path in (*MODULES, *(ROOT / "benchmarks").rglob("*.py"))]
    gone = {name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in there)}
    assert gone == {"lint.py"}  # the page says why there is none
