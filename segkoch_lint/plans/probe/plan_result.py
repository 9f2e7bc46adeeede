"""The result of probing a plan: an answer for each active rule, together with the common schemas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from segkoch_lint.calls.call import CALL_TYPES
from segkoch_lint.findings.plan_tally import RequirementTally
from segkoch_lint.plans.model.plan import Plan, PlanRule, Schema
from segkoch_lint.plans.probe.answers import Answer, Unguarded
from segkoch_lint.plans.probe.completion import Refusal
from segkoch_lint.plans.probe.evaluator import Evaluator, TimeLimitExceeded
from segkoch_lint.plans.probe.plan_values import PlanValue, plan_values
from segkoch_lint.plans.probe.probes import Mutation, Probes
from segkoch_lint.plans.probe.validators import SchemaError

_MAX_EXCEEDED = 3
"""Rules of a plan that may exceed the time limit before the remaining ones are left out."""

DEPRECATED = "deprecated"
"""Why a rule was not probed; apart from this and the next ones, since its calls are not delivered."""

UNUSABLE = "no usable JSON Schema"
NOT_PROBED = "no call could be made up"
LEFT_OUT = "left out after others took too long"
UNKNOWN_TYPE = "unknown type"


@dataclass(slots=True)
class PlanResult:
    """What a plan accepts.

    Attributes:
        plan: the plan.
        answers: of the rules that were probed, in the plan's order.
        skipped: why the other rules were not, by rule.
        unprobed: the skipped rules for which no accepted call was found.
        errors: schemas that cannot be evaluated, each with its rule.
        unruled: answers of the common schemas alone, for the types of calls that the plan has no rule for.
        values: what schemas name for members of the device, by rule (or type without one).
        commonly_guarded: requirements that the common schemas alone guard for at least one type of call.
    """

    plan: Plan
    answers: dict[PlanRule, Answer] = field(default_factory=dict)
    skipped: dict[PlanRule, str] = field(default_factory=dict)
    unprobed: dict[PlanRule, Refusal] = field(default_factory=dict)
    errors: list[tuple[PlanRule, SchemaError]] = field(default_factory=list)
    unruled: dict[PlanRule, Answer] = field(default_factory=dict)
    values: dict[PlanRule, Sequence[PlanValue]] = field(default_factory=dict)
    commonly_guarded: frozenset[str] = frozenset()

    @property
    def probed(self) -> list[PlanRule]:
        """The rules that accept a good call, so that it could be mutated."""
        return [rule for rule, answer in self.answers.items() if answer.calls]

    @property
    def unknown(self) -> int:
        """The number of rules whose calls may reach Kochava, and of which it is not known what they guard."""
        reasons = {UNUSABLE, NOT_PROBED, LEFT_OUT, UNKNOWN_TYPE}
        refusing = len(self.answers) - len(self.probed)
        return refusing + sum(reason in reasons for reason in self.skipped.values())

    def count(self, code: str, tally: RequirementTally) -> None:
        """Count how rules, and common schemas for types without a rule, guard a requirement."""
        by_rule = self.unguarded(code)
        unruled = self.unguarded_without_rule(code) if code in self.commonly_guarded else {}
        found = [*by_rule.values(), *unruled.values()]
        tally.guarded += len(self.probed) - len(by_rule)
        tally.open += sum(each.open for each in found)
        tally.partly += sum(not each.open for each in found)

    def answer(self, rule: PlanRule) -> Answer:
        """Return the answer of a rule, or for a type of calls without one."""
        return self.answers[rule] if rule in self.answers else self.unruled[rule]

    def unguarded(self, code: str) -> dict[PlanRule, Unguarded]:
        """Return by rule which mutations for a requirement it accepts."""
        return {rule: each.unguarded[code] for rule, each in self.answers.items() if code in each.unguarded}

    def unguarded_without_rule(self, code: str) -> dict[PlanRule, Unguarded]:
        """Return the same for the types of calls without a rule."""
        return {rule: each.unguarded[code] for rule, each in self.unruled.items() if code in each.unguarded}

    def accepted(self, probes: Probes, rule: PlanRule, code: str, name: str) -> Mutation:
        """Return an accepted mutation by its name."""
        answer = self.answer(rule)
        good = answer.calls[answer.unguarded[code].accepted[name]]
        return probes.mutation(good, code, name, self.values[rule])


def probe_plan(plan: Plan, evaluator: Evaluator, codes: Sequence[str], *, other: Plan | None = None) -> PlanResult:
    """Probe a plan.

    Args:
        plan: one whose format can state what a context has to hold.
        evaluator: evaluates the schemas.
        codes: of the requirements.
        other: another version of the plan; the values that it names are used, too.
    """
    result = PlanResult(plan, skipped={rule: DEPRECATED for rule in plan.rules if rule.deprecated})
    versions = [plan, *([other] if other else [])]
    rules = plan.active or tuple(_any_call(plan))
    usable = _are_commons_usable(result, evaluator)
    exceeded = 0
    for rule in rules:
        if not usable:
            result.skipped[rule] = UNUSABLE
        elif rule.call_type not in CALL_TYPES:
            result.skipped[rule] = UNKNOWN_TYPE
            result.errors.append((rule, SchemaError("the rule is for no type of call that Segment knows")))
        elif exceeded >= _MAX_EXCEEDED:
            result.skipped[rule] = LEFT_OUT
        else:
            result.values[rule] = _values(rule, versions)
            exceeded += not _probe_rule(rule, result, evaluator)
    if usable:
        _probe_commons(result, {rule.call_type for rule in rules}, codes, evaluator, versions)
    return result


def _values(rule: PlanRule, versions: Sequence[Plan]) -> Sequence[PlanValue]:
    """Return the values that schemas for the calls of a rule name, common schemas and other versions included."""
    alike = [each for plan in versions for each in plan.by_call_kind.get(rule.call_kind, ())]
    commons = [each for plan in versions for each in plan.active_commons]
    return plan_values(each.schema.value for each in dict.fromkeys((rule, *alike, *commons)))


def _any_call(plan: Plan) -> Iterator[PlanRule]:
    """Yield a rule for a plan that has a common schema only."""
    for common in plan.active_commons[:1]:
        yield PlanRule("track", "", Schema(True, common.schema.location, common.schema.in_string))


def _are_commons_usable(result: PlanResult, evaluator: Evaluator) -> bool:
    for common in result.plan.active_commons:
        try:
            evaluator.probe([common.schema.value], ("track", ""))
        except (SchemaError, TimeLimitExceeded) as error:
            result.errors.append((common, _schema_error(error, evaluator)))
    return not result.errors


def _probe_rule(rule: PlanRule, result: PlanResult, evaluator: Evaluator) -> bool:
    """Probe one rule, and return whether it kept within the time limit."""
    plan = result.plan
    schemas = [rule.schema.value, *(common.schema.value for common in plan.active_commons)]
    oldest, *_ = plan.by_call_kind.get(rule.call_kind, [rule])
    version = rule.version if rule.version != oldest.version else None
    try:
        answer = evaluator.probe(schemas, rule.call_kind, version, values=result.values[rule])
    except (SchemaError, TimeLimitExceeded) as error:
        result.errors.append((rule, _schema_error(error, evaluator)))
        result.skipped[rule] = UNUSABLE
        return isinstance(error, SchemaError)
    if answer.not_delivered is not None:
        result.skipped[rule] = answer.not_delivered
    elif answer.refusal is not None:
        result.skipped[rule] = NOT_PROBED
        result.unprobed[rule] = answer.refusal
    else:
        result.answers[rule] = answer
    return True


def _probe_commons(
    result: PlanResult, ruled: Collection[str], codes: Sequence[str], evaluator: Evaluator, versions: Sequence[Plan]
) -> None:
    """Probe the common schemas alone, with calls of every type."""
    commons = result.plan.active_commons
    schema = commons[0].schema if commons else Schema(True, result.plan.location)
    guarded: set[str] = set()
    for call_type in CALL_TYPES:
        rule = PlanRule(call_type, "", schema)
        values = _values(rule, versions)
        with suppress(TimeLimitExceeded):  # it is reported for rules, and has no other consequence
            answer = evaluator.probe([each.schema.value for each in commons], rule.call_kind, values=values)
            if answer.calls:
                guarded |= set(codes) - set(answer.unguarded)
                if call_type not in ruled:
                    result.unruled[rule], result.values[rule] = answer, values
    result.commonly_guarded = frozenset(guarded)


def _schema_error(error: SchemaError | TimeLimitExceeded, evaluator: Evaluator) -> SchemaError:
    if isinstance(error, SchemaError):
        return error
    limit = f"{evaluator.seconds:g} seconds"
    return SchemaError(f"evaluating the JSON Schema takes more than {limit}, or more memory than there is")
