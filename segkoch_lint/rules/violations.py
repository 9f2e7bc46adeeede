"""A broken rule in words: what is said of which value, and how payload values are shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from segkoch_lint.calls.call import LIBRARY_NAME
from segkoch_lint.findings.position import Path, path_of
from segkoch_lint.findings.redaction.masking import OffsetRange, Secret, is_id, key_of, parent_of, redacted
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
"""Where names stand that are nobody's. The first three go with every violation; words in them often stand in the others
again, where they are no ids either."""

_LONGEST_SHOWN = 60
"""Code points of a payload value that a message shows."""


class Violation(msgspec.Struct, frozen=True):
    """One rule broken at one place of a value.

    Attributes:
        rule: the rule.
        path: the value to blame, or the nearest object around a missing one; it exists in the value.
        template: the message; ``values`` fill its placeholders.
        remedy: what to do about just this; empty when the rule's own remedy is meant.
        form: what is wrong with the value where something has to be (`segkoch_lint.rules.remedies.FORMS`), or empty.
    """

    rule: Rule
    path: Path
    template: str
    values: Mapping[str, str | Secret]
    remedy: str = ""
    form: str = ""


class ViolationTemplate(msgspec.Struct, frozen=True):
    """A rule broken at a place, whatever value stands there: the same for all calls that are alike.

    Attributes:
        rule, path: as of a `Violation`.
        template: the message as the rule file has it.
        whole: whether the value at ``path`` is itself meant, and not the object around a missing one.
        remedy: as of a `Violation`.
    """

    rule: Rule
    path: Path
    template: str
    whole: bool
    remedy: str = ""

    @property
    def around(self) -> tuple[Path, ...]:
        """The objects that hold further values which the message shows; their keys count in any spelling."""
        return tuple(path_of(name)[:-1] for name in placeholders(self.template) if name.startswith("/"))

    def of(self, value: Any) -> Violation:
        """Return the violation by *value*, with what its message shows."""
        template, values = _message(self.template, value, self.path, whole=self.whole)
        form = _form(value, self.path, whole=self.whole)
        return Violation(self.rule, self.path, template, values, self.remedy, form)


def resolve(value: Any, path: Path) -> tuple[Path, bool]:
    """Follow *path* as far as it exists; the last key counts in any spelling, one with a text in it first.

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


def at(value: Any, path: Path) -> Any:
    """Return the value at *path*, which exists."""
    for step in path:
        value = value[step]
    return value


def _message(template: str, value: Any, path: Path, *, whole: bool) -> tuple[str, dict[str, str | Secret]]:
    """Fill in which values the message shows; strings, and nothing else, get their quotes here: masking keeps them."""
    values: dict[str, str | Secret] = {}
    for name in placeholders(template):
        if name == "state":
            values[name] = _state(value, path, whole=whole)
            continue
        if name == "key":
            values[name] = shown_text(key_of(path) or "")
            continue
        where, found = (path, whole) if name == "value" else resolve(value, path_of(name))
        shown = shown_value(key_of(where), at(value, where), parent_of(where)) if found else "absent"
        if found and isinstance(at(value, where), str):
            template = template.replace("{" + name + "}", '"{' + name + '}"')
        values[name] = shown
    return template, values


def placeholders(template: str) -> list[str]:
    """Return what the braces in a message stand for: `value`, `state`, `key`, or the pointers to other values."""
    found = (part.split("}")[0] for part in template.split("{")[1:])
    return [name for name in found if name in {"value", "state", "key"} or name.startswith("/")]


def _form(value: Any, path: Path, *, whole: bool) -> str:
    """Return what is wrong with the value to blame where something has to be there: a form, or an empty text."""
    if not whole:
        return "missing"
    blamed = at(value, path)
    if blamed is None:
        return "null"
    return "empty" if isinstance(blamed, str) and not blamed.strip() else ""


def _state(value: Any, path: Path, *, whole: bool) -> str | Secret:
    """Return how a message says what is wrong with the value to blame."""
    form = _form(value, path, whole=whole)
    if form == "empty" and at(value, path):
        return "blank"
    return form or shown_value(key_of(path), at(value, path))


def shown_value(key: str | None, value: Any, parent: str | None = None) -> str | Secret:
    """Return a payload value as messages show it: personal data as a `Secret`, containers by their kind only.

    Args:
        key: the nearest key that it stands under.
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
    """Return a text of a payload as messages show it: cut, what is personal data in it masked, and further *ids*."""
    return redacted(text, ids, longest=_LONGEST_SHOWN)
