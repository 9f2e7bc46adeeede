"""An envelope file: how a document that carries calls is recognised, and where in it the calls are.

`schemas/envelope.json` is the meta-schema, `schemas/envelopes/` holds the built-in files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from segkoch_lint.envelopes.decoding import TEXT, Encoding
from segkoch_lint.envelopes.patterns import Pattern, matches, pattern_of
from segkoch_lint.rules.validator import Validator, compile_schema

_PRUNED = frozenset(
    {"type", "required", "properties", "prefixItems", "minItems", "pattern", "anyOf", "title"}
    | {"description", "allOf", "minLength"}
)
"""Keywords that look no deeper than the schemas under them say; a value below any other keyword is kept whole."""


class RequestParts(msgspec.Struct, frozen=True):
    """Where the parts of an HTTP request are in an entry: alternatives, the first that leads to a text counts."""

    method: tuple[Pattern, ...]
    url: tuple[Pattern, ...]
    host: tuple[Pattern, ...]
    path: tuple[Pattern, ...]


class Site(msgspec.Struct, frozen=True):
    """A place in an envelope where calls are.

    Attributes:
        entry: leads to the object that stands for one message or request.
        at: lead from there to the value that holds the calls; the first that holds some counts.
        encodings: how the value may be encoded, in the order in which they are tried.
        request: where the parts of the HTTP request are; None if the entry is not one.
        name: the template of the entry's name; empty if the entry has none.
    """

    entry: Pattern
    at: tuple[Pattern, ...]
    encodings: tuple[Encoding, ...]
    request: RequestParts | None = None
    name: str = ""

    @property
    def is_log(self) -> bool:
        """Whether the values are lines of a log, most of which are not calls, and need not be."""
        return TEXT in self.encodings


class Example(msgspec.Struct, frozen=True):
    """A document in an envelope.

    Attributes:
        document: the document.
        calls: where the calls are, as reports show it.
        unreadable: where requests to Segment are whose bodies cannot be read.
    """

    document: Any
    calls: tuple[str, ...]
    unreadable: tuple[str, ...] = ()


class Envelope(msgspec.Struct, frozen=True, eq=False):
    """One envelope file.

    Attributes:
        title: its name.
        noun: what reports call such a document.
        description, source: what it is, and where the format is documented.
        recognise: the JSON Schema that such a document fits.
        sites: where calls are.
        examples: documents in this envelope. counterexamples: documents that are not.
        document: the whole file.
    """

    title: str
    noun: str
    description: str
    source: tuple[str, ...]
    recognise: Mapping[str, Any]
    sites: tuple[Site, ...]
    examples: tuple[Example, ...]
    counterexamples: tuple[Any, ...]
    document: Mapping[str, Any]

    @property
    def required(self) -> tuple[str, ...]:
        """The members that such a document has; of a list, those of its first item."""
        schema = self.recognise
        if schema["type"] == "array":
            schema = next(iter(schema.get("prefixItems", ())), {})
        return tuple(schema.get("required", ()))


def envelope_of(document: Mapping[str, Any]) -> Envelope:
    """Return the envelope that a (valid) envelope file describes."""
    return Envelope(
        title=document["title"],
        noun=document["noun"],
        description=document["description"],
        source=tuple(document["source"]),
        recognise=document["recognise"],
        sites=tuple(map(_site_of, document["calls"])),
        examples=tuple(
            Example(each["document"], tuple(each["calls"]), tuple(each.get("unreadable", ())))
            for each in document["examples"]
        ),
        counterexamples=tuple(each["document"] for each in document.get("counterexamples", ())),
        document=document,
    )


def _site_of(described: Mapping[str, Any]) -> Site:
    request = described.get("request")
    return Site(
        entry=pattern_of(described.get("entry", "")),
        at=_patterns(described["at"]),
        encodings=tuple(map(tuple, described.get("encodings", [[]]))),
        request=None
        if request is None
        else RequestParts(*(_patterns(request.get(part, [])) for part in ("method", "url", "host", "path"))),
        name=described.get("name", ""),
    )


def _patterns(described: str | list[str]) -> tuple[Pattern, ...]:
    return tuple(map(pattern_of, [described] if isinstance(described, str) else described))


def text_at(entry: Any, patterns: tuple[Pattern, ...]) -> str:
    """Return the first text or number that one of the patterns leads to, as text; empty if there is none."""
    for pattern in patterns:
        for _, value in matches(entry, pattern):
            if isinstance(value, str | int) and not isinstance(value, bool):
                return str(value)
    return ""


class Recogniser:
    """Tells whether a document is in an envelope.

    A validator copies the whole value that it is given, and a capture may have a hundred megabytes. So it is given only
    what the schema looks at.

    Args:
        envelope: the envelope.

    Raises:
        ValueError: its schema cannot be used.
    """

    def __init__(self, envelope: Envelope) -> None:
        self._schema = envelope.recognise
        self._is_list = self._schema["type"] == "array"
        self._required = envelope.required
        self._validator: Validator = compile_schema(self._schema, quoting=True)

    def recognises(self, value: Any) -> bool:
        """Return whether a value is in the envelope."""
        head = value
        if self._is_list:
            if not isinstance(value, list):
                return False
            head = value[0] if value else None
        if isinstance(head, Mapping) and not all(key in head for key in self._required):
            return False
        return self._validator.is_valid(_pruned(value, self._schema))


def _pruned(value: Any, *schemas: Any) -> Any:
    """Return a value without what the schemas do not look at."""
    if not isinstance(value, Mapping | list):
        return value
    schemas = tuple(_conjuncts(schemas))
    if any(not isinstance(schema, Mapping) or schema.keys() - _PRUNED for schema in schemas):
        return value
    if isinstance(value, list):
        fewest = max((schema.get("minItems", 0) for schema in schemas), default=0)
        looked_at = max((len(schema.get("prefixItems", ())) for schema in schemas), default=0)
        return [
            _pruned(item, *(s["prefixItems"][n] for s in schemas if n < len(s.get("prefixItems", ()))))
            for n, item in enumerate(value[: max(fewest, looked_at)])
        ]
    kept: dict[str, Any] = {}
    for schema in schemas:
        for key in (*schema.get("required", ()), *schema.get("properties", ())):
            if key in value and key not in kept:
                below = [s["properties"][key] for s in schemas if key in s.get("properties", ())]
                kept[key] = _pruned(value[key], *below) if below else _empty(value[key])
    return kept


def _conjuncts(schemas: tuple[Any, ...]) -> list[Any]:
    """Return schemas with those that they combine: what any of them looks at is kept."""
    found: list[Any] = []
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop()
        found.append(schema)
        if isinstance(schema, Mapping):
            waiting.extend((*schema.get("anyOf", ()), *schema.get("allOf", ())))
    return found


def _empty(value: Any) -> Any:
    """Return what stands for a value of which only the presence counts."""
    return {} if isinstance(value, Mapping) else [] if isinstance(value, list) else value
