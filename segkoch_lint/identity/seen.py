"""Where a call was seen, and which of two calls came first."""

from __future__ import annotations

import msgspec

from segkoch_lint.findings import Location
from segkoch_lint.places import Span

Order = tuple[int, ...]
"""Sorts calls whatever the order they are read in: the line and column where the document begins (of a table the row),
and the number of the call in the document. In a run the number of the input comes before them."""


# Of these there are many; the garbage collector is not to go through them again and again.
class Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where an id stands in its input: see `segkoch_lint.findings.Location`."""

    span: tuple[int, int, int, int] | None
    pointer: str


class Seen(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The call that a sighting is of.

    Attributes:
        order: of the call.
        device: where its device id stands; None when it has no valid one.
        advertising: where its advertising id stands; the same.
    """

    order: Order
    device: Place | None
    advertising: Place | None

    def location(self, path: str, kind: str, message: str = "") -> Location:
        """Return the place of its id of a kind (``device id``, ``advertising id``), or else of the other one."""
        first, second = self.device, self.advertising
        place = (second or first) if kind == "advertising id" else (first or second)
        if place is None:
            return Location(path, message=message)
        return Location(path, Span(*place.span) if place.span else None, place.pointer, message)

    def moved(self, lines: int) -> Seen:
        """Return the same for an input in which so many lines stand before what was read."""
        line, column, number = self.order
        return Seen((line + lines, column, number), _moved(self.device, lines), _moved(self.advertising, lines))


def _moved(place: Place | None, lines: int) -> Place | None:
    if place is None or place.span is None:
        return place
    line, column, end_line, end_column = place.span
    return Place((line + lines, column, end_line + lines, end_column), place.pointer)
