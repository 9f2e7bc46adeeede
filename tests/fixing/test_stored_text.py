"""The text of a file is edited in its own encoding, and stays the same byte for byte elsewhere."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.fix import Edit
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.fixing.stored_text import StoredText

TEXT = 'é\r\n{"a": "iOS\U0001f600"}\nlast'


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_an_edit_keeps_the_encoding_the_mark_and_the_line_ends(mark: bytes, encoding: str) -> None:
    text = StoredText.of(mark + TEXT.encode(encoding))
    assert text is not None
    edits = [Edit(Span(2, 8, 2, 11), "ios"), Edit(Span(2, 12, 2, 12), Secret("!"))]

    assert text.edited(edits).stored == mark + TEXT.replace("iOS\U0001f600", "ios\U0001f600!").encode(encoding)


def test_bytes_that_are_not_utf_8_stay() -> None:
    text = StoredText.of(b"\xff\xc3\nabc\n\xf0")
    assert text is not None
    assert text.edited([Edit(Span(2, 2, 2, 3), "B")]).stored == b"\xff\xc3\naBc\n\xf0"


@pytest.mark.parametrize("stored", [codecs.BOM_UTF16_LE + b"a", codecs.BOM_UTF16_LE + b"\x00\xd8", b"\xff\xfea\x00b"])
def test_a_text_that_cannot_be_encoded_again_is_refused(stored: bytes) -> None:
    assert StoredText.of(stored) is None


@given(st.text(st.sampled_from("aé\U0001f600\r\n"), min_size=1, max_size=30), st.data())
def test_only_the_ranges_of_edits_change(text: str, data: st.DataObject) -> None:
    """Positions count code points, and only LF ends a line."""
    bounds = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True)))

    def position(offset: int) -> tuple[int, int]:
        return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)

    pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
    edits = [Edit(Span(*position(start), *position(end)), "<>") for start, end in pairs]
    expected, at = "", 0
    for start, end in pairs:
        expected, at = expected + text[at:start] + "<>", end
    stored = StoredText.of(text.encode())

    assert stored is not None
    assert stored.edited(reversed(edits)).stored == (expected + text[at:]).encode()
