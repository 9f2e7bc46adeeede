"""The envelope files: their form, and their examples, which are their tests."""

from __future__ import annotations

import json

import pytest

from segkoch_lint import resources
from segkoch_lint.envelopes.envelope import Envelope
from segkoch_lint.envelopes.examples import problem_of_examples
from segkoch_lint.envelopes.loader import built_in, load_envelopes, problems_of

FILES = sorted((resources.directory() / "envelopes").glob("*.json"))


def title_of(envelope: Envelope) -> str:
    return envelope.title


@pytest.mark.parametrize("envelope", built_in(), ids=title_of)
def test_an_envelope_file_has_the_form_that_its_meta_schema_asks_for(envelope: Envelope) -> None:
    assert problems_of(dict(envelope.document)) == []


@pytest.mark.parametrize("envelope", built_in(), ids=title_of)
def test_the_calls_of_each_example_are_found_where_the_file_says(envelope: Envelope) -> None:
    assert problem_of_examples(envelope, load_envelopes()) == ""


def test_a_file_is_called_as_its_envelope() -> None:
    assert {file.stem for file in FILES} == {json.loads(file.read_text())["title"] for file in FILES}


def test_each_document_is_given_a_noun_of_its_own() -> None:
    nouns = [envelope.noun for envelope in built_in()]
    assert len(set(nouns)) == len(nouns)
