"""A tracking plan: rules with a JSON Schema each, and where these stand in their file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segkoch_lint.places import Path
from segkoch_lint.reading.documents import Document

COMMON = "common"
"""The type of a rule whose schema applies to every call, of whatever type and name."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A value in a file.

    Attributes:
        file: the file as it was named.
        document: the document that holds the value.
        path: from the document's root.
    """

    file: str
    document: Document
    path: Path

    def inside(self, *steps: str | int) -> Site:
        """Return a place further in."""
        return Site(self.file, self.document, (*self.path, *steps))


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """A JSON Schema in a file.

    Attributes:
        value: the schema; None when there is none where one belongs.
        site: where it stands.
        in_string: it is JSON in a string (Terraform), so nothing inside of it has a place of its own.
    """

    value: Any
    site: Site
    in_string: bool = False

    def nearest(self, path: Path) -> Site:
        """Return the place of what *path* leads to inside the schema, as far as it exists."""
        if self.in_string:
            return self.site
        return self.site.inside(*existing(self.value, path))


@dataclass(frozen=True, slots=True, eq=False)
class PlanRule:
    """What a plan says of one kind of call.

    Attributes:
        call_type: a type of call, or `COMMON`.
        event: the name of the event; empty for calls other than track.
        schema: of the whole call.
        version: of the event; several can be valid at a time.
        deprecated: kept for reference only.
    """

    call_type: str
    event: str
    schema: Schema
    version: int = 1
    deprecated: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two rules speak of the same calls, whatever their version."""
        return self.call_type, self.event


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the rules of a plan, as Segment's Public API hands them out.

    Attributes:
        current, following, previous: the cursors of this page, of the one after it and of the one before it; empty when
            there is none.
        total: rules of all pages, or None when it is not said.
    """

    current: str
    following: str
    total: int | None
    previous: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One tracking plan.

    Attributes:
        kind: the format, in words.
        site: where a common schema would be added: the list of rules, or the object of them.
        rules: those about one kind of call, in the file's order.
        commons: those that apply to every call.
        name: what people call it; may be empty.
        checkable: whether the format can state what a call's context has to hold.
        page: where the rules are one page of several.
    """

    kind: str
    site: Site
    rules: tuple[PlanRule, ...] = ()
    commons: tuple[PlanRule, ...] = ()
    name: str = ""
    checkable: bool = True
    page: Page | None = None

    @property
    def active(self) -> tuple[PlanRule, ...]:
        """The rules that are not deprecated."""
        return tuple(rule for rule in self.rules if not rule.deprecated)

    @property
    def oldest_versions(self) -> Mapping[tuple[str, str], int]:
        """By the identity of rules, the version that calls are held against when they name none."""
        oldest: dict[tuple[str, str], int] = {}
        for rule in self.active:
            oldest[rule.identity] = min(rule.version, oldest.get(rule.identity, rule.version))
        return oldest

    @property
    def active_commons(self) -> tuple[PlanRule, ...]:
        """The common rules that are not deprecated."""
        return tuple(rule for rule in self.commons if not rule.deprecated)


@dataclass(slots=True)
class Found:
    """What a document holds of tracking plans.

    Attributes:
        plans: the plans, or pages of plans.
        heads: plans without their rules, as the Public API hands them out apart, by their place.
    """

    plans: list[Plan] = field(default_factory=list)
    heads: list[Site] = field(default_factory=list)


def event_version(call: Mapping[str, Any]) -> Any:
    """Return the version of its event that a call names in `context.protocols`, or None."""
    context = call.get("context")
    protocols = context.get("protocols") if isinstance(context, Mapping) else None
    return protocols.get("event_version") if isinstance(protocols, Mapping) else None


def existing(value: Any, path: Path) -> Path:
    """Return the longest beginning of *path* that exists in *value*."""
    for taken, step in enumerate(path):
        if isinstance(value, list):
            inside = isinstance(step, int) and 0 <= step < len(value)
        else:
            inside = isinstance(value, Mapping) and step in value
        if not inside:
            return path[:taken]
        value = value[step]
    return path
