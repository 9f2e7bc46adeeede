"""Tracking plans: rules, each with a JSON Schema and its location in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from segkoch_lint.documents.document import Document
from segkoch_lint.findings.position import Path
from segkoch_lint.plans.model.json_values import as_mapping, existing

COMMON = "common"
"""The type of a rule whose schema applies to every call."""

CallKind = tuple[str, str]
"""The type of a call, and the name of the event if it is a track call."""


@dataclass(frozen=True, slots=True, eq=False)
class SchemaLocation:
    """Where a value is.

    Attributes:
        file: the file as it was named.
        document: the document that holds the value.
        path: from the document's root.
    """

    file: str
    document: Document
    path: Path

    def child(self, *steps: str | int) -> SchemaLocation:
        """Return the location that is these steps further down."""
        return SchemaLocation(self.file, self.document, (*self.path, *steps))


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """A JSON Schema in a file.

    Attributes:
        value: the schema; None if there is none.
        location: of the schema.
        in_string: whether it is JSON in a string (Terraform), so that nothing inside it has a location of its own.
    """

    value: Any
    location: SchemaLocation
    in_string: bool = False

    def locate(self, path: Path) -> SchemaLocation:
        """Return the location of what *path* leads to inside the schema, as far as it exists."""
        return self.location if self.in_string else self.location.child(*existing(self.value, path))


@dataclass(frozen=True, slots=True, eq=False)
class PlanRule:
    """A plan's schema for one kind of call.

    Attributes:
        call_type: a type of call, or `COMMON`.
        event: the name of the event; empty for calls other than track.
        schema: of the whole call.
        version: of the event; several can be valid at a time.
        deprecated: whether it is kept for reference only.
    """

    call_type: str
    event: str
    schema: Schema
    version: int = 1
    deprecated: bool = False

    @property
    def call_kind(self) -> CallKind:
        """The calls that the rule is for, whatever version of their event they name."""
        return self.call_type, self.event

    @property
    def label(self) -> str:
        """What the rule is called in messages."""
        if self.call_type == COMMON or (self.call_type == "track" and not self.event):
            return "the common schema"
        if self.call_type != "track":
            return f"the rule for {self.call_type} calls"
        return f'{f"version {self.version} of " if self.version > 1 else ""}the rule for "{self.event}"'


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the rules of a plan, as Segment's Public API returns them.

    Attributes:
        current, following, previous: the cursors of this page, the next one and the previous one; empty if absent.
        total: the number of rules on all pages; None if it is not given.
    """

    current: str
    following: str
    total: int | None
    previous: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """One tracking plan.

    Attributes:
        format: the name of its format.
        location: where a common schema would be added: the list of rules, or the object that holds them.
        rules: those about one kind of call, in the file's order.
        commons: those that apply to every call.
        name: of the plan; may be empty.
        checkable: whether the format can state what a call's context has to hold.
        page: set if the rules are one page of several.
    """

    format: str
    location: SchemaLocation
    rules: tuple[PlanRule, ...] = ()
    commons: tuple[PlanRule, ...] = ()
    name: str = ""
    checkable: bool = True
    page: Page | None = None

    @cached_property
    def active(self) -> tuple[PlanRule, ...]:
        """The rules that are not deprecated."""
        return tuple(rule for rule in self.rules if not rule.deprecated)

    @cached_property
    def active_commons(self) -> tuple[PlanRule, ...]:
        """The common rules that are not deprecated."""
        return tuple(rule for rule in self.commons if not rule.deprecated)

    @cached_property
    def by_call_kind(self) -> Mapping[CallKind, Sequence[PlanRule]]:
        """The active rules by the calls that they are for, the oldest version first."""
        found: dict[CallKind, list[PlanRule]] = {}
        for rule in sorted(self.active, key=lambda each: each.version):
            found.setdefault(rule.call_kind, []).append(rule)
        return found

    def rule_for(self, kind: CallKind, version: Any) -> PlanRule | None:
        """Return the rule that applies to calls: that of the version that they name, else the oldest one.

        Source: Segment's description of event versions.
        """
        rules = self.by_call_kind.get(kind, [])
        return next((rule for rule in rules if rule.version == version), rules[0] if rules else None)


def event_version(call: Mapping[str, Any]) -> Any:
    """Return the version of its event that a call names in `context.protocols`, or None."""
    return as_mapping(as_mapping(call.get("context")).get("protocols")).get("event_version")
