"""Errors: of the user, of an output, and of the program itself. Problems of an input are findings instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self


class UsageError(Exception):
    """An option, the configuration, a rule file or the like is wrong.

    Args:
        message: the problem, in one sentence.
        hint: what to do about it; may be empty.
        further: other errors that were found with this one.
    """

    def __init__(self, message: str, hint: str = "", further: Sequence[UsageError] = ()) -> None:
        super().__init__(message, hint, further)
        self.message = message
        self.hint = hint
        self.further = tuple(further)

    def __str__(self) -> str:
        return "\n".join(f"{each.message} {each.hint}".rstrip() for each in self.all())

    def all(self) -> list[UsageError]:
        """Return this error and the further ones, without repetitions."""
        return list({(each.message, each.hint): each for each in (self, *self.further)}.values())


def raise_all(errors: Sequence[UsageError]) -> None:
    """Raise all *errors* as one; do nothing if there are none.

    Raises:
        UsageError: there are errors.
    """
    found = [each for error in errors for each in error.all()]
    if found:
        raise UsageError(found[0].message, found[0].hint, found[1:])


class OutputError(Exception):
    """An output cannot be written, so the run is incomplete."""


class InternalError(NamedTuple):
    """An unexpected exception of the program's own code, after which the run went on.

    Attributes:
        path: the input; empty if the error is not about an input.
        line: the line where the document begins; None if it is not known.
        error: the name of the exception's class, and the message of the operating system if there is one. The text of
            the exception is left out, since it may quote a payload.
        consequence: what was not done because of the error.
        trace: the traceback, for ``--debug`` only, since it holds the text of the exception.
    """

    path: str
    line: int | None
    error: str
    consequence: str
    trace: str

    @classmethod
    def of(cls, error: BaseException, path: str, line: int | None, consequence: str) -> Self:
        """Return the record of *error*."""
        import traceback  # noqa: PLC0415 - hardly any run fails

        name = type(error).__name__
        if isinstance(error, OSError) and error.strerror:
            name += f": {error.strerror}"  # a text of the system, which quotes nothing
        return cls(path, line, name, consequence, "".join(traceback.format_exception(error)))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean "…"?`` for the known word that is most similar to *word*; an empty string if none is."""
    import difflib  # noqa: PLC0415 - only for misspelled words

    # Codes share most of their characters, so only one with a single typing error is similar: KCH999 is not KCH309.
    similarity = 0.8 if any(map(str.isdigit, word)) else 0.5
    match = difflib.get_close_matches(word, list(known), n=1, cutoff=similarity)
    return f'Did you mean "{match[0]}"?' if match else ""
