"""What a survey of a plan amounts to: the findings, each at the place where the guard belongs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint.findings import Severity
from segkoch_lint.masking import Secret, mask_shapes
from segkoch_lint.places import Path
from segkoch_lint.plans.asking import Gap, Strictness
from segkoch_lint.plans.completing import Refusal
from segkoch_lint.plans.guard_places import guard_place
from segkoch_lint.plans.plan import Plan, PlanRule, Schema, Site
from segkoch_lint.plans.stating import Draft, call_text
from segkoch_lint.plans.survey import Survey, about, types_of

INVALID_SYNTAX = "KCH001"
REPEATED_KEY = "KCH003"
UNGUARDED = "KCH401"
NOT_CHECKABLE = "KCH402"
OVER_STRICT = "KCH403"

_HELP = "Give an example that the schema accepts: `examples`, `default` or `enum` of the member."


@dataclass(frozen=True, slots=True, eq=False)
class StrictRule:
    """The finding that a rule refuses all good calls of a platform."""

    draft: Draft
    rule: PlanRule
    platform: str


class Judge:
    """Turns surveys into findings-to-be.

    Args:
        names: of the requirements, by code.
        weights: the severity of each requirement: an unguarded one weighs no more.
        made_up: texts that are nobody's, in the calls that plans are asked with.
    """

    def __init__(self, names: dict[str, str], weights: dict[str, Severity], made_up: frozenset[str]) -> None:
        self.names = names
        self._weights = weights
        self._made_up = made_up

    def findings(self, survey: Survey) -> Iterator[Draft]:
        """Yield everything that is wrong with a plan."""
        yield from self.faults(survey)
        for code in self.names:
            yield from self.gaps(survey, code)
            if code in survey.commonly_guarded:
                yield from self.unruled(survey, code, rules=survey.unruled_gaps(code))
        yield from (each.draft for each in self.strict(survey))
        yield from self._unprobed(survey)

    def faults(self, survey: Survey) -> Iterator[Draft]:
        """Yield the schemas that cannot be asked."""
        seen: set[tuple[int, Path]] = set()
        for each in survey.faults:
            site = each.schema.nearest(each.fault.path)
            if (id(site.document), site.path) not in seen:
                seen.add((id(site.document), site.path))
                remedy = "Until it is mended, nobody can say what the plan lets through."
                yield Draft(INVALID_SYNTAX, site, {"problem": mask_shapes(each.fault.problem)}, remedy=remedy)

    def gaps(
        self,
        survey: Survey,
        code: str,
        *,
        finding: str = UNGUARDED,
        rules: Sequence[PlanRule] | None = None,
        among: Sequence[PlanRule] | None = None,
    ) -> Iterator[Draft]:
        """Yield where a requirement is unguarded: once where the whole plan is, else at each rule.

        Args:
            survey: of the plan.
            code: the requirement's.
            finding: the code of the finding to make.
            rules: those to speak of; all that have the gap when None.
            among: the rules that make up the whole plan; all that could be asked when None.
        """
        open_rules = survey.gaps(code) if rules is None else list(rules)
        plan = survey.plan
        whole = survey.probed if among is None else among
        everywhere = len(open_rules) == len(whole) and (len(open_rules) > 1 or bool(plan.active_commons))
        if open_rules and everywhere:
            first = open_rules[0]
            site = guard_place(plan.active_commons[0].schema, code) if plan.active_commons else plan.site
            yield self.gap(
                finding,
                code,
                site,
                subject=_whole(plan, len(open_rules)),
                rule=first,
                gap=survey.answers[first].gaps[code],
                related=((first.schema.site, f"for example {about(first)}"),) if plan.active else (),
                rules=len(open_rules),
            )
            return
        for rule in open_rules:
            site = guard_place(rule.schema, code)
            gap = survey.answers[rule].gaps[code]
            yield self.gap(finding, code, site, subject=about(rule), rule=rule, gap=gap)

    def unruled(
        self, survey: Survey, code: str, *, finding: str = UNGUARDED, rules: Sequence[PlanRule]
    ) -> Iterator[Draft]:
        """Yield that a requirement is unguarded for the types of calls that the plan has no rule for.

        Args:
            survey: of the plan.
            code: the requirement's.
            finding: the code of the finding to make.
            rules: stand-ins for the rules of these types.
        """
        if rules:
            commons, gap = survey.plan.active_commons, survey.unruled[rules[0]].gaps[code]
            site = guard_place(commons[0].schema, code) if commons else survey.plan.site
            subject = f"for {types_of(rules)} calls, which have no rule, the {'common schema' if commons else 'plan'}"
            yield self.gap(finding, code, site, subject=subject, rule=rules[0], gap=gap)

    def gap(
        self,
        finding: str,
        code: str,
        site: Site,
        *,
        subject: str,
        rule: PlanRule,
        gap: Gap,
        related: tuple[tuple[Site, str], ...] = (),
        rules: int = 1,
    ) -> Draft:
        """Return the finding that a requirement is unguarded, with the broken call that shows it."""
        from segkoch_lint.rules.catalogue import built_in  # noqa: PLC0415 - read once, and only for findings

        template = next(each.message for each in built_in() if each.code == finding)
        text, values = call_text(gap.call, self._made_up)
        shown: dict[str, str | Secret] = {
            "rule": mask_shapes(subject),
            "requirement": f"{code} {self.names[code]}",
            "break": f"{gap.summary} ({gap.accepted} of {gap.asked} ways to break it)",
            **values,
        }
        masked = text
        for name, value in values.items():
            masked = masked.replace("{" + name + "}", str(value))
        properties = {"requirement": code, "type": rule.call_type, "counterexample": masked}
        if rule.event:
            properties["event"] = mask_shapes(rule.event)
        return Draft(
            finding,
            site,
            shown,
            template=template.replace("{call}", text),
            related=related,
            properties=properties,
            most=self._weights[code],
            rules=rules,
        )

    def strict(self, survey: Survey) -> Iterator[StrictRule]:
        """Yield where a plan refuses all good calls of a platform; a keyword that all rules share is told once."""
        seen: set[tuple[str, int, Path]] = set()
        for rule, answer in survey.answers.items():
            for each in answer.strict:
                schema = self._refusing(survey.plan, rule, each.refusal)
                mark = (each.platform, id(schema), each.refusal.at)
                if mark in seen:
                    continue
                seen.add(mark)
                common = schema is not rule.schema
                subject = "the common schema" if common else about(rule)
                rules = len(survey.answers) if common else 1
                yield StrictRule(self._over_strict(subject, schema, each, rule, rules), rule, each.platform)

    def _unprobed(self, survey: Survey) -> Iterator[Draft]:
        told: dict[tuple[int, Path], Draft] = {}
        for rule, refusal in survey.unprobed.items():
            schema = self._refusing(survey.plan, rule, refusal)
            mark = (id(schema), refusal.at)
            rules = told[mark].rules + 1 if mark in told else 1
            problem = f"no call was found that {about(rule)} accepts, so it was not asked: {_objection(refusal)}"
            told[mark] = Draft(
                NOT_CHECKABLE, schema.nearest(refusal.at), {"problem": mask_shapes(problem)}, remedy=_HELP, rules=rules
            )
        yield from told.values()

    def _over_strict(self, subject: str, schema: Schema, each: Strictness, rule: PlanRule, rules: int) -> Draft:
        refusal = each.refusal
        values: dict[str, str | Secret] = {
            "rule": mask_shapes(subject),
            "platform": each.platform,
            "keyword": refusal.keyword,
            "what": _what(refusal),
        }
        properties = {"platform": each.platform, "keyword": refusal.keyword, "type": rule.call_type}
        if rule.event and rules == 1:
            properties["event"] = mask_shapes(rule.event)
        return Draft(OVER_STRICT, schema.nearest(refusal.at), values, properties=properties, rules=rules)

    def _refusing(self, plan: Plan, rule: PlanRule, refusal: Refusal) -> Schema:
        return (rule, *plan.active_commons)[refusal.schema].schema


def uncheckable(plan: Plan) -> Draft:
    """Return the finding that a plan's format says nothing of what its calls' context has to hold."""
    problem = f"a {plan.kind} plan: it cannot state what the context of a call has to hold, so it was not checked"
    return Draft(NOT_CHECKABLE, plan.site, {"problem": problem}, properties={"format": plan.kind})


def _whole(plan: Plan, rules: int) -> str:
    name = f' "{plan.name}"' if plan.name else ""
    if not plan.active:
        return f"the tracking plan{name}"
    return f"the tracking plan{name} ({rules} {'rule' if rules == 1 else 'rules'})"


def _objection(refusal: Refusal) -> str:
    return f"`{refusal.keyword}` refuses {_what(refusal)}"


def _what(refusal: Refusal) -> str:
    path: tuple[Any, ...] = (*refusal.path, *([refusal.member] if refusal.member else []))
    place = ".".join(map(str, path)) if path else "every call"
    if refusal.keyword == "required":
        return f"a call without {place}"
    return place
