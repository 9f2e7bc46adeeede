"""The figures of a run in words, for the text report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.finding import Finding, Severity
from segkoch_lint.findings.fix import PLACE
from segkoch_lint.findings.plan_tally import PlanTally
from segkoch_lint.findings.summary import IdentityTally, RuleTally, Summary
from segkoch_lint.inputs.file_types import ending_of
from segkoch_lint.reporting import ReportOptions, RunResult

_REASONS = {
    "type not accepted": "type not accepted by the destination",
    "other": "JSON or YAML of another kind",
}
"""Names of reasons in the figures, written out if they do not explain themselves."""


def calls_sentence(summary: Summary) -> str:
    """Return what was read and checked, in a run over calls."""
    parts = [f"{summary.checked:,} checked"]
    undelivered = summary.not_delivered.total()
    if undelivered:
        parts.append(f"{undelivered:,} not delivered to Kochava ({_reasons(summary.not_delivered)})")
    if summary.malformed:
        parts.append(f"{summary.malformed:,} malformed")
    if summary.failed:
        parts.append(f"{summary.failed:,} on which segkoch-lint itself failed")
    text = f"{count(summary.calls, 'call')} read: {', '.join(parts)}."
    total = summary.readiness
    if total.checked:
        text += f" Of the checked ones: {total.ready:,} ready, {total.limited:,} limited, {total.faulty:,} faulty."
    others = summary.not_calls.total()
    if others:
        text += f" {count(others, 'document')} held no call ({_reasons(summary.not_calls)})."
    for ending, number in sorted(Counter(map(ending_of, summary.unreadable)).items()):
        text += f" {number:,} unreadable {ending or ('file' if number == 1 else 'files')} without Segment keys."
    if summary.destinations:
        text += f" {count(summary.destinations, 'Kochava destination')} checked."
    return text


def plans_sentence(tally: PlanTally) -> str:
    """Return what was read and checked, in a run over tracking plans."""
    parts = [f"{tally.checked:,} checked"]
    parts += [f"{number:,} {reason}" for reason, number in sorted(tally.skipped.items())]
    rules = count(tally.rules - tally.alone, "rule")
    rules += f" and {count(tally.commons, 'common schema')}" if tally.commons else ""
    text = f"{count(tally.plans, 'tracking plan')} read, {rules}: {', '.join(parts)}."
    if tally.uncheckable:
        text += f" {count(tally.uncheckable, 'plan')} not checkable."
    return text


def read_sentence(summary: Summary) -> str:
    """Return what was read and checked, in any run."""
    return calls_sentence(summary) if summary.plans is None else plans_sentence(summary.plans)


def verdict_sentence(summary: Summary, result: RunResult) -> str:
    """Return how many findings there are; empty if that says nothing, since the run is incomplete."""
    if counts := severity_counts(summary, result):
        return f"{counts}.{fixable_sentence(result)}{suppressed_sentence(summary)}"
    if not summary.checked_anything:
        return "Nothing was checked."
    return "" if summary.unread or summary.internal_errors else f"No findings.{suppressed_sentence(summary)}"


def refusals_sentence(tally: PlanTally) -> str:
    """Return which requirements block calls of users who refused tracking; empty if none does."""
    blocked = [
        f"{code} {each.name} by {each.guarded:,} of {count(each.rules, 'rule')}"
        for code, each in tally.refusals.items()
        if each.guarded
    ]
    return f"Users who refused tracking are blocked for every destination: {', '.join(blocked)}." if blocked else ""


def users_sentence(tally: IdentityTally) -> str:
    """Return how many users were compared between app and servers."""
    text = f"Users: {tally.compared:,} compared between app and servers"
    others = tally.not_comparable.total()
    return f"{text}, {others:,} not comparable ({_reasons(tally.not_comparable)})." if others else f"{text}."


def unprobed_clause(tally: PlanTally) -> str:
    """Return a clause about plans and rules of which nothing is known, since they could not be probed; may be empty."""
    parts = [count(number, noun) for number, noun in ((tally.unasked, "rule"), (tally.uncheckable, "plan")) if number]
    return f"; {' and '.join(parts)} could not be probed" if parts else ""


def hidden_sentence(summary: Summary, result: RunResult, options: ReportOptions) -> str:
    """Return how many findings are not shown, and what shows them; empty if there are none."""
    hidden = summary.severities.total() - result.shown
    if hidden <= 0 or options.quiet or options.max_findings is options.max_per_rule is None:
        return ""
    more = f"… and {count(hidden, 'more finding')}"
    if options.max_findings is not None:
        return f"{more} (--max-findings {options.max_findings})."
    return f"{more}, beyond {options.max_per_rule} a rule: `--max-findings all` shows them."


def severity_counts(summary: Summary, result: RunResult) -> str:
    """Return the number of findings of each severity, and how many do not count due to budgets; empty if none."""
    levels = [str(level) for level in sorted(Severity, reverse=True) if summary.severities[str(level)]]
    excuse = "within budget or not judged" if unjudged_sentence(summary, result.budgets) else "within budget"
    counts = ((each, summary.severities[each], result.within.get(each, 0)) for each in levels)
    return ", ".join(_severity_count(*each, excuse) for each in counts)


def _severity_count(level: str, number: int, within: int, excuse: str) -> str:
    text = count(number, level)
    if not within:
        return text
    return f"{text} ({excuse})" if within == number else f"{text} ({within:,} {excuse})"


def suppressed_sentence(summary: Summary) -> str:
    """Return how many findings are suppressed, as a sentence with a space before it; empty if none are."""
    in_baseline = summary.suppressed["baseline"]
    others = summary.suppressed.total() - in_baseline
    parts = [f"{others:,} suppressed"] if others else []
    parts += [f"{in_baseline:,} in the baseline"] if in_baseline else []
    return f" {', '.join(parts)}." if parts else ""


def fix_clause(finding: Finding) -> str:
    """Return whether `--fix` makes the fix of a finding; empty if there is none, or none in such a file."""
    if finding.fix is None:
        return ""
    if finding.fix.obstacle == PLACE:
        return f" (--fix does not do this: {PLACE})"
    return " (--fix does this)" if finding.fix.is_safe else ""


def fixable_sentence(result: RunResult) -> str:
    """Return how many findings `--fix` would fix, as a sentence with a space before it; empty if it fixes none."""
    return f" {result.fixable:,} fixable with --fix." if result.fixable else ""


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if needed."""
    plural = noun if noun == "info" else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def share(part: int, whole: int, decimals: int = 1) -> str:
    """Return a share in percent, with *decimals* decimal places; ``-`` if *whole* is 0."""
    return f"{part / whole:.{decimals}%}" if whole else "-"


def budget_text(budget: Budget | None, tally: RuleTally, checked: int) -> str:
    """Return a budget for a cell of a table, and whether it is exceeded or not judged; empty if there is none."""
    if budget is None:
        return ""
    amount = str(budget) if budget.relative else count(int(budget.amount), "call")
    if not budget.judges(tally.calls, checked):
        return f"{amount}, not judged"
    return f"{amount}, over" if budget.exceeded(tally.calls, checked) else amount


def unjudged_sentence(summary: Summary, budgets: Mapping[str, Budget]) -> str:
    """Return which budgets were not judged, since there are too few calls; empty if all were."""
    parts = [
        f"{code} ({budget}) from {count(budget.min_calls, 'call')} on"
        for code, budget in sorted(budgets.items())
        if code in summary.rules and not budget.judges(summary.rules[code].calls, summary.checked)
    ]
    if not parts:
        return ""
    noun = "Budget" if len(parts) == 1 else "Budgets"
    return f"{noun} not judged, with {count(summary.checked, 'delivered call')}: {', '.join(parts)}."


def _reasons(counts: Mapping[str, int]) -> str:
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{_REASONS.get(reason, reason)} {number:,}" for reason, number in order)
