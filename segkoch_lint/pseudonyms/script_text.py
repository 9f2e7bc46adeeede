"""Rewrites scripts with curl commands: the JSON that they post, and all other words but options and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.rewritten import RewrittenDocument
from segkoch_lint.documents.line_table import LineTable
from segkoch_lint.documents.shell_commands import read_commands
from segkoch_lint.findings.position import OffsetRange
from segkoch_lint.findings.text_edits import TextEdit, edited
from segkoch_lint.pseudonyms.escapes import OTHER
from segkoch_lint.pseudonyms.rewriter import RefusedError, Rewriter

_SYNTAX = re.compile(r"(?<![\w-])(?:curl(?:\.exe)?(?![\w-])|(?<!\S)--[a-z][a-z-]*|(?<!\S)-[A-Za-z])|\$\{?[A-Za-z_]\w*")
"""What stays of a script: commands of curl, options, names of variables."""


def rewritten_script(script: str, rewriter: Rewriter) -> str:
    """Return a script with its words replaced, and the JSON that is posted rewritten.

    Raises:
        RefusedError: such JSON is broken.
    """
    table = LineTable(script)
    edits: list[TextEdit] = []
    bodies: list[OffsetRange] = []
    for each in read_commands(script.encode("utf-8"), rewriter.limits):
        if isinstance(each, ParseError):
            raise RefusedError(each.message, each.span)
        if isinstance(each.document, RewrittenDocument):
            line, column = each.document.start
            start = table.extent_of_line(line)[0] + column - 1
            bodies.append((start, start + len(each.document.source)))
            edits += _body_edits(each.document, start, rewriter)
    at = 0
    for start, end in [*sorted(bodies), (len(script), len(script))]:
        edits += _around(script, at, start, rewriter)
        at = max(at, end)
    return edited(script, edits)


def _around(script: str, start: int, end: int, rewriter: Rewriter) -> Iterator[TextEdit]:
    """Yield the edits of the text between two bodies."""
    at = start
    for found in [*_SYNTAX.finditer(script, start, end), None]:
        stop = found.start() if found else end
        if at < stop:
            yield TextEdit(at, stop, rewriter.policy.words(script[at:stop]))
        at = found.end() if found else end


def _body_edits(document: RewrittenDocument, at: int, rewriter: Rewriter) -> Iterator[TextEdit]:
    """Yield the edits of a body that begins at an offset of the script."""
    made, places, source = document.made.text, document.places, document.source
    try:
        found = rewriter.json(made)
    except RefusedError as error:
        raise RefusedError(error.message, offset=at + places.to_source((error.offset, error.offset))[0]) from None
    for each in found:
        if places.to_source((each.start, each.end))[1] <= 0:
            continue  # the method and the URL, which are rewritten with the rest of the script
        if len(each.text) != each.end - each.start:
            first, last = places.to_source((each.start + 1, each.end - 1))
            yield TextEdit(at + first, at + last, each.text[1:-1])
            continue
        for offset, (before, now) in enumerate(zip(made[each.start : each.end], each.text, strict=True), each.start):
            if before != now:
                first, last = places.to_source((offset, offset + 1))
                yield TextEdit(at + first, at + last, OTHER.write(now, source[first:last]))
