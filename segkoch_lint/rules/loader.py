"""The rules that a run can choose from: the built-in ones and those of the user's rule files, which are checked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from segkoch_lint import resources
from segkoch_lint.errors import UsageError, raise_all
from segkoch_lint.findings.position import Path as ValuePath
from segkoch_lint.findings.position import pointer_of
from segkoch_lint.rules.catalogue import (
    DECIDED_BY_CODE,
    Rule,
    built_in_and_removed,
    holder_of,
    rule_of,
    with_shared_remedies,
)
from segkoch_lint.rules.examples import problem_of_examples
from segkoch_lint.rules.schema_errors import Wording, messages_of
from segkoch_lint.rules.user_files import read_folder

_NO_PATTERN = ' is not a "regex"'
"""The end of jsonschema-rs's message about a pattern that it cannot compile."""

_WORDING = Wording(
    lambda path: pointer_of(tuple(path)) or "the file",
    "an object",
    "`segkoch-lint schema --rule-file` prints what a rule file holds.",
)


def load_catalogue(folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """Return the built-in rules and those of the user's *folders* that are not removed, sorted by code.

    Raises:
        UsageError: as `load_catalogue_and_removed`.
    """
    return tuple(rule for rule in load_catalogue_and_removed(folders) if rule.status != "removed")


def load_catalogue_and_removed(folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """Return the built-in rules and those of the user's *folders*, sorted by code.

    Raises:
        UsageError: a folder or a file cannot be read, a file is not a valid rule file or contradicts its examples, two
            rules have the same code or name, or a rule is replaced by one that does not exist.
    """
    rules = [("built in", rule) for rule in built_in_and_removed()]
    for folder in {os.path.realpath(each): each for each in folders}.values():  # a folder may be named twice
        rules.extend(_user_rules(folder))
    for label in ("code", "name"):
        seen: dict[str, str] = {}
        for origin, rule in rules:
            own = getattr(rule, label)
            if own in seen:
                other = f"a rule that is {seen[own]}" if seen[own] == "built in" else seen[own]
                raise UsageError(f"{origin}: the {label} {own} is that of {other}, too.", "Give each rule its own.")
            seen[own] = origin
    present = {rule.code for _, rule in rules if rule.status != "removed"}
    raise_all(
        [
            UsageError(f"{origin}: {rule.code} is replaced by {code}, and there is no such rule.")
            for origin, rule in rules
            for code in rule.replaced_by
            if code not in present
        ]
    )
    return with_shared_remedies(sorted((rule for _, rule in rules), key=lambda rule: rule.code))


def _user_rules(folder: Path) -> Iterator[tuple[str, Rule]]:
    """Yield the rules of a folder, each with the path of its file."""
    for file, document in read_folder(folder, "rule", problems_of):
        rule = rule_of(document)
        if rule.applies_to in DECIDED_BY_CODE:
            raise UsageError(
                f'{file}: /rule/applies-to is "{rule.applies_to}"; only rules of the program itself are about that.',
                "docs/rule-files.md says what rule files of your own can apply to.",
            )
        yield str(file), rule


def problems_of(document: Any) -> list[tuple[str, str]]:
    """Return the problems of a rule file, each with a hint. The text of a rule file is no secret: it may be quoted."""
    try:
        if not isinstance(document, dict) or "rule" not in document:
            problem = "not a rule file: an object with a member `rule` is expected."
        elif of_form := _problems_of_form(document):
            return of_form
        else:
            problem = _problem_of_meaning(document)
    except RecursionError:
        problem = "it is nested too deeply to be read."
    return [(problem, _WORDING.hint)] if problem else []


def _problem_of_meaning(document: Mapping[str, Any]) -> str:
    """Return a problem of a rule file that fits its meta-schema, or an empty string."""
    from segkoch_lint.rules.references import check_work, dead_reference, has_inner_id  # noqa: PLC0415 - jsonschema-rs is heavy
    from segkoch_lint.rules.unknown_keywords import problem_of_words  # noqa: PLC0415 - jsonschema-rs is heavy
    from segkoch_lint.rules.validator import compile_schema  # noqa: PLC0415 - the same
    from segkoch_lint.rules.vocabulary import expand, self_contained, shared_definitions  # noqa: PLC0415 - the same

    rule = rule_of(document)
    if problem := problem_of_words(rule):
        return problem
    for name, path in rule.limits.items():
        if not _is_number_at(rule.constraint, path):
            return f"its limit {name} leads to no whole number in the constraint: {pointer_of(path)}."
    if has_inner_id(rule.constraint):
        return "a schema in its constraint has a $id of its own; put it under $defs, and refer to it by its name there."
    constraint = self_contained(expand(rule.constraint), shared_definitions())
    try:
        check_work(constraint)
        compile_schema(constraint, quoting=True)
    except ValueError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        if reference := dead_reference(constraint):
            reason = f'the reference "{reference}" leads to nothing in the file; nothing is fetched'
        elif reason.endswith(_NO_PATTERN):
            pattern = reason.removesuffix(_NO_PATTERN)
            reason = f"the pattern {pattern} is invalid, or has look-around or back references"
        return f"its constraint cannot be used: {reason}."
    return problem_of_examples(rule)


def _is_number_at(constraint: Mapping[str, Any], path: ValuePath) -> bool:
    try:
        holder, step = holder_of(constraint, path)
    except (LookupError, TypeError, ValueError):
        return False
    return type(holder[step]) is int


def _problems_of_form(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return where a rule file does not fit its meta-schema, each place with a hint."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - the import takes a tenth of a second, and few runs need it
    from referencing import Registry, Resource  # noqa: PLC0415
    from referencing.jsonschema import SchemaRegistry  # noqa: PLC0415

    names = ("vocabulary", "rule")
    registry: SchemaRegistry = Registry().with_resources(
        (f"urn:segkoch-lint:{name}", Resource.from_contents(resources.load(name))) for name in names
    )
    found = Draft202012Validator(resources.load("rule"), registry=registry).iter_errors(document)
    return list(dict.fromkeys(each for error in found for each in messages_of(error, _WORDING)))
