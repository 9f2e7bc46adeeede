"""Facets: what calls can be grouped by in the closing table of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import msgspec

from segkoch_lint.calls.call import LIBRARY_NAME, library_of
from segkoch_lint.findings.position import Path, value_at
from segkoch_lint.findings.redaction.known_ids import Ids
from segkoch_lint.findings.redaction.masking import Secret, mask_shapes, mask_spans
from segkoch_lint.findings.redaction.personal_data import merged
from segkoch_lint.findings.summary import Group


class Facet(msgspec.Struct, frozen=True):
    """A property of calls that they can be grouped by.

    Attributes:
        name: as on the command line.
        paths: of the members that decide the value; an object there counts as absent.
        value: returns the value of a call, or of a mapping with just these members.
        prefix: a pattern and a length: of a text that matches, only that many characters decide the value.
        named: whether the sender makes up the value, so that it may hold an id of the call.
    """

    name: str
    paths: tuple[Path, ...]
    value: Callable[[Mapping[str, Any]], str | Secret]
    prefix: tuple[str, int] | None = None
    named: bool = False


def facets_of(groupings: Iterable[Sequence[Facet]]) -> tuple[Facet, ...]:
    """Return all facets of some groupings, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(groupings)))


def group_of(facets: Sequence[Facet], message: Mapping[str, Any], ids: Callable[[], Ids]) -> Group:
    """Return the group that a call belongs to.

    Args:
        facets: what calls are grouped by.
        message: the call.
        ids: returns the ids of the call, which are masked in made-up names: `Order by …`.
    """
    values = ((facet, facet.value(message)) for facet in facets)
    return tuple(
        _without_ids(value, ids(), own_texts(facet, message)) if facet.named and isinstance(value, str) else value
        for facet, value in values
    )


def own_texts(facet: Facet, message: Mapping[str, Any]) -> list[str]:
    """Return the texts in a call that decide the value of a facet."""
    values = (value_at(message, path) for path in facet.paths)
    return [value for value in values if isinstance(value, str)]


def _without_ids(value: str, ids: Ids, own: Sequence[str]) -> str:
    return mask_spans(value, merged(ids.ranges(value, own)))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _inside_context(message: Mapping[str, Any], *path: str) -> str:
    value: Any = message.get("context")
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return mask_shapes(_text(value))


def _library(message: Mapping[str, Any]) -> str:
    return library_of(message)


def _version(message: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (_library(message), _inside_context(message, "library", "version"))))


def _event(message: Mapping[str, Any]) -> str:
    """Return the name of the event of a track call, and the type of any other call."""
    kind = message.get("type")
    return mask_shapes(_text(message.get("event"))) if kind == "track" else f"({kind})"


_TIMES = ("timestamp", "originalTimestamp", "receivedAt", "sentAt")

_IN_UTC = (r"^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$", 10)
"""Timestamps as SDKs write them; they begin with the day."""


def _day(message: Mapping[str, Any]) -> str:
    """Return the day in UTC of the first timestamp that can be parsed."""
    for key in _TIMES:
        try:
            time = datetime.fromisoformat(_text(message.get(key)).removesuffix(" UTC"))  # as BigQuery writes it
            return (time if time.tzinfo is None else time.astimezone(UTC)).date().isoformat()
        except (ValueError, OverflowError):
            continue
    return ""


def _source(message: Mapping[str, Any]) -> str | Secret:
    """Return the source of a call: raw logs name it; a posted call has its write key."""
    project, key = (_text(message.get(name)) for name in ("projectId", "writeKey"))
    return mask_shapes(project) or (Secret(key) if key else "")


def _platform(message: Mapping[str, Any]) -> str:
    return _inside_context(message, "device", "type")


FACETS: Mapping[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet("library", (LIBRARY_NAME,), _library),
        Facet("version", (LIBRARY_NAME, ("context", "library", "version")), _version),
        Facet("event", (("type",), ("event",)), _event, named=True),
        Facet("day", tuple((key,) for key in _TIMES), _day, prefix=_IN_UTC),
        Facet("source", (("projectId",), ("writeKey",)), _source),
        Facet("platform", (("context", "device", "type"),), _platform),
    )
}
"""All facets, by name."""
