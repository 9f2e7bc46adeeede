"""Rewrites JSON and texts, with what is encoded inside their strings; all other text stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.calls.signs import shows_signs
from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.embedded import objects_in
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.json.scanner import VALUE, VALUE_KEY, VALUE_OPENING, key_text
from segkoch_lint.documents.line_table import LineTable
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.text_edits import TextEdit, edited
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.pseudonyms.encodings import FormField, form_fields, packed_text
from segkoch_lint.pseudonyms.escapes import FORM, JSON
from segkoch_lint.pseudonyms.policy import Decision, Policy, decision, parent_inside
from segkoch_lint.pseudonyms.repeated_ids import CollectedIds, Ids, RepeatedIds, with_repeated_ids

MOST_LEVELS = 8
"""Texts inside one another that are rewritten; more of them are refused."""

_WORDS = frozenset({"null", "true", "false"})
_JSON_START = re.compile(r"\ufeff?\s*[{\[\"]")
_OBJECT_IN_TEXT = re.compile(r'\{\s*"')


class RefusedError(Exception):
    """A text cannot be rewritten.

    Attributes:
        message: why, without quoting it.
        span: where; None if the place is unknown.
        offset: where in the text that was rewritten, if the place in the input is not known yet.
    """

    def __init__(self, message: str, span: Span | None = None, *, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.offset = offset

    def within(self, text: str, offset: int | None = None, line: int = 1) -> RefusedError:
        """Return the error with its place, unless that is known.

        Args:
            text: the text that was rewritten.
            offset: the place in it; by default, that of the error.
            line: the line at which the text begins.
        """
        if self.span is not None:
            return self
        at = LineTable(text, line).position(self.offset if offset is None else offset)
        return RefusedError(self.message, Span(*at, *at))


class Rewriter:
    """Rewrites texts of one run.

    Args:
        policy: replaces values.
        limits: the depth and size of what is read.
    """

    def __init__(self, policy: Policy, limits: Limits) -> None:
        self.policy = policy
        self.limits = limits
        self._names: BoundedCache[str, str] = BoundedCache()
        self._scalars: BoundedCache[tuple[str, str | None, str | None], tuple[str, CollectedIds | None]] = BoundedCache(
            16 << 20
        )

    def json(self, text: str, level: int = 0, ids: Ids | None = None) -> list[TextEdit]:
        """Return the edits of valid JSON, in order: keys and scalar values.

        An id that a value has because of its key is replaced in the other texts, too.

        Args:
            text: one document or several.
            level: how many texts are around it.
            ids: of the text around; None if there is none.

        Raises:
            RefusedError: a text in it holds a broken call.
        """
        if ids is None:
            return with_repeated_ids(lambda found: self._json(text, level, found))
        return self._json(text, level, ids)

    def _json(self, text: str, level: int, ids: Ids) -> list[TextEdit]:
        edits: list[TextEdit] = []
        for token, start, key, parent, is_key in _tokens(text):
            if is_key:
                new = self._name(token, key, ids)
            else:
                try:
                    new = self._scalar(token, key, parent, level, ids)
                except RefusedError as error:
                    raise RefusedError(error.message, offset=start) from None
            if new != token:
                edits.append(TextEdit(start, start + len(token), new))
        return edits

    def _name(self, written: str, key: str | None, ids: Ids) -> str:
        name = key or ""
        if isinstance(ids, RepeatedIds):
            return _string(written, name, self.policy.name(name, ids))
        known = self._names.entries.get(written)
        if known is None:
            return self._names.add(written, _string(written, name, self.policy.name(name, ids)))
        ids.ranges(name)  # notes it
        return known

    def _scalar(self, token: str, key: str | None, parent: str | None, level: int, ids: Ids) -> str:
        if isinstance(ids, RepeatedIds):
            return self._new_scalar(token, key, parent, level, ids)
        asked = (token, key, parent)
        known = self._scalars.entries.get(asked)
        if known is None:
            found = CollectedIds()
            new = self._new_scalar(token, key, parent, level, found)
            known = self._scalars.add(asked, (new, found or None))
        if known[1] is not None:
            ids.add(known[1])
        return known[0]

    def _new_scalar(self, token: str, key: str | None, parent: str | None, level: int, ids: Ids) -> str:
        if token[0] != '"':
            if decision(key, parent) is Decision.ID:
                ids.note(token)
            return self.policy.number(token, key, parent, ids)
        value = key_text(token)
        return _string(token, value, self.string(value, key, parent, level, ids))

    def string(self, text: str, key: str | None, parent: str | None, level: int, ids: Ids) -> str:
        """Return what replaces a string: what it holds, if that is JSON in any encoding; else its pseudonym.

        Args:
            text: the string.
            key, parent: see `segkoch_lint.pseudonyms.policy.decision`.
            level: how many texts are around it.
            ids: of the text around.

        Raises:
            RefusedError: it holds a broken call.
        """
        inner = self._inner(text, key, parent, level, ids)
        return self._replaced(text, key, parent, ids) if inner is None else inner

    def _replaced(self, text: str, key: str | None, parent: str | None, ids: Ids) -> str:
        new = self.policy.string(text, key, parent, ids)
        if new != text and decision(key, parent) is Decision.ID:
            ids.note(text)
        return new

    def _inner(self, text: str, key: str | None, parent: str | None, level: int, ids: Ids) -> str | None:
        """Return the text with what it holds rewritten; None if it holds no JSON."""
        if _JSON_START.match(text) and (rewritten := self._inner_json(text, key, parent, level, ids)) is not None:
            return rewritten
        if _OBJECT_IN_TEXT.search(text) and shows_signs(text.encode("utf-8", "replace")):
            return self.line(text, self._next(level), ids)
        packed = packed_text(text, self.limits.line_bytes)
        if packed is not None and _JSON_START.match(packed.text):
            rewritten = self._inner_json(packed.text, key, parent, self._next(level), ids)
            return None if rewritten is None else packed.pack(rewritten)
        fields = form_fields(text)
        if fields:
            return self._form(text, fields, level, ids)
        return None

    def _inner_json(self, text: str, key: str | None, parent: str | None, level: int, ids: Ids) -> str | None:
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        body = text.removeprefix(mark)
        try:
            source = body.encode("utf-8")
        except UnicodeEncodeError:
            return None
        document = parse_json(source, depth=self.limits.depth)
        if isinstance(document, ParseError):
            # Lines of JSON, or a text that goes on: `line` refuses it if a call in it is broken.
            return mark + self.line(body, self._next(level), ids) if shows_signs(source) else None
        if isinstance(document.value, dict | list):
            return mark + edited(body, self.json(body, self._next(level), ids))
        if isinstance(document.value, str) and _JSON_START.match(document.value):
            space = body.index('"')
            token = body.strip()
            new = _string(token, document.value, self.string(document.value, key, parent, self._next(level), ids))
            return mark + body[:space] + new + body[space + len(token) :]
        return None

    @staticmethod
    def _next(level: int) -> int:
        if level >= MOST_LEVELS:
            raise RefusedError(f"more than {MOST_LEVELS} texts inside one another")
        return level + 1

    def _form(self, text: str, fields: Sequence[FormField], level: int, ids: Ids) -> str:
        """Return a form with the JSON in its fields rewritten, and all else replaced."""
        edits: list[TextEdit] = []
        for each in fields:
            written = text[each.start : each.end]
            value = FORM.read(written)
            inner = self._inner_json(value, None, None, level, ids) if each.may_be_json else None
            new = self._replaced(value, FORM.read(each.key), None, ids) if inner is None else inner
            edits.append(TextEdit(each.start, each.end, FORM.rewrite(written, new)))
        return edited(text, edits)

    def line(self, text: str, level: int = 0, ids: Ids | None = None) -> str:
        """Return text with the objects in it that show signs of calls rewritten, and all other words replaced.

        Raises:
            RefusedError: such an object is broken.
        """
        pieces: list[str] = []
        at = 0
        for each in objects_in(text.encode("utf-8"), 1, self.limits):
            if isinstance(each, ParseError):
                raise RefusedError(f"a text inside it is broken: {each.message}", offset=each.span.column - 1)
            start = each.start[1] - 1
            pieces += (self.policy.words(text[at:start]), edited(each.text, self.json(each.text, level, ids)))
            at = start + len(each.text)
        return "".join(pieces) + self.policy.words(text[at:])


def _tokens(text: str) -> Iterator[tuple[str, int, str | None, str | None, bool]]:
    """Yield each key and scalar of JSON but null, true and false.

    Yields:
        the token as it is written, its offset, its key or the nearest one above it, the key above that, and whether the
        token is a key.
    """
    key: str | None = None
    parent: str | None = None
    around: list[tuple[str | None, str | None]] = []
    for found in VALUE.finditer(text):
        kind = found.lastindex
        if kind is None:
            if around:
                key, parent = around.pop()
            continue
        name = found[VALUE_KEY]
        if name is not None:
            key = key_text(name)
            yield name, found.start(), key, parent, True
        if kind == VALUE_OPENING:
            around.append((key, parent))
            parent = parent_inside(key, parent)
        elif (token := found[kind]) not in _WORDS:
            yield token, found.start(kind), key, parent, False


def _string(token: str, value: str, new: str) -> str:
    """Return how a string or key is written in JSON, with quotes."""
    if new == value:
        return token
    if "\\" not in token and len(new) == len(value):
        return f'"{new}"'  # letters and digits need no escapes
    return f'"{JSON.rewrite(token[1:-1], new)}"'
