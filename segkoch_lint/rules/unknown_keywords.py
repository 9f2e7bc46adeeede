"""Finds what asks nothing in the rule files of users: keywords and placeholders that there are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any

from segkoch_lint import resources
from segkoch_lint.errors import nearest
from segkoch_lint.rules.catalogue import Rule
from segkoch_lint.rules.vocabulary import DIALECT, LISTS_OF_SCHEMAS, MAPS_OF_SCHEMAS, SCHEMAS

_VOCABULARIES = ("core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

_OF_VALUES = ("value", "state", "key")
"""The placeholders that stand for the value to blame, what is wrong with it, and its key."""

_OF_SUMMARIES = frozenset({"calls", "libraries", "kind", "id"})
"""What further placeholders stand for in rules about summaries."""


def problem_of_words(rule: Rule) -> str:
    """Return what is misspelled in a rule, or an empty string."""
    if rule.applies_to in {"input", "plan"}:
        return ""  # the program decides these, and what their messages say
    keyword = next(_unknown(rule.constraint), None)
    if keyword is not None:
        return f'there is no keyword "{keyword}", so it would ask nothing. {nearest(keyword, _known())}'.rstrip()
    further = _OF_SUMMARIES if rule.applies_to in {"user", "device", "event-name"} else frozenset()
    for message in _messages(rule):
        for name in _PLACEHOLDER.findall(message):
            if name not in {*_OF_VALUES, *further} and not name.startswith("/"):
                known = ", ".join(f"{{{each}}}" for each in (*_OF_VALUES, "/a/JSON/Pointer", *sorted(further)))
                return f"a message has {{{name}}}, which stands for nothing; there are {known}."
    return ""


def _unknown(schema: Any) -> Iterator[str]:
    """Yield the keywords in *schema* that neither JSON Schema 2020-12 nor our vocabulary has."""
    for keyword, value in _keywords(schema):
        if keyword not in _known():
            yield keyword
        else:
            yield from chain.from_iterable(map(_unknown, _inside(keyword, value)))


def _messages(rule: Rule) -> Iterator[str]:
    yield rule.message
    waiting: list[Any] = [rule.constraint]
    while waiting:
        for keyword, value in _keywords(waiting.pop()):
            if keyword == "message":
                yield value
            waiting += _inside(keyword, value)


def _keywords(schema: Any) -> Iterator[tuple[str, Any]]:
    yield from schema.items() if isinstance(schema, dict) else ()


def _inside(keyword: str, value: Any) -> list[Any]:
    """Return the schemas that a keyword holds."""
    if keyword == "spellings" or keyword in MAPS_OF_SCHEMAS:
        return list(value.values())
    if keyword in LISTS_OF_SCHEMAS:
        return list(value)
    return [value] if keyword in SCHEMAS else []


@cache
def _known() -> frozenset[str]:
    from jsonschema_specifications import REGISTRY  # noqa: PLC0415 - comes with jsonschema; of use to users' files only

    addresses = [f"{DIALECT.rpartition('/')[0]}/meta/{name}" for name in _VOCABULARIES]
    standard = [REGISTRY.contents(each)["properties"] for each in addresses]
    return frozenset(chain(*standard, resources.load("vocabulary")["properties"]))
