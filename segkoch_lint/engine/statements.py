"""What the calls of a block say of their users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segkoch_lint.identity.first_seen import Order
from segkoch_lint.identity.recorder import Recorder, id_places
from segkoch_lint.identity.records import IdentityRecord, IdMembers, Link, sender_of
from segkoch_lint.reading.json_text import JsonDocument
from segkoch_lint.reading.splitting import Block


@dataclass(slots=True)
class _Count:
    """Calls of one record.

    Attributes:
        number: of the line in the block where the first of them stands.
        members: those that say whose this call is.
        calls: number of them.
    """

    number: int
    members: IdMembers
    calls: int = 0


class Statements:
    """What the calls of a block say, until it is certain that all of the block can be gone through.

    Args:
        block: the lines of the calls, one in each.
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._links: set[Link] = set()
        self._counts: dict[IdentityRecord, _Count] = {}

    def add(self, members: IdMembers, message: Mapping[str, Any], origin: str | None, number: int) -> None:
        """Add a call.

        Args:
            members: those that say whose it is.
            message: the call, or as much of it as is read of users.
            origin: of its library.
            number: of its line in the block, from 0.
        """
        self._links.update(members.links(message))
        record = members.record(message, sender_of(origin))
        if record is not None:
            count = self._counts.get(record)
            if count is None:
                count = self._counts[record] = _Count(number, members)
            count.calls += 1

    def record(self, recorder: Recorder) -> None:
        """Record all of it."""
        for link in self._links:
            recorder.link(link)
        lines: list[bytes] = []
        for record, count in self._counts.items():
            line = self._block.number + count.number
            document = self._block.documents[count.number] if self._block.documents is not None else None
            order: Order = (*(document.start if document else (line, 1)), 1)
            known = recorder.known(record, order)
            if known is None:
                lines = lines or self._block.text.split(b"\n")
                document = document or JsonDocument(None, lines[count.number].removesuffix(b"\r"), line)
                known = recorder.meet(record, order, id_places(document, count.members, order))
            known.calls += count.calls
