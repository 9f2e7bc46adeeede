"""The option of the baseline, and what a run does with its baseline at the end."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segkoch_lint.cli.notes import print_note
from segkoch_lint.config.exit_codes import ExitCode
from segkoch_lint.errors import UsageError

if TYPE_CHECKING:
    from segkoch_lint.config.baseline import Mode
    from segkoch_lint.config.settings import Settings
    from segkoch_lint.config.suppressions import Suppressions

_CHECKED = frozenset({ExitCode.CLEAN, ExitCode.FINDINGS})


baseline_option = click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Only findings count that are not in this baseline, which `segkoch-lint baseline write` makes.",
)
"""`--baseline`, which `with_baseline` evaluates."""


def with_baseline(settings: Settings, file: Path | None, mode: Mode = "apply") -> Settings:
    """Return the settings with the file of ``--baseline``, if it is given.

    Args:
        settings: the configuration.
        file: of the option.
        mode: what the run does with its baseline.

    Raises:
        UsageError: the run is to change a baseline, and none is named; or the file is ``-``.
    """
    from segkoch_lint.config.baseline import BaselineUse  # noqa: PLC0415 - few runs have a baseline

    if file == Path("-"):
        raise UsageError("--baseline -: a file is expected; a baseline is not read from standard input.")
    if file is None and settings.baseline is not None:
        file = settings.baseline.file
    if file is not None:
        return dataclasses.replace(settings, baseline=BaselineUse(file, mode))
    if mode != "apply":
        raise no_baseline_error()
    return settings


def no_baseline_error() -> UsageError:
    """Return the error that no baseline is named."""
    return UsageError("No baseline is named.", "Add --baseline FILE, or `baseline` to the configuration.")


def save_baseline(suppressions: Suppressions, status: int) -> int:
    """Write the baseline of a run that changes it, and report what has changed; return the exit status.

    A run that has not read and checked all of its inputs writes nothing: it would forget what it did not see.

    Args:
        suppressions: of the run.
        status: the exit status of the run.

    Raises:
        OutputError: the file cannot be written.
    """
    from segkoch_lint.reporting.atomic_file import open_output  # noqa: PLC0415 - few runs change a baseline

    if suppressions.baseline is None or suppressions.baseline.mode == "apply":
        return status
    file = str(suppressions.baseline.file)
    if status not in _CHECKED:
        print_note(f"Error: {file}: the baseline was not written, since the run did not check all of its inputs.")
        return status
    baseline, change = suppressions.updated_baseline()
    with open_output(file, newline="") as stream:
        stream.write(baseline.text())
    print_note(f"{file}: {change}")
    return status
