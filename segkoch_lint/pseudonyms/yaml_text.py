"""Rewrites YAML: scalars and keys in any style, comments, and names of anchors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

import yaml

from segkoch_lint.documents.yaml.comments import MARKER
from segkoch_lint.documents.yaml.document import YamlDocument
from segkoch_lint.documents.yaml.nodes import key_text, kind_of
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.redaction.personal_data import hides_values
from segkoch_lint.findings.text_edits import TextEdit, edited
from segkoch_lint.pseudonyms.escapes import OTHER
from segkoch_lint.pseudonyms.policy import parent_inside
from segkoch_lint.pseudonyms.repeated_ids import Ids, with_repeated_ids
from segkoch_lint.pseudonyms.rewriter import RefusedError, Rewriter

_PROPERTIES = re.compile(r"(?:[!&][^\s,\[\]{}]*\s+)+")
"""A tag and an anchor before a value."""

_BLOCK_HEADER = re.compile(r"[|>][^\n]*\n?")
_BETWEEN = re.compile(
    r"(?:^|(?<=\s))\#[^\n]*|[&*][^\s,\[\]{}]+|(?<=^%TAG)(?![^\n]*\btag:yaml\.org,2002:)[^\n]*", re.MULTILINE
)
"""A comment, an anchor, an alias, or what a directive says that no value needs."""

_SUPPRESSION = re.compile(
    rf"(?:#\s*){MARKER}(?:\s*ignore(?:-file)?(?![\w-])(?:\s*\[(?:[A-Za-z]{{2,8}}\d{{1,4}}|KCH|ALL|[,\s])*\])?)?"
)
"""The part of a comment that suppresses findings; a reason follows."""

_BLOCK_STYLES = frozenset({"|", ">"})
_NUMBERS = frozenset({"int", "float"})
_CONSTANTS = frozenset({"null", "bool"})


def edited_yaml_text(text: str, documents: Iterable[object], rewriter: Rewriter) -> str:
    """Return a stream of YAML, rewritten.

    Args:
        text: the whole stream.
        documents: its documents, in order.
        rewriter: replaces values.

    Raises:
        RefusedError: a value cannot be written in its style.
    """
    pieces: list[list[YamlDocument]] = []
    for each in documents:
        if not isinstance(each, YamlDocument):
            continue
        if not pieces or pieces[-1][0].text is not each.text:
            pieces.append([])
        pieces[-1].append(each)
    made: list[str] = []
    at = 0
    for group in pieces:
        piece = group[0].text
        start = text.index(piece, at)
        try:
            made += (_comments(text[at:start], rewriter), _piece(group, rewriter))
        except RefusedError as error:
            raise error.within(text, start + error.offset) from None
        at = start + len(piece)
    return "".join(made) + _comments(text[at:], rewriter)


def _piece(documents: list[YamlDocument], rewriter: Rewriter) -> str:
    """Return a part of a stream with all its documents rewritten."""
    text = documents[0].text
    edits: list[TextEdit] = []
    scalars: list[OffsetRange] = []
    for each in documents:
        edits += with_repeated_ids(partial(_scalar_edits, each, rewriter))
        scalars += (extent_of(node, text) for node, *_ in scalars_of(each.root))
    at = 0
    for start, end in [*sorted(scalars), (len(text), len(text))]:
        edits += _between(text, at, start, rewriter)
        at = max(at, end)
    return edited(text, edits)


def _comments(text: str, rewriter: Rewriter) -> str:
    return edited(text, _between(text, 0, len(text), rewriter))


def _between(text: str, start: int, end: int, rewriter: Rewriter) -> Iterator[TextEdit]:
    """Yield the edits of comments, directives, anchors and aliases in a range without a scalar."""
    for found in _BETWEEN.finditer(text, start, max(start, end)):
        at = found.start()
        for kept in _SUPPRESSION.finditer(text, *found.span()):
            yield TextEdit(at, kept.start(), rewriter.policy.words(text[at : kept.start()]))
            at = kept.end()
        yield TextEdit(at, found.end(), rewriter.policy.words(text[at : found.end()]))


def _scalar_edits(document: YamlDocument, rewriter: Rewriter, ids: Ids) -> list[TextEdit]:
    """Return the edits of the scalars of one document, in any order."""
    edits: list[TextEdit] = []
    for node, key, parent, is_key in scalars_of(document.root):
        start, end = extent_of(node, document.text)
        try:
            new = _new(node, key, parent, rewriter, ids) if not is_key else rewriter.policy.name(node.value, ids)
            if new != node.value:
                edits.append(TextEdit(start, end, _written(document.text[start:end], node, new)))
        except RefusedError as error:
            raise RefusedError(error.message, offset=start) from None
    return edits


def _new(node: yaml.ScalarNode, key: str | None, parent: str | None, rewriter: Rewriter, ids: Ids) -> str:
    text: str = node.value
    kind = kind_of(node)
    if kind in _CONSTANTS:
        return text
    if kind in _NUMBERS:
        if hides_values(key, parent):
            ids.note(text)
        return rewriter.policy.number(text, key, parent, ids)
    return rewriter.string(text, key, parent, 0, ids)


def scalars_of(root: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, str | None, str | None, bool]]:
    """Yield each scalar once, with the nearest key above it, the key above that, and whether it is a key."""
    seen: set[int] = set()
    waiting: list[tuple[yaml.Node, str | None, str | None, bool]] = [(root, None, None, False)]
    while waiting:
        node, key, parent, is_key = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield node, key, parent, is_key
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend((item, key, parent, False) for item in node.value)
        else:
            around = parent_inside(key, parent)
            for name, value in node.value:
                waiting.append((name, None, None, isinstance(name, yaml.ScalarNode)))
                waiting.append((value, key_text(name), around, False))


def extent_of(node: yaml.ScalarNode, text: str) -> tuple[int, int]:
    """Return the extent of a scalar, without its tag, its anchor, the head of a block, and space at the end."""
    start, end = node.start_mark.index, node.end_mark.index
    found = _PROPERTIES.match(text, start, end)
    start = found.end() if found else start
    if node.style in _BLOCK_STYLES and (found := _BLOCK_HEADER.match(text, start, end)):
        start = found.end()
    return start, start + len(text[start:end].rstrip())


def _written(written: str, node: yaml.ScalarNode, new: str) -> str:
    """Return how a value is written in the style of its node; line ends and indentation stay as they are."""
    quote = node.style if node.style in {"'", '"'} else ""
    body = written[len(quote) : len(written) - len(quote)]
    pieces = _pieces(body, node.style)
    old = [character for character in node.value if not character.isspace()]
    there = [character for character, _ in pieces if character and not character.isspace()]
    if old != there or len(new) != len(node.value):
        if node.style in _BLOCK_STYLES or "\n" in body:
            raise RefusedError("a text over several lines of YAML that holds another text")
        return quote + (OTHER.rewrite("", new) if quote == '"' else new.replace("'", "''") if quote else new) + quote
    following = (character for character in new if not character.isspace())
    changed: list[str] = []
    for character, piece in pieces:
        if not character or character.isspace():
            changed.append(piece)
            continue
        now = next(following)
        changed.append(piece if now == character else OTHER.write(now, piece) if quote == '"' else now)
    return f"{quote}{''.join(changed)}{quote}"


def _pieces(body: str, style: str | None) -> list[tuple[str, str]]:
    """Return each character, with how it is written."""
    if style == '"':
        return OTHER.pieces(body)
    if style == "'":
        return [(each[0], each) for each in re.findall(r"''|.", body, re.DOTALL)]
    return [(character, character) for character in body]
