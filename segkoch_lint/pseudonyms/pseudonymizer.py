"""Pseudonyms of ids, names and words: same length, alphabet and case; equal ids get equal ones."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b, shake_256
from math import prod
from struct import Struct

from segkoch_lint.bounded_cache import BoundedCache
from segkoch_lint.findings.redaction.escapes import MOST_LEVELS
from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.pseudonyms.alphabets import (
    DIGITS,
    HEX_LETTERS,
    Alphabet,
    alphabet_of,
    folded,
    has_case,
)
from segkoch_lint.pseudonyms.escapes import URL
from segkoch_lint.pseudonyms.permutation import Permutation

_UNIT = r"""
      (?P<time>\d{4}-\d\d-\d\d[T\ ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?(?![^\W_]))
    | (?P<fixed>
        (?<![^\W_])(?i:your|kochava-test)(?=[\s_-])           # words at the start of ids that rules look for
        | (?<![\w.-])(?i:HOSTS)(?![\w-])                    # hosts of Segment
        | /v1/(?:[a-z]|PATHS)(?![\w/.-])                     # paths of its API
      )
    | (?<![\w.+%-])[\w.+%-]++@[^\W_][\w-]*+(?:\.[\w-]++)*+   # an e-mail address
    | (?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])             # IPv4
    | (?<![\w:.-])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}(?![\w:.-])  # IPv6, MAC
    | [^\W_]++(?:-[^\W_]++)*+                                # words that hyphens join
"""
"""What gets a pseudonym as a whole. It does not depend on the text around, so that an id in a text gets the same one.

Each alternative begins where a run of its characters begins, or is bounded, so that the search takes linear time.
"""

_DATA = re.compile(r"(?=[^\d]*\d)(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9+/_\r\n-]{256,}+={0,2}\s*")
"""Data in base64, such as an image. It is no id that occurs in texts."""

_BASE64 = (string.ascii_letters + string.digits + "+/") * 4
"""The letters of base64, by bytes."""

_ONE_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")

_REPEATED = re.compile(r"0+|1|([1-9a-fx])\1+")
"""Zeros, 1, or another digit repeated: what rules take for a placeholder."""

_NUMBER_WITH_LETTERS = re.compile(r"\d+e\d+|0(?:x[0-9a-f]+|o[0-7]+|b[01]+)")
"""What readers of YAML may take for a number."""

_GUID, _SHORTEST_GUID = "ko", 6
"""How the GUID of an app of Kochava begins (KCH503), and its length."""

_SHORTEST_HEX = 16
"""Characters of the shortest hexadecimal id whose letters and digits change places.

