"""Misspelled words in rule files of users: unknown keywords, and unknown placeholders in messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from segkoch_lint import resources
from segkoch_lint.errors import nearest
from segkoch_lint.rules.catalogue import DECIDED_BY_CODE, Rule
from segkoch_lint.rules.subschemas import subschemas
from segkoch_lint.rules.vocabulary import DIALECT

_VOCABULARIES = ("core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

_OF_VALUES = ("value", "state", "key")
"""The placeholders for the offending value, for what is wrong with it, and for its key."""

_OF_SUMMARIES = frozenset({"calls", "libraries", "kind", "id"})
"""The further placeholders of rules about summaries."""


def problem_of_words(rule: Rule) -> str:
    """Return what is misspelled in a rule, or an empty string."""
    if rule.applies_to in DECIDED_BY_CODE:
        return ""
    keywords = chain.from_iterable(subschemas(rule.constraint))
    unknown = next((keyword for keyword in keywords if keyword not in known_keywords()), None)
    if unknown is not None:
        return (
            f'there is no keyword "{unknown}", so it would ask nothing. {nearest(unknown, known_keywords())}'.rstrip()
        )
    further = _OF_SUMMARIES if rule.applies_to in {"user", "device", "event-name"} else frozenset()
    for message in _messages(rule):
        for name in _PLACEHOLDER.findall(message):
            if name not in {*_OF_VALUES, *further} and not name.startswith("/"):
                known = ", ".join(f"{{{each}}}" for each in (*_OF_VALUES, "/a/JSON/Pointer", *sorted(further)))
                return f"a message has the unknown placeholder {{{name}}}; known are {known}."
    return ""


def _messages(rule: Rule) -> Iterator[str]:
    yield rule.message
    yield from (each["message"] for each in subschemas(rule.constraint) if "message" in each)


@cache
def known_keywords() -> frozenset[str]:
    """Return the keywords of JSON Schema 2020-12 and of our vocabulary."""
    from jsonschema_specifications import REGISTRY  # noqa: PLC0415 - comes with jsonschema; only files of users need it

    addresses = [f"{DIALECT.rpartition('/')[0]}/meta/{name}" for name in _VOCABULARIES]
    standard = [REGISTRY.contents(each)["properties"] for each in addresses]
    return frozenset(chain(*standard, resources.load("vocabulary")["properties"]))
