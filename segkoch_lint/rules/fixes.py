"""The fix of a rule: a closed set of operations on the offending text, or on its key.

A rule file says what is certain to be meant (`fix` of `schemas/rule.json`). If the operations change nothing, or do not
give one of the texts that the rule file expects, there is no fix.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import msgspec

from segkoch_lint.findings.position import Path, value_at
from segkoch_lint.findings.redaction.sensitive_keys import fold
from segkoch_lint.findings.text_edits import TextEdit, edited

if TYPE_CHECKING:
    from segkoch_lint.rules.catalogue import Rule

_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
r"""What `\s` means in the patterns of rules: the property White_Space of Unicode. `str.strip` also strips U+001C."""

_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")


class RuleFix(msgspec.Struct, frozen=True):
    """How the offending value of a rule is fixed.

    Attributes:
        strip: whether white space around it is removed.
        lower_case: whether it is written in lower case.
        hyphens: the groups of hexadecimal digits between which hyphens are inserted, by their lengths; empty for none.
        one_of: the texts that the fix may give; empty for any.
        rename: the new key of the value, for any key or by key; empty if the value is fixed and not its key.
    """

    strip: bool = False
    lower_case: bool = False
    hyphens: tuple[int, ...] = ()
    one_of: tuple[str, ...] = ()
    rename: Mapping[str, str] | str = ""

    @classmethod
    def of(cls, member: Mapping[str, Any]) -> RuleFix:
        """Return the fix that the member `fix` of a valid rule file describes."""
        return cls(
            strip=member.get("strip", False),
            lower_case=member.get("lower-case", False),
            hyphens=tuple(member.get("hyphens", ())),
            one_of=tuple(member.get("one-of", ())),
            rename=member.get("rename", ""),
        )

    @property
    def title(self) -> str:
        """What the fix does, as a command; of a rename, without the new key."""
        steps = [
            *(["strip the white space"] if self.strip else ()),
            *(["write it in lower case"] if self.lower_case else ()),
            *(["insert the hyphens"] if self.hyphens else ()),
            *(["rename the key"] if self.rename else ()),
        ]
        text = " and ".join(steps)
        return text[:1].upper() + text[1:]

    def edits(self, value: str) -> tuple[TextEdit, ...]:
        """Return the edits that fix a text; none if they would change nothing, or give none of `one_of`."""
        core = value.strip(_WHITE_SPACE)
        start = len(value) - len(value.lstrip(_WHITE_SPACE))
        if not core:
            return ()
        found = tuple(self._edits(value, core, start))
        return () if self.one_of and edited(value, found) not in self.one_of else found

    def _edits(self, value: str, core: str, start: int) -> Iterator[TextEdit]:
        """Yield the edits of a text whose part without white space around it is *core*, which begins at *start*."""
        end = start + len(core)
        if self.strip and start:
            yield TextEdit(0, start, "")
        inserted = self._inserted_hyphens(core)
        if self.lower_case and core.lower() != core:
            yield TextEdit(start, end, edited(core, inserted).lower())
        else:
            yield from (TextEdit(start + edit.start, start + edit.end, edit.text) for edit in inserted)
        if self.strip and end < len(value):
            yield TextEdit(end, len(value), "")

    def _inserted_hyphens(self, core: str) -> list[TextEdit]:
        if not self.hyphens or len(core) != sum(self.hyphens) or not _HEXADECIMAL.fullmatch(core):
            return []
        return [TextEdit(place, place, "-") for place in accumulate(self.hyphens[:-1])]

    def new_key(self, key: str, members: Mapping[str, Any]) -> str:
        """Return the new key of a member of an object; empty if there is none.

        A key is not renamed if another key means the same: then it is not certain which member counts.
        """
        new = self.rename if isinstance(self.rename, str) else self.rename.get(key, "")
        is_free = not any(fold(other) == fold(new) for other in members if other != key)
        return new if new != key and is_free else ""


class Change(msgspec.Struct, frozen=True):
    """A fix of one value.

    Attributes:
        title: what it does, as a command.
        before: the text that is changed: the value, or its key.
        edits: of that text.
        on_key: whether it is the key.
    """

    title: str
    before: str
    edits: tuple[TextEdit, ...]
    on_key: bool = False

    @property
    def after(self) -> str:
        """The text after the change."""
        return edited(self.before, self.edits)


def change_of(rule: Rule, message: Any, path: Path) -> Change | None:
    """Return the fix of a rule for the value at *path* of a call; None if there is none."""
    fix = rule.fix
    if fix is None or not path:
        return None
    if fix.rename:
        key, members = str(path[-1]), value_at(message, path[:-1])
        new = fix.new_key(key, members) if isinstance(members, Mapping) and key in members else ""
        return Change(f"{fix.title} to {new}", key, (TextEdit(0, len(key), new),), on_key=True) if new else None
    return change_of_value(fix, value_at(message, path))


def change_of_value(fix: RuleFix, value: Any) -> Change | None:
    """Return the fix of a value; None if there is none."""
    edits = fix.edits(value) if isinstance(value, str) else ()
    return Change(fix.title, value, edits) if edits else None


def changed(message: Any, path: Path, change: Change) -> Any:
    """Return a copy of a call with a change at *path*; members after a renamed one keep their order."""
    copied = copy.deepcopy(message)
    holder = value_at(copied, path[:-1])
    if not change.on_key:
        holder[path[-1]] = change.after
        return copied
    members = list(holder.items())
    holder.clear()
    holder.update((change.after if key == change.before else key, value) for key, value in members)
    return copied
