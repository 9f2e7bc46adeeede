"""Users of whom the run says the same, but for what their ids are: they need judging only once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from segkoch_lint.identity.summaries import MOST_IDS, Row

MOST_ROWS = MOST_IDS
"""With more sightings a summary leaves ids out, and which ones depends on the ids."""


def shape_of(platform: str, rows: Sequence[Row]) -> Hashable:
    """Return what is the same for users whose summaries differ only in what their ids are.

    Two ids are told apart as rules can that only compare them: whether they are equal, and whether but for case.

    Args:
        platform: of the sightings.
        rows: at most `MOST_ROWS` sightings of one user.
    """
    ids: dict[str | None, tuple[int, int]] = {None: (-1, -1)}
    folded: dict[str, int] = {}
    said: list[tuple[str, tuple[int, int], tuple[int, int]]] = []
    for row in rows:
        for text in (row.device, row.advertising):
            if text is not None and text not in ids:
                ids[text] = (folded.setdefault(text.casefold(), len(folded)), len(ids))
        said.append((row.origin, ids[row.device], ids[row.advertising]))
    return platform, tuple(said)
