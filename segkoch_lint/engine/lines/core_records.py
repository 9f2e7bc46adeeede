"""The identity records and events that the native core keeps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from segkoch_lint.calls.call import LIBRARY_NAME
from segkoch_lint.documents.document import Document
from segkoch_lint.documents.lines import Block
from segkoch_lint.engine.lines.run_read_set import DEVICE, EVENT
from segkoch_lint.findings.position import Path, pointer_of
from segkoch_lint.identity.first_seen import (
    ADVERTISING_POINTER,
    DEVICE_POINTER,
    EVENT_POINTER,
    LINE_DIGITS,
    Order,
    file_prefix,
    line_of,
    place_template,
)
from segkoch_lint.identity.recorder import Recorder, event_place, id_places
from segkoch_lint.identity.records import (
    IdentityRecord,
    IdMembers,
    Link,
    NativeRecords,
    members_of,
    sender_of,
    storable_name,
)
from segkoch_lint.rules.ruleset import Verdict

if TYPE_CHECKING:
    from segkoch_lint.engine.lines.core_plan import CorePlan


class CoreRecords:
    """The records that a core keeps until a recorder takes them.

    Args:
        recorder: takes them.
        plan: the plan of the core.
    """

    def __init__(self, recorder: Recorder, plan: CorePlan) -> None:
        self._recorder = recorder
        self._plan = plan
        self._kinds: dict[tuple[IdMembers, str], int] = {}
        self._event: int | None = None
        recorder.take_from(self)

    def use(self, plan: CorePlan) -> None:
        """Change to another core; the recorder keeps the records of the one before."""
        self._recorder.keep(self.take())
        self._plan = plan
        self._kinds.clear()
        self._event = None

    def kinds(self, message: Mapping[str, Any], verdict: Verdict) -> tuple[int | None, int | None]:
        """Return the core's numbers of the kinds of records of calls with this verdict: of users, and of events.

        Args:
            message: one of the calls.
            verdict: on it.

        Returns:
            the two numbers; None instead of one if such calls have no record of that kind.
        """
        delivered = verdict.not_delivered is None
        user = self._user(members_of(message, delivered=delivered), verdict.origin) if self._recorder.users else None
        event = None
        if delivered and self._recorder.event_of(message) is not None:
            if self._event is None:
                self._event = self._added_event()
            event = self._event
        return user, event

    def _user(self, members: IdMembers, origin: str | None) -> int | None:
        if not (members.platform or (members.user_id and (members.anonymous_id or members.previous_id))):
            return None
        key = (members, sender_of(origin))
        if key not in self._kinds:
            self._kinds[key] = self._added_user(*key)
        return self._kinds[key]

    def _added_user(self, members: IdMembers, sender: str) -> int:
        users = (members.user_id, members.anonymous_id, members.previous_id)
        devices = [(*DEVICE, key) if key else None for key in (members.device_id, members.advertising_id)]
        usual = (DEVICE_POINTER, ADVERTISING_POINTER)
        pointers = [(pointer_of(path) if path else None, pointer) for path, pointer in zip(devices, usual, strict=True)]
        parts = [(self._number((key,) if key else None), False, False) for key in users]
        parts += [(self._number(path), True, path is not None) for path in devices]
        return self._plan.core.add_kind(
            [*parts, (self._number(LIBRARY_NAME), False, False)] if members.platform else parts[:3],
            place_template(pointers),
            meaning="user" if members.platform else "link",
            platform=members.platform,
            origin=sender,
        )

    def _added_event(self) -> int:
        parts = [(self._number(EVENT), False, True), (self._number(LIBRARY_NAME), False, False)]
        return self._plan.core.add_kind(parts, place_template([(EVENT_POINTER, EVENT_POINTER)]), meaning="event")

    def _number(self, path: Path | None) -> int | None:
        return None if path is None else self._plan.number(path)

    def keep(self, block: Block) -> None:
        """Keep the records of a block, which was read without a failure."""
        self._plan.core.keep_records(block.number)
        if block.documents is not None:
            self._place_rows(block)

    def _place_rows(self, block: Block) -> None:
        """Record what was kept of the rows of a table, with the places in their documents instead of the lines."""
        kept = self.take()
        if kept is None or block.documents is None:
            return
        records, links, events = kept.rows(file_prefix(0), LINE_DIGITS, "", storable_name)
        for link in links:
            self._recorder.link(Link(*link))
        for user, anonymous, platform, origin, device, _, advertising, _, library, _, place, calls in records:
            document = block.documents[line_of(place) - block.number]
            record = IdentityRecord(user, anonymous, platform, origin, device, advertising, library)
            order = (*document.start, 1)
            self._recorder.add(record, order, calls, partial(_id_places_of_row, document, order))
        for name, library, place, calls in events:
            document = block.documents[line_of(place) - block.number]
            order = (*document.start, 1)
            self._recorder.add_event((name, library), order, calls, partial(event_place, document, order))

    @property
    def held(self) -> int:
        """About how many records there are to take."""
        return self._plan.core.records

    def take(self) -> NativeRecords | None:
        """Return the kept records, if there are any, and drop them."""
        kept = self._plan.core.take_records()
        return kept if len(kept) else None


def _id_places_of_row(document: Document, order: Order) -> str:
    return id_places(document, members_of(document.value, delivered=True), order)
