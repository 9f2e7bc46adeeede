r"""Regular expressions of RE2, rewritten for the engine that matches them here.

Segment matches the patterns of a plan with RE2. The engine of our validators takes the syntax of ECMA 262 and matches
in linear time, too, but knows no ``(?i)`` for the rest of a group, no ``\A`` and ``\z``, no ``[[:alpha:]]``, no
``(?P<name>…)``, and means something else by ``\s`` and ``.``. A pattern is read as RE2 reads it and written so that
the engine means the same. One difference is left: beside a letter outside of ASCII, ``\b`` of RE2 sees the end of a
word, the engine does not.

Source: the syntax page of RE2, and the parser of Go's ``regexp/syntax``, which is the same language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

_DEEPEST = 100
_MOST_REPEATED = 1000
_LAST = 0x10FFFF

Ranges = Sequence[tuple[int, int]]
"""Code points, each range with its last one."""


def _ranges(text: str) -> Ranges:
    """Return the ranges that are written as in a class: ``a-z0``."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        wide = text[at + 1 : at + 2] == "-" and at + 2 < len(text)
        found.append((ord(text[at]), ord(text[at + 2 if wide else at])))
        at += 3 if wide else 1
    return tuple(found)


_PERL: Mapping[str, Ranges] = {"d": _ranges("0-9"), "s": _ranges("\t\n\f\r "), "w": _ranges("0-9A-Za-z_")}

_POSIX: Mapping[str, Ranges] = {
    "alnum": _ranges("0-9A-Za-z"),
    "alpha": _ranges("A-Za-z"),
    "ascii": _ranges("\x00-\x7f"),
    "blank": _ranges("\t "),
    "cntrl": _ranges("\x00-\x1f\x7f"),
    "digit": _ranges("0-9"),
    "graph": _ranges("!-~"),
    "lower": _ranges("a-z"),
    "print": _ranges(" -~"),
    "punct": _ranges("!-/:-@[-`{-~"),
    "space": _ranges("\t-\r "),
    "upper": _ranges("A-Z"),
    "word": _ranges("0-9A-Za-z_"),
    "xdigit": _ranges("0-9A-Fa-f"),
}

_ASCII_FOLDED = ((0x17F, 0x17F), (0x212A, 0x212A))
"""What else is an ASCII letter without regard to case: the long s, and the sign of Kelvin."""

_ANYTHING = "(?:[^\\n]|\\n)"
_NOTHING = f"[^\\x00-\\u{{{_LAST:x}}}]"

_SPECIAL = "^$\\.*+?()[]{}|/"
_SPECIAL_IN_CLASS = "\\]^-["

_CONTROLS: Mapping[str, int] = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}

_REPEATED = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAME = re.compile(r"\(\?P?<[A-Za-z0-9_]+>")
_POSIX_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")
_PROPERTY = re.compile(r"\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")


def translated(pattern: str) -> str:
    """Return a pattern of RE2 as the engine has to be given it.

    Raises:
        ValueError: it is no pattern of RE2; the message says why.
    """
    return _Reader(pattern).whole()


@dataclass(frozen=True, slots=True)
class _Flags:
    """What holds in a part of a pattern: ``i`` (any case), ``m`` (lines), ``s`` (a dot is any character)."""

    i: bool = False
    m: bool = False
    s: bool = False

    def changed(self, on: str, off: str) -> _Flags:
        # U says which match is preferred, and so nothing of whether there is one.
        switched = {**dict.fromkeys(on, True), **dict.fromkeys(off, False)}
        return replace(self, **{name: value for name, value in switched.items() if name != "U"})


@dataclass(frozen=True, slots=True)
class _Atom:
    """What a quantifier applies to.

    Attributes:
        text: for the engine.
        folds: whether it has to be matched in any case.
        loose: whether it has to be put into a group before it can be repeated.
    """

    text: str
    folds: bool = False
    loose: bool = False


