"""Configuration files as settings: read, checked against their JSON Schema, with all errors reported at once."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from segkoch_lint import resources
from segkoch_lint.config.baseline import BaselineUse
from segkoch_lint.config.budgets import BUDGET_FORMS, Budget
from segkoch_lint.config.expectations import EXPECTATION_FORMS, Expectation
from segkoch_lint.config.file_search import PYPROJECT, TABLE_IN_PYPROJECT, configuration_table, path_from_here
from segkoch_lint.config.selection import Selection
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.sizes import SIZE_FORMS, bytes_of
from segkoch_lint.config.written_suppressions import ConfiguredSuppression, table_errors
from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.errors import UsageError, raise_all
from segkoch_lint.findings.finding import Location, Severity
from segkoch_lint.findings.position import Span
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.rules.schema_errors import Wording, dotted, messages_of

_WORDING = Wording(dotted, "a table", "`segkoch-lint schema --configuration` prints what is allowed.")

_MAX_YAML_DEPTH = 20
"""Levels of nesting of a configuration in YAML; it needs three."""

_SELECTING = ("select", "ignore", "severity", "budgets", "per-file-ignores", "suppress")
"""Keys whose values name rules."""


def load_settings(file: str | Path | None) -> Settings:
    """Return the settings of a configuration file, or the defaults if *file* is None.

    Raises:
        UsageError: the file cannot be read, or something in it is wrong. If the form of a key is wrong, the selectors
            of the other keys are checked, too, so that one run reports everything.
    """
    if file is None:
        return Settings()
    file = Path(file)
    configuration = read_configuration(file)
    problems = [*_schema_errors(configuration), *_amount_errors(configuration)]
    errors = [UsageError(f"{file}: {message}", hint) for message, hint in problems]
    if errors:
        errors += _selector_errors(configuration, file)
    raise_all(errors)
    return _settings(configuration, file)


def fail_on_severity(name: str) -> Severity | None:
    """Return the severity that ``fail-on`` names; None for ``never``."""
    return None if name == "never" else Severity.of(name)


def read_configuration(file: Path) -> Any:
    """Return what is in a configuration file; for pyproject.toml, its table.

    Raises:
        UsageError: the file cannot be read or parsed, or a pyproject.toml has no table.
    """
    if file.suffix != ".toml":
        return _read_yaml(file)
    table = configuration_table(file)
    if table is None:
        raise UsageError(f"{file}: there is no table [tool.segkoch-lint].", "Add it, or name another file.")
    for entry in _suppress_tables(table):
        if type(entry.get("until")) is date:  # the date of TOML; it is a text in YAML
            entry["until"] = entry["until"].isoformat()
    return table


def _read_yaml(file: Path) -> Any:
    from segkoch_lint.documents.yaml.document import parse_yaml  # noqa: PLC0415 - only a YAML configuration needs it

    try:
        text = file.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error}.") from error
    values: list[Any] = []
    for each in parse_yaml(text, depth=_MAX_YAML_DEPTH):
        if isinstance(each, InternalFailure):
            raise each.error
        if isinstance(each, ParseError):
            raise UsageError(f"{file}:{each.span.line}:{each.span.column}: not valid YAML: {each.message}.")
        repeated = [(path, each.keys(path)[-1]) for path in each.repeated]
        raise_all(
            [UsageError(f"{file}:{key.line}:{key.column}: {dotted(path)} appears twice.") for path, key in repeated]
        )
        values.append(each.value)
    if len(values) > 1:
        raise UsageError(f"{file}: {len(values)} YAML documents; one is expected.")
    return {} if values in ([], [None]) else values[0]


def _suppress_tables(configuration: Any) -> list[dict[str, Any]]:
    """Return the tables in ``suppress``."""
    entries = configuration.get("suppress") if isinstance(configuration, Mapping) else None
    return [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []


def _schema_errors(configuration: Any) -> list[tuple[str, str]]:
    """Return what does not fit the schema, in the order of the keys: each problem, and what to do about it."""
    if _is_valid(configuration):
        return []
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import, and only explains errors
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    keys = list(configuration) if isinstance(configuration, Mapping) else []
    errors = Draft202012Validator(resources.load("configuration")).iter_errors(configuration)
    order = {str(key): number for number, key in enumerate(keys)}
    found = sorted(
        (best_match([error]) or error for error in errors),
        key=lambda error: [order.get(str(step), 0) for step in list(error.absolute_path)[:1]],
    )
    return [each for error in found for each in messages_of(error, _WORDING)]


def _is_valid(configuration: Any) -> bool:
    from segkoch_lint.rules.validator import compile_schema  # noqa: PLC0415 - many runs have no configuration

    try:
        return compile_schema(resources.load("configuration")).is_valid(configuration)
    except (TypeError, ValueError):
        return False  # TOML has dates and times, which no key takes


def _amount_errors(configuration: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with budgets, expectations, memory and suppressions, and their schema does not describe."""
    if not isinstance(configuration, Mapping):
        return
    budgets = configuration.get("budgets")
    for selector, budget in budgets.items() if isinstance(budgets, Mapping) else ():
        amount = budget.get("max") if isinstance(budget, Mapping) else budget
        whole = isinstance(amount, str | int) or (isinstance(amount, float) and amount.is_integer())
        if whole and not isinstance(amount, bool):
            yield from _error_of(partial(_budget, budget), f"budgets.{selector}", BUDGET_FORMS)
    expected = configuration.get("expect")
    for number, table in enumerate(expected if isinstance(expected, list) else ()):
        if _is_valid({"expect": [table]}):
            yield from _error_of(partial(Expectation.of, table), f"expect[{number}]", EXPECTATION_FORMS)
    if isinstance(configuration.get("memory"), str):
        yield from _error_of(partial(bytes_of, configuration["memory"]), "memory", SIZE_FORMS)
    for number, table in enumerate(_suppress_tables(configuration)):
        yield from table_errors(table, dotted(("suppress", number)))


