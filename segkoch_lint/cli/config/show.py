"""`segkoch-lint config show`: print the settings in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from segkoch_lint.cli.baseline_options import baseline_option
from segkoch_lint.cli.options import (
    budget_option,
    configuration_file,
    configuration_options,
    envelopes_option,
    memory_option,
    settings_of,
    with_budgets,
    with_envelopes,
    with_memory,
)
from segkoch_lint.cli.run_options import debug_option, fail_on_option
from segkoch_lint.config.file_search import path_from_here
from segkoch_lint.findings.redaction.masking import mask_shapes, shown_path

if TYPE_CHECKING:
    from segkoch_lint.config.effective_settings import EffectiveSetting, Override
    from segkoch_lint.config.settings import Settings

_VERSION = 1
"""Of the JSON document."""

_COLUMN = 40
"""Where the comments begin, if there is room."""


@click.command()
@configuration_options
@fail_on_option
@budget_option
@envelopes_option
@memory_option
@baseline_option
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the output; the text is a configuration in TOML.",
)
@debug_option
def command(
    *,
    budgets: tuple[str, ...],
    envelope_folders: tuple[Path, ...],
    memory: str | None,
    fail_on: str | None,
    baseline: Path | None,
    form: str,
    **configuration: Any,
) -> None:
    """Print the settings in force, and where each comes from: a default, the file, or an option.

    Takes the options of `segkoch-lint check` that change settings.
    """
    from segkoch_lint.config.effective_settings import (  # noqa: PLC0415 - `--help` needs none of it
        effective_settings,
        path_in_configuration,
    )
    from segkoch_lint.config.selection import Selection  # noqa: PLC0415
    from segkoch_lint.envelopes.catalogue import EnvelopeCatalogue  # noqa: PLC0415

    settings = with_memory(with_budgets(settings_of(**configuration), budgets), memory)
    settings = with_envelopes(settings, envelope_folders, ())
    # What is an error in a run is one here: a selector that matches no rule, an envelope file that is wrong.
    Selection(settings)
    EnvelopeCatalogue(settings.envelopes)
    file = configuration_file(configuration["config"], isolated=configuration["isolated"])
    named = path_in_configuration(baseline, file) if baseline is not None else None
    given = {"memory": memory, "fail-on": fail_on, "baseline": named}
    folders = {"rules": configuration["rule_folders"], "envelopes": envelope_folders}
    overrides = [*_selecting(settings), *_others(given, folders, file)]
    name = path_from_here(file) if file else ""
    found = [_masked(each) for each in effective_settings(file, overrides, name)]
    click.echo(_json(found, name, settings) if form == "json" else _toml(found, name, settings))


def _selecting(settings: Settings) -> Iterator[Override]:
    """Yield the overrides of which the settings know that they are from the command line."""
    from segkoch_lint.config.effective_settings import Override  # noqa: PLC0415

    for key, values in (("select", settings.select), ("ignore", settings.ignore)):
        if settings.origins.get(key) == f"--{key}":
            yield Override(f"--{key}", (key,), list(values))
    for selector, severity in settings.severity.items():
        if settings.origins.get(f"severity.{selector}") == "--severity":
            yield Override("--severity", ("severity", selector), str(severity))
    for selector, budget in settings.budgets.items():
        if settings.origins.get(f"budgets.{selector}") == "--budget":
            floor = {"min-calls": budget.min_calls}
            value = {"max": str(budget), **floor} if budget.min_calls else str(budget)
            yield Override("--budget", ("budgets", selector), value)


def _others(
    given: Mapping[str, str | None], folders: Mapping[str, Sequence[Path]], file: Path | None
) -> Iterator[Override]:
    """Yield the overrides that are as the command line has them."""
    from segkoch_lint.config.effective_settings import Override, path_in_configuration  # noqa: PLC0415

    for key, value in given.items():
        if value is not None:
            yield Override(f"--{key}", (key,), value)
    for key, paths in folders.items():
        if paths:
            named = [path_in_configuration(path, file) for path in paths]
            yield Override(f"--{key}", (key,), named, adds=True)


def _masked(setting: EffectiveSetting) -> EffectiveSetting:
    return msgspec.structs.replace(
        setting, path=tuple(map(_without_ids, setting.path)), value=_without_ids(setting.value)
    )


def _without_ids(value: Any) -> Any:
    """Return a value with personal data masked: a list of files or events may hold some."""
    if isinstance(value, str):
        return mask_shapes(shown_path(value))
    if isinstance(value, Mapping):
        return {_without_ids(key): _without_ids(each) for key, each in value.items()}
    return list(map(_without_ids, value)) if isinstance(value, list) else value


def _json(found: Sequence[EffectiveSetting], file: str, settings: Settings) -> str:
    from segkoch_lint.reporting.escaping import json_text  # noqa: PLC0415

    document = {
        "version": _VERSION,
        "file": file or None,
        "root": str(settings.root),
        "settings": [
            {
                "path": list(each.path),
                "value": each.value,
                "sources": [
                    {"kind": source.kind, "option": source.option, "file": source.file, "line": source.line}
                    for source in each.sources
                ],
            }
            for each in found
        ],
    }
    return json_text(document, indent=2, default=str)


def _toml(found: Sequence[EffectiveSetting], file: str, settings: Settings) -> str:
    from segkoch_lint.reporting.escaping import visible  # noqa: PLC0415

    lines = [
        f"# Configuration file: {file or 'none'}",
        f"# Patterns and folders are relative to {settings.root}",
        *(_line(each) for each in found if len(each.path) == 1),
    ]
    for key, entries in groupby((each for each in found if len(each.path) > 1), key=lambda each: each.path[0]):
        lines += ["", *_table(str(key), list(entries))]
    return "\n".join(map(visible, lines))


def _table(key: str, entries: Sequence[EffectiveSetting]) -> Iterator[str]:
    from segkoch_lint.config.toml_text import toml_key, toml_value  # noqa: PLC0415

    if isinstance(entries[0].path[1], str):
        yield f"[{toml_key(key)}]"
        yield from map(_line, entries)
        return
    for each in entries:
        yield _with_sources(f"[[{toml_key(key)}]]", each)
        yield from (f"{toml_key(name)} = {toml_value(value)}" for name, value in each.value.items())


def _line(setting: EffectiveSetting) -> str:
    from segkoch_lint.config.toml_text import toml_key, toml_value  # noqa: PLC0415

    return _with_sources(f"{toml_key(str(setting.path[-1]))} = {toml_value(setting.value)}", setting)


def _with_sources(text: str, setting: EffectiveSetting) -> str:
    return f"{text:<{_COLUMN}}  # {', '.join(map(str, setting.sources))}"
