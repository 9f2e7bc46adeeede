"""Masking of personal data in every output, as ``017D…CB1D``.

Each part of a text that is personal data is masked by itself: a mask of the whole text could show an id at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import msgspec

from segkoch_lint.bounded_cache import cached
from segkoch_lint.findings.position import OffsetRange, Path, pointer_of
from segkoch_lint.findings.redaction.personal_data import merged, sensitive_spans

_END = 4

_SHORTEST_WITH_ENDS = 4 * _END
"""Code points of the shortest value whose ends are shown: at most half of it."""

_BLANK = re.compile(r"\s")

_OF_AN_ID = re.compile(r"[\w-]+")
"""An id alone: the ends of a URL could be a whole short id."""

_RANDOM = re.compile(r"[0-9a-fA-F-]+")
"""Hexadecimal digits, which spell no name."""

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
