"""Findings about users, ids and event names, sorted by place in a database if there are many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from segkoch_lint.findings.finding import Location
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.identity.first_seen import (
    ADVERTISING_POINTER,
    DEVICE_POINTER,
    EVENT_POINTER,
    file_of,
    location_of,
)
from segkoch_lint.identity.sql_engines import SQLite
from segkoch_lint.rules.violations import Violation

DEVICE, ADVERTISING, EVENT = "device id", "advertising id", "event name"
"""The kinds of offending values."""

_POINTERS = {
    DEVICE: ((DEVICE_POINTER, ADVERTISING_POINTER), 0),
    ADVERTISING: ((DEVICE_POINTER, ADVERTISING_POINTER), 1),
    EVENT: ((EVENT_POINTER,), 0),
}

_CACHE = 8 << 20

_MOST_ROWS = 1000
"""Findings that are held before they are stored."""

_MOST_LIBRARIES = 5
"""The most names of libraries that a message shows."""


@dataclass(frozen=True, slots=True)
class IdentityFinding:
    """A rule broken by calls anywhere in a run.

    Attributes:
        code: of the rule.
        template, values: the message.
        location: of the offending value in the first of the calls.
        related: the location of a call that contradicts these; empty if there is none.
        calls: the number of affected calls.
        libraries: of these calls.
        origin: of all of these calls, ``mobile`` or ``server``; None if they have several, or another one.
    """

    code: str
    template: str
    values: Mapping[str, str | Secret]
    location: Location
    related: tuple[Location, ...]
    calls: int
    libraries: tuple[str, ...]
    origin: str | None


@dataclass(slots=True)
class Affected:
    """The calls that a finding is about.

    Attributes:
        place: of the first of them.
        calls: how many there are.
        libraries, origins: of them.
    """

    place: str = ""
    calls: int = 0
    libraries: set[str] = field(default_factory=set)
    origins: set[str] = field(default_factory=set)

    def add(self, place: str, calls: int, library: str, origin: str = "") -> None:
        """Add calls of one library; *place* is that of the first."""
        if not self.place or place < self.place:
            self.place = place
        self.calls += calls
        self.libraries.add(library)
        self.origins.add(origin)


class _Body(msgspec.Struct, array_like=True):
    template: str
    texts: list[tuple[str, str, bool]]
    text: str
    calls: int
    libraries: list[str]
    origin: str
    related: str
    message: str


class FindingStore:
    """The findings of a run.

    Args:
        paths: of the inputs, by their numbers.

    Raises:
        OutputError: by any method: there is no space left for a temporary database.
    """

    def __init__(self, paths: Mapping[int, str]) -> None:
        self._paths = paths
        self._database: SQLite | None = None
        self._rows: list[tuple[str, ...]] = []

    def add(
        self,
        violation: Violation,
        kind: str,
        affected: Affected,
        text: str,
        *,
        of: tuple[str, str] = ("", ""),
        value: str = "",
        related: str = "",
        message: str = "",
    ) -> None:
        """Add a finding.

        Args:
            violation: by a summary.
            kind: of the offending value: ``device id``, ``advertising id`` or ``event name``.
            affected: the calls.
            text: the offending id or name.
            of: person and platform, if it is about a user.
            value: distinguishes it from other findings at the same place.
            related: the place of a call that contradicts these; may be empty.
            message: the message at that place.
        """
        texts = [
            (name, each.reveal() if isinstance(each, Secret) else each, isinstance(each, Secret))
            for name, each in violation.values.items()
        ]
        origin = next(iter(affected.origins)) if len(affected.origins) == 1 else ""
        body = _Body(
            violation.template, texts, text, affected.calls, sorted(affected.libraries), origin, related, message
        )
        row = (affected.place, violation.rule.code, kind, *of, value, _encode(body).decode())
        self._rows.append(row)
        if len(self._rows) >= _MOST_ROWS:
            self._store()

    def _store(self) -> SQLite:
        if self._database is None:
            self._database = SQLite(_CACHE)
            self._database.make("finding")
        rows, self._rows = self._rows, []
        self._database.insert("finding", rows)
        return self._database

    def __iter__(self) -> Iterator[IdentityFinding]:
        """Yield the findings in the order of their places."""
        if self._database is not None or self._rows:
            for code, kind, body, place in self._store().rows("findings"):
                yield self._finding(code, kind, _decode(body), place)

    def close(self) -> None:
        """Free memory and disk space."""
        if self._database is not None:
            self._database.close()

    def _finding(self, code: str, kind: str, body: _Body, place: str) -> IdentityFinding:
        values: dict[str, str | Secret] = {name: Secret(text) if secret else text for name, text, secret in body.texts}
        calls = f"{body.calls:,} call{'' if body.calls == 1 else 's'}"
        values |= {"id": Secret(body.text), "kind": kind, "calls": calls, "libraries": _listed(body.libraries)}
        return IdentityFinding(
            code,
            body.template,
            values,
            self._location(kind, place),
            (self._location(kind, body.related, body.message),) if body.related else (),
            body.calls,
            tuple(body.libraries),
            body.origin if body.origin in {"mobile", "server"} else None,
        )

    def _location(self, kind: str, place: str, message: str = "") -> Location:
        pointers, preferred = _POINTERS[kind]
        return location_of(place, self._paths[file_of(place)], pointers, preferred, message)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Body).decode


def _listed(names: list[str]) -> str:
    shown = [name or "an unnamed library" for name in names[:_MOST_LIBRARIES]]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")
