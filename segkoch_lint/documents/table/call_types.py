"""The call type of the rows of an exported table, by the table's name and columns: there is no column for it.

Sources: Segment's warehouse schema (one table per call type, and one per event), its data lakes (folders
`segment_type=…`), and its S3 source (files `track_….csv`).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from segkoch_lint import resources
from segkoch_lint.calls.call import CALL_TYPES

_PARTITION = re.compile(r"segment_type=([a-z_]+)")
_BY_MEMBER = {"previousId": "alias", "groupId": "group", "traits": "identify", "properties": "page"}
"""In the order in which `segkoch_lint.envelopes.unwrap` tries the types of calls without one."""


def type_of_rows(name: str, members: Collection[str], *, event_text: bool, dotted: bool) -> str:
    """Return the call type of the rows of a table whose cells do not give it.

    Args:
        name: the input's name: a path, or the name of standard input.
        members: the first steps of the paths of its columns in a call.
        event_text: whether it has the column `event_text`, which only tables of track calls have.
        dotted: whether its columns are named as in files for Segment's S3 source.
    """
    if event_text:
        return "track"
    named = _named(name, dotted=dotted)
    if named or "event" in members:
        return named or "track"
    by_member = next((kind for member, kind in _BY_MEMBER.items() if member in members), None)
    # The columns of a warehouse's properties do not show the type; most exports hold track calls.
    return by_member if by_member and (dotted or by_member in {"alias", "group"}) else "track"


def _named(name: str, *, dotted: bool) -> str | None:
    folders, _, file = name.replace("\\", "/").lower().rpartition("/")
    words = re.split("[^a-z]+", file.partition(".")[0] if dotted else file)
    if dotted and words[0] in CALL_TYPES:
        return words[0]
    tables: dict[str, str] = resources.load("columns")["tables"]
    found = {tables[word] for word in words if word in tables}
    partition = _PARTITION.search(folders)
    if not found and partition:
        found = {kind for word in (partition[1], partition[1] + "s") if (kind := _kind(word, tables))}
    return found.pop() if len(found) == 1 else None


def _kind(word: str, tables: dict[str, str]) -> str | None:
    return tables.get(word) or (word if word in CALL_TYPES else None)
