"""The examples of envelope files: documents, and where the calls in them are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from segkoch_lint.calls.call import Call
from segkoch_lint.documents.document import ParseError, pointer_in
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.envelopes.contents import UnreadableRequest
from segkoch_lint.envelopes.envelope import Envelope
from segkoch_lint.envelopes.reader import EnvelopeReader
from segkoch_lint.envelopes.unwrap import units_of


def problem_of_examples(envelope: Envelope, others: Sequence[Envelope]) -> str:
    """Return what an envelope's examples say that it does not do, or an empty string.

    Args:
        envelope: the envelope.
        others: the envelopes that may be inside it.
    """
    reader = EnvelopeReader((envelope, *(each for each in others if each.title != envelope.title)))
    for number, example in enumerate(envelope.examples):
        name = f"examples[{number}]"
        if reader.recognised(example.document, "") is not envelope:
            return f"{name} is not recognised as this envelope."
        calls, unreadable = places_in(reader, example.document)
        for what, found, expected in (
            ("calls", calls, example.calls),
            ("unreadable requests", unreadable, example.unreadable),
        ):
            if found != expected:
                shown = (", ".join(each or "the top" for each in places) or "nowhere" for places in (found, expected))
                return f"{name}: {what} are expected at {{1}}, and are found at {{0}}.".format(*shown)
    for number, document in enumerate(envelope.counterexamples):
        if reader.recognised(document, "") is envelope:
            return f"counterexamples[{number}] is recognised as this envelope."
    return ""


def places_in(reader: EnvelopeReader, document: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return where the calls of a document are, and the requests that cannot be read, as reports show it."""
    opened = reader.open(_document(document))
    calls: list[str] = []
    unreadable: list[str] = []
    for content in opened.contents if opened else ():
        if isinstance(content, UnreadableRequest):
            unreadable.append(str(content.pointer))
        elif not isinstance(content, ParseError):
            calls.extend(
                str(pointer_in(content, unit.path)) for unit in units_of(content, "") if isinstance(unit, Call)
            )
    return tuple(calls), tuple(unreadable)


def _document(value: Any) -> JsonDocument:
    return JsonDocument(value, json.dumps(value).encode())