The places of the letters of an id identify it for anybody who has a list of ids, as Kochava has.
"""

_WITHOUT_PUNCTUATION = {code: None for code in range(128) if not chr(code).isalnum()}

_ATTEMPTS = 1000
"""How many random pseudonyms are tried: those that are fixed values are not used, and hardly any is."""

_NUMBERS_IN_SALT = Struct(">2Q")
_NUMBERS_IN_DIGEST = Struct(">16I")

_MOST_PERMUTED = 1 << 40
"""The most texts of one form that are permuted. If there are more, two of them hardly ever get the same pseudonym."""

_WORDS = frozenset(
    """
    true false yes no on off null y n t f nan inf infinity ios android ipados iphone watchos tvos os apple
    denied restricted authorized authorised determined not notauthorized notauthorised notdetermined
    attrackingstatus attrackingmanagerauthorizationstatus attstatus trackingstatus
    debug info warn warning error fatal trace http https post get put patch options head utc gmt v1
    """.split()
)
"""Words that stay, and that no pseudonym is: a reader of YAML, or a rule, could take them for something else."""


_LONGEST_PERMUTED = 40
"""Characters of the longest text that may have so few others of its form."""


class _Form:
    """The texts that have characters of the same alphabets at the same places, and their numbers.

    Args:
        alphabets: of the characters.
        lowest: 1 if the first character must not be a zero, else 0.

    Attributes:
        sizes: how many characters may be at each place.
        name: identifies the form.
    """

    def __init__(self, alphabets: Sequence[Alphabet], lowest: int) -> None:
        self._letters = [each.letters for each in alphabets]
        self._indices = [each.index for each in alphabets]
        self._lowest = lowest
        self.sizes = [len(letters) for letters in self._letters]
        self.sizes[0] -= lowest
        self.name = f"{lowest}{''.join(each.name for each in alphabets)}"

    def text(self, numbers: Sequence[int]) -> str:
        """Return the text for numbers of any size, one for each place."""
        chosen = [number % size for number, size in zip(numbers, self.sizes, strict=True)]
        chosen[0] += self._lowest
        return "".join(letters[number] for letters, number in zip(self._letters, chosen, strict=True))

    def number_of(self, text: str) -> int:
        """Return the number of a text."""
        number = -self._lowest
        for letter, index, size in zip(text, self._indices, (1, *self.sizes[1:]), strict=True):
            number = number * size + index[letter]
        return number

    def text_of(self, number: int) -> str:
        """Return the text that has a number."""
        chosen: list[int] = []
        for size in reversed(self.sizes):
            number, rest = divmod(number, size)
            chosen.append(rest)
        return self.text(chosen[::-1])


class Pseudonymizer:
    """Replaces units of texts: addresses, and words with the hyphens that join them.

    Args:
        key: the secret: the same key gives the same pseudonyms.
        fixed: values that stay, such as placeholders.
        hosts: hosts that stay; one that begins with a dot means every host below it.
        paths: last steps of paths of the HTTP API that stay.
    """

    def __init__(
        self, key: bytes, fixed: Iterable[str] = (), hosts: Iterable[str] = (), paths: Iterable[str] = ()
    ) -> None:
        self._key = key
        self._fixed = _WORDS | {fold(each) for each in fixed if _ONE_WORD.fullmatch(each)}
        unit = _UNIT.replace("HOSTS", "|".join(map(_host_pattern, hosts)) or "(?!)")
        self._unit = re.compile(unit.replace("PATHS", "|".join(map(re.escape, paths)) or "(?!)"), re.VERBOSE)
        self._permutations: BoundedCache[str, Permutation] = BoundedCache()
        self._known: BoundedCache[str, str] = BoundedCache(16 << 20)

    def text(self, text: str, *, times: bool = True, level: int = 0) -> str:
        """Return a text, as long as before, with each unit in it replaced.

        Args:
            text: the text.
            times: whether dates with a time of the day stay.
            level: how many times the escapes of URLs in it were undone.
        """
        if "%" in text and level < MOST_LEVELS and (plain := URL.read(text)) != text:
            return URL.rewrite(text, self.text(plain, times=times, level=level + 1))
        if _DATA.fullmatch(text):
            return self._data(text)
        pieces: list[str] = []
        at = 0
        for found in self._unit.finditer(text):
            if found.lastgroup is None or (found.lastgroup == "time" and not times):
                pieces += (text[at : found.start()], self.of(found[0]))
                at = found.end()
        return "".join(pieces) + text[at:]

    def _data(self, text: str) -> str:
        """Return as much other data in base64, with the same padding and line ends."""
        drawn = map(_BASE64.__getitem__, shake_256(self._key + text.encode("ascii")).digest(len(text)))
        return "".join(
            letter if letter == "=" or letter.isspace() else new for letter, new in zip(text, drawn, strict=True)
        )

    def of(self, unit: str) -> str:
        """Return the pseudonym of one unit; a fixed one is its own."""
        found = self._known.entries.get(unit)
        return self._known.add(unit, self._pseudonym(unit)) if found is None else found

    def _pseudonym(self, unit: str) -> str:
        old = fold(unit)
        if not old or self._is_fixed(old) or is_placeholder(unit):
            return unit
        return _dressed(unit, self._replaced(old))

    def _is_fixed(self, text: str) -> bool:
        return text in self._fixed or _REPEATED.fullmatch(text) is not None or is_placeholder(text)

    def _replaced(self, old: str) -> str:
        """Return the pseudonym of a folded text."""
        kept = _kept(old)
        body = old[kept:]
        alphabets = [alphabet_of(letter) for letter in body]
        kind = _kind(old)
        for new in self._candidates(body, alphabets, first_is_not_zero=old.isdecimal() and old.isascii()):
            whole = old[:kept] + new
            if whole != old and _kind(whole) == kind and not self._is_fixed(whole):
                return whole
        return old

    def _candidates(self, old: str, alphabets: Sequence[Alphabet], *, first_is_not_zero: bool) -> Iterator[str]:
        """Yield texts of the same form in a secret order; if they are few, each of them once and the old one last."""
        letters = alphabets.count(HEX_LETTERS)
        if letters and len(old) >= _SHORTEST_HEX and letters + alphabets.count(DIGITS) == len(old):
            yield from (self._hexadecimal(old, letters, attempt) for attempt in range(_ATTEMPTS))
            return
        form = _Form(alphabets, int(first_is_not_zero))
        most = prod(form.sizes[:_LONGEST_PERMUTED])  # a large product would take long
        if len(old) > _LONGEST_PERMUTED or most > _MOST_PERMUTED:
            yield from (form.text(self._numbers(old, attempt, len(old))) for attempt in range(_ATTEMPTS))
            return
        permutation = self._permutations.entries.get(form.name)
        if permutation is None:
            permutation = self._permutations.add(form.name, Permutation(self._key, form.name, most))
        first = number = form.number_of(old)
        while True:
            number = permutation.next(number)
            yield form.text_of(number)
            if number == first:
                return

    def _hexadecimal(self, old: str, letters: int, attempt: int) -> str:
        """Return as many hexadecimal digits, as many of them letters, at any places."""
        size = len(old)
        numbers = self._numbers(old, attempt, 2 * size)
        new = [DIGITS.letters[number % 10] for number in numbers[size:]]
        for place in sorted(range(size), key=numbers.__getitem__)[:letters]:
            new[place] = HEX_LETTERS.letters[numbers[size + place] % 6]
        return "".join(new)

    def _numbers(self, text: str, attempt: int, size: int) -> list[int]:
        """Return *size* random numbers of 32 bits that the key, the text and the attempt determine."""
        seed = blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, person=b"pseudonym").digest()
        numbers: list[int] = []
        while len(numbers) < size:
            salt = _NUMBERS_IN_SALT.pack(attempt, len(numbers))
            numbers += _NUMBERS_IN_DIGEST.unpack(blake2b(seed, key=self._key, person=b"numbers", salt=salt).digest())
        return numbers[:size]


def _host_pattern(host: str) -> str:
    return rf"(?:[\w-]+\.)+{re.escape(host[1:])}" if host.startswith(".") else re.escape(host)


def fold(unit: str) -> str:
    """Return the letters and digits of a unit, without case: units that differ in case or hyphens are one id."""
    if unit.isascii():
        return unit.lower().translate(_WITHOUT_PUNCTUATION)
    return "".join(folded(letter) for letter in unit if letter.isalnum())


def _kept(old: str) -> int:
    """Return how many of the first characters of a folded text stay: leading zeros, and the mark of a GUID."""
    if old.startswith(_GUID) and len(old) >= _SHORTEST_GUID:
        return len(_GUID)
    return len(old) - len(old.lstrip("0")) if old.isdecimal() and old.isascii() else 0


def _kind(text: str) -> object:
    """Return what a pseudonym has in common with its folded original, beside its form."""
    return _NUMBER_WITH_LETTERS.fullmatch(text) is not None, text.startswith(_GUID) and len(text) >= _SHORTEST_GUID


def _dressed(unit: str, new: str) -> str:
    """Return a folded pseudonym with the punctuation of a unit, and the case of its letters in their order."""
    if unit.isascii() and (unit.islower() or unit.isupper() or unit.isdecimal()):
        return _punctuated(unit, new.upper() if unit.isupper() else new)
    upper = (letter != folded(letter) for letter in unit if letter.isalnum() and has_case(folded(letter)))
    return _punctuated(unit, "".join(letter.upper() if has_case(letter) and next(upper) else letter for letter in new))


def _punctuated(unit: str, letters: str) -> str:
    """Return letters and digits with the punctuation of a unit between them."""
    if len(unit) == len(letters):
        return letters
    following = iter(letters)
    return "".join(next(following) if letter.isalnum() else letter for letter in unit)
