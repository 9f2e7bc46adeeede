"""JSON text to documents: strict RFC 8259, every flaw with its place, repeated keys seen."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from segkoch_lint.documents.document import Origin, ParseError, Token
from segkoch_lint.documents.json.members import value_extents
from segkoch_lint.documents.json.scalars import ScalarReader
from segkoch_lint.documents.json.scanner import keys_of, lex, locate, repeated_keys, value_end
from segkoch_lint.documents.line_table import LineTable, OffsetRange, flaw_at
from segkoch_lint.documents.surroundings import UNKNOWN as UNKNOWN_SURROUNDINGS
from segkoch_lint.findings.position import Path, Span
from segkoch_lint.findings.redaction.known_ids import KnownIds
from segkoch_lint.inputs.file_types import is_source_code

_STRUCTURE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
_VALUES = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|,|[{\[](?!\s*[}\]])', re.DOTALL)
_CONSTANT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:NaN|Infinity)')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_BETWEEN = re.compile(r"[ \t\n\r\x1e]*")
_RESUME = re.compile(r"^[{\[]", re.MULTILINE)
_PYTHON_WORDS = re.compile(r"(?:True|False|None|undefined|nan|inf)\b")

_INVALID = "invalid JSON: "

_COMMENT = "JSON has no comments"
_SOURCE_CODE = "this is source code"
_CUT_OFF = "cut-off"

COMMENT = _INVALID + _COMMENT
SOURCE_CODE = _INVALID + _SOURCE_CODE
"""What is wrong with a text that has some."""

_FEW = 8
"""Places that are looked for one by one, each at the cost of parsing the text; more are found in one scan. As many
broken documents of a text are looked into at the cost of going through it in Python."""

_MOST_RESCANNED = 64 << 20
"""Characters that are gone through again to place the flaws of one text, each of which takes all of it."""

_LEAST_BROKEN = 50
"""Broken documents that are told of a text of any size."""

_LONGEST_INT = 4000
"""Digits beyond which an integer is read as a float: Python refuses to convert more than 4,300."""


class JsonDocument:
    """One JSON document of an input.

    Args:
        value: the parsed value.
        text: the text it was parsed from.
        line, column: where the text begins in the input.
    """

    origin: Origin | None = None

    def __init__(self, value: Any, text: bytes | str, line: int = 1, column: int = 1) -> None:
        self.value = value
        self._source = text
        self.start = (line, column)

    @cached_property
    def text(self) -> str:
        """The document's text."""
        return self._source if isinstance(self._source, str) else self._source.decode("utf-8")

    @cached_property
    def ids(self) -> KnownIds:
        """What is personal data in the value for its keys."""
        return KnownIds(self.value, self._source if isinstance(self._source, bytes) else None)

    @cached_property
    def repeated(self) -> Sequence[Path]:
        """Paths of the members whose key stands more than once in its object."""
        if not isinstance(self.value, dict | list):
            return ()
        if isinstance(self._source, bytes) and _is_written(self.value, self._source):
            return ()  # nothing was lost on the way from the text to the value
        counting = _Repeats()
        json.loads(self.text, object_pairs_hook=counting.object, parse_int=_integer)
        return repeated_keys(self.text) if counting.found else ()

    @cached_property
    def table(self) -> LineTable:
        """The lines of the text."""
        return LineTable(self.text, *self.start)

    @cached_property
    def scalars(self) -> ScalarReader:
        """The scalar values of the text."""
        return ScalarReader(self.text)

    def locate(self, paths: Collection[Path]) -> dict[Path, Span]:
        """Return the span of the value at each path; paths that do not exist are left out."""
        return {path: self.span(extent) for path, extent in self.extents(paths).items()}

    def extents(self, paths: Collection[Path]) -> dict[Path, OffsetRange]:
        """Return where the value at each path stands in the text; paths that do not exist are left out."""
        found: dict[Path, OffsetRange] = {}
        if len(paths) <= _FEW and isinstance(self._source, bytes):
            found = self._few_extents(self._source, paths)
        missing = [path for path in paths if path not in found]
        if missing == [()]:
            found[()] = extent_of_whole(self.text)
        elif missing:
            found |= locate(self.text, missing)
        return found

    def _few_extents(self, source: bytes, paths: Collection[Path]) -> dict[Path, OffsetRange]:
        """Return where values stand that can be found without a scanner."""
        found: dict[Path, OffsetRange] = {}
        if b"\\" not in source:
            texts = ((path, _value_at(self.value, path)) for path in paths)
            found = {path: extent for path, value in texts if (extent := _only_extent(source, value))}
        missing = [path for path in paths if path not in found]
        if missing:
            extents = value_extents(source, missing) or []
            found |= {path: extent for path, extent in zip(missing, extents, strict=False) if extent[1]}
        if source.isascii():
            return found
        return {path: in_code_points(source, extent) for path, extent in found.items()}

    def span(self, extent: OffsetRange) -> Span:
        """Return the span of an extent of the text."""
        if isinstance(self._source, bytes) and b"\n" not in self._source:
            line, column = self.start
            return Span(line, column + extent[0], line, column + extent[1])
        return self.table.span(extent)

    def keys(self, path: Path) -> Sequence[Span]:
        """Return the spans of every key that stands for *path* in its object."""
        return [self.span(extent) for extent in self.key_extents(path)]

    def key_extents(self, path: Path) -> list[OffsetRange]:
        """Return where every key that stands for *path* in its object stands in the text."""
        (parent,) = self.extents([path[:-1]]).values()
        return keys_of(self.text, parent[0], str(path[-1]))

    def note(self, path: Path) -> None:
        """Return nothing: JSON leaves no doubt about what a value is."""

    def lines(self, first: int, last: int) -> list[str]:
        """Return lines *first* to *last* of the input, as far as the document holds them."""
        return self.table.lines(first, last)

    def tokens(self, line: int, start: int, end: int) -> list[Token]:
        """Return the scalar values near a stretch of a line."""
        zero = self.table.zero_of_line(line)
        return list(self.scalars.near(zero + start, zero + end, zero))


