"""A violation of a rule: the offending value, the message, and how the message shows values of the payload."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from segkoch_lint.calls.call import LIBRARY_NAME
from segkoch_lint.findings.position import OffsetRange, Path, path_of, value_at
from segkoch_lint.findings.redaction.masking import Secret, redacted
from segkoch_lint.findings.redaction.personal_data import is_id, key_of, parent_of
from segkoch_lint.findings.redaction.sensitive_keys import fold

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import Rule

NAMES: tuple[Path, ...] = (
    ("type",),
    ("event",),
    LIBRARY_NAME,
    ("context", "device", "type"),
    ("context", "os", "name"),
)
"""Paths of names in a call, which are no ids. The first three go with every violation. Words of a name often occur in
the other names again, and are no ids there either."""

_LONGEST_SHOWN = 60
"""Code points of a payload value that a message shows."""


class Violation(msgspec.Struct, frozen=True):
    """One rule broken at one place of a value.

    Attributes:
        rule: the rule.
        path: of the offending value, or of the nearest object around a missing one; it exists in the value.
        template: the message; ``values`` has the values of its placeholders.
        remedy: the fix for this violation; empty if the rule's own remedy applies.
        form: what is wrong with a value that has to be there (`segkoch_lint.rules.remedies.FORMS`), or empty.
    """

    rule: Rule
    path: Path
    template: str
    values: Mapping[str, str | Secret]
    remedy: str = ""
    form: str = ""


class ViolationTemplate(msgspec.Struct, frozen=True):
    """A violation without the values of a call: the same for all calls with the same fingerprint.

    Attributes:
        rule, path, remedy: as of a `Violation`.
        template: the message as the rule file has it.
        exists: whether the offending value exists, and ``path`` is not that of an object around it.
    """

    rule: Rule
    path: Path
    template: str
    exists: bool
    remedy: str = ""

    @property
    def around(self) -> tuple[Path, ...]:
        """The paths of the objects that hold further values for the message, whose keys may have any spelling."""
        return tuple(path_of(name)[:-1] for name in placeholders(self.template) if name.startswith("/"))

    def fill(self, value: Any) -> Violation:
        """Return the violation by *value*, with the values that its message shows."""
        template, values = _message(self.template, value, self.path, exists=self.exists)
        form = _form(value, self.path, exists=self.exists)
        return Violation(self.rule, self.path, template, values, self.remedy, form)


def resolve(value: Any, path: Path) -> tuple[Path, bool]:
    """Follow *path* as far as it exists. The last key may have any spelling; one with a non-blank text is preferred.

    Returns:
        the longest existing path, and whether it is the whole of *path*.
    """
    taken: list[str | int] = []
    for number, step in enumerate(path, 1):
        if not isinstance(value, Mapping):
            return tuple(taken), False
        key: str | int | None = step if step in value else None
        if number == len(path):
            spelled = [k for k in value if fold(k) == fold(str(step))]
            key = next(
                (k for k in spelled if isinstance(value[k], str) and value[k].strip()), next(iter(spelled), None)
            )
        if key is None:
            return tuple(taken), False
        taken.append(key)
        value = value[key]
    return tuple(taken), True


def _message(template: str, value: Any, path: Path, *, exists: bool) -> tuple[str, dict[str, str | Secret]]:
    """Return a message with quotes around its strings, which masking keeps, and the values of its placeholders."""
    values: dict[str, str | Secret] = {}
    for name in placeholders(template):
        if name == "state":
            values[name] = _state(value, path, exists=exists)
            continue
        if name == "key":
            values[name] = shown_text(key_of(path) or "")
            continue
        where, found = (path, exists) if name == "value" else resolve(value, path_of(name))
        shown = shown_value(key_of(where), value_at(value, where), parent_of(where)) if found else "absent"
        if found and isinstance(value_at(value, where), str):
            template = template.replace("{" + name + "}", '"{' + name + '}"')
        values[name] = shown
    return template, values


def placeholders(template: str) -> list[str]:
    """Return the placeholders of a message: `value`, `state`, `key`, or JSON Pointers to other values."""
    found = (part.split("}")[0] for part in template.split("{")[1:])
    return [name for name in found if name in {"value", "state", "key"} or name.startswith("/")]


def _form(value: Any, path: Path, *, exists: bool) -> str:
    """Return what is wrong with a value that has to be there: one of `FORMS`, or an empty string."""
    if not exists:
        return "missing"
    offending = value_at(value, path)
    if offending is None:
        return "null"
    return "empty" if isinstance(offending, str) and not offending.strip() else ""


def _state(value: Any, path: Path, *, exists: bool) -> str | Secret:
    """Return the text of the placeholder `state`: what is wrong with the offending value, or else the value."""
    form = _form(value, path, exists=exists)
    if form == "empty" and value_at(value, path):
        return "blank"
    return form or shown_value(key_of(path), value_at(value, path))


def shown_value(key: str | None, value: Any, parent: str | None = None) -> str | Secret:
    """Return a payload value as messages show it: personal data as a `Secret`, containers by their kind only.

    Args:
        key: the nearest key above it.
        value: the value.
        parent: the key of the object around (`segkoch_lint.findings.redaction.masking.parent_of`).
    """
    if isinstance(value, Mapping):
        return "an object" if value else "an empty object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = value if isinstance(value, str) else json.dumps(value)
    return Secret(text) if is_id(key, value, parent) else shown_text(text)


def shown_text(text: str, ids: Iterable[OffsetRange] = ()) -> str | Secret:
    """Return a text of a payload as messages show it: shortened, with personal data and *ids* masked."""
    return redacted(text, ids, longest=_LONGEST_SHOWN)
