"""What one call says of its user: the ids in it, and the users that it links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from segkoch_lint import schema_files
from segkoch_lint.caching import remembered
from segkoch_lint.calls import library_of, was_sent
from segkoch_lint.rules.vocabulary import gate, self_contained
from segkoch_lint.sensitive_keys import fold

MOBILE, SERVER, OTHER = "mobile", "server", "other"
"""Who sent a call: an app's SDK, a server's, or neither (the web, or an unknown library)."""

PLATFORMS = ("ios", "android")


class IdentityRecord(NamedTuple):
    """What a delivered call says of its user; two calls that say the same have equal records.

    Attributes:
        user_id, anonymous_id: of the call; empty when blank. The user is only known when all calls are.
        platform: ``ios`` or ``android``.
        origin: ``mobile``, ``server`` or ``other``.
        device_id, advertising_id: without white space around; empty unless valid. At least one is there.
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
    """What a call says of who is who.

    Attributes:
        before: an anonymousId, or the ``previousId`` of an alias, which may be a userId.
        user_id: the userId of the same person.
        alias: 1 if an alias says so, else 0. Only aliases make chains.
    """

    before: str
    user_id: str
    alias: int


class RecordBatch(msgspec.Struct, frozen=True, array_like=True):
    """What the calls of a part say of users and event names: plain rows, which can go from process to process.

    Rows that say the same may stand in several batches; numbers of calls add up.

    Attributes:
        records: the members of an `IdentityRecord`, then line and place of the first such call (lines are counted from
            the beginning of the part; see `segkoch_lint.identity.first_seen.place_of`), then the number of such calls.
        links: the members of a `Link`.
        events: name of an event and the library of its calls; line, place and number of calls as above.
    """

    records: list[tuple[str, str, str, str, str, str, str, int, str, int]]
    links: Sequence[tuple[str, str, int]]
    events: list[tuple[str, str, int, str, int]]

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.records or self.links or self.events)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle many values as one text, which is quicker."""
        return _batch, (_encode(self),)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(RecordBatch).decode


def _batch(text: bytes) -> RecordBatch:
    return _decode(text)


class Ids(msgspec.Struct, frozen=True, gc=False):
    """The ids that a ``context.device`` holds; what is not valid is empty.

    Attributes:
        platform: ``ios`` or ``android``.
        device_id, advertising_id: without white space around. At least one is there.
        advertising_key: the key of the advertising id.
    """

    platform: str
    device_id: str
    advertising_id: str
    advertising_key: str


def record_of(message: Mapping[str, Any], origin: str | None) -> IdentityRecord | None:
    """Return what a delivered call says of its user, or None when it holds no valid id.

    Args:
        message: the call in Segment's shape.
        origin: of its library, as `segkoch_lint.rules.ruleset.Opinion` has it.
    """
    context = message.get("context")
    ids = ids_of(context.get("device")) if isinstance(context, Mapping) else None
    return None if ids is None else record_with(ids, *user_ids(message), sender_of(origin), storable_library(message))


def record_with(ids: Ids, user_id: str, anonymous_id: str, sender: str, library: str) -> IdentityRecord:
    """Return the record of a call with these ids."""
    return IdentityRecord(user_id, anonymous_id, ids.platform, sender, ids.device_id, ids.advertising_id, library)


def storable_library(message: Mapping[str, Any]) -> str:
    """Return the name of a call's library as text that can be stored."""
    return library_of(message).encode("utf-8", "replace").decode()


def event_of(message: Mapping[str, Any]) -> str:
    """Return the event name of a track call as text that can be stored; empty for other calls and blank names."""
    event = message.get("event") if message.get("type") == "track" else None
    return event.encode("utf-8", "replace").decode() if isinstance(event, str) and event.strip() else ""


def sender_of(origin: str | None) -> str:
    """Return who sends calls of libraries of an origin."""
    return origin if origin is not None and origin in {MOBILE, SERVER} else OTHER


