"""The findings of lines: created once for all lines that share them, and located line by line."""

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
from segkoch_lint.engine.finding_locator import FindingLocator, PendingFinding, content_of, in_order
from segkoch_lint.engine.fixes import fix_at, fix_in_text, protection
from segkoch_lint.engine.lines.checked_line import CheckedLine
from segkoch_lint.engine.lines.core import has_core
from segkoch_lint.engine.lines.run_read_set import EVENT
from segkoch_lint.findings.finding import Finding, Location
from segkoch_lint.findings.fix import Fix
from segkoch_lint.findings.position import OffsetRange, Path, Span, object_with
from segkoch_lint.findings.redaction.known_ids import UnreadIds, holds_none
from segkoch_lint.findings.redaction.masking import Secret, mask_name
from segkoch_lint.findings.redaction.personal_data import hides_values, key_of, parent_of
from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.rules.fixes import change_of_value
from segkoch_lint.rules.ruleset import Verdict
from segkoch_lint.rules.violations import NAMES, ViolationTemplate, placeholders

PendingFindings = Callable[[Call, Verdict, Document], Iterable[PendingFinding]]
"""Returns the findings of a call without their places."""

_ANY_TEXT = "any text"
"""Replaces each text that is not shown, or masked as a whole: lines that differ in it share their findings."""


class SharedFindings(msgspec.Struct, frozen=True, eq=False):
    """The findings that lines with the same verdict and the same values share.

    Attributes:
        verdict, library: of the calls.
        templates: the findings, for any type and event of a call.
        passes: returns whether a line has no id that would have to be masked in the findings.
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
        pending: the finding before it is located.
        finding: the finding, at no place.
        number: the index of the offending value in `Verdict.reads`.
        key: the key to underline in place of the value; empty if the value is underlined.
        secret: the placeholder of the message whose value is each line's own; empty if there is none.
        is_own: whether the offending value is each line's own, and not the same in all lines.
        fix: how all lines are fixed, with the places in the text of the value; None if they are not fixed alike.
    """

    pending: PendingFinding
    finding: Finding
    number: int
    key: str
    secret: str
    is_own: bool
    fix: Fix | None

    def fix_of(self, line: CheckedLine, extent: OffsetRange, obstacle: str) -> Fix | None:
        """Return the fix of a line; None if there is none.

        Args:
            line: the line.
            extent: of the offending value, in bytes.
            obstacle: why the input is never rewritten; empty if it may be.
        """
        fix = self.fix
        if self.is_own and self.pending.rule.fix is not None:
            text = line.text[slice(*extent)].decode()
            change = change_of_value(self.pending.rule.fix, text[1:-1])  # without escapes
            fix = None if change is None else fix_in_text(text, change, lambda new: new)
        if fix is None or obstacle:
            return None if fix is None else Fix(fix.title, obstacle=obstacle)
        start = (extent if line.text.isascii() else in_code_points(line.text, extent))[0]
        return fix_at(fix, line.line, start, extent[0])


class _Names(msgspec.Struct, frozen=True, eq=False):
    """The type and event that all findings of some calls show.

    Attributes:
        type: of the calls.
        event: the name of their event as it is shown; None if they have none.
        passes: returns whether a line has no id that would have to be masked in the name.
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
    """How a finding reads the offending value.

    Attributes:
        number: the index of the value in `Verdict.reads`.
        exists: whether the value exists, and the path is not that of an object around it.
        shown: the placeholder of the message that shows it; empty if there is none.
        hidden: whether a text there is masked as a whole.
    """

    number: int
    exists: bool
    shown: str
    hidden: bool

    @classmethod
    def of(cls, violation: ViolationTemplate, number: int) -> _Reading:
        """Return how the findings of a violation read the value with an index."""
        names = {"value", "state"}.intersection(placeholders(violation.template))
        shown = "value" if "value" in names else "".join(names)
        parent = parent_of(violation.path) if shown == "value" else None
        hidden = len(names) == 1 and hides_values(key_of(violation.path), parent)
        return cls(number, violation.exists, shown, hidden)

    def part(self, text: bytes) -> tuple[Hashable, Secret | None]:
        """Return what the findings depend on in the text of the value, and the part that only this line's one shows."""
        if not self.exists:
            return None, None
        if text[:1] != b'"' or b"\\" in text:
            return text, None
        value = text[1:-1].decode()
        if not value.strip() or (self.shown and is_placeholder(value)):
            return text, None
        return _ANY_TEXT, Secret(value) if self.shown else None


