"""The rule files, read and checked against their meta-schema."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from segkoch_lint import schema_files
from segkoch_lint.errors import UsageError, nearest
from segkoch_lint.findings import Severity
from segkoch_lint.places import Path as ValuePath
from segkoch_lint.places import path_of, pointer_of

AppliesTo = Literal["delivered", "call", "request", "destination", "user", "device", "input", "plan"]

_ABOUT = frozenset({"$schema", "$id", "title", "description", "rule", "remedy", "examples", "counterexamples"})
"""The members of a rule file that say something about the rule; all others are the constraint."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A change to the rule's first example that breaks the rule.

    Attributes:
        summary: what is broken, in a few words; may be empty.
        patch: JSON Patch (RFC 6902), ``add`` and ``remove`` only.
        places: JSON Pointers to the values to blame.
    """

    summary: str
    patch: Sequence[Mapping[str, Any]]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule file.

    Attributes:
        code, name, severity: its identity, and its severity unless configured otherwise.
        required: whether Segment's page of the Kochava destination demands it.
        applies_to: what is validated.
        sent_by: origins of the calls that it applies to; empty for all.
        description, message, source: what, how it is said, and where it comes from.
        remedy: per SDK what to do; ``default`` for all others. Empty for rules that the program itself decides.
        place: the path to blame, or None for where the keyword fails.
        asks_for: the members whose presence it asks for, if it does.
        limits: by name of a limit of the configuration, the path in the constraint to the number that it replaces.
        constraint: the JSON Schema, with our keywords.
        examples: values that pass. counterexamples: changes to the first one that do not.
        document: the whole file.
    """

    code: str
    name: str
    severity: Severity
    required: bool
    applies_to: AppliesTo
    sent_by: tuple[str, ...]
    description: str
    message: str
    source: tuple[str, ...]
    remedy: Mapping[str, str]
    place: ValuePath | None
    asks_for: tuple[ValuePath, ...]
    limits: Mapping[str, ValuePath]
    constraint: Mapping[str, Any]
    examples: tuple[Any, ...]
    counterexamples: tuple[Counterexample, ...]
    document: Mapping[str, Any]


def rule_of(document: Mapping[str, Any]) -> Rule:
    """Return the rule that a (valid) rule file describes."""
    about = document["rule"]
    return Rule(
        code=about["code"],
        name=document["title"],
        severity=Severity.of(about["severity"]),
        required=about["origin"] == "required",
        applies_to=about["applies-to"],
        sent_by=tuple(about.get("sent-by", ())),
        description=document["description"],
        message=about["message"],
        source=tuple(about["source"]),
        remedy=document.get("remedy", {}),
        place=path_of(about["place"]) if "place" in about else None,
        asks_for=tuple(map(path_of, about.get("asks-for", ()))),
        limits={name: path_of(pointer) for name, pointer in about.get("limits", {}).items()},
        constraint={keyword: value for keyword, value in document.items() if keyword not in _ABOUT},
        examples=tuple(document["examples"]),
        counterexamples=tuple(
            Counterexample(
                summary=each.get("summary", ""),
                patch=each["patch"],
                places=(each["place"],) if isinstance(each["place"], str) else tuple(each["place"]),
            )
            for each in document.get("counterexamples", ())
        ),
        document=document,
    )


def limited(rule: Rule, limits: Mapping[str, int]) -> Rule:
    """Return *rule* with its numbers replaced by those of *limits* that it names."""
    chosen = {name: path for name, path in rule.limits.items() if name in limits}
    if not chosen:
        return rule
    constraint = copy.deepcopy(dict(rule.constraint))
    for name, path in chosen.items():
        holder, step = _holder(constraint, path)
        holder[step] = limits[name]
    return dataclasses.replace(rule, constraint=constraint)


def _holder(constraint: Any, path: ValuePath) -> tuple[Any, Any]:
    """Return the object or list in a constraint that holds what is at *path*, and under which key or index.

    Raises:
        LookupError, TypeError, ValueError: there is nothing at *path*.
    """
    holder, step = None, None
    value = constraint
    for key in path:
        holder, step = value, int(key) if isinstance(value, list) else key
        value = holder[step]
    return holder, step


@cache
def built_in() -> tuple[Rule, ...]:
    """Return the rules of ``schemas/rules/``, by code. They are checked by the tests, not at every start."""
    files = sorted((schema_files.directory() / "rules").glob("*.json"))
    return tuple(rule_of(json.loads(file.read_text(encoding="utf-8"))) for file in files)


