"""One user on one platform: the summary that rules judge (`schemas/user-summary.json`), and the calls it blames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from segkoch_lint.identity.claim_vectors import ADVERTISING_LIST, DEVICE_LIST, OF_DEVICE_LIST, who
from segkoch_lint.identity.identity_findings import ADVERTISING, DEVICE
from segkoch_lint.identity.records import MOBILE, SERVER

MOST_CLAIMS = 500
"""Claims of servers that one summary holds."""

MOST_IDS = 10
"""Ids of the app that a claim is shown beside."""

_KINDS = {"deviceId": DEVICE, "advertisingId": ADVERTISING}


class Statement(NamedTuple):
    """What calls of one library in files of one kind say of a user.

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


class Blamed(NamedTuple):
    """The calls that something in a summary stands for.

    Attributes:
        value: tells it from other values of the user that the same rule can blame.
        kind: the kind of id that is meant.
        statements: what these calls say.
        related: the statement that these disagree with, or None.
        message: what that is.
    """

    value: str
    kind: str
    statements: Sequence[Statement]
    related: Statement | None
    message: str

    @property
    def first(self) -> Statement:
        """The statement whose first call stands before those of the others."""
        return min(self.statements, key=_place)


class _Ids:
    """Ids that the app sent, in the order in which they were added.

    Args:
        hyphens: whether hyphens count.
    """

    def __init__(self, *, hyphens: bool) -> None:
        self._hyphens = hyphens
        self._ids: dict[str, Statement] = {}
        self._alike: dict[str, dict[str, Statement]] = {}
        self._first: Statement | None = None

    def add(self, text: str, statement: Statement) -> None:
        for ids in (self._ids, self._alike.setdefault(self.key(text), {})):
            if text not in ids or statement.place < ids[text].place:
                ids[text] = statement
        if self._first is None or statement.place < self._first.place:
            self._first = statement

    def key(self, text: str) -> str:
        """Return what is equal for ids that are alike."""
        return (text if self._hyphens else text.replace("-", "")).casefold()

    def nearest(self, text: str) -> list[str]:
        """Return some of the ids: those first that are *text*, then those that are alike."""
        if len(self._ids) <= MOST_IDS:
            return list(self._ids)
        alike = self._alike.get(self.key(text), {}) if text else {}
        bare = text.replace("-", "")
        exact = [each for each in alike if each == text or (not self._hyphens and each.replace("-", "") == bare)]
        return list(dict.fromkeys([*exact[:1], *islice(alike, MOST_IDS), *islice(self._ids, MOST_IDS)]))[:MOST_IDS]

    def first(self, text: str) -> Statement | None:
        """Return the first statement with an id that is like *text*; if there is none, the first with any."""
        alike = self._alike.get(self.key(text), {}) if text else {}
        return min(alike.values(), key=_place, default=self._first)


class User:
    """What the calls of a run say of one user on one platform.

    Args:
        statements: what they say; at least one, all of the same person and platform.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.person, self.platform = statements[0].person, statements[0].platform
        self._statements = statements
        self._devices = _Ids(hyphens=True)
        self._advertising = _Ids(hyphens=False)
        self._of_device: dict[str, _Ids] = {}
        self._claims: dict[tuple[str, str], list[Statement]] = {}
        for each in statements:
            if each.origin == MOBILE:
                self._add_mobile(each)
            elif each.origin == SERVER:
                self._claims.setdefault((each.device, each.advertising), []).append(each)

    def _add_mobile(self, statement: Statement) -> None:
        device, advertising = statement.device, statement.advertising
        if device:
            self._devices.add(device, statement)
        if advertising:
            self._advertising.add(advertising, statement)
            if device:
                self._of_device.setdefault(device.casefold(), _Ids(hyphens=False)).add(advertising, statement)

    def summaries(self) -> Iterator[tuple[dict[str, Any], Sequence[list[Statement]]]]:
        """Yield the summary of the user, in parts if it is a long one, each with the statements of its claims."""
        claims = list(self._claims.items())
        for start in range(0, max(len(claims), 1), MOST_CLAIMS):
            part = claims[start : start + MOST_CLAIMS]
            server = [self._claim(*ids) for ids, _ in part]
            summary: dict[str, Any] = {**who(self.person), "platform": self.platform, "server": server}
            if start + MOST_CLAIMS >= len(claims):
                summary["devices"] = len({each.device.casefold() for each in self._statements if each.device})
            yield summary, [statements for _, statements in part]

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

    def blamed(self, path: Sequence[str | int], claims: Sequence[list[Statement]], code: str) -> Blamed | None:
        """Return the calls that a rule blames, without those of files where it is ignored; None if that leaves none.

        Args:
            path: what the rule blames in a summary.
            claims: the statements of the summary's claims.
            code: of the rule.
        """
        claim = claims[path[1]] if len(path) > 1 and path[0] == "server" and isinstance(path[1], int) else None
        kept = counted(self._statements if claim is None else claim, code)
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
        return Blamed(f"{member} {sent.key(text)}", _KINDS.get(member, DEVICE), kept, sent.first(text), message)

    def _of_all(self, value: str, statements: Sequence[Statement]) -> Blamed:
        first = min(statements, key=_place)
        others = [each for each in statements if each.device and each.device.casefold() != first.device.casefold()]
        related = min(others, key=_place, default=None)
        return Blamed(value, DEVICE, statements, related, "another device of this user")


def counted(statements: Iterable[Statement], code: str) -> list[Statement]:
    """Return the statements of files in which a rule is not ignored."""
    return [each for each in statements if f",{code}," not in each.ignored]


def _place(statement: Statement) -> str:
    return statement.place
