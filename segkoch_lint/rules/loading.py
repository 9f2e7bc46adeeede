"""The rules that a run can choose from: the built-in ones, and those in rule files of the user, which are checked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from segkoch_lint import schema_files
from segkoch_lint.errors import UsageError
from segkoch_lint.places import Path as ValuePath
from segkoch_lint.places import pointer_of
from segkoch_lint.rules.catalogue import Rule, built_in, holder_of, rule_of, with_shared_remedies
from segkoch_lint.rules.examples import problem_of_examples


def load_catalogue(folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """Return the built-in rules and those of the user's *folders*, by code.

    Raises:
        UsageError: a folder or file cannot be read, is no valid rule file, does not do what its examples say, or
            repeats a code or a name.
    """
    rules = [("built in", rule) for rule in built_in()]
    for folder in {os.path.realpath(each): each for each in folders}.values():  # one may be configured and given again
        rules.extend(_user_rules(folder))
    for label in ("code", "name"):
        seen: dict[str, str] = {}
        for origin, rule in rules:
            own = getattr(rule, label)
            if own in seen:
                other = f"a rule that is {seen[own]}" if seen[own] == "built in" else seen[own]
                raise UsageError(f"{origin}: the {label} {own} is that of {other}, too.", "Give each rule its own.")
            seen[own] = origin
    return with_shared_remedies(sorted((rule for _, rule in rules), key=lambda rule: rule.code))


def _user_rules(folder: Path) -> Iterator[tuple[str, Rule]]:
    """Yield the rules of a folder, each with its file."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder of rule files.")
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
    try:
        return _problem_of(document)
    except RecursionError:
        return "it is nested too deeply to be read."


def _problem_of(document: Any) -> str:
    if not isinstance(document, dict) or "rule" not in document:
        return "not a rule file: an object with a member `rule` is expected."
    error = _first_error(document)
    if error:
        return error
    from segkoch_lint.rules.keywords import problem_of_words  # noqa: PLC0415 - jsonschema-rs is heavy
    from segkoch_lint.rules.references import check_work, has_inner_id  # noqa: PLC0415 - as late as what uses it
    from segkoch_lint.rules.vocabulary import expand, gate, self_contained  # noqa: PLC0415 - the same

    rule = rule_of(document)
    if problem := problem_of_words(rule):
        return problem
    for name, path in rule.limits.items():
        if not _is_number_at(rule.constraint, path):
            return f"its limit {name} leads to no whole number in the constraint: {pointer_of(path)}."
    if has_inner_id(rule.constraint):
        return "a schema in its constraint has a $id of its own; put it under $defs, and refer to it by its name there."
    definitions = schema_files.load("definitions")["$defs"]
    try:
        constraint = self_contained(expand(rule.constraint), definitions)
        check_work(constraint)
        gate(constraint)
    except ValueError as error:
        return f"its constraint cannot be used: {str(error).splitlines()[0].rstrip('.')}."
    return problem_of_examples(rule)


def _is_number_at(constraint: Mapping[str, Any], path: ValuePath) -> bool:
    try:
        holder, step = holder_of(constraint, path)
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
