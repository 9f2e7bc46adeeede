"""The findings of lines that are calls: made once for all lines of which the same is said, and placed line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import msgspec

from segkoch_lint.caching import BoundedCache
from segkoch_lint.calls import Call, library_of
from segkoch_lint.engine.checked_line import CheckedLine
from segkoch_lint.engine.core import has_core
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
        passes: returns whether nothing in a line may be an id that would have to be masked in the findings.
        findings: by code, how many there are.
    """

    opinion: Opinion
    library: str
    templates: tuple[_Template, ...]
    passes: Callable[[bytes], bool]
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
    """How findings read the value to blame.

    Attributes:
        number: of the value among those that the opinion reads.
        whole: whether it is the value itself that is read, and not that it is there.
        shown: the placeholder of the message that shows it; empty for none.
        hidden: whether a text there is masked as a whole.
    """

    number: int
    whole: bool
    shown: str
    hidden: bool

    @classmethod
    def of(cls, blame: Blame, number: int) -> _Reading:
        """Return how the findings of a blame read the value with a number."""
        names = {"value", "state"}.intersection(placeholders(blame.template))
        shown = "value" if "value" in names else "".join(names)
        parent = parent_of(blame.path) if shown == "value" else None
        return cls(number, blame.whole, shown, len(names) == 1 and hides_values(key_of(blame.path), parent))

    def part(self, text: bytes) -> tuple[Hashable, Secret | None]:
        """Return what decides about findings in the text of the value, and what a message shows of it alone."""
        if not self.whole:
            return None, None
        if text[:1] != b'"' or b"\\" in text:
            return text, None
        value = text[1:-1].decode()
        if not value.strip() or (self.shown and is_placeholder(value)):
            return text, None
        return _SOME_TEXT, Secret(value) if self.shown else None


class _Readings(NamedTuple):
    """How findings read what an opinion says they read (`Opinion.reads`).

    Attributes:
        blamed: the values to blame; all others are read as they stand.
        special: of these, the ones that are not.
    """

    blamed: tuple[_Reading, ...]
    special: tuple[_Reading, ...]

    @classmethod
    def of(cls, opinion: Opinion) -> _Readings:
        """Return how the findings of an opinion read values."""
        blamed: list[_Reading] = []
        number = len(NAMES)
        for blame in opinion.blames:
            blamed.append(_Reading.of(blame, number))
            number += 1 + len(blame.around)
        return cls(tuple(blamed), tuple(each for each in blamed if not (each.whole and each.shown and not each.hidden)))


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
        self._readings: BoundedCache[Opinion, _Readings] = BoundedCache()

    def of(self, line: CheckedLine, path: str, ignored: frozenset[str]) -> tuple[LineVerdict, list[Finding]] | None:
        """Return what is said of a line, and its findings in order; None if that takes a look at the whole line.

        Args:
            line: the line.
            path: its input, as findings name it.
            ignored: codes that do not count in this input.
        """
        opinion, extents, text = line.opinion, line.extents, line.text
        if extents is None:
            return None
        readings = self._readings.entries.get(opinion) or self._readings.add(opinion, _Readings.of(opinion))
        parts: list[Any] = [text[start:end] for start, end in extents]
        secrets: dict[int, Secret | None] = {}
        for reading in readings.special:
            parts[reading.number], secrets[reading.number] = reading.part(parts[reading.number])
        key = (opinion, ignored, *parts)
        if key in self._verdicts.entries:
            verdict = self._verdicts.entries[key]
        else:
            verdict = self._verdicts.add(key, self._verdict(line, readings, ignored))
        if verdict is None or not verdict.passes(text):
            return None
        made = [(_placed(each, line, path, secrets), each.draft, "") for each in verdict.templates]
        return verdict, in_order(made)

    def _verdict(self, line: CheckedLine, readings: _Readings, ignored: frozenset[str]) -> LineVerdict | None:
        """Return what is said of lines like one; None if each of them is to be looked at."""
        values = _values(line, readings)
        message = nested(sorted(values.items(), key=lambda each: len(each[0])))
        own = (value for path, value in values.items() if not hides_values(key_of(path), parent_of(path)))
        ids = UnreadIds(value for value in own if isinstance(value, str))
        document = ValueDocument(message, ids)
        drafts = self._judge(Call(message), line.opinion, document)
        templates = tuple(
            self._template(document, draft, reading)
            for reading, draft in zip(readings.blamed, drafts, strict=True)
            if draft.rule.code not in ignored
        )
        if ids.strings is None:
            return None
        findings = Counter(each.draft.rule.code for each in templates)
        return LineVerdict(line.opinion, library_of(message), templates, _watch(ids.strings), findings)

    def _template(self, document: Document, draft: Draft, reading: _Reading) -> _Template:
        finding = self._placer.finding(document, "", draft)
        shown = finding.values.get(reading.shown)
        own = isinstance(shown, Secret) and not shown.masked
        return _Template(draft, finding, reading.number, reading.shown if own else "")


def _watch(strings: Mapping[bytes, int]) -> Callable[[bytes], bool]:
    """Return what tells of a line that no string stands in it more often than it may; see `holds_none`."""
    if not has_core():
        return partial(holds_none, strings=tuple(strings.items()))
    from segkoch_lint_core import Watch  # noqa: PLC0415 - it is optional

    return Watch(list(strings.items())).passes


def _values(line: CheckedLine, readings: _Readings) -> dict[Path, Any]:
    """Return as much of a call as its findings read, by path."""
    assert line.extents is not None
    around = {reading.number for reading in readings.blamed if not reading.whole}
    values: dict[Path, Any] = {}
    for number, (path, (start, end)) in enumerate(zip(line.opinion.reads, line.extents, strict=True)):
        if number in around:
            values.setdefault(path, {})
        elif start < end:
            inner = line.text[start:end]
            document = parse_json(inner, depth=len(inner))
            assert isinstance(document, JsonDocument)
            values[path] = document.value
    values.pop((), None)
    return values


def _placed(template: _Template, line: CheckedLine, path: str, secrets: Mapping[int, Secret | None]) -> Finding:
    """Return the finding of a line."""
    finding, text, number = template.finding, line.text, line.line
    assert line.extents is not None
    extent = line.extents[template.number]
    if template.draft.on_key:
        extent = _key_extent(text, extent[0], str(template.draft.path[-1]))
    start, end = extent if text.isascii() else in_code_points(text, extent)
    values = finding.values
    if template.secret and (secret := secrets.get(template.number)):
        values = {**values, template.secret: secret}
    place = finding.location
    return Finding(
        finding.code,
        finding.name,
        finding.severity,
        finding.template,
        Location(path, Span(number, start + 1, number, end + 1), place.pointer, "", place.secret),
        values,
        finding.remedy,
        (),
        None,
        finding.properties,
    )


def _key_extent(text: bytes, value: int, key: str) -> Extent:
    """Return where the key of a value stands, with its quotes; it holds no escape."""
    end = text.rindex(b'"', 0, value) + 1
    return end - len(key.encode()) - 2, end
