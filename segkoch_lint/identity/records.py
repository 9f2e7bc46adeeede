"""Identity records: the ids of the user and the device in a call, and the ids that it links."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Protocol

from segkoch_lint.bounded_cache import cached
from segkoch_lint.calls.call import library_of, was_sent
from segkoch_lint.findings.redaction.masking import mask_name
from segkoch_lint.findings.redaction.sensitive_keys import fold
from segkoch_lint.rules.validator import Validator, compile_schema
from segkoch_lint.rules.vocabulary import KEYWORDS, self_contained, shared_definitions

MOBILE, SERVER, OTHER = "mobile", "server", "other"
"""The sender of a call: an SDK in an app, one on a server, or neither (the web, or an unknown library)."""

PLATFORMS = ("ios", "android")


class IdentityRecord(NamedTuple):
    """The ids in a delivered call. Calls with equal records are counted together.

    Attributes:
        user_id, anonymous_id: of the call; empty if blank. Which user they mean is decided after all calls are read.
        platform: ``ios`` or ``android``.
        origin: ``mobile``, ``server`` or ``other``.
        device_id, advertising_id: without white space around; empty unless valid. At least one is not empty.
        library: the name of the call's library; may be empty.
    """

    user_id: str
    anonymous_id: str
    platform: str
    origin: str
    device_id: str
    advertising_id: str
    library: str


class Link(NamedTuple):
    """Two ids of one person in a call.

    Attributes:
        before: an anonymousId, or the ``previousId`` of an alias, which may be a userId.
        user_id: the userId of the same person.
        alias: 1 for an alias, else 0. Only aliases form chains.
    """

    before: str
    user_id: str
    alias: int


RecordRow = tuple[str, str, str, str, str, str, str, int, str, int]
LinkRow = tuple[str, str, int]
EventRow = tuple[str, str, int, str, int]
"""The rows of a `RecordBatch`."""


StoredRow = tuple[str, str, str, str, str, str, str, str, str, str, str, int]
"""A record as the database stores it: userId, anonymousId, platform, origin, both ids, each followed by its folded
text, library, ignored codes, place, calls."""

StoredEvent = tuple[str, str, str, int]
"""Name, library, place and calls of an event."""


class NativeRecords(Protocol):
    """Records in the memory of the native core.

    Places are those of `segkoch_lint.identity.first_seen.stored_place`: they begin with *prefix* and *digits* digits of
    the line. For *ignored* see `segkoch_lint.identity.database.Source`; *library_of* returns the name of a library as
    it is stored.
    """

    def __len__(self) -> int:
        """Return about how many records there are."""

    @staticmethod
    def without_ordinary(
        held: list[Any], others: list[tuple[str, str, str, str]], *, app: str, server: str, most_devices: int
    ) -> tuple[list[Any], list[tuple[bool, bool, bool, bool, int]]]:
        """Return the records of a run without those of ordinary users, and the number of these users."""

    def rows(
        self, prefix: str, digits: int, ignored: str, library_of: Callable[[str], str]
    ) -> tuple[list[StoredRow], list[LinkRow], list[StoredEvent]]:
        """Return the rows."""

    def shares(
        self, prefix: str, digits: int, ignored: str, library_of: Callable[[str], str], shares: int
    ) -> tuple[list[tuple[str, int, bytes]], list[StoredEvent]]:
        """Return rows as lines of JSON, with their tables and shares (`share_of_text`), and the events."""


def share_of_text(text: str, shares: int) -> int:
    """Return the number of the share that a text belongs to; the native core has the same function."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % shares


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Records of calls of an input.

    Equal records may be in several batches; their numbers of calls add up.

    Attributes:
        records: the members of an `IdentityRecord`, then line and place of the first such call (see
            `segkoch_lint.identity.first_seen.place_of`), then the number of such calls.
        links: the members of a `Link`.
        events: the name of an event and the library of its calls; line, place and number of calls as above.
        kept: further records in the memory of the native core.
    """

    records: Sequence[RecordRow]
    links: Sequence[LinkRow]
    events: Sequence[EventRow]
    kept: Sequence[NativeRecords] = ()

    def __bool__(self) -> bool:
        """Return whether it holds any records."""
        return bool(self.records or self.links or self.events or self.kept)


class IdMembers(NamedTuple):
    """The keys of the members of a call that identify its user; empty for a member that does not count.

    They are equal for calls whose fingerprints by `segkoch_lint.engine.lines.run_read_set` are equal.

    Attributes:
        user_id, anonymous_id, previous_id: keys of the call; the last one only of an alias with a ``user_id``.
        platform: ``ios`` or ``android``, if the call has a record.
        device_id, advertising_id: keys of its ``context.device``. If there is a platform, one of them is not empty.
    """

    user_id: str = ""
    anonymous_id: str = ""
    previous_id: str = ""
    platform: str = ""
    device_id: str = ""
    advertising_id: str = ""

    def record(self, message: Mapping[str, Any], sender: str) -> IdentityRecord | None:
        """Return the record of a call with these members, or None if it has no valid id.

        Args:
            message: the call, or the parts of it that decide its ids.
            sender: of the calls of its library (`sender_of`).
        """
        if not self.platform:
            return None
        device = message["context"]["device"]
        return IdentityRecord(
            message[self.user_id] if self.user_id else "",
            message[self.anonymous_id] if self.anonymous_id else "",
            self.platform,
            sender,
            device[self.device_id].strip() if self.device_id else "",
            device[self.advertising_id].strip() if self.advertising_id else "",
            storable_library(message),
        )

    def links(self, message: Mapping[str, Any]) -> Iterator[Link]:
        """Yield the links of a call with these members."""
        if self.user_id and self.anonymous_id:
            yield Link(message[self.anonymous_id], message[self.user_id], 0)
        if self.previous_id:
            yield Link(message[self.previous_id], message[self.user_id], 1)


NO_MEMBERS = IdMembers()
"""The members of a call without ids that count."""


def members_of(message: Mapping[str, Any], *, delivered: bool) -> IdMembers:
    """Return the members of a call that identify its user.

    The arguments of an SDK (``user_id``) count if Segment's own key does not, unless the call was sent: Segment does
    not read them then. A placeholder is not a user: neither id of such a call counts. A ``delete`` message is Segment's
    own about a user who asked for deletion, and identifies no user.

    Args:
        message: the call in Segment's shape.
        delivered: whether it reaches Kochava; other calls only link users.
    """
    kind = message.get("type")
    if kind == "delete":
        return NO_MEMBERS
    sent = was_sent(message)
    user_id, anonymous_id = _key_of(message, _USER_KEYS, sent), _key_of(message, _ANONYMOUS_KEYS, sent)
    previous_id = ""
    if user_id and is_placeholder_user(message[user_id]):
        user_id, anonymous_id = "", ""
    elif user_id and kind == "alias":
        previous_id = _key_of(message, _PREVIOUS_KEYS, sent)
        if previous_id and is_placeholder_user(message[previous_id]):
            previous_id = ""
    context = message.get("context") if delivered else None
    platform, *ids = _members_of_device(context.get("device")) if isinstance(context, Mapping) else ("", "", "")
    return IdMembers(user_id, anonymous_id, previous_id, platform, *ids)


_USER_KEYS, _ANONYMOUS_KEYS = ("userId", "user_id"), ("anonymousId", "anonymous_id")
_PREVIOUS_KEYS = ("previousId", "previous_id")


def _key_of(message: Mapping[str, Any], keys: tuple[str, str], sent: bool) -> str:
    """Return the first of two keys with an id of a user, which is a text that is not blank."""
    return next((key for key in keys[: 1 if sent else 2] if _is_valid("text", message.get(key))), "")


def _members_of_device(device: Any) -> tuple[str, str, str]:
    """Return the platform of a ``context.device`` and the keys of its valid ids, all empty if there is none."""
    platform = device.get("type") if isinstance(device, Mapping) else None
    if platform not in PLATFORMS:
        return "", "", ""
    device_id = "id" if _is_valid("device", device.get("id")) else ""
    # If two spellings disagree, either may be used. An advertising id that equals the device id does not count.
    spelled = [key for key in _advertising_keys(tuple(device)) if _is_valid("text", device[key])]
    agree = spelled and KEYWORDS["sameValue"]("advertisingId", device) and _is_valid("advertising", device[spelled[0]])
    is_other = agree and not (device_id and not KEYWORDS["distinctValues"](["advertisingId", "id"], device))
    advertising_id = spelled[0] if is_other else ""
    return (platform, device_id, advertising_id) if device_id or advertising_id else ("", "", "")


@cached
def _advertising_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the keys of a device that are spellings of ``advertisingId``."""
    return tuple(key for key in keys if fold(key) == "advertisingid")


