"""The format `json`: one document per run, version 1.2, described by `schemas/report.json`."""

from __future__ import annotations

import re
from typing import Any, ClassVar, TextIO, get_args

from msgspec.structs import asdict

from segkoch_lint import __version__
from segkoch_lint.config.budgets import Budget
from segkoch_lint.findings.finding import Finding, SuppressionKind
from segkoch_lint.findings.plan_tally import PlanTally, ReplayCounts, ReplayTally, RequirementTally
from segkoch_lint.findings.redaction.masking import shown_path
from segkoch_lint.findings.summary import CallTally, IdentityTally, RuleTally, Summary
from segkoch_lint.reporting import FormatTraits, ReportOptions, RunResult
from segkoch_lint.reporting.escaping import json_text
from segkoch_lint.reporting.groups import ordered_groups
from segkoch_lint.reporting.json_findings import finding_text

VERSION = 1
TOOL = {"name": "segkoch-lint", "version": __version__}

_AT_ONCE = 64
"""Findings that are written at once: where output is not buffered (`PYTHONUNBUFFERED`), each write is a system call."""


class Reporter:
    """Writes the document piece by piece; `end` completes it."""

    traits: ClassVar[FormatTraits] = FormatTraits(
        # A report may have been indented since by another program.
        beginning=re.compile(rb'\s*\{\s*"version"\s*:\s*\d+\s*,\s*"tool"\s*:\s*\{\s*"name"\s*:\s*"segkoch-lint"'),
        shows_suppressed=True,
    )

    def __init__(self, stream: TextIO, options: ReportOptions) -> None:
        self._stream = stream
        self._options = options
        self._separator = ""
        self._waiting: list[str] = []
        stream.write(f'{{"version": {VERSION}, "tool": {json_text(TOOL)}, "findings": [')

    def begin(self, summary: Summary) -> None:
        """Write nothing: the figures come last."""

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        text = finding_text(finding, show_ids=self._options.show_ids)
        self._waiting.append(f"{self._separator}\n{text}")
        self._separator = ","
        if len(self._waiting) >= _AT_ONCE:
            self._write_waiting()

    def _write_waiting(self) -> None:
        self._stream.write("".join(self._waiting))
        self._waiting.clear()

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the figures and close the document."""
        figures = summary_object(summary, result, show_ids=self._options.show_ids)
        self._write_waiting()
        self._stream.write(f'\n], "summary": {json_text(figures)}}}\n')


def summary_object(summary: Summary, result: RunResult, *, show_ids: bool = False) -> dict[str, Any]:
    """Return the figures as the JSON formats write them."""
    return {
        "exit_status": result.exit_status,
        "inputs": summary.inputs,
        "bytes": summary.bytes,
        "calls": summary.calls,
        "checked": summary.checked,
        **_readiness(summary.readiness),
        "not_delivered": dict(sorted(summary.not_delivered.items())),
        "malformed": summary.malformed,
        "failed": summary.failed,
        "not_calls": dict(sorted(summary.not_calls.items())),
        "unreadable": summary.unreadable,
        "destinations": summary.destinations,
        "findings": {
            "total": summary.severities.total(),
            "shown": result.shown,
            "fixable": result.fixable,
            **{level: summary.severities[level] for level in ("error", "warning", "info")},
            "within_budget": sum(result.within.values()),
        },
        "suppressed": {kind: summary.suppressed[kind] for kind in get_args(SuppressionKind)},
        "rules": {
            code: _rule(tally, summary.checked, result.budgets.get(code))
            for code, tally in sorted(summary.rules.items())
        },
        "libraries": {name: _calls(tally) for name, tally in sorted(summary.libraries.items())},
        "unread": [{"path": shown_path(path), "reason": reason} for path, reason in summary.unread],
        "internal_errors": [
            {"path": shown_path(each.path), "line": each.line, "error": each.error, "consequence": each.consequence}
            for each in summary.internal_errors
        ],
        "suppression_notes": [asdict(note) for note in summary.suppression_notes],
        "remarks": [{"path": shown_path(path), "remark": remark} for path, remark in summary.remarks],
        **({"groups": _groups(summary, result, show_ids=show_ids)} if result.groupings or result.expected else {}),
        **({"identity": _identity(summary.identity)} if summary.identity else {}),
        **({"plans": _plans(summary.plans, result.max_blocked)} if summary.plans else {}),
    }


def _groups(summary: Summary, result: RunResult, *, show_ids: bool) -> list[dict[str, Any]]:
    return [
        {
            "group": dict(zip(grouping, values, strict=True)),
            **_calls(tally),
            "rules": {
                code: {"calls": calls, "rate": calls / tally.checked if tally.checked else None}
                for code, calls in sorted(tally.rules.items())
            },
        }
        for grouping in (*result.groupings, *result.expected)
        for values, tally in ordered_groups(summary, grouping, show_ids=show_ids)
    ]


def _calls(tally: CallTally) -> dict[str, int]:
    return {"calls": tally.calls, "checked": tally.checked, "usable": tally.usable, **_readiness(tally)}


def _readiness(tally: CallTally) -> dict[str, int]:
    return {"ready": tally.ready, "limited": tally.limited, "faulty": tally.faulty}


def _identity(tally: IdentityTally) -> dict[str, Any]:
    return {
        "users": tally.users,
        "compared": tally.compared,
        "not_comparable": dict(sorted(tally.not_comparable.items())),
    }


def _plans(tally: PlanTally, max_blocked: Budget | None) -> dict[str, Any]:
    return {
        "plans": tally.plans,
        "uncheckable": tally.uncheckable,
        "rules": tally.rules,
        "commons": tally.commons,
        "checked": tally.checked,
        "skipped": dict(sorted(tally.skipped.items())),
        "unasked": tally.unasked,
        "requirements": {code: _requirement(each) for code, each in tally.requirements.items()},
        "refusals": {code: _requirement(each) for code, each in tally.refusals.items()},
        "before": {code: _requirement(each) for code, each in tally.before.items()},
        "changes": [asdict(change) for change in tally.changes],
        "replay": _replay(tally.replay, max_blocked) if tally.replay else None,
    }


def _replay(tally: ReplayTally, max_blocked: Budget | None) -> dict[str, Any]:
    figures = {name: getattr(tally, name) for name in ReplayCounts.__struct_fields__}
    events = [
        {"type": call_type, "event": event, **asdict(counts)} for (call_type, event), counts in tally.events.items()
    ]
    limit = (
        {
            "limit": str(max_blocked),
            "exceeded": max_blocked.exceeded(tally.useful_blocked, tally.useful),
        }
        if max_blocked
        else None
    )
    return {
        **figures,
        "max_blocked": limit,
        "events": sorted(events, key=lambda event: (-event["calls"], event["type"], event["event"])),
    }


def _requirement(tally: RequirementTally) -> dict[str, Any]:
    return {**asdict(tally), "verdict": tally.verdict or None}


def _rule(tally: RuleTally, checked: int, budget: Budget | None) -> dict[str, Any]:
    return {
        "findings": tally.findings,
        "calls": tally.calls,
        "rate": tally.calls / checked if checked else None,
        "budget": _budget(budget, tally.calls, checked) if budget else None,
    }


def _budget(budget: Budget, calls: int, checked: int) -> dict[str, Any]:
    return {
        "limit": str(budget),
        "min_calls": budget.min_calls,
        "judged": budget.judges(calls, checked),
        "exceeded": budget.exceeded(calls, checked),
    }
