"""Finds the configuration file, checks it against its JSON Schema, and turns it into settings."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from segkoch_lint import resources
from segkoch_lint.config.budgets import FORMS, Budget
from segkoch_lint.config.settings import Settings
from segkoch_lint.config.sizes import SIZE_FORMS, bytes_of
from segkoch_lint.documents.document import InternalFailure, ParseError
from segkoch_lint.errors import UsageError, raise_all
from segkoch_lint.findings.finding import Severity
from segkoch_lint.inputs.limits import Limits
from segkoch_lint.rules.schema_errors import Wording, complaints, dotted, kind_of

FILES = ("segkoch-lint.toml", ".segkoch-lint.yaml", "pyproject.toml")
"""Names of configuration files; of two in one folder the earlier wins."""

_MISTAKEN = (
    *("segkoch-lint.yaml", "segkoch-lint.yml", ".segkoch-lint.yml", ".segkoch-lint.toml", ".segkoch-lint.json"),
    *("segkoch-lint.json", "segkoch_lint.toml", ".segkoch_lint.yaml", ".segkoch-lint"),
)
"""Names that look like those of configuration files."""

_MISTAKEN_TABLES = ("segkoch_lint", "segkochlint")

_WORDING = Wording(dotted, "a table", "`segkoch-lint schema --configuration` prints what is allowed.")

_DEEPEST = 20
"""Levels of a configuration in YAML; it needs three."""


def find_configuration(start: str | Path) -> Path | None:
    """Return the configuration file nearest to the folder *start*, looking up to the repository's root."""
    start = Path(start).absolute()
    for folder in (start, *start.parents):
        for name in FILES:
            file = folder / name
            if file.is_file() and (name != "pyproject.toml" or _table(file) is not None):
                return file
        if (folder / ".git").exists():
            return None
    return None


def ignored_configurations(start: str | Path, taken: Path | None) -> Iterator[tuple[Path, str]]:
    """Yield what looks like a configuration and is not read, from *start* up to where configurations are looked for.

    Args:
        start: the folder where the search begins.
        taken: the configuration that is used, if there is one.

    Yields:
        a file, and why it is not read.
    """
    start = Path(start).absolute()
    for folder in (start, *start.parents):
        names = f"a configuration is called {FILES[1]}, {FILES[0]}, or stands in [tool.segkoch-lint] of {FILES[2]}"
        yield from ((folder / name, f"not read: {names}") for name in _MISTAKEN if (folder / name).is_file())
        for table in _mistaken_tables(folder / FILES[2]):
            yield folder / FILES[2], f"[tool.{table}] is not read: the table is called [tool.segkoch-lint]"
        if taken is not None and taken.parent == folder:
            others = [folder / name for name in FILES[FILES.index(taken.name) + 1 :] if (folder / name).is_file()]
            yield from (
                (other, f"not read: {taken.name} in the same folder comes before it")
                for other in others
                if other.name != FILES[2] or _table(other) is not None
            )
            return
        if (folder / ".git").exists():
            return


def _mistaken_tables(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
        if not any(name in text for name in _MISTAKEN_TABLES):
            return []
        tools = _toml(text).get("tool", {})
    except (OSError, ValueError):
        return []
    return [name for name in _MISTAKEN_TABLES if isinstance(tools, dict) and name in tools]


def _toml(text: str) -> dict[str, Any]:
    """Return what TOML says.

    Raises:
        ValueError: it is not valid.
    """
    import tomllib  # noqa: PLC0415 - many runs have no configuration

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not valid TOML: {error}") from error


def load_settings(file: str | Path | None) -> Settings:
    """Return the settings of a configuration file, or the defaults when there is none.

    Raises:
        UsageError: the file cannot be read or does not fit its schema.
    """
    if file is None:
        return Settings()
    file = Path(file)
    configuration = _read(file)
    problems = _problems(configuration)
    errors = [UsageError(f"{file}: {message}", hint) for message, hint in problems]
    if isinstance(configuration, Mapping):
        errors += _of_amounts(configuration, file)
    raise_all(errors)
    return _settings(configuration, file)


def _read(file: Path) -> Any:
    try:
        if file.suffix == ".toml":
            table = _table(file)
            if table is None:
                raise UsageError(f"{file}: there is no table [tool.segkoch-lint].", "Add it, or name another file.")
            return table
        text = file.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error}.") from error
    return _yaml(file, text)


def _yaml(file: Path, text: bytes) -> Any:
    from segkoch_lint.documents.yaml.document import parse_yaml  # noqa: PLC0415 - only a YAML configuration needs it

    values: list[Any] = []
    for each in parse_yaml(text, depth=_DEEPEST):
        if isinstance(each, InternalFailure):
            raise each.error
        if isinstance(each, ParseError):
            raise UsageError(f"{file}:{each.span.line}:{each.span.column}: not valid YAML: {each.message}.")
        for path in each.repeated:
            *_, last = each.keys(path)
            raise UsageError(f"{file}:{last.line}:{last.column}: {dotted(path)} stands twice.")
        values.append(each.value)
    if len(values) > 1:
        raise UsageError(f"{file}: {len(values)} YAML documents; one is expected.")
    return {} if values in ([], [None]) else values[0]


