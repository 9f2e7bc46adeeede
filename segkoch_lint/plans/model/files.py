"""Inputs to tracking plans: the plans of a file, what could not be read, and what the file is if it holds no plan."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from segkoch_lint.calls.call import Call
from segkoch_lint.documents.document import Document, InternalFailure, ParseError, ValueDocument
from segkoch_lint.documents.embedded import Embedded
from segkoch_lint.documents.reader import UnsupportedInput, read_documents
from segkoch_lint.envelopes.unwrap import Batch, DestinationSettings, NotACall, unwrap
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.input import Input, UnreadableInput
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.inputs.opener import Stream, open_bytes, open_input
from segkoch_lint.plans.model.formats import CSV, find_plans, is_plan_csv
from segkoch_lint.plans.model.plan import Plan, SchemaLocation

_CSV_HEAD = 4096
_SCANNED_HEAD = 1 << 20

_PLAN_KEY = re.compile(rb"""\b(?:jsonSchema|json_schema|trackingPlans?|tracking_plans?|segment_tracking_plan)\b""")
_KEYED_RULES = re.compile(rb"""["']?rules["']?\s*:\s*\{?\s*["']?(?:global|events|identify|group)["']?\s*:""")

_EVENTS = "events, not a tracking plan; `segkoch-lint check` lints them"
_WITHOUT_RULES = "a tracking plan without rules; give the file that holds its rules, too"
_HAR = "a HAR capture, not a tracking plan"
_DESTINATION = "the settings of a destination, not a tracking plan; `segkoch-lint check` lints them"


@dataclass(slots=True)
class PlanFile:
    """The content of an input.

    Attributes:
        source: the input.
        plans: in the file's order; pages are not joined yet.
        documents: those that hold plans.
        parse_errors: one for each document that is not well-formed.
        remarks: further facts for the user, in clauses.
        other: the location of the first document of an unknown kind; None if there is none.
        has_plan_keys: whether the text holds a key of a plan, be it well-formed or not.
        unread: why reading ended early; empty if it did not.
        size: bytes after decompression.
    """

    source: Input
    plans: list[Plan] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    parse_errors: list[ParseError] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    other: tuple[SchemaLocation, Span | None] | None = None
    has_plan_keys: bool = False
    unread: str = ""
    size: int = 0

    @property
    def is_unrelated(self) -> bool:
        """Whether nothing shows that the file has to do with plans, so that its parse errors are not reported."""
        return not (self.plans or self.has_plan_keys or self.unread)


def read_file(source: Input, limits: Limits) -> PlanFile:
    """Read an input; if it cannot be opened, ``unread`` of the result says why."""
    opened = open_input(source)
    if isinstance(opened, UnreadableInput):
        return PlanFile(source, unread=opened.reason)
    with opened as stream:
        return _read(stream, source, limits)


def read_bytes(content: bytes, name: str, limits: Limits) -> PlanFile:
    """Read the content of a file."""
    with open_bytes(content, name) as stream:
        return _read(stream, Input(name), limits)


def _read(stream: Stream, source: Input, limits: Limits) -> PlanFile:
    file = PlanFile(source)
    try:
        head = stream.peek(_SCANNED_HEAD)[:_SCANNED_HEAD]
        file.has_plan_keys = bool(_PLAN_KEY.search(head) or _KEYED_RULES.search(head))
        if is_plan_csv(head[:_CSV_HEAD].decode("utf-8", "replace")):
            file.plans.append(Plan(CSV, SchemaLocation(source.path, ValueDocument(None), ()), checkable=False))
        else:
            _read_documents(read_documents(stream, name=source.path, limits=limits), file)
    except OSError as error:
        file.unread = error.strerror or str(error)
    file.size = stream.inflated
    return file


def _read_documents(
    documents: Iterable[Document | Embedded | ParseError | InternalFailure | UnsupportedInput], file: PlanFile
) -> None:
    without_rules = False
    for each in documents:
        if isinstance(each, ParseError):
            file.parse_errors.append(each)
        elif isinstance(each, InternalFailure):
            raise each.error
        elif isinstance(each, UnsupportedInput):
            place = SchemaLocation(file.source.path, ValueDocument(None), ())
            file.other = file.other or (place, Span(1, 1, 1, 1))
        elif not isinstance(each, Embedded):  # no plan is part of a text
            found = find_plans(SchemaLocation(file.source.path, each, ()))
            file.plans.extend(found.plans)
            without_rules |= found.without_rules
            if found.plans:
                file.documents.append(each)
            elif not found.without_rules and _note_other(each, file) is _EVENTS:
                break  # a log of any length, without a plan further down
    if without_rules and not file.plans:
        file.remarks.append(_WITHOUT_RULES)


def _note_other(document: Document, file: PlanFile) -> str:
    """Note what a document is that holds no plan, and return the remark; it is empty if the document is unknown."""
    first = next(unwrap(document.value), None)
    remark = ""
    match first:
        case Call() if first.certain or file.source.claimed:
            remark = _EVENTS
        case Batch():
            remark = _EVENTS
        case DestinationSettings():
            remark = _DESTINATION
        case NotACall(kind="HAR capture"):
            remark = _HAR
    if not remark:
        place = SchemaLocation(file.source.path, document, ())
        file.other = file.other or (place, document.locate([()]).get(()))
    elif remark not in file.remarks:
        file.remarks.append(remark)
    return remark