@dataclass(slots=True)
class _Reader:
    pattern: str
    at: int = 0

    def whole(self) -> str:
        text, _ = self._alternatives(_Flags(), 0)
        if self.at < len(self.pattern):
            raise ValueError("a parenthesis is closed that was not opened")
        return text

    def _alternatives(self, flags: _Flags, depth: int) -> tuple[str, _Flags]:
        """Read as far as the end of a group; flags that are set in it hold for the alternatives after that, too."""
        if depth > _DEEPEST:
            raise ValueError("groups are nested too deeply")
        texts: list[str] = []
        while True:
            atoms, flags = self._sequence(flags, depth)
            texts.append(_joined(atoms))
            if not self._take("|"):
                return "|".join(texts), flags

    def _sequence(self, flags: _Flags, depth: int) -> tuple[list[_Atom], _Flags]:
        atoms: list[_Atom] = []
        repeated = ""
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if (quantifier := self._quantifier()) is not None:
                if repeated:
                    raise ValueError(f"{repeated}{quantifier} repeats a repetition")
                if not atoms:
                    raise ValueError(f"there is nothing before {quantifier} that it could repeat")
                atoms[-1] = _repeated(atoms[-1], quantifier)
            elif (found := _FLAGS.match(self.pattern, self.at)) and found[3] == ")":
                self.at = found.end()
                flags = flags.changed(found[1], found[2] or "")
            else:
                atoms.extend(self._atoms(flags, depth))
            repeated = quantifier or ""
        return atoms, flags

    def _atoms(self, flags: _Flags, depth: int) -> Iterator[_Atom]:
        """Read the next thing; a quotation is several."""
        character = self.pattern[self.at]
        if character == "(":
            yield self._group(flags, depth)
        elif character == "[":
            yield _Atom(self._class(flags), folds=flags.i)
        elif character == ".":
            self.at += 1
            yield _Atom(_ANYTHING if flags.s else "[^\\n]")
        elif character in "^$":
            self.at += 1
            yield _Atom(f"(?m:{character})" if flags.m else character, loose=True)
        elif self.pattern.startswith("\\Q", self.at):
            end = self.pattern.find("\\E", self.at + 2)
            quoted = self.pattern[self.at + 2 : end if end >= 0 else None]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            yield from (_literal(ord(each), flags) for each in quoted)
        elif character == "\\":
            yield self._escape(flags)
        else:
            self.at += 1
            yield _literal(ord(character), flags)

    def _group(self, flags: _Flags, depth: int) -> _Atom:
        if found := _FLAGS.match(self.pattern, self.at):
            self.at = found.end()
            flags = flags.changed(found[1], found[2] or "")
        elif found := _NAME.match(self.pattern, self.at):
            self.at = found.end()
        elif self.pattern.startswith("(?", self.at):
            raise ValueError(f"a group cannot begin with {self.pattern[self.at : self.at + 3]}")
        else:
            self.at += 1
        text, _ = self._alternatives(flags, depth + 1)
        if not self._take(")"):
            raise ValueError("a parenthesis is opened and not closed")
        return _Atom(f"(?:{text})")

    def _escape(self, flags: _Flags) -> _Atom:
        character = self.pattern[self.at + 1 : self.at + 2]
        if character and character in "AzbB":
            self.at += 2
            return _Atom({"A": "^", "z": "$"}.get(character, "\\" + character), loose=True)
        if character and character in "dswDSW":
            self.at += 2
            group = _PERL[character.lower()]
            return _Atom(_class_text(group, negated=character.isupper()), folds=flags.i)
        if property_name := self._property():
            return _Atom(property_name, folds=flags.i)
        return _literal(self._escaped(), flags)

    def _escaped(self) -> int:
        """Read a backslash and the character that it stands for, in a class or outside of one."""
        character = self.pattern[self.at + 1 : self.at + 2]
        if found := _HEX.match(self.pattern, self.at) or _OCTAL.match(self.pattern, self.at):
            self.at = found.end()
            code = int(found[1], 8) if found.re is _OCTAL else int(found[1] or found[2], 16)
            if code > _LAST or 0xD800 <= code <= 0xDFFF:
                raise ValueError(f"{found[0]} is no character")
            return code
        if character in _CONTROLS:
            self.at += 2
            return _CONTROLS[character]
        if character.isdigit():
            raise ValueError(f"\\{character} refers back to a group")
        if not character or character.isalnum() or not character.isascii():
            raise ValueError(f"\\{character} has no meaning")
        self.at += 2
        return ord(character)

    def _property(self) -> str:
        found = _PROPERTY.match(self.pattern, self.at)
        if found is None:
            return ""
        self.at = found.end()
        letter, inverse, name = found[1], found[2], found[3] or found[4]
        if inverse:
            letter = "P" if letter == "p" else "p"
        # Categories have one or two letters; all other names but one are of scripts.
        return f"\\{letter}{{{name if len(name) <= 2 or name == 'Any' else 'Script=' + name}}}"

    def _class(self, flags: _Flags) -> str:
        self.at += 1
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        properties: list[str] = []
        inverted = False
        first = True
        while first or self.pattern[self.at : self.at + 1] != "]":
            first = False
            if self.at >= len(self.pattern):
                raise ValueError("a class is opened and not closed")
            if (named := self._named_class()) is not None:
                group, inverse = named
                ranges.extend(_inverse(_folded(group) if flags.i else group) if inverse else group)
                inverted |= inverse
            elif property_name := self._property():
                properties.append(property_name)
            else:
                ranges.append(self._range())
        self.at += 1
        if inverted and not properties and not flags.i:
            # Nearly everything is better said by what is missing.
            ranges, negated = list(_inverse(ranges)), not negated
        if not ranges and not properties:
            return _ANYTHING if negated else _NOTHING
        return _class_text(ranges, properties, negated=negated)

    def _named_class(self) -> tuple[Ranges, bool] | None:
        if self.pattern.startswith("[:", self.at) and ":]" in self.pattern[self.at + 2 :]:
            found = _POSIX_CLASS.match(self.pattern, self.at)
            if found is None or found[2] not in _POSIX:
                raise ValueError(f"there is no class {self.pattern[self.at : self.pattern.index(':]', self.at) + 2]}")
            self.at = found.end()
            return _POSIX[found[2]], bool(found[1])
        letter = self.pattern[self.at + 1 : self.at + 2]
        if self.pattern[self.at] == "\\" and letter and letter in "dswDSW":
            self.at += 2
            return _PERL[letter.lower()], letter.isupper()
        return None

    def _range(self) -> tuple[int, int]:
        low = high = self._class_character()
        if self.pattern[self.at : self.at + 1] == "-" and self.pattern[self.at + 1 : self.at + 2] not in {"]", ""}:
            self.at += 1
            high = self._class_character()
        if high < low:
            raise ValueError("a range of characters ends before it begins")
        return low, high

    def _class_character(self) -> int:
        if self.pattern[self.at] == "\\":
            return self._escaped()
        self.at += 1
        return ord(self.pattern[self.at - 1])

    def _quantifier(self) -> str | None:
        character = self.pattern[self.at]
        if character in "*+?":
            self.at += 1
            quantifier = character
        elif found := _REPEATED.match(self.pattern, self.at):
            least, _, most = found.groups()
            if max(int(least), int(most or 0)) > _MOST_REPEATED or (most and int(most) < int(least)):
                raise ValueError(f"{found[0]} repeats too often, or less than nothing")
            self.at = found.end()
            quantifier = found[0]
        else:
            return None
        return quantifier + ("?" if self._take("?") else "")

    def _take(self, character: str) -> bool:
        taken = self.pattern.startswith(character, self.at)
        self.at += taken
        return taken


