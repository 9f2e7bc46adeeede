"""What the texts of a group say: the core finds groups by the texts in some columns of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import msgspec

from segkoch_lint.bounded_cache import cached
from segkoch_lint.calls.call import LIBRARY_NAME, library_of
from segkoch_lint.calls.facets import Facet, own_texts
from segkoch_lint.findings.position import Path, object_with
from segkoch_lint.findings.redaction.known_ids import strings_of_ids
from segkoch_lint.findings.summary import Group

Texts = Sequence[bytes | None]
"""The texts in the columns of a group; None if a call has none there."""

Value = TypeVar("Value")


class LibraryAndGroup(NamedTuple):
    """The library of calls, and their values of all facets."""

    library: str
    group: Group


class GroupTexts:
    """Reads the texts of groups.

    A facet reads few columns, whose texts repeat in many groups. What they say is cached, since a log may have as many
    groups as the product of its days, events, versions and platforms.

    Args:
        facets: what calls are grouped by.
        columns: the paths of the columns.
    """

    def __init__(self, facets: Sequence[Facet], columns: Sequence[Path]) -> None:
        self._library = _reader((LIBRARY_NAME,), columns, library_of)
        self._values = [_reader(facet.paths, columns, facet.value) for facet in facets]
        named = [facet for facet in facets if facet.named]
        self._watched = [_reader(facet.paths, columns, partial(_watched_strings, facet)) for facet in named]

    def group(self, texts: Texts) -> LibraryAndGroup:
        """Return the library and the group of calls with these texts, in which no id has to be masked."""
        return LibraryAndGroup(self._library(texts), tuple([value(texts) for value in self._values]))

    def watched(self, texts: Texts) -> list[tuple[bytes, int]] | None:
        """Return strings that may be ids to mask in the name of a group, each with how often a call may hold it.

        None if every call of the group has to be read as a document.
        """
        watched: list[tuple[bytes, int]] = []
        for strings_of in self._watched:
            strings = strings_of(texts)
            if strings is None:
                return None
            watched += strings
        return watched


def _watched_strings(facet: Facet, message: Mapping[str, Any]) -> Sequence[tuple[bytes, int]] | None:
    """Return the strings to watch for in the calls of a group, because of one facet."""
    value = facet.value(message)
    return strings_of_ids(value, own_texts(facet, message)) if isinstance(value, str) else []


def _reader(
    paths: Sequence[Path], columns: Sequence[Path], read: Callable[[Mapping[str, Any]], Value]
) -> Callable[[Texts], Value]:
    """Return a function of the texts of a group that reads the columns with these paths only."""
    places = [columns.index(path) for path in paths]

    @cached
    def of_texts(*texts: bytes | None) -> Value:
        named = zip(paths, texts, strict=True)
        return read(object_with((path, _value(text)) for path, text in named if text is not None))

    return lambda texts: of_texts(*[texts[place] for place in places])


def _value(text: bytes) -> Any:
    """Return the value of a text from the core, which may have been shortened."""
    cut = text.startswith(b'"') and not (len(text) > 1 and text.endswith(b'"'))
    return msgspec.json.decode(text + b'"' if cut else text)
