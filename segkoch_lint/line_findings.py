"""The findings of lines that are calls: made once for all lines of which the same is said, and placed line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from segkoch_lint.caching import BoundedCache
from segkoch_lint.calls import Call, library_of
from segkoch_lint.engine.checked_line import CheckedLine
from segkoch_lint.engine.read_set import nested
from segkoch_lint.findings import Finding, Location
from segkoch_lint.known_ids import UnreadIds, holds_none
from segkoch_lint.masking import Secret, hides_values, key_of, parent_of
from segkoch_lint.placeholders import is_placeholder
from segkoch_lint.places import Path, Span
from segkoch_lint.placing import Draft, Placer, in_order
from segkoch_lint.reading.documents import Document, ValueDocument
from segkoch_lint.reading.json_text import JsonDocument, in_code_points, parse_json
from segkoch_lint.reading.lines import Extent
from segkoch_lint.rules.ruleset import Opinion
from segkoch_lint.rules.violations import NAMES, Blame, placeholders

Judge = Callable[[Call, Opinion, Document], Iterable[Draft]]
"""Returns what is wrong with a call."""

_REMEMBERED_BYTES = 4 << 20

_SOME_TEXT = "some text"
"""Stands for every text that is not shown, or only masked as a whole."""


class LineVerdict(msgspec.Struct, frozen=True, eq=False):
    """What is said of lines that are alike.

    Attributes:
        opinion, library: of the calls.
        templates: the findings.
        strings: JSON strings, and how often each may stand in a line; an id may have to be masked where one stands more
            often (`segkoch_lint.known_ids.holds_none`).
        findings: by code, how many there are.
    """

    opinion: Opinion
    library: str
    templates: tuple[_Template, ...]
    strings: tuple[tuple[bytes, int], ...]
    findings: Counter[str]


class _Template(msgspec.Struct, frozen=True):
    """A finding without its place.

    Attributes:
        draft: what is wrong.
        finding: what is said.
        number: of the value to blame among those that the opinion reads.
        secret: the placeholder of the message whose value each line has its own of; empty for none.
    """

    draft: Draft
    finding: Finding
    number: int
    secret: str


class _Reading(NamedTuple):
    """A value that findings read.

    Attributes:
        blame: the blame whose value it is; None for what is read as it stands.
        shown: the placeholder of the message that shows it; empty for none.
        hidden: whether a text there is masked as a whole.
    """

    blame: Blame | None = None
    shown: str = ""
    hidden: bool = False

    def part(self, text: bytes) -> tuple[Hashable, Secret | None]:
        """Return what decides about findings in the text of a value, and what a message shows of it alone."""
        if self.blame is not None and not self.blame.whole:
            return None, None
        if self.blame is None or text[:1] != b'"' or b"\\" in text or (self.shown and not self.hidden):
            return text, None
        value = text[1:-1].decode()
        if not value.strip() or (self.shown and is_placeholder(value)):
            return text, None
        return _SOME_TEXT, Secret(value) if self.shown else None


class LineFindings:
    """Makes the findings of lines.

    Args:
        judge: returns what is wrong with a call.
        placer: makes findings.
    """

    def __init__(self, judge: Judge, placer: Placer) -> None:
        self._judge = judge
        self._placer = placer
        self._verdicts: BoundedCache[Hashable, LineVerdict | None] = BoundedCache(_REMEMBERED_BYTES)
        self._readings: BoundedCache[Opinion, tuple[_Reading, ...]] = BoundedCache()

    def of(self, line: CheckedLine, path: str, ignored: frozenset[str]) -> tuple[LineVerdict, list[Finding]] | None:
        """Return what is said of a line, and its findings in order; None if that takes a look at the whole line.

        Args:
            line: the line.
            path: its input, as findings name it.
            ignored: codes that do not count in this input.
        """
        opinion, extents = line.opinion, line.extents
        if extents is None:
            return None
        readings = self._readings.entries.get(opinion) or self._readings.add(opinion, tuple(_readings(opinion)))
        text = line.text
        parts = [reading.part(text[start:end]) for reading, (start, end) in zip(readings, extents, strict=True)]
        key = (opinion, ignored, *[part for part, _ in parts])
        verdicts = self._verdicts.entries
        verdict = verdicts[key] if key in verdicts else self._verdicts.add(key, self._verdict(line, readings, ignored))
        if verdict is None or not holds_none(text, verdict.strings):
            return None
        made = [
            (_placed(each, line, path, extents[each.number], parts[each.number][1]), each.draft, "")
            for each in verdict.templates
        ]
        return verdict, in_order(made)

    def _verdict(self, line: CheckedLine, readings: Sequence[_Reading], ignored: frozenset[str]) -> LineVerdict | None:
        """Return what is said of lines like one; None if each of them is to be looked at."""
        values = _values(line, readings)
        message = nested(sorted(values.items(), key=lambda each: len(each[0])))
        own = (value for path, value in values.items() if not hides_values(key_of(path), parent_of(path)))
        ids = UnreadIds(value for value in own if isinstance(value, str))
        document = ValueDocument(message, ids)
        blamed = [number for number, reading in enumerate(readings) if reading.blame is not None]
        drafts = zip(blamed, self._judge(Call(message), line.opinion, document), strict=True)
        templates = tuple(
            self._template(document, draft, number, readings[number])
            for number, draft in drafts
            if draft.rule.code not in ignored
        )
        if ids.strings is None:
            return None
        findings = Counter(each.draft.rule.code for each in templates)
        return LineVerdict(line.opinion, library_of(message), templates, tuple(ids.strings.items()), findings)

    def _template(self, document: Document, draft: Draft, number: int, reading: _Reading) -> _Template:
        finding = self._placer.finding(document, "", draft)
        shown = finding.values.get(reading.shown)
        own = isinstance(shown, Secret) and not shown.masked
        return _Template(draft, finding, number, reading.shown if own else "")


def _readings(opinion: Opinion) -> Iterator[_Reading]:
    """Yield how findings read each of the values that an opinion says they read (`Opinion.reads`)."""
    yield from (_Reading() for _ in NAMES)
    for blame in opinion.blames:
        shown = {"value", "state"}.intersection(placeholders(blame.template))
        name = "value" if "value" in shown else "".join(shown)
        parent = parent_of(blame.path) if name == "value" else None
        yield _Reading(blame, name, len(shown) == 1 and hides_values(key_of(blame.path), parent))
        yield from (_Reading() for _ in blame.around)


def _values(line: CheckedLine, readings: Sequence[_Reading]) -> dict[Path, Any]:
    """Return as much of a call as its findings read, by path."""
    assert line.extents is not None
    values: dict[Path, Any] = {}
    for path, (start, end), reading in zip(line.opinion.reads, line.extents, readings, strict=True):
        if reading.blame is not None and not reading.blame.whole:
            values.setdefault(path, {})
        elif start < end:
            inner = line.text[start:end]
            document = parse_json(inner, depth=len(inner))
            assert isinstance(document, JsonDocument)
            values[path] = document.value
    values.pop((), None)
    return values


def _placed(template: _Template, line: CheckedLine, path: str, extent: Extent, secret: Secret | None) -> Finding:
    """Return the finding of a line."""
    finding, text = template.finding, line.text
    if template.draft.on_key:
        extent = _key_extent(text, extent[0], str(template.draft.path[-1]))
    start, end = extent if text.isascii() else in_code_points(text, extent)
    values = {**finding.values, template.secret: secret} if template.secret and secret else finding.values
    span = Span(line.line, start + 1, line.line, end + 1)
    pointer = finding.location.pointer, "", finding.location.secret
    return Finding(
        finding.code,
        finding.name,
        finding.severity,
        finding.template,
        Location(path, span, *pointer),
        values,
        finding.remedy,
        properties=finding.properties,
    )


def _key_extent(text: bytes, value: int, key: str) -> Extent:
    """Return where the key of a value stands, with its quotes; it holds no escape."""
    end = text.rindex(b'"', 0, value) + 1
    return end - len(key.encode()) - 2, end
