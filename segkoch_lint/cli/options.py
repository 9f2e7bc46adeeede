"""The options that several commands share, and the settings that they change."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO, TypeVar

import click

from segkoch_lint.cli.completion import complete_rules, complete_severities
from segkoch_lint.cli.notes import print_note
from segkoch_lint.config.budgets import BUDGET_FORMS, Budget
from segkoch_lint.errors import UsageError, nearest
from segkoch_lint.findings.finding import Severity

if TYPE_CHECKING:
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.findings.summary import Grouping

Command = TypeVar("Command", bound=Callable[..., Any])
T = TypeVar("T")


class Decorator(Protocol):
    """Adds one or more options to a command."""

    def __call__(self, command: Command, /) -> Command: ...


def option_group(*options: Decorator) -> Decorator:
    """Return a decorator that adds several options, which `--help` shows in their order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


_MIN_CALLS = re.compile(r"min-calls\s*=")
_COUNT = re.compile(r"[1-9][0-9]{0,17}")


configuration_options = option_group(
    click.option(
        "--select",
        "-s",
        multiple=True,
        metavar="RULES",
        shell_complete=complete_rules,
        help="Apply only these rules: codes, code prefixes (KCH1), names or ALL, separated by commas.",
    ),
    click.option(
        "--ignore",
        "-i",
        multiple=True,
        metavar="RULES",
        shell_complete=complete_rules,
        help="Do not apply these rules.",
    ),
    click.option(
        "--severity",
        multiple=True,
        metavar="CODE=LEVEL",
        shell_complete=complete_severities,
        help="Set a severity: error, warning or info.",
    ),
    click.option(
        "--rules",
        "rule_folders",
        multiple=True,
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="Also apply your own rule files in this folder.",
    ),
    click.option(
        "--config",
        "config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Use this configuration file.",
    ),
    click.option("--isolated", is_flag=True, help="Use no configuration file."),
)
"""The options that choose the configuration and the rules."""


budget_option = click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="CODE=BUDGET",
    shell_complete=complete_rules,
    help="Do not fail if at most this share (60%, 0.1%) or this number (20) of the delivered calls break a "
    "rule. KCH106=60%,min-calls=1000 does not judge the share of fewer calls.",
)

envelopes_option = click.option(
    "--envelopes",
    "envelope_folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Also read the envelopes that your own envelope files in this folder describe.",
)

memory_option = click.option(
    "--memory",
    metavar="SIZE",
    help="About how much memory the run may use (512MB, 2GiB); beyond it, records go to a temporary file. "
    "Default: 1GiB.",
)


color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text output; auto obeys NO_COLOR and FORCE_COLOR.",
)
"""`--color`, which `wants_color` evaluates."""


def settings_of(
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    severity: Iterable[str] = (),
    rule_folders: Iterable[Path] = (),
    config: Path | None = None,
    isolated: bool = False,
) -> Settings:
    """Return the settings of the configuration, changed by the options of the command line.

    ``--select`` and ``--ignore`` replace those of the configuration; severities and rule folders are added to them.

    Raises:
        UsageError: an option or the configuration is wrong.
    """
    from segkoch_lint.config.file import load_settings  # noqa: PLC0415 - the validator takes a while to import
    from segkoch_lint.config.file_search import ignored_configurations  # noqa: PLC0415

    file = configuration_file(config, isolated=isolated)
    if config is None and not isolated:
        for path, remark in ignored_configurations(Path.cwd(), file):
            print_note(f"Note: {path}: {remark}.")
    settings = load_settings(file)
    changes: dict[str, Any] = {}
    origins = dict(settings.origins)
    if selected := _selectors("--select", select):
        changes["select"] = selected
        origins["select"] = "--select"
    if ignored := _selectors("--ignore", ignore):
        changes["ignore"] = ignored
        origins["ignore"] = "--ignore"
    if severity:
        given = list(map(_severity, words(severity)))
        changes["severity"] = _on_top(settings.severity, given)
        origins |= {f"severity.{selector}": "--severity" for selector, _ in given}
    changes["rules"] = (*settings.rules, *rule_folders)
    return dataclasses.replace(settings, **changes, origins=origins)


def configuration_file(config: Path | None, *, isolated: bool) -> Path | None:
    """Return the configuration file: that of ``--config``, or else the nearest one; None if there is none.

    Raises:
        UsageError: the file of ``--config`` does not exist, or ``--isolated`` is given, too.
    """
    from segkoch_lint.config.file_search import find_configuration  # noqa: PLC0415

    if config is not None and isolated:
        raise UsageError("--config and --isolated exclude each other.")
    if config is not None and not config.is_file():
        raise UsageError(f"{config}: there is no such configuration file.")
    return config if config or isolated else find_configuration(Path.cwd())


