"""Tells the groups of the lines of a log that are passed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segkoch_lint.facets import Facet, Group
from segkoch_lint.masking import Secret
from segkoch_lint.reading.json_text import JsonDocument, parse_json
from segkoch_lint.reading.members import LineMembers, SplitLines
from segkoch_lint.skimming.numbers import Remembered

_BETWEEN = b"\0"
"""Stands in no JSON text."""


class Grouping:
    """Tells the groups of calls by the texts of their members.

    Args:
        facets: what calls are grouped by.
        depth: levels that a text may have.
    """

    def __init__(self, facets: Sequence[Facet], depth: int) -> None:
        self._facets = [(facet, Remembered(_Reader(facet, depth).read)) for facet in facets]

    @property
    def keys(self) -> list[str]:
        """The members that are needed."""
        return [key for facet, _ in self._facets for key in facet.members]

    def of(self, lines: SplitLines, members: LineMembers) -> list[Group]:
        """Return the group of each line."""
        columns = []
        for facet, values in self._facets:
            texts = [lines.column(members.number(key)) for key in facet.members]
            columns.append(
                values.of(texts[0] if len(texts) == 1 else list(map(_BETWEEN.join, zip(*texts, strict=True))))
            )
        return list(zip(*columns, strict=True)) if columns else [()] * len(lines)


class _Reader:
    """Reads what a facet needs out of the texts of its members."""

    def __init__(self, facet: Facet, depth: int) -> None:
        self._facet = facet
        self._depth = depth

    def read(self, joined: Sequence[bytes]) -> list[str | Secret]:
        """Return the value for each group of texts."""
        return [self._facet.value(self._message(texts.split(_BETWEEN))) for texts in joined]

    def _message(self, texts: Sequence[bytes]) -> dict[str, Any]:
        read = (
            (key, parse_json(text, depth=self._depth)) for key, text in zip(self._facet.members, texts, strict=True)
        )
        return {key: document.value for key, document in read if isinstance(document, JsonDocument)}
