"""Copies of inputs of any format with pseudonyms in place of personal data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.detection import PEEKED_BYTES, TextFormat, detect_format
from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.relaxed import JSON5, JSONC
from segkoch_lint.documents.json.rewritten import RewrittenDocument
from segkoch_lint.documents.json.scanner import key_text
from segkoch_lint.documents.lines import blocks, read_line
from segkoch_lint.documents.reader import OTHER_TABLE, PROGRAM, UnsupportedInput, read_documents
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.text_edits import TextEdit, edited
from segkoch_lint.inputs.decompression import CorruptInputError
from segkoch_lint.inputs.opener import Stream, open_bytes
from segkoch_lint.pseudonyms.escapes import OTHER
from segkoch_lint.pseudonyms.rewriter import RefusedError, Rewriter

_UNSUPPORTED = {
    PROGRAM: "source code, which may hold anything",
    OTHER_TABLE: "a table without Segment's columns",
}
_NEITHER = "neither JSON nor YAML, nor text or a table with calls in it"
_PARQUET = "Parquet cannot be rewritten: export the table as CSV"
_EMPTY = "it is empty"


def redacted(stream: Stream, name: str, rewriter: Rewriter) -> Iterator[bytes]:
    """Yield the copy of an input in UTF-8, decompressed, part by part.

    Of a log, a part is some lines; of a file that is read whole, a part is all of it. Nothing of a part is yielded
    before it is known to be valid.

    Args:
        stream: the input's text, not yet read.
        name: the input's name; its ending decides if the content leaves a choice.
        rewriter: replaces values.

    Raises:
        RefusedError: the text is broken, or its format cannot be rewritten.
        OSError: reading failed.
    """
    try:
        yield from _redacted(stream, name, rewriter)
    except CorruptInputError as error:
        raise RefusedError(error.message) from None


def _redacted(stream: Stream, name: str, rewriter: Rewriter) -> Iterator[bytes]:
    limits = rewriter.limits
    kind = detect_format(stream, name=name, limits=limits)
    match kind:
        case TextFormat.LINES:
            yield from _lines(stream, rewriter)
        case TextFormat.TEXT:
            yield from _text(stream, rewriter)
        case TextFormat.CSV:
            from segkoch_lint.documents.table.csv_reader import delimiter_of  # noqa: PLC0415 - most inputs are not tables
            from segkoch_lint.pseudonyms.csv_text import rewritten_csv  # noqa: PLC0415

            delimiter = delimiter_of(stream.peek(PEEKED_BYTES)) or ","
            for part in rewritten_csv(stream, name, delimiter, rewriter):
                yield part.encode("utf-8")
        case TextFormat.PARQUET:
            raise RefusedError(_PARQUET)
        case TextFormat.FOREIGN | TextFormat.EMPTY:
            if not stream.intact:
                b"".join(stream)  # raises why
            raise RefusedError(_EMPTY if kind is TextFormat.EMPTY else _reason(stream, name, rewriter))
        case _:
            text = _gathered(stream, limits.yaml_bytes if kind is TextFormat.YAML else limits.file_bytes)
            yield _whole(text, kind, name, rewriter).encode("utf-8")


def _reason(stream: Stream, name: str, rewriter: Rewriter) -> str:
    for each in read_documents(open_bytes(stream.peek(PEEKED_BYTES)), name=name, limits=rewriter.limits):
        if isinstance(each, UnsupportedInput):
            return _UNSUPPORTED.get(each.kind, _NEITHER)
    return _NEITHER


def _gathered(stream: Stream, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in stream:
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise RefusedError(f"larger than {most:,} bytes, and not one document a line (limits)")
    return b"".join(chunks)


def _lines(stream: Stream, rewriter: Rewriter) -> Iterator[bytes]:
    """Yield blocks of JSON Lines."""
    for block in blocks(stream, rewriter.limits):
        if isinstance(block, ParseError):
            raise RefusedError(block.message, block.span)
        made: list[str] = []
        for number, written in enumerate(block.text.split(b"\n"), block.number):
            if not written or written.isspace():
                made.append(written.decode("ascii", "replace"))
                continue
            line = written.removesuffix(b"\r")
            if len(line) > rewriter.limits.line_bytes:
                raise RefusedError(f"a line over {rewriter.limits.line_bytes:,} bytes (limits.line-bytes)", _at(number))
            for each in read_line(line, number, rewriter.limits):
                _check(each, number)
            text = written.decode("utf-8")
            try:
                made.append(edited(text, rewriter.json(text)))
            except RefusedError as error:
                raise error.within(text, line=number) from None
        yield "\n".join(made).encode("utf-8")


def _text(stream: Stream, rewriter: Rewriter) -> Iterator[bytes]:
    """Yield blocks of text with JSON in its lines."""
    for block in blocks(stream, rewriter.limits):
        if isinstance(block, ParseError):
            raise RefusedError(block.message, block.span)
        made: list[bytes] = []
        for number, line in enumerate(block.text.split(b"\n"), block.number):
            if not shows_signs(line):
                text = rewriter.policy.words(line.decode("utf-8", "surrogateescape"))
                made.append(text.encode("utf-8", "surrogateescape"))
                continue
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                raise RefusedError("not valid UTF-8", _at(number)) from None
            try:
                made.append(rewriter.line(text).encode("utf-8"))
            except RefusedError as error:
                raise error.within(text, line=number) from None
        yield b"\n".join(made)


def _whole(content: bytes, kind: TextFormat, name: str, rewriter: Rewriter) -> str:
    """Return the copy of a text that is read whole."""
    documents = list(read_documents(open_bytes(content, name), name=name, limits=rewriter.limits))
    for each in documents:
        _check(each, 1)
    text = content.decode("utf-8")
    try:
        return _rewritten(text, documents, kind, rewriter)
    except RefusedError as error:
        raise error.within(text) from None


def _rewritten(text: str, documents: Sequence[object], kind: TextFormat, rewriter: Rewriter) -> str:
    if kind is TextFormat.COMMANDS:
        from segkoch_lint.pseudonyms.script_text import rewritten_script  # noqa: PLC0415 - few inputs are scripts

        return rewritten_script(text, rewriter)
    rewritten = next((each for each in documents if isinstance(each, RewrittenDocument)), None)
    if rewritten is not None or kind in {TextFormat.JSONC, TextFormat.JSON5}:
        return _dialect(text, rewritten, rewriter, json5=kind is TextFormat.JSON5)
    if all(isinstance(each, JsonDocument) for each in documents):
        return edited(text, rewriter.json(text))
    from segkoch_lint.pseudonyms.yaml_text import edited_yaml_text  # noqa: PLC0415 - slow to import

    return edited_yaml_text(text, documents, rewriter)


def _dialect(text: str, document: RewrittenDocument | None, rewriter: Rewriter, *, json5: bool) -> str:
    """Return the copy of JSON with comments, or of JSON5."""
    if document is None:
        return edited(text, rewriter.json(text))
    made = document.made.text
    edits: list[TextEdit] = []
    try:
        found = rewriter.json(made)
    except RefusedError as error:
        raise error.within(text, document.places.to_source((error.offset, error.offset))[0]) from None
    for each in found:
        first, last = document.places.to_source((each.start, each.end))
        edits.append(TextEdit(first, last, _in_dialect(text[first:last], each.text)))
    for kind, start, end in (JSON5 if json5 else JSONC).tokens(text):
        if kind == "comment":
            edits.append(TextEdit(start, end, rewriter.policy.words(text[start:end])))
    return edited(text, edits)


def _in_dialect(written: str, new: str) -> str:
    """Return how a scalar or key of strict JSON is written in a dialect, given how the old one is."""
    if written[:1] in {'"', "'"}:
        return written[0] + OTHER.rewrite(written[1:-1], key_text(new)) + written[0]
    return OTHER.rewrite(written, key_text(new)) if new.startswith('"') else new  # a key without quotes, or a number


def _check(item: object, line: int) -> None:
    """Raise an error if an item of an input is not a document."""
    if isinstance(item, ParseError):
        raise RefusedError(item.message, item.span)
    if isinstance(item, InternalFailure):
        raise RefusedError(f"segkoch-lint itself failed on it ({type(item.error).__name__})", _at(item.line))
    if isinstance(item, UnsupportedInput) and item.kind != "text without a call":
        raise RefusedError(_UNSUPPORTED.get(item.kind, _NEITHER), _at(line))


def _at(line: int) -> Span:
    return Span(line, 1, line, 1)
