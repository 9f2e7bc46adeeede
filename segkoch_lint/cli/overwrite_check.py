"""Protects what a run reads from what it writes: the one check of outputs against inputs, for every command."""

# Paths stay text, as they were given: `Path` would rewrite them.
# ruff: noqa: PTH112, PTH116, PTH123
from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from segkoch_lint.errors import UsageError
from segkoch_lint.reporting.own_reports import is_report

_HEAD = 1 << 16
_HINT = "Name another file."


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a run is going to write.

    Attributes:
        path: where.
        option: what asks for it, as it was given, for messages.
    """

    path: str
    option: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run reads.

    Attributes:
        paths: files, folders and globs; ``-`` and URLs are no files here.
        configuration: the configuration file, or None.
        rule_folders: folders of rule files.
    """

    paths: Sequence[str] = ()
    configuration: Path | None = None
    rule_folders: Sequence[Path] = ()


def refuse_overwriting(outputs: Sequence[Output], inputs: Inputs) -> None:
    """Refuse to write over something that the run reads, under whatever name, or twice over one file.

    In a folder that is read, or among what a glob stands for, a report of an earlier run may be replaced: in CI it is
    there each time but the first.

    Raises:
        UsageError: it would be lost.
    """
    taken: set[object] = set()
    for output in outputs:
        marks = _marks(output.path)
        if not taken.isdisjoint(marks):
            raise UsageError("Two reports cannot go to the same file.")
        taken |= marks
        what = next(_lost(output.path, marks, inputs), None)
        if what is not None:
            raise UsageError(f"{output.option} would overwrite {what}.", _HINT)


def _lost(path: str, marks: set[object], inputs: Inputs) -> Iterator[str]:
    """Yield what writing to *path* would overwrite, in words."""
    named = [each for each in inputs.paths if each != "-" and not os.path.isdir(each)]
    if any(not marks.isdisjoint(_marks(each)) for each in named):
        yield "an input"
    if inputs.configuration is not None and not marks.isdisjoint(_marks(str(inputs.configuration))):
        yield "the configuration file"
    if any(_is_below(path, str(folder)) and path.endswith(".json") for folder in inputs.rule_folders):
        yield "a rule file"
    for each in inputs.paths:
        if _is_walked(path, marks, each) and _holds_data(path):
            yield f"a file of {each}, which is read"


def _is_walked(path: str, marks: set[object], given: str) -> bool:
    """Tell whether a folder or a glob that was given leads to an existing file."""
    from segkoch_lint.inputs.globs import expand, is_glob  # noqa: PLC0415

    if given == "-":
        return False
    if os.path.isdir(given):
        return _is_below(path, given)
    if not is_glob(given) or os.path.lexists(given):
        return False
    found = expand(given, lambda _folder, _error: None)
    return any(_is_below(path, each) if os.path.isdir(each) else not marks.isdisjoint(_marks(each)) for each in found)


def _is_below(path: str, folder: str) -> bool:
    """Tell whether an existing file is in a folder or one of its subfolders."""
    if not Path(path).is_file():
        return False
    whole, top = os.path.realpath(path), os.path.realpath(folder)
    return whole.startswith(top.rstrip(os.sep) + os.sep)


def _holds_data(path: str) -> bool:
    """Tell whether a file holds something that is read and is no report of ours."""
    from segkoch_lint.documents.table.csv_reader import delimiter_of  # noqa: PLC0415
    from segkoch_lint.inputs.file_types import (  # noqa: PLC0415
        Claim,
        claim_of,
        is_compressed,
        is_table,
        starts_like_calls,
    )

    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True  # nobody knows what is in it
    if not head.strip() or is_report(head):
        return False
    claimed = claim_of(path) is not Claim.NOTHING or is_table(path)
    return claimed or is_compressed(head) or starts_like_calls(head) or delimiter_of(head) is not None


def _marks(path: str) -> set[object]:
    """Return by what a file is known: its name without links, and, if it exists and is a file, its place on the disk.

    Devices and pipes are written, not replaced; the same terminal can take any number of reports.
    """
    with suppress(OSError, ValueError):
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return set()
        return {os.path.realpath(path), (status.st_dev, status.st_ino)}
    return {os.path.realpath(path)}
