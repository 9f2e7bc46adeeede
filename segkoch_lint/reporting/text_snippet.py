"""Snippets in text: numbered lines, cut to the width of the terminal, with the offending range underlined."""

from __future__ import annotations

from segkoch_lint.findings.finding import Snippet
from segkoch_lint.reporting.escaping import escaped
from segkoch_lint.reporting.text_writer import Piece, TextWriter, display_width, fitted

_TAB = 4
"""Columns between two tab stops."""

_LEAST_WIDTH = 20
"""Columns that a line gets at least, however narrow the terminal is."""


def write_snippet(writer: TextWriter, snippet: Snippet, color: str) -> None:
    """Write a snippet.

    Args:
        writer: where it is written.
        snippet: its lines.
        color: the colour of the offending range.
    """
    gutter = len(str(snippet.first_line + len(snippet.lines) - 1))
    width = max(_LEAST_WIDTH, writer.width - gutter - 3)
    for index, line in enumerate(snippet.lines):
        number = Piece(f"{snippet.first_line + index:>{gutter}} |", dim=True)
        focus = (snippet.start, snippet.end) if index == snippet.focus else (0, 0)
        # Escapes are longer than what they stand for, so everything is measured on the escaped text.
        spread, places = escaped(line.expandtabs(_TAB), *(len(line[:place].expandtabs(_TAB)) for place in focus))
        text, (start, end) = fitted(
            spread.rstrip(" ") if index != snippet.focus else spread, (places[0], places[1]), width
        )
        if index != snippet.focus:
            writer.line(number, f" {text}".rstrip(" "), indent=None)
            continue
        writer.line(number, " ", text[:start], Piece(text[start:end], color), text[end:].rstrip(" "), indent=None)
        underline = " " * display_width(text[:start]) + "^" * max(1, display_width(text[start:end]))
        writer.line(Piece(" " * gutter + " |", dim=True), " ", Piece(underline, color, bold=True), indent=None)
