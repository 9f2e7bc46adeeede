"""Inputs in, findings about tracking plans and figures out: the hall of `segkoch-lint plan`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from segkoch_lint.findings import Excerpt, Finding, Location
from segkoch_lint.masking import mask_shapes
from segkoch_lint.plans.check.pending_findings import Draft, Excerpts, Statement
from segkoch_lint.plans.check.plan_findings import INVALID_SYNTAX, REPEATED_KEY, Judge, uncheckable
from segkoch_lint.plans.model.files import PAGE_MISSING, PlanFile, joined, read_file, stale_total
from segkoch_lint.plans.model.plan import Plan, Site
from segkoch_lint.plans.probe.evaluator import SECONDS, Evaluator
from segkoch_lint.plans.probe.plan_result import Survey, survey
from segkoch_lint.plans.probe.probes import REFUSALS, Probes
from segkoch_lint.plans.probe.requirements import COST_OF_BLOCKING, about_plans, requirements
from segkoch_lint.policy.selection import Selection
from segkoch_lint.policy.settings import Settings
from segkoch_lint.reading.discovering import discover
from segkoch_lint.reading.documents import Flaw
from segkoch_lint.reading.inputs import Unread
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.tallies import PlanTally, RequirementTally, Summary

NOT_A_PLAN = "KCH002"

FlawExcerpts = Callable[[Flaw], Excerpt | None]

_NO_PLAN = "no tracking plan: what Segment's APIs, `terraform show -json`, Typewriter or RudderTyper write is expected"

_NOTHING_REQUIRED = "the configuration ignores all of them, so plans were asked only whether they accept good calls"

_NEITHER = "neither JSON nor YAML"


class PlanChecker:
    """One run over tracking plans.

    Args:
        settings: the configuration of the run.
        allow_empty: files that hold no plan are counted, not reported.
        excerpts, flaw_excerpts: make the lines to show; None when nobody shows them.
        seconds: what one rule may take.

    Attributes:
        summary: the figures so far.
        tally: those of the plans.

    Raises:
        UsageError: a selector means no rule, or a rule file is broken.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        allow_empty: bool = False,
        excerpts: Excerpts | None = None,
        flaw_excerpts: FlawExcerpts | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self.settings = settings or Settings()
        self.tally = PlanTally()
        self.summary = Summary(plans=self.tally)
        self.seconds = seconds
        self.statement = Statement(Selection(about_plans(self.settings)), self.summary, excerpts)
        self._allow_empty = allow_empty
        self._flaw_excerpts = flaw_excerpts
        self._set_aside: list[tuple[str, str]] = []  # remarks on files that nobody takes for plans
        wanted = requirements(self.settings)
        self.codes = tuple(rule.code for rule in wanted)
        names = {rule.code: rule.name for rule in wanted}
        weights = {rule.code: level for rule, level in wanted.items()}
        if not self.codes:
            self.summary.remarks.append(("requirements", _NOTHING_REQUIRED))
        for code in sorted(set(self.codes) & set(REFUSALS)):
            self.summary.remarks.append((code, COST_OF_BLOCKING))
        self.judge = Judge(names, weights, Probes(self.settings.delivery, self.settings.platforms))

    def evaluator(self) -> Evaluator:
        """Return what schemas are asked with."""
        settings, codes = self.settings, dict.fromkeys((*self.codes, *REFUSALS))
        return Evaluator(settings.delivery, list(codes), platforms=settings.platforms, seconds=self.seconds)

    def paths(self, paths: Sequence[str], *, stdin_filename: str | None = None) -> Iterator[Finding]:
        """Check the plans of files, folders, globs and ``-``; what cannot be read is noted in ``summary.unread``."""
        plans: list[Plan] = []
        about: list[Finding] = []
        found = discover(paths, exclude=self.settings.exclude, root=self.settings.root, stdin_filename=stdin_filename)
        for each in found:
            if isinstance(each, Unread):
                self.summary.unread.append((each.path, each.reason))
            else:
                file = read_file(each, self.settings.limits)
                about += self.about(file)
                plans.extend(file.plans)
        if found.passed_over:
            self.summary.not_calls[_NEITHER] += found.passed_over
        with self.evaluator() as evaluator:
            checked = [finding for plan in self.whole(plans) for finding in self.check(plan, evaluator)]
        # All figures are known before the first finding is shown: a report begins with them.
        yield from (*about, *checked)

    def about(self, file: PlanFile) -> Iterator[Finding]:
        """Count a file, and yield what is wrong with it before any plan of it is looked at."""
        summary, path = self.summary, file.source.path
        summary.inputs += bool(not file.unread)
        summary.bytes += file.size
        if file.unread:
            summary.unread.append((path, file.unread))
        # Who names a file, without saying that it may hold no plan, wants to hear of it.
        claimed = file.source.named and not self._allow_empty
        if file.flaws and file.is_foreign and not claimed:
            summary.unreadable.append(path)
            return
        for flaw in file.flaws:
            excerpt = self._flaw_excerpts(flaw) if self._flaw_excerpts else None
            location = Location(path, flaw.span)
            yield from self.statement.about_file(INVALID_SYNTAX, location, {"problem": flaw.message}, excerpt=excerpt)
        remarks = summary.remarks if claimed or file.plans else self._set_aside
        remarks.extend((path, remark) for remark in file.remarks)
        if file.stranger is not None:
            summary.not_calls["other"] += 1
            if claimed and not file.plans and not file.remarks:
                location = Location(path, file.stranger[1])
                yield from self.statement.about_file(NOT_A_PLAN, location, {}, _NO_PLAN)
        repeated = [
            Draft(REPEATED_KEY, Site(path, document, where), {"key": mask_shapes(str(where[-1]))})
            for document in file.documents
            for where in document.repeated
        ]
        yield from self.statement.findings(repeated)

    def whole(self, plans: Sequence[Plan]) -> Iterator[Plan]:
        """Put the pages of plans together, and count the plans; a plan that lacks pages makes the run incomplete."""
        for plan, complete in joined(plans):
            if not complete:
                self.summary.unread.append((plan.site.file, PAGE_MISSING))
            elif remark := stale_total(plan):
                self.summary.remarks.append((plan.site.file, remark))
            self.tally.plans += 1
            yield plan
        if not self.tally.plans and self._set_aside:
            (path, remark), *others = self._set_aside
            more = f"; further files without a plan: {len(others):,}" if others else ""
            self.summary.remarks.append((path, remark + more))

    def survey(self, plan: Plan, evaluator: Evaluator, *, other: Plan | None = None) -> Survey:
        """Ask a plan, also about the own values of an *other* version of it, and count its rules."""
        found = survey(plan, evaluator, self.codes, self.seconds, other=other)
        self.tally.rules += len(found.answers) + len(found.skipped)
        self.tally.commons += len(plan.active_commons)
        self.tally.alone += not plan.active and bool(plan.active_commons)
        self.tally.checked += len(found.answers)
        self.tally.skipped += Counter(found.skipped.values())
        self.tally.unasked += found.unasked
        self.count(found, self.tally.requirements)
        for rule in built_in():
            if rule.code in REFUSALS and rule.code not in self.codes:
                found.count(rule.code, self.tally.refusals.setdefault(rule.code, RequirementTally(rule.name)))
        if found.left_out:
            reason = "rules were left out, since evaluating others took too long"
            self.summary.unread.append((plan.site.file, reason))
        return found

    def count(self, found: Survey, requirements: dict[str, RequirementTally]) -> None:
        """Count how the rules of a plan guard each requirement."""
        for code, name in self.judge.names.items():
            found.count(code, requirements.setdefault(code, RequirementTally(name)))

    def check(self, plan: Plan, evaluator: Evaluator) -> Iterator[Finding]:
        """Check one plan."""
        if plan.checkable:
            yield from self.statement.findings(self.judge.findings(self.survey(plan, evaluator)))
        else:
            self.tally.uncheckable += 1
            yield from self.statement.findings([uncheckable(plan)])