def _table(file: Path) -> Any:
    """Return the tool's table of a TOML file; None if it is a pyproject.toml without one."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read: {error}.") from error
    try:
        document = _toml(text)
    except ValueError as error:
        raise UsageError(f"{file}: {error}.") from error
    tools = document.get("tool", {})
    if file.name != "pyproject.toml":
        if isinstance(tools, dict) and "segkoch-lint" in tools:
            raise UsageError(
                f"{file}: the table [tool.segkoch-lint] is for pyproject.toml; here, keys are at the top of the file.",
                "Remove `tool.segkoch-lint` from the headings of tables.",
            )
        return document
    if not isinstance(tools, dict):
        raise UsageError(f"{file}: tool is {kind_of(tools)}; a table is expected.", "Write [tool.segkoch-lint].")
    return tools.get("segkoch-lint")


def _problems(configuration: Any) -> list[tuple[str, str]]:
    """Return all that is wrong with a configuration, in the order of its keys, and what to do about it."""
    if _is_valid(configuration):
        return []
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import, and only says what is wrong
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    keys = list(configuration) if isinstance(configuration, Mapping) else []
    found = [
        best_match([error]) or error
        for error in Draft202012Validator(resources.load("configuration")).iter_errors(configuration)
    ]
    order = {str(key): number for number, key in enumerate(keys)}
    found.sort(key=lambda error: [order.get(str(step), 0) for step in list(error.absolute_path)[:1]])
    return [each for error in found for each in complaints(error, _WORDING)]


def _is_valid(configuration: Any) -> bool:
    from segkoch_lint.rules.vocabulary import gate  # noqa: PLC0415 - many runs have no configuration

    try:
        return gate(resources.load("configuration")).is_valid(configuration)
    except (TypeError, ValueError):
        return False  # TOML has dates and times, which no key takes


def _of_amounts(configuration: Mapping[str, Any], file: Path) -> list[UsageError]:
    """Return what is wrong with the budgets and the memory, whose form the schema leaves open."""
    errors: list[UsageError] = []
    budgets = configuration.get("budgets")
    for selector, text in budgets.items() if isinstance(budgets, Mapping) else ():
        try:
            if isinstance(text, str | int) and not isinstance(text, bool):
                _budget(selector, str(text), file)
        except UsageError as error:
            errors.append(error)
    try:
        if isinstance(configuration.get("memory"), str):
            _memory(configuration["memory"], file)
    except UsageError as error:
        errors.append(error)
    return errors


def _settings(configuration: Mapping[str, Any], file: Path) -> Settings:
    folder = file.parent
    selecting = ("select", "ignore", "severity", "budgets", "per-file-ignores")
    read: dict[str, Any] = {"root": folder, "origins": {key: f"{file}: in {key}" for key in selecting}}
    for key, field in {
        "select": "select",
        "ignore": "ignore",
        "exclude": "exclude",
        "events": "events",
        "calls": "accepted_types",
        "ignored-events": "ignored_events",
        "platforms": "platforms",
        "capture-hosts": "capture_hosts",
    }.items():
        if key in configuration:
            read[field] = tuple(configuration[key])
    if "severity" in configuration:
        read["severity"] = {selector: Severity.of(name) for selector, name in configuration["severity"].items()}
    if "per-file-ignores" in configuration:
        read["per_file_ignores"] = {p: tuple(codes) for p, codes in configuration["per-file-ignores"].items()}
    if "fail-on" in configuration:
        read["fail_on"] = fail_on_of(configuration["fail-on"])
    if "budgets" in configuration:
        read["budgets"] = {s: _budget(s, str(b), file) for s, b in configuration["budgets"].items()}
    if "libraries" in configuration:
        read["libraries"] = dict(configuration["libraries"])
    for key in ("rules", "envelopes"):
        if key in configuration:
            read[key] = tuple(folder / each for each in configuration[key])
    if "limits" in configuration:
        given = dict(configuration["limits"])
        of_reading = {name: name.replace("_", "-") for name in Limits.__struct_fields__}
        limits = {name: given.pop(key) for name, key in of_reading.items() if key in given}
        read["limits"] = msgspec.structs.replace(Limits(), **limits)
        read["rule_limits"] = given
    if "memory" in configuration:
        read["memory"] = _memory(configuration["memory"], file)
    return Settings(**read)


def _memory(text: str, file: Path) -> int:
    try:
        return bytes_of(text)
    except ValueError as problem:
        raise UsageError(f"{file}: in memory: {problem}.", SIZE_FORMS) from None


def _budget(selector: str, text: str, file: Path) -> Budget:
    try:
        return Budget.of(text)
    except ValueError as problem:
        raise UsageError(f"{file}: in budgets.{selector}: {problem}.", FORMS) from None


def fail_on_of(name: str) -> Severity | None:
    """Return the severity that ``fail-on`` names; None for ``never``."""
    return None if name == "never" else Severity.of(name)
