"""Placeholders in place of ids, as listed in `schemas/definitions.json`.

Under the key of an id, only these are shown whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from segkoch_lint import resources
from segkoch_lint.bounded_cache import cached

_LONGEST = 80
"""Code points of a placeholder."""

_LISTS = ("enum", "anyCase")
"""Keywords that list values."""

_NAMES = re.compile("placeholder|sample")
"""Names of the definitions with the lists."""

_REPEATED = "0123456789abcdefx"
_FORMS = ("{4}{4}-{4}-{4}-{4}-{4}{4}{4}", "{4}{4}{4}{4}{4}{4}{4}{4}", "{4}{4}{4}{4}")
"""Forms of an id whose digits are all the same: UUID, UUID without hyphens, ANDROID_ID."""

_WORDS = "placeholder-words"
_AROUND = "{}[]<>()$#%_ \t\r\n"
"""Characters around the name in a macro that was not replaced."""

_BETWEEN = re.compile(r"[\s_.-]+")


@cached
def is_placeholder(text: str) -> bool:
    """Return whether a whole value is a listed placeholder, whatever its case and the white space around it.

    A name of two or more listed words (`exampleDeviceId`) is one, too. So are both as a macro that was not replaced
    (`{idfa}`, `%%ADVERTISING_ID%%`).
    """
    if len(text) > _LONGEST:
        return False
    lowered = text.strip().lower()
    name = lowered.strip(_AROUND)
    return not _values().isdisjoint((lowered, name)) or bool(_of_words().fullmatch(_BETWEEN.sub("", name)))


@cache
def _values() -> frozenset[str]:
    definitions = resources.load("definitions")["$defs"]
    listed = {each for name, schema in definitions.items() if _NAMES.search(name) for each in _listed(schema)}
    repeated = {form.replace("{4}", digit * 4) for form in _FORMS for digit in _REPEATED}
    return frozenset({each.lower() for each in listed} | repeated)


@cache
def _of_words() -> re.Pattern[str]:
    words = (word.replace(" ", "") for word in resources.load("definitions")["$defs"][_WORDS]["wordsOnly"])
    return re.compile(f"(?:{'|'.join(map(re.escape, words))}){{2,}}")


def _listed(schema: Any) -> Iterator[str]:
    """Yield the texts that a schema lists."""
    if isinstance(schema, dict):
        for keyword, value in schema.items():
            if keyword in _LISTS:
                yield from (each for each in value if isinstance(each, str))
            elif keyword == "const" and isinstance(value, str):
                yield value
            else:
                yield from _listed(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _listed(each)
