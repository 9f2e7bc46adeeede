"""Plans whose rules come in several pages, as Segment's Public API returns them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from segkoch_lint.plans.model.plan import Page, Plan

_FIRST_CURSOR = "MA=="
"""The number 0 in base64."""


def join_pages(plans: Sequence[Plan]) -> Iterator[tuple[Plan, bool]]:
    """Join the pages of each plan, in whatever order they are given, and yield it with whether all pages are there."""
    waiting = list(plans)
    while waiting:
        plan = first = next((each for each in waiting if not _is_continuation(each, waiting)), waiting[0])
        waiting.remove(first)
        page = first.page
        while page is not None and (following := _next_page(page, first, waiting)) is not None:
            waiting.remove(following)
            plan = replace(plan, rules=plan.rules + following.rules, commons=plan.commons + following.commons)
            page = following.page
        yield plan, page is None or _is_complete(first.page or page, page, len(plan.rules) + len(plan.commons))


def stale_total(plan: Plan) -> str:
    """Return a remark if all pages of a plan are there but `totalEntries` counts more rules, else an empty string."""
    total = plan.page.total if plan.page else None
    rules = len(plan.rules) + len(plan.commons)
    if total is None or rules >= total:
        return ""
    return f"pagination.totalEntries says {total}, and there are {rules} rules and no further page; taken as complete"


def _is_continuation(plan: Plan, plans: Sequence[Plan]) -> bool:
    """Return whether another page names a plan as its next page."""
    cursor = plan.page.current if plan.page else ""
    others = (each.page for each in plans if each is not plan and each.page is not None)
    return bool(cursor) and any(page.following == cursor for page in others)


def _next_page(page: Page, first: Plan, waiting: Sequence[Plan]) -> Plan | None:
    """Return the page after *page* of the plan that begins with *first*."""

    def likelihood(plan: Plan) -> tuple[bool, bool]:
        # Different plans have the same cursors; pages of one plan have the same total, and mostly the same file.
        return plan.page is not None and plan.page.total == page.total, plan.location.file == first.location.file

    wanted = [each for each in waiting if page.following and each.page and each.page.current == page.following]
    return max(wanted, key=likelihood, default=None)


def _is_complete(first: Page, last: Page, rules: int) -> bool:
    """Return whether the pages from *first* to *last* are all that there are.

    `totalEntries` can count rules that were deleted since, so it decides only if the first cursor is not known.
    """
    if first.previous or last.following:
        return False
    return first.current in {"", _FIRST_CURSOR} or rules >= (last.total or 0)
