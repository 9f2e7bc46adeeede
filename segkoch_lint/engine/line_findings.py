"""The findings of lines that are calls: made once for all lines of which the same is said, and placed line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

import msgspec

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.calls.call import Call, library_of
from segkoch_lint.documents.document import Document, ValueDocument
from segkoch_lint.documents.json.document import JsonDocument, in_code_points
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.engine.finding_locator import FindingLocator, PendingFinding, in_order
from segkoch_lint.engine.lines.checked_line import CheckedLine
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.engine.lines.run_read_set import EVENT
from segkoch_lint.findings.finding import Finding, Location
from segkoch_lint.findings.position import OffsetRange, Path, Span, object_with
from segkoch_lint.findings.redaction.known_ids import UnreadIds, holds_none
from segkoch_lint.findings.redaction.masking import Secret, hides_values, key_of, mask_name, parent_of
from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.rules.ruleset import Verdict
from segkoch_lint.rules.violations import NAMES, ViolationTemplate, placeholders

Judge = Callable[[Call, Verdict, Document], Iterable[PendingFinding]]
"""Returns what is wrong with a call."""

_SOME_TEXT = "some text"
"""Stands for every text that is not shown, or only masked as a whole."""


class SharedFindings(msgspec.Struct, frozen=True, eq=False):
    """What is said of lines that are alike.

    Attributes:
        verdict, library: of the calls.
        templates: the findings, whatever the type and the event of a call.
        passes: returns whether nothing in a line may be an id that would have to be masked in the findings.
        findings: by code and name of the severity, how many there are.
    """

    verdict: Verdict
    library: str
    templates: tuple[_Template, ...]
    passes: Callable[[bytes], bool]
    findings: Counter[tuple[str, str]]


class _Template(msgspec.Struct, frozen=True):
    """A finding without its place.

    Attributes:
        draft: what is wrong.
        finding: what is said.
        number: of the value to blame among those that the verdict reads.
        key: the key to underline in place of the value; empty for none.
        secret: the placeholder of the message whose value each line has its own of; empty for none.
    """

    draft: PendingFinding
    finding: Finding
    number: int
    key: str
    secret: str


class _Names(msgspec.Struct, frozen=True, eq=False):
    """What goes with all findings of calls of one type and event.

    Attributes:
        type: of the calls.
        event: the name of their event as it is shown; None if they have none.
        passes: returns whether nothing in a line may be an id that would have to be masked in it.
    """

    type: str
    event: str | None
    passes: Callable[[bytes], bool]

    def properties(self, library: str) -> dict[str, str]:
        """Return the properties of a finding, with the library of the call."""
        if self.event is None:
            return {"type": self.type, "library": library}
        return {"type": self.type, "library": library, "event": self.event}


class _Reading(NamedTuple):
    """How findings read the value to blame.

    Attributes:
        number: of the value among those that the verdict reads.
        whole: whether it is the value itself that is read, and not that it is there.
        shown: the placeholder of the message that shows it; empty for none.
        hidden: whether a text there is masked as a whole.
    """

    number: int
    whole: bool
    shown: str
    hidden: bool

    @classmethod
    def of(cls, blame: ViolationTemplate, number: int) -> _Reading:
        """Return how the findings of a blame read the value with a number."""
        names = {"value", "state"}.intersection(placeholders(blame.template))
        shown = "value" if "value" in names else "".join(names)
        parent = parent_of(blame.path) if shown == "value" else None
        return cls(number, blame.exists, shown, len(names) == 1 and hides_values(key_of(blame.path), parent))

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
    """How findings read what a verdict says they read (`Verdict.reads`).

    Attributes:
        blamed: the values to blame; all others are read as they stand.
        special: of these, the ones that are not.
    """

    blamed: tuple[_Reading, ...]
    special: tuple[_Reading, ...]

    @classmethod
    def of(cls, verdict: Verdict) -> _Readings:
        """Return how the findings of a verdict read values."""
        blamed: list[_Reading] = []
        number = len(NAMES)
        for blame in verdict.violations:
            blamed.append(_Reading.of(blame, number))
            number += 1 + len(blame.around)
        return cls(tuple(blamed), tuple(each for each in blamed if not (each.whole and each.shown and not each.hidden)))


class LineFindings:
    """Makes the findings of lines.

    Args:
        judge: returns what is wrong with a call.
        placer: makes findings.
    """

    def __init__(self, judge: Judge, placer: FindingLocator) -> None:
        self._judge = judge
        self._placer = placer
        self._shared: BoundedCache[Hashable, SharedFindings | None] = BoundedCache()
        self._names: BoundedCache[tuple[bytes, bytes], _Names | None] = BoundedCache()
        self._readings: BoundedCache[Verdict, _Readings] = BoundedCache()

    def of(self, line: CheckedLine, path: str, ignored: frozenset[str]) -> tuple[SharedFindings, list[Finding]] | None:
        """Return what is said of a line, and its findings in order; None if that takes a look at the whole line.

        Args:
            line: the line.
            path: its input, as findings name it.
            ignored: codes that do not count in this input.
        """
        verdict, extents, text = line.verdict, line.extents, line.text
        if extents is None:
            return None
        readings = self._readings.entries.get(verdict) or self._readings.add(verdict, _Readings.of(verdict))
        parts: list[Any] = [text[start:end] for start, end in extents]
        secrets: dict[int, Secret | None] = {}
        for reading in readings.special:
            parts[reading.number], secrets[reading.number] = reading.part(parts[reading.number])
        named, key = (parts[0], parts[1]), (verdict, ignored, *parts[2:])
        names = self._names.entries[named] if named in self._names.entries else self._names.add(named, _names(*named))
        if key in self._shared.entries:
            shared = self._shared.entries[key]
        else:
            shared = self._shared.add(key, self._shared_by(line, readings, parts, ignored))
        if names is None or shared is None or not (names.passes(text) and shared.passes(text)):
            return None
        properties = names.properties(shared.library)
        placed = [_placed(each, line, path, extents[each.number], properties) for each in shared.templates]
        if secrets:
            placed = list(map(_with_secret, placed, shared.templates, repeat(secrets)))
        if len(placed) > 1:
            drafts = [each.draft for each in shared.templates]
            placed = in_order([(finding, draft, "") for finding, draft in zip(placed, drafts, strict=True)])
        return shared, placed

    def _shared_by(
        self, line: CheckedLine, readings: _Readings, parts: Sequence[Hashable], ignored: frozenset[str]
    ) -> SharedFindings | None:
        """Return what is said of lines like one; None if each of them is to be looked at."""
        values = _values(line, readings)
        message = object_with(sorted(values.items(), key=lambda each: len(each[0])))
        own = (value for path, value in values.items() if not hides_values(key_of(path), parent_of(path)))
        ids = UnreadIds(value for value in own if isinstance(value, str))
        document = ValueDocument(message, ids)
        drafts = self._judge(Call(message), line.verdict, document)
        templates = tuple(
            self._template(document, draft, reading, parts[reading.number])
            for reading, draft in zip(readings.blamed, drafts, strict=True)
            if draft.rule.code not in ignored
        )
        if ids.strings is None:
            return None
        findings = Counter((each.finding.code, str(each.finding.severity)) for each in templates)
        return SharedFindings(line.verdict, library_of(message), templates, _watch(ids.strings), findings)

    def _template(self, document: Document, draft: PendingFinding, reading: _Reading, part: Hashable) -> _Template:
        finding = self._placer.finding(document, "", draft)
        shown = finding.values.get(reading.shown)
        own = isinstance(shown, Secret) and not shown.masked
        assert own or not reading.shown or part is not _SOME_TEXT, "a text of one line would be shown of others"
        key = str(draft.path[-1]) if draft.on_key else ""
        return _Template(draft, finding, reading.number, key, reading.shown if own else "")


def _names(type_text: bytes, event_text: bytes) -> _Names | None:
    """Return what goes with findings, by the texts of the names in a call; None if each call is to be looked at."""
    event = _parsed(event_text) if event_text else None
    if not isinstance(event, str):
        return _Names(_parsed(type_text), None, lambda _: True)
    ids = UnreadIds([event])
    ids.ranges(shown := mask_name(event))
    return None if ids.strings is None else _Names(_parsed(type_text), shown, _watch(ids.strings))


def _parsed(text: bytes) -> Any:
    document = parse_json(text, depth=len(text))
    assert isinstance(document, JsonDocument)
    return document.value


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
    for number, (path, (start, end)) in enumerate(zip(line.verdict.reads, line.extents, strict=True)):
        if number == NAMES.index(EVENT):
            continue  # lines with the shared have different ones
        if number in around:
            values.setdefault(path, {})
        elif start < end:
            values[path] = _parsed(line.text[start:end])
    values.pop((), None)
    return values


def _placed(
    template: _Template, line: CheckedLine, path: str, extent: OffsetRange, properties: Mapping[str, str]
) -> Finding:
    """Return the finding of a line."""
    finding, text, number = template.finding, line.text, line.line
    if template.key:
        extent = _key_extent(text, extent[0], template.key)
    start, end = extent if text.isascii() else in_code_points(text, extent)
    place = finding.location
    return Finding(
        finding.code,
        finding.name,
        finding.severity,
        finding.template,
        Location(path, Span(number, start + 1, number, end + 1), place.pointer, "", place.secret),
        finding.values,
        finding.remedy,
        (),
        None,
        properties,
    )


def _with_secret(finding: Finding, template: _Template, secrets: Mapping[int, Secret | None]) -> Finding:
    """Return a finding with the value that its line has of its own, if it shows one."""
    secret = secrets.get(template.number) if template.secret else None
    return msgspec.structs.replace(finding, values={**finding.values, template.secret: secret}) if secret else finding


def _key_extent(text: bytes, value: int, key: str) -> OffsetRange:
    """Return where the key of a value stands, with its quotes; it holds no escape."""
    end = text.rindex(b'"', 0, value) + 1
    return end - len(key.encode()) - 2, end
