"""Where broken text stands inside objects whose keys are ids', or whose keys are not seen: all values there are hidden.

A line can be the rest of another one. What is closed in it, and not opened, was opened before it begins: everything
up to such a bracket is inside an object of which the key is not seen. The last of them may be the record's own bracket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from segkoch_lint.documents.json.tokens import JSON
from segkoch_lint.documents.surroundings import Surroundings, indentation, is_under_an_id
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.redaction.sensitive_keys import may_name_an_id

OPENED = re.compile(r"""\s*(?:(?:#|//|---|%)[^\n"']*\n\s*)*(?:-\s+)*(?:\[\s*)*\{""")
"""The beginning of a text that is no rest of another: comments and an object's bracket."""

RUN_OUT = re.compile(r"""[^"'\\]*(?:\\.[^"'\\]*)*["'](?=\s*[:,}\]])""", re.DOTALL)
"""What ends as a string does, and does not begin as one."""

_BARE_KEY = re.compile(r"^( *(?:---[ ]+|-[ ]+)*)[\w$.-]+[ ]*:(?=\s|\Z)", re.MULTILINE)
"""A key in a block of YAML, and what is before it on its line."""

_KEY = re.compile(r"\s*(?:(?:#|---|%)[^\n]*\n\s*)*(?:-\s+)*[\w$.-]+\s*:(?:\s|\Z)")
"""The beginning of a block of YAML, whose keys tell what stands under them."""

# Anchored where a run of characters begins, and possessive: long runs are searched in linear time.
_KEY = re.compile(r"""["'][^"'\n]*+["']\s*:|(?<![\w$.-])[\w$.-]++\s*:\s""")
_NEXT_KEY = re.compile(r"""\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*:""", re.DOTALL)

_MEMBER = re.compile(r"""\s*(?:\Z|[}\]]|,\s*(?:\Z|["'](?:[^"'\\]|\\.)*["']?\s*:|[\w$.-]+\s*:))""", re.DOTALL)
"""What goes on an object behind one of its values, and not a list."""

_STRUCTURAL = frozenset("{}[],")
_STRUCTURE = re.compile(r"[{}\[\],]")
_WORD = re.compile(r"[^\s{}\[\],:\"'=&?]+")

_Mark = tuple[int, str]
"""A bracket or comma, and its offset."""


def hidden_regions(text: str, around: Surroundings | None = None) -> list[OffsetRange]:
    """Return the regions of broken text in which every value may be an id, whatever its own key is.

    Args:
        text: the text.
        around: what stands around it, where there is more before it.
    """
    if around is not None and around.inside:
        return [(0, len(text))]
    ended = RUN_OUT.match(text) if not OPENED.match(text) else None
    start = ended.end() if ended else 0
    # Brackets can stand in strings, and quotes can be missing.
    by_quotes = _regions(text, _outside_strings(text, start), around)
    return [*by_quotes, *_regions(text, _all(text), around), *_indented(text)]


def _all(text: str) -> Iterator[_Mark]:
    return ((found.start(), found[0]) for found in _STRUCTURE.finditer(text))


def _outside_strings(text: str, start: int) -> Iterator[_Mark]:
    return ((offset, kind) for kind, offset, _ in JSON.tokens(text, start) if kind in _STRUCTURAL)


def _regions(text: str, marks: Iterable[_Mark], around: Surroundings | None) -> Iterator[OffsetRange]:
    # Where each open bracket stands, and whether it is under an id's key.
    stack = [(0, False)] * (around.opened if around else 0)
    unopened: list[int] = []
    first_comma: int | None = None
    for offset, mark in marks:
        if mark in "{[":
            hidden = bool(stack and stack[-1][1]) or is_under_an_id(text, offset)
            stack.append((offset, hidden))
        elif mark == ",":
            if not stack and first_comma is None:
                first_comma = offset
        elif stack:
            opened, hidden = stack.pop()
            if hidden:
                yield opened, offset
        else:
            unopened.append(offset)
    yield from ((opened, len(text)) for opened, hidden in stack if hidden)
    if unopened or around is None:
        yield from _of_a_rest(text, unopened, first_comma)


def _of_a_rest(text: str, unopened: Sequence[int], first_comma: int | None) -> Iterator[OffsetRange]:
    """Yield where a text that is the rest of another is inside objects that are not seen."""
    opened = OPENED.match(text)
    if text.lstrip()[:1] in {":", "="}:
        yield 0, first_comma if first_comma is not None else len(text)
    if unopened:
        last = unopened[-1]
        is_its_own = not text[last + 1 :].strip() and (text[last] == "}" or "\n" not in text)
        inner = unopened[:-1] if is_its_own else unopened
        if inner:
            yield 0, inner[-1] if _MEMBER.match(text, inner[-1] + 1) else len(text)
        # The key of the first value is not seen, or not all of it.
        yield 0, unopened[0] if first_comma is None else min(first_comma, unopened[0])
    elif opened:
        if first_comma is not None and _NEXT_KEY.match(text, first_comma + 1):
            yield 0, first_comma
    elif bare := list(_BARE_KEY.finditer(text)):
        yield from _of_a_block(text, bare)
    elif _KEY.search(text) or RUN_OUT.match(text):
        yield 0, len(text)


def _of_a_block(text: str, keys: Sequence[re.Match[str]]) -> Iterator[OffsetRange]:
    """Yield what of a block of YAML is inside something that is not seen: it is indented more than what comes later.

    Args:
        text: the block.
        keys: what `_BARE_KEY` finds in it.
    """
    first, *others = keys
    outermost = min(keys, key=lambda found: len(found[1]))
    if outermost[1].startswith(" ") or ("-" in first[1] and text[: first.start()].strip("-% \n")):
        yield 0, len(text)
    elif len(outermost[1]) < len(first[1]):
        yield 0, outermost.start()
    elif others and len(others[0][1]) > len(first[1]) and text[first.end() : others[0].start()].strip():
        yield 0, others[0].start()  # what has a value holds nothing else: it is indented more, too


def _indented(text: str) -> Iterator[OffsetRange]:
    """Yield the lines that are indented more than a line before them that could name an id."""
    start: int | None = None
    margin = offset = 0
    for line in text.splitlines(keepends=True):
        if start is not None and line.strip() and indentation(line) <= margin:
            yield start, offset
            start = None
        offset += len(line)
        if start is None and (may_name_an_id(line) or any(map(may_name_an_id, _WORD.findall(line)))):
            start, margin = offset, indentation(line)
    if start is not None:
        yield start, offset
