"""The one exception for what a user asked wrongly; everything else is a finding or our own fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self


class UsageError(Exception):
    """The user asked for something that cannot be done: a bad option, configuration, rule file or baseline.

    Args:
        message: what is wrong, in one sentence.
        hint: what to do about it, or an empty string.
        further: what else is wrong.
    """

    def __init__(self, message: str, hint: str = "", further: Sequence[UsageError] = ()) -> None:
        super().__init__(message, hint, further)
        self.message = message
        self.hint = hint
        self.further = tuple(further)

    def __str__(self) -> str:
        return "\n".join(f"{each.message} {each.hint}".rstrip() for each in self.all())

    def all(self) -> list[UsageError]:
        """Return this error and the further ones, each once."""
        return list({(each.message, each.hint): each for each in (self, *self.further)}.values())


def raise_all(errors: Sequence[UsageError]) -> None:
    """Raise all that is wrong as one error; do nothing if nothing is.

    Raises:
        UsageError: there are errors.
    """
    found = [each for error in errors for each in error.all()]
    if found:
        raise UsageError(found[0].message, found[0].hint, found[1:])


class OutputError(Exception):
    """An output cannot be written; the run is incomplete."""


class InternalError(NamedTuple):
    """A place where the program itself failed: an exception that nobody expected. The run goes on behind it.

    Attributes:
        path: the input; empty where it is none of an input.
        line: where the document begins that was read; None where that is not known.
        error: the name of the exception's class, and what the operating system says. Its own text may quote a payload.
        consequence: what was not checked because of it.
        trace: the traceback, for ``--debug`` only: the exception's text is in it.
    """

    path: str
    line: int | None
    error: str
    consequence: str
    trace: str

    @classmethod
    def of(cls, error: BaseException, path: str, line: int | None, consequence: str) -> Self:
        """Return what *error* was, and where it was raised."""
        import traceback  # noqa: PLC0415 - hardly any run fails

        name = type(error).__name__
        if isinstance(error, OSError) and error.strerror:
            name += f": {error.strerror}"  # the system's own words, which quote nothing
        return cls(path, line, name, consequence, "".join(traceback.format_exception(error)))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean "…"?`` for the known word most like *word*, or an empty string."""
    import difflib  # noqa: PLC0415 - only for what is misspelled

    match = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f'Did you mean "{match[0]}"?' if match else ""