def load_catalogue(folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """Return the built-in rules and those of the user's *folders*, by code.

    Raises:
        UsageError: a folder or file cannot be read, is no valid rule file, does not do what its examples say, or
            repeats a code or a name.
    """
    rules = [("built in", rule) for rule in built_in()]
    for folder in folders:
        rules.extend(_user_rules(folder))
    for label in ("code", "name"):
        seen: dict[str, str] = {}
        for origin, rule in rules:
            own = getattr(rule, label)
            if own in seen:
                other = f"a rule that is {seen[own]}" if seen[own] == "built in" else seen[own]
                raise UsageError(f"{origin}: the {label} {own} is that of {other}, too.", "Give each rule its own.")
            seen[own] = origin
    return tuple(sorted((rule for _, rule in rules), key=lambda rule: rule.code))


def _user_rules(folder: Path) -> Iterator[tuple[str, Rule]]:
    """Yield the rules of a folder, each with its file."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise UsageError(f"{folder}: no rule files (*.json) in this folder.")
    for file in files:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(f"{file}: not a readable JSON file: {error}.") from error
        problem = problem_of(document)
        if problem:
            raise UsageError(f"{file}: {problem}", "`segkoch-lint schema --rule-file` prints what a rule file holds.")
        yield str(file), rule_of(document)


def problem_of(document: Any) -> str:
    """Return what is wrong with a rule file, or an empty string. The file is data, so its text may be quoted."""
    if not isinstance(document, dict) or "rule" not in document:
        return "not a rule file: an object with a member `rule` is expected."
    error = _first_error(document)
    if error:
        return error
    from segkoch_lint.rules.examples import problem_of_examples  # noqa: PLC0415 - it imports this module
    from segkoch_lint.rules.vocabulary import expand, gate, self_contained  # noqa: PLC0415 - jsonschema-rs is heavy

    rule = rule_of(document)
    for name, path in rule.limits.items():
        if not _is_number_at(rule.constraint, path):
            return f"its limit {name} leads to no whole number in the constraint: {pointer_of(path)}."
    definitions = schema_files.load("definitions")["$defs"]
    try:
        gate(self_contained(expand(rule.constraint), definitions))
    except ValueError as problem:
        return f"its constraint cannot be used: {str(problem).splitlines()[0]}."
    return problem_of_examples(rule)


def _is_number_at(constraint: Mapping[str, Any], path: ValuePath) -> bool:
    try:
        holder, step = _holder(constraint, path)
    except (LookupError, TypeError, ValueError):
        return False
    return type(holder[step]) is int


def _first_error(document: Mapping[str, Any]) -> str:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - takes a tenth of a second, and few runs need it
    from jsonschema.exceptions import best_match  # noqa: PLC0415
    from referencing import Registry, Resource  # noqa: PLC0415
    from referencing.jsonschema import SchemaRegistry  # noqa: PLC0415

    names = ("vocabulary", "rule")
    registry: SchemaRegistry = Registry().with_resources(
        (f"urn:segkoch-lint:{name}", Resource.from_contents(schema_files.load(name))) for name in names
    )
    error = best_match(Draft202012Validator(schema_files.load("rule"), registry=registry).iter_errors(document))
    if error is None:
        return ""
    place = pointer_of(tuple(error.absolute_path))
    return f"{place or 'the file'}: {error.message}."


def find(rules: Sequence[Rule], code_or_name: str) -> Rule:
    """Return the rule with this code or name, in any case.

    Raises:
        UsageError: there is none; the hint names the nearest.
    """
    wanted = code_or_name.lower()
    for rule in rules:
        if wanted in {rule.code.lower(), rule.name.lower()}:
            return rule
    known = [name for rule in rules for name in (rule.code, rule.name)]
    raise UsageError(f'No rule is called "{code_or_name}".', nearest(code_or_name, known))


def matching(rules: Sequence[Rule], selector: str) -> tuple[Rule, ...]:
    """Return the rules that a selector means: a code, the beginning of codes (``KCH1``), a name, or ``ALL``.

    Raises:
        UsageError: it means none; the hint names the nearest.
    """
    upper = selector.upper()
    if upper == "ALL":
        return tuple(rules)
    found = tuple(rule for rule in rules if rule.code.startswith(upper)) if upper else ()
    return found or (find(rules, selector),)
