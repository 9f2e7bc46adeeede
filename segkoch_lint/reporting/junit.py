"""The format `junit`: a report of tests in XML, which nearly every CI server shows.

Each input is a suite. Its findings are failed cases, or skipped ones if they do not fail the run; without findings, it
has one passed case. Source: https://github.com/testmoapp/junitxml, which describes what CI servers read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import ClassVar
from xml.sax.saxutils import escape, quoteattr

import msgspec

from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.findings.redaction.masking import shown_path
from segkoch_lint.findings.summary import FURTHER_FILES, Summary
from segkoch_lint.reporting import FormatTraits, RunResult, replay_table
from segkoch_lint.reporting.collecting_reporter import CollectingReporter
from segkoch_lint.reporting.escaping import visible
from segkoch_lint.reporting.occurrences import Occurrence
from segkoch_lint.reporting.text_figures import count

_CLEAN = "no findings"

_NOT_IN_XML = re.compile("[\ufffe\uffff]")
"""Characters that `visible` leaves and XML 1.0 does not allow."""


class _Case(msgspec.Struct, frozen=True):
    """A case of a suite.

    Attributes:
        name: what identifies it in the suite.
        result: the element that tells how it went: ``failure``, ``error`` or ``skipped``; empty if it passed.
        kind: the type of the result.
        message: what is wrong, in a line.
        text: the same with the place and the fix.
        line: the line of the input; None if it has none.
    """

    name: str
    result: str = ""
    kind: str = ""
    message: str = ""
    text: str = ""
    line: int | None = None


class Reporter(CollectingReporter):
    """Collects the findings in bounded memory (`Occurrences`), and writes the suites at the end."""

    traits: ClassVar[FormatTraits] = FormatTraits(
        beginning=re.compile(rb'\s*<\?xml [^>]*\?>\s*<testsuites\s[^>]*\bname="segkoch-lint"')
    )

    def end(self, summary: Summary, result: RunResult) -> None:
        """Write the suites."""
        suites = {path: cases for path, cases in self._suites(summary, result).items() if cases}
        results = Counter(case.result for cases in suites.values() for case in cases)
        self._stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        self._stream.write(f'<testsuites name="segkoch-lint" {_totals(results)}>\n')
        for path, cases in suites.items():
            self._stream.writelines(self._suite(path, cases))
        self._stream.write("</testsuites>\n")

    def _suites(self, summary: Summary, result: RunResult) -> dict[str, list[_Case]]:
        """Return the cases of each input, by path."""
        suites: dict[str, list[_Case]] = {path: [] for path in summary.files}
        kept = result.kept_budgets(summary)
        listed: Counter[str] = Counter()
        for each in self._occurrences.all():
            finding = each.finding
            listed[finding.location.path] += each.count
            counts = result.fail_on is not None and finding.severity >= result.fail_on and finding.code not in kept
            case = self._case(each, "failure" if counts else "skipped")
            suites.setdefault(finding.location.path, []).append(case)
        for path, file in summary.files.items():
            hidden = file.findings - listed[path] if path != FURTHER_FILES else 0
            if hidden > 0:
                kind = "failure" if result.exit_status else "skipped"
                suites[path].append(_Case("further findings", kind, "hidden", count(hidden, "more finding")))
            elif not file.findings and file.checked:
                suites[path].append(_Case(_CLEAN))
        for path, case in _problems(summary, result):
            suites.setdefault(path, []).append(case)
        return suites

    def _case(self, occurrence: Occurrence, result: str) -> _Case:
        finding = occurrence.finding
        location = finding.location
        message = occurrence.text(show_ids=self._show_ids)
        pointer = location.pointer_text(show_ids=self._show_ids) if occurrence.count == 1 else ""
        fix = f"\nFix: {visible(finding.remedy)}" if finding.remedy else ""
        return _Case(
            name=f"{finding.code} {finding.name} {pointer}".rstrip(),
            result=result,
            kind=f"{finding.code} {finding.severity}",
            message=message,
            text=visible(f"{location.text(show_ids=self._show_ids)}: {message}") + fix,
            line=location.span.line if location.span else None,
        )

    def _suite(self, path: str, cases: Iterable[_Case]) -> Iterator[str]:
        """Yield the text of a suite. Servers know a case by its name, so equal names are numbered."""
        cases = list(cases)
        shown = self._repository.path(path) or "segkoch-lint"
        file = _attributes(file=shown) if self._repository.holds(path) else ""
        yield f"<testsuite {_attributes(name=shown)} {_totals(Counter(case.result for case in cases))}>\n"
        names: Counter[str] = Counter()
        for case in cases:
            names[case.name] += 1
            name = case.name if names[case.name] == 1 else f"{case.name} #{names[case.name]}"
            places = " ".join(filter(None, (file, _attributes(line=str(case.line)) if file and case.line else "")))
            yield f"<testcase {_attributes(classname=shown, name=name)}{places and ' '}{places}"
            if not case.result:
                yield "/>\n"
                continue
            what = f"{case.result} {_attributes(type=case.kind, message=case.message)}"
            yield f">\n<{what}>{escape(_allowed(case.text))}</{case.result}>\n</testcase>\n"
        yield "</testsuite>\n"


def _problems(summary: Summary, result: RunResult) -> Iterator[tuple[str, _Case]]:
    """Yield why the run is incomplete, or fails for another reason than its findings, each with the path of its suite.

    The first case of the run itself, which belongs to no input, has an empty path.
    """
    for path, reason in summary.unread:
        yield path, _Case("can be read", "error", "unread", reason, visible(f"{shown_path(path)}: {reason}"))
    for each in summary.internal_errors:
        problem = f"segkoch-lint itself failed ({each.error}); {each.consequence}"
        yield each.path, _Case("can be checked", "error", "internal", problem, visible(problem), each.line)
    if result.unwritten:
        yield "", _Case("all files are written", "error", "unwritten", "A file was not written.")
    if result.exit_status == ExitCode.NOTHING_CHECKED:
        yield "", _Case("there is something to check", "error", "empty", "Nothing was checked.")
    replay = summary.plans.replay if summary.plans is not None else None
    if problem := replay_table.problem(replay, result.max_blocked):
        yield "", _Case("few useful calls are blocked", "failure", "max-blocked", problem)


def _totals(results: Counter[str]) -> str:
    """Return the attributes that count the cases by their results."""
    figures = {"failures": results["failure"], "errors": results["error"], "skipped": results["skipped"]}
    return " ".join(f'{name}="{number}"' for name, number in {"tests": results.total(), **figures}.items())


def _attributes(**values: str) -> str:
    return " ".join(f"{name}={quoteattr(_allowed(visible(value)))}" for name, value in values.items())


def _allowed(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)
