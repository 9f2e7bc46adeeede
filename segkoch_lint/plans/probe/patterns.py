r"""Regular expressions of RE2: rewritten for the engine that matches them here, with texts that they may match.

Segment matches the patterns of a plan with RE2. The engine of our validators takes the syntax of ECMA 262 and matches
in linear time, too, but lacks ``(?i)`` for the rest of a group, ``\A``, ``\z``, ``[[:alpha:]]`` and ``(?P<name>…)``,
and differs in the meaning of ``\s`` and ``.``. One difference remains: next to a letter outside ASCII, ``\b`` is a word
boundary for RE2 and not for the engine.

Source: the syntax page of RE2, and the parser of Go's ``regexp/syntax``, which is the same language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segkoch_lint.plans.probe.character_classes import (
    LAST,
    PERL,
    PERL_SAMPLES,
    POSIX,
    SPECIAL,
    Ranges,
    class_text,
    folded,
    inverse,
    samples_in,
    written,
)

_MAX_DEPTH = 100
_MAX_REPETITIONS = 1000

_VARIANTS = 4
_MAX_SAMPLE = 4000
_ANY = "aB1- _./:@#,éß"

Samples = Sequence[str]
"""One text for each of `_VARIANTS` ways to match a part of a pattern, or none if that part has no known text."""


_CONTROLS: Mapping[str, int] = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}

_REPETITION = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAME = re.compile(r"\(\?P?<[A-Za-z0-9_]+>")
_POSIX_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")
_PROPERTY = re.compile(r"\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of RE2.

    Attributes:
        text: the same for the engine.
        samples: texts that it may match; none if it has a part without a known text.
    """

    text: str
    samples: Samples


def read_pattern(pattern: str) -> Pattern:
    """Return a pattern for the engine.

    Raises:
        ValueError: it is not a pattern of RE2; the message says why.
    """
    text, samples, _ = (reader := _PatternReader(pattern)).alternatives(_Flags(), 0)
    if reader.at < len(pattern):
        raise ValueError("a parenthesis is closed that was not opened")
    return Pattern(text, [each for each in dict.fromkeys(samples) if len(each) <= _MAX_SAMPLE])


@dataclass(frozen=True, slots=True)
class _Flags:
    """The flags of a part of a pattern: ``i`` (any case), ``m`` (lines), ``s`` (a dot is any character)."""

    i: bool = False
    m: bool = False
    s: bool = False

    def changed(self, found: re.Match[str]) -> _Flags:
        # U says which match is preferred, not whether there is one.
        switched = {**dict.fromkeys(found[1], True), **dict.fromkeys(found[2] or "", False)}
        return replace(self, **{name: value for name, value in switched.items() if name != "U"})


@dataclass(frozen=True, slots=True)
class _Atom:
    """What a quantifier applies to.

    Attributes:
        text: for the engine.
        samples: of it.
        folds: whether it is matched in any case.
        loose: whether it needs a group before it can be repeated.
    """

    text: str
    samples: Samples
    folds: bool = False
    loose: bool = False

    def repeated(self, quantifier: str, least: int, most: int | None) -> _Atom:
        text = f"(?i:{self.text})" if self.folds else f"(?:{self.text})" if self.loose else self.text
        samples = []
        for variant, sample in enumerate(self.samples):
            times = least if most is not None and least + variant > most else least + variant
            samples.append(sample * min(times, _MAX_SAMPLE + 1))
        too_long = any(len(each) > _MAX_SAMPLE for each in samples)
        return _Atom(text + quantifier, [] if too_long else samples, loose=True)


