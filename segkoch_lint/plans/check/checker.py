"""One run over tracking plans: inputs to findings and figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.suppressions import Suppressions
from segkoch_lint.documents.detection import may_hold_calls
from segkoch_lint.documents.document import comments_of
from segkoch_lint.engine.finding_locator import SnippetMaker
from segkoch_lint.engine.input_entries import ErrorSnippetMaker
from segkoch_lint.findings.finding import Finding, Location
from segkoch_lint.findings.plan_tally import PlanTally, RequirementTally
from segkoch_lint.findings.redaction.masking import mask_shapes
from segkoch_lint.findings.summary import Summary
from segkoch_lint.inputs.discovery import discover
from segkoch_lint.inputs.input import UnreadableInput
from segkoch_lint.plans.check.pending_findings import FindingWriter, PendingPlanFinding
from segkoch_lint.plans.check.plan_findings import (
    INVALID_SYNTAX,
    NOT_CHECKABLE,
    OVER_STRICT,
    REPEATED_KEY,
    UNGUARDED,
    PlanFindings,
    uncheckable,
)
from segkoch_lint.plans.model.files import PlanFile, read_file
from segkoch_lint.plans.model.pages import join_pages, stale_total
from segkoch_lint.plans.model.plan import Plan, SchemaLocation
from segkoch_lint.plans.probe.evaluator import SECONDS, Evaluator
from segkoch_lint.plans.probe.plan_result import LEFT_OUT, PlanResult, probe_plan
from segkoch_lint.plans.probe.probes import TRACKING_REFUSALS, Probes
from segkoch_lint.plans.probe.requirements import COST_OF_BLOCKING, plan_settings, requirements
from segkoch_lint.rules.catalogue import built_in

NOT_A_PLAN = "KCH002"

_APPLIED = (INVALID_SYNTAX, NOT_A_PLAN, REPEATED_KEY, UNGUARDED, NOT_CHECKABLE, OVER_STRICT)
"""The rules that each run applies."""

_NO_PLAN = "no tracking plan: what Segment's APIs, `terraform show -json`, Typewriter or RudderTyper write is expected"
_PAGE_MISSING = "not all pages of the plan's rules were given, so the other rules were not checked"
_NOTHING_REQUIRED = "the configuration ignores all of them, so plans were only checked for refusing good calls"
_RULES_LEFT_OUT = "rules were left out, since evaluating others took too long"
_NEITHER = "neither JSON nor YAML"


class PlanChecker:
    """One run over tracking plans.

    Args:
        settings: the configuration of the run.
        allow_empty: whether files that hold no plan are only counted.
        snippets, error_snippets: return the snippets of findings and of parse errors; None if they are not shown.
        seconds: the time limit of one rule.

    Attributes:
        summary: the figures so far.
        tally: the figures about plans.
        suppressions: the suppressions of the run.
        writer: makes and counts the findings.

    Raises:
        UsageError: a selector means no rule, or a rule file is broken.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        allow_empty: bool = False,
        snippets: SnippetMaker | None = None,
        error_snippets: ErrorSnippetMaker | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self.settings = settings or Settings()
        self.tally = PlanTally()
        self.summary = Summary(plans=self.tally, remarks=list(Selection(self.settings).remarks))
        selection = Selection(plan_settings(self.settings))
        self.suppressions = Suppressions(selection, self.settings, _APPLIED)
        self.writer = FindingWriter(selection, self.summary, self.suppressions, snippets)
        self._allow_empty = allow_empty
        self._error_snippets = error_snippets
        self._seconds = seconds
        self._unclaimed: list[tuple[str, str]] = []  # remarks on files that need not hold a plan
        severities = requirements(self.settings)
        self.codes = tuple(rule.code for rule in severities)
        if not self.codes:
            self.summary.remarks.append(("requirements", _NOTHING_REQUIRED))
        for code in sorted(set(self.codes) & set(TRACKING_REFUSALS)):
            self.summary.remarks.append((code, COST_OF_BLOCKING))
        self.plan_findings = PlanFindings(
            {rule.code: rule.name for rule in severities},
            {rule.code: severity for rule, severity in severities.items()},
            Probes(self.settings.delivery, self.settings.platforms),
        )

    def evaluator(self) -> Evaluator:
        """Return what evaluates the schemas of this run."""
        codes = list(dict.fromkeys((*self.codes, *TRACKING_REFUSALS)))
        settings = self.settings
        return Evaluator(settings.delivery, codes, platforms=settings.platforms, seconds=self._seconds)

    def paths(self, paths: Sequence[str], *, stdin_filename: str | None = None) -> Iterator[Finding]:
        """Check the plans of files, folders, globs and ``-``; ``summary.unread`` names those that cannot be read."""
        plans: list[Plan] = []
        findings: list[Finding] = []
        found = discover(
            paths,
            exclude=self.settings.exclude,
            root=self.settings.root,
            stdin_filename=stdin_filename,
            may_hold_calls=may_hold_calls,
        )
        for each in found:
            if isinstance(each, UnreadableInput):
                self.summary.unread.append((each.path, each.reason))
            else:
                file = read_file(each, self.settings.limits)
                findings += self.findings_of_file(file)
                plans.extend(file.plans)
        if found.passed_over:
            self.summary.not_calls[_NEITHER] += found.passed_over
        with self.evaluator() as evaluator:
            for plan in self.joined(plans):
                findings += self.check(plan, evaluator)
        self.note_suppressions()
        # A report begins with the figures, so all of them are known before the first finding is shown.
        yield from findings

    def findings_of_file(self, file: PlanFile) -> Iterator[Finding]:
        """Count a file, and yield the findings that do not depend on what its plans accept."""
        summary, path = self.summary, file.source.path
        claimed = file.source.named and not self._allow_empty
        self.suppressions.begin(path, claimed=claimed)
        for document in file.documents:
            self.suppressions.add_comments(path, comments_of(document))
        summary.inputs += not file.unread
        summary.bytes += file.size
        if file.unread:
            summary.unread.append((path, file.unread))
        else:
            summary.file(path).inputs += 1
        if file.parse_errors and file.is_unrelated and not claimed:
            summary.unreadable.append(path)
            return
        for error in file.parse_errors:
            snippet = self._error_snippets(error) if self._error_snippets else None
            location = Location(path, error.span)
            yield from self.writer.about_file(INVALID_SYNTAX, location, {"problem": error.message}, snippet=snippet)
        remarks = summary.remarks if claimed or file.plans else self._unclaimed
        remarks.extend((path, remark) for remark in file.remarks)
        if file.other is not None:
            summary.not_calls["other"] += 1
            if claimed and not file.plans and not file.remarks:
                yield from self.writer.about_file(NOT_A_PLAN, Location(path, file.other[1]), {}, _NO_PLAN)
        yield from self.writer.findings(
            PendingPlanFinding(REPEATED_KEY, SchemaLocation(path, document, at), {"key": mask_shapes(str(at[-1]))})
            for document in file.documents
            for at in document.repeated
        )

    def note_suppressions(self, *, of_all: bool = True) -> None:
        """Add to the figures what is to be known of suppressions. It is called once, after all findings.

        Args:
            of_all: whether the findings about all of each plan were looked for, and not only about changes.
        """
        self.summary.add_suppression_notes(self.suppressions.notes(), of_all=of_all)

    def joined(self, plans: Sequence[Plan]) -> Iterator[Plan]:
        """Join the pages of plans, and count the plans; one that lacks pages makes the run incomplete."""
        for plan, complete in join_pages(plans):
            if not complete:
                self.summary.unread.append((plan.location.file, _PAGE_MISSING))
            elif remark := stale_total(plan):
                self.summary.remarks.append((plan.location.file, remark))
            self.tally.plans += 1
            yield plan
        if not self.tally.plans and self._unclaimed:
            (path, remark), *others = self._unclaimed
            more = f"; further files without a plan: {len(others):,}" if others else ""
            self.summary.remarks.append((path, remark + more))

    def probe(self, plan: Plan, evaluator: Evaluator, *, other: Plan | None = None) -> PlanResult:
        """Probe a plan, also with the values that an *other* version of it names, and count its rules."""
        result = probe_plan(plan, evaluator, self.codes, other=other)
        rules = len(result.answers) + len(result.skipped)
        self.tally.rules += rules
        self.summary.file(plan.location.file).checked += rules
        self.tally.commons += len(plan.active_commons)
        self.tally.alone += not plan.active and bool(plan.active_commons)
        self.tally.checked += len(result.answers)
        self.tally.skipped += Counter(result.skipped.values())
        self.tally.unasked += result.unknown
        self.count(result, self.tally.requirements)
        for rule in built_in():
            if rule.code in TRACKING_REFUSALS and rule.code not in self.codes:
                result.count(rule.code, self.tally.refusals.setdefault(rule.code, RequirementTally(rule.name)))
        if LEFT_OUT in result.skipped.values():
            self.summary.unread.append((plan.location.file, _RULES_LEFT_OUT))
        return result

    def count(self, result: PlanResult, tallies: dict[str, RequirementTally]) -> None:
        """Count how the rules of a plan guard each requirement."""
        for code, name in self.plan_findings.names.items():
            result.count(code, tallies.setdefault(code, RequirementTally(name)))

    def check(self, plan: Plan, evaluator: Evaluator) -> list[Finding]:
        """Check one plan."""
        if plan.checkable:
            return self.writer.findings(self.plan_findings.of_plan(self.probe(plan, evaluator)))
        self.tally.uncheckable += 1
        return self.writer.findings([uncheckable(plan)])
