"""Asks a whole plan: every active rule of it, together with its common schemas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from segkoch_lint.calls import CALL_TYPES
from segkoch_lint.plans.model.plan import COMMON, Plan, PlanRule, Schema
from segkoch_lint.plans.probe.answers import Answer, Gap
from segkoch_lint.plans.probe.completion import Refusal
from segkoch_lint.plans.probe.evaluator import Evaluator, Exhausted
from segkoch_lint.plans.probe.plan_values import OwnValue, own_values
from segkoch_lint.plans.probe.probes import Break, Probes
from segkoch_lint.plans.probe.validators import SchemaFault
from segkoch_lint.tallies import RequirementTally

_MOST_EXHAUSTED = 3
"""Rules of a plan that may use up their time before the others are left alone."""

DEPRECATED = "deprecated"
"""Why a rule was not asked: for this reason, one of the next ones, or since its calls are not delivered."""

UNUSABLE = "no usable JSON Schema"
NOT_PROBED = "no call could be made up"
LEFT_OUT = "left out after others took too long"
UNKNOWN_TYPE = "unknown type"
_UNASKED = frozenset({UNUSABLE, NOT_PROBED, LEFT_OUT, UNKNOWN_TYPE})


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """A rule, or a common one, whose schema cannot be asked."""

    rule: PlanRule
    fault: SchemaFault


@dataclass(slots=True)
class Survey:
    """What a plan says.

    Attributes:
        plan: the plan.
        answers: of the rules that were asked, in the plan's order.
        skipped: reasons why the other rules were not, by rule.
        unprobed: the skipped ones for which no call was found that they accept.
        faults: schemas that cannot be asked.
        unruled: answers about the types of calls that the plan has no rule for: those of the common schemas alone.
        values: what schemas name for members of the device, by the rule (or the type without one) that was asked.
        commonly_guarded: requirements that the common schemas guard by themselves, for calls of one type at least.
        left_out: whether rules were left alone because others had taken too long.
    """

    plan: Plan
    answers: dict[PlanRule, Answer] = field(default_factory=dict)
    skipped: dict[PlanRule, str] = field(default_factory=dict)
    unprobed: dict[PlanRule, Refusal] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unruled: dict[PlanRule, Answer] = field(default_factory=dict)
    values: dict[PlanRule, Sequence[OwnValue]] = field(default_factory=dict)
    commonly_guarded: frozenset[str] = frozenset()
    left_out: bool = False

    @property
    def probed(self) -> list[PlanRule]:
        """The rules that accept a good call, so that it could be broken and put to them."""
        return [rule for rule, answer in self.answers.items() if answer.calls]

    @property
    def unasked(self) -> int:
        """How many rules could not be asked what they guard, although their calls may reach Kochava.

        Those count, too, that accept no good call: there is nothing to break then.
        """
        refusing = len(self.answers) - len(self.probed)
        return refusing + sum(reason in _UNASKED for reason in self.skipped.values())

    def count(self, code: str, tally: RequirementTally) -> None:
        """Count how rules guard a requirement, and types of calls without one that the common schemas leave open."""
        unruled = self.unruled_gaps(code) if code in self.commonly_guarded else {}
        gaps = [*self.gaps(code).values(), *unruled.values()]
        tally.guarded += len(self.probed) - len(self.gaps(code))
        tally.open += sum(gap.open for gap in gaps)
        tally.partly += sum(not gap.open for gap in gaps)

    def answer(self, rule: PlanRule) -> Answer:
        """Return the answer of a rule, or of a type of calls without one."""
        return self.answers[rule] if rule in self.answers else self.unruled[rule]

    def gaps(self, code: str) -> dict[PlanRule, Gap]:
        """Return where calls that break a requirement are let through, by rule."""
        return {rule: answer.gaps[code] for rule, answer in self.answers.items() if code in answer.gaps}

    def unruled_gaps(self, code: str) -> dict[PlanRule, Gap]:
        """Return the same for the types of calls that have no rule."""
        return {rule: answer.gaps[code] for rule, answer in self.unruled.items() if code in answer.gaps}

    def accepted(self, probes: Probes, rule: PlanRule, code: str, name: str) -> Break:
        """Return a call that breaks a requirement in the way of this *name*, and that a rule lets through."""
        answer = self.answer(rule)
        good = answer.calls[answer.gaps[code].passed[name]]
        return probes.broken(good, code, name, self.values[rule])


def survey(
    plan: Plan, evaluator: Evaluator, codes: Sequence[str], seconds: float, *, other: Plan | None = None
) -> Survey:
    """Ask a plan.

    Args:
        plan: one whose format can state what a context has to hold.
        evaluator: asks.
        codes: the requirements that it asks about.
        seconds: its budget, for the words of a fault.
        other: another version of the plan, whose own values are asked about, too.
    """
    found = Survey(plan)
    for rule in plan.rules:
        if rule.deprecated:
            found.skipped[rule] = DEPRECATED
    rules = plan.active or tuple(_any_call(plan))
    oldest = plan.oldest_versions
    named = _OwnValues(plan, other)
    usable = _commons_usable(plan, evaluator, found, seconds)
    exhausted = 0
    for rule in rules:
        if not usable:
            found.skipped[rule] = UNUSABLE
        elif rule.call_type not in CALL_TYPES:
            problem = "the rule is for no type of call that Segment knows"
            found.skipped[rule] = UNKNOWN_TYPE
            found.faults.append(Fault(rule, SchemaFault(problem)))
        elif exhausted >= _MOST_EXHAUSTED:
            found.skipped[rule] = LEFT_OUT
            found.left_out = True
        else:
            version = rule.version if rule.version != oldest.get(rule.identity, rule.version) else None
            found.values[rule] = named.of(rule)
            exhausted += not _ask(rule, version, found, evaluator, seconds)
    if usable:
        _ask_commons(found, {rule.call_type for rule in rules}, codes, evaluator, named)
    return found


class _OwnValues:
    """What a plan, and another version of it, name for members of the device."""

    def __init__(self, plan: Plan, other: Plan | None) -> None:
        self._plans = [plan, *([other] if other else [])]
        self._rules: dict[tuple[str, str], list[PlanRule]] = {}
        for each in self._plans:
            for rule in each.active:
                self._rules.setdefault(rule.identity, []).append(rule)

    def of(self, rule: PlanRule) -> Sequence[OwnValue]:
        """Return the values that the schemas for the calls of a rule name, the common ones included."""
        commons = (common for plan in self._plans for common in plan.active_commons)
        alike = (rule, *self._rules.get(rule.identity, ()), *commons)
        return own_values(each.schema.value for each in dict.fromkeys(alike))


def _ask_commons(
    found: Survey, ruled: Collection[str], codes: Sequence[str], evaluator: Evaluator, named: _OwnValues
) -> None:
    """Ask the common schemas alone about calls of every type, those among them for which there is no rule."""
    commons = found.plan.active_commons
    schemas = [common.schema.value for common in commons]
    schema = commons[0].schema if commons else Schema(True, found.plan.site)
    guarded: set[str] = set()
    for call_type in CALL_TYPES:
        with suppress(Exhausted):  # which is told of rules; nothing follows from it here
            rule = PlanRule(call_type, "", schema)
            values = named.of(rule)
            answer = evaluator.ask(schemas, call_type, "", values=values)
            if answer.calls:
                guarded |= set(codes) - set(answer.gaps)
                if call_type not in ruled:
                    found.unruled[rule], found.values[rule] = answer, values
    found.commonly_guarded = frozenset(guarded)


def _any_call(plan: Plan) -> Iterator[PlanRule]:
    """Yield a stand-in for the rules of a plan that has none, but a common schema."""
    for common in plan.active_commons[:1]:
        yield PlanRule("track", "", Schema(True, common.schema.site, common.schema.in_string))


def _commons_usable(plan: Plan, evaluator: Evaluator, found: Survey, seconds: float) -> bool:
    usable = True
    for common in plan.active_commons:
        try:
            evaluator.ask([common.schema.value], "track", "")
        except (SchemaFault, Exhausted) as error:
            found.faults.append(Fault(common, _fault(error, seconds)))
            usable = False
    return usable


def _ask(rule: PlanRule, version: int | None, found: Survey, evaluator: Evaluator, seconds: float) -> bool:
    """Ask one rule with calls that name this *version*, and tell whether it kept within its time."""
    schemas = [rule.schema.value, *(common.schema.value for common in found.plan.active_commons)]
    try:
        answer = evaluator.ask(schemas, rule.call_type, rule.event, version, values=found.values[rule])
    except (SchemaFault, Exhausted) as error:
        found.faults.append(Fault(rule, _fault(error, seconds)))
        found.skipped[rule] = UNUSABLE
        return isinstance(error, SchemaFault)
    if answer.not_delivered is not None:
        found.skipped[rule] = answer.not_delivered
    elif answer.refusal is not None:
        found.skipped[rule] = NOT_PROBED
        found.unprobed[rule] = answer.refusal
    else:
        found.answers[rule] = answer
    return True


def _fault(error: SchemaFault | Exhausted, seconds: float) -> SchemaFault:
    if isinstance(error, SchemaFault):
        return error
    return SchemaFault(f"evaluating the JSON Schema takes more than {seconds:g} seconds, or more memory than there is")


def types_of(rules: Sequence[PlanRule]) -> str:
    """Return the types of calls that rules are for, in words."""
    names = list(dict.fromkeys(rule.call_type for rule in rules))
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def about(rule: PlanRule) -> str:
    """Return what a rule is about, in words."""
    if rule.call_type == COMMON:
        return "the common schema"
    if rule.call_type == "track":
        version = f"version {rule.version} of " if rule.version > 1 else ""
        return f'{version}the rule for "{rule.event}"' if rule.event else "the common schema"
    return f"the rule for {rule.call_type} calls"
