"""A file that is written or extended: its diff, and its atomic writing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from segkoch_lint.errors import OutputError
from segkoch_lint.reporting.atomic_file import open_output


class FileChange(msgspec.Struct, frozen=True):
    """A new text of a file.

    Attributes:
        path: of the file, relative to the root of the repository.
        before: its text; None if it does not exist.
        after: its text after the change; line ends are as they are written.
    """

    path: str
    before: str | None
    after: str

    def diff(self) -> Iterator[str]:
        """Yield the lines of a unified diff, without their ends."""
        old = "/dev/null" if self.before is None else f"a/{self.path}"
        before, after = (self.before or "").splitlines(), self.after.splitlines()
        yield from difflib.unified_diff(before, after, old, f"b/{self.path}", lineterm="")

    def write(self, root: Path) -> None:
        """Write the file, complete or not at all.

        Raises:
            OutputError: it cannot be written, or was changed since it was read.
        """
        file = root / self.path
        if read_text(file) != self.before:
            raise OutputError(f"{self.path}: changed while the change was shown; run the command again")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written: {error.strerror}") from error
        with open_output(str(file), newline="") as stream:
            stream.write(self.after)


class NoChange(msgspec.Struct, frozen=True):
    """A file that is left alone.

    Attributes:
        path: of the file, relative to the root of the repository.
        reason: why, in words.
        entry: what the user should add by hand; empty if nothing is missing.
    """

    path: str
    reason: str
    entry: str = ""


def read_text(file: Path) -> str | None:
    """Return the text of a file with its line ends; None if it does not exist.

    Raises:
        OutputError: it cannot be read, so nothing can be added to it.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not valid UTF-8"
        raise OutputError(f"{file}: cannot be read: {reason}") from error


def with_line_ends_of(text: str, other: str) -> str:
    r"""Return *text*, whose lines end with ``\n``, with the line ends of *other*."""
    return text.replace("\n", "\r\n") if "\r\n" in other else text
