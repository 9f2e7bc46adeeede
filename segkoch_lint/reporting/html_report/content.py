"""What the page shows, in the order and words in which it shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from segkoch_lint.findings.plan_tally import PlanTally, RequirementTally
from segkoch_lint.findings.redaction.masking import shown_path
from segkoch_lint.findings.summary import CallTally, Summary
from segkoch_lint.reporting import RunResult, replay_table
from segkoch_lint.reporting.html_report.breakdowns import Breakdown, breakdowns
from segkoch_lint.reporting.html_report.charts import Part, parts_of
from segkoch_lint.reporting.html_report.examples import RuleExamples
from segkoch_lint.reporting.html_report.rule_sections import RuleSection, rule_sections
from segkoch_lint.reporting.text_figures import (
    calls_sentence,
    plans_sentence,
    refusals_sentence,
    unjudged_sentence,
    unprobed_clause,
    users_sentence,
    verdict_sentence,
)
from segkoch_lint.reporting.text_summary import problems

_MOST_FILES = 100
"""Files that are listed."""


class Requirement(msgspec.Struct, frozen=True):
    """How tracking plans guard a requirement, and the verdict on an older version; empty if there is none."""

    code: str
    tally: RequirementTally
    before: str


class Replay(msgspec.Struct, frozen=True):
    """The table of a replay, and its sums in sentences."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    sentences: str


class PlanSection(msgspec.Struct, frozen=True):
    """The figures of tracking plans.

    Attributes:
        requirements: how the plans guard each.
        compares: whether two versions are compared.
        changes: the differences between them, each with a word for its severity.
        replay: the calls that were replayed against both; None if none were.
    """

    requirements: Sequence[Requirement]
    compares: bool
    changes: Sequence[tuple[str, str]]
    replay: Replay | None


class Content(msgspec.Struct, frozen=True):
    """What the page shows.

    Attributes:
        verdict: the findings and whether they fail the run, in a sentence.
        passes: whether the exit status is 0.
        problems: why the run is incomplete or fails for another reason, and what could not be judged.
        sentences: what was read.
        days: the first and the last day of the calls; may be empty.
        total: all calls that hold something; None in a run over plans.
        bar: of the total.
        breakdowns: the tables of the calls.
        rules: the rules with findings, the most severe first.
        has_budgets: whether a rule has a budget.
        shown: how many findings are shown as examples.
        findings: how many there are.
        libraries: of the calls of the examples.
        files: the files with findings, each with its calls (or rules) and findings.
        further_files: how many files with findings are not listed.
        unread: inputs that could not be read, each with the reason.
        remarks: other facts about inputs.
        plans: the figures of tracking plans; None in a run over calls.
    """

    verdict: str
    passes: bool
    problems: Sequence[str]
    sentences: Sequence[str]
    days: str
    total: CallTally | None
    bar: Sequence[Part]
    breakdowns: Sequence[Breakdown]
    rules: Sequence[RuleSection]
    has_budgets: bool
    shown: int
    findings: int
    libraries: Sequence[str]
    files: Sequence[tuple[str, int, int]]
    further_files: int
    unread: Sequence[tuple[str, str]]
    remarks: Sequence[tuple[str, str]]
    plans: PlanSection | None


def content_of(summary: Summary, result: RunResult, examples: Mapping[str, RuleExamples], *, show_ids: bool) -> Content:
    """Return what the page shows of a run.

    Args:
        summary: its figures.
        result: its result.
        examples: by code, the findings that are shown.
        show_ids: whether ids are shown instead of masked.
    """
    total = summary.readiness if summary.plans is None else None
    rules = rule_sections(summary, result, examples, show_ids=show_ids)
    files = sorted(
        ((shown_path(path), each.checked, each.findings) for path, each in summary.files.items() if each.findings),
        key=lambda each: (-each[2], each[0]),
    )
    return Content(
        verdict=verdict_sentence(summary, result) or "The run is incomplete.",
        passes=result.exit_status == 0,
        problems=[*problems(summary, result), *_doubts(summary, result)],
        sentences=list(_sentences(summary)),
        days=_days(summary),
        total=total,
        bar=parts_of(total, total.calls) if total is not None else (),
        breakdowns=list(breakdowns(summary, result, show_ids=show_ids)),
        rules=rules,
        has_budgets=any(rule.budget for rule in rules),
        shown=sum(len(rule.examples) for rule in rules),
        findings=summary.severities.total(),
        libraries=sorted({each.library for rule in rules for each in rule.examples if each.library}),
        files=files[:_MOST_FILES],
        further_files=max(0, len(files) - _MOST_FILES),
        unread=[(shown_path(path), reason) for path, reason in summary.unread],
        remarks=[(shown_path(path), remark) for path, remark in summary.remarks],
        plans=None if summary.plans is None else _plan_section(summary.plans),
    )


def _doubts(summary: Summary, result: RunResult) -> Iterator[str]:
    """Yield what could not be judged."""
    if unjudged := unjudged_sentence(summary, result.budgets):
        yield unjudged
    if summary.plans is not None and (unprobed := unprobed_clause(summary.plans)):
        yield f"{unprobed.removeprefix('; ')}."


def _sentences(summary: Summary) -> Iterator[str]:
    yield calls_sentence(summary) if summary.plans is None else plans_sentence(summary.plans)
    if summary.plans is not None and (refused := refusals_sentence(summary.plans)):
        yield refused
    if summary.identity is not None and summary.identity.seen_from_both_sides:
        yield users_sentence(summary.identity)


def _days(summary: Summary) -> str:
    days = sorted(str(day) for (day,) in summary.groupings.get(("day",), {}) if day)
    return "" if not days else days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"


def _plan_section(tally: PlanTally) -> PlanSection:
    requirements = [
        Requirement(code, each, tally.before[code].verdict if code in tally.before else "")
        for code, each in tally.requirements.items()
        if each.verdict
    ]
    changes = [
        ("Warning" if each.warning else "Info", ": ".join(filter(None, (shown_path(each.path), each.message))))
        for each in sorted(tally.changes, key=lambda change: not change.warning)
    ]
    replay = None
    if tally.replay is not None:
        rows = list(replay_table.rows(tally.replay))
        replay = Replay(replay_table.HEAD, rows, replay_table.sentences(tally.replay))
    return PlanSection(requirements, bool(tally.before), changes, replay)
