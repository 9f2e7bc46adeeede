"""The sightings of one user to summaries (`schemas/user-summary.json`), and back from what is blamed in these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from segkoch_lint.identity.sightings import MOBILE, SERVER

MOST_CLAIMS = 500
"""Claims of servers that one summary holds."""

MOST_IDS = 10
"""Ids of the app that a claim is shown beside."""

DEVICE, ADVERTISING = "device id", "advertising id"

_KINDS = {"deviceId": DEVICE, "advertisingId": ADVERTISING}


class Row(NamedTuple):
    """A sighting whose user is known, as the database holds it.

    Attributes:
        number: tells it from others.
        origin, device, advertising: see `segkoch_lint.identity.sightings.Sighting`.
        ignored: see `segkoch_lint.identity.collecting.Source`.
        place: sorts its first call among all.
    """

    number: int
    origin: str
    device: str | None
    advertising: str | None
    ignored: str
    place: bytes


@dataclass(frozen=True, slots=True)
class Blamed:
    """The calls that something in a summary stands for.

    Attributes:
        value: tells it from other values of the user that the same rule can blame.
        kind: the kind of id that is meant: ``device id`` or ``advertising id``.
        rows: the sightings.
        related: the number of the sighting that these disagree with, or None.
        message: what that is.
    """

    value: str
    kind: str
    rows: Sequence[Row]
    related: int | None
    message: str


class _Ids:
    """Ids that the app sent, in the order in which they were added."""

    def __init__(self) -> None:
        self._ids: dict[str, Row] = {}
        self._alike: dict[str, dict[str, Row]] = {}
        self._first: Row | None = None

    def add(self, text: str, row: Row) -> None:
        for ids in (self._ids, self._alike.setdefault(_key(text), {})):
            if text not in ids or row.place < ids[text].place:
                ids[text] = row
        if self._first is None or row.place < self._first.place:
            self._first = row

    def __bool__(self) -> bool:
        return bool(self._ids)

    def nearest(self, text: str | None) -> list[str]:
        """Return some of the ids, those first that are *text*, then those that are but for case, or hyphens, too."""
        if len(self._ids) <= MOST_IDS:
            return list(self._ids)
        alike = self._alike.get(_key(text), {}) if text else {}
        nearest = sorted(alike, key=lambda each: _distance(each, text or ""))
        return list(dict.fromkeys([*nearest[:MOST_IDS], *islice(self._ids, MOST_IDS)]))[:MOST_IDS]

    def first(self, text: str | None) -> Row | None:
        """Return the first sighting of an id that is *text*, case and hyphens aside; if there is none, of any."""
        alike = self._alike.get(_key(text), {}) if text else {}
        return min(alike.values(), key=lambda row: row.place, default=self._first)


def _key(text: str) -> str:
    return text.replace("-", "").casefold()


def _distance(text: str, other: str) -> int:
    """Return how much alike two ids are that are equal but for case and hyphens: the less, the more alike."""
    bare, folded = text.replace("-", "") == other.replace("-", ""), text.casefold() == other.casefold()
    return 0 if text == other else 1 if bare else 2 if folded else 3


@dataclass(slots=True)
class User:
    """What the calls of a run say of one user on one platform.

    Args:
        person: the user: ``u`` and a userId, or ``a`` and an anonymousId.
        platform: ``ios`` or ``android``.
        rows: the sightings.
    """

    person: str
    platform: str
    rows: Sequence[Row]
    _devices: _Ids = field(default_factory=_Ids)
    _advertising: _Ids = field(default_factory=_Ids)
    _of_device: dict[str, _Ids] = field(default_factory=dict)
    _claims: dict[tuple[str | None, str | None], list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.origin == MOBILE:
                self._add_mobile(row)
            elif row.origin == SERVER:
                self._claims.setdefault((row.device, row.advertising), []).append(row)

    def _add_mobile(self, row: Row) -> None:
        if row.device:
            self._devices.add(row.device, row)
        if row.advertising:
            self._advertising.add(row.advertising, row)
            if row.device:
                self._of_device.setdefault(row.device.casefold(), _Ids()).add(row.advertising, row)

    def why_not_compared(self) -> str:
        """Return why app and servers cannot be compared, as `segkoch_lint.tallies.IdentityTally` has it, or nothing."""
        mobile = bool(self._devices or self._advertising)
        comparable = (self._devices and any(device for device, _ in self._claims)) or (
            self._advertising and any(advertising for _, advertising in self._claims)
        )
        if comparable:
            return ""
        if mobile and self._claims:
            return "no ids of one kind"
        return "mobile only" if mobile else "server only" if self._claims else "neither"

    def summaries(self) -> Iterator[tuple[dict[str, Any], Sequence[list[Row]]]]:
        """Yield the summary of the user, in parts if it is a long one, each with the sightings of its claims."""
        who = {"userId" if self.person.startswith("u") else "anonymousId": self.person[1:], "platform": self.platform}
        claims = list(self._claims.items())
        for start in range(0, max(len(claims), 1), MOST_CLAIMS):
            part = claims[start : start + MOST_CLAIMS]
            summary: dict[str, Any] = {**who, "server": [self._claim(*ids) for ids, _ in part]}
            if start + MOST_CLAIMS >= len(claims):
                summary["devices"] = len({row.device.casefold() for row in self.rows if row.device})
            yield summary, [rows for _, rows in part]

    def _claim(self, device: str | None, advertising: str | None) -> dict[str, Any]:
        of_device = self._of_device.get(device.casefold()) if device else None
        claim: dict[str, Any] = {
            "mobile": {
                "deviceIds": self._devices.nearest(device),
                "advertisingIds": self._advertising.nearest(advertising),
                "advertisingIdsOfDevice": of_device.nearest(advertising) if of_device else [],
            }
        }
        if device:
            claim["deviceId"] = device
        if advertising:
            claim["advertisingId"] = advertising
        return claim

    def blamed(self, path: Sequence[str | int], claims: Sequence[list[Row]], code: str) -> Blamed | None:
        """Return the calls that a rule blames, without those that it does not apply to; None when that leaves none.

        Args:
            path: what the rule blames in a summary.
            claims: the sightings of the summary's claims.
            code: of the rule.
        """
        claim = claims[path[1]] if len(path) > 1 and path[0] == "server" and isinstance(path[1], int) else None
        rows = [row for row in (self.rows if claim is None else claim) if code not in row.ignored.split(",")]
        if not rows:
            return None
        if claim is None:
            return self._of_all(str(path[0]) if path else "", rows)
        member = str(path[2]) if len(path) > 2 else "deviceId"
        row = claim[0]
        if member == "advertisingId":
            of_device = self._of_device.get(row.device.casefold()) if row.device else None
            text, sent = row.advertising, of_device or self._advertising
        else:
            text, sent = row.device, self._devices
        related = sent.first(text)
        message = "what the app sent for this user"
        value = f"{member} {_key(text or '') if member == 'advertisingId' else (text or '').casefold()}"
        return Blamed(value, _KINDS.get(member, DEVICE), rows, related.number if related else None, message)

    def _of_all(self, value: str, rows: Sequence[Row]) -> Blamed:
        first = min(rows, key=lambda row: row.place)
        others = [row for row in rows if row.device and (row.device.casefold() != (first.device or "").casefold())]
        related = min(others, key=lambda row: row.place, default=None)
        return Blamed(value, DEVICE, rows, related.number if related else None, "another device of this user")
