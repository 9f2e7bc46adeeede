"""Users of whom the run says the same, but for what their ids are: they need judging only once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from segkoch_lint.identity.summaries import MOST_IDS

MOST_ROWS = MOST_IDS
"""With more sightings a summary leaves ids out, and which ones depends on the ids."""


def shape_of(said: Iterable[tuple[str, str | None, str | None]]) -> Hashable:
    """Return what is the same for users whose summaries differ only in what their ids, and they themselves, are.

    Two ids are told apart as rules can that only compare them: whether they are equal, and whether they are so but for
    case or hyphens.

    Args:
        said: origin, device id and advertising id of each sighting of one user, at most `MOST_ROWS` of them.
    """
    ids: dict[str | None, tuple[int, ...]] = {None: ()}
    numbers: dict[str, int] = {}
    shape: list[object] = []
    for origin, device, advertising in said:
        for text in (device, advertising):
            if text is not None and text not in ids:
                bare = text.replace("-", "")
                alike = (text, text.casefold(), bare, bare.casefold())
                ids[text] = tuple([numbers.setdefault(each, len(numbers)) for each in alike])
        shape += (origin, ids[device], ids[advertising])
    return tuple(shape)
