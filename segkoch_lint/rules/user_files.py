"""Folders of JSON files that a user writes: rule files, envelope files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from segkoch_lint.errors import UsageError, raise_all


def read_folder(
    folder: Path, kind: str, problems_of: Callable[[Any], list[tuple[str, str]]]
) -> Iterator[tuple[Path, Any]]:
    """Yield the files of a folder, in the order of their names, each with the JSON value in it.

    Args:
        folder: the folder.
        kind: what the files are, for messages: ``rule`` or ``envelope``.
        problems_of: returns what is wrong with a value, each with a hint.

    Raises:
        UsageError: there is no such folder or no such file, or a file cannot be read or has problems.
    """
    if folder.is_file():
        raise UsageError(f"{folder}: a file; the folder that holds the {kind} files is expected.")
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder of {kind} files.")
    files = sorted(folder.glob("*.json"))
    if not files:
        raise UsageError(f"{folder}: no {kind} files (*.json) in this folder.")
    for file in files:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise UsageError(f"{file}:{error.lineno}:{error.colno}: not a readable JSON file: {error.msg}.") from error
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(f"{file}: not a readable JSON file: {error}.") from error
        raise_all([UsageError(f"{file}: {message}", hint) for message, hint in problems_of(document)])
        yield file, document