def extent_of_whole(text: str | bytes) -> OffsetRange:
    """Return where the value of JSON text stands in it, with the white space around left out."""
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _value_at(value: Any, path: Path) -> Any:
    """Return the value at a path, or None if there is none."""
    for step in path:
        if isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _only_extent(text: bytes, value: Any) -> OffsetRange | None:
    """Return where a value stands in JSON without escapes if it is a string that stands in one place only."""
    if not isinstance(value, str):
        return None
    written = f'"{value}"'.encode()
    start = text.find(written)
    return None if start < 0 or text.find(written, start + 1) >= 0 else (start, start + len(written))


def in_code_points(text: bytes, extent: OffsetRange) -> OffsetRange:
    """Return an extent of UTF-8 in code points, which is given in bytes."""
    start = len(text[: extent[0]].decode())
    return start, start + len(text[slice(*extent)].decode())


def _is_written(value: Any, text: bytes) -> bool:
    """Return whether JSON text is how a value is written, white space between tokens aside."""
    try:
        written = msgspec.json.encode(value)
        return written == text or written == msgspec.json.format(text, indent=-1)
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):  # an integer too long to write
        return False


class _Repeats:
    """Sees whether an object repeats a key."""

    def __init__(self) -> None:
        self.found = False

    def object(self, pairs: list[tuple[str, Any]]) -> None:
        self.found = self.found or len({key for key, _ in pairs}) < len(pairs)


class Refused(Exception):  # noqa: N818 - not an error of ours
    """The text is not JSON: what is wrong, its extent, and a word for what became of the text (`ParseError.cause`)."""

    def __init__(self, problem: str, start: int, end: int, cause: str = "", *, message: str = "") -> None:
        super().__init__(problem)
        self.message = message or _INVALID + problem
        self.extent: OffsetRange = (start, end)
        self.cause = cause


class _TooDeep(Refused):
    """The text is nested deeper than the parser can go; it may be JSON or not."""

    def __init__(self, start: int) -> None:
        super().__init__("", start, start + 1, "too-large", message="nested too deeply to be read")


def parse_json(text: bytes, *, line: int = 1, column: int = 1, depth: int) -> JsonDocument | ParseError:
    """Parse one JSON document that fills *text*.

    Args:
        text: UTF-8 without a byte order mark.
        line, column: where it begins in the input.
        depth: levels of nesting allowed.
    """
    document = parse_good_json(text, line=line, column=column, depth=depth)
    if document is not None:
        return document
    deep = _too_deep(text, depth)
    if deep is not None:
        return _deep_flaw(text, deep, line, column, depth)
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        return not_utf8(text, error.start, line, column)
    try:
        value = _only_value(decoded)
    except Refused as refused:
        return flaw_at(decoded, refused.message, refused.extent, line, column, cause=refused.cause)
    return JsonDocument(value, decoded, line, column)


def read_value(text: str, depth: int) -> Any:
    """Return the value of the one JSON document that fills *text*, of which *depth* levels of nesting are allowed.

    Raises:
        Refused: the text is not JSON, or nested deeper.
    """
    encoded = text.encode("utf-8")
    offset = _too_deep(encoded, depth)
    if offset is not None:
        start = len(encoded[:offset].decode("utf-8"))
        raise Refused("", start, start + 1, "too-large", message=_too_deep_message(depth))
    return _only_value(text)