class _Readings(NamedTuple):
    """How the findings of a verdict read the values in `Verdict.reads`.

    Attributes:
        offending: how they read the offending values; they read all other values as they are.
        reduced: those of *offending* that may read only a part of the text.
    """

    offending: tuple[_Reading, ...]
    reduced: tuple[_Reading, ...]

    @classmethod
    def of(cls, verdict: Verdict) -> _Readings:
        """Return how the findings of a verdict read values."""
        found: list[_Reading] = []
        number = len(NAMES)
        for violation in verdict.violations:
            found.append(_Reading.of(violation, number))
            number += 1 + len(violation.around)
        return cls(tuple(found), tuple(each for each in found if not (each.exists and each.shown and not each.hidden)))


class LineFindings:
    """Creates the findings of lines.

    Args:
        pending_findings: returns the findings of a call without their places.
        locator: creates findings.
    """

    def __init__(self, pending_findings: PendingFindings, locator: FindingLocator) -> None:
        self._pending_findings = pending_findings
        self._locator = locator
        self._shared: BoundedCache[Hashable, SharedFindings | None] = BoundedCache()
        self._names: BoundedCache[tuple[bytes, bytes], _Names | None] = BoundedCache()
        self._readings: BoundedCache[Verdict, _Readings] = BoundedCache()

    def of(self, line: CheckedLine, path: str, ignored: frozenset[str]) -> tuple[SharedFindings, list[Finding]] | None:
        """Return the shared findings of a line, and its own, in order; None if all of the line has to be read.

        Args:
            line: the line.
            path: of its input, as findings name it.
            ignored: codes that do not count in this input.
        """
        verdict, extents, text = line.verdict, line.extents, line.text
        if extents is None:
            return None
        readings = self._readings.entries.get(verdict) or self._readings.add(verdict, _Readings.of(verdict))
        parts: list[Any] = [text[start:end] for start, end in extents]
        secrets: dict[int, Secret | None] = {}
        for reading in readings.reduced:
            parts[reading.number], secrets[reading.number] = reading.part(parts[reading.number])
        named, key = (parts[0], parts[1]), (verdict, ignored, *parts[2:])
        names = self._names.entries[named] if named in self._names.entries else self._names.add(named, _names(*named))
        if key in self._shared.entries:
            shared = self._shared.entries[key]
        else:
            shared = self._shared.add(key, self._shared_findings(line, readings.offending, parts, ignored))
        if names is None or shared is None or not (names.passes(text) and shared.passes(text)):
            return None
        properties = names.properties(shared.library)
        obstacle = self._locator.obstacle
        located = [
            _located(each, line, path, extents[each.number], properties, obstacle=obstacle) for each in shared.templates
        ]
        if secrets:
            located = list(map(_with_secret, located, shared.templates, repeat(secrets)))
        if self._locator.suppressions:
            values = (_content(text, extents[each.number]) for each in shared.templates)
            located = list(map(self._locator.suppressions.applied, located, values))
        if len(located) > 1:
            pending = [each.pending for each in shared.templates]
            ordered = in_order([(finding, each, "") for finding, each in zip(located, pending, strict=True)])
            located = [finding for finding, _ in ordered]
        return shared, located

    def _shared_findings(
        self, line: CheckedLine, readings: Sequence[_Reading], parts: Sequence[Hashable], ignored: frozenset[str]
    ) -> SharedFindings | None:
        """Return the findings of lines like this one; None if all of each line has to be read."""
        assert line.extents is not None
        values = _values(line, readings)
        message = object_with(sorted(values.items(), key=lambda each: len(each[0])))
        own = (value for path, value in values.items() if not hides_values(key_of(path), parent_of(path)))
        ids = UnreadIds(value for value in own if isinstance(value, str))
        document = ValueDocument(message, ids)
        pending = self._pending_findings(Call(message), line.verdict, document)
        templates = tuple(
            self._template(document, each, reading, parts[reading.number])
            for reading, each in zip(readings, pending, strict=True)
            if each.rule.code not in ignored
        )
        if any(map(_fixes_line_by_line, templates)):
            return None
        if ids.strings is None:
            return None
        findings = Counter((each.finding.code, str(each.finding.severity)) for each in templates)
        return SharedFindings(line.verdict, library_of(message), templates, _watch(ids.strings), findings)

    def _template(self, document: Document, pending: PendingFinding, reading: _Reading, part: Hashable) -> _Template:
        finding = self._locator.finding(document, "", pending)
        shown = finding.values.get(reading.shown)
        is_own = isinstance(shown, Secret) and not shown.masked
        assert is_own or not reading.shown or part is not _ANY_TEXT, "other lines would show the text of this one"
        key = str(pending.path[-1]) if pending.on_key else ""
        fix = None
        if pending.change is not None and isinstance(part, bytes):
            fix = fix_in_text(part.decode(), pending.change, protection(document, pending.path))
        return _Template(
            pending,
            finding,
            reading.number,
            key,
            reading.shown if is_own else "",
            is_own=reading.exists and part is _ANY_TEXT,
            fix=fix,
        )


