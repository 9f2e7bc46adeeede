"""Masking of personal data in every output, as ``017D…CB1D``.

A whole value is personal data because of its key (`is_id`), or parts of a text are (`sensitive_spans`). Each part is
masked by itself: a mask of the whole text could show an id at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.position import OffsetRange, Path, pointer_of
from segkoch_lint.findings.redaction.escapes import MOST_LEVELS, unescaped
from segkoch_lint.findings.redaction.named_values import named_values
from segkoch_lint.findings.redaction.placeholders import is_placeholder
from segkoch_lint.findings.redaction.sensitive_keys import PERSONAL_NAMES, fold, is_sensitive_key

# Each alternative begins where a run of its characters begins, or is bounded, so that the search takes linear time.
_SHAPES = re.compile(
    r"""
      [0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{6,}       # a UUID, perhaps a malformed one
    | (?<![^\s"<>])[^\s@"<>]+@[^\s"<>]+                                 # an e-mail address
    | (?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)                            # IPv4
    | (?<![0-9a-z:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![0-9a-z:])    # IPv6, MAC address
    | (?<![0-9a-z:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![0-9a-z:])  # IPv6 without zeros
    | (?<![0-9a-z])[0-9a-f]{2}(?:-[0-9a-f]{2}){5}(?![0-9a-z])            # MAC address
    | (?<![0-9a-f])[0-9a-f]{13,}                                         # ANDROID_ID, hashes, digits of an id
    | (?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*)*                               # JSON Web Token
    | \b(?:Basic|Bearer)\ +[\w.~+/=-]{6,}                                # Authorization
    """,
    re.IGNORECASE | re.VERBOSE,
)

_SHORTEST_RUN = 13
"""Letters and digits of the shortest shape without punctuation."""

_PUNCTUATION = "{}[], "

_LONGEST_KEPT = 200
"""Code points of the longest text whose spans are cached."""

_END = 4
_SHORTEST_WITH_ENDS = 4 * _END
"""Code points of the shortest value whose ends are shown: at most half of it."""

_BLANK = re.compile(r"\s")
_OF_AN_ID = re.compile(r"[\w-]+")
"""An id alone: the ends of a URL could be a whole short id."""

_RANDOM = re.compile(r"[0-9a-fA-F-]+")
"""Hexadecimal digits, which spell no name."""

_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?")

_URL = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_USER_IN_URL = re.compile(r"(?<=//)[^/?#\s]+(?=@)")
_PASSWORD_IN_URL = re.compile(r"(?<=//)[^/?#\s:@]*:(?!\d*(?:[/?#]|\Z))\S*(?=@)")
"""A user and a password with unescaped `/`, `?` or `#`; a port is not a password."""

_QUERY = re.compile(r"(?<==)[^&;#]+")
_WEB = re.compile(r"(?:.*::)?https?:", re.IGNORECASE)
_BARE_IN_QUERY = re.compile(r"(?<![^?&;#])[^=?&;#]+(?![^&;#])")
"""A part of a query without a name, or a fragment."""
_LIKE_A_DOCUMENT = re.compile(r"\s*[\[{]\s*[\"{\[]")


class Secret(msgspec.Struct, frozen=True):
    """A payload value that prints masked; only ``reveal`` returns it.

    Attributes:
        value: the value.
        masked: the value with parts masked; empty if the whole value is masked.
    """

    value: str
    masked: str = ""

    def __str__(self) -> str:
        return self.masked or mask(self.value)

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def reveal(self) -> str:
        """Return the value itself. Only an output with `--show-ids` may call this."""
        return self.value


def shown(value: str | Secret, *, show_ids: bool) -> str:
    """Return a value as an output shows it: a secret is masked unless *show_ids* is set."""
    return value.reveal() if show_ids and isinstance(value, Secret) else str(value)


def mask(value: str) -> str:
    """Return the first and last four characters of *value* with ``…`` between them.

    An end that could be part of a name is left out. Nothing is shown of a value of fewer than 16 characters, or of more
    than a single id.
    """
    if "@" in value and not _BLANK.search(value):
        return "…@…"
    if len(value) < _SHORTEST_WITH_ENDS or not _OF_AN_ID.fullmatch(value):
        return "…"
    first, last = value[:_END], value[-_END:]
    if not _RANDOM.fullmatch(value):
        first, last = ("" if _could_be_a_name(end) else end for end in (first, last))
    return f"{first}…{last}"


def _could_be_a_name(end: str) -> bool:
    letters = "".join(filter(str.isalpha, end))
    return not any(map(str.isdecimal, end)) and (letters.islower() or letters.isupper() or letters.istitle())


def sensitive_spans(text: str) -> Sequence[OffsetRange]:
    """Return start and end of all personal data in *text*, in order: by its shape, or by the key before it.

    Escapes are undone first. Placeholders are left out.
    """
    return _found_spans(text) if len(text) > _LONGEST_KEPT else _known_spans(text)


def _found_spans(text: str) -> Sequence[OffsetRange]:
    if _is_plain(text) or _ISO_TIME.fullmatch(text):
        return ()
    spans = list(_spans(text))
    for number, level in enumerate(unescaped(text), 1):
        spans.extend(level.written(*span) for span in _spans(level.text))
        if number == MOST_LEVELS and level.has_more:
            return ((0, len(text)),)
    return merged(spans)


_known_spans = cached(_found_spans)
"""`_found_spans`, cached: most texts of a log name a few libraries, devices and places."""


def _spans(text: str) -> Iterator[OffsetRange]:
    at = 0
    for piece in text.split('"'):  # no shape contains a quote
        if not _is_plain(piece):
            yield from _without_placeholders(text, ((at + start, at + end) for start, end in _shapes(piece)))
        at += len(piece) + 1
    yield from _without_placeholders(text, named_values(text))


def _shapes(text: str) -> Iterator[OffsetRange]:
    """Yield the range of each id or address, extended to whole words."""
    at = 0
    while found := _SHAPES.search(text, at):
        start, end = found.span()
        while start > at and _OF_AN_ID.fullmatch(text[start - 1]):
            start -= 1
        rest = _OF_AN_ID.match(text, end)
        at = rest.end() if rest else end
        yield start, at


def _without_placeholders(text: str, extents: Iterable[OffsetRange]) -> Iterator[OffsetRange]:
    return ((start, end) for start, end in extents if not is_placeholder(text[start:end]))


def merged(extents: Iterable[OffsetRange]) -> list[OffsetRange]:
    """Return extents in order; those that touch become one."""
    joined: list[OffsetRange] = []
    for start, end in sorted(extents):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def mask_spans(text: str, spans: Iterable[OffsetRange]) -> str:
    """Return *text* with *spans* masked, which are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += (text[at:start], mask(text[start:end]))
        at = end
    return "".join(pieces) + text[at:]


def mask_shapes(text: str) -> str:
    """Return *text* with its personal data masked (`sensitive_spans`)."""
    return mask_spans(text, sensitive_spans(text))


def redacted(text: str, further: Iterable[OffsetRange] = (), *, longest: int | None = None) -> str | Secret:
    """Return a text as it is shown: a `Secret` if it holds personal data.

    Args:
        text: the text.
        further: other ranges that are personal data.
        longest: how many code points are shown.
    """
    spans = merged((*sensitive_spans(text), *further))
    masked = mask_spans(text, spans)
    if longest is not None and len(masked) > longest:
        masked = masked[: longest - 1] + "…"
    return Secret(text, masked) if spans else masked


@cached
def mask_name(name: str) -> str:
    """Return the name of a library or event as it is shown. Names repeat, and may hold personal data."""
    return mask_shapes(name)


def shown_pointer(path: Path, ids_in: Callable[[str], Iterable[OffsetRange]] = lambda _: ()) -> str | Secret:
    """Return *path* as a JSON Pointer; keys that are personal data are masked.

    Args:
        path: the steps.
        ids_in: returns other ranges of a key that are personal data.
    """
    masked = tuple(
        mask_spans(step, merged((*sensitive_spans(step), *ids_in(step)))) if isinstance(step, str) else step
        for step in path
    )
    return pointer_of(path) if masked == path else Secret(pointer_of(path), pointer_of(masked))


def shown_path(path: str) -> str:
    """Return the name of an input as it is shown.

    File names are shown whole. In a URL, the user, the password and the values of the query are masked. A document
    that was given instead of a name is not shown.
    """
    if is_like_a_document(path):
        return "{…}"
    if "://" not in path or not _URL.match(path):
        return mask_shapes(path) if "\n" in path else path
    path = _USER_IN_URL.sub("…", _PASSWORD_IN_URL.sub("…", path))
    is_web = _WEB.match(path) is not None  # elsewhere a name can hold `?` and `#`
    found = re.search(r"[?#]", path) if is_web else re.search(r"\?", path)
    place, query = (path[: found.start()], path[found.start() :]) if found else (path, "")
    return place + _QUERY.sub("…", _BARE_IN_QUERY.sub("…", query) if is_web else query)


def is_like_a_document(path: str) -> bool:
    """Return whether the name of an input is a document, given by mistake."""
    return _LIKE_A_DOCUMENT.match(path) is not None


def is_sensitive(key: str | None, value: object, parent: str | None = None) -> bool:
    """Return whether a value, or a part of it, is masked wherever it is shown.

    Args:
        key: the nearest object key above it: its own or that of the array it is in.
        value: a scalar; a blank string, a boolean or null is never masked.
        parent: the key of the object around it.
    """
    text = str(value)
    return is_id(key, value, parent) or (not _is_nothing(value) and bool(sensitive_spans(text)))


def is_id(key: str | None, value: object, parent: str | None = None) -> bool:
    """Return whether a whole value is personal data because of its keys; a placeholder is not.

    Args:
        key, value, parent: see `is_sensitive`.
    """
    return not _is_nothing(value) and hides_values(key, parent) and not is_placeholder(str(value))


def _is_nothing(value: object) -> bool:
    return value is None or isinstance(value, bool) or not str(value).strip()


@cached
def hides_values(key: str | None, parent: str | None) -> bool:
    """Return whether all values under *key*, or all in the object under *parent*, are personal data."""
    if key is not None and (is_sensitive_key(key) or (fold(key) == "name" and fold(parent or "") in PERSONAL_NAMES)):
        return True
    return parent is not None and is_sensitive_key(parent)


def _is_plain(text: str) -> bool:
    """Return whether a text is too short or plain to have any of the shapes; most texts are."""
    return len(text) < _SHORTEST_RUN and (text.isalnum() or not text.strip(_PUNCTUATION))


def key_of(path: Path) -> str | None:
    """Return the nearest object key of *path*, or None for a root."""
    return next((step for step in reversed(path) if isinstance(step, str)), None)


def parent_of(path: Path) -> str | None:
    """Return the key above the nearest one of *path*, or the first sensitive key above it."""
    keys = [step for step in path if isinstance(step, str)][:-1]
    return next((key for key in keys if is_sensitive_key(key)), keys[-1] if keys else None)