def _selectors(option: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return the selectors that an option names.

    Raises:
        UsageError: the option is given and names none, for example because a variable of a script is empty.
    """
    given = list(values)
    named = words(given)
    if given and not named:
        raise UsageError(f"{option} names no rule.", "Leave the option out, or name a code, a name or ALL.")
    return named


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a repeatable option whose values are separated by commas."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _severity(text: str) -> tuple[str, Severity]:
    selector, _, level = text.partition("=")
    levels = [str(each) for each in Severity]
    if level.lower() not in levels:
        raise UsageError(
            f"--severity {text}: CODE=LEVEL is expected, with LEVEL one of {', '.join(levels)}.", nearest(level, levels)
        )
    return selector.strip(), Severity.of(level)


def with_budgets(settings: Settings, budgets: Iterable[str]) -> Settings:
    """Return the settings with budgets (``KCH106=60%,min-calls=1000``) added; they override those of the configuration.

    Raises:
        UsageError: a budget is wrong.
    """
    given = list(_budgets(budgets))
    origins = {**settings.origins, **{f"budgets.{selector}": "--budget" for selector, _ in given}}
    return dataclasses.replace(settings, budgets=_on_top(settings.budgets, given), origins=origins)


def with_envelopes(settings: Settings, folders: Iterable[Path], pointers: Sequence[str]) -> Settings:
    """Return the settings with the folders of ``--envelopes`` and the pointers of ``--at`` added.

    Raises:
        UsageError: a pointer is not a JSON Pointer.
    """
    envelopes = (*settings.envelopes, *folders)
    try:
        return dataclasses.replace(settings, envelopes=envelopes, at=(*settings.at, *pointers))
    except UsageError as error:
        raise UsageError(f"--at: {error.message}", error.hint) from None


def with_memory(settings: Settings, size: str | None) -> Settings:
    """Return the settings with the size of ``--memory``, if it is given.

    Raises:
        UsageError: it is not a size, or is too small.
    """
    from segkoch_lint.config.sizes import SIZE_FORMS, bytes_of  # noqa: PLC0415 - the package takes a while to import

    if size is None:
        return settings
    try:
        return dataclasses.replace(settings, memory=bytes_of(size))
    except ValueError as problem:
        raise UsageError(f"--memory {size}: {problem}.", SIZE_FORMS) from None


def _budgets(options: Iterable[str]) -> Iterator[tuple[str, Budget]]:
    """Yield the selectors and budgets of ``--budget`` options; ``min-calls=N`` belongs to the budget before it."""
    for option in options:
        given: list[list[str]] = []
        for word in words([option]):
            if given and _MIN_CALLS.match(word):
                given[-1].append(word)
            else:
                given.append([word])
        yield from (_budget(*each) for each in given)


def _budget(text: str, *floors: str) -> tuple[str, Budget]:
    selector, equals, amount = (part.strip() for part in text.partition("="))
    if not selector or not equals:
        raise UsageError(f"--budget {text}: CODE=BUDGET is expected.", BUDGET_FORMS)
    min_calls = 0
    for floor in floors:
        number = floor.partition("=")[2].strip()
        if not _COUNT.fullmatch(number):
            raise UsageError(f"--budget {text},{floor}: min-calls is a whole number of at least 1.", BUDGET_FORMS)
        min_calls = int(number)
    try:
        return selector, Budget.of(amount, min_calls)
    except ValueError as problem:
        raise UsageError(f"--budget {','.join((text, *floors))}: {problem}.", BUDGET_FORMS) from None


def groupings_of(given: Iterable[str]) -> tuple[Grouping, ...]:
    """Return the groupings of ``--group-by``, each once.

    Raises:
        UsageError: a facet does not exist.
    """
    from segkoch_lint.calls.facets import FACETS  # noqa: PLC0415 - most runs group by nothing

    groupings = [tuple(dict.fromkeys(words([each]))) for each in given]
    for name in chain.from_iterable(groupings):
        if name not in FACETS:
            hint = nearest(name, FACETS) or f"The facets are {', '.join(FACETS)}."
            raise UsageError(f'--group-by {name}: no facet is called "{name}".', hint)
    return tuple(grouping for grouping in dict.fromkeys(groupings) if grouping)


def with_groupings(settings: Settings, groupings: Iterable[Grouping]) -> Settings:
    """Return the settings with some groupings, each once."""
    from segkoch_lint.calls.facets import FACETS  # noqa: PLC0415 - most runs group by nothing

    group_by = tuple(tuple(FACETS[name] for name in grouping) for grouping in dict.fromkeys(groupings))
    return dataclasses.replace(settings, group_by=group_by)


def _on_top(configured: Mapping[str, T], given: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Return both, the given ones last: if two selectors are equally exact, the last one decides."""
    both = dict(configured)
    for selector, choice in given:
        both.pop(selector, None)
        both[selector] = choice
    return both


def wants_color(choice: str, stream: TextIO) -> bool:
    """Return whether to colour the text on *stream*; ``auto`` obeys NO_COLOR and FORCE_COLOR, and needs a terminal.

    Sources: https://no-color.org, https://force-color.org
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