def _budget(value: Any) -> Budget:
    """Return the budget that a value of ``budgets`` means: an amount, or a table with ``max`` and ``min-calls``.

    Raises:
        ValueError: it is not a budget.
    """
    if not isinstance(value, Mapping):
        return Budget.of(str(value))
    floor = value.get("min-calls", 0)
    return Budget.of(str(value["max"]), floor if isinstance(floor, int) else 0)  # the schema reports other floors


def _error_of(read: Callable[[], object], place: str, hint: str) -> Iterator[tuple[str, str]]:
    try:
        read()
    except ValueError as problem:
        yield f"in {place}: {problem}.", hint


def _selector_errors(configuration: Any, file: Path) -> list[UsageError]:
    """Return what is wrong with the selectors of the keys that have the right form."""
    if not isinstance(configuration, Mapping):
        return []
    sound = {
        key: value
        for key, value in configuration.items()
        if _is_valid({key: value}) and not list(_amount_errors({key: value}))
    }
    if ("rules" in configuration) != ("rules" in sound):
        return []  # selectors may name the rules of these folders
    try:
        Selection(_settings(sound, file))
    except UsageError as error:
        return error.all()
    return []


def _settings(configuration: Mapping[str, Any], file: Path) -> Settings:
    fields = {field: read(configuration[key]) for key, (field, read) in _FIELDS.items() if key in configuration}
    for key in ("rules", "envelopes"):
        if key in configuration:
            fields[key] = tuple(file.parent / folder for folder in configuration[key])
    if configuration.get("baseline"):
        fields["baseline"] = BaselineUse(Path(path_from_here(file.parent / configuration["baseline"])))
    if "expect" in configuration:
        fields["expect"] = _expectations(configuration["expect"], file)
    if "limits" in configuration:
        of_rules = dict(configuration["limits"])
        names = {name: name.replace("_", "-") for name in Limits.__struct_fields__}
        of_reading = {name: of_rules.pop(key) for name, key in names.items() if key in of_rules}
        fields["limits"] = msgspec.structs.replace(Limits(), **of_reading)
        fields["rule_limits"] = of_rules
    origins = {key: f"{file}: in {key}" for key in _SELECTING} | _places_of_suppressions(configuration, file)
    return Settings(**fields, root=file.parent, origins=origins)


def _places_of_suppressions(configuration: Mapping[str, Any], file: Path) -> dict[str, str]:
    """Return the place of each entry of ``suppress``, in words."""
    from segkoch_lint.config.key_lines import key_lines, line_of  # noqa: PLC0415 - few configurations need it

    tables = configuration.get("suppress", ())
    lines = key_lines(file) if tables else {}
    places = {}
    for number, _ in enumerate(tables):
        line = line_of(("suppress", number), lines)
        places[f"suppress.{number}"] = f"{path_from_here(file)}{f':{line}' if line else ''}: suppress[{number}]"
    return places


def _expectations(tables: Sequence[Mapping[str, Any]], file: Path) -> tuple[Expectation, ...]:
    from segkoch_lint.config.key_lines import key_lines, line_of  # noqa: PLC0415 - few configurations need it

    inside = "".join(f"/{key}" for key in TABLE_IN_PYPROJECT) if file.name == PYPROJECT else ""
    shown = path_from_here(file)
    lines = key_lines(file) if tables else {}
    expectations = []
    for number, table in enumerate(tables):
        line = line_of(("expect", number), lines)
        span = Span(line, 1, line, 1) if line else None
        expectations.append(Expectation.of(table, Location(shown, span, f"{inside}/expect/{number}")))
    return tuple(expectations)


_FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "select": ("select", tuple),
    "ignore": ("ignore", tuple),
    "severity": ("severity", lambda levels: {selector: Severity.of(name) for selector, name in levels.items()}),
    "per-file-ignores": (
        "per_file_ignores",
        lambda ignores: {pattern: tuple(selectors) for pattern, selectors in ignores.items()},
    ),
    "suppress": ("suppress", lambda tables: tuple(map(ConfiguredSuppression.of, tables))),
    "exclude": ("exclude", tuple),
    "events": ("events", tuple),
    "fail-on": ("fail_on", fail_on_severity),
    "budgets": ("budgets", lambda budgets: {selector: _budget(value) for selector, value in budgets.items()}),
    "calls": ("accepted_types", tuple),
    "capture-hosts": ("capture_hosts", tuple),
    "ignored-events": ("ignored_events", tuple),
    "libraries": ("libraries", dict),
    "platforms": ("platforms", tuple),
    "memory": ("memory", bytes_of),
}
"""By key of the configuration, the field of `Settings` and how its value is read; the other keys depend on the file."""