@dataclass(slots=True)
class _PatternReader:
    pattern: str
    at: int = 0

    def alternatives(self, flags: _Flags, depth: int) -> tuple[str, Samples, _Flags]:
        """Read up to the end of a group; flags that are set in it also hold for the alternatives that follow."""
        if depth > _MAX_DEPTH:
            raise ValueError("groups are nested too deeply")
        texts: list[str] = []
        samples: list[Samples] = []
        while True:
            atoms, flags = self._sequence(flags, depth)
            texts.append(_joined_text(atoms))
            samples.append(_joined_samples(atoms))
            if not self._take("|"):
                break
        if not all(samples):
            return "|".join(texts), [], flags
        return "|".join(texts), [samples[n % len(samples)][n] for n in range(_VARIANTS)], flags

    def _sequence(self, flags: _Flags, depth: int) -> tuple[list[_Atom], _Flags]:
        atoms: list[_Atom] = []
        repeated = ""
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if (found := self._quantifier()) is not None:
                quantifier, least, most = found
                if repeated:
                    raise ValueError(f"{repeated}{quantifier} repeats a repetition")
                if not atoms:
                    raise ValueError(f"there is nothing before {quantifier} that it could repeat")
                atoms[-1] = atoms[-1].repeated(quantifier, least, most)
                repeated = quantifier
                continue
            repeated = ""
            if (switch := _FLAGS.match(self.pattern, self.at)) and switch[3] == ")":
                self.at = switch.end()
                flags = flags.changed(switch)
            else:
                atoms.extend(self._atoms(flags, depth))
        return atoms, flags

    def _quantifier(self) -> tuple[str, int, int | None] | None:
        """Read a quantifier, if there is one: its text, and the least and the most repetitions."""
        character = self.pattern[self.at]
        if character in "*+?":
            self.at += 1
            quantifier, least, most = character, int(character == "+"), 1 if character == "?" else None
        elif found := _REPETITION.match(self.pattern, self.at):
            quantifier, least = found[0], int(found[1])
            most = int(found[3]) if found[3] else None if found[2] else least
            if max(least, most or 0) > _MAX_REPETITIONS or (most is not None and most < least):
                raise ValueError(f"{quantifier} repeats too often, or less than nothing")
            self.at = found.end()
        else:
            return None
        return quantifier + ("?" if self._take("?") else ""), least, most

    def _atoms(self, flags: _Flags, depth: int) -> Iterator[_Atom]:
        """Read the next atom; a quotation has several."""
        character = self.pattern[self.at]
        if character == "(":
            yield self._group(flags, depth)
        elif character == "[":
            yield self._class(flags)
        elif character == ".":
            self.at += 1
            yield _Atom("(?:[^\\n]|\\n)" if flags.s else "[^\\n]", [_ANY[n % 3] for n in range(_VARIANTS)])
        elif character in "^$":
            self.at += 1
            yield _assertion(f"(?m:{character})" if flags.m else character)
        elif self.pattern.startswith("\\Q", self.at):
            quoted, _, _ = self.pattern[self.at + 2 :].partition("\\E")
            self.at += len(quoted) + 4
            yield from (_literal(ord(each), flags) for each in quoted)
        elif character == "\\":
            yield self._escape(flags)
        else:
            self.at += 1
            yield _literal(ord(character), flags)

    def _group(self, flags: _Flags, depth: int) -> _Atom:
        if found := _FLAGS.match(self.pattern, self.at):
            self.at = found.end()
            flags = flags.changed(found)
        elif found := _NAME.match(self.pattern, self.at):
            self.at = found.end()
        elif self.pattern.startswith("(?", self.at):
            raise ValueError(f"a group cannot begin with {self.pattern[self.at : self.at + 3]}")
        else:
            self.at += 1
        text, samples, _ = self.alternatives(flags, depth + 1)
        if not self._take(")"):
            raise ValueError("a parenthesis is opened and not closed")
        return _Atom(f"(?:{text})", samples)

    def _escape(self, flags: _Flags) -> _Atom:
        character = self.pattern[self.at + 1 : self.at + 2]
        if character and character in "AzbB":
            self.at += 2
            return _assertion({"A": "^", "z": "$"}.get(character, "\\" + character))
        if (perl := self._perl_class()) is not None:
            ranges, negative, characters = perl
            return _Atom(class_text(ranges, negated=negative), _each(characters), folds=flags.i)
        if name := self._property():
            return _Atom(name, [], folds=flags.i)
        return _literal(self._escaped(), flags)

    def _escaped(self) -> int:
        """Read a backslash and the character that it stands for, in a class or outside one."""
        character = self.pattern[self.at + 1 : self.at + 2]
        if found := _HEX.match(self.pattern, self.at) or _OCTAL.match(self.pattern, self.at):
            self.at = found.end()
            code = int(found[1], 8) if found.re is _OCTAL else int(found[1] or found[2], 16)
            if code > LAST or 0xD800 <= code <= 0xDFFF:
                raise ValueError(f"{found[0]} is no character")
            return code
        if character.isdigit():
            raise ValueError(f"\\{character} refers back to a group")
        if character not in _CONTROLS and (not character or character.isalnum() or not character.isascii()):
            raise ValueError(f"\\{character} has no meaning")
        self.at += 2
        return _CONTROLS.get(character, ord(character))

    def _property(self) -> str:
        found = _PROPERTY.match(self.pattern, self.at)
        if found is None:
            return ""
        self.at = found.end()
        letter = found[1].swapcase() if found[2] else found[1]
        name = found[3] or found[4]
        # Categories have one or two letters; all other names but one are of scripts.
        return f"\\{letter}{{{name if len(name) <= 2 or name == 'Any' else 'Script=' + name}}}"

    def _class(self, flags: _Flags) -> _Atom:
        self.at += 1
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        properties: list[str] = []
        characters = ""
        first = True
        while first or self.pattern[self.at : self.at + 1] != "]":
            first = False
            if self.at >= len(self.pattern):
                raise ValueError("a class is opened and not closed")
            if (named := self._posix_class() or self._perl_class()) is not None:
                group, negative, some = named
                ranges.extend(inverse(folded(group) if flags.i else group) if negative else group)
                characters += some
            elif name := self._property():
                properties.append(name)
            else:
                ranges.append(self._range())
                characters += samples_in(*ranges[-1])
        self.at += 1
        if negated:
            characters = next((each for each in _ANY if not any(low <= ord(each) <= high for low, high in ranges)), "")
        samples = [] if properties else _each(characters)
        return _Atom(class_text(ranges, properties, negated=negated), samples, folds=flags.i)

    def _posix_class(self) -> tuple[Ranges, bool, str] | None:
        """Read a class like ``[:^alpha:]``: its ranges without the negation, whether it is negated, and samples."""
        if not self.pattern.startswith("[:", self.at) or ":]" not in self.pattern[self.at + 2 :]:
            return None
        found = _POSIX_CLASS.match(self.pattern, self.at)
        if found is None or found[2] not in POSIX:
            raise ValueError(f"there is no class {self.pattern[self.at : self.pattern.index(':]', self.at) + 2]}")
        self.at = found.end()
        return (
            POSIX[found[2]],
            bool(found[1]),
            "" if found[1] else "".join(samples_in(*each) for each in POSIX[found[2]]),
        )

    def _perl_class(self) -> tuple[Ranges, bool, str] | None:
        r"""Read a class like ``\D``, as `_posix_class` does."""
        letter = self.pattern[self.at + 1 : self.at + 2]
        if self.pattern[self.at] != "\\" or letter not in PERL_SAMPLES:
            return None
        self.at += 2
        return PERL[letter.lower()], letter.isupper(), PERL_SAMPLES[letter]

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

    def _take(self, character: str) -> bool:
        taken = self.pattern.startswith(character, self.at)
        self.at += taken
        return taken


def _joined_text(atoms: Iterable[_Atom]) -> str:
    return "".join(f"(?i:{atom.text})" if atom.folds else atom.text for atom in atoms)


def _joined_samples(atoms: Sequence[_Atom]) -> Samples:
    if not all(atom.samples for atom in atoms):
        return []
    samples = ["".join(atom.samples[n] for atom in atoms) for n in range(_VARIANTS)]
    return [] if any(len(each) > _MAX_SAMPLE for each in samples) else samples


def _assertion(text: str) -> _Atom:
    return _Atom(text, [""] * _VARIANTS, loose=True)


def _literal(code: int, flags: _Flags) -> _Atom:
    character = chr(code)
    cased = character.lower() != character or character.upper() != character
    return _Atom(written(code, SPECIAL), [character] * _VARIANTS, folds=flags.i and cased)


def _each(characters: str) -> Samples:
    return [characters[n % len(characters)] for n in range(_VARIANTS)] if characters else []
