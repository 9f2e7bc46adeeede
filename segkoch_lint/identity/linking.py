"""Who is who: the one user that calls link an anonymousId to."""

from __future__ import annotations

from collections.abc import Collection

from segkoch_lint.identity.sightings import Link


def owners(links: Collection[Link]) -> dict[str, str]:
    """Return the one user of each anonymousId (or ``previousId``) that is linked to one user only.

    Chains of aliases are followed to their end. A chain that splits, or runs in a circle, has no end; who is linked to
    it belongs to nobody else.
    """
    following: dict[str, str | None] = {}
    for before, user, alias in links:
        if alias and before != user and following.setdefault(before, user) != user:
            following[before] = None
    ends = _ends(following)
    found: dict[str, str | None] = {}
    for before, user, _ in links:
        end = ends.get(user) if user in following else user
        if found.setdefault(before, end) != end:
            found[before] = None
    return {before: user for before, user in found.items() if user is not None}


def _ends(following: dict[str, str | None]) -> dict[str, str | None]:
    """Return the end of each chain of aliases, by each of its members; None where it has none."""
    ends: dict[str, str | None] = {}
    for start in following:
        way: dict[str, None] = {}
        each: str | None = start
        while each is not None and each in following and each not in ends and each not in way:
            way[each] = None
            each = following[each]
        end = None if each is None or each in way else ends.get(each, each)
        ends.update(dict.fromkeys(way, end))
    return ends