def _only_value(text: str) -> Any:
    value, end = _decode(text, _past_space(text, 0))
    rest = _past_space(text, end)
    if rest < len(text):
        raise Refused("", rest, rest + 1, message=_more_follows(text[rest]))
    return value


def parse_good_json(text: bytes, *, line: int = 1, column: int = 1, depth: int) -> JsonDocument | None:
    """Return the JSON document that fills *text*, or None if only `parse_json` can tell what the text is."""
    if _too_deep(text, depth) is not None:
        return None
    try:
        return JsonDocument(msgspec.json.decode(text), text, line, column)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None  # msgspec is strict, but says little about where, and refuses numbers that JSON allows


def _check_end(text: str, value: Any, end: int) -> None:
    """Refuse a scalar that something follows directly."""
    if end < len(text) and not isinstance(value, dict | list) and _past_between(text, end) == end:
        raise Refused(_more_follows(text[end]), end, end + 1)


def _more_follows(character: str) -> str:
    return f"the JSON document ends here, but more follows: {_named(character)}"


def split_documents(text: bytes, *, line: int = 1, depth: int) -> Iterator[JsonDocument | ParseError]:
    """Yield JSON documents that stand one after another, with or without white space (or RS, RFC 7464) between.

    Only objects and lists may follow one another without anything between. After a broken document, reading goes on at
    the next line that begins with ``{`` or ``[``. If very many are broken, a last flaw says that the rest was not read.
    """
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        yield not_utf8(text, error.start, line, 1)
        return
    table = LineTable(decoded, line)
    position = _past_between(decoded, 0)
    broken, unclosed, most = 0, 0, max(_LEAST_BROKEN, _MOST_RESCANNED // (len(decoded) or 1))
    while position < len(decoded):
        where = table.position(position)
        if broken == most:
            message = f"{broken:,} documents before this one are broken; the rest of the text was not read"
            yield flaw_at(decoded, message, (position, position + 1), line, 1, cause="too-large")
            return
        try:
            value, end = _decode(decoded, position)
            _check_end(decoded, value, end)
            piece = decoded[position:end]
            deep = _too_deep(piece.encode("utf-8"), depth)
            if deep is None:
                yield JsonDocument(value, piece, *where)
            else:
                yield _deep_flaw(piece.encode("utf-8"), deep, *where, depth)
        except _TooDeep as refused:
            broken += 1
            deep = _too_deep(decoded[position:].encode("utf-8"), depth)
            if deep is None:  # within the limit, but the parser cannot
                yield flaw_at(decoded, refused.message, refused.extent, line, cause=refused.cause, table=table)
            else:
                yield _deep_flaw(decoded[position:].encode("utf-8"), deep, *where, depth)
            # Each that is not closed is gone through to the end of the text.
            closed = _end_of_deep(decoded, position) if unclosed < _FEW else None
            unclosed += closed is None
            end = closed or _next_line_with_bracket(decoded, position + 1)
        except Refused as refused:
            broken += 1
            around = None if broken <= _FEW else UNKNOWN_SURROUNDINGS
            yield flaw_at(
                decoded, refused.message, refused.extent, line, cause=refused.cause, table=table, around=around
            )
            end = _next_line_with_bracket(decoded, max(refused.extent[0], position + 1))
        position = _past_between(decoded, end)


def _end_of_deep(text: str, start: int) -> int | None:
    """Return one past the end of what is too deep, or None if its brackets are not closed."""
    try:
        return value_end(text, start)
    except ValueError:
        return None


def _next_line_with_bracket(text: str, start: int) -> int:
    """Return where the next line that begins with a bracket begins; the end of the text if there is none."""
    resumed = _RESUME.search(text, start)
    return resumed.start() if resumed else len(text)


def _decode(text: str, start: int) -> tuple[Any, int]:
    """Return the value that begins at *start*, and one past its end."""
    try:
        value, end = _decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        if is_source_code(text, start):
            raise Refused(_SOURCE_CODE, start, _line_end(text, start), "source-code") from None
        raise _explained(text, error) from None
    except _Constant:
        found = next(each for each in _CONSTANT.finditer(text, start) if not each[0].startswith('"'))
        raise Refused(f"{found[0]} is not JSON; write null or leave the member out", *found.span()) from None
    except RecursionError:
        raise _TooDeep(start) from None
    lone = _lone_surrogate(text, start, end)
    if lone is not None:
        raise Refused("half of a surrogate pair (\\ud800 to \\udfff) is no character", *lone)
    return value, end


class _Constant(Exception):  # noqa: N818 - caught right where it is raised
    """NaN, Infinity or -Infinity."""


def _refuse_constant(_name: str) -> None:
    raise _Constant


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INT else float(digits)


_decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_integer)


