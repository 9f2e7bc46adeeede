"""Findings about the result of probing a plan: one for each place that needs a guard."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.position import Path
from segkoch_lint.findings.redaction.masking import mask_shapes
from segkoch_lint.plans.check.counterexample import Counterexample
from segkoch_lint.plans.check.guard_location import guard_location
from segkoch_lint.plans.check.pending_findings import PendingPlanFinding
from segkoch_lint.plans.model.plan import CallKind, Plan, PlanRule, Schema
from segkoch_lint.plans.model.wording import listed
from segkoch_lint.plans.probe.answers import Unguarded
from segkoch_lint.plans.probe.completion import Refusal
from segkoch_lint.plans.probe.plan_result import PlanResult
from segkoch_lint.plans.probe.probes import Probes, mutation_ways
from segkoch_lint.plans.probe.validators import SchemaError

INVALID_SYNTAX = "KCH001"
REPEATED_KEY = "KCH003"
UNGUARDED = "KCH401"
NOT_CHECKABLE = "KCH402"
OVER_STRICT = "KCH403"
GUARD_REMOVED = "KCH404"

_MANY = 5
"""Up to this number of rules, each has a finding, even if most rules of the plan leave the same open."""

_UNUSABLE_REMEDY = "Until it is fixed, it is not known which calls the plan lets through."
_UNPROBED_REMEDY = "Give an example that the schema accepts: `examples`, `default` or `enum` of the member."
_REMOVED_REMEDY = "Put the plan back, or guard these calls in the plan that replaces it."


@dataclass(frozen=True, slots=True, eq=False)
class OpenRequirement:
    """A requirement that some rules leave open.

    Attributes:
        code: of the requirement.
        rules: the names of the accepted mutations, by rule or type of calls without one.
        everywhere: whether the guard belongs in the common schema, and not in the rules.
    """

    code: str
    rules: Mapping[PlanRule, Sequence[str]]
    everywhere: bool


class PlanFindings:
    """Makes findings of the results of probing plans.

    The methods that take the *known* result of an older version of the plan leave out what is true of that, too.

    Args:
        names: of the requirements, by code.
        severities: of the requirements, by code; a finding has at most the highest of its requirements.
        probes: made the calls.
    """

    def __init__(self, names: Mapping[str, str], severities: Mapping[str, Severity], probes: Probes) -> None:
        self.names = names
        self._severities = severities
        self._probes = probes

    def of_plan(self, result: PlanResult) -> Iterator[PendingPlanFinding]:
        """Yield all findings about a plan."""
        yield from self.unusable(result)
        found = []
        for code in self.names:
            by_rule = accepted_names(result.unguarded(code))
            found.append(OpenRequirement(code, by_rule, is_everywhere(result.plan, by_rule, result.probed)))
            if code in result.commonly_guarded:
                unruled = accepted_names(result.unguarded_without_rule(code))
                found.append(OpenRequirement(code, unruled, everywhere=True))
        yield from self.unguarded(result, found)
        yield from self.over_strict(result)
        yield from self.unprobed(result)

    def unusable(self, result: PlanResult, known: PlanResult | None = None) -> Iterator[PendingPlanFinding]:
        """Yield the schemas that cannot be evaluated."""
        before = {_problem(*each) for each in known.errors} if known else set()
        seen: set[tuple[int, Path]] = set()
        for rule, error in result.errors:
            location = rule.schema.locate(error.path)
            key = (id(location.document), location.path)
            if key not in seen and _problem(rule, error) not in before:
                seen.add(key)
                values = {"problem": mask_shapes(error.problem)}
                yield PendingPlanFinding(INVALID_SYNTAX, location, values, remedy=_UNUSABLE_REMEDY, rules=(rule,))

    def unguarded(
        self, result: PlanResult, found: Iterable[OpenRequirement], *, code: str = UNGUARDED
    ) -> Iterator[PendingPlanFinding]:
        """Yield one finding, with this *code*, for each schema that leaves requirements open."""
        by_place: dict[PlanRule | None, list[OpenRequirement]] = {}
        for each in found:
            if each.everywhere and each.rules:
                by_place.setdefault(None, []).append(each)
                continue
            for rule, names in each.rules.items():
                by_place.setdefault(rule, []).append(OpenRequirement(each.code, {rule: names}, everywhere=False))
        for place, requirements in by_place.items():
            yield self._at_place(result, place, requirements, code)

    def removed(self, plan: Plan, codes: Sequence[str]) -> PendingPlanFinding:
        """Return the finding that a plan which guarded these requirements does not exist any more."""
        requirements = listed([f"{code} {self.names[code]}" for code in codes])
        return PendingPlanFinding(
            GUARD_REMOVED,
            plan.location,
            {"rule": mask_shapes(_plan_label(plan, 0, 0)), "requirements": requirements},
            template="{rule} was removed, and with it the guard of {requirements}",
            remedy=_REMOVED_REMEDY,
            properties={"requirements": " ".join(codes)},
            max_severity=max(self._severities[code] for code in codes),
            rules=plan.active,
        )

    def over_strict(self, result: PlanResult, known: PlanResult | None = None) -> Iterator[PendingPlanFinding]:
        """Yield the keywords that refuse all good calls of a platform; a keyword that rules share has one finding."""
        before = _refused_platforms(known) if known else set()
        seen: set[tuple[str, int, Path]] = set()
        for rule, answer in result.answers.items():
            for platform, refusal in answer.over_strict.items():
                schema = _refusing_schema(result.plan, rule, refusal)
                key = (platform, id(schema), refusal.at)
                if key in seen:
                    continue
                seen.add(key)
                if (rule.call_kind, platform) not in before:
                    rules = [rule] if schema is rule.schema else list(result.answers)
                    yield _over_strict(schema, platform, refusal, rule, rules)

    def unprobed(self, result: PlanResult, known: PlanResult | None = None) -> Iterator[PendingPlanFinding]:
        """Yield the rules that could not be probed, since no call was found that they accept."""
        before = {(rule.call_kind, rule.version) for rule in known.unprobed} if known else set()
        by_keyword: dict[tuple[int, Path], list[PlanRule]] = {}
        for rule, refusal in result.unprobed.items():
            if (rule.call_kind, rule.version) not in before:
                schema = _refusing_schema(result.plan, rule, refusal)
                by_keyword.setdefault((id(schema), refusal.at), []).append(rule)
        for rules in by_keyword.values():
            refusal = result.unprobed[rules[-1]]
            problem = f"no call was found that {rules[-1].label} accepts, so it was not probed: {refusal}"
            location = _refusing_schema(result.plan, rules[-1], refusal).locate(refusal.at)
            values = {"problem": mask_shapes(problem)}
            yield PendingPlanFinding(NOT_CHECKABLE, location, values, remedy=_UNPROBED_REMEDY, rules=rules)

    def _at_place(
        self, result: PlanResult, place: PlanRule | None, found: Sequence[OpenRequirement], code: str
    ) -> PendingPlanFinding:
        """Return the finding about the schema of a rule, or, if *place* is None, about the common one."""
        codes = list(dict.fromkeys(each.code for each in found))
        first = next(iter(found[0].rules))
        rules = [rule for rule in dict.fromkeys(r for each in found for r in each.rules) if rule not in result.unruled]
        calls = self._counterexamples(result, found)
        properties = {"requirements": " ".join(codes), "type": first.call_type}
        if first.event:
            properties["event"] = mask_shapes(first.event)
        for each, call in calls.items():
            properties["counterexample" if each == codes[0] else f"counterexample {each}"] = call.masked
        commons = result.plan.active_commons
        schema = place.schema if place is not None else commons[0].schema if commons else None
        related = rules[:1] if place is None and result.plan.active else []
        shown = calls[codes[0]]
        return PendingPlanFinding(
            code,
            guard_location(schema, codes) if schema is not None else result.plan.location,
            {
                "rule": mask_shapes(place.label if place is not None else _subject(result, found, rules)),
                "requirements": listed([self._requirement(result, each, rules) for each in found]),
                "break": mask_shapes(shown.summary),
                **shown.values,
            },
            call=shown.template,
            related=tuple((rule.schema.location, f"for example {rule.label}") for rule in related),
            properties=properties,
            max_severity=max(self._severities[code] for code in codes),
            rules=rules,
        )

    def _counterexamples(self, result: PlanResult, found: Sequence[OpenRequirement]) -> dict[str, Counterexample]:
        """Return an accepted mutation for each requirement, by code."""
        shown: dict[str, Counterexample] = {}
        for each in found:
            if each.code not in shown:
                rule, names = next(iter(each.rules.items()))
                mutation = result.accepted(self._probes, rule, each.code, names[0])
                shown[each.code] = Counterexample.of(mutation, self._probes.is_made_up)
        return shown

    def _requirement(self, result: PlanResult, found: OpenRequirement, rules: Sequence[PlanRule]) -> str:
        """Return a requirement in words, and how much of it is open; *rules* are those that the finding is about."""
        limits = []
        first, names = next(iter(found.rules.items()))
        if all(rule in result.unruled for rule in found.rules):
            limits += [f"{_types(found.rules)} calls"] if rules else []
        elif len(found.rules) < len(rules):
            limits.append(f"{len(found.rules)} rules" if len(found.rules) > 1 else first.label)
        of = result.answer(first).unguarded[found.code].ways
        if len(mutation_ways(names)) < of:
            limits.append(f"{len(mutation_ways(names))} of {of} ways to break it")
        words = f"{found.code} {self.names[found.code]}"
        return f"{words} ({', '.join(limits)})" if limits else words


def uncheckable(plan: Plan) -> PendingPlanFinding:
    """Return the finding that a plan's format cannot state what its calls' context has to hold."""
    problem = f"a {plan.format} plan: it cannot state what the context of a call has to hold, so it was not checked"
    properties = {"format": plan.format}
    return PendingPlanFinding(
        NOT_CHECKABLE, plan.location, {"problem": problem}, properties=properties, rules=plan.rules
    )


def accepted_names(unguarded: Mapping[PlanRule, Unguarded]) -> dict[PlanRule, Sequence[str]]:
    """Return the names of the accepted mutations by rule."""
    return {rule: tuple(each.accepted) for rule, each in unguarded.items()}


def is_everywhere(plan: Plan, open_rules: Collection[PlanRule], rules: Sequence[PlanRule]) -> bool:
    """Return whether a guard belongs in the common schema: all *rules* need it, or many and most of them."""
    if len(open_rules) == len(rules):
        return len(open_rules) > 1 or bool(plan.active_commons)
    return len(open_rules) > _MANY and 2 * len(open_rules) > len(rules)


def _over_strict(
    schema: Schema, platform: str, refusal: Refusal, rule: PlanRule, rules: Sequence[PlanRule]
) -> PendingPlanFinding:
    label = rule.label if schema is rule.schema else "the common schema"
    properties = {"platform": platform, "keyword": refusal.keyword, "type": rule.call_type}
    if rule.event and len(rules) == 1:
        properties["event"] = mask_shapes(rule.event)
    values = {
        "rule": mask_shapes(label), "platform": platform, "keyword": refusal.keyword, "what": refusal.what,
    }  # fmt: skip
    return PendingPlanFinding(OVER_STRICT, schema.locate(refusal.at), values, properties=properties, rules=rules)


def _refusing_schema(plan: Plan, rule: PlanRule, refusal: Refusal) -> Schema:
    return (rule, *plan.active_commons)[refusal.schema].schema


def _refused_platforms(result: PlanResult) -> set[tuple[CallKind, str]]:
    return {(rule.call_kind, platform) for rule, answer in result.answers.items() for platform in answer.over_strict}


def _problem(rule: PlanRule, error: SchemaError) -> tuple[Any, ...]:
    """Return what identifies a problem in both versions of a plan."""
    return rule.call_kind, rule.version, error.problem, error.path


def _types(rules: Iterable[PlanRule]) -> str:
    return listed(list(dict.fromkeys(rule.call_type for rule in rules)))


def _subject(result: PlanResult, found: Sequence[OpenRequirement], rules: Sequence[PlanRule]) -> str:
    """Return what leaves requirements open, in words, if it is not a single rule."""
    if rules:
        return _plan_label(result.plan, len(rules), len(result.probed))
    where = "common schema" if result.plan.active_commons else "plan"
    return f"for {_types(found[0].rules)} calls, which have no rule, the {where}"


def _plan_label(plan: Plan, rules: int, of: int) -> str:
    name = f' "{plan.name}"' if plan.name else ""
    if not of or not plan.active:
        return f"the tracking plan{name}"
    number = f"{rules}" if rules >= of else f"{rules} of {of}"
    return f"the tracking plan{name} ({number} {'rule' if of == 1 else 'rules'})"
