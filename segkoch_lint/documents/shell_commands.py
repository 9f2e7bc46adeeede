"""The bodies that curl commands of a shell script post, with every place in the script.

The words of a command are read as bash reads them: 'single', "double" and $'ANSI-C' quotes, backslashes, and lines that
end in a backslash. Nothing is expanded: a `$VARIABLE` stays what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.rewritten import RewrittenDocument, parse_rewritten
from segkoch_lint.documents.line_table import LineTable
from segkoch_lint.documents.source_map import SourceMap, SourceMapBuilder
from segkoch_lint.inputs.limits import Limits

_CURL = re.compile(r"(?:^|(?<=[\s;|&(`]))curl(?:\.exe)?(?=\s|\\\r?\n)")
_SPACE = re.compile(r"(?:[ \t]|\\\r?\n)*+")
_AFTER_WORD = frozenset(" \t\n\r;|&()`")
_PLAIN = re.compile(r"""(?:[^\s'"\\;|&()`$]|\$(?!'))++""")
_ESCAPED = re.compile(r"\\(?:\r?\n|(.))", re.DOTALL)
_SINGLE_QUOTED = re.compile(r"'[^']*+'")
_DOUBLE_QUOTED = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_ANSI_QUOTED = re.compile(r"\$'[^'\\]*+(?:\\.[^'\\]*+)*+'", re.DOTALL)
_IN_DOUBLE_QUOTES = re.compile(r'\\(?:(["\\$`])|\r?\n)')
_HERE_DOCUMENT = re.compile(r"(?<!<)<<-?[ \t]*([\\'\"]?)(\w+)")
_IN_HERE_DOCUMENT = re.compile(r"\\(?:([\\$`])|\r?\n)")
_IN_ANSI_QUOTES = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)
_ANSI_ESCAPES = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

_DATA = frozenset({"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"})
_METHOD = frozenset({"-X", "--request"})
_OTHERS = (
    "-A -F -H -b -c -e -m -o -u -w -x --connect-timeout --cookie --cookie-jar --form --header --max-time --output "
    "--proxy --referer --retry --user --user-agent --write-out"
)
_WITH_VALUE = frozenset({*_DATA, *_METHOD, *_OTHERS.split()})
"""Options that the next word belongs to."""

_LAST_CHARACTER = 0x10FFFF
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF

_ENDPOINT = re.compile(r"/v1/[a-z]+/?(?:\?|\Z)")


_MOST_UNCLOSED = 50
"""Kinds of quotes and names of here-documents that may not be closed: each of them is looked for up to the end."""


class _Edit(NamedTuple):
    """What a part of the script means: its start and end, and the text."""

    start: int
    end: int
    text: str


class _Word(NamedTuple):
    """A word of a command: its start and end in the script, and the parts of it that mean another text."""

    start: int
    end: int
    edits: list[_Edit]

    def rewritten(self, script: str, before: str = "", after: str = "") -> tuple[str, SourceMap]:
        """Return what the word means, with text before and after it, and the places of that in the word."""
        builder = SourceMapBuilder(script[self.start : self.end])
        builder.replace(0, 0, before)
        for start, end, text in self.edits:
            builder.replace(start - self.start, end - self.start, text)
        length = self.end - self.start
        builder.replace(length, length, after)
        return builder.finish()


class _Command(NamedTuple):
    """A curl command: its method, its URL and the words that are data."""

    method: str
    url: str
    data: list[_Word]


def read_commands(text: bytes, limits: Limits) -> Iterator[Embedded | ParseError]:
    """Yield what the curl commands of a script post, if it is JSON that shows signs of a call or goes to /v1/….

    Each body is a member of a document that has the method and the URL besides, which `schemas/envelopes/curl.json`
    describes.
    """
    script = text.decode("utf-8", "replace")
    table = LineTable(script)
    for command in _Reader(script).commands():
        for word in command.data:
            yield from _document(command, word, script, table, limits)


def _document(
    command: _Command, word: _Word, script: str, table: LineTable, limits: Limits
) -> Iterator[Embedded | ParseError]:
    body, places = word.rewritten(script)
    signs = shows_signs(body.encode("utf-8"))
    if not body.lstrip().startswith(("{", "[")) or not (signs or _ENDPOINT.search(command.url)):
        return
    source = script[word.start : word.end]
    line, column = table.position(word.start)
    parsed = parse_rewritten(body, source, places, line=line, column=column, depth=limits.depth)
    if isinstance(parsed, ParseError):
        yield replace(parsed, shows_signs=signs)
        return
    request = {"method": command.method, "url": command.url}
    before = json.dumps({"curl": request})[:-2] + ', "body": '
    made, places = word.rewritten(script, before, "}}")
    value = {"curl": {**request, "body": parsed.value}}
    yield Embedded(RewrittenDocument(JsonDocument(value, made), source, places, line, column))


class _Reader:
    """Reads the curl commands of a script.

    Args:
        script: the script.
    """

    def __init__(self, script: str) -> None:
        self._script = script
        self._unclosed: dict[re.Pattern[str], int] = {}
        self._line = 0  # the start of the line of the last command
        self._searched = 0  # the end of the part of that line in which here-documents were looked for
        self._opening: re.Match[str] | None = None  # of the first here-document of that line

    def commands(self) -> Iterator[_Command]:
        """Yield the commands, in their order."""
        found = _CURL.search(self._script)
        last = 0
        while found:
            self._enter_line(self._script.rfind("\n", last, found.start()) + 1)
            last = found.start()
            words, end = self._words(found.end())
            command = self._command(words, end)
            yield command
            found = _CURL.search(self._script, max([end, *(word.end for word in command.data)]))

    def _enter_line(self, start: int) -> None:
        """Note that the next command is in the line that begins at *start*; 0 for the same line."""
        if start > self._line:
            self._line = self._searched = start
            self._opening = None

    def _command(self, words: list[_Word], end: int) -> _Command:
        """Return the command with these words; it ends at *end*."""
        data: list[_Word] = []
        method, url, option = "", "", ""
        for word in words:
            text, _ = word.rewritten(self._script)
            if option in _DATA:
                data.append(word)
            elif option in _METHOD:
                method = text.upper()
            elif option or text in _WITH_VALUE:
                pass
            elif text.startswith("-d") and len(text) > len("-d") and self._script.startswith("-d", word.start):
                data.append(word._replace(start=word.start + len("-d")))
            elif not text.startswith(("-", "<", ">")):
                url = url or text
            option = text if not option and text in _WITH_VALUE else ""
        return _Command(method or "POST", url, self._with_input(data, end))

    def _with_input(self, data: list[_Word], end: int) -> list[_Word]:
        """Return data in which the first `@-` is the input of the command; nothing is left of it for a second one."""
        for number, word in enumerate(data):
            if word.rewritten(self._script)[0] == "@-":
                return [*data[:number], self._here_document(end) or word, *data[number + 1 :]]
        return data

    def _here_document(self, end: int) -> _Word | None:
        """Return the lines that a command reads as its input (`<<EOF`), if there are some."""
        if self._opening is None:
            self._opening = _HERE_DOCUMENT.search(self._script, self._searched, end)
            self._searched = end
        opening = self._opening
        if opening is None or len(self._unclosed) > _MOST_UNCLOSED:
            return None
        first = self._script.find("\n", end) + 1
        if not first:
            return None
        closing = self._found(re.compile(rf"^\t*{opening[2]}\r?$", re.MULTILINE), first, anywhere=True)
        if closing is None:
            return None
        escapes = () if opening[1] else _IN_HERE_DOCUMENT.finditer(self._script, first, closing.start())
        return _Word(first, closing.start(), [_Edit(*each.span(), each[1] or "") for each in escapes])

    def _words(self, start: int) -> tuple[list[_Word], int]:
        """Return the words of a command, and where it ends. A quote that is not closed ends it, too."""
        words: list[_Word] = []
        while True:
            start = _past(_SPACE, self._script, start)
            word = self._word(start)
            if word is None or word.end == start:
                return words, start + (word is None)
            words.append(word)
            start = word.end

    def _word(self, start: int) -> _Word | None:
        edits: list[_Edit] = []
        end = start
        while end < len(self._script) and self._script[end] not in _AFTER_WORD:
            part = self._part(end)
            if part is None:
                return None
            end, found = part
            edits.extend(found)
        return _Word(start, end, edits)

    def _part(self, start: int) -> tuple[int, list[_Edit]] | None:
        """Return the end of a part of a word, and what is to be replaced in it; None if a quote is not closed."""
        script = self._script
        for quote, (pattern, escapes, unescape) in _QUOTES.items():
            if script.startswith(quote, start):
                quoted = self._found(pattern, start)
                if quoted is None:
                    return None
                end = quoted.end()
                inner = start + len(quote)
                found = escapes.finditer(script, inner, end - 1) if escapes else ()
                edits = [_Edit(*each.span(), unescape(each)) for each in found]
                return end, [_Edit(start, inner, ""), *edits, _Edit(end - 1, end, "")]
        escaped = _ESCAPED.match(script, start)
        if escaped:
            return escaped.end(), [_Edit(*escaped.span(), escaped[1] or "")]
        return max(start + 1, _past(_PLAIN, script, start)), []

    def _found(self, pattern: re.Pattern[str], start: int, *, anywhere: bool = False) -> re.Match[str] | None:
        """Return the match of a quoted part that begins at *start*, or of what closes it; None if it is not closed."""
        if start >= self._unclosed.get(pattern, len(self._script)):
            return None  # a part before this one is not closed, so this one is not either
        found = pattern.search(self._script, start) if anywhere else pattern.match(self._script, start)
        if found is None:
            self._unclosed[pattern] = start
        return found


def _unescaped(found: re.Match[str]) -> str:
    """Return what an escape in double quotes means."""
    return found[1] or ""


def _ansi_unescaped(found: re.Match[str]) -> str:
    """Return what an escape in `$'...'` means."""
    digits = found[1] or found[2] or found[3]
    code = int(digits, 16) if digits else int(found[4], 8) if found[4] else 0
    if found[5]:
        return _ANSI_ESCAPES.get(found[5], found[5] if found[5] in "\\'\"?" else found[0])
    return chr(code) if code <= _LAST_CHARACTER and not _FIRST_SURROGATE <= code <= _LAST_SURROGATE else "\ufffd"


_QUOTES: dict[str, tuple[re.Pattern[str], re.Pattern[str] | None, Callable[[re.Match[str]], str]]] = {
    "'": (_SINGLE_QUOTED, None, _unescaped),
    '"': (_DOUBLE_QUOTED, _IN_DOUBLE_QUOTES, _unescaped),
    "$'": (_ANSI_QUOTED, _IN_ANSI_QUOTES, _ansi_unescaped),
}
"""What opens a quoted part of a word: its pattern, the escapes in it, and what one of them means."""


def _past(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
