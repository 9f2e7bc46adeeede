"""A finding: its rule, location, message and remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Any, Literal

import msgspec

from segkoch_lint.findings.fix import Fix
from segkoch_lint.findings.position import Span
from segkoch_lint.findings.redaction.masking import Secret, shown, shown_path

MISSING_CALLS = "KCH601"
"""The code of findings about all calls of a run together."""

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Severity(IntEnum):
    """The weight of a finding; ``ERROR`` is the greatest."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @classmethod
    def of(cls, name: str) -> Severity:
        """Return the severity called *name* (``error``, ``warning`` or ``info``)."""
        return cls[name.upper()]

    def __str__(self) -> str:
        return self.name.lower()


class Location(msgspec.Struct, frozen=True):
    """A place in an input.

    Attributes:
        path: the input's name on the command line, ``-`` or its ``--stdin-filename``.
        span: the text; None for the whole input.
        pointer: JSON Pointer inside the document that holds the span; keys in it that are personal data are masked.
        message: for a related location, what is there.
        secret: the whole pointer, if a part of it is masked.
    """

    path: str
    span: Span | None = None
    pointer: str = ""
    message: str = ""
    secret: Secret | None = None

    @classmethod
    def of(cls, path: str, span: Span | None, pointer: str | Secret, message: str = "") -> Location:
        """Return the location of a pointer, parts of which may be masked."""
        return cls(path, span, str(pointer), message, pointer if isinstance(pointer, Secret) else None)

    def pointer_text(self, *, show_ids: bool = False) -> str:
        """Return the pointer; *show_ids* reveals the keys in it."""
        return self.secret.reveal() if show_ids and self.secret else self.pointer

    def text(self, *, show_ids: bool = False) -> str:
        """Return ``path:line:column`` as in the text report, or the pointer if there are no lines."""
        path = shown_path(self.path) or "<value>"
        if self.span:
            return f"{path}:{self.span.line}:{self.span.column}"
        return f"{path}:{self.pointer_text(show_ids=show_ids)}" if self.pointer else path


class Snippet(msgspec.Struct, frozen=True):
    """A few lines of the input around a finding, ids already masked.

    Attributes:
        first_line: number of the first line shown, 1-based.
        lines: the lines, without their ends; long ones are clipped around the span.
        focus: index into ``lines`` of the line to underline.
        start, end: the span on that line, 0-based code points of the *shown* text, end exclusive.
    """

    first_line: int
    lines: tuple[str, ...]
    focus: int
    start: int
    end: int


SuppressionKind = Literal["baseline", "configuration", "comment"]
"""Where a suppression is from: the baseline, ``suppress`` of the configuration, or a comment in the input."""


class Suppression(msgspec.Struct, frozen=True):
    """Why a finding does not count: it fails no run, and most reports leave it out.

    Attributes:
        kind: where it is from.
        reason: the reason that its author gave, in one line; of a baseline, its path.
    """

    kind: SuppressionKind
    reason: str


class Finding(msgspec.Struct, frozen=True):
    """One violation of a rule at one location.

    ``message`` is masked; ``text(show_ids=True)`` shows the ids.

    Attributes:
        code, name, severity: of the rule; the severity after configuration.
        template: the message with ``{placeholders}``.
        values: the payload values that fill the placeholders.
        location: the cause.
        remedy: what to do, in one line; empty if the rule names nothing for this call.
        related: other locations, for example the mobile call that a server call contradicts.
        snippet: the lines around the location.
        properties: other facts for reports, for example the call's library.
        fix: the edits that remove the cause; None if the rule has none for this value.
        suppression: why the finding does not count; None if it counts.
    """

    code: str
    name: str
    severity: Severity
    template: str
    location: Location
    values: Mapping[str, str | Secret] = msgspec.field(default_factory=dict)
    remedy: str = ""
    related: tuple[Location, ...] = ()
    snippet: Snippet | None = None
    properties: Mapping[str, Any] = msgspec.field(default_factory=dict)
    fix: Fix | None = None
    suppression: Suppression | None = None

    def __str__(self) -> str:
        """Return the finding's first line in the text report, ids masked."""
        return f"{self.location.text()}: {self.severity} {self.code} {self.name}  {self.message}"

    @property
    def is_right(self) -> bool:
        """Whether a suppression says that the value is right as it is. A finding in a baseline is only old."""
        return self.suppression is not None and self.suppression.kind != "baseline"

    @property
    def message(self) -> str:
        """The message, ids masked."""
        return self.text()

    def text(self, *, show_ids: bool = False) -> str:
        """Return the message; *show_ids* reveals the payload values in it."""
        if not self.values:
            return self.template
        pieces = list(_pieces(self.template))
        for place in range(1, len(pieces), 2):
            value = self.values.get(pieces[place])
            pieces[place] = f"{{{pieces[place]}}}" if value is None else shown(value, show_ids=show_ids)
        return "".join(pieces)


@lru_cache(maxsize=256)
def _pieces(template: str) -> tuple[str, ...]:
    """Return the text before the first placeholder of a message, its name, the text after it, and so on."""
    return tuple(_PLACEHOLDER.split(template))
