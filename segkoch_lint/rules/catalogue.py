"""The rule files, read and checked against their meta-schema."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

import msgspec

from segkoch_lint import resources
from segkoch_lint.errors import UsageError, nearest
from segkoch_lint.findings.finding import Severity
from segkoch_lint.findings.position import Path as ValuePath
from segkoch_lint.findings.position import path_of
from segkoch_lint.rules.fixes import RuleFix

AppliesTo = Literal[
    "delivered", "call", "request", "destination", "user", "device", "event-name", "input", "plan", "run"
]

DECIDED_BY_CODE: frozenset[AppliesTo] = frozenset({"input", "plan", "run"})
"""What only rules of the program itself apply to: their files have no constraint, and code fills in their messages."""

Status = Literal["stable", "preview", "deprecated", "removed"]
"""`schemas/rule.json` says what each means."""

DEFAULT_REMEDY = "default"

_ABOUT = frozenset({"$schema", "$id", "title", "description", "rule", "remedy", "examples", "counterexamples"})
"""The members of a rule file that are about the rule. All others are its constraint."""


class BreakingChange(msgspec.Struct, frozen=True):
    """A change to the rule's first example that breaks the rule.

    Attributes:
        summary: what the change does, in a few words; may be empty.
        patch: JSON Patch (RFC 6902), ``add`` and ``remove`` only.
        places: JSON Pointers to the offending values.
    """

    summary: str
    patch: Sequence[Mapping[str, Any]]
    places: tuple[str, ...]


class Rule(msgspec.Struct, frozen=True, eq=False):
    """A rule, as its file defines it.

    Attributes:
        code, name, severity: its identity, and its severity unless configured otherwise.
        since: the version in which it first appeared; empty if the file does not say.
        status: whether it may change, or is going to be removed. Removed rules are not checked.
        replaced_by: the codes of the rules that replace it, if it is deprecated or removed.
        severity_elsewhere: its severity in inputs where no calls are expected.
        required: whether Segment's page of the Kochava destination demands it.
        applies_to: what it validates.
        sent_by: the origins of the calls that it applies to; empty for all.
        description, message, source: what it demands, the message of its findings, and the URLs that it is based on.
        remedy: by the kind of call, what to do (`segkoch_lint.rules.remedies`). Remedies of other rules that it refers
            to are included only in a catalogue (`built_in`, `segkoch_lint.rules.loader.load_catalogue`).
        place: the path of the offending value; None if it is the value that fails.
        blames_key: whether the key of the offending value is underlined, and not the value.
        needs_columns: members of a call; the rule does not apply to a table that has a column for none of them.
        fix: how the offending value or its key can be fixed; None if a person has to do it.
        refusal: whether a violation is the user's choice, which makes a call limited, not faulty.
        limits: by name of a limit of the configuration, the path in the constraint to the number that it replaces.
        constraint: the JSON Schema, with our keywords.
        examples: values that pass. counterexamples: changes to the first example that break the rule.
        document: the whole file.
    """

    code: str
    name: str
    severity: Severity
    since: str
    status: Status
    replaced_by: tuple[str, ...]
    severity_elsewhere: Severity
    required: bool
    applies_to: AppliesTo
    sent_by: tuple[str, ...]
    description: str
    message: str
    source: tuple[str, ...]
    remedy: Mapping[str, str]
    place: ValuePath | None
    blames_key: bool
    needs_columns: tuple[ValuePath, ...]
    fix: RuleFix | None
    refusal: bool
    limits: Mapping[str, ValuePath]
    constraint: Mapping[str, Any]
    examples: tuple[Any, ...]
    counterexamples: tuple[BreakingChange, ...]
    document: Mapping[str, Any]


def rule_of(document: Mapping[str, Any]) -> Rule:
    """Return the rule that a valid rule file defines."""
    about = document["rule"]
    return Rule(
        code=about["code"],
        name=document["title"],
        severity=Severity.of(about["severity"]),
        since=about.get("since", ""),
        status=about.get("status", "stable"),
        replaced_by=tuple(about.get("replaced-by", ())),
        severity_elsewhere=Severity.of(about.get("severity-elsewhere", about["severity"])),
        required=about["origin"] == "required",
        applies_to=about["applies-to"],
        sent_by=tuple(about.get("sent-by", ())),
        description=document["description"],
        message=about["message"],
        source=tuple(about["source"]),
        remedy={key: text for key, text in document.get("remedy", {}).items() if isinstance(text, str)},
        place=path_of(about["place"]) if "place" in about else None,
        blames_key=about.get("blames") == "key",
        needs_columns=tuple(map(path_of, about.get("needs-columns", ()))),
        fix=RuleFix.of(about["fix"]) if "fix" in about else None,
        refusal=about.get("refusal", False),
        limits={name: path_of(pointer) for name, pointer in about.get("limits", {}).items()},
        constraint={keyword: value for keyword, value in document.items() if keyword not in _ABOUT},
        examples=tuple(document["examples"]),
        counterexamples=tuple(
            BreakingChange(
                summary=each.get("summary", ""),
                patch=each["patch"],
                places=(each["place"],) if isinstance(each["place"], str) else tuple(each["place"]),
            )
            for each in document.get("counterexamples", ())
        ),
        document=document,
    )


def with_limits(rule: Rule, limits: Mapping[str, int]) -> Rule:
    """Return *rule* with the numbers that *limits* has others for replaced."""
    chosen = {name: path for name, path in rule.limits.items() if name in limits}
    if not chosen:
        return rule
    constraint = copy.deepcopy(dict(rule.constraint))
    for name, path in chosen.items():
        holder, step = holder_of(constraint, path)
        holder[step] = limits[name]
    return msgspec.structs.replace(rule, constraint=constraint)


def holder_of(constraint: Any, path: ValuePath) -> tuple[Any, Any]:
    """Return the object or list in a constraint that holds the value at *path*, and its key or index there.

    Raises:
        LookupError, TypeError, ValueError: there is no value at *path*.
    """
    holder, step = None, None
    value = constraint
    for key in path:
        holder, step = value, int(key) if isinstance(value, list) else key
        value = holder[step]
    return holder, step


@cache
def built_in() -> tuple[Rule, ...]:
    """Return the rules of ``schemas/rules/`` that are not removed, sorted by code."""
    return tuple(rule for rule in built_in_and_removed() if rule.status != "removed")


@cache
def built_in_and_removed() -> tuple[Rule, ...]:
    """Return the rules of ``schemas/rules/``, sorted by code. Tests check their form; it is not checked here."""
    files = sorted((resources.directory() / "rules").glob("*.json"))
    return with_shared_remedies([rule_of(msgspec.json.decode(file.read_bytes())) for file in files])


def with_shared_remedies(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return *rules* with references to the remedies of other rules replaced by these remedies.

    ``{"mobile replaced-device": {"as": "KCH117"}}`` means: for such calls, the remedies of KCH117.

    Raises:
        UsageError: a reference names a rule that does not exist.
    """
    by_code = {rule.code: rule for rule in rules}
    return tuple(_with_shared_remedies(rule, by_code) for rule in rules)