def _repeated(atom: _Atom, quantifier: str) -> _Atom:
    text = f"(?i:{atom.text})" if atom.folds else f"(?:{atom.text})" if atom.loose else atom.text
    return _Atom(text + quantifier, loose=True)


def _joined(atoms: Iterable[_Atom]) -> str:
    """Return the text of a sequence; what stands together and is to be matched in any case is in one group."""
    parts: list[str] = []
    folding = ""
    for atom in atoms:
        if atom.folds:
            folding += atom.text
            continue
        if folding:
            parts.append(f"(?i:{folding})")
            folding = ""
        parts.append(atom.text)
    return "".join([*parts, f"(?i:{folding})"] if folding else parts)


def _literal(code: int, flags: _Flags) -> _Atom:
    character = chr(code)
    cased = character.lower() != character or character.upper() != character
    return _Atom(_written(code, _SPECIAL), folds=flags.i and cased)


def _class_text(ranges: Iterable[tuple[int, int]], properties: Iterable[str] = (), *, negated: bool) -> str:
    written = "".join("-".join(_written(code, _SPECIAL_IN_CLASS) for code in sorted({*each})) for each in ranges)
    return f"[{'^' if negated else ''}{written}{''.join(properties)}]"


def _written(code: int, special: str) -> str:
    """Return a character as it stands in a pattern."""
    character = chr(code)
    if character in special:
        return "\\" + character
    # Doubled, these two take sets from one another in some engines.
    if character.isprintable() and character not in "&~":
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\u{{{code:x}}}"


def _inverse(ranges: Iterable[tuple[int, int]]) -> Ranges:
    missing: list[tuple[int, int]] = []
    following = 0
    for low, high in sorted(ranges):
        if low > following:
            missing.append((following, low - 1))
        following = max(following, high + 1)
    if following <= _LAST:
        missing.append((following, _LAST))
    return missing


def _folded(group: Ranges) -> Ranges:
    """Return a class of ASCII with what folds to its letters, as it is before it is inverted."""
    letters = any(low <= ord("z") and high >= ord("A") for low, high in group)
    both_cases = [(low ^ 0x20, high ^ 0x20) for low, high in group if chr(low).isalpha() and chr(high).isalpha()]
    return (*group, *both_cases, *(_ASCII_FOLDED if letters else ()))
