"""Texts that match a pattern or a format, for members that a plan requires and Kochava does not care about.

What is made here is a guess, and the plan's validator the judge: nothing goes wrong when a guess does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FORMATS: Mapping[str, str] = {
    "date-time": "2026-11-01T12:00:00Z",
    "date": "2026-11-01",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "idn-email": "someone@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "https://example.com/",
    "iri": "https://example.com/",
    "iri-reference": "https://example.com/",
    "uri-template": "https://example.com/{id}",
    "uuid": "6d1c0b7e-4f2a-4c93-8e57-a90b3d5f1e24",
    "json-pointer": "/a",
    "relative-json-pointer": "0",
    "regex": "a",
}
"""A text of every format of JSON Schema."""

WORDS = ("text", "a", "A", "1", "12", "EUR", "en", "en-US", "DE", "1.0.0", "true", "", *FORMATS.values())
"""Texts of the forms that plans ask for most."""

_LONGEST = 4000
_DEEPEST = 40
_VARIANTS = 4

_CLASSES: Mapping[str, str] = {"d": "1234567890", "w": "aB1_", "s": " \t", "D": "ab-", "W": "- .", "S": "a1"}
_CONTROLS: Mapping[str, str] = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}
_FLAGS = re.compile(r"\?[ims]*:")
_ANY = "aB1- _./:@#,éß"


def matching(pattern: str) -> Iterator[str]:
    """Yield texts that a regular expression may match, the shortest first; none when it is beyond what is known here.

    Args:
        pattern: in the syntax of ECMA 262, without look-around.
    """
    seen: set[str] = set()
    for variant in range(_VARIANTS):
        try:
            text = _Sampler(pattern, variant).alternatives(0)
        except (ValueError, IndexError):
            return
        if text not in seen and len(text) <= _LONGEST:
            seen.add(text)
            yield text


@dataclass(slots=True)
class _Sampler:
    """Reads a pattern once and writes a text for it on the way.

    Attributes:
        variant: which alternative is taken, and how often more than necessary something is repeated.
    """

    pattern: str
    variant: int
    at: int = 0

    def alternatives(self, depth: int) -> str:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        texts = [self._sequence(depth)]
        while self._peek() == "|":
            self.at += 1
            texts.append(self._sequence(depth))
        if not depth and self.at < len(self.pattern):
            raise ValueError("a parenthesis too many")
        return texts[self.variant % len(texts)]

    def _sequence(self, depth: int) -> str:
        parts: list[str] = []
        while self._peek() not in {"", "|", ")"}:
            text = self._atom(depth)
            least, most = self._quantifier()
            times = least if most is not None and least + self.variant > most else least + self.variant
            if len(text) * times + sum(map(len, parts)) > _LONGEST:
                raise ValueError("too long")
            parts.append(text * times)
        return "".join(parts)

    def _atom(self, depth: int) -> str:
        character = self._next()
        if character in "^$":
            return ""
        if character == ".":
            return _ANY[self.variant % 3]
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape(_CLASSES)
        return character

    def _group(self, depth: int) -> str:
        if flags := _FLAGS.match(self.pattern, self.at):  # whatever matches matches without regard to case, too
            self.at = flags.end()
        elif self.pattern.startswith(("?<", "?P<"), self.at):
            self.at = self.pattern.index(">", self.at) + 1
        elif self._peek() == "?":
            raise ValueError("a group of a kind that is not known")
        text = self.alternatives(depth + 1)
        if self._next() != ")":
            raise ValueError("a group that does not end")
        return text

    def _class(self) -> str:
        negated = self._peek() == "^"
        self.at += negated
        allowed = ""
        while (character := self._next()) != "]":
            first = self._escape(_CLASSES) if character == "\\" else character
            if self._peek() == "-" and self.pattern[self.at + 1] != "]" and len(first) == 1:
                self.at += 1
                character = self._next()
                last = self._escape({}) if character == "\\" else character
                # A letter says more than a zero, which stands for nothing in an id.
                middle = chr(min(ord(last), ord(first) + 1 + self.variant))
                allowed += middle + first + last
            else:
                allowed += first
        if not negated:
            return allowed[self.variant % len(allowed)] if allowed else ""
        return next((each for each in _ANY if each not in allowed), "")

    def _escape(self, classes: Mapping[str, str]) -> str:
        character = self._next()
        if character in {"b", "B"}:
            return ""
        if character in classes:
            return classes[character][self.variant % len(classes[character])]
        if character in {"x", "u"}:
            digits = 2 if character == "x" else 4
            self.at += digits
            return chr(int(self.pattern[self.at - digits : self.at], 16))
        if character in "pPk" or (character.isdigit() and character != "0"):
            raise ValueError("an escape that is not known")
        return _CONTROLS.get(character, character)

    def _quantifier(self) -> tuple[int, int | None]:
        """Return how often the last atom may be repeated: at least, and at most."""
        character = self._peek()
        bounds: tuple[int, int | None] = (1, 1)
        if character in {"*", "+", "?"} and character:
            self.at += 1
            bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}[character]
        elif character == "{":
            end = self.pattern.index("}", self.at)
            least, comma, most = self.pattern[self.at + 1 : end].partition(",")
            bounds = (int(least or 0), (int(most) if most else None) if comma else int(least))
            self.at = end + 1
        else:
            return bounds
        self.at += self._peek() in {"?", "+"} and self._peek() != ""
        return bounds

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _next(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1]
