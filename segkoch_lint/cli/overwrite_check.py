"""The check that no output overwrites an input, the same for every command."""

# Paths remain text, as they were given; `Path` would rewrite them.
# ruff: noqa: PTH112, PTH116, PTH123
from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from segkoch_lint.errors import UsageError
from segkoch_lint.reporting import is_report

_HEAD = 1 << 16
"""Bytes by which the content of a file is recognised."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file that the run will write.

    Attributes:
        path: its path.
        option: the option that asks for it, as it was given.
    """

    path: str
    option: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files that the run reads.

    Attributes:
        paths: files, folders and globs; ``-`` and URLs are ignored.
        configuration: the configuration file, or None.
        rule_folders: folders of rule files.
        envelope_folders: folders of envelope files.
    """

    paths: Sequence[str] = ()
    configuration: Path | None = None
    rule_folders: Sequence[Path] = ()
    envelope_folders: Sequence[Path] = ()


def refuse_overwriting(outputs: Sequence[Output], inputs: Inputs) -> None:
    """Check that no output overwrites a file that the run reads, under any name, or another output.

    A report of an earlier run may be overwritten, even if it is in a folder that is read or matches a glob: in CI, each
    run but the first finds one.

    Raises:
        UsageError: an output would overwrite something.
    """
    taken: set[object] = set()
    for output in outputs:
        identities = _identities(output.path)
        if not taken.isdisjoint(identities):
            raise UsageError("Two reports cannot go to the same file.")
        taken |= identities
        lost = next(_overwritten(output.path, identities, inputs), None)
        if lost is not None:
            raise UsageError(f"{output.option} would overwrite {lost}.", "Name another file.")


def _overwritten(path: str, identities: set[object], inputs: Inputs) -> Iterator[str]:
    """Yield the inputs that writing to *path* would overwrite, in words."""
    named = [each for each in inputs.paths if each != "-" and not os.path.isdir(each)]
    if any(not identities.isdisjoint(_identities(each)) for each in named):
        yield "an input"
    if inputs.configuration is not None and not identities.isdisjoint(_identities(str(inputs.configuration))):
        yield "the configuration file"
    for folders, kind in ((inputs.rule_folders, "a rule file"), (inputs.envelope_folders, "an envelope file")):
        if path.endswith(".json") and any(_is_below(path, str(folder)) for folder in folders):
            yield kind
    for each in inputs.paths:
        if _is_walked(path, identities, each) and _holds_data(path):
            yield f"a file of {each}, which is read"


def _is_walked(path: str, identities: set[object], given: str) -> bool:
    """Return whether the folder or the glob *given* leads to an existing file."""
    from segkoch_lint.inputs.globs import expand, is_glob  # noqa: PLC0415

    if given == "-":
        return False
    if os.path.isdir(given):
        return _is_below(path, given)
    if not is_glob(given) or os.path.lexists(given):
        return False
    found = expand(given, lambda _folder, _error: None)
    return any(
        _is_below(path, each) if os.path.isdir(each) else not identities.isdisjoint(_identities(each)) for each in found
    )


def _is_below(path: str, folder: str) -> bool:
    """Return whether an existing file is in a folder or one of its subfolders."""
    if not Path(path).is_file():
        return False
    whole, top = os.path.realpath(path), os.path.realpath(folder)
    return whole.startswith(top.rstrip(os.sep) + os.sep)


def _holds_data(path: str) -> bool:
    """Return whether a file holds data that would be read and is not a report of an earlier run."""
    from segkoch_lint.documents.table.csv_reader import delimiter_of  # noqa: PLC0415
    from segkoch_lint.inputs.file_types import (  # noqa: PLC0415
        ClaimedFormat,
        claimed_format,
        is_compressed,
        is_table,
        starts_like_calls,
    )

    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True  # its content is unknown
    if not head.strip() or is_report(head):
        return False
    claimed = claimed_format(path) is not ClaimedFormat.NOTHING or is_table(path)
    return claimed or is_compressed(head) or starts_like_calls(head) or delimiter_of(head) is not None


def _identities(path: str) -> set[object]:
    """Return what identifies a file: its path without links, and the numbers of its device and inode if it exists.

    Devices and pipes have no identity, since they are not replaced: several reports may go to one terminal.
    """
    with suppress(OSError, ValueError):
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return set()
        return {os.path.realpath(path), (status.st_dev, status.st_ino)}
    return {os.path.realpath(path)}
