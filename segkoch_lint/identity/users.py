"""One user on one platform: the summary that rules check (`schemas/user-summary.json`), and the offending calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from segkoch_lint.identity.claim_vectors import ADVERTISING_LIST, DEVICE_LIST, OF_DEVICE_LIST, id_of_person
from segkoch_lint.identity.identity_findings import ADVERTISING, DEVICE
from segkoch_lint.identity.records import MOBILE, SERVER

MOST_CLAIMS = 500
"""Claims of servers that a summary holds; a user with more has several summaries."""

MOST_IDS = 10
"""Ids of the app that a claim lists."""

_KINDS = {"deviceId": DEVICE, "advertisingId": ADVERTISING}


class UserCalls(NamedTuple):
    """The calls of a user with the same ids, library and ignored codes.

    Attributes:
        person: ``u`` and a userId, or ``a`` and an anonymousId.
        platform, origin, device, advertising, library: see `segkoch_lint.identity.records.IdentityRecord`.
        ignored: see `segkoch_lint.identity.database.Source`.
        place: of the first such call: see `segkoch_lint.identity.first_seen.stored_place`.
        calls: number of them.
    """

    person: str
    platform: str
    origin: str
    device: str
    advertising: str
    library: str
    ignored: str
    place: str
    calls: int


class OffendingCalls(NamedTuple):
    """The calls behind the offending value of a summary.

    Attributes:
        value: identifies the value among those of the user that the rule can report.
        kind: the kind of id.
        groups: the calls, in groups.
        related: the group that contradicts these, or None.
        message: the message at the related group.
    """

    value: str
    kind: str
    groups: Sequence[UserCalls]
    related: UserCalls | None
    message: str

    @property
    def first(self) -> UserCalls:
        """The group with the first call."""
        return min(self.groups, key=_place)


class _Ids:
    """Ids that the app sent, in the order in which they were added.

    Args:
        hyphens: whether hyphens count.
    """

    def __init__(self, *, hyphens: bool) -> None:
        self._hyphens = hyphens
        self._ids: dict[str, UserCalls] = {}
        self._alike: dict[str, dict[str, UserCalls]] = {}
        self._first: UserCalls | None = None

    def add(self, text: str, group: UserCalls) -> None:
        for ids in (self._ids, self._alike.setdefault(self.key(text), {})):
            if text not in ids or group.place < ids[text].place:
                ids[text] = group
        if self._first is None or group.place < self._first.place:
            self._first = group

    def key(self, text: str) -> str:
        """Return the key of an id: equal for ids that are compared as equal."""
        return (text if self._hyphens else text.replace("-", "")).casefold()

    def nearest(self, text: str) -> list[str]:
        """Return some of the ids: first those that are *text*, then those with the same key."""
        if len(self._ids) <= MOST_IDS:
            return list(self._ids)
        alike = self._alike.get(self.key(text), {}) if text else {}
        bare = text.replace("-", "")
        exact = [each for each in alike if each == text or (not self._hyphens and each.replace("-", "") == bare)]
        return list(dict.fromkeys([*exact[:1], *islice(alike, MOST_IDS), *islice(self._ids, MOST_IDS)]))[:MOST_IDS]

    def first(self, text: str) -> UserCalls | None:
        """Return the first group with the key of *text*; if there is none, the first with any id."""
        alike = self._alike.get(self.key(text), {}) if text else {}
        return min(alike.values(), key=_place, default=self._first)


class User:
    """A user on one platform.

    Args:
        groups: those of the user in a run; at least one, all of the same person and platform.
    """

    def __init__(self, groups: Sequence[UserCalls]) -> None:
        self.person, self.platform = groups[0].person, groups[0].platform
        self._groups = groups
        self._devices = _Ids(hyphens=True)
        self._advertising = _Ids(hyphens=False)
        self._of_device: dict[str, _Ids] = {}
        self._claims: dict[tuple[str, str], list[UserCalls]] = {}
        for each in groups:
            if each.origin == MOBILE:
                self._add_mobile(each)
            elif each.origin == SERVER:
                self._claims.setdefault((each.device, each.advertising), []).append(each)

    def _add_mobile(self, group: UserCalls) -> None:
        device, advertising = group.device, group.advertising
        if device:
            self._devices.add(device, group)
        if advertising:
            self._advertising.add(advertising, group)
            if device:
                self._of_device.setdefault(device.casefold(), _Ids(hyphens=False)).add(advertising, group)

    def summaries(self) -> Iterator[tuple[dict[str, Any], Sequence[list[UserCalls]]]]:
        """Yield the summaries of the user, each with the groups of its claims."""
        claims = list(self._claims.items())
        for start in range(0, max(len(claims), 1), MOST_CLAIMS):
            part = claims[start : start + MOST_CLAIMS]
            server = [self._claim(*ids) for ids, _ in part]
            summary: dict[str, Any] = {**id_of_person(self.person), "platform": self.platform, "server": server}
            if start + MOST_CLAIMS >= len(claims):
                summary["devices"] = len({each.device.casefold() for each in self._groups if each.device})
            yield summary, [groups for _, groups in part]

    def _claim(self, device: str, advertising: str) -> dict[str, Any]:
        of_device = self._of_device.get(device.casefold())
        claim: dict[str, Any] = {
            "mobile": {
                DEVICE_LIST: self._devices.nearest(device),
                ADVERTISING_LIST: self._advertising.nearest(advertising),
                OF_DEVICE_LIST: of_device.nearest(advertising) if of_device else [],
            }
        }
        if device:
            claim["deviceId"] = device
        if advertising:
            claim["advertisingId"] = advertising
        return claim

    def offending_calls(
        self, path: Sequence[str | int], claims: Sequence[list[UserCalls]], code: str
    ) -> OffendingCalls | None:
        """Return the calls that violate a rule, without those of files where it is ignored; None if none is left.

        Args:
            path: of the offending value in a summary.
            claims: the groups of the summary's claims.
            code: of the rule.
        """
        claim = claims[path[1]] if len(path) > 1 and path[0] == "server" and isinstance(path[1], int) else None
        kept = counted(self._groups if claim is None else claim, code)
        if not kept:
            return None
        if claim is None:
            return self._of_all(str(path[0]) if path else "", kept)
        member = str(path[2]) if len(path) > 2 else "deviceId"
        device, advertising = claim[0].device, claim[0].advertising
        if member == "advertisingId":
            sent = self._of_device.get(device.casefold()) or self._advertising
            text = advertising
        else:
            sent, text = self._devices, device
        message = "what the app sent for this user"
        return OffendingCalls(f"{member} {sent.key(text)}", _KINDS.get(member, DEVICE), kept, sent.first(text), message)

    def _of_all(self, value: str, groups: Sequence[UserCalls]) -> OffendingCalls:
        first = min(groups, key=_place)
        others = [each for each in groups if each.device and each.device.casefold() != first.device.casefold()]
        related = min(others, key=_place, default=None)
        return OffendingCalls(value, DEVICE, groups, related, "another device of this user")


def counted(groups: Iterable[UserCalls], code: str) -> list[UserCalls]:
    """Return the groups of files in which a rule is not ignored."""
    return [each for each in groups if f",{code}," not in each.ignored]


def _place(group: UserCalls) -> str:
    return group.place
