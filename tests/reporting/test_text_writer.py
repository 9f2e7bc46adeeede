"""Lines of text on a terminal: wrapped, or cut with the focus in view."""

from __future__ import annotations

import io

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.finding import Snippet
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.text_snippet import write_snippet
from segkoch_lint.reporting.text_writer import Piece, TextWriter, display_width, fitted, wrapped

TEXTS = st.text(st.sampled_from("ab  日é\u0301:"), max_size=60)


def lines(*pieces: str | Piece, width: int = 20, indent: str | None = "  ", color: bool = False) -> list[str]:
    stream = io.StringIO()
    TextWriter(stream, color=color, width=width).line(*pieces, indent=indent)
    return stream.getvalue().splitlines()


def test_a_line_is_wrapped_between_words_and_further_lines_are_indented() -> None:
    assert lines("a.json:12:9: error KCH101 no device at all") == [
        "a.json:12:9: error",
        "  KCH101 no device",
        "  at all",
    ]


def test_a_long_word_stays_whole_so_that_it_can_be_copied() -> None:
    pointer = "/context/device/advertisingId"
    assert lines(f"see {pointer} here") == ["see", f"  {pointer}", "  here"]


def test_text_without_blanks_breaks_at_any_wide_character() -> None:
    assert lines("event " + "注文完了" * 4) == ["event 注文完了注文完", "  了注文完了注文完了"]


def test_a_line_that_must_not_be_wrapped_is_not() -> None:
    assert lines("word " * 9 + "end", indent=None) == ["word " * 9 + "end"]


def test_no_line_begins_with_what_a_ci_runner_obeys() -> None:
    assert lines("a value that says ::error::now") == ["a value that says ::error::now"]
    after_wide_space = "a value that says \u3000::error::now"
    assert lines(after_wide_space) == [after_wide_space]


@given(st.text(st.sampled_from("ab  日:\u3000\u00a0\u2003"), max_size=40), st.integers(4, 30))
def test_no_further_line_begins_with_a_command_behind_any_white_space(text: str, width: int) -> None:
    text = visible(f"a{text}")
    assert not any(text[start:end].strip().startswith("::") for start, end in wrapped(text, width, 2))


def test_a_piece_keeps_its_colour_on_every_line() -> None:
    colored = lines("at ", Piece("one two three four five six", "red"), color=True)
    assert [click.unstyle(line) for line in colored] == ["at one two three", "  four five six"]
    assert all("\x1b[31m" in line for line in colored)


@given(TEXTS, st.integers(4, 30), st.integers(0, 3))
def test_wrapping_loses_nothing_but_blanks_and_lines_fit(text: str, width: int, indent: int) -> None:
    text = visible(text.strip())
    ranges = wrapped(text, width, indent)
    parts = [text[start:end] for start, end in ranges]
    assert "".join("".join(parts).split()) == "".join(text.split())
    for number, part in enumerate(parts):
        margin = indent if number else 0
        is_whole = " " not in part.strip() and part.isascii()
        holds_a_command = "::" in text
        assert margin + display_width(part) <= width or is_whole or holds_a_command or display_width(part) <= 2


@given(TEXTS, st.data(), st.integers(6, 30))
def test_a_cut_line_fits_and_its_focus_is_in_view(text: str, data: st.DataObject, width: int) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown, (first, last) = fitted(text, (start, end), width)
    assert display_width(shown) <= width
    assert 0 <= first <= last <= len(shown)
    focus = shown[first:last]
    assert text[start:end].startswith(focus)
    if display_width(text[start:end]) <= width - 3:
        assert focus == text[start:end]
    assert shown.strip("…") in text
    assert focus or start == end or not display_width(text[start:end])


def test_a_snippet_fits_the_terminal_and_the_range_stays_in_view() -> None:
    line = '{"a": "' + "x" * 60 + '", "type": "iOS", "b": "' + "y" * 60 + '"}'
    start = line.index('"iOS"')
    stream = io.StringIO()
    snippet = Snippet(9, ("before " * 20, line), 1, start, start + 5)
    write_snippet(TextWriter(stream, color=False, width=40), snippet, "red")
    assert stream.getvalue().splitlines() == [
        " 9 | before before before before before…",
        '10 | … "type": "iOS", "b": "yyyyyyyyyyy…',
        "   |           ^^^^^",
    ]


def test_a_snippet_of_wide_characters_is_measured_in_columns() -> None:
    line = '{"名前": "' + "注文" * 20 + '", "type": "iOS"}'
    start = line.index('"iOS"')
    stream = io.StringIO()
    write_snippet(TextWriter(stream, color=False, width=40), Snippet(1, (line,), 0, start, start + 5), "red")
    shown, underline = stream.getvalue().splitlines()
    assert display_width(shown) <= 40
    assert display_width(shown[: shown.index('"iOS"')]) == underline.index("^")
    assert underline.count("^") == 5


@pytest.mark.parametrize("width", [1, 10])
def test_a_very_narrow_terminal_shows_the_range(width: int) -> None:
    stream = io.StringIO()
    write_snippet(TextWriter(stream, color=False, width=width), Snippet(1, ("x" * 90 + "iOS",), 0, 90, 93), "red")
    assert "xiOS" in stream.getvalue()
