"""What a survey of a plan amounts to: the findings, each at the place where the guard belongs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint.findings import Severity
from segkoch_lint.masking import Secret, mask_shapes
from segkoch_lint.places import Path
from segkoch_lint.plans.check.guard_location import guard_place
from segkoch_lint.plans.check.pending_findings import Draft, call_text, masked_call
from segkoch_lint.plans.model.plan import Plan, PlanRule, Schema
from segkoch_lint.plans.probe.answers import Strictness
from segkoch_lint.plans.probe.completion import Refusal
from segkoch_lint.plans.probe.plan_result import Fault, Survey, about, types_of
from segkoch_lint.plans.probe.probes import Probes, ways

INVALID_SYNTAX = "KCH001"
REPEATED_KEY = "KCH003"
UNGUARDED = "KCH401"
NOT_CHECKABLE = "KCH402"
OVER_STRICT = "KCH403"
GUARD_REMOVED = "KCH404"

_MANY = 5
"""Rules that are told one by one where most rules of a plan leave the same open; of more, the plan is blamed."""

ShownCall = tuple[str, str, dict[str, str | Secret]]
"""How a call is broken, its text with placeholders, and what fills these."""

_HELP = "Give an example that the schema accepts: `examples`, `default` or `enum` of the member."


@dataclass(frozen=True, slots=True, eq=False)
class StrictRule:
    """The finding that a rule refuses all good calls of a platform."""

    draft: Draft
    rule: PlanRule
    platform: str


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """A requirement that is open for some calls.

    Attributes:
        code: of the requirement.
        rules: the names of the broken calls that are let through, by rule or type of calls without one.
        everywhere: whether the common schema is the place for a guard, and not the rules.
    """

    code: str
    rules: Mapping[PlanRule, Sequence[str]]
    everywhere: bool


class Judge:
    """Turns surveys into findings-to-be.

    Args:
        names: of the requirements, by code.
        weights: the severity of each requirement: an unguarded one weighs no more.
        probes: made the calls that plans were asked with.
    """

    def __init__(self, names: Mapping[str, str], weights: Mapping[str, Severity], probes: Probes) -> None:
        self.names = names
        self.probes = probes
        self._weights = weights

    def findings(self, survey: Survey) -> Iterator[Draft]:
        """Yield everything that is wrong with a plan."""
        yield from self.faults(survey)
        openings = []
        for code in self.names:
            gaps = {rule: tuple(gap.passed) for rule, gap in survey.gaps(code).items()}
            openings.append(Opening(code, gaps, is_everywhere(survey.plan, gaps, survey.probed)))
            if code in survey.commonly_guarded:
                unruled = {rule: tuple(gap.passed) for rule, gap in survey.unruled_gaps(code).items()}
                openings.append(Opening(code, unruled, everywhere=True))
        yield from self.unguarded(survey, openings)
        yield from (each.draft for each in self.strict(survey))
        yield from self.unprobed(survey)

    def faults(self, survey: Survey, *, known: Survey | None = None) -> Iterator[Draft]:
        """Yield the schemas that cannot be asked, but for those of a *known* version with the same problem."""
        seen: set[tuple[int, Path]] = set()
        before = {_problem(each) for each in known.faults} if known else set()
        for each in survey.faults:
            site = each.rule.schema.nearest(each.fault.path)
            if (id(site.document), site.path) not in seen and _problem(each) not in before:
                seen.add((id(site.document), site.path))
                remedy = "Until it is fixed, nothing is known of what the plan lets through."
                yield Draft(
                    INVALID_SYNTAX,
                    site,
                    {"problem": mask_shapes(each.fault.problem)},
                    remedy=remedy,
                    rules=(each.rule,),
                )

    def unguarded(self, survey: Survey, openings: Iterable[Opening], *, finding: str = UNGUARDED) -> Iterator[Draft]:
        """Yield the places that leave requirements open: each schema once, with all that is open there.

        Args:
            survey: of the plan.
            openings: what is open.
            finding: the code of the finding to make.
        """
        places: dict[PlanRule | None, list[Opening]] = {}
        for each in openings:
            if each.everywhere and each.rules:
                places.setdefault(None, []).append(each)
                continue
            for rule, names in each.rules.items():
                places.setdefault(rule, []).append(Opening(each.code, {rule: names}, everywhere=False))
        for place, found in places.items():
            yield self._at_place(survey, place, found, finding)

    def gone(self, plan: Plan, codes: Sequence[str]) -> Draft:
        """Return the finding that a plan is gone that guarded these requirements."""
        requirements = listed([f"{code} {self.names[code]}" for code in codes])
        return Draft(
            GUARD_REMOVED,
            plan.site,
            {"rule": mask_shapes(_whole(plan, 0, 0)), "requirements": requirements},
            template="{rule} is gone, and with it what stopped calls that break {requirements}",
            remedy="Put the plan back, or guard these calls in the plan that takes its place.",
            properties={"requirements": " ".join(codes)},
            most=max(self._weights[code] for code in codes),
            rules=plan.active,
        )

    def _at_place(self, survey: Survey, rule: PlanRule | None, openings: Sequence[Opening], finding: str) -> Draft:
        """Return the finding about one place: the schema of a rule, or, without a rule, the common one."""
        codes = list(dict.fromkeys(each.code for each in openings))
        planned = [each for each in dict.fromkeys(r for o in openings for r in o.rules) if each not in survey.unruled]
        first = next(iter(openings[0].rules))
        calls = self._calls(survey, openings)
        break_, text, values = next(iter(calls.values()))
        properties = {"requirements": " ".join(codes), "type": first.call_type}
        if first.event:
            properties["event"] = mask_shapes(first.event)
        for code, (_, template, filled) in calls.items():
            name = "counterexample" if code == codes[0] else f"counterexample {code}"
            properties[name] = masked_call(template, filled)
        commons = survey.plan.active_commons
        schema = rule.schema if rule is not None else commons[0].schema if commons else None
        related = planned[:1] if rule is None and survey.plan.active else []
        shown = {
            "rule": mask_shapes(self._subject(survey, rule, openings, planned)),
            "requirements": listed([self._requirement(survey, each, planned) for each in openings]),
            "break": mask_shapes(break_),
            **values,
        }
        return Draft(
            finding,
            guard_place(schema, codes) if schema is not None else survey.plan.site,
            shown,
            template=_template(finding).replace("{call}", text),
            related=tuple((each.schema.site, f"for example {about(each)}") for each in related),
            properties=properties,
            most=max(self._weights[code] for code in codes),
            rules=planned,
        )

    def _calls(self, survey: Survey, openings: Sequence[Opening]) -> dict[str, ShownCall]:
        """Return by requirement a call that breaks it and is let through: how, its text, and what fills that."""
        shown: dict[str, ShownCall] = {}
        for each in openings:
            rule, names = next(iter(each.rules.items()))
            accepted = survey.accepted(self.probes, rule, each.code, names[0])
            shown.setdefault(each.code, (accepted.summary, *call_text(accepted.call, self.probes.made_up)))
        return shown

    def _subject(
        self, survey: Survey, rule: PlanRule | None, openings: Sequence[Opening], planned: Sequence[PlanRule]
    ) -> str:
        if rule is not None:
            return about(rule)
        plan = survey.plan
        if not planned:
            types = types_of(list(openings[0].rules))
            return f"for {types} calls, which have no rule, the {'common schema' if plan.active_commons else 'plan'}"
        return _whole(plan, len(planned), len(survey.probed))

    def _requirement(self, survey: Survey, opening: Opening, planned: Sequence[PlanRule]) -> str:
        """Return a requirement in words, with how much of it is open."""
        limits = []
        if all(rule in survey.unruled for rule in opening.rules):
            limits += [f"{types_of(list(opening.rules))} calls"] if planned else []
        elif len(opening.rules) < len(planned):
            limits.append(f"{len(opening.rules)} rules" if len(opening.rules) > 1 else about(next(iter(opening.rules))))
        rule, names = next(iter(opening.rules.items()))
        gap = survey.answer(rule).gaps[opening.code]
        if len(ways(names)) < gap.ways:
            limits.append(f"{len(ways(names))} of {gap.ways} ways to break it")
        words = f"{opening.code} {self.names[opening.code]}"
        return f"{words} ({', '.join(limits)})" if limits else words

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
                rules = list(survey.answers) if common else [rule]
                yield StrictRule(self._over_strict(subject, schema, each, rule, rules), rule, each.platform)

    def unprobed(self, survey: Survey, among: Collection[PlanRule] | None = None) -> Iterator[Draft]:
        """Yield which rules (of some, if given) could not be asked, since no call was found that they accept."""
        told: dict[tuple[int, Path], Draft] = {}
        for rule, refusal in survey.unprobed.items():
            if among is not None and rule not in among:
                continue
            schema = self._refusing(survey.plan, rule, refusal)
            mark = (id(schema), refusal.at)
            rules = [*(told[mark].rules if mark in told else ()), rule]
            problem = f"no call was found that {about(rule)} accepts, so it was not asked: {refusal_in_words(refusal)}"
            told[mark] = Draft(
                NOT_CHECKABLE, schema.nearest(refusal.at), {"problem": mask_shapes(problem)}, remedy=_HELP, rules=rules
            )
        yield from told.values()

    def _over_strict(
        self, subject: str, schema: Schema, each: Strictness, rule: PlanRule, rules: Sequence[PlanRule]
    ) -> Draft:
        refusal = each.refusal
        values: dict[str, str | Secret] = {
            "rule": mask_shapes(subject),
            "platform": each.platform,
            "keyword": refusal.keyword,
            "what": _what(refusal),
        }
        properties = {"platform": each.platform, "keyword": refusal.keyword, "type": rule.call_type}
        if rule.event and len(rules) == 1:
            properties["event"] = mask_shapes(rule.event)
        return Draft(OVER_STRICT, schema.nearest(refusal.at), values, properties=properties, rules=rules)

    def _refusing(self, plan: Plan, rule: PlanRule, refusal: Refusal) -> Schema:
        return (rule, *plan.active_commons)[refusal.schema].schema


def uncheckable(plan: Plan) -> Draft:
    """Return the finding that a plan's format says nothing of what its calls' context has to hold."""
    problem = f"a {plan.kind} plan: it cannot state what the context of a call has to hold, so it was not checked"
    return Draft(NOT_CHECKABLE, plan.site, {"problem": problem}, properties={"format": plan.kind}, rules=plan.rules)


def is_everywhere(plan: Plan, open_rules: Collection[PlanRule], rules: Sequence[PlanRule]) -> bool:
    """Tell whether what these rules leave open is best guarded in the common schema: all *rules* do, or many and most.

    A guard in the common schema serves every rule. A finding at each of a hundred rules would say the same.
    """
    if len(open_rules) == len(rules):
        return len(open_rules) > 1 or bool(plan.active_commons)
    return len(open_rules) > _MANY and 2 * len(open_rules) > len(rules)


def _problem(fault: Fault) -> tuple[Any, ...]:
    """Return what makes two faults of two versions of a plan the same."""
    return fault.rule.identity, fault.rule.version, fault.fault.problem, fault.fault.path


def _template(finding: str) -> str:
    from segkoch_lint.rules.catalogue import built_in  # noqa: PLC0415 - read once, and only for findings

    return next(each.message for each in built_in() if each.code == finding)


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _whole(plan: Plan, rules: int, of: int) -> str:
    name = f' "{plan.name}"' if plan.name else ""
    if not of or not plan.active:
        return f"the tracking plan{name}"
    number = f"{rules}" if rules >= of else f"{rules} of {of}"
    return f"the tracking plan{name} ({number} {'rule' if of == 1 else 'rules'})"


def refusal_in_words(refusal: Refusal) -> str:
    """Return which keyword refuses what."""
    return f"`{refusal.keyword}` refuses {_what(refusal)}"


def _what(refusal: Refusal) -> str:
    path: tuple[Any, ...] = (*refusal.path, *([refusal.member] if refusal.member else []))
    place = ".".join(map(str, path)) if path else "every call"
    if refusal.keyword == "required":
        return f"a call without {place}"
    return place
