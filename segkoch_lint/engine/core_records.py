"""What calls say of their users, as the native core keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from segkoch_lint.calls import LIBRARY_NAME
from segkoch_lint.engine.read_set import DEVICE, nested
from segkoch_lint.identity.first_seen import ADVERTISING_POINTER, DEVICE_POINTER, place_template
from segkoch_lint.identity.recorder import Recorder, id_places
from segkoch_lint.identity.records import (
    IdentityRecord,
    IdMembers,
    LinkRow,
    RecordRow,
    members_of,
    sender_of,
    storable_library,
)
from segkoch_lint.places import Path, pointer_of
from segkoch_lint.reading.splitting import Block

if TYPE_CHECKING:
    from segkoch_lint.engine.plan import Plan


class CoreRecords:
    """Lets a core keep what calls say of their users until a recorder takes it.

    Args:
        recorder: takes it.
        plan: has the core.
    """

    def __init__(self, recorder: Recorder, plan: Plan) -> None:
        self._recorder = recorder
        self._kinds: dict[tuple[IdMembers, str], int] = {}
        self._plan = plan
        recorder.take_from(self)

    def use(self, plan: Plan) -> None:
        """Go on with another core; what the one before has kept is not lost."""
        self._recorder.add(*self.take())
        self._kinds.clear()
        self._plan = plan

    def kind(self, members: IdMembers, origin: str | None) -> int | None:
        """Return the core's number of the kind of records that calls make; None if they say nothing.

        Args:
            members: those that say whose the calls are.
            origin: of their library.
        """
        if not (members.platform or (members.user_id and (members.anonymous_id or members.previous_id))):
            return None
        key = (members, sender_of(origin))
        if key not in self._kinds:
            self._kinds[key] = self._added(*key)
        return self._kinds[key]

    def _added(self, members: IdMembers, sender: str) -> int:
        users = (members.user_id, members.anonymous_id, members.previous_id)
        devices = [(*DEVICE, key) if key else None for key in (members.device_id, members.advertising_id)]
        usual = (DEVICE_POINTER, ADVERTISING_POINTER)
        pointers = [(pointer_of(path) if path else None, pointer) for path, pointer in zip(devices, usual, strict=True)]
        user, anonymous, previous = (self._number((key,) if key else None) for key in users)
        device, advertising = map(self._number, devices)
        return self._plan.core.add_kind(
            users=(user, anonymous, previous),
            devices=(device, advertising),
            library=self._number(LIBRARY_NAME) if members.platform else None,
            platform=members.platform,
            origin=sender,
            place=place_template(pointers),
        )

    def _number(self, path: Path | None) -> int | None:
        return None if path is None else self._plan.number(path)

    def keep(self, block: Block) -> None:
        """Keep what the core found in a block, now that it is certain to count."""
        if block.documents is None:
            self._plan.core.keep_records(block.number)
            return
        # Places are those of the documents that the lines stand for.
        self._plan.core.keep_records(0)
        records, links = self.take()
        self._recorder.add([], links)
        for *texts, number, _, calls in records:
            document, record = block.documents[number], IdentityRecord(*texts)
            order = (*document.start, 1)
            count = self._recorder.known(record, order)
            if count is None:
                place = id_places(document, members_of(document.value, delivered=True), order)
                count = self._recorder.meet(record, order, place)
            count.calls += calls

    @property
    def held(self) -> int:
        """Number of rows to take."""
        return self._plan.core.records

    def take(self) -> tuple[list[RecordRow], list[LinkRow]]:
        """Return what was kept, and forget it."""
        return self._plan.core.take_records(_library)


def _library(text: bytes) -> str:
    """Return the name of a library, given as the JSON that stands there."""
    name: Any = msgspec.json.decode(text) if text else None
    return storable_library(nested([(LIBRARY_NAME, name)]))
