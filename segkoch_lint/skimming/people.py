"""Tells of the users of the lines that are passed over, without reading these as documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segkoch_lint.identity.observing import Known, Observer, places_in
from segkoch_lint.identity.seen import Seen
from segkoch_lint.identity.sightings import Link, Sighting, sender_of, user_of, whole_text
from segkoch_lint.reading.members import LineMembers, SplitLines
from segkoch_lint.reading.splitting import Block
from segkoch_lint.rules.ruleset import Opinion
from segkoch_lint.skimming.contexts import Context

USER_KEYS = ("userId", "anonymousId")

_RARE_KEYS = ("user_id", "anonymous_id", "previousId", "previous_id")
"""Further keys that say who somebody is; a line with one of them is to be read."""

_UNMET = Known(Seen((), None, None), 0)
"""Stands for what is not remembered."""

_Said = tuple[Context, str | None, bytes, bytes]
"""What a line says: its context, its sender (see `_sender_of`), and the texts of its userId and anonymousId."""

_LINKS_ONLY = ""
"""Stands for the sender of a call that is not delivered."""


class People:
    """Tells of the users of lines.

    Args:
        observer: is told.
        members: what splits the lines; it knows `USER_KEYS`.
    """

    def __init__(self, observer: Observer, members: LineMembers) -> None:
        self._observer = observer
        self._members = members

    def unsure(self, lines: SplitLines) -> Iterator[int]:
        """Yield the lines that say in an unusual way who somebody is: they are to be read."""
        for key in set(_RARE_KEYS).intersection(self._members.keys):
            yield from (index for index, text in enumerate(self._column(lines, key)) if text)
        for key in USER_KEYS:
            texts = self._column(lines, key)
            if b"\\" in b"".join(texts):
                yield from (index for index, text in enumerate(texts) if b"\\" in text)

    def tell(
        self, lines: SplitLines, block: Block, contexts: Sequence[Context], opinions: Sequence[Opinion | None]
    ) -> None:
        """Tell of the lines on which there is an opinion.

        Args:
            lines: the lines; on none that is `unsure` there is an opinion.
            block: that they were split from.
            contexts: what the context of each line says.
            opinions: on each line; None where it is left to be read.
        """
        met, count = self._observer.met, self._observer.count
        senders = list(map(_sender_of, opinions))
        users, before = (self._column(lines, key) for key in USER_KEYS)
        for index, said in enumerate(zip(contexts, senders, users, before, strict=True)):
            known = met.get(said, _UNMET)
            if known is _UNMET:
                known = met[said] = self._meet(said, lines, index, block)
            if known is not None:
                count(known)

    def _meet(self, said: _Said, lines: SplitLines, index: int, block: Block) -> Known | None:
        context, sender, user, before = said
        if sender is None:
            return None
        user_id, anonymous_id = user_of(_user(user), _user(before))
        if user_id is not None and anonymous_id is not None:
            self._observer.link(Link(anonymous_id, user_id, alias=False))
        if context.device is None or sender == _LINKS_ONLY:
            return None
        ids = context.device.ids
        sighting = Sighting(
            user_id, anonymous_id, ids.platform, sender, ids.device_id, ids.advertising_id, context.library
        )
        document = block.documents[index] if block.documents else None
        number = block.number + index
        order = (*document.start, 1) if document else (number, 1, 1)
        known = self._observer.known(sighting, order)
        if known is not None:
            return known
        places = places_in(document, ids) if document else context.device.places(lines, index, number)
        return self._observer.meet(sighting, Seen(order, *places))

    def _column(self, lines: SplitLines, key: str) -> list[bytes]:
        return lines.column(self._members.number(key))


def _sender_of(opinion: Opinion | None) -> str | None:
    """Return who sent a line on which there is an opinion, or None."""
    if opinion is None:
        return None
    return sender_of(opinion.origin) if opinion.not_delivered is None else _LINKS_ONLY


def _user(text: bytes) -> str | None:
    return whole_text(text[1:-1].decode()) if text.startswith(b'"') else None
