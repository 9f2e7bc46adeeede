"""The format `sarif`: a log in SARIF 2.1.0, with all that GitHub code scanning asks for.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and "SARIF support for code scanning" in the
documentation of GitHub.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from segkoch_lint import __version__
from segkoch_lint.config.budgets import Budget
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.findings.finding import Finding, Location, Severity, Snippet
from segkoch_lint.findings.fix import Edit, new_text
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import shown_path
from segkoch_lint.findings.summary import Summary
from segkoch_lint.reporting import FormatTraits, RunResult
from segkoch_lint.reporting.collecting_reporter import CollectingReporter
from segkoch_lint.reporting.escaping import json_text, visible
from segkoch_lint.reporting.occurrences import MOST_SINGLE, Occurrence
from segkoch_lint.reporting.rule_pages import page
from segkoch_lint.rules.catalogue import Rule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
"""The name of the root of the repository; GitHub and other readers know it."""

_GITHUB_FINGERPRINT = "primaryLocationLineHash"
"""The only fingerprint by which GitHub knows a result again. Without it, a hash of the lines around it is uploaded."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}

# A plain text may hold links in brackets (3.11.6) and placeholders in braces (3.11.5).
_ESCAPES = str.maketrans({"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"})


class Reporter(CollectingReporter):
    """Collects the findings in bounded memory (`Occurrences`), and writes the log at the end."""

    traits: ClassVar[FormatTraits] = FormatTraits(
        beginning=re.compile(
            rb'\s*\{\s*"\$schema"\s*:\s*"[^"]*sarif[^"]*"\s*,\s*"version"\s*:\s*"2\.1\.0"\s*,\s*"runs"\s*:\s*\[\s*\{\s*'
            rb'"tool"\s*:\s*\{\s*"driver"\s*:\s*\{\s*"name"\s*:\s*"segkoch-lint"'
        ),
        most_snippets=MOST_SINGLE,  # of more findings, only the first one of a rule and file is shown
        shows_suppressed=True,
    )

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the log."""
        found = self._occurrences.all()
        rules = _rules(result)
        numbers = {rule["id"]: number for number, rule in enumerate(rules)}
        within = {
            code: _budget_reason(budget, summary.rules[code].calls, summary.checked)
            for code, budget in result.kept_budgets(summary).items()
        }
        # Either all results of a run have suppressions, or none (3.27.23).
        has_suppressions = bool(within) or any(each.finding.suppression for each in found)
        run = {
            "tool": {"driver": {"name": "segkoch-lint", "version": __version__, "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
            "invocations": [_invocation(summary, result)],
            "results": [
                {
                    **self._result(each, numbers[each.finding.code]),
                    **({"suppressions": _suppressions(each.finding, within)} if has_suppressions else {}),
                }
                for each in found
            ],
        }
        self._stream.write(json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n")

    def _result(self, occurrence: Occurrence, number: int) -> dict[str, Any]:
        """Return a result without its suppressions; *number* is the index of its rule."""
        finding = occurrence.finding
        sentences = [occurrence.text(show_ids=self._show_ids)]
        if finding.remedy:
            sentences.append(f"Fix: {finding.remedy}")
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": number,
            "level": _LEVELS[finding.severity],
            "message": {"text": "\n".join(map(_plain, sentences))},
            "locations": [self._location(finding.location, finding.snippet)]
            + [self._location(place) for place in occurrence.places[1:]],
            "partialFingerprints": {
                "segkochLint/v1": occurrence.fingerprint,
                _GITHUB_FINGERPRINT: f"{occurrence.fingerprint[:16]}:1",
            },
            "properties": {**finding.properties, "remedy": finding.remedy},
        }
        if occurrence.count > 1:
            result["occurrenceCount"] = occurrence.count
        elif finding.fix is not None and (edits := finding.fix.shown_edits(show_ids=self._show_ids)):
            result["fixes"] = [self._fix(finding.location.path, finding.fix.title, edits)]
        if finding.related:
            result["relatedLocations"] = [
                {
                    "id": place_number,
                    **self._location(place),
                    **({"message": {"text": _plain(place.message)}} if place.message else {}),
                }
                for place_number, place in enumerate(finding.related, 1)
            ]
        return result

    def _fix(self, path: str, title: str, edits: Sequence[Edit]) -> dict[str, Any]:
        """Return a fix (3.55): the new texts are what a reader writes, so they are not escaped."""
        replacements = [
            {"deletedRegion": _region(edit.span, None), "insertedContent": {"text": new_text(edit)}} for edit in edits
        ]
        return {
            "description": {"text": _plain(f"{title}.")},
            "artifactChanges": [{"artifactLocation": self._artifact(path), "replacements": replacements}],
        }

    def _artifact(self, path: str) -> dict[str, str]:
        base = {"uriBaseId": _ROOT} if self._repository.holds(path) else {}
        return {"uri": self._repository.uri(path), **base}

    def _location(self, location: Location, snippet: Snippet | None = None) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        if location.path:
            shown["physicalLocation"] = {
                "artifactLocation": self._artifact(location.path),
                "region": _region(location.span, snippet),
            }
            if location.span and snippet and snippet.lines:
                shown["physicalLocation"]["contextRegion"] = _context(location.span, snippet)
        if pointer := location.pointer_text(show_ids=self._show_ids):
            shown["logicalLocations"] = [{"fullyQualifiedName": visible(pointer)}]
        return shown


def _region(span: Span | None, snippet: Snippet | None) -> dict[str, Any]:
    """Return the region of a finding; of one about a whole input, the first line, since GitHub wants a region."""
    if span is None:
        return {"startLine": 1}
    region: dict[str, Any] = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    if snippet and snippet.lines:
        region["snippet"] = {"text": visible(snippet.lines[snippet.focus][snippet.start : snippet.end])}
    return region


def _context(span: Span, snippet: Snippet) -> dict[str, Any]:
    last = snippet.first_line + len(snippet.lines) - 1
    return {
        "startLine": min(snippet.first_line, span.line),
        "endLine": max(last, span.end_line),
        "snippet": {"text": "\n".join(map(visible, snippet.lines))},
    }


def _suppressions(finding: Finding, within: Mapping[str, str]) -> list[dict[str, str]]:
    """Return why a finding does not count; *within* has by code why findings within budgets do not."""
    if finding.suppression is not None:
        kind = "inSource" if finding.suppression.kind == "comment" else "external"
        reason = finding.suppression.reason
        if finding.suppression.kind == "baseline":
            reason = f"in the baseline {reason}"
    elif finding.code in within:
        kind, reason = "external", within[finding.code]
    else:
        return []
    return [{"kind": kind, "status": "accepted", "justification": visible(reason)}]


def _budget_reason(budget: Budget, calls: int, checked: int) -> str:
    """Return why the findings of a rule do not count: it is within its budget, or there are too few calls."""
    if budget.judges(calls, checked):
        return f"within the budget of {budget}"
    return f"the budget of {budget} is judged from {budget.min_calls:,} calls on"


def _rules(result: RunResult) -> list[dict[str, Any]]:
    """Return the built-in rules and all others with findings."""
    catalogue = result.known_rules()
    others = sorted(result.rules.keys() - catalogue.keys())
    return [
        *(_rule(rule, result.rules.get(code, (rule.name, rule.severity))[1]) for code, rule in catalogue.items()),
        *(_unknown_rule(code, *result.rules[code]) for code in others),
    ]


def _rule(rule: Rule, severity: Severity) -> dict[str, Any]:
    fixes = [f"Fix: {text}" for text in dict.fromkeys(rule.remedy.values())]
    return {
        **_unknown_rule(rule.code, rule.name, severity),
        "fullDescription": {"text": _plain(rule.description)},
        "help": {"text": "\n".join(map(_plain, [rule.description, *fixes])), "markdown": page(rule)},
        **({"helpUri": rule.source[0]} if rule.source else {}),
        "properties": {
            "tags": ["segment", "kochava", rule.applies_to, "required" if rule.required else "recommended"],
            "problem.severity": _PROBLEM_SEVERITIES[severity],
            "status": rule.status,
            **({"since": rule.since} if rule.since else {}),
            **({"replacedBy": list(rule.replaced_by)} if rule.replaced_by else {}),
        },
    }


def _unknown_rule(code: str, name: str, severity: Severity) -> dict[str, Any]:
    """Return a rule of which nothing is known but these."""
    words = name.replace("-", " ")
    text = {"text": _plain(words.capitalize())}
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in words.split()),
        "shortDescription": text,
        "fullDescription": text,  # GitHub requires it, and a help
        "help": {**text, "markdown": f"# {code} {name}\n"},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _invocation(summary: Summary, result: RunResult) -> dict[str, Any]:
    """Return how the run went. It is successful unless it is incomplete, whatever its findings."""
    return {
        "executionSuccessful": result.exit_status in {ExitCode.CLEAN, ExitCode.FINDINGS},
        "exitCode": result.exit_status,
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": _plain(text)}} for level, text in _notifications(summary, result)
        ],
    }


def _notifications(summary: Summary, result: RunResult) -> Iterator[tuple[str, str]]:
    """Yield what no finding reports: the level and the text."""
    for path, reason in summary.unread:
        yield "error", f"{shown_path(path)}: {reason}"
    for each in summary.internal_errors:
        place = f"{shown_path(each.path)}:{each.line or 1}: " if each.path else ""
        yield "error", f"{place}segkoch-lint itself failed ({each.error}); {each.consequence}"
    if result.unwritten:
        yield "error", "A file was not written."
    for path, remark in summary.remarks:
        yield "note", f"{shown_path(path)}: {remark}"
    if hidden := summary.severities.total() - result.shown:
        yield "warning", f"{hidden:,} more findings are counted and not shown (--max-findings)."
    if result.exit_status == ExitCode.NOTHING_CHECKED:
        yield "warning", "Nothing was checked."


def _plain(text: str) -> str:
    """Return a text of one line as plain text of SARIF, which shows all of its characters as they are."""
    return visible(text).translate(_ESCAPES)
