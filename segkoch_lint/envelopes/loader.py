"""The envelopes of a run: the built-in ones, and those in envelope files of the user, which are checked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from segkoch_lint import resources
from segkoch_lint.envelopes.envelope import Envelope, Recogniser, envelope_of
from segkoch_lint.envelopes.examples import problem_of_examples
from segkoch_lint.errors import UsageError
from segkoch_lint.findings.position import pointer_of
from segkoch_lint.rules.schema_errors import Wording, messages_of
from segkoch_lint.rules.user_files import read_folder

_WORDING = Wording(
    lambda path: pointer_of(tuple(path)) or "the file",
    "an object",
    "`segkoch-lint schema --envelope-file` prints what an envelope file holds.",
)


def load_envelopes(folders: Iterable[Path] = ()) -> tuple[Envelope, ...]:
    """Return the envelopes of a run: those of the user's *folders* first, then the built-in ones.

    Among the built-in ones, an envelope that asks for more members comes before one that asks for fewer.

    Raises:
        UsageError: a folder or file cannot be read, is not a valid envelope file, does not do what its examples say, or
            repeats a name.
    """
    own = [found for folder in {os.path.realpath(each): each for each in folders}.values() for found in _of(folder)]
    origins: dict[str, str] = {each.title: "a built-in envelope" for each in built_in()}
    for file, envelope in own:
        if envelope.title in origins:
            raise UsageError(
                f"{file}: /title is {envelope.title}, the name of {origins[envelope.title]}.",
                "Give each envelope a name of its own.",
            )
        origins[envelope.title] = str(file)
    return (*(envelope for _, envelope in own), *built_in())


@cache
def built_in() -> tuple[Envelope, ...]:
    """Return the envelopes of ``schemas/envelopes/``. They are checked by the tests, not at every start."""
    files = sorted((resources.directory() / "envelopes").glob("*.json"))
    envelopes = [envelope_of(msgspec.json.decode(file.read_bytes())) for file in files]
    return tuple(sorted(envelopes, key=lambda each: -len(each.required)))


def _of(folder: Path) -> Iterator[tuple[Path, Envelope]]:
    """Yield the envelopes of a folder, each with its file."""
    for file, document in read_folder(folder, "envelope", problems_of):
        yield file, envelope_of(document)


def problems_of(document: Any) -> list[tuple[str, str]]:
    """Return what is wrong with an envelope file, and what to do about each. The file is data, so it may be quoted."""
    try:
        if not isinstance(document, dict) or "recognise" not in document:
            problem = "not an envelope file: an object with a member `recognise` is expected."
        elif of_form := _problems_of_form(document):
            return of_form
        else:
            problem = _problem_of_meaning(envelope_of(document))
    except RecursionError:
        problem = "it is nested too deeply to be read."
    return [(problem, _WORDING.hint)] if problem else []


def _problems_of_form(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return where an envelope file does not fit its meta-schema."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - takes a tenth of a second, and few runs need it

    found = Draft202012Validator(resources.load("envelope")).iter_errors(document)
    return list(dict.fromkeys(each for error in found for each in messages_of(error, _WORDING)))


def _problem_of_meaning(envelope: Envelope) -> str:
    """Return what is wrong with an envelope that has the right form, or an empty string."""
    try:
        Recogniser(envelope)
    except ValueError as error:
        return f"/recognise cannot be used: {str(error).splitlines()[0].rstrip('.')}."
    return problem_of_examples(envelope, built_in())