def _fixes_line_by_line(template: _Template) -> bool:
    """Return whether the fix of a template depends on more of a line than the offending value, or shows that value."""
    fix = template.pending.rule.fix
    return fix is not None and (bool(fix.rename) or (fix.lower_case and template.is_own))


def _names(type_text: bytes, event_text: bytes) -> _Names | None:
    """Return the names that findings show, by their texts in a call; None if all of each line has to be read."""
    event = _parsed(event_text) if event_text else None
    if not isinstance(event, str):
        return _Names(_parsed(type_text), None, lambda _: True)
    ids = UnreadIds([event])
    ids.ranges(shown := mask_name(event))
    return None if ids.strings is None else _Names(_parsed(type_text), shown, _watch(ids.strings))


def _content(text: bytes, extent: OffsetRange) -> str:
    """Return what identifies an offending value in a baseline."""
    written = text[slice(*extent)]
    return "" if written[:1] in {b"", b"{", b"["} else content_of(_parsed(written))


def _parsed(text: bytes) -> Any:
    document = parse_json(text, depth=len(text))
    assert isinstance(document, JsonDocument)
    return document.value


def _watch(strings: Mapping[bytes, int]) -> Callable[[bytes], bool]:
    """Return the test whether a line has no string more often than it may; see `holds_none`."""
    if not has_core():
        return partial(holds_none, strings=tuple(strings.items()))
    from segkoch_lint_core import Watch  # noqa: PLC0415 - it is optional

    return Watch(list(strings.items())).passes


def _values(line: CheckedLine, readings: Sequence[_Reading]) -> dict[Path, Any]:
    """Return the values of a call that its findings read, by path."""
    assert line.extents is not None
    around = {reading.number for reading in readings if not reading.exists}
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


def _located(
    template: _Template,
    line: CheckedLine,
    path: str,
    extent: OffsetRange,
    properties: Mapping[str, str],
    *,
    obstacle: str,
) -> Finding:
    """Return the finding of a line, with its place."""
    finding, text, number = template.finding, line.text, line.line
    fix = None if template.pending.rule.fix is None else template.fix_of(line, extent, obstacle)
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
        fix,
    )


def _with_secret(finding: Finding, template: _Template, secrets: Mapping[int, Secret | None]) -> Finding:
    """Return a finding with the value that only its line shows, if there is one."""
    secret = secrets.get(template.number) if template.secret else None
    return msgspec.structs.replace(finding, values={**finding.values, template.secret: secret}) if secret else finding


def _key_extent(text: bytes, value: int, key: str) -> OffsetRange:
    """Return the byte range of the key of a value, with its quotes; the key has no escapes."""
    end = text.rindex(b'"', 0, value) + 1
    return end - len(key.encode()) - 2, end
