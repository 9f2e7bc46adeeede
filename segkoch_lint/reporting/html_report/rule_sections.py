"""The findings of a run by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from segkoch_lint.findings.finding import Finding, Snippet
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import RunResult, worst_first
from segkoch_lint.reporting.html_report.examples import NeededFix, RuleExamples
from segkoch_lint.reporting.text_figures import budget_text, fix_clause, share
from segkoch_lint.rules.catalogue import Rule


class Example(msgspec.Struct, frozen=True):
    """A finding that is shown.

    Attributes:
        message, place, pointer: as in the text report.
        entry: the message or request of a capture that holds it.
        library, event, call_type: of the call; may be empty.
        lines: the snippet: the number of each line, and its text before, in and after the offending value.
        related: other places, each with what is there.
        fix: what to do.
        clause: whether `--fix` does it; may be empty.
    """

    message: str
    place: str
    pointer: str
    entry: str
    library: str
    event: str
    call_type: str
    lines: Sequence[tuple[int, str, str, str]]
    related: Sequence[tuple[str, str]]
    fix: str
    clause: str


class RuleSection(msgspec.Struct, frozen=True):
    """The findings of a rule.

    Attributes:
        code, name, severity: of the rule.
        description: what it demands.
        links: pages that it is based on.
        findings, calls, share: as in the closing table; the share is empty in a run over plans.
        budget: the budget, and whether it is exceeded or not judged; may be empty.
        is_over: whether the budget is exceeded.
        fixes: what to do, most needed first.
        examples: some of the findings.
    """

    code: str
    name: str
    severity: str
    description: str
    links: Sequence[str]
    findings: int
    calls: int
    share: str
    budget: str
    is_over: bool
    fixes: Sequence[NeededFix]
    examples: Sequence[Example]


def rule_sections(
    summary: Summary, result: RunResult, found: Mapping[str, RuleExamples], *, show_ids: bool
) -> list[RuleSection]:
    """Return the findings of a run by rule: the most severe rules first, and of these, those that most calls break.

    Args:
        summary: the figures.
        result: the result.
        found: by code, the findings that are shown.
        show_ids: whether ids are shown instead of masked.
    """
    rules, names = result.known_rules(), result.rule_names()
    calls = {code: tally.calls for code, tally in summary.rules.items() if code in names}
    return [
        RuleSection(
            code=code,
            name=names[code][0],
            severity=str(names[code][1]),
            description=rules[code].description if code in rules else "",
            links=_links(rules[code]) if code in rules else (),
            fixes=_fixes(found.get(code)),
            examples=[_example(each, show_ids=show_ids) for each in found[code].examples] if code in found else (),
            **_figures(code, summary, result),
        )
        for code in worst_first(calls, names)
    ]


def _figures(code: str, summary: Summary, result: RunResult) -> dict[str, Any]:
    """Return the members of a section with the figures of a rule."""
    tally, budget = summary.rules[code], result.budgets.get(code)
    return {
        "findings": tally.findings,
        "calls": tally.calls,
        "share": share(tally.calls, summary.checked, budget.decimals if budget else 1) if summary.plans is None else "",
        "budget": budget_text(budget, tally, summary.checked),
        "is_over": budget is not None and budget.exceeded(tally.calls, summary.checked),
    }


def _links(rule: Rule) -> list[str]:
    """Return the pages that a rule is based on. A rule file of a user may name anything: only web pages are linked."""
    return [each for each in rule.source if each.startswith(("https://", "http://"))]


def _fixes(found: RuleExamples | None) -> list[NeededFix]:
    return [] if found is None else sorted(found.fixes.values(), key=lambda fix: (-fix.findings, fix.text))


def _example(finding: Finding, *, show_ids: bool) -> Example:
    properties = finding.properties
    return Example(
        message=finding.text(show_ids=show_ids),
        place=finding.location.text(show_ids=show_ids),
        pointer=finding.location.pointer_text(show_ids=show_ids),
        entry=str(properties.get("entry", "")),
        library=str(properties.get("library", "")),
        event=str(properties.get("event", "")),
        call_type=str(properties.get("type", "")),
        lines=list(_lines(finding.snippet)) if finding.snippet else [],
        related=[(each.text(show_ids=show_ids), each.message) for each in finding.related],
        fix=finding.remedy,
        clause=fix_clause(finding),
    )


def _lines(snippet: Snippet) -> Iterator[tuple[int, str, str, str]]:
    for index, text in enumerate(snippet.lines):
        start, end = (snippet.start, snippet.end) if index == snippet.focus else (len(text), len(text))
        yield snippet.first_line + index, text[:start], text[start:end], text[end:]