def _with_shared_remedies(rule: Rule, by_code: Mapping[str, Rule]) -> Rule:
    shared = {key: value["as"] for key, value in rule.document.get("remedy", {}).items() if isinstance(value, Mapping)}
    if not shared:
        return rule
    remedy = dict(rule.remedy)
    for key, code in shared.items():
        if code not in by_code:
            raise UsageError(f"{rule.code}: the remedy {key} is that of {code}, and there is no such rule.")
        for other_key, text in by_code[code].remedy.items():
            words = dict.fromkeys([*key.split(), *(other_key.split() if other_key != DEFAULT_REMEDY else ())])
            remedy.setdefault(" ".join(words), text)
    return msgspec.structs.replace(rule, remedy=remedy)


def find(rules: Sequence[Rule], code_or_name: str) -> Rule:
    """Return the rule with this code or name; upper and lower case are the same.

    Raises:
        UsageError: there is none; the hint names the most similar one.
    """
    wanted = code_or_name.lower()
    for rule in rules:
        if wanted in {rule.code.lower(), rule.name.lower()}:
            return rule
    longer = [rule.code for rule in rules if wanted and rule.code.lower().startswith(wanted)]
    if longer:
        raise UsageError(
            f'No rule is called "{code_or_name}".', f"It is the prefix of {len(longer)} codes: {', '.join(longer)}."
        )
    known = [name for rule in rules for name in (rule.code, rule.name)]
    raise UsageError(
        f'No rule is called "{code_or_name}".', nearest(code_or_name, known) or "`segkoch-lint rule` lists all rules."
    )


def matching(rules: Sequence[Rule], selector: str) -> tuple[Rule, ...]:
    """Return the rules that a selector means: a code, a code prefix (``KCH1``), a name, or ``ALL``.

    Raises:
        UsageError: it means none; the hint names the most similar rule.
    """
    upper = selector.upper()
    if upper == "ALL":
        return tuple(rules)
    found = tuple(rule for rule in rules if rule.code.startswith(upper)) if upper else ()
    return found or (find(rules, selector),)
