"""Inputs to tracking plans: what was read, what could not be, and what turned out to be something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from segkoch_lint.calls import Call
from segkoch_lint.places import Span
from segkoch_lint.plans.model.formats import CSV, find_plans, is_plan_csv
from segkoch_lint.plans.model.plan import Page, Plan, Site
from segkoch_lint.reading.documents import Document, Failure, Flaw, ValueDocument
from segkoch_lint.reading.inputs import Input, Unread
from segkoch_lint.reading.limits import Limits
from segkoch_lint.reading.opening import Stream, open_bytes, open_input
from segkoch_lint.reading.recognising import Foreign, read_documents
from segkoch_lint.reading.unwrapping import Batch, Destination, NotACall, unwrap

_CSV_HEAD = 4096
_SIGNS_HEAD = 1 << 20

_SIGN = re.compile(rb"""\b(?:jsonSchema|json_schema|trackingPlans?|tracking_plans?|segment_tracking_plan)\b""")
_SIGN_OF_KEYED_RULES = re.compile(rb"""["']?rules["']?\s*:\s*\{?\s*["']?(?:global|events|identify|group)["']?\s*:""")
"""Keys of plans, in text that cannot be parsed."""

EVENTS = "events, not a tracking plan; `segkoch-lint check` lints them"
HEAD_ONLY = "a tracking plan without its rules; give the file with its rules, too"
PAGE_MISSING = "not all pages of the plan's rules were given, so nothing can be said of the others"

_FIRST_CURSOR = "MA=="

_STRANGERS = {
    "HAR capture": "a HAR capture, not a tracking plan",
    "destination": "the settings of a destination, not a tracking plan; `segkoch-lint check` lints them",
}


@dataclass(slots=True)
class PlanFile:
    """What an input holds.

    Attributes:
        source: the input.
        plans: in its order; pages of one plan are not yet put together.
        documents: those that hold plans.
        flaws: what could not be read in it.
        remarks: what else there is to say of it.
        stranger: the first document that is nothing we know, and its place; None when there is none.
        signed: whether its text shows a key of a plan.
        unread: why reading broke off, or an empty string.
        size: bytes of it after inflating.
    """

    source: Input
    plans: list[Plan] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    stranger: tuple[Site, Span | None] | None = None
    signed: bool = False
    unread: str = ""
    size: int = 0

    @property
    def is_foreign(self) -> bool:
        """Whether it holds nothing, as far as can be seen, that has to do with plans: nobody has to mend it."""
        return not (self.plans or self.signed or self.unread)


def read_file(source: Input, limits: Limits) -> PlanFile:
    """Read an input; what cannot be opened is told in ``unread``."""
    opened = open_input(source)
    if isinstance(opened, Unread):
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
        head = stream.peek(_SIGNS_HEAD)[:_SIGNS_HEAD]
        file.signed = bool(_SIGN.search(head) or _SIGN_OF_KEYED_RULES.search(head))
        if is_plan_csv(head[:_CSV_HEAD].decode("utf-8", "replace")):
            file.plans.append(Plan(CSV, Site(source.path, ValueDocument(None), ()), checkable=False))
        else:
            _read_documents(read_documents(stream, name=source.path, limits=limits), file)
    except OSError as error:
        file.unread = error.strerror or str(error)
    file.size = stream.inflated
    return file


def _read_documents(documents: Iterable[Document | Flaw | Failure | Foreign], file: PlanFile) -> None:
    heads = 0
    for each in documents:
        if isinstance(each, Flaw):
            file.flaws.append(each)
        elif isinstance(each, Failure):
            raise each.error
        elif isinstance(each, Foreign):
            file.stranger = file.stranger or (Site(file.source.path, ValueDocument(None), ()), Span(1, 1, 1, 1))
        else:
            found = find_plans(Site(file.source.path, each, ()))
            file.plans.extend(found.plans)
            heads += len(found.heads)
            if found.plans:
                file.documents.append(each)
            elif not found.heads and _is_events(each, file):
                break  # a log of any length: there is no plan further down
    if heads and not file.plans:
        file.remarks.append(HEAD_ONLY)


def _is_events(document: Document, file: PlanFile) -> bool:
    """Note what a document is that holds no plan, and tell whether it is calls."""
    first = next(unwrap(document.value), None)
    match first:
        case Call() if first.certain or file.source.claimed:
            remark = EVENTS
        case Batch():
            remark = EVENTS
        case Destination():
            remark = _STRANGERS["destination"]
        case NotACall() if first.kind in _STRANGERS:
            remark = _STRANGERS[first.kind]
        case _:
            site = Site(file.source.path, document, ())
            file.stranger = file.stranger or (site, document.locate([()]).get(()))
            return False
    if remark not in file.remarks:
        file.remarks.append(remark)
    return remark is EVENTS


def joined(plans: Sequence[Plan]) -> Iterator[tuple[Plan, bool]]:
    """Put pages of one plan together, and yield each plan with whether all of its pages are there.

    A page is continued by the one whose cursor it names as following, in whatever order they are given.
    """
    waiting = list(plans)
    while waiting:
        plan = first = next((each for each in waiting if not _continues(each, waiting)), waiting[0])
        waiting.remove(first)
        page = first.page
        while page is not None and (following := _following(page, first, waiting)) is not None:
            waiting.remove(following)
            plan = replace(plan, rules=plan.rules + following.rules, commons=plan.commons + following.commons)
            page = following.page
        yield plan, page is None or _is_whole(first.page or page, page, len(plan.rules) + len(plan.commons))


def _continues(plan: Plan, plans: Sequence[Plan]) -> bool:
    """Tell whether a plan is a page that another one of *plans* names as the one after it."""
    if plan.page is None or not plan.page.current:
        return False
    return any(each.page is not None and each.page.following == plan.page.current for each in plans if each is not plan)


def _following(page: Page, first: Plan, waiting: Sequence[Plan]) -> Plan | None:
    """Return the page after *page* of the plan that begins with *first*."""

    def nearness(plan: Plan) -> tuple[bool, bool]:
        # The cursors of different plans are the same; of as many rules, and of the same file, are pages of one plan.
        return plan.page is not None and plan.page.total == page.total, plan.site.file == first.site.file

    wanted = [each for each in waiting if page.following and each.page and each.page.current == page.following]
    return max(wanted, key=nearness, default=None)


def _is_whole(first: Page, last: Page, rules: int) -> bool:
    """Tell whether pages from *first* to *last* are all that there are.

    `totalEntries` can count rules that were deleted since. It decides only where nothing else says that a page is the
    first one: the cursor of the first page, "0" in base64, does.
    """
    if first.previous or last.following:
        return False
    return first.current in {"", _FIRST_CURSOR} or rules >= (last.total or 0)


def stale_total(plan: Plan) -> str:
    """Return a remark if all pages of a plan are there but `totalEntries` counts more rules, else an empty string."""
    total = plan.page.total if plan.page else None
    rules = len(plan.rules) + len(plan.commons)
    if total is None or rules >= total:
        return ""
    return f"pagination.totalEntries says {total}, and there are {rules} rules and no further page; taken as complete"
