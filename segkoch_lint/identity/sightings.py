"""What one call says of its user: the ids in it, and the users that it links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from segkoch_lint import schema_files
from segkoch_lint.calls import library_of, was_sent
from segkoch_lint.rules.vocabulary import gate, self_contained
from segkoch_lint.sensitive_keys import fold

MOBILE, SERVER, OTHER = "mobile", "server", "other"
"""Who sent a call: an app's SDK, a server's, or neither (the web, or nobody knows)."""

PLATFORMS = ("ios", "android")


class Sighting(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a delivered call says of its user; two calls that say the same have equal sightings.

    Attributes:
        user_id, anonymous_id: of the call; None when blank. The user is only known when all calls are.
        platform: ``ios`` or ``android``.
        origin: ``mobile``, ``server`` or ``other``.
        device_id, advertising_id: without white space around; None unless valid. At least one is there.
        library: the name of the call's library; may be empty.
    """

    user_id: str | None
    anonymous_id: str | None
    platform: str
    origin: str
    device_id: str | None
    advertising_id: str | None
    library: str


class Link(NamedTuple):
    """What a call says of who is who.

    Attributes:
        before: an anonymousId, or the ``previousId`` of an alias, which may be a userId.
        user_id: the userId of the same person.
        alias: whether an alias says so. Only aliases make chains.
    """

    before: str
    user_id: str
    alias: bool


class Ids(msgspec.Struct, frozen=True, gc=False):
    """The ids that a ``context.device`` holds; what is not valid is None.

    Attributes:
        platform: ``ios`` or ``android``.
        device_id, advertising_id: without white space around. At least one is there.
        advertising_key: the key that the advertising id stands under.
    """

    platform: str
    device_id: str | None
    advertising_id: str | None
    advertising_key: str | None


def sighting_of(message: Mapping[str, Any], origin: str | None) -> Sighting | None:
    """Return what a delivered call says of its user, or None when it holds no valid id.

    Args:
        message: the call in Segment's shape.
        origin: of its library, as `segkoch_lint.rules.ruleset.Opinion` has it.
    """
    context = message.get("context")
    ids = ids_of(context.get("device")) if isinstance(context, Mapping) else None
    if ids is None:
        return None
    user_id, anonymous_id = user_ids(message)
    sender = sender_of(origin)
    library = library_of(message).encode("utf-8", "replace").decode()
    return Sighting(user_id, anonymous_id, ids.platform, sender, ids.device_id, ids.advertising_id, library)


def sender_of(origin: str | None) -> str:
    """Return who sends calls of libraries of an origin."""
    return origin if origin is not None and origin in {MOBILE, SERVER} else OTHER


def ids_of(device: Any) -> Ids | None:
    """Return the valid ids of a ``context.device``, or None when there is none, or no platform that they are of."""
    if not isinstance(device, Mapping) or device.get("type") not in PLATFORMS:
        return None
    device_id = _valid("device", device.get("id"))
    spelled = [(key, text) for key in _advertising_keys(tuple(device)) if (text := _text(device[key]))]
    advertising_id, advertising_key = None, None
    # Of two spellings that disagree nobody knows which one wins; one that is the device's id is no advertising id.
    if spelled and len({text.casefold() for _, text in spelled}) == 1:
        advertising_key, text = spelled[0]
        advertising_id = _valid("advertising", text)
        if advertising_id and device_id and _bare(advertising_id) == _bare(device_id):
            advertising_id = None
    if advertising_id is None:
        advertising_key = None
    return Ids(device["type"], device_id, advertising_id, advertising_key) if device_id or advertising_id else None


@lru_cache(maxsize=1024)
def _advertising_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the keys of a device that are spellings of ``advertisingId``."""
    return tuple(key for key in keys if fold(key) == "advertisingid")


def user_ids(message: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the userId and the anonymousId of a call; what is blank or no string is None.

    The arguments of an SDK (``user_id``) count where Segment's own key does not, unless the call was sent: on the wire
    Segment does not read them. A placeholder user is nobody: such a call has neither.
    """
    user_id, anonymous_id = whole_text(message.get("userId")), whole_text(message.get("anonymousId"))
    if (user_id is None or anonymous_id is None) and not was_sent(message):
        user_id = user_id or whole_text(message.get("user_id"))
        anonymous_id = anonymous_id or whole_text(message.get("anonymous_id"))
    return user_of(user_id, anonymous_id)


def user_of(user_id: str | None, anonymous_id: str | None) -> tuple[str | None, str | None]:
    """Return the two ids of a call, or None for both if the first is a placeholder user."""
    return (None, None) if user_id is not None and is_placeholder_user(user_id) else (user_id, anonymous_id)


def is_placeholder_user(user_id: str) -> bool:
    """Return whether a userId stands for nobody (``placeholder-user`` in ``schemas/definitions.json``)."""
    return bool(_gate("user").is_valid(user_id))


def links_of(message: Mapping[str, Any]) -> Iterator[Link]:
    """Yield what a call says of who is who.

    A ``delete`` message is Segment's own about a user who asked to be forgotten, and says nothing.
    """
    user_id, anonymous_id = user_ids(message)
    if user_id is None or message.get("type") == "delete":
        return
    if anonymous_id is not None:
        yield Link(anonymous_id, user_id, alias=False)
    if message.get("type") == "alias":
        previous = whole_text(message.get("previousId"))
        if previous is None and not was_sent(message):
            previous = whole_text(message.get("previous_id"))
        if previous is not None and not is_placeholder_user(previous):
            yield Link(previous, user_id, alias=True)


def whole_text(value: Any) -> str | None:
    """Return the id of a user as it is, or None when it is blank or no string."""
    return value if isinstance(value, str) and value and not value.isspace() and _is_text(value) else None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) and _is_text(value) else ""


def _is_text(value: str) -> bool:
    """Tell whether a string can be written down: YAML, and values that never were text, may hold lone surrogates."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _bare(text: str) -> str:
    return text.replace("-", "").casefold()


def _valid(kind: str, value: Any) -> str | None:
    text = _text(value)
    return text if text and _gate(kind).is_valid(text) else None


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