def is_placeholder_user(user_id: str) -> bool:
    """Return whether a userId is a placeholder (``placeholder-user`` in ``schemas/definitions.json``)."""
    return _validator("user").is_valid(user_id)


def storable_library(message: Mapping[str, Any]) -> str:
    """Return the name of a call's library as text that can be stored."""
    return storable(library_of(message))


def storable_name(name: str) -> str:
    """Return a library's own name as text that can be stored."""
    return storable(mask_name(name))


def storable(text: str) -> str:
    """Return a text without lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def event_of(message: Mapping[str, Any]) -> str:
    """Return the event name of a track call as text that can be stored; empty for other calls and blank names."""
    event = message.get("event") if message.get("type") == "track" else None
    name = storable(event) if isinstance(event, str) else ""
    return name if _is_valid("text", name) else ""


def sender_of(origin: str | None) -> str:
    """Return the sender of calls of libraries of an origin."""
    return origin if origin is not None and origin in {MOBILE, SERVER} else OTHER


def _is_text(value: str) -> bool:
    """Return whether a string can be encoded: YAML, and parsed values, may have lone surrogates."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _is_valid(kind: str, value: Any) -> bool:
    return isinstance(value, str) and _is_text(value) and _validator(kind).is_valid(value)


@cache
def _validator(kind: str) -> Validator:
    """Return the validator of ids of a kind, or of placeholder users, from the definitions of the rules."""
    references: dict[str, dict[str, Any]] = {
        "text": {"$ref": "#/$defs/text"},
        "device": {"allOf": [{"$ref": "#/$defs/text"}, {"not": {"$ref": "#/$defs/placeholder-device-id"}}]},
        "advertising": {"$ref": "#/$defs/real-id"},
        "user": {"$ref": "#/$defs/placeholder-user"},
    }
    return compile_schema(self_contained(references[kind], shared_definitions()))
