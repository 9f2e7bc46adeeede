"""Regions of broken text inside objects whose key is an id's, or is not in the text: all values there are hidden.

A line can be the rest of another one. A bracket that it closes but does not open was opened before it: everything up to
such a bracket is inside an object whose key is not in the text. The last one may be the record's own bracket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from segkoch_lint.documents.json.tokens import JSON
from segkoch_lint.documents.nesting import Nesting, indentation, is_under_an_id
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.redaction.sensitive_keys import may_name_an_id

OPENED = re.compile(r"""\s*(?:(?:#|//|---|%)[^\n"']*\n\s*)*(?:-\s+)*(?:\[\s*)*\{""")
"""The start of a text that is not the rest of another: comments and an object's bracket."""

STRING_REST = re.compile(r"""[^"'\\]*(?:\\.[^"'\\]*)*["'](?=\s*[:,}\]])""", re.DOTALL)
"""The rest of a string that begins before the text."""

_BARE_KEY = re.compile(r"^( *(?:---[ ]+|-[ ]+)*)[\w$.-]+[ ]*:(?=\s|\Z)", re.MULTILINE)
"""A key in a block of YAML, and what is before it on its line."""

# Possessive, and anchored at the start of a run of characters, so that the search takes linear time.
_KEY = re.compile(r"""["'][^"'\n]*+["']\s*:|(?<![\w$.-])[\w$.-]++\s*:\s""")
_NEXT_KEY = re.compile(r"""\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*:""", re.DOTALL)

_MEMBER = re.compile(r"""\s*(?:\Z|[}\]]|,\s*(?:\Z|["'](?:[^"'\\]|\\.)*["']?\s*:|[\w$.-]+\s*:))""", re.DOTALL)
"""The text after a value of an object, but not of an array."""

_STRUCTURAL = frozenset("{}[],")
_STRUCTURE = re.compile(r"[{}\[\],]")
_WORD = re.compile(r"[^\s{}\[\],:\"'=&?]+")

_Mark = tuple[int, str]
"""The offset of a bracket or comma, and the character."""


def hidden_regions(text: str, around: Nesting | None = None) -> list[OffsetRange]:
    """Return the regions of broken text in which every value may be an id, whatever its own key is.

    Args:
        text: the text.
        around: the nesting at its start, if there is text before it.
    """
    if around is not None and around.inside:
        return [(0, len(text))]
    ended = STRING_REST.match(text) if not OPENED.match(text) else None
    start = ended.end() if ended else 0
    # Brackets can be in strings, and quotes can be missing.
    by_quotes = _regions(text, _outside_strings(text, start), around)
    return [*by_quotes, *_regions(text, _all(text), around), *_indented(text)]


def _all(text: str) -> Iterator[_Mark]:
    return ((found.start(), found[0]) for found in _STRUCTURE.finditer(text))


def _outside_strings(text: str, start: int) -> Iterator[_Mark]:
    return ((offset, kind) for kind, offset, _ in JSON.tokens(text, start) if kind in _STRUCTURAL)


def _regions(text: str, marks: Iterable[_Mark], around: Nesting | None) -> Iterator[OffsetRange]:
    # The offset of each open bracket, and whether it is under the key of an id.
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
        yield from _of_rest(text, unopened, first_comma)


def _of_rest(text: str, unopened: Sequence[int], first_comma: int | None) -> Iterator[OffsetRange]:
    """Yield the regions inside unseen objects, if a text is the rest of another."""
    opened = OPENED.match(text)
    if text.lstrip()[:1] in {":", "="}:
        yield 0, first_comma if first_comma is not None else len(text)
    if unopened:
        last = unopened[-1]
        is_its_own = not text[last + 1 :].strip() and (text[last] == "}" or "\n" not in text)
        inner = unopened[:-1] if is_its_own else unopened
        if inner:
            yield 0, inner[-1] if _MEMBER.match(text, inner[-1] + 1) else len(text)
        # The key of the first value is not in the text, or only a part of it.
        yield 0, unopened[0] if first_comma is None else min(first_comma, unopened[0])
    elif opened:
        if first_comma is not None and _NEXT_KEY.match(text, first_comma + 1):
            yield 0, first_comma
    elif bare := list(_BARE_KEY.finditer(text)):
        yield from _of_block(text, bare)
    elif _KEY.search(text) or STRING_REST.match(text):
        yield 0, len(text)


def _of_block(text: str, keys: Sequence[re.Match[str]]) -> Iterator[OffsetRange]:
    """Yield the region of a block of YAML inside something unseen: it has more indentation than what comes later.

    Args:
        text: the block.
        keys: the matches of `_BARE_KEY` in it.
    """
    first, *others = keys
    outermost = min(keys, key=lambda found: len(found[1]))
    if outermost[1].startswith(" ") or ("-" in first[1] and text[: first.start()].strip("-% \n")):
        yield 0, len(text)
    elif len(outermost[1]) < len(first[1]):
        yield 0, outermost.start()
    elif others and len(others[0][1]) > len(first[1]) and text[first.end() : others[0].start()].strip():
        yield 0, others[0].start()  # a key with a value holds no other keys, so these belong to something unseen, too


def _indented(text: str) -> Iterator[OffsetRange]:
    """Yield the lines with more indentation than a line before them that could name an id."""
    start: int | None = None
    indent = offset = 0
    for line in text.splitlines(keepends=True):
        if start is not None and line.strip() and indentation(line) <= indent:
            yield start, offset
            start = None
        offset += len(line)
        if start is None and (may_name_an_id(line) or any(map(may_name_an_id, _WORD.findall(line)))):
            start, indent = offset, indentation(line)
    if start is not None:
        yield start, offset