def _lone_surrogate(text: str, start: int, end: int) -> OffsetRange | None:
    if not _SURROGATE.search(text, start, end):
        return None
    for lexeme in lex(text, start, end):
        if lexeme.text.startswith('"') and not _encodable(json.loads(lexeme.text)):
            return lexeme.start, lexeme.start + len(lexeme.text)
    return None


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _explained(text: str, error: json.JSONDecodeError) -> Refused:
    """Say what the parser means, in a reader's words, without quoting more than one character of the text."""
    at = error.pos
    if error.msg.startswith("Unterminated string"):
        return Refused("the text ends inside a string", at, _line_end(text, at), _CUT_OFF)
    if error.msg.startswith("Invalid control character"):
        at = at if at < len(text) else len(text) - 1
        return Refused(
            f"a string holds a bare control character, {_named(text[at])}; write it as an escape", at, at + 1
        )
    if "escape" in error.msg:
        at = text.rfind("\\", 0, at + 2) if text[at : at + 1] != "\\" else at
        return Refused("an escape that JSON does not have", at, min(at + 2, len(text)))
    if error.msg.startswith("Illegal trailing comma"):
        return Refused("trailing comma", at, at + 1)
    if at >= len(text):
        end = len(text.rstrip(" \t\n\r"))
        return Refused("the text ends before the document does", end, end, _CUT_OFF)
    character = text[at]
    if character in "}]" and text[:at].rstrip(" \t\n\r").endswith(","):
        comma = text.rindex(",", 0, at)
        return Refused("trailing comma", comma, comma + 1)
    if character == "'":
        return Refused("strings and keys are quoted with \", not with '", at, at + 1)
    word = _PYTHON_WORDS.match(text, at)
    if word:
        return Refused(f"{word[0]} is not JSON (true, false and null are)", at, word.end())
    if text.startswith(("//", "/*", "#"), at):
        return Refused(_COMMENT, at, _line_end(text, at))
    if error.msg.startswith("Expecting property name") and (character.isalpha() or character in "_$"):
        return Refused("a key without quotes, as JavaScript has it; JSON wants double quotes", at, at + 1)
    expected = {"Expecting property name": "a key in double quotes", "Expecting ':'": "a colon"}
    wanted = next((words for start, words in expected.items() if error.msg.startswith(start)), None)
    wanted = wanted or ("a comma or the end" if error.msg.startswith("Expecting ','") else "a value")
    return Refused(f"{wanted} is expected, not {_named(character)}", at, at + 1)


def _named(character: str) -> str:
    if character == '"':
        return "a double quote"  # among quotes, it would be hard to see
    shown = f'"{character}" ' if character.isprintable() and character.isascii() else ""
    return f"{shown}(U+{ord(character):04X})" if shown else f"U+{ord(character):04X}"


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _past_space(text: str, start: int) -> int:
    while start < len(text) and text[start] in " \t\n\r":
        start += 1
    return start


def _past_between(text: str, start: int) -> int:
    found = _BETWEEN.match(text, start)
    return found.end() if found else start


def not_utf8(text: bytes, start: int, line: int, column: int) -> ParseError:
    good = text[:start].decode("utf-8")
    return flaw_at(good, "not valid UTF-8", (len(good), len(good)), line, column)


def has_more_values(text: bytes, most: int) -> bool:
    """Tell whether JSON text holds more than so many values: scalars, objects and lists."""
    if text.count(b",") + text.count(b"[") + text.count(b"{") < most:
        return False  # this counts commas inside of strings, too
    values = 1
    for token in _VALUES.finditer(text):
        values += token[0] in b",[{"
        if values > most:
            return True
    return False


def too_many_values(number: int, most: int) -> ParseError:
    """Return the flaw of a document that has more than so many values."""
    return ParseError(
        f"more than {most:,} values (limits.values)", Span(number, 1, number, 2), number, cause="too-large"
    )


def _too_deep(text: bytes, depth: int) -> int | None:
    """Return the offset of the bracket that goes deeper than *depth*, or None."""
    if text.count(b"{") + text.count(b"[") <= depth:
        return None
    level = 0
    for token in _STRUCTURE.finditer(text):
        if token[0] in b"{[":
            level += 1
            if level > depth:
                return token.start()
        elif token[0] in b"}]":
            level -= 1
    return None


def _deep_flaw(text: bytes, offset: int, line: int, column: int, depth: int) -> ParseError:
    good = text[: offset + 1].decode("utf-8", "replace")
    return flaw_at(good, _too_deep_message(depth), (len(good) - 1, len(good)), line, column, cause="too-large")


def _too_deep_message(depth: int) -> str:
    return f"nested deeper than {depth} levels (limits.depth)"