def ids_of(device: Any) -> Ids | None:
    """Return the valid ids of a ``context.device``, or None when there is none, or no platform that they are of."""
    if not isinstance(device, Mapping) or device.get("type") not in PLATFORMS:
        return None
    device_id = _valid("device", device.get("id"))
    spelled = [(key, text) for key in _advertising_keys(tuple(device)) if (text := _text(device[key]))]
    advertising_id, advertising_key = "", ""
    # If two spellings disagree, either may win; an advertising id that is the device's id is none.
    if spelled and len({text.casefold() for _, text in spelled}) == 1:
        advertising_key, text = spelled[0]
        advertising_id = _valid("advertising", text)
        if advertising_id and device_id and _bare(advertising_id) == _bare(device_id):
            advertising_id = ""
    if not advertising_id:
        advertising_key = ""
    return Ids(device["type"], device_id, advertising_id, advertising_key) if device_id or advertising_id else None


@remembered
def _advertising_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the keys of a device that are spellings of ``advertisingId``."""
    return tuple(key for key in keys if fold(key) == "advertisingid")


def user_ids(message: Mapping[str, Any]) -> tuple[str, str]:
    """Return the userId and the anonymousId of a call; one that is blank or not a string is empty.

    The arguments of an SDK (``user_id``) count where Segment's own key does not, unless the call was sent: on the wire
    Segment does not read them. A placeholder user is nobody: such a call has neither.
    """
    user_id, anonymous_id = whole_text(message.get("userId")), whole_text(message.get("anonymousId"))
    if not (user_id and anonymous_id) and not was_sent(message):
        user_id = user_id or whole_text(message.get("user_id"))
        anonymous_id = anonymous_id or whole_text(message.get("anonymous_id"))
    return user_of(user_id, anonymous_id)


def user_of(user_id: str, anonymous_id: str) -> tuple[str, str]:
    """Return the two ids of a call, both empty if the first is a placeholder user."""
    return ("", "") if user_id and is_placeholder_user(user_id) else (user_id, anonymous_id)


def is_placeholder_user(user_id: str) -> bool:
    """Return whether a userId stands for nobody (``placeholder-user`` in ``schemas/definitions.json``)."""
    return bool(_gate("user").is_valid(user_id))


def links_of(message: Mapping[str, Any]) -> Iterator[Link]:
    """Yield what a call says of who is who.

    A ``delete`` message is Segment's own about a user who asked to be forgotten, and says nothing.
    """
    return links_with(message, *user_ids(message))


def links_with(message: Mapping[str, Any], user_id: str, anonymous_id: str) -> Iterator[Link]:
    """Yield the same for a call whose user is known."""
    if not user_id or message.get("type") == "delete":
        return
    if anonymous_id:
        yield Link(anonymous_id, user_id, 0)
    if message.get("type") == "alias":
        previous = whole_text(message.get("previousId"))
        if not previous and not was_sent(message):
            previous = whole_text(message.get("previous_id"))
        if previous and not is_placeholder_user(previous):
            yield Link(previous, user_id, 1)


def whole_text(value: Any) -> str:
    """Return the id of a user as it is, or an empty text when it is blank or not a string."""
    return value if isinstance(value, str) and not value.isspace() and _is_text(value) else ""


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) and _is_text(value) else ""


def _is_text(value: str) -> bool:
    """Return whether a string can be written down: YAML, and values from the caller, may hold lone surrogates."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _bare(text: str) -> str:
    return text.replace("-", "").casefold()


def _valid(kind: str, value: Any) -> str:
    text = _text(value)
    return text if text and _gate(kind).is_valid(text) else ""


@lru_cache(maxsize=3)
def _gate(kind: str) -> Any:
    """Return what accepts valid ids of a kind, or placeholder users: the rules' own definitions."""
    definitions = schema_files.load("definitions")["$defs"]
    references: dict[str, dict[str, Any]] = {
        "device": {"not": {"$ref": "#/$defs/placeholder-device-id"}},
        "advertising": {"$ref": "#/$defs/real-id"},
        "user": {"$ref": "#/$defs/placeholder-user"},
    }
    return gate(self_contained(references[kind], definitions))
